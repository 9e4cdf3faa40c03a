//! Measuring a part of the data against its targets, chunk by chunk, in one pass.

use crate::checkpoint::Tally;
use crate::classes::Questions;
use crate::data::{CHUNK_ROWS, Data};
use crate::health::Look;
use crate::loss::LossPlan;
use crate::metrics::Measure;
use crate::model::{Model, PassError};
use crate::{Evaluation, GroupMetrics, Health, Part, Prediction};

/// An evaluation under way, chunk by chunk.
pub(crate) struct EvaluationJob {
    part: Part,
    done: usize,
    tally: Tally,
    /// One for each question.
    measures: Vec<Measure>,
    predictions: Vec<Prediction>,
    /// How the neurons are with the training rows.
    look: Option<Look>,
}

/// What an evaluation needs to know.
pub(crate) struct Subject<'a> {
    pub(crate) model: &'a Model,
    pub(crate) plan: &'a LossPlan,
    pub(crate) data: &'a Data,
    pub(crate) questions: &'a Questions,
    pub(crate) health: &'a Look,
    pub(crate) epochs: u32,
    /// What large weights cost.
    pub(crate) penalty: f32,
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
            measures: Vec::new(),
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
        if self.done == 0 {
            let questions = subject.questions.list.iter();
            self.measures = questions
                .map(|question| Measure::new(question, rows.len()))
                .collect();
        }
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
        let single = subject.questions.single();
        for (column, (&row, &row_loss)) in rows.iter().zip(&loss.rows).enumerate() {
            let answers = loss.answers.iter().skip(column).step_by(stride);
            let outputs: Vec<f32> = answers.copied().collect();
            let targets = subject.data.targets(row);
            let of_questions = subject.questions.list.iter().zip(&mut self.measures);
            for (question, measure) in of_questions {
                if single.is_some() {
                    measure.add(&outputs, targets);
                } else {
                    let of = |numbers: &[f32]| -> Vec<f32> {
                        let elements = question.elements.iter();
                        let of_element = |&element: &usize| numbers.get(element).copied();
                        elements.filter_map(of_element).collect()
                    };
                    measure.add(&of(&outputs), &of(targets));
                }
            }
            let is_right = single.and_then(|question| {
                let (answers, targets) = (outputs.iter().copied(), targets.iter().copied());
                question.rule.is_right(answers, targets)
            });
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
        let questions = subject.questions.list.iter();
        let mut groups: Vec<GroupMetrics> = questions
            .zip(std::mem::take(&mut self.measures))
            .map(|(question, measure)| measure.finish(question))
            .collect();
        if self.tally.rows == 0 {
            groups.clear();
        }
        let single = subject.questions.single().and_then(|_| groups.pop());
        let (metrics, classes, confusion) = single
            .map(|single| (single.metrics, single.classes, single.confusion))
            .unwrap_or_default();
        Evaluation {
            part: self.part,
            epochs: subject.epochs,
            rows: self.tally.rows,
            loss: self.tally.mean(),
            penalty: subject.penalty,
            metrics,
            classes,
            confusion,
            groups,
            predictions: std::mem::take(&mut self.predictions),
        }
    }
}
