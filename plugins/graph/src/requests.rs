//! Requests: the one way in which systems ask for a change, and the answers.

use std::fmt::Display;

use bevy::prelude::*;
use project::{Edit, EditError, Project, Touched};

use crate::mirror::{follow_edit, rebuild};
use crate::{Document, EditSystems, Values, folding};

pub(super) fn plugin(app: &mut App) {
    app.add_message::<Request>();
    app.add_message::<Edited>();
    app.add_message::<Notice>();
    app.add_systems(
        Update,
        make_edits
            .in_set(EditSystems::Apply)
            .run_if(on_message::<Request>),
    );
}

/// What a person wants, as systems say it.
#[derive(Message, Clone, Debug)]
pub enum Request {
    /// Make an edit.
    Edit {
        /// In the person's words: "move neuron".
        label: &'static str,
        /// The edit.
        edit: Box<Edit>,
        /// Whether it goes on with the last edit of the same thing, as a slider
        /// being dragged does, so that both are one step to undo.
        is_continued: bool,
    },
    /// The gesture is over: the next edit is a step of its own.
    CloseStep,
    /// Undo the last step.
    Undo,
    /// Do the last undone step again.
    Redo,
    /// Open another project instead.
    Open(Box<Project>),
}

impl Request {
    /// An edit that is a step of its own.
    #[must_use]
    pub fn edit(label: &'static str, edit: Edit) -> Self {
        Self::Edit {
            label,
            edit: Box::new(edit),
            is_continued: false,
        }
    }
}

/// Edits were made: whoever holds an image of the project follows.
#[derive(Message, Clone, Debug)]
pub struct Edited {
    /// The revision before.
    pub base_revision: u64,
    /// The revision after.
    pub revision: u64,
    /// The edit; `None` when another project was opened.
    pub edit: Option<Edit>,
    /// What it touched.
    pub touched: Touched,
    /// What the person did.
    pub step: Step,
}

/// What a person did, in the person's words: "move neuron".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// An edit.
    Done {
        /// What the request called it.
        label: &'static str,
        /// Whether it goes on with the last edit of the same thing.
        is_continued: bool,
    },
    /// The last step was undone.
    Undone(String),
    /// An undone step was done again.
    Redone(String),
    /// Another project was opened.
    Opened,
}

/// Something to tell the person, once.
#[derive(Message, Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How grave it is.
    pub kind: NoticeKind,
    /// One sentence.
    pub text: String,
}

/// How grave a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Good to know.
    Info,
    /// Something was refused; nothing was lost.
    Refused,
    /// Something failed.
    Failed,
}

impl Notice {
    /// Good to know.
    #[must_use]
    pub fn info(text: impl Into<String>) -> Self {
        Self {
            kind: NoticeKind::Info,
            text: text.into(),
        }
    }

    /// Something was refused; nothing was lost.
    #[must_use]
    pub fn refused(text: impl Into<String>) -> Self {
        Self {
            kind: NoticeKind::Refused,
            text: text.into(),
        }
    }

    /// Something failed.
    #[must_use]
    pub fn failed(text: impl Into<String>) -> Self {
        Self {
            kind: NoticeKind::Failed,
            text: text.into(),
        }
    }
}

/// Turns requests into edits, in the order they came, and lets the world follow.
fn make_edits(world: &mut World) {
    let requests: Vec<Request> = world.resource_mut::<Messages<Request>>().drain().collect();
    for request in requests {
        if let Err(error) = make_edit(world, request) {
            world.write_message(Notice::refused(sentence(&error)));
        }
    }
}

fn make_edit(world: &mut World, request: Request) -> Result<(), EditError> {
    let outcome = world.resource_scope(|world, mut document: Mut<Document>| {
        let base_revision = document.revision();
        let say = |step, edit, touched, document: &Document| Edited {
            base_revision,
            revision: document.revision(),
            edit,
            touched,
            step,
        };
        document.settle(world.resource::<Values>());
        let edited = match request {
            Request::Edit {
                label,
                edit,
                is_continued,
            } => {
                let applied = document.perform(label, (*edit).clone(), is_continued)?;
                let step = Step::Done {
                    label,
                    is_continued,
                };
                Some(say(step, Some(*edit), applied.touched, &document))
            }
            Request::CloseStep => {
                document.close_step();
                None
            }
            Request::Undo => document.undo()?.map(|undone| {
                let step = Step::Undone(undone.label);
                say(step, Some(undone.edit), undone.applied.touched, &document)
            }),
            Request::Redo => document.redo()?.map(|redone| {
                let step = Step::Redone(redone.label);
                say(step, Some(redone.edit), redone.applied.touched, &document)
            }),
            Request::Open(project) => {
                document.open(*project);
                rebuild(world, document.project());
                Some(say(Step::Opened, None, everything(), &document))
            }
        };
        if let Some(edited) = &edited {
            follow_edit(world, document.project(), &edited.touched);
            let is_other = edited.edit.is_none();
            folding::follow(world, document.project(), &edited.touched, is_other);
            document.mark_settled(world.resource::<Values>());
        }
        Ok::<_, EditError>(edited)
    })?;
    if let Some(edited) = outcome {
        world.write_message(edited);
    }
    Ok(())
}

/// All flags, no names: who sees this starts anew.
fn everything() -> Touched {
    Touched {
        is_structure: true,
        is_learned: true,
        is_table: true,
        is_settings: true,
        ..Touched::default()
    }
}

/// An error as a sentence for a person.
#[must_use]
pub fn sentence(error: &impl Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
