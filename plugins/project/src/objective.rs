//! What training makes small, and whether a project is ready for it.

use std::collections::BTreeMap;

use network::{Activation, Node, NodeId, Role};
use serde::{Deserialize, Serialize};

use crate::{Project, column_of};

/// How far answers are from targets.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Loss {
    /// Mean of (answer − target)².
    MeanSquaredError,
    /// Mean of |answer − target|.
    MeanAbsoluteError,
    /// Mean of −t·ln p − (1−t)·ln(1−p), for sigmoid outputs and targets in [0, 1].
    BinaryCrossEntropy,
    /// −Σ t·ln p over softmax outputs, for targets that sum to one.
    CategoricalCrossEntropy,
    /// Mean of ½·m² where the miss |m| is at most delta, else of
    /// delta·(|m| − ½·delta) (Huber 1964, "Robust Estimation of a Location
    /// Parameter").
    Huber {
        /// Where it turns from squares to distances; above 0.
        delta: f32,
    },
    /// Mean of max(0, 1 − t·y), for targets −1 and 1.
    Hinge,
}

impl Loss {
    /// Every loss, in the order menus show them.
    pub const ALL: [Self; 6] = [
        Self::MeanSquaredError,
        Self::MeanAbsoluteError,
        Self::Huber { delta: 1.0 },
        Self::BinaryCrossEntropy,
        Self::CategoricalCrossEntropy,
        Self::Hinge,
    ];

    /// The name the field uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MeanSquaredError => "mean squared error",
            Self::MeanAbsoluteError => "mean absolute error",
            Self::BinaryCrossEntropy => "binary cross-entropy",
            Self::CategoricalCrossEntropy => "categorical cross-entropy",
            Self::Huber { .. } => "Huber",
            Self::Hinge => "hinge",
        }
    }

    /// What it measures, in one sentence for a learner.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        match self {
            Self::MeanSquaredError => {
                "The average squared distance from the targets: large misses count most."
            }
            Self::MeanAbsoluteError => {
                "The average distance from the targets: every miss counts by its size."
            }
            Self::BinaryCrossEntropy => {
                "How surprised the network is by yes-or-no targets, for sigmoid outputs."
            }
            Self::CategoricalCrossEntropy => {
                "How surprised the network is by the right class, for softmax outputs."
            }
            Self::Huber { .. } => {
                "Squared distance for small misses, plain distance for large ones: outliers pull less."
            }
            Self::Hinge => {
                "Asks answers to be beyond 1 on the target's side, and then is content; for targets −1 and 1."
            }
        }
    }
}

/// The outputs a loss looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutputGroup {
    /// All outputs of the network.
    #[default]
    All,
    /// These outputs.
    Nodes(Vec<NodeId>),
}

/// A loss on a group of outputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossTerm {
    /// The outputs it looks at.
    pub outputs: OutputGroup,
    /// How it measures.
    pub loss: Loss,
    /// Its part in the sum of all terms; above 0.
    pub weight: f32,
    /// How much the classes count, by output; those left out count 1. A row's loss is
    /// multiplied by the weight of its class: for categorical cross-entropy that of
    /// the target's output, for binary cross-entropy and hinge a weight counts where
    /// the target says yes (PyTorch's `pos_weight`). The mean over rows stays one
    /// over their number. Other losses have no classes. Each is above 0.
    #[serde(default)]
    pub class_weights: BTreeMap<NodeId, f32>,
}

impl LossTerm {
    /// A loss on these outputs that counts 1.
    #[must_use]
    pub fn new(outputs: OutputGroup, loss: Loss) -> Self {
        Self {
            outputs,
            loss,
            weight: 1.0,
            class_weights: BTreeMap::new(),
        }
    }
}

/// What training makes small.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Objective {
    /// The weighted sum of losses between outputs and their columns of the data.
    Supervised {
        /// The terms.
        terms: Vec<LossTerm>,
    },
}

impl Objective {
    /// One loss on all outputs.
    #[must_use]
    pub fn all(loss: Loss) -> Self {
        Self::Supervised {
            terms: vec![LossTerm::new(OutputGroup::All, loss)],
        }
    }

    /// The loss on all outputs, if that is what it is.
    #[must_use]
    pub fn single_loss(&self) -> Option<Loss> {
        let Self::Supervised { terms } = self;
        match terms.as_slice() {
            [term] if term.outputs == OutputGroup::All => Some(term.loss),
            _ => None,
        }
    }
}

impl Default for Objective {
    fn default() -> Self {
        Self::all(Loss::MeanSquaredError)
    }
}

