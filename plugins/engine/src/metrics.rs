//! The metrics of a question, added up row by row in one pass; definitions and edge cases are scikit-learn's.

#[cfg(test)]
mod scikit_tests;

use crate::classes::{ClassRule, Question, largest};
use crate::{ClassMetrics, Confusion, Evaluation, GroupMetrics, Metric, MetricName};

/// The rows of a question seen so far.
pub(crate) struct Measure {
    rule: ClassRule,
    rows: u32,
    kind: Kind,
}

enum Kind {
    /// Numbers: how far each output is from its target.
    Distances(Vec<Distance>),
    /// One class of several.
    Choice {
        /// As in [`Confusion`].
        counts: Vec<u32>,
        classes: usize,
        ranking: Ranking,
    },
    /// Several outputs that each say yes or no.
    Each {
        right: u32,
        outputs: Vec<Count>,
        ranking: Ranking,
    },
}

impl Measure {
    /// For this question, to be answered for so many rows.
    pub(crate) fn new(question: &Question, rows: usize) -> Self {
        let width = question.elements.len();
        let kind = match question.rule {
            ClassRule::None => Kind::Distances(vec![Distance::default(); width]),
            ClassRule::Above(_) if width > 1 => Kind::Each {
                right: 0,
                outputs: vec![Count::default(); width],
                ranking: Ranking::new(width, rows),
            },
            _ => {
                let classes = question.class_names().len();
                Kind::Choice {
                    counts: vec![0; classes * classes],
                    classes,
                    ranking: Ranking::new(width, rows),
                }
            }
        };
        Self {
            rule: question.rule,
            rows: 0,
            kind,
        }
    }

    /// Adds a row: the answers and targets of the question's elements.
    pub(crate) fn add(&mut self, answers: &[f32], targets: &[f32]) {
        self.rows = self.rows.saturating_add(1);
        let pairs = answers.iter().copied().zip(targets.iter().copied());
        match (&mut self.kind, self.rule) {
            (Kind::Distances(outputs), _) => {
                for (output, (answer, target)) in outputs.iter_mut().zip(pairs) {
                    output.add(f64::from(answer), f64::from(target));
                }
            }
            (
                Kind::Each {
                    right,
                    outputs,
                    ranking,
                },
                ClassRule::Above(middle),
            ) => {
                let mut is_right = true;
                for (output, (answer, target)) in outputs.iter_mut().zip(pairs) {
                    let (answer, target) = (answer > middle, target > middle);
                    is_right &= answer == target;
                    output.of_class += u32::from(target);
                    output.answered += u32::from(answer);
                    output.hits += u32::from(answer && target);
                }
                *right += u32::from(is_right);
                ranking.add(answers, |column| {
                    targets.get(column).is_some_and(|target| *target > middle)
                });
            }
            (
                Kind::Choice {
                    counts,
                    classes,
                    ranking,
                },
                ClassRule::Above(middle),
            ) => {
                let class = |numbers: &[f32]| {
                    usize::from(numbers.first().is_some_and(|number| *number > middle))
                };
                let (target, answer) = (class(targets), class(answers));
                count(counts, target * *classes + answer);
                ranking.add(answers, |_| target == 1);
            }
            (
                Kind::Choice {
                    counts,
                    classes,
                    ranking,
                },
                _,
            ) => {
                let class = |numbers: &[f32]| largest(numbers.iter().copied()).unwrap_or_default();
                let (target, answer) = (class(targets), class(answers));
                count(counts, target * *classes + answer);
                ranking.add(answers, |column| column == target);
            }
            (Kind::Each { .. }, _) => {}
        }
    }

    /// What the rows came to; nothing without any.
    pub(crate) fn finish(self, question: &Question) -> GroupMetrics {
        let mut result = GroupMetrics {
            outputs: question.nodes.clone(),
            metrics: Vec::new(),
            classes: Vec::new(),
            confusion: None,
        };
        if self.rows == 0 {
            return result;
        }
        match self.kind {
            Kind::Distances(outputs) => result.metrics = distances(&outputs, self.rows),
            Kind::Choice {
                counts,
                classes,
                mut ranking,
            } => {
                let of_class = |class| Count::of_class(&counts, classes, class);
                let each: Vec<Count> = (0..classes).map(of_class).collect();
                let right = each.iter().map(|count| count.hits).sum();
                let occurs = |count: &&Count| count.of_class > 0 || count.answered > 0;
                let found: Vec<Count> = each.iter().filter(occurs).copied().collect();
                result.metrics = shares(right, self.rows, &found, &mut ranking);
                result.classes = named(question, &each);
                result.confusion = Some(Confusion {
                    classes: question.class_names(),
                    counts,
                });
            }
            Kind::Each {
                right,
                outputs,
                mut ranking,
            } => {
                result.metrics = shares(right, self.rows, &outputs, &mut ranking);
                result.classes = named(question, &outputs);
            }
        }
        result
    }
}

fn count(counts: &mut [u32], cell: usize) {
    if let Some(count) = counts.get_mut(cell) {
        *count += 1;
    }
}

fn metric(name: MetricName, value: f64) -> Metric {
    Metric {
        name,
        value: value as f32,
    }
}

/// The metrics of classes.
fn shares(right: u32, rows: u32, classes: &[Count], ranking: &mut Ranking) -> Vec<Metric> {
    let mean = |of: fn(&Count) -> f64| mean(classes.iter().map(of)).unwrap_or_default();
    let mut metrics = vec![
        metric(MetricName::Accuracy, f64::from(right) / f64::from(rows)),
        metric(MetricName::Precision, mean(Count::precision)),
        metric(MetricName::Recall, mean(Count::recall)),
        metric(MetricName::F1, mean(Count::f1)),
    ];
    metrics.extend(ranking.area().map(|area| metric(MetricName::RocAuc, area)));
    metrics
}

