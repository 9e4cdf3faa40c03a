//! The document: the open project, its history, and what is not yet saved.

use bevy::prelude::*;
use project::{Applied, Edit, EditError, History, Project, Undone, View};

use crate::Values;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Document>();
}

/// The open project. Read it freely; change it by sending a
/// [`Request`](crate::Request).
#[derive(Resource, Debug, Default)]
pub struct Document {
    project: Project,
    history: History,
    revision: u64,
    generation: u64,
    saved_revision: u64,
    /// The [`Values::revision`] whose learned numbers the project has.
    settled: u64,
}

impl Document {
    /// The project. Its learned numbers may be older than those in [`Values`];
    /// [`Self::current`] has the newest.
    #[must_use]
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The project with the newest learned numbers: what is saved.
    #[must_use]
    pub fn current(&self, values: &Values) -> Project {
        let mut project = self.project.clone();
        if values.revision() != self.settled {
            settle(&mut project, values);
        }
        project
    }

    /// The same as [`Self::current`], to be put together elsewhere: taking it costs
    /// one copy of the numbers, whatever the size of the network.
    #[must_use]
    pub fn snapshot(&self, values: &Values) -> Snapshot {
        let has_news = values.revision() != self.settled;
        Snapshot {
            project: self.project.clone(),
            learned: has_news.then(|| (values.values().to_vec(), values.epochs())),
        }
    }

    /// Rises with each edit.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Rises when another project is opened.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether there is something that no file has. Learned numbers count as
    /// work only together with an edit: they can be learned again.
    #[must_use]
    pub fn is_unsaved(&self) -> bool {
        self.revision != self.saved_revision
    }

    /// What undo would undo.
    #[must_use]
    pub fn undo_label(&self) -> Option<&str> {
        self.history.undo_label()
    }

    /// What redo would do again.
    #[must_use]
    pub fn redo_label(&self) -> Option<&str> {
        self.history.redo_label()
    }

    /// Remembers that a file has all up to this revision.
    pub fn mark_saved(&mut self, revision: u64) {
        self.saved_revision = revision;
    }

    /// Remembers where the person looks. Looking is no edit.
    pub fn set_view(&mut self, view: View) {
        self.project.set_view(view);
    }

    /// Opens another project. What was open is gone, history and all.
    pub(crate) fn open(&mut self, project: Project) {
        self.project = project;
        self.history = History::default();
        self.revision += 1;
        self.generation += 1;
        self.saved_revision = self.revision;
    }

    pub(crate) fn perform(
        &mut self,
        label: &str,
        edit: Edit,
        is_continued: bool,
    ) -> Result<Applied, EditError> {
        let applied = if is_continued {
            self.history.continue_with(&mut self.project, label, edit)
        } else {
            self.history.perform(&mut self.project, label, edit)
        }?;
        self.revision += 1;
        Ok(applied)
    }

    pub(crate) fn undo(&mut self) -> Result<Option<Undone>, EditError> {
        let undone = self.history.undo(&mut self.project)?;
        self.revision += u64::from(undone.is_some());
        Ok(undone)
    }

    pub(crate) fn redo(&mut self) -> Result<Option<Undone>, EditError> {
        let redone = self.history.redo(&mut self.project)?;
        self.revision += u64::from(redone.is_some());
        Ok(redone)
    }

    pub(crate) fn close_step(&mut self) {
        self.history.close_step();
    }

    /// Takes the newest learned numbers over, so that an edit is made on what the
    /// person sees, and its inverse carries it. Costs nothing while none are new.
    pub(crate) fn settle(&mut self, values: &Values) {
        if values.revision() != self.settled {
            settle(&mut self.project, values);
            self.settled = values.revision();
        }
    }

    /// The project's own numbers are what `values` shows.
    pub(crate) fn mark_settled(&mut self, values: &Values) {
        self.settled = values.revision();
    }
}

/// The open project at a moment, and the learned numbers it has not taken over yet.
#[derive(Clone, Debug)]
pub struct Snapshot {
    project: Project,
    learned: Option<(Vec<f32>, u32)>,
}

impl Snapshot {
    /// The epochs behind its numbers.
    #[must_use]
    pub fn epochs(&self) -> u32 {
        let own = self.project.trained_epochs();
        self.learned.as_ref().map_or(own, |(_, epochs)| *epochs)
    }

    /// The project with all its learned numbers. Of a large network that takes some
    /// ten milliseconds: not a thing for the main thread.
    #[must_use]
    pub fn into_project(mut self) -> Project {
        if let Some((values, epochs)) = self.learned {
            learn(&mut self.project, &values, epochs);
        }
        self.project
    }
}

fn settle(project: &mut Project, values: &Values) {
    learn(project, values.values(), values.epochs());
}

fn learn(project: &mut Project, values: &[f32], epochs: u32) {
    // Numbers of another structure, or ones no project may hold, are left out:
    // the engine will have said so.
    if let Err(error) = project.learn(values, epochs) {
        debug!("learned numbers were not taken over: {error}");
    }
}
