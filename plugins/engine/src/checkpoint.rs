//! Checkpoints: everything needed to go on as if nothing had happened.

use serde::{Deserialize, Serialize};

use crate::OptimizerState;

/// Training at the end of a batch. Together with the project it was taken from, it
/// goes on bit for bit (on the same build and family of processors).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// All learnable numbers in the canonical order.
    pub values: Vec<f32>,
    /// What the optimiser remembers.
    pub optimizer: OptimizerState,
    /// How far training is.
    pub progress: Progress,
}

/// How far training is, at the end of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Whole epochs done.
    pub epochs: u32,
    /// Batches done in the epoch under way.
    pub batch: u32,
    /// What the batches of this epoch came to.
    pub epoch: Tally,
}

/// Losses added up over rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// The sum of the losses of rows.
    pub loss: f64,
    /// How many rows.
    pub rows: u32,
    /// How many of them were classified rightly.
    pub right: u32,
}

impl Tally {
    /// The mean loss of a row; `None` without rows.
    #[must_use]
    pub fn mean(self) -> Option<f32> {
        (self.rows > 0).then(|| (self.loss / f64::from(self.rows)) as f32)
    }

    /// The share of rows classified rightly; `None` without rows.
    #[must_use]
    pub fn accuracy(self) -> Option<f32> {
        (self.rows > 0).then(|| (f64::from(self.right) / f64::from(self.rows)) as f32)
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.loss += other.loss;
        self.rows = self.rows.saturating_add(other.rows);
        self.right = self.right.saturating_add(other.right);
    }
}
