//! How a session keeps its history and goes back in it.

use super::{History, SavedHistory};
use crate::PastView;
use crate::session::{Compiled, Session};

impl Session {
    /// Begins the history at the present numbers; those before are of another network
    /// or another training.
    pub(crate) fn begin_history(&mut self) {
        let numbers = self.numbers();
        self.history.begin(numbers);
    }

    /// Takes a history over from a session of the same project.
    pub(crate) fn load_history(&mut self, saved: SavedHistory) {
        self.history = History::load(saved, self.numbers());
    }

    /// Changes how many bytes the history may take.
    pub(crate) fn set_history_budget(&mut self, bytes: u64) {
        if self.history.set_budget(bytes) {
            self.begin_history();
        }
    }

    /// Notes the state training goes on from, if nothing leads to it.
    pub(crate) fn found_history(&mut self) {
        if !self.history.is_cut() {
            return;
        }
        let (counts, size) = (self.counts(), self.checkpoint_size());
        if let Ok(Compiled { model, .. }) = &self.compiled
            && self.history.found(counts, &model.weights().numbers, size)
        {
            self.keep_keyframe();
        }
    }

    /// Notes what a slice of training did.
    pub(crate) fn note_slice(&mut self, work: u64) {
        self.history.earn(work);
        if !self.is_at_end_of_step() {
            return;
        }
        let (counts, size) = (self.counts(), self.checkpoint_size());
        if let Ok(Compiled { model, .. }) = &self.compiled
            && self.history.note(counts, &model.weights().numbers, size)
        {
            self.keep_keyframe();
        }
    }

    /// Brings the keyframe before a step back. Training has to follow until
    /// [`Self::is_at_step`].
    pub(crate) fn go_to(&mut self, step: u64) -> Result<(), String> {
        self.compiled()?;
        self.found_history();
        let checkpoint = self.history.go_to(step)?;
        self.resume(&checkpoint)?;
        self.has_gradient = false;
        self.batch_loss = None;
        Ok(())
    }

    /// Whether the end of a step is reached, with the validation that belongs to it.
    /// Without training rows there are no steps to follow: it is there at once.
    pub(crate) fn is_at_step(&self, step: u64) -> bool {
        self.batches() == 0 || self.history.present() >= step && self.is_at_end_of_step()
    }

    /// The view at a step.
    pub(crate) fn look_back(&mut self, step: u64) -> Result<PastView, String> {
        self.found_history();
        let view = self.history.view(step)?;
        Ok(PastView {
            values: self.compiled()?.model.canonical(&view.values),
            ..view
        })
    }

    fn is_at_end_of_step(&self) -> bool {
        self.batch.rows == 0 && self.progress.batch < self.batches()
    }

    /// Learnable numbers and fillers, in the engine's order.
    fn numbers(&self) -> usize {
        match &self.compiled {
            Ok(Compiled { model, .. }) => model.program.parameters,
            Err(_) => 0,
        }
    }

    fn counts(&self) -> (u32, u32) {
        (self.progress.epochs, self.progress.batch)
    }

    fn checkpoint_size(&self) -> usize {
        let Ok(Compiled { model, stepper, .. }) = &self.compiled else {
            return 0;
        };
        model.program.slots.len() * (1 + stepper.memories()) + self.best.len()
    }

    fn keep_keyframe(&mut self) {
        if let Some(checkpoint) = self.checkpoint() {
            self.history.keep(checkpoint);
        }
    }
}
