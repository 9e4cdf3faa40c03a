//! What is written on the canvas, between the drawing and the panels.

mod gestures;
mod groups;
mod minimap;
mod names;
mod notes;
mod numbers;
mod tip;

use bevy::ecs::schedule::ScheduleLabel;
use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_egui::egui::{self, Pos2};
use bevy_egui::{EguiContext, PrimaryEguiContext};
use canvas::drawing::StageCamera;

/// Names of neurons and groups.
pub(super) fn names(app: &mut App) {
    app.add_plugins((names::plugin, groups::plugin));
}

/// Names and notes on a picture: where the camera with this component looks, in a
/// context of its own.
pub(super) fn on_picture<Seen: Component>(app: &mut App, pass: impl ScheduleLabel + Clone) {
    names::add::<Seen>(app, pass.clone());
    groups::add::<Seen>(app, pass.clone());
    notes::print::<Seen>(app, pass);
}

/// Numbers at the wires in slow motion.
pub(super) fn numbers(app: &mut App) {
    app.add_plugins(numbers::plugin);
}

/// What gestures have to say, and notes.
pub(super) fn gestures(app: &mut App) {
    app.add_plugins((gestures::plugin, notes::plugin));
}

/// What the pointer rests on, in words.
pub(super) fn tip(app: &mut App) {
    app.add_plugins(tip::plugin);
}

/// The whole network, small.
pub(super) fn minimap(app: &mut App) {
    app.add_plugins(minimap::plugin);
}

/// Where things of the scene are on the screen, or in the picture of the camera with
/// another component.
#[derive(SystemParam)]
struct Sight<'w, 's, Seen: Component = PrimaryEguiContext> {
    camera: Query<
        'w,
        's,
        (
            &'static Camera,
            &'static GlobalTransform,
            &'static Projection,
        ),
        (With<StageCamera>, With<Seen>),
    >,
}

/// What is written on there.
#[derive(SystemParam)]
struct Paper<'w, 's, Seen: Component> {
    context: Query<'w, 's, &'static mut EguiContext, With<Seen>>,
}

impl<Seen: Component> Paper<'_, '_, Seen> {
    fn context(&mut self) -> Option<&mut egui::Context> {
        let context = self.context.single_mut().ok()?;
        Some(context.into_inner().get_mut())
    }
}

impl<Seen: Component> Sight<'_, '_, Seen> {
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
