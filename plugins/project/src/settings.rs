//! How a network is trained: the numbers a person sets before pressing Train.

use network::{Draw, Initializer};
use serde::{Deserialize, Serialize};

use crate::schedule::{Schedule, WarmUp};
use crate::{Loss, Objective};

/// The rule by which gradients change parameters: PyTorch's, with its names.
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
    /// SGD that looks ahead (Sutskever et al. 2013, "On the importance of
    /// initialization and momentum in deep learning"): v ← momentum·v + g;
    /// w ← w − rate·(g + momentum·v).
    Nesterov {
        /// As for [`Self::Sgd`], but above 0.
        momentum: f32,
    },
    /// Adam whose weight decay does not pass through its averages (Loshchilov &
    /// Hutter 2019, "Decoupled Weight Decay Regularization"): w ← w − rate·decay·w
    /// beside Adam's step.
    AdamW {
        /// As for [`Self::Adam`].
        beta1: f32,
        /// As for [`Self::Adam`].
        beta2: f32,
        /// As for [`Self::Adam`].
        epsilon: f32,
    },
    /// RMSprop (Tieleman & Hinton 2012): v ← alpha·v + (1 − alpha)·g²;
    /// w ← w − rate·g / (√v + epsilon).
    RmsProp {
        /// Decay of the mean of squared gradients, in [0, 1).
        alpha: f32,
        /// Keeps the step finite; above 0.
        epsilon: f32,
    },
    /// Adagrad (Duchi, Hazan & Singer 2011, "Adaptive Subgradient Methods"):
    /// s ← s + g²; w ← w − rate·g / (√s + epsilon).
    Adagrad {
        /// Keeps the step finite; above 0.
        epsilon: f32,
    },
}

impl Optimizer {
    /// Plain gradient descent.
    pub const SGD: Self = Self::Sgd { momentum: 0.0 };
    /// Descent with the momentum most people use.
    pub const MOMENTUM: Self = Self::Sgd { momentum: 0.9 };
    /// The same, looking ahead.
    pub const NESTEROV: Self = Self::Nesterov { momentum: 0.9 };
    /// Adam with the values of its paper, which are PyTorch's.
    pub const ADAM: Self = Self::Adam {
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
    };
    /// AdamW with PyTorch's values.
    pub const ADAM_W: Self = Self::AdamW {
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
    };
    /// RMSprop with PyTorch's values.
    pub const RMS_PROP: Self = Self::RmsProp {
        alpha: 0.99,
        epsilon: 1e-8,
    };
    /// Adagrad with PyTorch's values.
    pub const ADAGRAD: Self = Self::Adagrad { epsilon: 1e-10 };

    /// Every rule with its usual values, in the order menus show them.
    pub const ALL: [Self; 6] = [
        Self::SGD,
        Self::NESTEROV,
        Self::ADAM,
        Self::ADAM_W,
        Self::RMS_PROP,
        Self::ADAGRAD,
    ];

    /// The name the field uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sgd { .. } => "SGD",
            Self::Nesterov { .. } => "Nesterov",
            Self::Adam { .. } => "Adam",
            Self::AdamW { .. } => "AdamW",
            Self::RmsProp { .. } => "RMSprop",
            Self::Adagrad { .. } => "Adagrad",
        }
    }

    /// What it does, in one sentence for a learner.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Sgd { .. } => {
                "Goes a step down the slope; with momentum it keeps rolling, as a ball would."
            }
            Self::Nesterov { .. } => {
                "Momentum that looks where it is about to roll, and so overshoots less."
            }
            Self::Adam { .. } => {
                "Gives every weight a step of its own size, from its recent slopes. A good first choice."
            }
            Self::AdamW { .. } => {
                "Adam with weight decay done separately, so that all weights shrink alike."
            }
            Self::RmsProp { .. } => {
                "Divides each step by how large the weight's recent slopes were."
            }
            Self::Adagrad { .. } => {
                "Divides each step by all slopes so far: steps get smaller and smaller."
            }
        }
    }

    /// The weight decay PyTorch gives it unless told otherwise.
    #[must_use]
    pub fn usual_weight_decay(self) -> f32 {
        match self {
            Self::AdamW { .. } => 0.01,
            _ => 0.0,
        }
    }

    fn check(self) -> Result<(), SettingsError> {
        match self {
            Self::Sgd { momentum } => fraction("the momentum", momentum),
            Self::Nesterov { momentum } if momentum > 0.0 => fraction("the momentum", momentum),
            Self::Nesterov { momentum } => Err(SettingsError::new(
                "the momentum of Nesterov",
                momentum,
                "a number above 0 and below 1",
            )),
            Self::Adam {
                beta1,
                beta2,
                epsilon,
            }
            | Self::AdamW {
                beta1,
                beta2,
                epsilon,
            } => {
                fraction("beta1", beta1)?;
                fraction("beta2", beta2)?;
                positive("epsilon", epsilon)
            }
            Self::RmsProp { alpha, epsilon } => {
                fraction("alpha", alpha)?;
                positive("epsilon", epsilon)
            }
            Self::Adagrad { epsilon } => positive("epsilon", epsilon),
        }
    }
}

/// What is added to the loss for large weights, so that they stay small. Biases are
/// left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Penalty {
    /// L1: this times Σ|w|; draws weights to exactly zero. 0 or above.
    pub l1: f32,
    /// L2: half of this times Σw²; draws large weights most. 0 or above.
    pub l2: f32,
}

/// How a large gradient is cut before the step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Clipping {
    /// Not at all.
    #[default]
    None,
    /// Each element is brought into ±this; above 0.
    Value(f32),
    /// If √Σg² over all that learns is larger than this, the whole gradient is scaled
    /// down to it, as `clip_grad_norm_` of PyTorch does; above 0.
    Norm(f32),
}

