//! Samples of wires, bundles and marks, painted as the canvas draws them.

use bevy_egui::egui::{Painter, Pos2, Rect, Shape, Stroke, Vec2, vec2};
use theme::{Rgba8, Theme};

use crate::style::colour;

/// One piece of wire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    /// Its width, in logical pixels.
    pub width_px: f32,
    /// Its colour.
    pub hue: Rgba8,
    /// Whether it is dashed.
    pub is_dashed: bool,
    /// Whether it has a frosted core.
    pub is_frozen: bool,
    /// The side its ticks are on: above zero on the left of its way; 0 for none.
    pub tone: f32,
}

impl Sample {
    /// A solid wire of this width, never so thin that it is not seen.
    pub fn wire(width_px: f32) -> Self {
        Self {
            width_px: width_px.max(1.0),
            hue: Rgba8::hex(0),
            is_dashed: false,
            is_frozen: false,
            tone: 0.0,
        }
    }

    /// Paints it from the left to the right.
    pub fn paint(&self, painter: &Painter, theme: &Theme, place: Rect) {
        let ends = [place.left_center(), place.right_center()];
        let width = self.width_px.min(place.height());
        let stroke = Stroke::new(width, colour(self.hue));
        if self.is_dashed {
            let sizes = &theme.sizes;
            // A dash grows with its wire, so that it never looks like dots.
            let (dash, gap) = (sizes.wire_dash + width, sizes.wire_gap + 0.5 * width);
            painter.extend(Shape::dashed_line(&ends, stroke, dash, gap));
        } else {
            painter.line_segment(ends, stroke);
        }
        if self.tone != 0.0 {
            self.paint_ticks(painter, theme, place, width);
        }
        if self.is_frozen {
            paint_frost(painter, theme, place, width);
        }
    }

    fn paint_ticks(&self, painter: &Painter, theme: &Theme, place: Rect, width: f32) {
        let (spacing, length) = (theme.sizes.tick_spacing, theme.sizes.tick_length);
        let out = vec2(0.0, -self.tone.signum());
        let stroke = Stroke::new(1.5, colour(self.hue));
        let mut x = place.left() + 0.5 * spacing;
        while x < place.right() {
            let foot = Pos2::new(x, place.center().y) + 0.5 * width * out;
            painter.line_segment([foot, foot + length * out], stroke);
            x += spacing;
        }
    }
}

fn paint_frost(painter: &Painter, theme: &Theme, place: Rect, width: f32) {
    let frost = colour(theme.palette.frost);
    let core = Stroke::new((0.45 * width).max(1.2), frost);
    painter.line_segment([place.left_center(), place.right_center()], core);
    let size = 0.5 * width + 2.6;
    for share in [0.22, 0.66] {
        let middle = Pos2::new(place.left() + share * place.width(), place.center().y);
        for degrees in [30.0_f32, 90.0, 150.0] {
            let arm = size * Vec2::angled(degrees.to_radians());
            painter.line_segment([middle - arm, middle + arm], Stroke::new(1.0, frost));
        }
    }
}

/// A wire that is cut off: dots, and two strokes through its middle.
pub(super) fn pruned(painter: &Painter, theme: &Theme, place: Rect) {
    let (radius, hue) = (theme.sizes.wire_dot, colour(theme.palette.wire_at_rest()));
    let spacing = 2.0 * radius + theme.sizes.wire_gap;
    let middle = place.center();
    let mut out = 1.5 * spacing;
    while out < 0.5 * place.width() {
        for side in [-1.0, 1.0] {
            painter.circle_filled(middle + vec2(side * out, 0.0), radius, hue);
        }
        out += spacing;
    }
    for side in [-1.0, 1.0] {
        let foot = middle + vec2(side * 0.4 * spacing, 0.0);
        let lean = 0.7 * spacing * vec2(0.35, -1.0);
        painter.line_segment([foot - lean, foot + lean], Stroke::new(1.6 * radius, hue));
    }
}

/// A bundle: solid strands in the first colour above, dashed ones in the second below.
pub(super) fn bundle(
    painter: &Painter,
    theme: &Theme,
    place: Rect,
    width_px: f32,
    hues: [Rgba8; 2],
) {
    let half = 0.5 * width_px.clamp(3.0, place.height() - 2.0);
    let middle = place.center().y;
    let line = |y: f32| [Pos2::new(place.left(), y), Pos2::new(place.right(), y)];
    for (hue, side) in hues.into_iter().zip([-1.0_f32, 1.0]) {
        let ribbon = Rect::from_two_pos(
            Pos2::new(place.left(), middle),
            Pos2::new(place.right(), middle + side * half),
        );
        let veil = theme.palette.sheet.mix(hue, 0.25).with_alpha(255);
        painter.rect_filled(ribbon, 0, colour(veil));
        let thread = Stroke::new(1.2, colour(hue));
        let strand = middle + 0.5 * side * half;
        if side < 0.0 {
            painter.line_segment(line(strand), thread);
        } else {
            let sizes = &theme.sizes;
            let dashes = Shape::dashed_line(&line(strand), thread, sizes.wire_dash, sizes.wire_gap);
            painter.extend(dashes);
        }
        let rail = Stroke::new(1.2, colour(hue));
        painter.line_segment(line(middle + side * (half - 0.6)), rail);
    }
}

/// Two neurons whose rims tell their biases.
pub(super) fn rims(painter: &Painter, theme: &Theme, place: Rect, biases: [f32; 2], zoom: f32) {
    let radius = 0.5 * place.height() - 1.0;
    let hue = theme.palette.hidden;
    let glass = theme.palette.stage.mix(hue, 0.25);
    for (bias, share) in biases.into_iter().zip([0.25, 0.75]) {
        let centre = Pos2::new(place.left() + share * place.width(), place.center().y);
        let rim = (theme.sizes.rim_width(bias) * zoom).clamp(1.0, 0.7 * radius);
        painter.circle_filled(centre, radius, colour(glass));
        let line = Stroke::new(rim, colour(hue));
        // Its line lies outside of a circle.
        painter.circle_stroke(centre, radius - rim, line);
    }
}

/// A mark of health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Badge {
    /// A ring struck through.
    Dead,
    /// A curve cut off above and below.
    Saturated,
}

/// The badge that such a neuron wears.
pub(super) fn badge(painter: &Painter, theme: &Theme, place: Rect, badge: Badge) {
    let centre = place.center();
    let radius = 0.5 * place.height() - 2.0;
    let alarm = colour(theme.palette.target_invalid);
    let line = Stroke::new(1.5, alarm);
    painter.circle(centre, radius, colour(theme.palette.stage), line);
    let unit = 0.62 * radius;
    let at = |x: f32, y: f32| centre + unit * vec2(x, -y);
    match badge {
        Badge::Dead => {
            painter.circle_stroke(centre, 0.62 * unit, line);
            painter.line_segment([at(-0.82, -0.82), at(0.82, 0.82)], line);
        }
        Badge::Saturated => {
            let curve = vec![
                at(-0.85, -0.45),
                at(-0.12, -0.45),
                at(0.12, 0.45),
                at(0.85, 0.45),
            ];
            painter.add(Shape::line(curve, line));
            for (from, to, height) in [(0.0, 0.85, 0.88), (-0.85, 0.0, -0.88)] {
                painter.line_segment([at(from, height), at(to, height)], line);
            }
        }
    }
}
