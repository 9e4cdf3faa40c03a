//! The rows of the data on a map: where they lie, what the neuron makes of them, and their marks.

use std::f32::consts::PI;

use bevy_egui::egui::{Painter, Pos2, Shape, Stroke, Vec2, vec2};
use network::{NodeId, Role};
use project::{Project, column_of};
use theme::Theme;
use training::{CloseView, MapRequest, Part, Slice, Spreads, even_rows};

use crate::map::Tone;
use crate::style::{colour, number};

/// The radius of a point that is not off at all, and of one whose error is not known.
const RADII: [f32; 2] = [3.0, 4.5];

/// How far the clear edge around a mark reaches, and the ring around a wrong one.
const HALO: f32 = 3.0;
const RING: f32 = 4.0;

/// How much larger the point with the greatest error is.
const LARGER: f32 = 5.0;

/// The share of a map that marks may cover; where they would cover more they are smaller.
const COVERED: f32 = 0.25;

/// The smallest mark, as a share of a whole one: still a dot.
const SMALLEST: f32 = 0.3;

/// How faint a point far from the slice gets.
const FAINTEST: f32 = 0.2;

/// A row of the data on a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The row of the table, from 0.
    pub row: u32,
    /// Its place: the values of x and y; of a line the value of x and the target, or
    /// what the neuron gives.
    pub at: [f32; 2],
    /// The part it belongs to.
    pub part: Part,
    /// Its tone from −1 to 1: of its target at an output, else of what the neuron
    /// gives.
    pub tone: f32,
    /// What the neuron gives for it, once that is known.
    pub value: Option<f32>,
    /// Its target, if the neuron is an output.
    pub target: Option<f32>,
    /// |answer − target|.
    pub error: Option<f32>,
    /// The same as a share of the targets' range.
    pub error_share: f32,
    /// Whether the outputs name the wrong class.
    pub is_wrong: bool,
    /// 1 on the slice, and less the farther away the inputs are that do not span it.
    pub nearness: f32,
}

impl Point {
    /// Its part as a word.
    pub(crate) fn part_word(&self) -> &'static str {
        match self.part {
            Part::Train => "training",
            Part::Validation => "validation",
            Part::Test => "test",
        }
    }

    /// Its radius: larger, the more it is off.
    fn radius(&self) -> f32 {
        let [right, unknown] = RADII;
        match self.error {
            Some(_) => right + LARGER * self.error_share,
            None => unknown,
        }
    }

    /// A mark for a legend.
    pub(crate) fn mark(tone: f32, part: Part) -> Self {
        Self {
            row: 0,
            at: [0.0; 2],
            part,
            tone,
            value: None,
            target: None,
            error: None,
            error_share: 0.0,
            is_wrong: false,
            nearness: 1.0,
        }
    }
}

/// What the points of a map come to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// Points shown.
    pub shown: usize,
    /// Rows of the table.
    pub rows: usize,
    /// The mean of |answer − target| of those shown.
    pub mean_error: Option<f32>,
    /// The error of the largest point: the range of the targets.
    pub largest_error: f32,
    /// How many are taken for another class; `None` where outputs are no classes.
    pub wrong: Option<usize>,
}

impl Summary {
    fn of(points: &[Point], rows: usize, largest_error: f32, are_classes: bool) -> Self {
        let errors = || points.iter().filter_map(|point| point.error);
        let count = errors().count();
        let sum: f64 = errors().map(f64::from).sum();
        Self {
            shown: points.len(),
            rows,
            mean_error: (count > 0).then(|| (sum / count as f64) as f32),
            largest_error,
            wrong: are_classes.then(|| points.iter().filter(|point| point.is_wrong).count()),
        }
    }

    /// The same in words.
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut sentence = match (self.shown, self.rows) {
            (_, 0) => return "No rows of data yet".to_owned(),
            (0, _) => return "No rows shown yet".to_owned(),
            (1, 1) => "1 row".to_owned(),
            (shown, rows) if shown == rows => format!("{rows} rows"),
            (shown, rows) => format!("{shown} of {rows} rows, evenly picked"),
        };
        if let Some(wrong) = self.wrong {
            sentence += &format!(" · {wrong} wrong");
        }
        if let Some(error) = self.mean_error {
            sentence += &format!(" · mean error {}", number(error));
        }
        sentence
    }
}

/// What points are made of.
pub(crate) struct Facts<'a> {
    pub project: &'a Project,
    pub parts: &'a [Part],
    pub spreads: &'a Spreads,
    pub request: &'a MapRequest,
    /// The neuron, at the rows, once that is known.
    pub close: Option<CloseView<'a>>,
    /// The tones of the map.
    pub tone: Tone,
    /// Lowest and highest target of the neuron.
    pub targets: Option<[f32; 2]>,
}

