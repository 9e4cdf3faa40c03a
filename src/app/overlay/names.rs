//! The name below each neuron.

use bevy::ecs::schedule::ScheduleLabel;
use bevy::prelude::*;
use bevy_egui::egui::{self, Align2, FontId, Painter, Pos2};
use bevy_egui::{EguiPrimaryContextPass, PrimaryEguiContext};
use canvas::Drawn;
use canvas::drawing::{NeuronInstances, StageTheme};
use graph::Document;
use panels::style::{colour, prepare};
use theme::Theme;

use super::{Paper, Sight};

pub(super) fn plugin(app: &mut App) {
    add::<PrimaryEguiContext>(app, EguiPrimaryContextPass);
}

/// Writes them where the camera with this component looks.
pub(super) fn add<Seen: Component>(app: &mut App, pass: impl ScheduleLabel) {
    app.add_systems(pass, write_names::<Seen>);
}

/// Below this zoom names would be too small to read, and are left out.
const ZOOM_WITH_NAMES: f32 = 0.45;

/// How far the mark of the activation function reaches below the middle of a neuron, in radii.
const BADGE_REACH: f32 = 1.32;

/// With more neurons in sight than this, names would cover the picture.
const MOST_NAMES: usize = 250;

fn write_names<Seen: Component>(
    mut paper: Paper<Seen>,
    sight: Sight<Seen>,
    document: Res<Document>,
    theme: Res<StageTheme>,
    drawn: Res<Drawn>,
    neurons: Res<NeuronInstances>,
) {
    let (Some(context), Some(zoom)) = (paper.context(), sight.zoom()) else {
        return;
    };
    if zoom < ZOOM_WITH_NAMES || !prepare(context, &theme) {
        return;
    }
    let painter = context.layer_painter(egui::LayerId::background());
    let in_sight = drawn.nodes.iter().filter_map(|(slot, id)| {
        let shown = neurons.as_slice().get(slot)?;
        // What a folded group hides has no name to show.
        if !shown.is_there() {
            return None;
        }
        let place = sight.on_screen(shown.position)?;
        painter.clip_rect().contains(place).then_some((id, place))
    });
    let named: Vec<_> = in_sight.take(MOST_NAMES + 1).collect();
    if named.len() > MOST_NAMES {
        return;
    }
    let network = document.project().network();
    for (id, place) in named {
        if let Some(node) = network.node(id) {
            write_name(&painter, &theme, &node.name, place, zoom);
        }
    }
}

/// Sizes of text come in steps of half a point: each other one is drawn into the
/// font texture anew.
fn stepped(size: f32) -> f32 {
    (2.0 * size).round() / 2.0
}

fn write_name(painter: &Painter, theme: &Theme, name: &str, place: Pos2, zoom: f32) {
    let below = BADGE_REACH * theme.sizes.neuron_radius * zoom + 0.5 * theme.sizes.space;
    painter.text(
        place + egui::vec2(0.0, below),
        Align2::CENTER_TOP,
        name,
        FontId::proportional(stepped(theme.sizes.text_small * zoom.clamp(0.8, 1.4))),
        colour(theme.palette.text_dim),
    );
}
