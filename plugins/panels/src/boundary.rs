//! The decision boundary: what a neuron makes of every point of two inputs, and the data over it.

use std::f32::consts::FRAC_PI_2;

use bevy_egui::egui::{
    self, Align2, Color32, ColorImage, Painter, Pos2, Rect, Sense, Shape, Stroke, TextStyle,
    TextureId, Ui, WidgetInfo, WidgetType, epaint::TextShape, pos2, vec2,
};
use network::{Activation, NodeId};
use theme::{Palette, Theme};
use training::Part;

use crate::Intent;
use crate::style::{colour, number, small};
use crate::widgets::empty;

/// What the map shows.
#[derive(Clone, Debug)]
pub struct BoundaryView<'a> {
    /// The neuron whose answers are shown.
    pub subject: &'a str,
    /// How many inputs the network has.
    pub inputs: usize,
    /// The picture and its cells, once there are any.
    pub map: Option<MapView<'a>>,
    /// The rows of the data.
    pub points: &'a [Point],
    /// Where the values put in by hand are.
    pub probe: Option<[f32; 2]>,
}

/// A map of answers.
#[derive(Clone, Copy, Debug)]
pub struct MapView<'a> {
    /// Its picture, low y at the bottom.
    pub picture: TextureId,
    /// The answers, row by row from low to high y.
    pub cells: &'a [f32],
    /// Cells along a side.
    pub resolution: usize,
    /// From left to right.
    pub x: Axis<'a>,
    /// From bottom to top.
    pub y: Axis<'a>,
    /// The inputs that do not span the map, and the values they are held at.
    pub others: &'a [(NodeId, f32)],
}

/// One side of the map.
#[derive(Clone, Copy, Debug)]
pub struct Axis<'a> {
    /// The input.
    pub node: NodeId,
    /// What it is called.
    pub name: &'a str,
    /// Values at the centres of the first and the last cell.
    pub range: [f32; 2],
}

impl Axis<'_> {
    /// The value at a share of the side.
    fn value(&self, share: f32) -> f32 {
        let [low, high] = self.range;
        low + (high - low) * share.clamp(0.0, 1.0)
    }

    /// The share of the side at a value; outside 0..=1 beyond the map.
    fn share(&self, value: f32) -> f32 {
        let [low, high] = self.range;
        (value - low) / (high - low)
    }
}

/// A row of the data on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Its values of x and y.
    pub at: [f32; 2],
    /// Its target from −1 to 1, if it has one.
    pub target: Option<f32>,
    /// The part it belongs to.
    pub part: Part,
}

/// How answers become tones from −1 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    centre: f32,
    half: f32,
}

impl Tone {
    /// The tones of an activation: of a probability around one half, else around
    /// the middle of the targets, which lie in `targets`.
    #[must_use]
    pub fn of(activation: Activation, targets: Option<[f32; 2]>) -> Self {
        match (activation, targets) {
            (Activation::Sigmoid | Activation::Softmax, _) => Self {
                centre: 0.5,
                half: 0.5,
            },
            (_, Some([low, high])) if high > low => Self {
                centre: low + (high - low) / 2.0,
                half: (high - low) / 2.0,
            },
            _ => Self {
                centre: 0.0,
                half: 1.0,
            },
        }
    }

    /// The tone of an answer.
    #[must_use]
    pub fn at(self, answer: f32) -> f32 {
        ((answer - self.centre) / self.half).clamp(-1.0, 1.0)
    }
}

/// The picture of a map.
#[must_use]
pub fn picture(cells: &[f32], resolution: usize, tone: Tone, palette: &Palette) -> ColorImage {
    let mut pixels = Vec::with_capacity(cells.len());
    for row in cells.chunks_exact(resolution.max(1)).rev() {
        pixels.extend(row.iter().map(|&cell| colour(palette.heat(tone.at(cell)))));
    }
    let height = pixels.len() / resolution.max(1);
    ColorImage::new([resolution, height], pixels)
}

