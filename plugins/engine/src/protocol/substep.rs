//! What is asked and told of one step of training, phase by phase.

use serde::{Deserialize, Serialize};

use super::instruments::NodeTrace;

/// A phase of one step of training.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub enum Phase {
    /// The rows of the batch pass through the network.
    #[default]
    Forward,
    /// What comes out is compared with the targets.
    Loss,
    /// The loss is passed back: how it would change with every number.
    Backward,
    /// The optimiser changes the numbers.
    Update,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Self; 4] = [Self::Forward, Self::Loss, Self::Backward, Self::Update];
}

/// How far the batch that training takes next is to be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubStepRequest {
    /// Comes back with the answer.
    pub id: u64,
    /// The last phase.
    pub until: Phase,
}

/// A step of training up to one of its phases.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SubStep {
    /// The request's id.
    pub id: u64,
    /// The last phase.
    pub until: Phase,
    /// The epoch the batch belongs to, from 1.
    pub epoch: u32,
    /// The batch in its epoch, from 1.
    pub batch: u32,
    /// Its rows of the table, from 0, in the order of training.
    pub rows: Vec<u32>,
    /// All nodes, by number: the means over these rows, with what dropout leaves out of
    /// them. From the backward phase on with ∂L/∂z, where L is the loss of a row.
    pub nodes: Vec<NodeTrace>,
    /// The loss of each row; empty before the loss phase.
    pub row_losses: Vec<f32>,
    /// Their mean: the loss of the batch; `None` before the loss phase.
    pub loss: Option<f32>,
    /// What large weights cost besides, likewise: l1·Σ|w| + ½·l2·Σw².
    pub penalty: Option<f32>,
    /// ∂L/∂w of that mean, for each learnable number in the canonical order: the true
    /// derivative, for frozen numbers too, without penalty and before clipping. Empty
    /// before the backward phase. What the optimiser made of it is
    /// [`Report::gradients`](crate::Report::gradients) of the report with the update.
    pub gradients: Vec<f32>,
    /// The learning rate of the step.
    pub rate: f32,
    /// All learnable numbers before the update, in the canonical order; empty without it.
    pub before: Vec<f32>,
    /// And after it.
    pub after: Vec<f32>,
}
