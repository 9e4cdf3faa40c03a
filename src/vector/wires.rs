//! Wires in an SVG picture: as wide and in the colours that the canvas shows.

use geometry::WireCurve;
use network::{Edge, EdgeId, Network};
use svg::node::element::Path;
use svg::node::element::path::Data;
use theme::{Theme, gradient_tone};

use super::{curve, ink, on_paper};

/// How wires are drawn.
#[derive(Clone, Copy)]
pub struct Wires<'a> {
    /// What widths are multiplied by.
    pub scale: f32,
    /// Where colours tell gradients, these.
    pub gradients: Option<Gradients<'a>>,
}

impl Default for Wires<'_> {
    fn default() -> Self {
        Self {
            scale: 1.0,
            gradients: None,
        }
    }
}

/// Gradients that colours tell.
#[derive(Clone, Copy)]
pub struct Gradients<'a> {
    /// What they are multiplied by before they are a tone.
    pub gain: f32,
    /// That of each wire.
    pub of: &'a (dyn Fn(EdgeId) -> f32 + Sync),
}

/// A wire, or only dots where it is cut off; ticks beside it where they tell its gradient, and a frosted core where it is
/// frozen.
pub(super) fn wire(network: &Network, edge: &Edge, theme: &Theme, style: &Wires) -> Vec<Path> {
    let Some(curve) = curve(network, edge, theme) else {
        return Vec::new();
    };
    let [from, one, other, to] = curve.control_points().map(on_paper);
    let line = Data::new()
        .move_to((from[0], from[1]))
        .cubic_curve_to((one[0], one[1], other[0], other[1], to[0], to[1]));
    let (palette, sizes) = (&theme.palette, &theme.sizes);
    if edge.weight.elements().iter().all(|one| one.is_pruned) {
        return pruned(&curve, line, theme);
    }
    let weight = edge.weight.first();
    let width = sizes.wire_width(weight, style.scale);
    let tone = style
        .gradients
        .as_ref()
        .map(|gradients| gradient_tone((gradients.of)(edge.id), gradients.gain));
    let hue = match tone {
        Some(tone) => palette.slope(tone),
        None if weight < 0.0 => palette.negative,
        None => palette.positive,
    };
    let path = Path::new()
        .set("class", "wire")
        .set("data-weight", weight)
        .set("d", line.clone())
        .set("stroke", ink(hue))
        .set("stroke-width", width);
    let path = if weight < 0.0 {
        // A dash grows with its wire, so that it never looks like dots.
        path.set(
            "stroke-dasharray",
            (sizes.wire_dash + width, sizes.wire_gap + 0.5 * width),
        )
    } else {
        path
    };
    let mut paths = vec![path];
    if let Some(tone) = tone.filter(|tone| *tone != 0.0) {
        paths.push(
            Path::new()
                .set("class", "ticks")
                .set("d", ticks(&curve, tone, width, theme))
                .set("stroke", ink(hue))
                .set("stroke-width", 1.2),
        );
    }
    let is_frozen = edge.weight.elements().iter().all(|one| one.is_frozen);
    if is_frozen {
        let frost = Path::new()
            .set("class", "frost")
            .set("d", line)
            .set("stroke", ink(palette.frost))
            .set("stroke-width", (0.45 * width).max(0.7));
        paths.push(frost);
    }
    paths
}

/// A wire that is cut off: dots, and two strokes through its middle.
fn pruned(curve: &WireCurve, line: Data, theme: &Theme) -> Vec<Path> {
    let sizes = &theme.sizes;
    let spacing = 2.0 * sizes.wire_dot + sizes.wire_gap;
    let hue = ink(theme.palette.wire_at_rest());
    let dots = Path::new()
        .set("class", "pruned")
        .set("data-weight", 0)
        .set("d", line)
        .set("stroke", hue.clone())
        .set("stroke-width", 2.0 * sizes.wire_dot)
        .set("stroke-linecap", "round")
        .set("stroke-dasharray", (0, spacing));
    let ([x, y], [dx, dy]) = (curve.point(0.5), curve.tangent(0.5));
    let place = |along: f32, across: f32| {
        let [x, y] = on_paper([x + along * dx - across * dy, y + along * dy + across * dx]);
        (x, y)
    };
    let strokes = [-0.4, 0.4].into_iter().fold(Data::new(), |data, foot| {
        let end = |side: f32| {
            let across = 0.7 * spacing * side;
            place(foot * spacing + 0.35 * across, across)
        };
        data.move_to(end(-1.0)).line_to(end(1.0))
    });
    let cut = Path::new()
        .set("class", "cut")
        .set("d", strokes)
        .set("stroke", hue)
        .set("stroke-width", 1.6 * sizes.wire_dot);
    vec![dots, cut]
}

/// Ticks on the left of the wire's way where the loss rises with its weight, and on its
/// right where it falls.
fn ticks(curve: &WireCurve, tone: f32, width: f32, theme: &Theme) -> Data {
    let sizes = &theme.sizes;
    let length = curve.length();
    // Far more than there are on the longest wire that is drawn.
    let count = (length / sizes.tick_spacing).min(10_000.0) as u16;
    (0..count).fold(Data::new(), |data, tick| {
        let along = (f32::from(tick) + 0.5) * sizes.tick_spacing / length;
        let ([x, y], [dx, dy]) = (curve.point(along), curve.tangent(along));
        let out = |far: f32| {
            let far = far * tone.signum();
            let [x, y] = on_paper([x - dy * far, y + dx * far]);
            (x, y)
        };
        data.move_to(out(0.5 * width))
            .line_to(out(0.5 * width + sizes.tick_length))
    })
}
