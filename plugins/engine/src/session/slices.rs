//! Training in slices: a chunk of rows forward and back, the step after the last, and the validation after an epoch.

use std::ops::Range;

use super::{Compiled, Prepared, Session, sentence};
use crate::checkpoint::Tally;
use crate::classes::ClassRule;
use crate::data::CHUNK_ROWS;
use crate::divergence;
use crate::dropout::Noise;
use crate::model::{Chunk, PassError, StepError, Trained};
use crate::{EarlyStop, EpochLoss, Part};

/// Forward, and backward twice: through values and through weights.
pub(crate) const TRAINING_FACTOR: u64 = 3;

const NOT_READY: &str = "The network is not ready.";

/// What a slice of training did.
pub(crate) struct Slice {
    pub(crate) work: u64,
    pub(crate) epoch: Option<EpochLoss>,
    /// Whether training ended with it by itself.
    pub(crate) early_stop: Option<EarlyStop>,
}

impl Session {
    /// Trains on the next chunk of rows, or passes the next chunk of validation
    /// rows. `Err` is the sentence of a fault; the last good values are then back.
    pub(crate) fn train_slice(&mut self) -> Result<Slice, String> {
        self.ready()?;
        self.found_history();
        let slice = if self.progress.batch < self.batches() {
            self.train_chunk()
        } else {
            self.validate_chunk()
        }?;
        self.note_slice(slice.work);
        Ok(slice)
    }

    /// The rows of the batch that training takes next, or is at.
    pub(crate) fn next_batch(&mut self) -> Result<Vec<u32>, String> {
        self.ready()?;
        self.settle_order();
        let order = self.order.as_deref().unwrap_or(&[]);
        Ok(order[self.span_of_batch(order.len())].to_vec())
    }

    /// These rows of that batch, with what dropout leaves out of them; so many rows of it
    /// come before them.
    pub(crate) fn training_chunk(&self, rows: &[u32], done: usize) -> Result<Chunk, String> {
        let (Ok(compiled), Some(prepared)) = (&self.compiled, &self.prepared) else {
            return Err(NOT_READY.to_owned());
        };
        let mut chunk = prepared.data.chunk(rows);
        if compiled.model.program.has_dropout {
            let (epoch, batch) = (self.progress.epochs, self.progress.batch);
            let seed = self.project.training().seed;
            chunk.noise = Some(Noise::new(seed, epoch, batch, done as u32));
        }
        Ok(chunk)
    }

    /// Makes sure that the order of the epoch under way is known.
    fn settle_order(&mut self) {
        if let (None, Some(Prepared { data, .. })) = (&self.order, &self.prepared) {
            let settings = self.project.training();
            let epoch = self.progress.epochs;
            self.order = Some(data.order(settings.seed, epoch, settings.is_shuffled));
        }
    }

    /// Where in so many ordered rows the batch under way is.
    fn span_of_batch(&self, rows: usize) -> Range<usize> {
        let size = self.project.training().batch_size.max(1) as usize;
        let first = self.progress.batch as usize * size;
        first.min(rows)..rows.min(first + size)
    }

    fn train_chunk(&mut self) -> Result<Slice, String> {
        self.settle_order();
        let order = self.order.as_deref().unwrap_or(&[]);
        let batch = &order[self.span_of_batch(order.len())];
        let done = self.batch.rows as usize;
        let rows = &batch[done.min(batch.len())..batch.len().min(done + CHUNK_ROWS)];
        let chunk = self.training_chunk(rows, done)?;
        let (Ok(compiled), Some(Prepared { questions, .. })) = (&mut self.compiled, &self.prepared)
        else {
            return Err(NOT_READY.to_owned());
        };
        let Compiled {
            model,
            plan,
            stepper,
            ..
        } = compiled;
        if done == 0 {
            model.begin_batch();
        }
        let scale = 1.0 / batch.len().max(1) as f64;
        let Trained { loss, mut by_value } = model
            .train_chunk(&chunk, plan, scale)
            .map_err(|error| sentence(&error))?;
        let is_epochs_first = self.progress.batch == 0 && done == 0;
        if self
            .health
            .wants_training(order.len() as u32, is_epochs_first)
        {
            let values = model.last_pass().0;
            if let Some(by_value) = &mut by_value {
                let sums = (scale, loss.sum());
                self.health
                    .add_gradients(values, by_value, rows.len(), sums)
                    .map_err(|error| sentence(&PassError::from(error)))?;
            }
            self.health.add(values, rows.len());
        }
        if let Some(by_value) = by_value {
            let kept = model.keep_room(by_value);
            kept.map_err(|error| sentence(&PassError::from(error)))?;
        }
        self.batch.add(Tally {
            loss: loss.sum(),
            rows: rows.len() as u32,
            right: questions.count_right(&loss, &chunk.targets, rows.len()),
        });
        let work = rows.len() as u64 * model.program.work.max(1) * TRAINING_FACTOR;
        let is_last = self.batch.rows as usize == batch.len();
        let place = if (loss.sum() as f32).is_finite() {
            None
        } else {
            Some(divergence::in_pass(model, rows.len()))
        };
        let place = match place {
            Some(place) => Some(place),
            None if !is_last => None,
            None => match stepper.step(model) {
                Ok(()) => {
                    self.batch_loss = self.batch.mean();
                    self.progress.epoch.add(std::mem::take(&mut self.batch));
                    self.progress.batch += 1;
                    self.has_gradient = true;
                    self.version += 1;
                    self.history.step();
                    None
                }
                Err(StepError::NotFinite(place)) => Some(divergence::in_step(model, place)),
                Err(StepError::Memory) => {
                    return Err("There is not enough memory for a step of training.".to_owned());
                }
            },
        };
        match place {
            None => Ok(Slice {
                work,
                epoch: None,
                early_stop: None,
            }),
            Some(place) => {
                let most = largest(&chunk.inputs);
                Err(self.stop_at(place, most))
            }
        }
    }

