//! Making a step of training phase by phase.

use super::Trainer;
use crate::session::Session;
use crate::substep::{Followed, SubStepJob};
use crate::{Status, SubStepRequest};

impl Trainer {
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
