//! The glue between plugins of one floor, which do not know each other.

mod appearance;
mod attention;
mod files;
mod flow;
mod instruments;
mod progress;
mod shortcuts;
mod viewing;
mod wires;

use bevy::prelude::*;

/// What training shows on the canvas; for pictures too.
#[cfg(not(target_family = "wasm"))]
pub(super) fn instruments(app: &mut App) {
    app.add_plugins((flow::plugin, instruments::plugin));
}

/// All of it.
pub(super) fn plugin(app: &mut App) {
    app.add_plugins((
        appearance::plugin,
        attention::plugin,
        files::plugin,
        flow::plugin,
        instruments::plugin,
        progress::plugin,
        shortcuts::plugin,
        viewing::plugin,
        wires::plugin,
    ));
}
