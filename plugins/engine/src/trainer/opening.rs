//! What is trained: loaded, edited, and resumed.

use super::{Goal, Outbox, Trainer};
use crate::session::Session;
use crate::{Checkpoint, Status};

impl Trainer {
    pub(super) fn load(&mut self, project: project::Project, revision: u64) {
        let session = Session::new(project, self.route, self.history_budget);
        let (epochs, wanted) = (session.progress.epochs, session.project.training().epochs);
        self.status = match epochs {
            0 => Status::Idle,
            epochs if epochs >= wanted => Status::Finished,
            _ => Status::Paused,
        };
        self.session = Some(session);
        self.revision = revision;
        self.goal = Goal::Settings;
        self.outbox = Outbox::default();
        self.reported = None;
        self.evaluations.clear();
        self.forget_answers();
        self.map_request = None;
        self.probe = None;
        self.trace = None;
        self.sub_step = None;
        self.closes_epoch = false;
        self.histogram = None;
        self.look_back = None;
        self.destination = None;
    }

    pub(super) fn patch(&mut self, base_revision: u64, revision: u64, edits: &[project::Edit]) {
        if self.session.is_none() || base_revision != self.revision {
            let sentence = format!(
                "The engine is at revision {}, but the change is made on revision {base_revision}.",
                self.revision
            );
            self.lose_track(sentence);
            return;
        }
        let Some(session) = &mut self.session else {
            return;
        };
        let epochs = session.progress.epochs;
        if let Err(error) = session.patch(edits) {
            let sentence = format!("The engine could not follow a change: {error}.");
            self.lose_track(sentence);
            return;
        }
        let epochs_now = session.progress.epochs;
        self.revision = revision;
        self.forget_answers();
        let is_known = self
            .map_request
            .as_ref()
            .is_none_or(|request| self.can_map(request));
        if !is_known {
            self.map_request = None;
        }
        if self.status == Status::Training {
            if let Err(sentence) = self.check() {
                self.fail(sentence);
            } else if epochs_now >= self.target_epochs() {
                self.status = Status::Finished;
            }
        } else if epochs_now != epochs || self.status == Status::Faulted {
            self.status = if epochs_now == 0 {
                Status::Idle
            } else {
                Status::Paused
            };
        }
    }

    /// Drops what was being computed from numbers that no longer hold.
    pub(super) fn forget_answers(&mut self) {
        self.map_job = None;
        self.mapped = None;
        self.evaluation_job = None;
        if let Some(job) = self.histogram_job.take() {
            self.histogram.get_or_insert(job.into_request());
        }
        self.outbox.maps = None;
        self.outbox.histogram = None;
        self.outbox.past = None;
        self.outbox.signals.clear();
        self.outbox.health.clear();
        self.outbox.gradient_flow = None;
    }

    pub(super) fn resume(&mut self, checkpoint: &Checkpoint) {
        let Some(session) = &mut self.session else {
            self.fail("There is no project to resume yet.".to_owned());
            return;
        };
        self.destination = None;
        match session.resume(checkpoint) {
            Ok(()) => {
                session.begin_history();
                self.status = Status::Paused;
                self.goal = Goal::Settings;
                self.forget_answers();
            }
            Err(sentence) => self.fail(sentence),
        }
    }
}
