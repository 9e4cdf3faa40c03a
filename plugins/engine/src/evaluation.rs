//! Measuring answers against targets: classes, confusion, and distances.

use network::{Activation, Network, NodeId};

use crate::checkpoint::Tally;
use crate::data::{CHUNK_ROWS, Data};
use crate::health::Look;
use crate::loss::{ChunkLoss, LossPlan};
use crate::model::{Model, PassError};
use crate::{Confusion, Evaluation, Health, Metric, MetricName, Part, Prediction};

/// How answers are read as classes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ClassRule {
    /// They are no classes.
    None,
    /// The largest of all outputs names the class: softmax over all of them.
    Largest,
    /// Each output says yes above this number: 0.5 for sigmoids with targets 0 and
    /// 1, 0 for tanhs with targets −1 and 1.
    Above(f32),
}

impl ClassRule {
    pub(crate) fn of(network: &Network, outputs: &[NodeId], data: &Data) -> Self {
        let mut activations = outputs
            .iter()
            .filter_map(|&id| network.node(id))
            .map(|node| node.activation);
        let Some(first) = activations.next() else {
            return Self::None;
        };
        match first {
            _ if activations.any(|other| other != first) => Self::None,
            Activation::Softmax => Self::Largest,
            Activation::Sigmoid if data.targets_are(0.0, 1.0) => Self::Above(0.5),
            Activation::Tanh if data.targets_are(-1.0, 1.0) => Self::Above(0.0),
            _ => Self::None,
        }
    }

    /// Whether a row of answers names the classes of its targets.
    pub(crate) fn is_right(
        &self,
        answers: impl Iterator<Item = f32>,
        targets: impl Iterator<Item = f32>,
    ) -> Option<bool> {
        match self {
            Self::None => None,
            Self::Largest => Some(largest(answers) == largest(targets)),
            Self::Above(middle) => Some(
                answers
                    .zip(targets)
                    .all(|(answer, target)| (answer > *middle) == (target > *middle)),
            ),
        }
    }

    /// How many rows of a chunk are right.
    pub(crate) fn count_right(&self, loss: &ChunkLoss, targets: &[f32], rows: usize) -> u32 {
        if *self == Self::None {
            return 0;
        }
        let stride = crate::model::stride(rows);
        let is_right = |row: usize| {
            let of_row = |numbers: &[f32]| -> Vec<f32> {
                numbers
                    .iter()
                    .skip(row)
                    .step_by(stride.max(1))
                    .copied()
                    .collect()
            };
            let (answers, targets) = (of_row(&loss.answers), of_row(targets));
            self.is_right(answers.into_iter(), targets.into_iter()) == Some(true)
        };
        (0..rows).filter(|&row| is_right(row)).count() as u32
    }

    fn classes(&self, network: &Network, outputs: &[NodeId]) -> Vec<String> {
        match (self, outputs) {
            (Self::Largest, outputs) => outputs.iter().map(|&id| network.name(id)).collect(),
            (Self::Above(middle), [_]) if *middle > 0.0 => vec!["0".to_owned(), "1".to_owned()],
            (Self::Above(_), [_]) => vec!["−1".to_owned(), "1".to_owned()],
            _ => Vec::new(),
        }
    }

    fn class(&self, numbers: &[f32]) -> usize {
        match self {
            Self::Above(middle) => usize::from(numbers.first().is_some_and(|n| n > middle)),
            _ => largest(numbers.iter().copied()).unwrap_or_default(),
        }
    }
}

/// The index of the largest number, the first of equals.
fn largest(numbers: impl Iterator<Item = f32>) -> Option<usize> {
    let mut best: Option<(usize, f32)> = None;
    for (index, number) in numbers.enumerate() {
        if best.is_none_or(|(_, largest)| number > largest) {
            best = Some((index, number));
        }
    }
    best.map(|(index, _)| index)
}

/// An evaluation under way, chunk by chunk.
pub(crate) struct EvaluationJob {
    part: Part,
    done: usize,
    tally: Tally,
    absolute: f64,
    squared: f64,
    counts: Vec<u32>,
    predictions: Vec<Prediction>,
    /// How the neurons are with the training rows.
    look: Option<Look>,
}

/// What an evaluation needs to know.
pub(crate) struct Subject<'a> {
    pub(crate) network: &'a Network,
    pub(crate) outputs: &'a [NodeId],
    pub(crate) model: &'a Model,
    pub(crate) plan: &'a LossPlan,
    pub(crate) data: &'a Data,
    pub(crate) rule: &'a ClassRule,
    pub(crate) health: &'a Look,
    pub(crate) epochs: u32,
}

impl EvaluationJob {
    /// The part it measures.
    pub(crate) fn part(&self) -> Part {
        self.part
    }

