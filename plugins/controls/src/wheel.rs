//! Wheels and trackpads in one measure, whatever the screen's pixels.

use bevy::ecs::message::MessageMutator;
use bevy::input::mouse::{MouseScrollUnit, MouseWheel};
use bevy::prelude::*;
use bevy_egui::EguiPreUpdateSet;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        PreUpdate,
        measure_in_points
            .before(EguiPreUpdateSet::ProcessInput)
            .run_if(on_message::<MouseWheel>),
    );
}

/// Windows tell of trackpads in physical pixels. The canvas and the panels take them
/// for logical ones: a fine screen would scroll and zoom faster.
fn measure_in_points(mut turns: MessageMutator<MouseWheel>, windows: Query<&Window>) {
    for turn in turns.read() {
        if turn.unit == MouseScrollUnit::Pixel
            && let Ok(window) = windows.get(turn.window)
        {
            turn.x /= window.scale_factor();
            turn.y /= window.scale_factor();
        }
    }
}
