//! How the learning rate changes from epoch to epoch.

use serde::{Deserialize, Serialize};

use crate::settings::{SettingsError, TrainingSettings, count, fraction, not_negative};

/// How the learning rate goes on after the warm-up. Epochs count from 0, the first
/// one after the warm-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Schedule {
    /// It stays as it is.
    #[default]
    Constant,
    /// It is multiplied by `factor` every so many epochs: rate · factor^⌊e / every⌋
    /// (PyTorch's `StepLR`).
    Step {
        /// 1 to 1,000,000.
        every: u32,
        /// In [0, 1).
        factor: f32,
    },
    /// It is multiplied by `factor` each epoch: rate · factor^e (`ExponentialLR`).
    Exponential {
        /// In [0, 1).
        factor: f32,
    },
    /// It falls along half a cosine to `least` and stays there: least +
    /// ½·(rate − least)·(1 + cos(π·e / epochs)) (Loshchilov & Hutter 2017,
    /// arXiv:1608.03983, without restarts; `CosineAnnealingLR`).
    Cosine {
        /// Epochs until it is there: 1 to 1,000,000.
        epochs: u32,
        /// 0 or above.
        least: f32,
    },
    /// It is multiplied by `factor` whenever the loss has not become better for more
    /// than `patience` epochs: the validation loss, or without validation rows that
    /// of training (`ReduceLROnPlateau`).
    Plateau {
        /// In [0, 1).
        factor: f32,
        /// Epochs without a better loss that are borne: up to 1,000,000.
        patience: u32,
        /// A loss is better when it is below best·(1 − threshold); in [0, 1).
        threshold: f32,
        /// Where it ends; 0 or above.
        least: f32,
    },
}

impl Schedule {
    /// Every schedule with usual values, in the order menus show them.
    pub const ALL: [Self; 5] = [
        Self::Constant,
        Self::Step {
            every: 30,
            factor: 0.1,
        },
        Self::Exponential { factor: 0.99 },
        Self::Cosine {
            epochs: 300,
            least: 0.0,
        },
        Self::Plateau {
            factor: 0.1,
            patience: 10,
            threshold: 1e-4,
            least: 0.0,
        },
    ];

    /// The name the field uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Step { .. } => "step",
            Self::Exponential { .. } => "exponential",
            Self::Cosine { .. } => "cosine",
            Self::Plateau { .. } => "reduce on plateau",
        }
    }

    /// What it does, in one sentence for a learner.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Constant => "The learning rate stays as it is.",
            Self::Step { .. } => "The learning rate drops every so many epochs.",
            Self::Exponential { .. } => "The learning rate shrinks a little each epoch.",
            Self::Cosine { .. } => {
                "The learning rate falls slowly, then quickly, then slowly to its least."
            }
            Self::Plateau { .. } => "The learning rate drops when the loss gets no better.",
        }
    }

    /// The learning rate in this epoch after the warm-up. A plateau's is known only
    /// while training: here it is the one it begins with.
    #[must_use]
    pub fn rate(self, begin: f64, epoch: u32) -> f64 {
        match self {
            Self::Constant | Self::Plateau { .. } => begin,
            Self::Step { every, factor } => {
                begin * f64::from(factor).powf(f64::from(epoch / every.max(1)))
            }
            Self::Exponential { factor } => begin * f64::from(factor).powf(f64::from(epoch)),
            Self::Cosine { epochs, least } => {
                let least = f64::from(least);
                let share = f64::from(epoch.min(epochs)) / f64::from(epochs.max(1));
                least + 0.5 * (begin - least) * (1.0 + (std::f64::consts::PI * share).cos())
            }
        }
    }

    pub(crate) fn check(self) -> Result<(), SettingsError> {
        match self {
            Self::Constant => Ok(()),
            Self::Step { every, factor } => {
                count("the epochs of a step", every, TrainingSettings::MAX_EPOCHS)?;
                fraction("the factor of the schedule", factor)
            }
            Self::Exponential { factor } => fraction("the factor of the schedule", factor),
            Self::Cosine { epochs, least } => {
                count(
                    "the epochs of the cosine",
                    epochs,
                    TrainingSettings::MAX_EPOCHS,
                )?;
                not_negative("the least learning rate", least)
            }
            Self::Plateau {
                factor,
                patience: _,
                threshold,
                least,
            } => {
                fraction("the factor of the schedule", factor)?;
                fraction("the threshold of the schedule", threshold)?;
                not_negative("the least learning rate", least)
            }
        }
    }
}

