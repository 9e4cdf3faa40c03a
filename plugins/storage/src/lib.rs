#![doc = include_str!("../README.md")]

mod dialogs;
pub mod disk;
mod examples;
mod files;
mod native;
mod recovery;

use std::path::PathBuf;

use bevy::prelude::*;
use project::Project;

pub use dialogs::{FileDialogs, PickedPath, Question};
pub use examples::{Example, ExampleProject, Examples, first_example};
pub use files::{FileRequest, FileState, FileSystems};
pub use native::recovery_file;
pub use recovery::Recovered;

/// Opens, saves, loads, ships and rescues.
#[derive(Clone, Debug, Default)]
pub struct StoragePlugin {
    /// The project that is open at the start, and its file; `None`: the first
    /// example.
    pub project: Option<(PathBuf, Project)>,
    /// Where unsaved work is kept, as [`recovery_file`] says; `None`: nowhere.
    pub recovery: Option<PathBuf>,
}

impl Plugin for StoragePlugin {
    fn build(&self, app: &mut App) {
        app.insert_resource(files::StartWith(self.project.clone()))
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
