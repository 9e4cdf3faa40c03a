//! What training makes small.

use std::collections::BTreeMap;

use network::NodeId;
use serde::{Deserialize, Serialize};

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
