//! The steps of training: begun, made slice by slice, and phase by phase.

use super::{Goal, Trainer};
use crate::session::Session;
use crate::substep::{Followed, SubStepJob};
use crate::{Status, SubStepRequest};

impl Trainer {
    pub(super) fn train(&mut self, epochs: Option<u32>) {
        if let Err(sentence) = self.check() {
            self.fail(sentence);
            return;
        }
        let Some(session) = &self.session else {
            return;
        };
        let done = session.progress.epochs;
        let wanted = session.project.training().epochs;
        self.closes_epoch = false;
        self.goal = match epochs {
            Some(more) => Goal::Epochs(done.saturating_add(more)),
            None if done >= wanted => Goal::Epochs(done.saturating_add(wanted)),
            None => Goal::Settings,
        };
        self.status = if done < self.target_epochs() {
            Status::Training
        } else {
            Status::Finished
        };
    }

    pub(super) fn target_epochs(&self) -> u32 {
        match (self.goal, &self.session) {
            (Goal::Epochs(epochs), _) => epochs,
            (Goal::Settings, Some(session)) => session.project.training().epochs,
            (Goal::Settings, None) => 0,
        }
    }

    /// Whether training runs and is allowed to go on. The validation that ends an
    /// epoch belongs to its last batch.
    pub(super) fn may_train(&self) -> bool {
        let ends_epoch = self.session.as_ref().is_some_and(Session::ends_epoch);
        match self.status {
            Status::Training => self.allowance != Some(0) || ends_epoch,
            _ => self.closes_epoch && ends_epoch,
        }
    }

    pub(super) fn train_step(&mut self) -> u64 {
        let target = self.target_epochs();
        let Some(session) = &mut self.session else {
            return 0;
        };
        let batch = session.progress.batch;
        match session.train_slice() {
            Ok(slice) => {
                if let Some(left) = &mut self.allowance
                    && session.progress.batch > batch
                {
                    *left = left.saturating_sub(1);
                }
                if let Some(epoch) = slice.epoch {
                    self.outbox.add_loss(epoch);
                }
                self.closes_epoch &= slice.epoch.is_none();
                let is_stopped = slice.early_stop.is_some();
                if is_stopped || slice.epoch.is_some() && session.progress.epochs >= target {
                    self.status = Status::Finished;
                }
                if is_stopped {
                    self.outbox.early_stop = slice.early_stop;
                }
                self.map_share.earn(slice.work);
                slice.work
            }
            Err(sentence) => {
                self.fail(sentence);
                1
            }
        }
    }

    /// Begins to follow the batch that training takes next.
    pub(super) fn start_sub_step(&mut self, request: SubStepRequest) {
        if self.status == Status::Training {
            self.status = Status::Paused;
        }
        match self.check() {
            Ok(()) => self.sub_step = Some(SubStepJob::new(request)),
            Err(sentence) => self.tell(sentence),
        }
    }

    /// The next chunk of work on a sub-step, if one is asked for.
    pub(super) fn sub_step_one(&mut self) -> Option<u64> {
        let mut job = self.sub_step.take()?;
        // An edit may have made it impossible.
        if let Err(sentence) = self.check() {
            self.tell(sentence);
            return Some(1);
        }
        let session = self.session.as_mut()?;
        if session.ends_epoch() {
            // The next batch is one of the next epoch.
            self.sub_step = Some(job);
            return Some(self.train_aside());
        }
        match job.advance(session) {
            Ok(Followed::Work(work)) => {
                self.sub_step = Some(job);
                Some(work)
            }
            Ok(Followed::Trains) => Some(self.update(job)),
            Ok(Followed::Done(answer)) => {
                self.outbox.sub_step = Some(answer);
                Some(1)
            }
            Err(sentence) => {
                self.tell(sentence);
                Some(1)
            }
        }
    }

    /// The next slice of the step itself.
    fn update(&mut self, job: SubStepJob) -> u64 {
        let batch = |trainer: &Self| {
            let session = trainer.session.as_ref();
            session.map(|session: &Session| session.progress.batch)
        };
        let before = batch(self);
        let work = self.train_aside();
        if self.status == Status::Faulted {
            return work;
        }
        match &self.session {
            Some(session) if batch(self) > before => {
                self.outbox.sub_step = Some(job.after_step(session));
                self.closes_epoch = session.ends_epoch();
                // More was trained than nothing, or than all.
                self.status = Status::Paused;
            }
            _ => self.sub_step = Some(job),
        }
        work
    }

    /// A slice of training that uses up no allowance.
    fn train_aside(&mut self) -> u64 {
        let allowance = self.allowance.take();
        let work = self.train_step();
        self.allowance = allowance;
        work
    }
}
