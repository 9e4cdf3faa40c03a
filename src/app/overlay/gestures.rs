//! What a gesture under way has to say: why a wire is refused, and the box around
//! a selection.

use bevy::prelude::*;
use bevy_egui::egui::{self, Color32, CornerRadius, FontId, Painter, Pos2, Stroke, StrokeKind};
use bevy_egui::{EguiContexts, EguiPrimaryContextPass};
use canvas::drawing::StageTheme;
use controls::{RubberBand, SelectionBox};
use panels::style::colour;
use theme::Theme;

use super::Sight;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        EguiPrimaryContextPass,
        (write_why_refused, draw_selection_box),
    );
}

fn write_why_refused(
    mut contexts: EguiContexts,
    sight: Sight,
    theme: Res<StageTheme>,
    band: Res<RubberBand>,
) {
    let Some(band) = &band.0 else {
        return;
    };
    let (Ok(context), Some((_, Err(why))), Some(loose)) = (
        contexts.ctx_mut(),
        &band.target,
        sight.on_screen(band.to_point),
    ) else {
        return;
    };
    let painter = context.layer_painter(egui::LayerId::background());
    write_refusal(&painter, &theme, why, loose);
}

fn draw_selection_box(
    mut contexts: EguiContexts,
    sight: Sight,
    theme: Res<StageTheme>,
    selecting: Res<SelectionBox>,
) {
    let corners = selecting
        .0
        .and_then(|area| sight.on_screen(area.min).zip(sight.on_screen(area.max)));
    let (Ok(context), Some((one, other))) = (contexts.ctx_mut(), corners) else {
        return;
    };
    let ink = colour(theme.palette.selection);
    context.layer_painter(egui::LayerId::background()).rect(
        egui::Rect::from_two_pos(one, other),
        CornerRadius::ZERO,
        ink.gamma_multiply(0.08),
        Stroke::new(1.0, ink),
        StrokeKind::Inside,
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
    painter.rect(
        sheet,
        corner,
        colour(theme.palette.sheet),
        edge,
        StrokeKind::Inside,
    );
    painter.galley(sheet.min + padding, galley, Color32::PLACEHOLDER);
}
