//! The glue to `bevy_egui`: whether a panel takes the pointer or the keyboard.

use bevy::ecs::system::SystemParam;
use bevy::math::{Rect, Vec2};
use bevy::prelude::*;
use bevy_egui::input::EguiWantsInput;
use bevy_egui::{EguiContext, egui};

pub(crate) fn plugin(app: &mut App) {
    app.init_resource::<TakenAreas>();
}

/// Where presses belong to panels, in logical pixels of the window. Windows and
/// areas of egui are known without; what egui lays into its background layer, as
/// docked panels, has to be told here.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct TakenAreas(pub Vec<Rect>);

/// What panels take. Without egui they take nothing.
#[derive(SystemParam)]
pub(crate) struct Panels<'w, 's> {
    contexts: Query<'w, 's, &'static mut EguiContext>,
    wants: Option<Res<'w, EguiWantsInput>>,
    taken: Res<'w, TakenAreas>,
}

impl Panels<'_, '_> {
    /// Whether a press here belongs to a panel. Asked by place, because
    /// `EguiWantsInput` knows only where the pointer was in the last frame: a
    /// finger was nowhere.
    pub fn cover(&mut self, px: Vec2) -> bool {
        let is_taken = self.taken.0.iter().any(|area| area.contains(px));
        let has_popup = self
            .wants
            .as_ref()
            .is_some_and(|wants| wants.is_popup_open() || wants.is_using_pointer());
        is_taken
            || has_popup
            || self
                .contexts
                .iter_mut()
                .any(|mut context| has_area_at(context.get_mut(), px))
    }

    /// Whether keys belong to a panel.
    pub fn want_keys(&self) -> bool {
        self.wants
            .as_ref()
            .is_some_and(|wants| wants.wants_any_keyboard_input())
    }
}

fn has_area_at(context: &egui::Context, px: Vec2) -> bool {
    let points = px / context.zoom_factor();
    context
        .layer_id_at(egui::pos2(points.x, points.y))
        .is_some_and(|layer| layer.order != egui::Order::Background)
}
