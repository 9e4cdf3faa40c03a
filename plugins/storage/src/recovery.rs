//! Unsaved work of the last time: offered once, restored or thrown away by the person's answer.

use std::path::PathBuf;

use bevy::prelude::*;
use graph::{Document, EditSystems, Edited, Request};
use project::Project;

use crate::{FileFault, FileRequest, FileState, FileSystems, platform};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Recovered>()
        .init_resource::<Restoring>()
        .add_message::<Answered>()
        .add_plugins(platform::recovery::plugin)
        .configure_sets(Update, AnswerSystems.in_set(FileSystems))
        .add_systems(
            Update,
            (
                hear_answer
                    .in_set(AnswerSystems)
                    .run_if(on_message::<FileRequest>),
                mark_restored_as_unsaved
                    .in_set(EditSystems::Follow)
                    .run_if(on_message::<Edited>),
            ),
        );
}

/// When the answer to the question about [`Recovered`] is heard. What follows
/// from it on this platform runs after it.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AnswerSystems;

/// Work that was not saved when Neurarium last ended. Ask the person once, and
/// answer with [`FileRequest::Restore`] or [`FileRequest::Forget`]. In a browser
/// it is there some frames after the start.
#[derive(Resource, Debug, Default)]
pub struct Recovered(pub Option<Rescued>);

/// Rescued work.
#[derive(Debug)]
pub struct Rescued {
    /// What it is called, without the ending of a file.
    pub name: String,
    /// The project, or why it cannot be read: then [`FileRequest::Restore`] hands
    /// out the bytes.
    pub project: Result<Box<Project>, FileFault>,
}

/// Where unsaved work is kept; `None`: nowhere.
#[derive(Resource, Default)]
pub(crate) struct RecoveryFile(pub(crate) Option<PathBuf>);

/// What the person answered, and what is to become of what was kept.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    /// The work is open: it goes on being kept as the open project is.
    Restored,
    /// It cannot be read: its bytes are to be handed out, and stay.
    HandedOut,
    /// It is to be removed.
    Forgotten,
}

/// Whether what is opened next is the rescued work.
#[derive(Resource, Default)]
struct Restoring(bool);

fn hear_answer(
    mut answers: MessageReader<FileRequest>,
    mut recovered: ResMut<Recovered>,
    mut restoring: ResMut<Restoring>,
    mut state: ResMut<FileState>,
    mut requests: MessageWriter<Request>,
    mut answered: MessageWriter<Answered>,
) {
    for answer in answers.read() {
        let is_wanted = match answer {
            FileRequest::Restore => true,
            FileRequest::Forget => false,
            _ => continue,
        };
        let Some(rescued) = recovered.0.take() else {
            continue;
        };
        answered.write(match rescued.project {
            Ok(project) if is_wanted => {
                restoring.0 = true;
                *state = FileState::named(rescued.name);
                requests.write(Request::Open(project));
                Answered::Restored
            }
            Err(_) if is_wanted => Answered::HandedOut,
            _ => Answered::Forgotten,
        });
    }
}

/// Rescued work is in no file of the person's yet.
fn mark_restored_as_unsaved(
    mut edited: MessageReader<Edited>,
    mut document: ResMut<Document>,
    mut restoring: ResMut<Restoring>,
) {
    let is_opened = edited.read().any(|edited| edited.edit.is_none());
    if is_opened && std::mem::take(&mut restoring.0) {
        document.mark_saved(0);
    }
}
