//! The activation functions a node may apply to its weighted sum.

use serde::{Deserialize, Serialize};

/// An activation function, applied element by element (softmax: over all the
/// outputs that have it).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub enum Activation {
    /// The sum itself.
    #[default]
    Linear,
    /// max(0, z).
    Relu,
    /// tanh z, in (−1, 1).
    Tanh,
    /// The logistic function 1 / (1 + e^−z), in (0, 1).
    Sigmoid,
    /// e^zᵢ / Σⱼ e^zⱼ over the outputs with this activation: probabilities that
    /// sum to one.
    Softmax,
}

impl Activation {
    /// Every activation, in the order menus show them.
    pub const ALL: [Self; 5] = [
        Self::Linear,
        Self::Relu,
        Self::Tanh,
        Self::Sigmoid,
        Self::Softmax,
    ];

    /// The name the field uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Relu => "ReLU",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
            Self::Softmax => "softmax",
        }
    }

    /// What it does, in one sentence for a learner.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Linear => "Passes the weighted sum on as it is.",
            Self::Relu => "Passes positive sums on and turns negative ones into zero.",
            Self::Tanh => "Squeezes the sum smoothly into the range from −1 to 1.",
            Self::Sigmoid => "Squeezes the sum smoothly into the range from 0 to 1.",
            Self::Softmax => "Turns the sums of all outputs into probabilities that add up to 1.",
        }
    }
}
