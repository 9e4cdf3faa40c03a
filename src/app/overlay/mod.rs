//! What is written on the canvas, between the drawing and the panels.

mod gestures;
mod groups;
mod minimap;
mod names;
mod notes;
mod numbers;

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_egui::egui::Pos2;
use canvas::drawing::StageCamera;

/// Names of neurons and groups; for pictures too.
pub(super) fn names(app: &mut App) {
    app.add_plugins((names::plugin, groups::plugin));
}

/// Numbers at the wires in slow motion.
pub(super) fn numbers(app: &mut App) {
    app.add_plugins(numbers::plugin);
}

/// What gestures have to say, and notes.
pub(super) fn gestures(app: &mut App) {
    app.add_plugins((gestures::plugin, notes::plugin));
}

/// The whole network, small.
pub(super) fn minimap(app: &mut App) {
    app.add_plugins(minimap::plugin);
}

/// Where things of the scene are on the screen.
#[derive(SystemParam)]
struct Sight<'w, 's> {
    camera: Query<
        'w,
        's,
        (
            &'static Camera,
            &'static GlobalTransform,
            &'static Projection,
        ),
        With<StageCamera>,
    >,
}

impl Sight<'_, '_> {
    /// Logical pixels per scene unit.
    fn zoom(&self) -> Option<f32> {
        match self.camera.single().ok()?.2 {
            Projection::Orthographic(projection) => Some(projection.scale.recip()),
            _ => None,
        }
    }

    /// A scene point in logical pixels.
    fn on_screen(&self, [x, y]: [f32; 2]) -> Option<Pos2> {
        let (camera, transform, _) = self.camera.single().ok()?;
        let place = camera.world_to_viewport(transform, Vec3::new(x, y, 0.0));
        place.ok().map(|place| Pos2::new(place.x, place.y))
    }
}
