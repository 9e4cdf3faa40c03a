//! How a network is trained: the numbers a person sets before pressing Train.

use serde::{Deserialize, Serialize};

use crate::Objective;

/// The rule by which gradients change parameters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Optimizer {
    /// Stochastic gradient descent: v ← momentum·v + g; w ← w − rate·v.
    Sgd {
        /// How much of the last step is kept, in [0, 1); 0 is plain descent.
        momentum: f32,
    },
    /// Adam (Kingma & Ba 2015, "Adam: A Method for Stochastic Optimization").
    Adam {
        /// Decay of the mean of gradients, in [0, 1).
        beta1: f32,
        /// Decay of the mean of squared gradients, in [0, 1).
        beta2: f32,
        /// Keeps the step finite; above 0.
        epsilon: f32,
    },
}

impl Optimizer {
    /// Plain gradient descent.
    pub const SGD: Self = Self::Sgd { momentum: 0.0 };
    /// Adam with the values of its paper.
    pub const ADAM: Self = Self::Adam {
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
    };

    /// The name the field uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sgd { .. } => "SGD",
            Self::Adam { .. } => "Adam",
        }
    }
}

/// What is done to input values before the network sees them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum InputScaling {
    /// Nothing.
    #[default]
    None,
    /// Each column is shifted and scaled to mean 0 and standard deviation 1 over
    /// the training rows.
    Standardise,
}

/// All training settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingSettings {
    /// Decides starting weights, the split of the data and its order.
    pub seed: u64,
    /// How many times training goes through the training rows: 1 to 1,000,000.
    pub epochs: u32,
    /// Rows from which one step is computed: 1 to 1,000,000.
    pub batch_size: u32,
    /// Whether each epoch goes through the rows in a new order.
    pub is_shuffled: bool,
    /// Size of a step: above 0, at most 1,000.
    pub learning_rate: f32,
    /// The rule of a step.
    pub optimizer: Optimizer,
    /// What is made small.
    pub objective: Objective,
    /// What is done to input values first.
    pub input_scaling: InputScaling,
}

impl Default for TrainingSettings {
    fn default() -> Self {
        Self {
            seed: 1,
            epochs: 300,
            batch_size: 8,
            is_shuffled: true,
            learning_rate: 0.05,
            optimizer: Optimizer::ADAM,
            objective: Objective::default(),
            input_scaling: InputScaling::None,
        }
    }
}

impl TrainingSettings {
    /// The most epochs one can ask for.
    pub const MAX_EPOCHS: u32 = 1_000_000;
    /// The largest batch.
    pub const MAX_BATCH: u32 = 1_000_000;
    /// The largest learning rate.
    pub const MAX_LEARNING_RATE: f32 = 1_000.0;

    /// Whether all numbers are in their ranges.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), SettingsError> {
        count("the number of epochs", self.epochs, Self::MAX_EPOCHS)?;
        count("the batch size", self.batch_size, Self::MAX_BATCH)?;
        let rate = self.learning_rate;
        if !(rate > 0.0 && rate <= Self::MAX_LEARNING_RATE) {
            return Err(SettingsError {
                what: "the learning rate",
                found: rate.to_string(),
                expected: "a number above 0 and at most 1000",
            });
        }
        match self.optimizer {
            Optimizer::Sgd { momentum } => fraction("the momentum", momentum)?,
            Optimizer::Adam {
                beta1,
                beta2,
                epsilon,
            } => {
                fraction("beta1", beta1)?;
                fraction("beta2", beta2)?;
                if !(epsilon > 0.0 && epsilon.is_finite()) {
                    return Err(SettingsError {
                        what: "epsilon",
                        found: epsilon.to_string(),
                        expected: "a number above 0",
                    });
                }
            }
        }
        let Objective::Supervised { terms } = &self.objective;
        if let Some(term) = terms
            .iter()
            .find(|term| !(term.weight > 0.0 && term.weight.is_finite()))
        {
            return Err(SettingsError {
                what: "the weight of a loss",
                found: term.weight.to_string(),
                expected: "a number above 0",
            });
        }
        Ok(())
    }
}

fn count(what: &'static str, found: u32, most: u32) -> Result<(), SettingsError> {
    if (1..=most).contains(&found) {
        return Ok(());
    }
    Err(SettingsError {
        what,
        found: found.to_string(),
        expected: "a number from 1 to 1000000",
    })
}

fn fraction(what: &'static str, found: f32) -> Result<(), SettingsError> {
    if (0.0..1.0).contains(&found) {
        return Ok(());
    }
    Err(SettingsError {
        what,
        found: found.to_string(),
        expected: "a number from 0 up to but not including 1",
    })
}

/// A training setting out of its range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} is {found}; expected {expected}")]
pub struct SettingsError {
    what: &'static str,
    found: String,
    expected: &'static str,
}