/// When training ends by itself because validation gets no better.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlyStopping {
    /// Epochs without a better validation loss after which it ends: 1 to 1,000,000.
    pub patience: u32,
    /// How much smaller than the best a loss must be to count as better; 0 or above.
    pub least_gain: f32,
    /// Whether the numbers of the best epoch are put back at the end.
    pub restores_best: bool,
}

impl Default for EarlyStopping {
    fn default() -> Self {
        Self {
            patience: 20,
            least_gain: 0.0,
            restores_best: true,
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
    /// What starting weights are drawn from.
    #[serde(default)]
    pub initializer: Initializer,
    /// How the learning rate changes from epoch to epoch.
    #[serde(default)]
    pub schedule: Schedule,
    /// How the learning rate rises in the first epochs.
    #[serde(default)]
    pub warm_up: WarmUp,
    /// What large weights cost.
    #[serde(default)]
    pub penalty: Penalty,
    /// PyTorch's `weight_decay` of the chosen rule: this times the number is added to
    /// its gradient, biases too; for AdamW it is taken off beside the step. 0 to 1.
    #[serde(default)]
    pub weight_decay: f32,
    /// How large gradients are cut.
    #[serde(default)]
    pub clipping: Clipping,
    /// When training ends by itself.
    #[serde(default)]
    pub early_stopping: Option<EarlyStopping>,
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
            initializer: Initializer::default(),
            schedule: Schedule::default(),
            warm_up: WarmUp::default(),
            penalty: Penalty::default(),
            weight_decay: 0.0,
            clipping: Clipping::default(),
            early_stopping: None,
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

    /// What starting values are drawn from.
    #[must_use]
    pub fn draw(&self) -> Draw {
        Draw {
            seed: self.seed,
            initializer: self.initializer,
        }
    }

    /// Takes another rule. A weight decay that is the usual one of the rule before, and so
    /// was not chosen by anybody, becomes the usual one of the new rule (0.01 for AdamW, as
    /// in PyTorch, and 0 for the others); another one stays.
    pub fn choose_optimizer(&mut self, optimizer: Optimizer) {
        if self.weight_decay == self.optimizer.usual_weight_decay() {
            self.weight_decay = optimizer.usual_weight_decay();
        }
        self.optimizer = optimizer;
    }

    /// Whether all numbers are in their ranges.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), SettingsError> {
        count("the number of epochs", self.epochs, Self::MAX_EPOCHS)?;
        count("the batch size", self.batch_size, Self::MAX_BATCH)?;
        let rate = self.learning_rate;
        if !(rate > 0.0 && rate <= Self::MAX_LEARNING_RATE) {
            return Err(SettingsError::new(
                "the learning rate",
                rate,
                "a number above 0 and at most 1000",
            ));
        }
        self.optimizer.check()?;
        self.schedule.check()?;
        self.warm_up.check()?;
        self.initializer
            .check()
            .map_err(|found| SettingsError::new("a starting value", found, "a finite number"))?;
        not_negative("the L1 penalty", self.penalty.l1)?;
        not_negative("the L2 penalty", self.penalty.l2)?;
        if !(0.0..=1.0).contains(&self.weight_decay) {
            let expected = "a number from 0 to 1";
            return Err(SettingsError::new(
                "the weight decay",
                self.weight_decay,
                expected,
            ));
        }
        match self.clipping {
            Clipping::None => {}
            Clipping::Value(most) => positive("the largest gradient", most)?,
            Clipping::Norm(most) => positive("the largest norm of the gradient", most)?,
        }
        if let Some(stopping) = self.early_stopping {
            count("the patience", stopping.patience, Self::MAX_EPOCHS)?;
            not_negative("the least gain", stopping.least_gain)?;
        }
        let Objective::Supervised { terms } = &self.objective;
        for term in terms {
            positive("the weight of a loss", term.weight)?;
            if let Loss::Huber { delta } = term.loss {
                positive("the delta of the Huber loss", delta)?;
            }
            for &weight in term.class_weights.values() {
                positive("the weight of a class", weight)?;
            }
        }
        Ok(())
    }
}

pub(crate) fn count(what: &'static str, found: u32, most: u32) -> Result<(), SettingsError> {
    if (1..=most).contains(&found) {
        return Ok(());
    }
    Err(SettingsError::new(
        what,
        found,
        "a number from 1 to 1000000",
    ))
}

pub(crate) fn fraction(what: &'static str, found: f32) -> Result<(), SettingsError> {
    if (0.0..1.0).contains(&found) {
        return Ok(());
    }
    let expected = "a number from 0 up to but not including 1";
    Err(SettingsError::new(what, found, expected))
}

fn positive(what: &'static str, found: f32) -> Result<(), SettingsError> {
    if found > 0.0 && found.is_finite() {
        return Ok(());
    }
    Err(SettingsError::new(what, found, "a number above 0"))
}

pub(crate) fn not_negative(what: &'static str, found: f32) -> Result<(), SettingsError> {
    if found >= 0.0 && found.is_finite() {
        return Ok(());
    }
    Err(SettingsError::new(what, found, "0 or a number above it"))
}

/// A training setting out of its range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} is {found}; expected {expected}")]
pub struct SettingsError {
    what: &'static str,
    found: String,
    expected: &'static str,
}

impl SettingsError {
    pub(crate) fn new(what: &'static str, found: impl ToString, expected: &'static str) -> Self {
        Self {
            what,
            found: found.to_string(),
            expected,
        }
    }
}
