//! The numbers at the wires while a row walks in slow motion.

use bevy::prelude::*;
use bevy_egui::egui::{self, Align2, CornerRadius, FontId, Painter, Pos2};
use bevy_egui::{EguiContexts, EguiPrimaryContextPass};
use canvas::Drawn;
use canvas::drawing::{NeuronInstances, StageTheme};
use graph::Document;
use network::{Edge, ElementId, Network};
use panels::caption::brief;
use panels::style::{colour, prepare};
use theme::{Rgba8, Theme};
use training::{SlowMotion, Stage, Walk, node_of};

use super::Sight;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        EguiPrimaryContextPass,
        write_numbers.run_if(|slow: Res<SlowMotion>| slow.walk().is_some()),
    );
}

/// Below this zoom numbers would be too small to tell to which wire they belong.
const ZOOM_WITH_NUMBERS: f32 = 0.6;

/// With more numbers in sight than this, they would cover the picture.
const MOST_NUMBERS: usize = 60;

/// Where along the wire its number stands: near the neuron it leaves, where wires
/// that end together are still apart.
const PLACE: f32 = 0.3;

fn write_numbers(
    mut contexts: EguiContexts,
    sight: Sight,
    document: Res<Document>,
    theme: Res<StageTheme>,
    slow: Res<SlowMotion>,
    drawn: Res<Drawn>,
    neurons: Res<NeuronInstances>,
) {
    let (Ok(context), Some(zoom), Some(walk)) = (contexts.ctx_mut(), sight.zoom(), slow.walk())
    else {
        return;
    };
    if zoom < ZOOM_WITH_NUMBERS || !prepare(context, &theme) {
        return;
    }
    let painter = context.layer_painter(egui::LayerId::background());
    let network = document.project().network();
    let place = |id| {
        let slot = drawn.nodes.find(id)?;
        neurons.as_slice().get(slot).map(|shown| shown.position)
    };
    let in_sight = network.edges().filter_map(|edge| {
        let text = at_wire(walk, network, edge)?;
        let from = place(edge.from.node())?;
        let to = place(edge.to.node())?;
        let (from, to) = geometry::wire_ends(from, to, theme.sizes.neuron_radius);
        let middle = geometry::WireCurve::between(from, to).point(PLACE);
        let middle = sight.on_screen(middle)?;
        painter
            .clip_rect()
            .contains(middle)
            .then_some((text, middle))
    });
    let numbers: Vec<_> = in_sight.take(MOST_NUMBERS + 1).collect();
    if numbers.len() > MOST_NUMBERS {
        return;
    }
    let ink = match walk.stage() {
        Stage::Forward(_) | Stage::Loss => theme.palette.text,
        Stage::Backward(_) | Stage::Update => theme.palette.gradient,
    };
    for (text, middle) in numbers {
        write_number(&painter, &theme, &text, middle, ink);
    }
}

/// What happens at a wire at this stage: w·a on its way in, ∂L/∂w on the way back,
/// at last what the step has added.
pub(crate) fn at_wire(walk: &Walk, network: &Network, edge: &Edge) -> Option<String> {
    let trace = walk.trace();
    let place = network.layout().position(ElementId::weight(edge.id))?;
    let target = walk.depth(edge.to.node());
    match walk.stage() {
        Stage::Forward(depth) if target == Some(depth) => {
            let weight = *walk.numbers().get(place)?;
            let given = node_of(trace, edge.from.node())?.output;
            let product = brief(weight * given);
            Some(format!("{} × {} = {product}", brief(weight), brief(given)))
        }
        Stage::Backward(depth) if target == Some(depth) => {
            let gradient = *trace.gradients.get(place)?;
            Some(format!("∂L/∂w = {}", brief(gradient)))
        }
        Stage::Update => {
            let (before, added) = (*walk.numbers().get(place)?, *trace.updates.get(place)?);
            let sign = if added < 0.0 { "−" } else { "+" };
            let size = brief(added.abs());
            Some(format!("{} {sign} {size}", brief(before)))
        }
        _ => None,
    }
}

/// On a small sheet of its own, so that it can be read over wires.
fn write_number(painter: &Painter, theme: &Theme, text: &str, middle: Pos2, ink: Rgba8) {
    let font = FontId::proportional(theme.sizes.text_small);
    let galley = painter.layout_no_wrap(text.to_owned(), font, colour(ink));
    let place = Align2::CENTER_CENTER.anchor_size(middle, galley.size());
    let sheet = place.expand2(egui::vec2(theme.sizes.space_half, 0.0));
    let corner = CornerRadius::from(theme.sizes.corner_radius_control);
    let paper = colour(theme.palette.sheet.with_alpha(225));
    painter.rect_filled(sheet, corner, paper);
    painter.galley(place.min, galley, colour(ink));
}
