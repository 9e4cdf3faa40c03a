//! What is written on the canvas: names below neurons, why a wire is refused, and
//! the box being drawn around a selection.

use bevy::prelude::*;
use bevy_egui::egui::{self, Align2, Color32, CornerRadius, FontId, Painter, Pos2, Stroke, StrokeKind};
use bevy_egui::{EguiContexts, EguiPrimaryContextPass};
use canvas::drawing::{NeuronInstances, StageTheme};
use canvas::{Drawn, Preview};
use controls::{RubberBand, SelectionBox, StageCamera};
use graph::Document;
use panels::style::colour;
use theme::Theme;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(EguiPrimaryContextPass, write_on_canvas);
}

/// Below this zoom names would be too small to read, and are left out.
const ZOOM_WITH_NAMES: f32 = 0.45;

/// With more neurons in sight than this, names would cover the picture.
const MOST_NAMES: usize = 250;

fn write_on_canvas(
    mut contexts: EguiContexts,
    camera: Query<(&Camera, &GlobalTransform, &Projection), With<StageCamera>>,
    document: Res<Document>,
    theme: Res<StageTheme>,
    drawn: Res<Drawn>,
    neurons: Res<NeuronInstances>,
    preview: Res<Preview>,
    band: Res<RubberBand>,
    selecting: Res<SelectionBox>,
) {
    let (Ok(context), Ok((camera, transform, projection))) =
        (contexts.ctx_mut(), camera.single())
    else {
        return;
    };
    let painter = context.layer_painter(egui::LayerId::background());
    let zoom = match projection {
        Projection::Orthographic(projection) => projection.scale.recip(),
        _ => 1.0,
    };
    let on_screen = |[x, y]: [f32; 2]| {
        let place = camera.world_to_viewport(transform, Vec3::new(x, y, 0.0));
        place.ok().map(|place| Pos2::new(place.x, place.y))
    };
    if zoom >= ZOOM_WITH_NAMES {
        let network = document.project().network();
        let in_sight = drawn
            .nodes
            .iter()
            .zip(neurons.as_slice())
            .filter_map(|(&id, shown)| {
                let place = on_screen(shown.position)?;
                painter.clip_rect().contains(place).then_some((id, place))
            });
        let named: Vec<_> = in_sight.take(MOST_NAMES + 1).collect();
        if named.len() <= MOST_NAMES {
            for (id, place) in named {
                if let Some(node) = network.node(id) {
                    write_name(&painter, &theme, &node.name, place, zoom);
                }
            }
        }
    }
    if let (Some(loose), Some(Err(why))) = (
        preview.band.and_then(|band| on_screen(band.to)),
        band.0
            .as_ref()
            .and_then(|band| band.target.as_ref())
            .map(|(_, verdict)| verdict),
    ) {
        write_refusal(&painter, &theme, why, loose);
    }
    let corners = selecting
        .0
        .and_then(|area| on_screen(area.min).zip(on_screen(area.max)));
    if let Some((one, other)) = corners {
        let ink = colour(theme.palette.selection);
        painter.rect(
            egui::Rect::from_two_pos(one, other),
            CornerRadius::ZERO,
            ink.gamma_multiply(0.08),
            Stroke::new(1.0, ink),
            StrokeKind::Inside,
        );
    }
}

fn write_name(painter: &Painter, theme: &Theme, name: &str, place: Pos2, zoom: f32) {
    let below = theme.sizes.neuron_radius * zoom + theme.sizes.space * 1.5;
    painter.text(
        place + egui::vec2(0.0, below),
        Align2::CENTER_TOP,
        name,
        FontId::proportional(theme.sizes.text_small * zoom.clamp(0.8, 1.4)),
        colour(theme.palette.text_dim),
    );
}

/// The sentence stands on a sheet of its own, so that it can be read over wires.
fn write_refusal(painter: &Painter, theme: &Theme, why: &str, loose: Pos2) {
    let galley = painter.layout(
        why.to_owned(),
        FontId::proportional(theme.sizes.text_small),
        colour(theme.palette.text),
        theme.sizes.panel_width,
    );
    let padding = egui::Vec2::splat(theme.sizes.space);
    let size = galley.size() + 2.0 * padding;
    let wanted = loose + egui::vec2(theme.sizes.space_double, theme.sizes.space_double);
    let most = (painter.clip_rect().max - size).max(painter.clip_rect().min);
    let sheet = egui::Rect::from_min_size(wanted.min(most), size);
    let edge = Stroke::new(1.0, colour(theme.palette.target_invalid));
    let corner = CornerRadius::from(theme.sizes.corner_radius_control);
    painter.rect(sheet, corner, colour(theme.palette.sheet), edge, StrokeKind::Inside);
    painter.galley(sheet.min + padding, galley, Color32::PLACEHOLDER);
}