fn named(question: &Question, classes: &[Count]) -> Vec<ClassMetrics> {
    let names = question.class_names().into_iter();
    let with_count = |(name, count): (String, &Count)| ClassMetrics {
        name,
        rows: count.of_class,
        precision: count.precision() as f32,
        recall: count.recall() as f32,
        f1: count.f1() as f32,
    };
    names.zip(classes).map(with_count).collect()
}

/// The metrics of numbers.
fn distances(outputs: &[Distance], rows: u32) -> Vec<Metric> {
    let rows = f64::from(rows);
    let mean = |of: &dyn Fn(&Distance) -> f64| mean(outputs.iter().map(of)).unwrap_or_default();
    let squared = |output: &Distance| output.squared / rows;
    let mut metrics = vec![
        metric(
            MetricName::MeanAbsoluteError,
            mean(&|output| output.absolute / rows),
        ),
        metric(MetricName::MeanSquaredError, mean(&squared)),
        metric(
            MetricName::RootMeanSquaredError,
            mean(&|output| squared(output).sqrt()),
        ),
    ];
    if rows >= 2.0 {
        metrics.push(metric(MetricName::RSquared, mean(&Distance::r_squared)));
    }
    metrics
}

fn mean(numbers: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let count = numbers.len();
    (count > 0).then(|| numbers.sum::<f64>() / count as f64)
}

/// How far one output is from its targets.
#[derive(Clone, Copy, Debug, Default)]
struct Distance {
    rows: f64,
    absolute: f64,
    squared: f64,
    /// The mean of the targets, and the sum of their squared distances from it, by
    /// Welford 1962, "Note on a Method for Calculating Corrected Sums of Squares and
    /// Products": exactly 0 for constant targets.
    mean: f64,
    spread: f64,
}

impl Distance {
    fn add(&mut self, answer: f64, target: f64) {
        let miss = answer - target;
        self.absolute += miss.abs();
        self.squared += miss * miss;
        self.rows += 1.0;
        let before = target - self.mean;
        self.mean += before / self.rows;
        self.spread += before * (target - self.mean);
    }

    fn r_squared(&self) -> f64 {
        match (self.squared == 0.0, self.spread > 0.0) {
            (_, true) => 1.0 - self.squared / self.spread,
            (true, false) => 1.0,
            (false, false) => 0.0,
        }
    }
}

/// How often a class was asked for, answered, and both.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Count {
    of_class: u32,
    answered: u32,
    hits: u32,
}

impl Count {
    fn of_class(counts: &[u32], classes: usize, class: usize) -> Self {
        let row = counts.iter().skip(class * classes).take(classes);
        let column = counts.iter().skip(class).step_by(classes.max(1));
        Self {
            of_class: row.sum(),
            answered: column.sum(),
            hits: counts
                .get(class * classes + class)
                .copied()
                .unwrap_or_default(),
        }
    }

    fn precision(&self) -> f64 {
        share(self.hits, self.answered)
    }

    fn recall(&self) -> f64 {
        share(self.hits, self.of_class)
    }

    fn f1(&self) -> f64 {
        let both = f64::from(self.of_class) + f64::from(self.answered);
        if both > 0.0 {
            2.0 * f64::from(self.hits) / both
        } else {
            0.0
        }
    }
}

/// A share; of nothing it is 0.
fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    f64::from(part) / f64::from(whole)
}

/// The scores of rows, and whether each is of the class, by class.
struct Ranking {
    columns: Vec<Vec<(f32, bool)>>,
}

impl Ranking {
    /// For so many classes and rows; it keeps nothing when there are too many.
    fn new(columns: usize, rows: usize) -> Self {
        let is_bounded = rows.saturating_mul(columns) <= Evaluation::MAX_SCORES;
        let columns = if is_bounded { columns } else { 0 };
        Self {
            columns: vec![Vec::with_capacity(rows); columns],
        }
    }

    fn add(&mut self, scores: &[f32], is_of_class: impl Fn(usize) -> bool) {
        for (column, (kept, &score)) in self.columns.iter_mut().zip(scores).enumerate() {
            kept.push((score, is_of_class(column)));
        }
    }

    /// The mean area under the ROC curve over the classes that have one.
    fn area(&mut self) -> Option<f64> {
        let areas: Vec<f64> = self
            .columns
            .iter_mut()
            .filter_map(|rows| area_under_curve(rows))
            .collect();
        mean(areas.into_iter())
    }
}

/// The area under the ROC curve as the Mann–Whitney statistic: the share of pairs of a
/// row of the class and one that is not in which the first has the higher score, ties
/// counting half. From ranks, in whole numbers up to the last division; sorts the rows.
/// `None` without such a pair, and where a score is no number.
fn area_under_curve(rows: &mut [(f32, bool)]) -> Option<f64> {
    if rows.iter().any(|(score, _)| score.is_nan()) {
        return None;
    }
    rows.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
    let (mut below, mut positives, mut ranks) = (0_u64, 0_u64, 0_u64);
    // 0 and −0 are neighbours then, and equal.
    for ties in rows.chunk_by(|(a, _), (b, _)| a == b) {
        let of_class = ties.iter().filter(|(_, is_of_class)| *is_of_class).count() as u64;
        // Ranks count from 1; twice the mean rank of the ties is whole.
        let twice_rank = 2 * below + 1 + ties.len() as u64;
        ranks += of_class * twice_rank;
        positives += of_class;
        below += ties.len() as u64;
    }
    let negatives = below - positives;
    let pairs = positives * negatives;
    let twice_won = ranks - positives * (positives + 1);
    (pairs > 0).then(|| twice_won as f64 / (2 * pairs) as f64)
}
