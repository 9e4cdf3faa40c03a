//! Checkpoints: everything needed to go on as if nothing had happened.

use network::Network;
use project::Optimizer;
use serde::{Deserialize, Serialize};

use crate::{OptimizerState, divergence};

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
    /// The values of the epoch that was best on the validation rows, in the canonical
    /// order, while early stopping may put them back; empty otherwise.
    pub best: Vec<f32>,
}

impl Checkpoint {
    /// Whether training may go on from it with this network and this rule.
    ///
    /// # Errors
    /// The first thing that is wrong with it, as the second half of a sentence.
    pub(crate) fn check(&self, network: &Network, rule: Optimizer) -> Result<(), String> {
        let [is_first_square, is_second_square] = match rule {
            Optimizer::Adam { .. } | Optimizer::AdamW { .. } => [false, true],
            Optimizer::RmsProp { .. } | Optimizer::Adagrad { .. } => [true, false],
            Optimizer::Sgd { .. } | Optimizer::Nesterov { .. } => [false, false],
        };
        let memories = [
            (&self.optimizer.first, is_first_square),
            (&self.optimizer.second, is_second_square),
        ];
        for (numbers, is_square) in memories {
            let is_wrong = |number: &f32| !number.is_finite() || is_square && *number < 0.0;
            if let Some(place) = numbers.iter().position(is_wrong) {
                return Err(format!(
                    "what the optimiser remembers of {} is {}; expected {}",
                    divergence::name_of(network, place),
                    numbers[place],
                    if is_square {
                        "0 or a number above it"
                    } else {
                        "a finite number"
                    }
                ));
            }
        }
        if !self.best.is_empty() && self.best.len() != self.values.len() {
            let (found, expected) = (self.best.len(), self.values.len());
            return Err(format!(
                "it has {found} best numbers so far; expected {expected}, or none"
            ));
        }
        if let Some(place) = self.best.iter().position(|number| !number.is_finite()) {
            let (name, found) = (divergence::name_of(network, place), self.best[place]);
            return Err(format!(
                "the best value so far of {name} is {found}; expected a finite number"
            ));
        }
        let scale = self.progress.plateau.scale;
        if !(0.0..=1.0).contains(&scale) {
            return Err(format!(
                "plateaus have scaled its learning rate by {scale}; expected a number from 0 to 1"
            ));
        }
        Ok(())
    }
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
    /// How far the learning rate has been brought down on plateaus.
    pub plateau: Plateau,
    /// What early stopping has seen.
    pub watch: Watch,
}

/// What [`project::Schedule::Plateau`] has seen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plateau {
    /// The best loss so far.
    pub best: Option<f32>,
    /// Epochs since it.
    pub since: u32,
    /// What the learning rate is multiplied with.
    pub scale: f64,
}

impl Default for Plateau {
    fn default() -> Self {
        Self {
            best: None,
            since: 0,
            scale: 1.0,
        }
    }
}

impl Plateau {
    /// Takes the loss of an epoch, as `ReduceLROnPlateau` of PyTorch does in its mode
    /// “rel”.
    pub(crate) fn add(&mut self, loss: f32, factor: f32, patience: u32, threshold: f32) {
        let is_better =
            |best: f32| f64::from(loss) < f64::from(best) * (1.0 - f64::from(threshold));
        if self.best.is_none_or(is_better) {
            self.best = Some(loss);
            self.since = 0;
            return;
        }
        self.since = self.since.saturating_add(1);
        if self.since > patience {
            self.scale *= f64::from(factor);
            self.since = 0;
        }
    }
}

/// What early stopping has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// The best validation loss.
    pub best: Option<f32>,
    /// The epoch it was reached in, from 1.
    pub best_epoch: u32,
    /// Epochs since then.
    pub since: u32,
}

impl Watch {
    /// Takes the validation loss of an epoch; gives whether it is the best so far.
    pub(crate) fn add(&mut self, epoch: u32, loss: f32, least_gain: f32) -> bool {
        let is_best = self.best.is_none_or(|best| loss < best - least_gain);
        if is_best {
            *self = Self {
                best: Some(loss),
                best_epoch: epoch,
                since: 0,
            };
        } else {
            self.since = self.since.saturating_add(1);
        }
        is_best
    }
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
