//! What is said of a part of the data: its loss, its metrics, and the answers row by row.

use network::NodeId;
use serde::{Deserialize, Serialize};

use crate::Part;

/// What a part of the data showed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The part.
    pub part: Part,
    /// The epochs behind the values.
    pub epochs: u32,
    /// How many rows it has. With none, all that follows is empty.
    pub rows: u32,
    /// The loss over them, without what large weights cost; `None` without rows.
    pub loss: Option<f32>,
    /// What large weights cost: l1·Σ|w| + ½·l2·Σw². The same for every part.
    pub penalty: f32,
    /// Accuracy, mean absolute error, R² and the like, as far as they apply, when all
    /// outputs answer one question together; otherwise see `groups`.
    pub metrics: Vec<Metric>,
    /// The classes one by one; empty where outputs are no classes.
    pub classes: Vec<ClassMetrics>,
    /// How classes were taken for each other; `None` where outputs are no classes, or
    /// where each says yes or no by itself.
    pub confusion: Option<Confusion>,
    /// Each group of outputs by itself, when the losses look at several.
    pub groups: Vec<GroupMetrics>,
    /// Answers row by row, in the order of the part, for the first
    /// [`Evaluation::MAX_PREDICTIONS`] rows.
    pub predictions: Vec<Prediction>,
}

impl Evaluation {
    /// The most predictions that are sent along.
    pub const MAX_PREDICTIONS: usize = 10_000;
    /// The most scores (rows times classes; one per row where a single output says
    /// yes or no) that are kept to rank rows, 8 MB of them: with more there is no
    /// [`MetricName::RocAuc`], so that memory stays bounded.
    pub const MAX_SCORES: usize = 1 << 20;

    /// The value of a metric.
    #[must_use]
    pub fn metric(&self, name: MetricName) -> Option<f32> {
        self.metrics
            .iter()
            .find(|metric| metric.name == name)
            .map(|metric| metric.value)
    }

    /// The loss with what large weights cost: what training makes small.
    #[must_use]
    pub fn loss_with_penalty(&self) -> Option<f32> {
        self.loss.map(|loss| loss + self.penalty)
    }
}

/// What a group of outputs showed that answers a question of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupMetrics {
    /// The outputs, in the order of their columns.
    pub outputs: Vec<NodeId>,
    /// As [`Evaluation::metrics`].
    pub metrics: Vec<Metric>,
    /// As [`Evaluation::classes`].
    pub classes: Vec<ClassMetrics>,
    /// As [`Evaluation::confusion`].
    pub confusion: Option<Confusion>,
}

/// What a metric measures. Definitions and edge cases are scikit-learn's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MetricName {
    /// The share of rows classified rightly, in [0, 1]; where several outputs say yes
    /// or no, a row is right when all of them are.
    Accuracy,
    /// Mean of |answer − target|.
    MeanAbsoluteError,
    /// Mean of (answer − target)².
    MeanSquaredError,
    /// 1 − Σ(answer − target)² / Σ(mean target − target)², its mean over outputs. An
    /// output whose target is constant counts 1 if it is met exactly and else 0. Left
    /// out with fewer than two rows.
    RSquared,
    /// √ of the mean of (answer − target)², its mean over outputs.
    RootMeanSquaredError,
    /// The mean of [`ClassMetrics::precision`] over the classes that occur among
    /// targets or answers; where several outputs say yes or no, over all of them.
    Precision,
    /// Likewise of [`ClassMetrics::recall`].
    Recall,
    /// Likewise of [`ClassMetrics::f1`].
    F1,
    /// The chance that a row of a class scores higher than one that is not of it, ties
    /// counting half: the area under the ROC curve (Hanley & McNeil 1982). With
    /// several classes the mean over each against the rest. Classes that all rows or
    /// none are of are left out, and with them the metric where none is left; see
    /// also [`Evaluation::MAX_SCORES`].
    RocAuc,
}

/// What there is to say of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricFacts {
    /// What the field calls it.
    pub name: &'static str,
    /// The same as one word, for files and programs.
    pub word: &'static str,
    /// Where its values lie, and which are good.
    pub range: &'static str,
    /// What it tells, in one sentence for a learner.
    pub explanation: &'static str,
    /// Whether more is better.
    pub is_more_better: bool,
}

