//! Names of groups, frames around open ones, and what bundles are made of.

use bevy::ecs::schedule::ScheduleLabel;
use bevy::prelude::*;
use bevy_egui::egui::{
    self, Align2, CornerRadius, FontId, Painter, Pos2, Shape, Stroke, StrokeKind,
};
use bevy_egui::{EguiPrimaryContextPass, PrimaryEguiContext};
use canvas::drawing::{NeuronInstances, StageTheme};
use canvas::{BINS, Bundle, Drawn, Folds};
use controls::{DragPreview, GroupFace, Scene};
use geometry::WireCurve;
use graph::{Document, Thing};
use panels::style::{colour, prepare};
use theme::Theme;

use super::{Paper, Sight};

pub(super) fn plugin(app: &mut App) {
    add::<PrimaryEguiContext>(app, EguiPrimaryContextPass);
}

/// Draws all that where the camera with this component looks.
pub(super) fn add<Seen: Component>(app: &mut App, pass: impl ScheduleLabel) {
    app.add_systems(
        pass,
        (
            name_folded::<Seen>,
            frame_open::<Seen>,
            show_distributions::<Seen>,
        ),
    );
}

/// Below this zoom the name of a group would stand beside a dot.
const ZOOM_WITH_NAMES: f32 = 0.15;

/// Below this zoom a distribution would cover more than it tells.
const ZOOM_WITH_BARS: f32 = 0.6;

/// With more bundles in sight than this, distributions would cover the picture.
const MOST_DISTRIBUTIONS: usize = 12;

/// A distribution, in logical pixels at zoom 1.
const BARS: egui::Vec2 = egui::vec2(60.0, 26.0);

fn name_folded<Seen: Component>(
    mut paper: Paper<Seen>,
    sight: Sight<Seen>,
    document: Res<Document>,
    theme: Res<StageTheme>,
    folds: Res<Folds>,
) {
    let (Some(context), Some(zoom)) = (paper.context(), sight.zoom()) else {
        return;
    };
    if folds.groups.is_empty() || zoom < ZOOM_WITH_NAMES || !prepare(context, &theme) {
        return;
    }
    let painter = context.layer_painter(egui::LayerId::background());
    for drawn in &folds.groups {
        let below = [drawn.rect.centre()[0], drawn.rect.min[1]];
        let (Some(group), Some(place)) =
            (document.project().group(drawn.id), sight.on_screen(below))
        else {
            continue;
        };
        if !painter.clip_rect().expand(200.0).contains(place) {
            continue;
        }
        let size = theme.sizes.text_small * zoom.clamp(0.9, 1.4);
        painter.text(
            place + egui::vec2(0.0, 0.5 * theme.sizes.space),
            Align2::CENTER_TOP,
            format!("{} · {}", group.name, group.members.len()),
            FontId::proportional((2.0 * size).round() / 2.0),
            colour(theme.palette.text),
        );
    }
}

fn frame_open<Seen: Component>(
    mut paper: Paper<Seen>,
    sight: Sight<Seen>,
    document: Res<Document>,
    theme: Res<StageTheme>,
    scene: Option<Res<Scene>>,
    drag: Option<Res<DragPreview>>,
    drawn: Res<Drawn>,
    neurons: Res<NeuronInstances>,
) {
    let (Some(context), Some(zoom), Some(scene)) = (paper.context(), sight.zoom(), scene) else {
        return;
    };
    let mut open = scene.groups().filter(|face| !face.is_folded).peekable();
    if open.peek().is_none() || !prepare(context, &theme) {
        return;
    }
    let painter = context.layer_painter(egui::LayerId::background());
    let is_dragging = drag.is_some_and(|drag| !drag.offsets.is_empty());
    for &face in open {
        let Some(group) = document.project().group(face.id) else {
            continue;
        };
        // Where the hand has its members just now.
        let places = group.members.iter().filter_map(|&id| {
            let slot = drawn.nodes.find(id)?;
            neurons.as_slice().get(slot).map(|shown| shown.position)
        });
        let face = if is_dragging {
            face.around(places)
        } else {
            face
        };
        draw_frame(&painter, &sight, &theme, face, &group.name, zoom);
    }
}

