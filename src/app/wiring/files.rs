//! Storage → panels: what is shown of files.

use bevy::prelude::*;
use storage::Examples;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(Update, show_files);
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