    /// How the neurons are, once it is finished; empty when it cannot be told.
    pub(crate) fn health(self) -> Vec<Health> {
        self.look
            .map_or_else(Vec::new, |look| look.known().to_vec())
    }

    pub(crate) fn new(part: Part) -> Self {
        Self {
            part,
            done: 0,
            tally: Tally::default(),
            absolute: 0.0,
            squared: 0.0,
            counts: Vec::new(),
            predictions: Vec::new(),
            look: None,
        }
    }

    /// Measures the next chunk; gives how many rows that were, and the result when
    /// all are done.
    pub(crate) fn advance(
        &mut self,
        subject: &Subject<'_>,
    ) -> Result<(usize, Option<Evaluation>), PassError> {
        let rows = subject.data.rows(self.part);
        if self.done == 0 && self.part == Part::Train {
            let mut look = subject.health.clone();
            look.begin(rows.len() as u32);
            self.look = Some(look);
        }
        let end = rows.len().min(self.done + CHUNK_ROWS);
        let rows_now = &rows[self.done.min(end)..end];
        if !rows_now.is_empty() {
            self.measure(subject, rows_now)?;
        }
        self.done = end;
        let result = (end == rows.len()).then(|| self.finish(subject));
        Ok((rows_now.len(), result))
    }

    fn measure(&mut self, subject: &Subject<'_>, rows: &[u32]) -> Result<(), PassError> {
        let chunk = subject.data.chunk(rows);
        let values = subject.model.pass(&chunk)?;
        let stride = chunk.stride();
        if let Some(look) = &mut self.look {
            look.add(&values, rows.len());
        }
        let loss = subject
            .plan
            .measure(&values, &chunk.targets, rows.len(), stride);
        let classes = subject.rule.classes(subject.network, subject.outputs).len();
        self.counts.resize(classes * classes, 0);
        for (column, (&row, &row_loss)) in rows.iter().zip(&loss.rows).enumerate() {
            let answers = loss.answers.iter().skip(column).step_by(stride);
            let outputs: Vec<f32> = answers.copied().collect();
            let targets = subject.data.targets(row);
            for (&output, &target) in outputs.iter().zip(targets) {
                let miss = f64::from(output) - f64::from(target);
                self.absolute += miss.abs();
                self.squared += miss * miss;
            }
            let is_right = subject
                .rule
                .is_right(outputs.iter().copied(), targets.iter().copied());
            if classes > 0 {
                let cell = subject.rule.class(targets) * classes + subject.rule.class(&outputs);
                if let Some(count) = self.counts.get_mut(cell) {
                    *count += 1;
                }
            }
            self.tally.add(Tally {
                loss: row_loss,
                rows: 1,
                right: u32::from(is_right == Some(true)),
            });
            if self.predictions.len() < Evaluation::MAX_PREDICTIONS {
                self.predictions.push(Prediction {
                    row,
                    loss: row_loss as f32,
                    outputs,
                    targets: targets.to_vec(),
                    is_right,
                });
            }
        }
        Ok(())
    }

    fn finish(&mut self, subject: &Subject<'_>) -> Evaluation {
        let classes = subject.rule.classes(subject.network, subject.outputs);
        Evaluation {
            part: self.part,
            epochs: subject.epochs,
            rows: self.tally.rows,
            loss: self.tally.mean(),
            metrics: self.metrics(subject),
            predictions: std::mem::take(&mut self.predictions),
            confusion: (self.tally.rows > 0 && !classes.is_empty()).then(|| Confusion {
                classes,
                counts: std::mem::take(&mut self.counts),
            }),
        }
    }

    fn metrics(&self, subject: &Subject<'_>) -> Vec<Metric> {
        let Some(accuracy) = self.tally.accuracy() else {
            return Vec::new();
        };
        if *subject.rule != ClassRule::None {
            return vec![Metric {
                name: MetricName::Accuracy,
                value: accuracy,
            }];
        }
        let rows = subject.data.rows(self.part);
        let width = rows
            .first()
            .map_or(0, |&row| subject.data.targets(row).len());
        let count = (rows.len() * width).max(1) as f64;
        let metric = |name, value: f64| Metric {
            name,
            value: value as f32,
        };
        let mut metrics = vec![
            metric(MetricName::MeanAbsoluteError, self.absolute / count),
            metric(MetricName::MeanSquaredError, self.squared / count),
        ];
        let spread: f64 = (0..width)
            .map(|element| {
                let of_row = |row: &u32| f64::from(subject.data.targets(*row)[element]);
                let mean = rows.iter().map(of_row).sum::<f64>() / rows.len() as f64;
                rows.iter()
                    .map(|row| (of_row(row) - mean).powi(2))
                    .sum::<f64>()
            })
            .sum();
        if spread > 0.0 {
            metrics.push(metric(MetricName::RSquared, 1.0 - self.squared / spread));
        }
        metrics
    }
}
