#![doc = include_str!("../README.md")]

mod contents;
mod course;
mod dialogs;
#[cfg(not(target_family = "wasm"))]
pub mod disk;
mod examples;
mod files;
#[cfg(any(target_family = "wasm", test))]
mod keeping;
#[cfg(not(target_family = "wasm"))]
mod native;
mod preferences;
mod recovery;
#[cfg(any(target_family = "wasm", test))]
mod slots;
#[cfg(target_family = "wasm")]
mod web;

use std::path::PathBuf;

use bevy::prelude::*;
use project::Project;

#[cfg(not(target_family = "wasm"))]
use native as platform;
#[cfg(target_family = "wasm")]
use web as platform;

pub use contents::{FileFault, NamedFile};
pub use course::{Deed, FileProgress, Underway};
pub use dialogs::{FileDialogs, PickedFile, Question};
pub use examples::{Example, Examples, first_example};
pub use files::{
    DroppedFile, FileRequest, FileState, FileSystems, PicturePlace, ProjectSaved, ReplaceRequest,
};
pub use platform::recovery_file;
pub use preferences::Preferences;
pub use recovery::{Recovered, Rescued};

/// Opens, saves, loads, ships and rescues.
#[derive(Clone, Debug, Default)]
pub struct StoragePlugin {
    /// The project that is open at the start, and its file; `None`: the first
    /// example.
    pub project: Option<(PathBuf, Project)>,
    /// Where unsaved work is kept, as [`recovery_file`] says, and beside it what the
    /// person prefers; `None`: nowhere.
    pub recovery: Option<PathBuf>,
}

impl Plugin for StoragePlugin {
    fn build(&self, app: &mut App) {
        app.insert_resource(files::StartWith(self.project.clone()))
            .insert_resource(Preferences::beside(self.recovery.as_deref()))
            .insert_resource(recovery::RecoveryFile(self.recovery.clone()))
            .add_plugins((
                dialogs::plugin,
                examples::plugin,
                files::plugin,
                recovery::plugin,
            ));
    }
}

#[cfg(test)]
mod tests;
