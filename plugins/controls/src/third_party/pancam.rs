//! The glue to `bevy_pancam`: wheel and pinch zoom to the pointer, the middle button
//! pans, and both give way to gestures and panels.

use bevy::ecs::message::MessageMutator;
use bevy::input::gestures::PinchGesture;
use bevy::input::mouse::{MouseScrollUnit, MouseWheel};
use bevy::picking::pointer::PointerInput;
use bevy::prelude::*;
use bevy_pancam::{DirectionKeys, PanCam, PanCamPlugin, PanCamSystems};

use super::egui::Panels;
use crate::lens::Stage;
use crate::{ControlSystems, CurrentGesture, ZOOM_MAX, ZOOM_MIN};

/// So many pixels `bevy_pancam` takes for a line, and for the whole scale.
const PIXELS_PER_LINE: f32 = 100.0;
const PIXELS_FOR_ALL: f32 = 1_000.0;

pub(crate) fn plugin(app: &mut App) {
    app.add_plugins(PanCamPlugin);
    app.configure_sets(
        Update,
        PanCamSystems
            .after(ControlSystems::Read)
            .before(ControlSystems::View),
    );
    app.add_systems(
        Update,
        take_in_proportion
            .before(PanCamSystems)
            .run_if(on_message::<MouseWheel>),
    );
    app.add_systems(
        Update,
        give_way
            .after(ControlSystems::Read)
            .before(PanCamSystems)
            .run_if(
                on_message::<PointerInput>
                    .or_eager(on_message::<PinchGesture>)
                    .or_eager(resource_changed::<CurrentGesture>),
            ),
    );
}

/// The part of the camera that `bevy_pancam` moves. The left button and fingers are
/// not its own: the gesture's state decides what they do.
pub(crate) fn pan_cam() -> impl Bundle {
    PanCam {
        grab_buttons: vec![MouseButton::Middle],
        move_keys: DirectionKeys::NONE,
        min_scale: 1.0 / ZOOM_MAX,
        max_scale: 1.0 / ZOOM_MIN,
        ..PanCam::default()
    }
}

/// `bevy_pancam` takes the turns of one frame away from the scale, so that several of a
/// fast hand, or in a slow frame, zoom in too far and out too little: here they are
/// made to come to what one after another would, whatever the frame.
fn take_in_proportion(mut turns: MessageMutator<MouseWheel>) {
    let mut turns: Vec<&mut MouseWheel> = turns.read().collect();
    let pixels = |turn: &&mut MouseWheel| match turn.unit {
        MouseScrollUnit::Pixel => turn.y,
        MouseScrollUnit::Line => PIXELS_PER_LINE * turn.y,
    };
    let sum: f32 = turns.iter().map(pixels).sum();
    if sum == 0.0 {
        return;
    }
    let share = PIXELS_FOR_ALL * -(-sum / PIXELS_FOR_ALL).exp_m1() / sum;
    for turn in &mut turns {
        turn.y *= share;
    }
}

fn give_way(
    gesture: Res<CurrentGesture>,
    buttons: Res<ButtonInput<MouseButton>>,
    stage: Stage,
    mut panels: Panels,
    mut cameras: Query<&mut PanCam>,
) {
    let is_grabbing =
        buttons.pressed(MouseButton::Middle) && !buttons.just_pressed(MouseButton::Middle);
    let is_free = gesture.0.is_idle();
    // A pan that began on the canvas goes on over a panel, and the other way round.
    if is_free && is_grabbing {
        return;
    }
    let is_covered = stage.cursor_px().is_some_and(|px| panels.cover(px));
    let is_enabled = is_free && !is_covered;
    for mut camera in &mut cameras {
        if camera.enabled != is_enabled {
            camera.enabled = is_enabled;
        }
    }
}