/// Shows the map; a press on it puts its point into the inputs.
pub fn boundary_ui(ui: &mut Ui, theme: &Theme, view: &BoundaryView) -> Vec<Intent> {
    let Some(map) = &view.map else {
        let sentence = match view.inputs {
            2 => "The map appears with an output neuron and some rows of data.",
            _ => "The map needs two inputs: one for each side.",
        };
        empty(ui, theme, egui_phosphor::regular::MAP_TRIFOLD, sentence);
        return Vec::new();
    };
    let axis_room = vec2(34.0, 18.0);
    let legend_room = 104.0;
    let side = (ui.available_width() - axis_room.x - legend_room).clamp(96.0, 168.0);
    let whole = vec2(ui.available_width(), side + axis_room.y);
    let (place, _) = ui.allocate_exact_size(whole, Sense::hover());
    let corner = pos2(place.left() + axis_room.x, place.top());
    let square = Rect::from_min_size(corner, vec2(side, side));
    let response = ui.interact(square, ui.id().with("boundary"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, "Decision boundary"));
    let beside = Rect::from_min_max(pos2(square.right() + 14.0, square.top()), place.max);
    paint_legend(ui, theme, view, beside);

    paint_map(ui.painter(), theme, map, square);
    paint_axes(ui, theme, map, square);
    let inside = ui.painter().with_clip_rect(square);
    let spot = |at: [f32; 2]| {
        pos2(
            square.left() + map.x.share(at[0]) * square.width(),
            square.bottom() - map.y.share(at[1]) * square.height(),
        )
    };
    for point in view.points {
        paint_point(&inside, theme, point, spot(point.at));
    }
    if let Some(probe) = view.probe {
        paint_cross(&inside, theme, spot(probe));
    }

    let value_at = |at: Pos2| {
        [
            map.x.value((at.x - square.left()) / square.width()),
            map.y.value((square.bottom() - at.y) / square.height()),
        ]
    };
    let pressed = response
        .interact_pointer_pos()
        .filter(|_| response.clicked())
        .map(value_at);
    if let Some(at) = response.hover_pos() {
        let [x, y] = value_at(at);
        let answer = cell(map, (at - square.min) / square.size());
        response.on_hover_ui_at_pointer(|ui| {
            ui.label(format!("{} = {}", map.x.name, number(x)));
            ui.label(format!("{} = {}", map.y.name, number(y)));
            ui.label(format!("{} = {}", view.subject, number(answer)));
            ui.label(small("Press to try this point.", theme));
        });
    }
    match pressed {
        Some([x, y]) => {
            let mut inputs = vec![(map.x.node, x), (map.y.node, y)];
            inputs.extend_from_slice(map.others);
            vec![Intent::Probe(inputs)]
        }
        None => Vec::new(),
    }
}

/// What is shown, and what the marks mean.
fn paint_legend(ui: &Ui, theme: &Theme, view: &BoundaryView, place: Rect) {
    let font = TextStyle::Small.resolve(ui.style());
    let painter = ui.painter_at(place);
    let line = |row: f32, indent: f32, text: &str, tone| {
        let at = pos2(place.left() + indent, place.top() + 20.0 * row);
        painter.text(at, Align2::LEFT_TOP, text, font.clone(), colour(tone));
    };
    let palette = &theme.palette;
    line(0.0, 0.0, view.subject, palette.text);
    for (row, target, text) in [(1.0, 1.0, "high"), (2.0, -1.0, "low")] {
        let at = pos2(place.left() + 9.0, place.top() + 20.0 * row + 8.0);
        let point = Point {
            at: [0.0; 2],
            target: Some(target),
            part: Part::Train,
        };
        paint_point(&painter, theme, &point, at);
        line(row, 24.0, text, palette.text_dim);
    }
    let parts = [
        (4.0, Part::Train, "training"),
        (5.0, Part::Validation, "validation"),
        (6.0, Part::Test, "test"),
    ];
    for (row, part, text) in parts {
        let at = pos2(place.left() + 9.0, place.top() + 20.0 * row + 8.0);
        crate::split::part_mark(&painter, theme, part, at, 5.5);
        line(row, 24.0, text, palette.text_dim);
    }
    if view.inputs > 2 {
        line(7.2, 0.0, "others at mean", palette.text_dim);
    }
}

/// The answer nearest to a place of the unit square, y down.
fn cell(map: &MapView, at: egui::Vec2) -> f32 {
    let last = map.resolution.saturating_sub(1);
    let index = |share: f32| ((share.clamp(0.0, 1.0) * last as f32).round() as usize).min(last);
    let place = index(1.0 - at.y) * map.resolution + index(at.x);
    map.cells.get(place).copied().unwrap_or(f32::NAN)
}

fn paint_map(painter: &Painter, theme: &Theme, map: &MapView, square: Rect) {
    // The range runs between the centres of the outer cells.
    let margin = 0.5 / map.resolution.max(1) as f32;
    let uv = Rect::from_min_max(pos2(margin, margin), pos2(1.0 - margin, 1.0 - margin));
    painter.image(map.picture, square, uv, Color32::WHITE);
    let edge = Stroke::new(1.0, colour(theme.palette.sheet_border));
    painter.rect_stroke(square, 4.0, edge, egui::StrokeKind::Outside);
}

