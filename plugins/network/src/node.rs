//! Nodes: one neuron (or later: one layer, sensor, motor) of a network.

use serde::{Deserialize, Serialize};

use crate::{Activation, KindId, Parameter};

/// The stable number of a node, unique in its network.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct NodeId(pub u32);

impl From<NodeId> for u32 {
    fn from(id: NodeId) -> Self {
        id.0
    }
}

/// A place on the canvas in scene units: x to the right, y up.
pub type Position = [f32; 2];

/// How a node learns, beside what holds for the whole network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Learning {
    /// What the learning rate is multiplied with for its parameters and the weights
    /// of what enters it: 0 to 1,000. 0 holds them still.
    pub rate_factor: f32,
    /// The chance that its value is left out (0 instead of it) for a row while
    /// training, in [0, 1); values that are not left out are divided by one minus
    /// it, so that their mean stays (Srivastava et al. 2014, "Dropout: A Simple Way
    /// to Prevent Neural Networks from Overfitting"). For hidden nodes only.
    pub dropout: f32,
}

impl Learning {
    /// The largest factor.
    pub const MAX_RATE_FACTOR: f32 = 1_000.0;
}

impl Default for Learning {
    fn default() -> Self {
        Self {
            rate_factor: 1.0,
            dropout: 0.0,
        }
    }
}

/// One node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Its number.
    pub id: NodeId,
    /// What it is: the key into the network's `Kinds`.
    pub kind: KindId,
    /// What the person calls it: 1 to 40 characters on one line.
    pub name: String,
    /// Applied to its weighted sum; one of those its kind allows.
    #[serde(default)]
    pub activation: Activation,
    /// How it learns.
    #[serde(default)]
    pub learning: Learning,
    /// Where its centre is. Finite.
    #[serde(default)]
    pub position: Position,
    /// Its parameters, in the order of its kind (a neuron has one: its bias).
    /// Left empty, the kind's own with zeros are taken.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
}

impl Node {
    /// The longest name, in characters.
    pub const MAX_NAME: usize = 40;

    /// A node at the origin with linear activation and its kind's parameters at
    /// zero.
    #[must_use]
    pub fn new(id: NodeId, kind: KindId, name: impl Into<String>) -> Self {
        Self {
            id,
            kind,
            name: name.into(),
            activation: Activation::Linear,
            learning: Learning::default(),
            position: [0.0, 0.0],
            parameters: Vec::new(),
        }
    }

    /// The same node with this activation.
    #[must_use]
    pub fn with_activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// The same node with its centre here.
    #[must_use]
    pub fn at(mut self, position: Position) -> Self {
        self.position = position;
        self
    }
}
