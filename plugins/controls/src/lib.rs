#![doc = include_str!("../README.md")]

mod bundles;
mod carrying;
mod faces;
pub mod gesture;
mod grouping;
mod hands;
mod lens;
mod notes;
mod pointers;
pub mod reach;
mod resizing;
mod scene;
mod selecting;
mod shortcuts;
#[cfg(test)]
mod tests;
mod third_party;
mod tidying;
mod view;
mod wheel;
mod wiring;

use bevy::prelude::*;
use graph::EditSystems;
use theme::Theme;

pub use carrying::DragPreview;
pub use faces::GroupFace;
pub use lens::{Lens, StageCamera, ZOOM_MAX, ZOOM_MIN};
pub use notes::Notes;
pub use pointers::CurrentGesture;
pub use scene::{Scene, wire_curve};
pub use selecting::SelectionBox;
pub use shortcuts::{DropNote, Shortcut};
pub use third_party::egui::TakenAreas;
pub use tidying::{TidyUp, tidied};
pub use view::{CameraOrder, FreeArea, StageView};
pub use wiring::{Band, ConnectMode, RubberBand};

/// When gestures are read and the camera moves, in `Update`.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ControlSystems {
    /// Pointers and keys become requests, the selection and previews; before
    /// `graph::EditSystems::Apply`.
    Read,
    /// The camera goes where it is to be; after `graph::EditSystems::Follow` and
    /// after `bevy_pancam`. Whoever draws by the camera comes later.
    View,
}

/// The theme by which controls measure and move. Whoever changes the theme of the
/// canvas changes this one too.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct ControlTheme(pub Theme);

impl ControlTheme {
    /// What is left free around a network that is framed, in logical pixels.
    fn margin_px(&self) -> f32 {
        2.0 * self.0.sizes.space_triple
    }
}

/// Turns gestures and keys into edits and camera. Add it after `graph::GraphPlugin`;
/// it needs Bevy's input and window plugins, and neither a renderer nor egui.
pub struct ControlsPlugin;

impl Plugin for ControlsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<ControlTheme>();
        app.configure_sets(
            Update,
            (
                ControlSystems::Read.before(EditSystems::Apply),
                ControlSystems::View.after(EditSystems::Follow),
            ),
        );
        app.add_plugins((
            scene::plugin,
            carrying::plugin,
            wiring::plugin,
            selecting::plugin,
            grouping::plugin,
            notes::plugin,
            pointers::plugin,
            shortcuts::plugin,
            tidying::plugin,
            view::plugin,
            wheel::plugin,
            third_party::egui::plugin,
            third_party::egui_keys::plugin,
            third_party::pancam::plugin,
        ));
    }
}