/// How the learning rate rises at the beginning: in epoch e by
/// start + (1 − start)·e / epochs of it (PyTorch's `LinearLR`).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WarmUp {
    /// Over so many epochs; 0: not at all.
    pub epochs: u32,
    /// The share of the learning rate it begins with; in [0, 1).
    pub start: f32,
}

impl Default for WarmUp {
    /// None; it would begin with PyTorch's third.
    fn default() -> Self {
        Self {
            epochs: 0,
            start: 1.0 / 3.0,
        }
    }
}

impl WarmUp {
    /// The share of the learning rate in this epoch, from 0; 1 after the warm-up.
    #[must_use]
    pub fn share(self, epoch: u32) -> f64 {
        if epoch >= self.epochs {
            return 1.0;
        }
        let start = f64::from(self.start);
        start + (1.0 - start) * f64::from(epoch) / f64::from(self.epochs)
    }

    pub(crate) fn check(self) -> Result<(), SettingsError> {
        if self.epochs > TrainingSettings::MAX_EPOCHS {
            return Err(SettingsError::new(
                "the number of warm-up epochs",
                self.epochs,
                "at most 1000000",
            ));
        }
        fraction("the start of the warm-up", self.start)
    }
}

impl TrainingSettings {
    /// The learning rate in this epoch, from 0, by warm-up and schedule; see
    /// [`Schedule::rate`] for the plateau.
    #[must_use]
    pub fn scheduled_rate(&self, epoch: u32) -> f64 {
        let rate = f64::from(self.learning_rate);
        if epoch < self.warm_up.epochs {
            return rate * self.warm_up.share(epoch);
        }
        self.schedule.rate(rate, epoch - self.warm_up.epochs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(schedule: Schedule, warm_up: WarmUp, epochs: u32) -> Vec<f64> {
        let settings = TrainingSettings {
            learning_rate: 0.5,
            schedule,
            warm_up,
            ..TrainingSettings::default()
        };
        let rate = |epoch| settings.scheduled_rate(epoch);
        (0..epochs).map(rate).collect()
    }

    fn assert_close(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-7, "{found} {expected}");
        }
    }

    #[test]
    fn a_step_drops_every_so_many_epochs() {
        let step = Schedule::Step {
            every: 2,
            factor: 0.5,
        };
        let found = rates(step, WarmUp::default(), 5);
        assert_close(&found, &[0.5, 0.5, 0.25, 0.25, 0.125]);
    }

    #[test]
    fn an_exponential_shrinks_each_epoch() {
        let found = rates(Schedule::Exponential { factor: 0.5 }, WarmUp::default(), 3);
        assert_close(&found, &[0.5, 0.25, 0.125]);
    }

    #[test]
    fn a_cosine_ends_at_its_least_and_stays_there() {
        let cosine = Schedule::Cosine {
            epochs: 2,
            least: 0.1,
        };
        let found = rates(cosine, WarmUp::default(), 5);
        assert_close(&found, &[0.5, 0.3, 0.1, 0.1, 0.1]);
    }

    #[test]
    fn a_warm_up_rises_to_the_rate_and_the_schedule_begins_after_it() {
        let warm_up = WarmUp {
            epochs: 2,
            start: 0.2,
        };
        let found = rates(Schedule::Exponential { factor: 0.5 }, warm_up, 5);
        assert_close(&found, &[0.1, 0.3, 0.5, 0.25, 0.125]);
    }
}
