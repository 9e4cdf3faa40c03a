//! The glue to `bevy_egui`: whether a panel takes the pointer or the keyboard, and that a
//! still panel lets the loop sleep.

use std::collections::BTreeMap;

use bevy::ecs::system::SystemParam;
use bevy::math::{Rect, Vec2};
use bevy::prelude::*;
use bevy_egui::input::EguiWantsInput;
use bevy_egui::{EguiContext, EguiInput, EguiPreUpdateSet, egui};

pub(crate) fn plugin(app: &mut App) {
    app.init_resource::<TakenAreas>();
    app.add_systems(
        PreUpdate,
        drop_idle_events
            .after(EguiPreUpdateSet::ProcessInput)
            .before(EguiPreUpdateSet::BeginPass),
    );
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

/// `bevy_egui` 0.42 tells egui in each frame which modifier keys are held
/// (`write_egui_input_system`), and egui asks for another frame after each event: together
/// they never let the loop sleep. Of such a frame nothing is kept unless the keys changed.
fn drop_idle_events(
    mut inputs: Query<(Entity, &mut EguiInput)>,
    mut held: Local<BTreeMap<Entity, egui::Modifiers>>,
) {
    held.retain(|&entity, _| inputs.contains(entity));
    for (entity, mut input) in &mut inputs {
        if let [.., egui::Event::ModifiersChanged(now)] = input.events[..] {
            let before = held.insert(entity, now);
            if input.events.len() == 1 && before == Some(now) {
                input.events.clear();
            }
        }
    }
}

fn has_area_at(context: &egui::Context, px: Vec2) -> bool {
    let points = px / context.zoom_factor();
    context
        .layer_id_at(egui::pos2(points.x, points.y))
        .is_some_and(|layer| layer.order != egui::Order::Background)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_keys_are_told_when_they_change_and_not_in_each_frame() {
        let mut app = App::new();
        app.add_plugins((MinimalPlugins, plugin));
        let entity = app.world_mut().spawn(EguiInput::default()).id();
        let mut told = |modifiers: egui::Modifiers, others: &[egui::Event]| {
            let mut input = app.world_mut().get_mut::<EguiInput>(entity).expect("there");
            input.events = others.to_vec();
            input.events.push(egui::Event::ModifiersChanged(modifiers));
            app.update();
            let input = app.world().get::<EguiInput>(entity).expect("there");
            input.events.len()
        };
        assert_eq!(told(egui::Modifiers::NONE, &[]), 1);
        assert_eq!(told(egui::Modifiers::NONE, &[]), 0);
        assert_eq!(told(egui::Modifiers::SHIFT, &[]), 1);
        assert_eq!(told(egui::Modifiers::SHIFT, &[]), 0);
        assert_eq!(told(egui::Modifiers::SHIFT, &[egui::Event::Copy]), 2);
        assert_eq!(told(egui::Modifiers::NONE, &[egui::Event::Copy]), 2);
        assert_eq!(told(egui::Modifiers::NONE, &[]), 0);
    }
}
