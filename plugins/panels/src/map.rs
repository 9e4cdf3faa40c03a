//! A map of a neuron's answers as it is painted: its tones, axes and data points, and what it tells.

use std::f32::consts::FRAC_PI_2;

use bevy_egui::egui::{
    self, Align2, Color32, ColorImage, EventFilter, Key, Painter, Pos2, Rect, Response, Sense,
    Stroke, TextStyle, TextureId, Tooltip, Ui, Vec2, WidgetInfo, WidgetType, epaint::TextShape,
    pos2, vec2,
};
use network::{Activation, NodeId, Role};
use project::{Project, column_of};
use theme::{Palette, Theme};

use crate::Intent;
use crate::points::{Point, Summary, mark_size, paint_point};
use crate::style::{colour, number, small, strong};

/// Room for numbers and names left of a map and below it.
pub(crate) const AXIS_ROOM: Vec2 = vec2(40.0, 18.0);

/// How near to a point of the data the pointer tells about it, in logical pixels.
const NEAR: f32 = 10.0;

/// The most inputs told of a row.
const MOST_TOLD: usize = 6;

/// A map of answers.
#[derive(Clone, Copy, Debug)]
pub struct MapView<'a> {
    /// What the rows are read from.
    pub project: &'a Project,
    /// The neuron.
    pub subject: &'a str,
    /// Its picture, low y at the bottom.
    pub picture: TextureId,
    /// The answers, row by row from low to high y.
    pub cells: &'a [f32],
    /// Cells along a side.
    pub resolution: usize,
    /// From left to right.
    pub x: Axis<'a>,
    /// From bottom to top: another input, or for a line the answer.
    pub y: Axis<'a>,
    /// Whether there is one input alone: the answers are drawn as a line over it.
    pub is_line: bool,
    /// The inputs that do not span the map, and the values they are held at.
    pub others: &'a [(NodeId, f32)],
    /// The rows of the data.
    pub points: &'a [Point],
    /// What they come to.
    pub summary: Summary,
    /// Where the values put in by hand are.
    pub probe: Option<[f32; 2]>,
}

/// One side of the map.
#[derive(Clone, Copy, Debug)]
pub struct Axis<'a> {
    /// The input; of the answer the neuron.
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

/// Shows a map in this square under a name for those who do not see it; a press on it
/// puts its point into the inputs.
pub(crate) fn map_ui(
    ui: &mut Ui,
    theme: &Theme,
    map: &MapView,
    name: &str,
    square: Rect,
) -> Vec<Intent> {
    let response = ui.interact(square, ui.id().with(name), Sense::click());
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(map.summary.sentence()),
        ..WidgetInfo::labeled(WidgetType::Image, true, name)
    });
    paint_answers(ui.painter(), theme, map, square);
    paint_axes(ui, theme, map, square);
    let inside = ui.painter().with_clip_rect(square);
    let spot = |at: [f32; 2]| {
        pos2(
            square.left() + map.x.share(at[0]) * square.width(),
            square.bottom() - map.y.share(at[1]) * square.height(),
        )
    };
    if map.is_line {
        paint_misses(&inside, theme, map, spot);
    }
    let size = mark_size(map.points.len(), square.size());
    for point in map.points {
        paint_point(&inside, theme, point, spot(point.at), size);
    }
    if let Some(probe) = map.probe {
        paint_cross(&inside, theme, spot(probe));
    }
    let walked = walked_to(ui, &response, map.points.len()).and_then(|index| map.points.get(index));
    if let Some(point) = walked {
        let at = spot(point.at);
        let ring = Stroke::new(2.0, colour(theme.palette.accent));
        inside.circle_stroke(at, NEAR + 2.0, ring);
        let around = Rect::from_center_size(at, Vec2::splat(3.0 * NEAR));
        let id = response.id.with("the row walked to");
        Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), id, around)
            .show(|ui| tell_point(ui, theme, map, point));
    }
    let value_at = |at: Pos2| {
        [
            map.x.value((at.x - square.left()) / square.width()),
            map.y.value((square.bottom() - at.y) / square.height()),
        ]
    };
    let pressed = response
        .interact_pointer_pos()
        .map(value_at)
        .or(walked.map(|point| point.at))
        .filter(|_| response.clicked());
    if let Some(at) = response.hover_pos() {
        let near = map
            .points
            .iter()
            .map(|point| (point, spot(point.at).distance(at)))
            .filter(|(_, distance)| *distance <= NEAR)
            .min_by(|(_, one), (_, other)| one.total_cmp(other));
        let answer = cell(map, (at - square.min) / square.size());
        response.on_hover_ui_at_pointer(|ui| match near {
            Some((point, _)) => tell_point(ui, theme, map, point),
            None => {
                let [x, y] = value_at(at);
                ui.label(format!("{} = {}", map.x.name, number(x)));
                if !map.is_line {
                    ui.label(format!("{} = {}", map.y.name, number(y)));
                }
                ui.label(format!("{} = {}", map.subject, number(answer)));
                ui.label(small("Press to try this point.", theme));
            }
        });
    }
    match pressed {
        Some([x, y]) => {
            let mut inputs = vec![(map.x.node, x)];
            if !map.is_line {
                inputs.push((map.y.node, y));
            }
            inputs.extend_from_slice(map.others);
            vec![Intent::Probe(inputs)]
        }
        None => Vec::new(),
    }
}