fn paint_axes(ui: &Ui, theme: &Theme, map: &MapView, square: Rect) {
    let font = TextStyle::Small.resolve(ui.style());
    let (dim, ink) = (colour(theme.palette.text_dim), colour(theme.palette.input));
    let write = |at: Pos2, align, text: &str, tone| {
        ui.painter().text(at, align, text, font.clone(), tone);
    };
    let below = square.bottom() + 3.0;
    let left = square.left() - 4.0;
    let tidy = |value: f32| {
        let text = format!("{:.2}", f64::from(value) + 0.0);
        let text = text.trim_end_matches('0').trim_end_matches('.');
        text.replace('-', "−")
    };
    write(
        pos2(square.left(), below),
        Align2::LEFT_TOP,
        &tidy(map.x.range[0]),
        dim,
    );
    write(
        pos2(square.right(), below),
        Align2::RIGHT_TOP,
        &tidy(map.x.range[1]),
        dim,
    );
    write(
        pos2(square.center().x, below),
        Align2::CENTER_TOP,
        map.x.name,
        ink,
    );
    write(
        pos2(left, square.bottom()),
        Align2::RIGHT_BOTTOM,
        &tidy(map.y.range[0]),
        dim,
    );
    write(
        pos2(left, square.top()),
        Align2::RIGHT_TOP,
        &tidy(map.y.range[1]),
        dim,
    );
    // Upwards along the axis, so that a long name has room.
    let galley = ui
        .painter()
        .layout_no_wrap(map.y.name.to_owned(), font.clone(), ink);
    let at = pos2(
        left - galley.size().y,
        square.center().y + 0.5 * galley.size().x,
    );
    ui.painter()
        .add(TextShape::new(at, galley, ink).with_angle(-FRAC_PI_2));
}

/// A row: a disc above the middle of the targets, a diamond below; filled for
/// training, half for validation, hollow for test.
fn paint_point(painter: &Painter, theme: &Theme, point: &Point, at: Pos2) {
    let palette = &theme.palette;
    let target = point.target.unwrap_or(0.0);
    let tone = colour(palette.heat(if target < 0.0 {
        target.min(-0.7)
    } else {
        target.max(0.7)
    }));
    let halo = colour(palette.stage);
    let radius = 4.5;
    let is_disc = target >= 0.0;
    let diamond = |radius: f32, is_half: bool| {
        let mut corners = vec![
            at + vec2(radius, 0.0),
            at + vec2(0.0, radius),
            at + vec2(-radius, 0.0),
        ];
        if !is_half {
            corners.push(at + vec2(0.0, -radius));
        }
        corners
    };
    let half_disc = || {
        (0..=12_u8)
            .map(|step| {
                let (sin, cos) = (std::f32::consts::PI * f32::from(step) / 12.0).sin_cos();
                at + radius * vec2(cos, sin)
            })
            .collect::<Vec<_>>()
    };
    let stroke = Stroke::new(1.75, tone);
    if is_disc {
        painter.circle_filled(at, radius + 3.5, halo);
        match point.part {
            Part::Train => {
                painter.circle_filled(at, radius, tone);
            }
            Part::Validation => {
                painter.add(Shape::convex_polygon(half_disc(), tone, Stroke::NONE));
            }
            Part::Test => {}
        }
        painter.circle_stroke(at, radius, stroke);
    } else {
        let radius = radius + 1.0;
        painter.add(Shape::convex_polygon(
            diamond(radius + 4.5, false),
            halo,
            Stroke::NONE,
        ));
        match point.part {
            Part::Train => {
                painter.add(Shape::convex_polygon(
                    diamond(radius, false),
                    tone,
                    Stroke::NONE,
                ));
            }
            Part::Validation => {
                painter.add(Shape::convex_polygon(
                    diamond(radius, true),
                    tone,
                    Stroke::NONE,
                ));
            }
            Part::Test => {}
        }
        painter.add(Shape::closed_line(diamond(radius, false), stroke));
    }
}

fn paint_cross(painter: &Painter, theme: &Theme, at: Pos2) {
    for (width, tone) in [(4.0, theme.palette.stage), (1.5, theme.palette.selection)] {
        let stroke = Stroke::new(width, colour(tone));
        painter.line_segment([at - vec2(9.0, 0.0), at + vec2(9.0, 0.0)], stroke);
        painter.line_segment([at - vec2(0.0, 9.0), at + vec2(0.0, 9.0)], stroke);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_turns_at_one_half_whatever_the_targets_are() {
        let tone = Tone::of(Activation::Sigmoid, Some([0.0, 10.0]));
        assert_eq!([tone.at(0.0), tone.at(0.5), tone.at(1.0)], [-1.0, 0.0, 1.0]);
    }

    #[test]
    fn other_answers_turn_in_the_middle_of_their_targets() {
        let tone = Tone::of(Activation::Linear, Some([10.0, 30.0]));
        assert_eq!(
            [tone.at(10.0), tone.at(20.0), tone.at(99.0)],
            [-1.0, 0.0, 1.0]
        );
        let constant = Tone::of(Activation::Tanh, Some([3.0, 3.0]));
        assert_eq!(constant.at(0.0), 0.0);
    }

    #[test]
    fn the_picture_has_low_y_at_the_bottom() {
        let palette = Theme::dark().palette;
        let tone = Tone::of(Activation::Sigmoid, None);
        let image = picture(&[0.0, 0.0, 1.0, 1.0], 2, tone, &palette);
        assert_eq!(image.size, [2, 2]);
        assert_eq!(image.pixels[0], colour(palette.positive));
        assert_eq!(image.pixels[3], colour(palette.negative));
    }
}