    /// Ends the step under way, which left the range of numbers, and says so. All
    /// learnable numbers are as they were before it.
    fn stop_at(&mut self, place: divergence::Place, largest_input: f32) -> String {
        let when = divergence::Moment {
            epoch: self.progress.epochs.saturating_add(1),
            batch: self.progress.batch.saturating_add(1),
            rate: self.rate(),
            largest_input,
        };
        let network = self.project.network();
        let sentence = match &self.compiled {
            Ok(compiled) => {
                divergence::sentence(network, &compiled.model.program.slots, place, &when)
            }
            Err(why) => why.clone(),
        };
        self.forget_step();
        sentence
    }

    /// After a step that went wrong: the batch begins again, the optimiser forgets.
    pub(crate) fn forget_step(&mut self) {
        self.batch = Tally::default();
        self.has_gradient = false;
        self.batch_loss = None;
        self.health.give_up();
        self.version += 1;
        if let Ok(compiled) = &mut self.compiled {
            compiled.stepper.forget();
        }
        self.history.cut();
    }

    fn validate_chunk(&mut self) -> Result<Slice, String> {
        let (Ok(compiled), Some(Prepared { data, questions })) = (&self.compiled, &self.prepared)
        else {
            return Err(NOT_READY.to_owned());
        };
        let Compiled { model, plan, .. } = compiled;
        let rows = data.rows(Part::Validation);
        let done = self.validation.rows as usize;
        let now = &rows[done.min(rows.len())..rows.len().min(done + CHUNK_ROWS)];
        if !now.is_empty() {
            let chunk = data.chunk(now);
            let values = model.pass(&chunk).map_err(|error| sentence(&error))?;
            let loss = plan.measure(&values, &chunk.targets, now.len(), chunk.stride());
            self.validation.add(Tally {
                loss: loss.sum(),
                rows: now.len() as u32,
                right: questions.count_right(&loss, &chunk.targets, now.len()),
            });
        }
        let work = now.len() as u64 * model.program.work.max(1);
        let is_done = self.validation.rows as usize >= rows.len();
        let epoch = is_done.then(|| self.finish_epoch());
        let early_stop = epoch.and_then(|epoch| self.watch(&epoch));
        Ok(Slice {
            work,
            epoch,
            early_stop,
        })
    }

    fn finish_epoch(&mut self) -> EpochLoss {
        let has_classes = self
            .prepared
            .as_ref()
            .is_some_and(|prepared| prepared.questions.rule() != ClassRule::None);
        let accuracy = |tally: Tally| tally.accuracy().filter(|_| has_classes);
        let rate = self.rate() as f32;
        self.progress.epochs = self.progress.epochs.saturating_add(1);
        let finished = EpochLoss {
            epoch: self.progress.epochs,
            train: self.progress.epoch.mean().unwrap_or_default(),
            validation: self.validation.mean(),
            train_accuracy: accuracy(self.progress.epoch),
            validation_accuracy: accuracy(self.validation),
            penalty: self.penalty(),
            rate,
        };
        self.restart_epoch();
        // A new tensor for a new epoch, see `Model::set_values`.
        if let Ok(compiled) = &mut self.compiled
            && let Err(error) = compiled.model.renew()
        {
            self.compiled = Err(sentence(&error));
        }
        finished
    }
}

/// The largest |x|.
fn largest(numbers: &[f32]) -> f32 {
    numbers.iter().fold(0.0, |most, x| x.abs().max(most))
}
