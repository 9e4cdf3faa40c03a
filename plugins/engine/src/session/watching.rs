//! What changes from epoch to epoch: the learning rate, and whether training ends by itself.

use project::Schedule;

use super::{Session, sentence};
use crate::checkpoint::{Plateau, Watch};
use crate::{EarlyStop, EpochLoss};

impl Session {
    /// The learning rate of the epoch under way.
    pub(crate) fn rate(&self) -> f64 {
        let settings = self.project.training();
        let epoch = self.progress.epochs;
        let rate = settings.scheduled_rate(epoch);
        match settings.schedule {
            Schedule::Plateau { least, .. } if epoch >= settings.warm_up.epochs => {
                let lowered = rate * self.progress.plateau.scale;
                // A rate that is below the least from the beginning stays.
                lowered.max(f64::from(least).min(rate))
            }
            _ => rate,
        }
    }

    /// Forgets what schedules and early stopping have seen.
    pub(crate) fn watch_anew(&mut self) {
        self.progress.plateau = Plateau::default();
        self.progress.watch = Watch::default();
        self.best = Vec::new();
    }

    /// Looks at a finished epoch for schedule and early stopping.
    pub(super) fn watch(&mut self, epoch: &EpochLoss) -> Option<EarlyStop> {
        let settings = self.project.training();
        if let Schedule::Plateau {
            factor,
            patience,
            threshold,
            ..
        } = settings.schedule
            && epoch.epoch > settings.warm_up.epochs
        {
            let loss = epoch.validation.unwrap_or(epoch.train);
            let plateau = &mut self.progress.plateau;
            plateau.add(loss, factor, patience, threshold);
        }
        let stop = self.watch_validation(epoch);
        self.instruct_rate();
        stop
    }

    fn watch_validation(&mut self, epoch: &EpochLoss) -> Option<EarlyStop> {
        let stopping = self.project.training().early_stopping?;
        let loss = epoch.validation?;
        let compiled = self.compiled.as_mut().ok()?;
        let watch = &mut self.progress.watch;
        if watch.add(epoch.epoch, loss, stopping.least_gain) {
            if stopping.restores_best {
                self.best = compiled.model.values();
            }
            return None;
        }
        if watch.since < stopping.patience {
            return None;
        }
        let stop = EarlyStop {
            epoch: epoch.epoch,
            best_epoch: watch.best_epoch,
            best_loss: watch.best.unwrap_or(loss),
            is_restored: stopping.restores_best && !self.best.is_empty(),
        };
        if stop.is_restored {
            compiled.stepper.forget();
            if let Err(error) = compiled.model.set_values(&self.best) {
                self.compiled = Err(sentence(&error));
            }
            self.has_gradient = false;
            self.version += 1;
        }
        // Whoever trains on is watched from here.
        self.progress.watch = Watch::default();
        self.best = Vec::new();
        Some(stop)
    }

    /// Tells the optimiser the learning rate of the epoch under way.
    fn instruct_rate(&mut self) {
        let rate = self.rate();
        if let Ok(compiled) = &mut self.compiled {
            compiled.stepper.set_rate(rate);
        }
    }
}
