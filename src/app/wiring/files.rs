//! Panels ↔ storage: what is asked of files, and what is shown of them.

use bevy::prelude::*;
use panels::FileIntent;
use storage::{Examples, FileRequest};

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        Update,
        (
            pass_on
                .before(storage::FileSystems)
                .run_if(on_message::<FileIntent>),
            show_files,
        ),
    );
}

fn pass_on(mut intents: MessageReader<FileIntent>, mut requests: MessageWriter<FileRequest>) {
    for intent in intents.read() {
        requests.write(match *intent {
            FileIntent::New => FileRequest::New,
            FileIntent::Open => FileRequest::Open(None),
            FileIntent::Save => FileRequest::Save,
            FileIntent::SaveAs => FileRequest::SaveAs(None),
            FileIntent::LoadCsv => FileRequest::LoadCsv(None),
            FileIntent::OpenExample(index) => FileRequest::OpenExample(index),
        });
    }
}

fn show_files(
    state: Res<storage::FileState>,
    examples: Examples,
    mut shown: ResMut<panels::FileState>,
) {
    let list = examples.list();
    let is_same = shown.examples.len() == list.len()
        && shown.name.as_deref().unwrap_or_default() == state.name;
    if is_same {
        return;
    }
    *shown = panels::FileState {
        name: Some(state.name.clone()).filter(|name| !name.is_empty()),
        examples: list
            .iter()
            .map(|example| (example.title.clone(), example.blurb.clone()))
            .collect(),
    };
}
