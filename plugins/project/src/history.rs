//! The history: what was done, what was undone, in the person's words.

use crate::{Applied, Edit, EditError, Project, apply};

/// A step that can be undone or redone.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    label: String,
    /// What to apply to go over this step.
    edit: Edit,
}

/// A step that was just undone or redone.
#[derive(Clone, Debug, PartialEq)]
pub struct Undone {
    /// What the person called it: "add neuron".
    pub label: String,
    /// The edit that was applied.
    pub edit: Edit,
    /// What it touched.
    pub applied: Applied,
}

/// Steps done and undone. Each holds only what it takes to go back.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Inverses, oldest first.
    done: Vec<Step>,
    /// Edits to do again, the next one last.
    undone: Vec<Step>,
    /// The last edit that was done, while it may still be continued.
    open: Option<Edit>,
}

impl History {
    /// The most steps that are remembered.
    pub const MAX_STEPS: usize = 1_000;

    /// Makes an edit and remembers how to undo it. What was undone before can
    /// then no longer be redone.
    ///
    /// # Errors
    /// When the edit is refused; project and history are then as they were.
    pub fn perform(
        &mut self,
        project: &mut Project,
        label: &str,
        edit: Edit,
    ) -> Result<Applied, EditError> {
        let applied = apply(project, &edit)?;
        self.remember(label, applied.inverse.clone());
        self.open = Some(edit);
        Ok(applied)
    }

    /// Like [`Self::perform`], but an edit that sets the same thing as the last
    /// one becomes one step with it: a slider being dragged is undone at once.
    ///
    /// # Errors
    /// When the edit is refused.
    pub fn continue_with(
        &mut self,
        project: &mut Project,
        label: &str,
        edit: Edit,
    ) -> Result<Applied, EditError> {
        let is_continued = self
            .open
            .as_ref()
            .is_some_and(|open| open.sets_the_same_as(&edit));
        if !is_continued {
            return self.perform(project, label, edit);
        }
        let applied = apply(project, &edit)?;
        self.undone.clear();
        self.open = Some(edit);
        Ok(applied)
    }

    /// Ends a continued step: the next edit is a step of its own.
    pub fn close_step(&mut self) {
        self.open = None;
    }

    /// Undoes the last step; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be undone, which would be a fault of ours; the step is
    /// then dropped.
    pub fn undo(&mut self, project: &mut Project) -> Result<Option<Undone>, EditError> {
        self.open = None;
        step_over(project, &mut self.done, &mut self.undone)
    }

    /// Does the last undone step again; `None` when there is none.
    ///
    /// # Errors
    /// As [`Self::undo`].
    pub fn redo(&mut self, project: &mut Project) -> Result<Option<Undone>, EditError> {
        self.open = None;
        step_over(project, &mut self.undone, &mut self.done)
    }

    /// What undo would undo.
    #[must_use]
    pub fn undo_label(&self) -> Option<&str> {
        self.done.last().map(|step| step.label.as_str())
    }

    /// What redo would do again.
    #[must_use]
    pub fn redo_label(&self) -> Option<&str> {
        self.undone.last().map(|step| step.label.as_str())
    }

    fn remember(&mut self, label: &str, inverse: Edit) {
        self.undone.clear();
        if self.done.len() == Self::MAX_STEPS {
            self.done.remove(0);
        }
        self.done.push(Step {
            label: label.to_owned(),
            edit: inverse,
        });
    }
}

/// Applies the last step of one list and puts its inverse onto the other.
fn step_over(
    project: &mut Project,
    from: &mut Vec<Step>,
    to: &mut Vec<Step>,
) -> Result<Option<Undone>, EditError> {
    let Some(Step { label, edit }) = from.pop() else {
        return Ok(None);
    };
    let applied = apply(project, &edit)?;
    to.push(Step {
        label: label.clone(),
        edit: applied.inverse.clone(),
    });
    Ok(Some(Undone {
        label,
        edit,
        applied,
    }))
}