impl MetricName {
    /// Every metric, in the order reports show them.
    pub const ALL: [Self; 9] = [
        Self::Accuracy,
        Self::Precision,
        Self::Recall,
        Self::F1,
        Self::RocAuc,
        Self::MeanAbsoluteError,
        Self::MeanSquaredError,
        Self::RootMeanSquaredError,
        Self::RSquared,
    ];

    /// What the field calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// What it tells, in one sentence for a learner.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        self.facts().explanation
    }

    /// Its row of the table.
    #[must_use]
    pub fn facts(self) -> MetricFacts {
        let share = |name, word, explanation| MetricFacts {
            name,
            word,
            range: "0 to 1; 1 is best",
            explanation,
            is_more_better: true,
        };
        let distance = |name, word, explanation| MetricFacts {
            name,
            word,
            range: "0 and above; 0 is best",
            explanation,
            is_more_better: false,
        };
        match self {
            Self::Accuracy => share(
                "accuracy",
                "accuracy",
                "The share of rows that are answered rightly.",
            ),
            Self::Precision => share(
                "precision",
                "precision",
                "Of the rows answered with a class, the share that are of it; the mean over classes.",
            ),
            Self::Recall => share(
                "recall",
                "recall",
                "Of the rows of a class, the share that are found; the mean over classes.",
            ),
            Self::F1 => share(
                "F1",
                "f1",
                "High only where precision and recall both are: their harmonic mean, then the mean over classes.",
            ),
            Self::RocAuc => share(
                "ROC-AUC",
                "roc_auc",
                "How often a row of a class scores higher than one that is not of it; ½ is guessing.",
            ),
            Self::MeanAbsoluteError => distance(
                "mean absolute error",
                "mean_absolute_error",
                "How far answers are from targets on average.",
            ),
            Self::MeanSquaredError => distance(
                "mean squared error",
                "mean_squared_error",
                "The average squared distance from the targets: large misses count most.",
            ),
            Self::RootMeanSquaredError => distance(
                "root mean squared error",
                "root_mean_squared_error",
                "The root of the mean squared error: a typical miss, in the unit of the targets.",
            ),
            Self::RSquared => MetricFacts {
                name: "R²",
                word: "r_squared",
                range: "up to 1; 1 is best, 0 is as good as always answering the mean",
                explanation: "The share of the targets' ups and downs that the answers follow.",
                is_more_better: true,
            },
        }
    }
}

/// A number that says how good the answers are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// What it measures.
    pub name: MetricName,
    /// The number.
    pub value: f32,
}

/// How well one class is told from the others. Each number is in [0, 1], and 0 where
/// it would be 0 / 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassMetrics {
    /// What the class is called.
    pub name: String,
    /// How many rows are of it.
    pub rows: u32,
    /// Of the rows answered with it, the share that are of it.
    pub precision: f32,
    /// Of the rows of it, the share that are answered with it.
    pub recall: f32,
    /// The harmonic mean of precision and recall.
    pub f1: f32,
}

/// The answer to one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// The row in the table, from 0.
    pub row: u32,
    /// The loss of this row alone.
    pub loss: f32,
    /// The outputs in the order of their columns.
    pub outputs: Vec<f32>,
    /// The targets in the same order.
    pub targets: Vec<f32>,
    /// Whether the class is right; `None` where outputs are no classes.
    pub is_right: Option<bool>,
}

/// How often each class was taken for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// What the classes are called.
    pub classes: Vec<String>,
    /// Rows of class `target` answered as `answer` at `target · classes + answer`.
    pub counts: Vec<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_has_a_name_of_its_own_and_one_sentence() {
        for (index, metric) in MetricName::ALL.iter().enumerate() {
            let MetricFacts {
                name,
                word,
                explanation,
                ..
            } = metric.facts();
            let is_of_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(!name.is_empty() && word.chars().all(is_of_word), "{word}");
            let mut others = MetricName::ALL[..index].iter().map(|other| other.facts());
            assert!(others.all(|other| other.name != name && other.word != word));
            assert!(explanation.ends_with('.'), "{explanation}");
            assert_eq!(explanation.matches('.').count(), 1, "{explanation}");
        }
    }
}
