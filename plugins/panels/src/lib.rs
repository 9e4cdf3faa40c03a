//! The panels: everything a person reads and presses around the canvas.
#![doc = include_str!("../README.md")]

pub mod boundary;
pub mod caption;
mod chart;
pub mod curve;
pub mod data;
pub mod flow;
mod form;
mod gaze;
mod group;
mod intent;
mod known;
pub mod layout;
mod learning;
pub mod legend;
pub mod map;
mod neuron;
mod notices;
mod pace;
pub mod palette;
mod plot;
pub mod points;
pub mod portrait;
mod progress;
pub mod properties;
mod question;
mod refining;
pub mod settings;
mod show;
pub mod side;
pub mod split;
pub mod style;
#[cfg(test)]
mod tests;
pub mod tip;
pub mod top_bar;
pub mod trial;
pub mod viewing;
mod widgets;
pub mod wires;

use bevy::prelude::*;
use theme::{Look, Theme};

pub use intent::{
    Answer, Asked, FileIntent, FileState, Intent, PlaceNote, ReduceMotion, SetLook, ViewIntent,
};
pub use progress::{Undertaking, Work, percent, progress_ui};
pub use question::{Question, question_ui};

/// The look of all panels.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct PanelTheme(pub Theme);

/// The look the person chose, of which [`PanelTheme`] follows.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChosenLook(pub Look);

/// What the sheets leave free of the window, in logical pixels from its upper left
/// corner; empty before the first pass.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct FreeArea(pub Rect);

/// Shows the panels. Add it after `EguiPlugin`, `GraphPlugin` and `TrainingPlugin`.
pub struct PanelsPlugin;

impl Plugin for PanelsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<PanelTheme>()
            .init_resource::<ChosenLook>()
            .init_resource::<FreeArea>()
            .init_resource::<FileState>()
            .init_resource::<Asked>()
            .init_resource::<Undertaking>()
            .init_resource::<flow::FlowSettings>()
            .init_resource::<wires::WireSettings>()
            .init_resource::<wires::WireFacts>()
            .add_message::<FileIntent>()
            .add_message::<SetLook>()
            .add_message::<ReduceMotion>()
            .add_message::<ViewIntent>()
            .add_message::<PlaceNote>()
            .add_message::<Answer>();
        app.add_plugins((known::plugin, show::plugin));
    }
}
