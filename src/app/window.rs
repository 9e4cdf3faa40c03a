//! The program in a window on the desktop.

use std::path::PathBuf;
use std::process::ExitCode;

use bevy::prelude::*;
use storage::{FileRequest, NamedFile, StoragePlugin};

use super::{AccessiblePlugin, AccessibleSystems, Controls, Surface, assemble};
use crate::cli::WindowOptions;

/// The environment variable that names a file, into which the window writes its
/// [`Controls`] as JSON whenever they change.
pub const CONTROLS_FILE: &str = "NEURARIUM_CONTROLS_FILE";

/// Opens the window and runs until the person closes it.
#[must_use]
pub fn open_window(options: WindowOptions) -> ExitCode {
    if let Some(sentence) = missing_display() {
        eprintln!("{sentence}");
        return ExitCode::FAILURE;
    }
    let mut app = assemble(
        Surface::Window,
        StoragePlugin {
            project: options.project,
            recovery: storage::recovery_file(),
        },
    );
    if let Some(path) = options.large_file {
        let file = NamedFile::from(path);
        app.world_mut().write_message(FileRequest::Open(Some(file)));
    }
    if let Some(file) = std::env::var_os(CONTROLS_FILE) {
        app.add_plugins(AccessiblePlugin);
        app.insert_resource(ControlsFile(file.into()));
        app.add_systems(
            Last,
            write_controls
                .after(AccessibleSystems)
                .run_if(resource_changed::<Controls>),
        );
    }
    match app.run() {
        AppExit::Success => ExitCode::SUCCESS,
        AppExit::Error(code) => ExitCode::from(code.get()),
    }
}

/// Why no window can be opened, where that can be known before it is tried.
fn missing_display() -> Option<&'static str> {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let needs_display = cfg!(all(unix, not(target_vendor = "apple")));
    (needs_display && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY")).then_some(
        "There is no display to open a window on: DISPLAY and WAYLAND_DISPLAY are not set. \
         Without a window, try `neurarium --help`.",
    )
}

#[derive(Resource)]
struct ControlsFile(PathBuf);

fn write_controls(controls: Res<Controls>, file: Res<ControlsFile>) {
    let written = serde_json::to_vec(&controls.0)
        .map_err(std::io::Error::other)
        .and_then(|bytes| {
            // Renamed into place, so that a reader never sees half a list.
            let beside = file.0.with_extension("part");
            std::fs::write(&beside, bytes)?;
            std::fs::rename(&beside, &file.0)
        });
    if let Err(error) = written {
        warn!("the list of controls could not be written: {error}");
    }
}
