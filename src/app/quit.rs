//! Closing the window: at once where all is saved, else after one question.

use bevy::prelude::*;
use bevy::window::WindowCloseRequested;
use graph::Document;
use panels::{AskToQuit, FileAnswer, FileIntent, FileQuestion};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Leaving>();
    app.add_systems(
        Update,
        (
            ask_or_leave.run_if(on_message::<WindowCloseRequested>),
            hear_answer.run_if(on_message::<FileAnswer>),
            leave_once_saved.run_if(is_leaving),
        )
            .chain(),
    );
}

/// Whether the person wants to leave as soon as all is saved.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Leaving(bool);

fn is_leaving(leaving: Res<Leaving>) -> bool {
    leaving.0
}

fn ask_or_leave(
    mut closing: MessageReader<WindowCloseRequested>,
    document: Res<Document>,
    mut ask: ResMut<AskToQuit>,
    mut exit: MessageWriter<AppExit>,
) {
    closing.clear();
    if document.is_unsaved() {
        ask.0 = Some(FileQuestion {
            title: "You have unsaved work".to_owned(),
            text: "Save it before Neurarium closes?".to_owned(),
        });
    } else {
        exit.write(AppExit::Success);
    }
}

fn hear_answer(
    mut answers: MessageReader<FileAnswer>,
    mut ask: ResMut<AskToQuit>,
    mut leaving: ResMut<Leaving>,
    mut files: MessageWriter<FileIntent>,
    mut exit: MessageWriter<AppExit>,
) {
    for answer in answers.read() {
        ask.0 = None;
        match answer {
            FileAnswer::Save => {
                leaving.0 = true;
                files.write(FileIntent::Save);
            }
            FileAnswer::Discard => {
                exit.write(AppExit::Success);
            }
            FileAnswer::Cancel => leaving.0 = false,
        }
    }
}

/// A save that fails or is given up leaves the program open.
fn leave_once_saved(document: Res<Document>, mut exit: MessageWriter<AppExit>) {
    if !document.is_unsaved() {
        exit.write(AppExit::Success);
    }
}
