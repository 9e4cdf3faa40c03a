//! The program in a window on the desktop.

use std::process::ExitCode;

use bevy::app::AppExit;
use storage::StoragePlugin;

use super::{AccessiblePlugin, CONTROLS_FILE, Surface, assemble};
use crate::cli::WindowOptions;

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
    if let Some(file) = std::env::var_os(CONTROLS_FILE) {
        app.add_plugins(AccessiblePlugin {
            file: Some(file.into()),
        });
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