/// Why a project cannot be trained as it is.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrainingProblem {
    /// There is nothing to feed.
    #[error("There is no input neuron yet: drag one onto the canvas.")]
    NoInput,
    /// There is nothing to compare.
    #[error("There is no output neuron yet: drag one onto the canvas.")]
    NoOutput,
    /// There are no rows to learn from.
    #[error(
        "There are no training rows: add rows to the data, or give the training part more than 0 %."
    )]
    NoTrainingRows,
    /// Binary cross-entropy wants probabilities.
    #[error(
        "Binary cross-entropy needs answers between 0 and 1: give “{0}” the activation sigmoid, or choose another loss."
    )]
    NeedsSigmoid(
        /// The output.
        String,
    ),
    /// Categorical cross-entropy wants a distribution.
    #[error(
        "Categorical cross-entropy needs probabilities that add up to 1: give “{0}” the activation softmax, or choose another loss."
    )]
    NeedsSoftmax(
        /// The output.
        String,
    ),
    /// A softmax over a single output is always 1.
    #[error(
        "Softmax over the single output “{0}” is always 1: add an output, or give it the activation sigmoid."
    )]
    SingleSoftmax(
        /// The output.
        String,
    ),
    /// A cross-entropy target outside its range.
    #[error("Row {row} has the target {found} in column “{column}”; {loss} needs targets from 0 to 1.", loss = .loss.name())]
    TargetOutOfRange {
        /// From 1.
        row: usize,
        /// The column.
        column: String,
        /// The number found.
        found: f32,
        /// The loss that needs it.
        loss: Loss,
    },
    /// Class targets that are no distribution.
    #[error(
        "The targets of row {row} add up to {found}; categorical cross-entropy needs 1 in all."
    )]
    TargetsNotDistribution {
        /// From 1.
        row: usize,
        /// Their sum.
        found: f32,
    },
    /// Hinge wants −1 and 1.
    #[error(
        "Row {row} has the target {found} in column “{column}”; the hinge loss needs targets −1 and 1."
    )]
    NoHingeTarget {
        /// From 1.
        row: usize,
        /// The column.
        column: String,
        /// The number found.
        found: f32,
    },
    /// Early stopping watches the validation loss.
    #[error(
        "Early stopping needs validation rows to watch: give the validation part more than 0 %, or switch it off."
    )]
    NothingToWatch,
    /// A loss on something that is no output.
    #[error("A loss looks at neuron number {}, which is no output.", .0.0)]
    NoSuchOutput(
        /// The number.
        NodeId,
    ),
    /// No loss at all.
    #[error("There is no loss: choose one.")]
    NoLoss,
}

impl Project {
    /// Whether training can begin. Costs O(rows) for cross-entropy, else
    /// O(outputs).
    ///
    /// # Errors
    /// The first reason why it cannot, as a sentence that says what to do.
    pub fn check_training(&self) -> Result<(), TrainingProblem> {
        let network = self.network();
        if network.nodes_of(Role::Input).next().is_none() {
            return Err(TrainingProblem::NoInput);
        }
        let outputs: Vec<&Node> = network.nodes_of(Role::Output).collect();
        if outputs.is_empty() {
            return Err(TrainingProblem::NoOutput);
        }
        if self.table().rows() == 0 || self.split().train == 0 {
            return Err(TrainingProblem::NoTrainingRows);
        }
        if self.training().early_stopping.is_some() && self.split().validation == 0 {
            return Err(TrainingProblem::NothingToWatch);
        }
        let mut of_softmax = outputs
            .iter()
            .filter(|node| node.activation == Activation::Softmax);
        if let (Some(single), None) = (of_softmax.next(), of_softmax.next()) {
            return Err(TrainingProblem::SingleSoftmax(single.name.clone()));
        }
        let Objective::Supervised { terms } = &self.training().objective;
        if terms.is_empty() {
            return Err(TrainingProblem::NoLoss);
        }
        for term in terms {
            let group = match &term.outputs {
                OutputGroup::All => outputs.clone(),
                OutputGroup::Nodes(ids) => ids
                    .iter()
                    .map(|&id| {
                        outputs
                            .iter()
                            .find(|node| node.id == id)
                            .copied()
                            .ok_or(TrainingProblem::NoSuchOutput(id))
                    })
                    .collect::<Result<_, _>>()?,
            };
            self.check_term(term.loss, &group)?;
        }
        Ok(())
    }

    fn check_term(&self, loss: Loss, group: &[&Node]) -> Result<(), TrainingProblem> {
        let differs = |activation| {
            group
                .iter()
                .find(|node| node.activation != activation)
                .map(|node| node.name.clone())
        };
        match loss {
            Loss::MeanSquaredError | Loss::MeanAbsoluteError | Loss::Huber { .. } => return Ok(()),
            Loss::Hinge => return self.check_hinge_targets(group),
            Loss::BinaryCrossEntropy => {
                if let Some(name) = differs(Activation::Sigmoid) {
                    return Err(TrainingProblem::NeedsSigmoid(name));
                }
            }
            Loss::CategoricalCrossEntropy => {
                if let Some(name) = differs(Activation::Softmax) {
                    return Err(TrainingProblem::NeedsSoftmax(name));
                }
            }
        }
        let columns = self.columns_of(group);
        for row in 0..self.table().rows() {
            let mut sum = 0.0;
            for column in &columns {
                let size = network::shape_size(&column.shape);
                for &found in &column.values[row * size..(row + 1) * size] {
                    if !(0.0..=1.0).contains(&found) {
                        return Err(TrainingProblem::TargetOutOfRange {
                            row: row + 1,
                            column: column.name.clone(),
                            found,
                            loss,
                        });
                    }
                    sum += found;
                }
            }
            if loss == Loss::CategoricalCrossEntropy && (sum - 1.0).abs() > 1e-4 {
                return Err(TrainingProblem::TargetsNotDistribution {
                    row: row + 1,
                    found: sum,
                });
            }
        }
        Ok(())
    }

    fn columns_of(&self, group: &[&Node]) -> Vec<&datasets::Column> {
        group
            .iter()
            .filter_map(|node| self.table().column(column_of(node.id)))
            .collect()
    }

    /// Hinge knows yes and no only.
    fn check_hinge_targets(&self, group: &[&Node]) -> Result<(), TrainingProblem> {
        for column in self.columns_of(group) {
            let size = network::shape_size(&column.shape).max(1);
            let is_wrong = |found: &f32| found.abs() != 1.0;
            if let Some(at) = column.values.iter().position(is_wrong) {
                return Err(TrainingProblem::NoHingeTarget {
                    row: at / size + 1,
                    column: column.name.clone(),
                    found: column.values[at],
                });
            }
        }
        Ok(())
    }
}