/// The point that the arrow keys have walked to while the map has the keyboard.
fn walked_to(ui: &Ui, response: &Response, points: usize) -> Option<usize> {
    if !response.has_focus() || points == 0 {
        return None;
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let count = |key| ui.input(|input| input.num_presses(key));
    let (on, back) = (count(Key::ArrowRight), count(Key::ArrowLeft));
    let key = response.id.with("the point walked to");
    let before: usize = ui.data(|data| data.get_temp(key)).unwrap_or(0);
    let next = (before + on + points - back % points) % points;
    ui.data_mut(|data| data.insert_temp(key, next));
    Some(next)
}

/// What a row of the data is, what the neuron makes of it, and by how much that is off.
fn tell_point(ui: &mut Ui, theme: &Theme, map: &MapView, point: &Point) {
    ui.label(strong(format!(
        "Row {} · {}",
        u64::from(point.row) + 1,
        point.part_word()
    )));
    let mut inputs = inputs_of(map.project, point.row);
    for (name, value) in inputs.by_ref().take(MOST_TOLD) {
        ui.label(format!("{name} = {}", number(value)));
    }
    match inputs.count() {
        0 => {}
        more => {
            ui.label(small(format!("and {more} more"), theme));
        }
    }
    if let Some(value) = point.value {
        ui.label(format!("{} = {}", map.subject, number(value)));
    }
    if let Some(target) = point.target {
        ui.label(format!("target = {}", number(target)));
    }
    if let Some(error) = point.error {
        let class = if point.is_wrong {
            ", the wrong class"
        } else {
            ""
        };
        ui.label(format!("off by {}{class}", number(error)));
    }
}

/// Name and value of each input of single numbers in a row.
fn inputs_of(project: &Project, row: u32) -> impl Iterator<Item = (&str, f32)> {
    let table = project.table();
    project.ordered(Role::Input).filter_map(move |node| {
        let column = table.column(column_of(node.id))?;
        let value = column.values.get(row as usize)?;
        column
            .shape
            .is_empty()
            .then_some((node.name.as_str(), *value))
    })
}

/// The answer nearest to a place of the unit square, y down.
fn cell(map: &MapView, at: Vec2) -> f32 {
    let last = map.resolution.saturating_sub(1);
    let index = |share: f32| ((share.clamp(0.0, 1.0) * last as f32).round() as usize).min(last);
    let place = index(1.0 - at.y) * map.resolution + index(at.x);
    map.cells.get(place).copied().unwrap_or(f32::NAN)
}

fn paint_answers(painter: &Painter, theme: &Theme, map: &MapView, square: Rect) {
    if map.is_line {
        painter.rect_filled(square, 4.0, colour(theme.palette.stage));
        let last = map.resolution.saturating_sub(1).max(1) as f32;
        let place = |(index, &answer): (usize, &f32)| {
            pos2(
                square.left() + index as f32 / last * square.width(),
                square.bottom() - map.y.share(answer) * square.height(),
            )
        };
        let line = map.cells.iter().take(map.resolution).enumerate();
        let stroke = Stroke::new(2.5, colour(theme.palette.accent));
        painter
            .with_clip_rect(square)
            .line(line.map(place).collect(), stroke);
    } else {
        // The range runs between the centres of the outer cells.
        let margin = 0.5 / map.resolution.max(1) as f32;
        let uv = Rect::from_min_max(pos2(margin, margin), pos2(1.0 - margin, 1.0 - margin));
        painter.image(map.picture, square, uv, Color32::WHITE);
    }
    let edge = Stroke::new(1.0, colour(theme.palette.sheet_border));
    painter.rect_stroke(square, 4.0, edge, egui::StrokeKind::Outside);
}

/// From each row to what the neuron gives for it: what it is off by.
fn paint_misses(painter: &Painter, theme: &Theme, map: &MapView, spot: impl Fn([f32; 2]) -> Pos2) {
    let stroke = Stroke::new(1.25, colour(theme.palette.text_dim));
    for point in map.points {
        if let (Some(value), Some(_)) = (point.value, point.error) {
            painter.line_segment([spot(point.at), spot([point.at[0], value])], stroke);
        }
    }
}

fn paint_axes(ui: &Ui, theme: &Theme, map: &MapView, square: Rect) {
    let font = TextStyle::Small.resolve(ui.style());
    let dim = colour(theme.palette.text_dim);
    let ink = colour(theme.palette.input);
    let up = if map.is_line { dim } else { ink };
    let write = |at: Pos2, align, text: &str, tone| {
        ui.painter().text(at, align, text, font.clone(), tone);
    };
    let below = square.bottom() + 3.0;
    let left = square.left() - 4.0;
    let [x_low, x_high] = map.x.range.map(tidy);
    let [y_low, y_high] = map.y.range.map(tidy);
    write(pos2(square.left(), below), Align2::LEFT_TOP, &x_low, dim);
    write(pos2(square.right(), below), Align2::RIGHT_TOP, &x_high, dim);
    write(
        pos2(square.center().x, below),
        Align2::CENTER_TOP,
        map.x.name,
        ink,
    );
    write(
        pos2(left, square.bottom()),
        Align2::RIGHT_BOTTOM,
        &y_low,
        dim,
    );
    write(pos2(left, square.top()), Align2::RIGHT_TOP, &y_high, dim);
    // Upwards along the axis, so that a long name has room.
    let galley = ui
        .painter()
        .layout_no_wrap(map.y.name.to_owned(), font.clone(), up);
    let at = pos2(
        left - galley.size().y,
        square.center().y + 0.5 * galley.size().x,
    );
    ui.painter()
        .add(TextShape::new(at, galley, up).with_angle(-FRAC_PI_2));
}

/// A number with as few digits as may be.
pub(crate) fn tidy(value: f32) -> String {
    let text = format!("{:.2}", f64::from(value) + 0.0);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.replace('-', "−")
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