/// The points of a neuron's map.
pub(crate) fn points_of(facts: &Facts, subject: NodeId) -> (Vec<Point>, Summary) {
    let Facts { project, .. } = facts;
    let (table, network) = (project.table(), project.network());
    let column = |node| {
        table
            .column(column_of(node))
            .filter(|column| column.shape.is_empty())
    };
    let is_line = facts.request.x == facts.request.y;
    let [Some(x), Some(y)] = [facts.request.x, facts.request.y].map(column) else {
        return Default::default();
    };
    let role = network.node(subject).map(|node| network.role(node));
    let targets = column(subject).filter(|_| role == Some(Role::Output));
    let chosen;
    let rows: &[u32] = match facts.close {
        Some(close) => close.rows,
        None => {
            chosen = even_rows(table.rows(), Slice::MOST_ROWS);
            &chosen
        }
    };
    let [low, high] = facts.targets.unwrap_or_default();
    let span = high - low;
    // Points lie between the lowest and the highest target, whatever the activation.
    let target_tone = Tone::of(network::Activation::Linear, facts.targets);
    let others = Others::new(facts);
    let close = facts.close;
    let is_right = close.map_or(&[][..], |close| close.is_right);
    let point = |(place, &row): (usize, &u32)| {
        let index = row as usize;
        let value = close.and_then(|close| close.values.get(place).copied());
        let target = targets.and_then(|column| column.values.get(index).copied());
        let error = value
            .zip(target)
            .map(|(value, target)| (value - target).abs());
        let share = error.map_or(0.0, |error| error / if span > 0.0 { span } else { 1.0 });
        let tone = match (target, value) {
            (Some(target), _) => target_tone.at(target),
            (None, Some(value)) => facts.tone.at(value),
            (None, None) => 0.0,
        };
        let up = if is_line {
            target.or(value)?
        } else {
            *y.values.get(index)?
        };
        Some(Point {
            row,
            at: [*x.values.get(index)?, up],
            part: facts.parts.get(index).copied().unwrap_or(Part::Train),
            tone,
            value,
            target,
            error,
            error_share: if share.is_finite() {
                share.clamp(0.0, 1.0)
            } else {
                1.0
            },
            is_wrong: target.is_some() && is_right.get(place) == Some(&false),
            nearness: others.nearness(index),
        })
    };
    let points: Vec<Point> = rows.iter().enumerate().filter_map(point).collect();
    let are_classes = targets.is_some() && !is_right.is_empty();
    let summary = Summary::of(&points, table.rows(), span, are_classes);
    (points, summary)
}

/// The inputs that do not span a slice: their columns, where they are held, and how
/// widely they are spread.
struct Others<'a>(Vec<(&'a [f32], f32, f32)>);

impl<'a> Others<'a> {
    fn new(facts: &Facts<'a>) -> Self {
        let table = facts.project.table();
        let other = |(id, held): &(NodeId, f32)| {
            let spread = facts.spreads.0.get(id)?;
            let column = table.column(column_of(*id))?;
            let is_spread = spread.is_scalar && spread.deviation > 0.0;
            is_spread.then_some((column.values.as_slice(), *held, spread.deviation))
        };
        Self(facts.request.fixed.iter().filter_map(other).collect())
    }

    /// exp(−d²/2), where d is the root mean square of the distances from the slice in
    /// standard deviations.
    fn nearness(&self, row: usize) -> f32 {
        if self.0.is_empty() {
            return 1.0;
        }
        let squared = |(values, held, deviation): &(&[f32], f32, f32)| {
            let value = values.get(row).copied().unwrap_or(*held);
            ((value - held) / deviation).powi(2)
        };
        let mean = self.0.iter().map(squared).sum::<f32>() / self.0.len() as f32;
        FAINTEST + (1.0 - FAINTEST) * (-0.5 * mean).exp()
    }
}

/// How large the marks of this many points are on a map of this size, as a share of whole ones.
pub(crate) fn mark_size(points: usize, map: Vec2) -> f32 {
    let [right, unknown] = RADII;
    let reach = 0.5 * (right + unknown) + HALO;
    let whole = PI * reach.powi(2) * points.max(1) as f32;
    (COVERED * map.x * map.y / whole)
        .sqrt()
        .clamp(SMALLEST, 1.0)
}