fn draw_frame<Seen: Component>(
    painter: &Painter,
    sight: &Sight<Seen>,
    theme: &Theme,
    face: GroupFace,
    name: &str,
    zoom: f32,
) {
    let on_screen = |rect: geometry::Rect| {
        let corners = sight.on_screen(rect.min).zip(sight.on_screen(rect.max));
        corners.map(|(one, other)| egui::Rect::from_two_pos(one, other))
    };
    let (Some(frame), Some(label), Some(button)) = (
        on_screen(face.rect),
        on_screen(face.label(zoom)),
        on_screen(face.fold_button(zoom)),
    ) else {
        return;
    };
    if !painter.clip_rect().intersects(frame.union(label)) {
        return;
    }
    let ink = colour(theme.palette.text_dim);
    let corner = CornerRadius::from(theme.sizes.corner_radius_control);
    let faint = ink.gamma_multiply(0.04);
    let line = Stroke::new(1.0, ink.gamma_multiply(0.45));
    painter.rect(frame, corner, faint, line, StrokeKind::Inside);
    let tab = CornerRadius {
        sw: 0,
        se: 0,
        ..corner
    };
    let sheet = colour(theme.palette.sheet);
    painter.rect(label, tab, sheet, line, StrokeKind::Inside);
    // Two arrows that meet: pressed, the members become one.
    let (middle, arm) = (button.center(), 4.0);
    let stroke = Stroke::new(1.6, colour(theme.palette.text));
    for side in [-1.0, 1.0] {
        let tip = middle + egui::vec2(0.0, 1.5 * side);
        let wing = |across: f32| tip + egui::vec2(across * arm, side * arm);
        painter.add(Shape::line(vec![wing(-1.0), tip, wing(1.0)], stroke));
    }
    let text = egui::Rect::from_min_max(Pos2::new(button.right(), label.top()), label.max);
    painter
        .with_clip_rect(text.intersect(painter.clip_rect()))
        .text(
            text.left_center(),
            Align2::LEFT_CENTER,
            name,
            FontId::proportional(theme.sizes.text_small),
            colour(theme.palette.text),
        );
}

fn show_distributions<Seen: Component>(
    mut paper: Paper<Seen>,
    sight: Sight<Seen>,
    theme: Res<StageTheme>,
    folds: Res<Folds>,
    drawn: Res<Drawn>,
    neurons: Res<NeuronInstances>,
) {
    let (Some(context), Some(zoom)) = (paper.context(), sight.zoom()) else {
        return;
    };
    if folds.bundles.is_empty() || zoom < ZOOM_WITH_BARS || !prepare(context, &theme) {
        return;
    }
    let painter = context.layer_painter(egui::LayerId::background());
    // Where it leaves a thing on the right, or enters it on the left.
    let end = |thing: Thing, side: f32| match thing {
        Thing::Node(id) => {
            let shown = neurons.as_slice().get(drawn.nodes.find(id)?)?;
            let [x, y] = shown.position;
            Some([x + side * shown.radius, y])
        }
        Thing::Group(id) => {
            let index = folds
                .groups
                .binary_search_by_key(&id, |group| group.id)
                .ok()?;
            let rect = folds.groups[index].rect;
            Some([
                rect.centre()[0] + side * 0.5 * rect.size()[0],
                rect.centre()[1],
            ])
        }
    };
    let in_sight = folds.bundles.iter().filter_map(|bundle| {
        let curve = WireCurve::between(end(bundle.from, 1.0)?, end(bundle.to, -1.0)?);
        let place = sight.on_screen(curve.point(0.5))?;
        painter
            .clip_rect()
            .contains(place)
            .then_some((bundle, place))
    });
    let shown: Vec<_> = in_sight.take(MOST_DISTRIBUTIONS + 1).collect();
    if shown.len() > MOST_DISTRIBUTIONS {
        return;
    }
    for (bundle, place) in shown {
        let sheet = egui::Rect::from_center_size(place, BARS * zoom.min(1.6));
        draw_distribution(&painter, &theme, bundle, sheet);
    }
}

/// Bars for the weights from the most negative to the most positive, those that are
/// negative hollow, on a sheet of their own.
pub(super) fn draw_distribution(
    painter: &Painter,
    theme: &Theme,
    bundle: &Bundle,
    sheet: egui::Rect,
) {
    let corner = CornerRadius::same(4);
    let edge = Stroke::new(1.0, colour(theme.palette.sheet_border));
    let fill = colour(theme.palette.sheet);
    painter.rect(sheet, corner, fill, edge, StrokeKind::Inside);
    let inner = sheet.shrink(3.0);
    let most = bundle.bins.iter().copied().max().unwrap_or_default().max(1) as f32;
    let step = inner.width() / BINS as f32;
    for (bin, &count) in bundle.bins.iter().enumerate() {
        if count == 0 {
            continue;
        }
        let height = (inner.height() * count as f32 / most).max(1.0);
        let left = inner.left() + step * bin as f32;
        let bar = egui::Rect::from_min_max(
            Pos2::new(left, inner.bottom() - height),
            Pos2::new(left + step - 0.5, inner.bottom()),
        );
        match bin.cmp(&(BINS / 2)) {
            std::cmp::Ordering::Less => {
                let line = Stroke::new(1.0, colour(theme.palette.negative));
                painter.rect_stroke(bar, 0, line, StrokeKind::Inside);
            }
            std::cmp::Ordering::Equal => {
                painter.rect_filled(bar, 0, colour(theme.palette.text_dim));
            }
            std::cmp::Ordering::Greater => {
                painter.rect_filled(bar, 0, colour(theme.palette.positive));
            }
        }
    }
}
