//! The glue to `bevy_pancam`: wheel and pinch zoom to the pointer, the middle button
//! pans, and both give way to gestures and panels.

use bevy::input::gestures::PinchGesture;
use bevy::picking::pointer::PointerInput;
use bevy::prelude::*;
use bevy_pancam::{DirectionKeys, PanCam, PanCamPlugin, PanCamSystems};

use super::egui::Panels;
use crate::lens::Stage;
use crate::{ControlSystems, CurrentGesture, ZOOM_MAX, ZOOM_MIN};

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