/// A row: a disc above the middle, a diamond below; filled for training, half for
/// validation, hollow for test; larger, the more it is off; ringed when its class is
/// wrong; fainter, the farther it is from the slice. `size` is a share of a whole mark.
pub(crate) fn paint_point(painter: &Painter, theme: &Theme, point: &Point, at: Pos2, size: f32) {
    let palette = &theme.palette;
    // Marks stand out from the map even where their tone is near its own.
    let strong = if point.tone < 0.0 {
        point.tone.min(-0.7)
    } else {
        point.tone.max(0.7)
    };
    let tone = colour(palette.heat(strong)).gamma_multiply(point.nearness);
    let halo = colour(palette.stage).gamma_multiply(point.nearness);
    let radius = size * point.radius();
    // Lines get thin less quickly than marks get small.
    let stroke = Stroke::new(1.75 * size.sqrt(), tone);
    let fill = |shape: Vec<Pos2>| {
        painter.add(Shape::convex_polygon(shape, tone, Stroke::NONE));
    };
    let halo_radius = radius + size * if point.is_wrong { RING + 1.5 } else { HALO };
    if point.tone >= 0.0 {
        let half_disc = || {
            let arc = |step: u8| {
                let (sin, cos) = (PI * f32::from(step) / 12.0).sin_cos();
                at + radius * vec2(cos, sin)
            };
            (0..=12).map(arc).collect::<Vec<_>>()
        };
        painter.circle_filled(at, halo_radius, halo);
        match point.part {
            Part::Train => {
                painter.circle_filled(at, radius, tone);
            }
            Part::Validation => fill(half_disc()),
            Part::Test => {}
        }
        painter.circle_stroke(at, radius, stroke);
    } else {
        let diamond = |radius: f32, is_half: bool| {
            let corners = [
                vec2(radius, 0.0),
                vec2(0.0, radius),
                vec2(-radius, 0.0),
                vec2(0.0, -radius),
            ];
            let count = if is_half { 3 } else { 4 };
            corners[..count]
                .iter()
                .map(|&by| at + by)
                .collect::<Vec<_>>()
        };
        let radius = radius + size;
        if point.is_wrong {
            painter.circle_filled(at, halo_radius + size, halo);
        } else {
            let around = diamond(halo_radius + 2.0 * size, false);
            painter.add(Shape::convex_polygon(around, halo, Stroke::NONE));
        }
        match point.part {
            Part::Train => fill(diamond(radius, false)),
            Part::Validation => fill(diamond(radius, true)),
            Part::Test => {}
        }
        painter.add(Shape::closed_line(diamond(radius, false), stroke));
    }
    if point.is_wrong {
        let red = colour(palette.danger).gamma_multiply(point.nearness);
        let ring = Stroke::new(2.0 * size.sqrt(), red);
        painter.circle_stroke(at, radius + RING * size, ring);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use datasets::Gate;
    use network::{Activation, KindId};
    use project::{apply, gesture};
    use training::Spread;

    use super::*;

    const INPUTS: [NodeId; 3] = [NodeId(0), NodeId(1), NodeId(4)];
    const H: NodeId = NodeId(2);
    const Y: NodeId = NodeId(3);

    /// Two inputs, a hidden neuron, an output, the rows of XOR, and a third input that
    /// is 0 in all of them.
    fn xor() -> Project {
        let mut project = Project::default();
        let kinds = [KindId::INPUT, KindId::INPUT, KindId::HIDDEN, KindId::OUTPUT];
        for kind in kinds {
            let edit = gesture::add_neuron(&project, kind, [0.0, 0.0]);
            apply(&mut project, &edit).unwrap();
        }
        let edit = gesture::fill_with(&project, Gate::Xor).unwrap();
        apply(&mut project, &edit).unwrap();
        let edit = gesture::add_neuron(&project, KindId::INPUT, [0.0, 0.0]);
        apply(&mut project, &edit).unwrap();
        project
    }

    fn spreads() -> Spreads {
        let spread = |id| {
            let spread = Spread {
                mean: 0.5,
                deviation: 0.5,
                range: [0.0, 1.0],
                is_scalar: true,
            };
            (id, spread)
        };
        Spreads(INPUTS.into_iter().map(spread).collect::<BTreeMap<_, _>>())
    }

    fn plane(x: NodeId, y: NodeId, fixed: Vec<(NodeId, f32)>) -> MapRequest {
        MapRequest {
            x,
            y,
            x_range: [0.0, 1.0],
            y_range: [0.0, 1.0],
            resolution: 2,
            fixed,
            nodes: training::Mapped::All,
            close: None,
        }
    }

    const CLOSE: CloseView = CloseView {
        resolution: 2,
        cells: &[0.0; 4],
        rows: &[3, 1],
        values: &[0.75, 0.25],
        is_right: &[false, true],
    };

    fn points(
        request: &MapRequest,
        close: Option<CloseView>,
        subject: NodeId,
    ) -> (Vec<Point>, Summary) {
        let (project, spreads) = (xor(), spreads());
        let facts = Facts {
            project: &project,
            parts: &[Part::Train, Part::Test, Part::Train, Part::Validation],
            spreads: &spreads,
            request,
            close,
            tone: Tone::of(Activation::Sigmoid, None),
            targets: (subject == Y).then_some([0.0, 1.0]),
        };
        points_of(&facts, subject)
    }

    #[test]
    fn points_carry_place_target_part_and_what_the_output_is_off_by() {
        let request = plane(INPUTS[0], INPUTS[1], Vec::new());
        let (all, summary) = points(&request, None, Y);
        assert_eq!((all.len(), summary.mean_error), (4, None));
        assert_eq!(all[1].at, [0.0, 1.0]);
        let tones: Vec<f32> = all.iter().map(|point| point.tone).collect();
        assert_eq!(tones, [-1.0, 1.0, 1.0, -1.0]);

        let (known, summary) = points(&request, Some(CLOSE), Y);
        assert_eq!(known.len(), 2);
        assert_eq!((known[0].row, known[0].part), (3, Part::Validation));
        assert_eq!((known[0].error, known[1].error), (Some(0.75), Some(0.75)));
        assert_eq!((known[0].is_wrong, known[1].is_wrong), (true, false));
        assert!(known[0].radius() > all[0].radius());
        assert_eq!(summary.mean_error, Some(0.75));
        assert_eq!(
            summary.sentence(),
            "2 of 4 rows, evenly picked · 1 wrong · mean error 0.7500"
        );
    }

    #[test]
    fn points_of_a_hidden_neuron_wear_what_it_gives_and_have_no_error() {
        let request = plane(INPUTS[0], INPUTS[1], Vec::new());
        let (points, summary) = points(&request, Some(CLOSE), H);
        assert_eq!((points[0].tone, points[1].tone), (0.5, -0.5));
        assert_eq!((points[0].error, points[0].is_wrong), (None, false));
        assert_eq!(summary.sentence(), "2 of 4 rows, evenly picked");
    }

    #[test]
    fn marks_cover_no_more_than_a_quarter_of_the_map_however_many_there_are() {
        let side_sheet = vec2(168.0, 168.0);
        let large = vec2(480.0, 480.0);
        assert_eq!(mark_size(4, side_sheet), 1.0);
        assert_eq!(mark_size(0, side_sheet), 1.0);
        for map in [side_sheet, large] {
            let sizes: Vec<f32> = (0..=Slice::MOST_ROWS).map(|n| mark_size(n, map)).collect();
            assert!(sizes.is_sorted_by(|one, next| one >= next));
            assert!(sizes[Slice::MOST_ROWS] < 1.0);
        }
        // Of 450, whose edges reach so far each:
        let reach = mark_size(450, large) * (0.5 * (RADII[0] + RADII[1]) + HALO);
        let covered = 450.0 * PI * reach * reach / (large.x * large.y);
        assert!((covered - COVERED).abs() < 1e-3, "{covered}");
        assert_eq!(mark_size(usize::MAX, side_sheet), SMALLEST);
    }

    #[test]
    fn points_far_from_the_slice_are_faint() {
        let near = plane(INPUTS[0], INPUTS[1], vec![(INPUTS[2], 0.0)]);
        let far = plane(INPUTS[0], INPUTS[1], vec![(INPUTS[2], 1.0)]);
        let (near, _) = points(&near, None, Y);
        let (far, _) = points(&far, None, Y);
        assert!(near.iter().all(|point| point.nearness == 1.0));
        // Two standard deviations away.
        let expected = FAINTEST + (1.0 - FAINTEST) * (-2.0_f32).exp();
        assert!(
            far.iter()
                .all(|point| (point.nearness - expected).abs() < 1e-6)
        );
    }

    #[test]
    fn over_one_input_points_lie_at_their_target_or_at_what_the_neuron_gives() {
        let request = plane(INPUTS[1], INPUTS[1], Vec::new());
        let (of_output, _) = points(&request, Some(CLOSE), Y);
        assert_eq!(of_output[1].at, [1.0, 1.0]);
        let (of_hidden, _) = points(&request, Some(CLOSE), H);
        assert_eq!(of_hidden[1].at, [1.0, 0.25]);
    }
}
