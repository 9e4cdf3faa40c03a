//! Looking back at earlier steps, and going to them.

use super::{Goal, Trainer};
use crate::{Request, Status};

/// Whether a request has to wait until a step is reached that is being gone to.
pub(super) fn depends_on_numbers(request: &Request) -> bool {
    matches!(
        request,
        Request::Patch { .. }
            | Request::Train { .. }
            | Request::TrainOneEpoch
            | Request::LearnRow(_)
            | Request::SubStep(_)
            | Request::Checkpoint
            | Request::SetHistoryBudget(_)
    )
}

impl Trainer {
    pub(super) fn set_history_budget(&mut self, bytes: u64) {
        self.history_budget = bytes;
        if let Some(session) = &mut self.session {
            session.set_history_budget(bytes);
        }
    }

    /// Sets out for a step.
    pub(super) fn go_back(&mut self, step: u64) {
        let result = match &mut self.session {
            Some(session) => session.go_to(step),
            None => Err("There is no project to go back in yet.".to_owned()),
        };
        match result {
            Ok(()) => {
                self.destination = Some(step);
                self.status = Status::Paused;
                self.goal = Goal::Settings;
                self.forget_answers();
            }
            Err(sentence) => self.tell(sentence),
        }
    }

    /// The next chunk of training on the way to a step; what comes of it was told
    /// when it was first trained.
    pub(super) fn travel(&mut self) -> Option<u64> {
        let step = self.destination?;
        let session = self.session.as_mut()?;
        if session.is_at_step(step) {
            self.destination = None;
            return Some(1);
        }
        match session.train_slice() {
            Ok(slice) => Some(slice.work),
            Err(sentence) => {
                self.destination = None;
                self.fail(sentence);
                Some(1)
            }
        }
    }

    /// Goes all the way to the step that is being gone to.
    pub(super) fn arrive(&mut self) {
        while self.destination.is_some() && self.travel().is_some() {}
    }

    /// Answers the last `LookBack`.
    pub(super) fn look_back(&mut self) -> Option<u64> {
        let step = self.look_back.take()?;
        let session = self.session.as_mut()?;
        Some(match session.look_back(step) {
            Ok(view) => {
                let work = view.values.len() as u64;
                self.outbox.past = Some(Box::new(view));
                work
            }
            Err(sentence) => {
                self.tell(sentence);
                1
            }
        })
    }
}
