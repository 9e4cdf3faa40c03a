//! The curve of a wire: its formula, its points, its bounds, and how far it is from a point.

use kurbo::{
    CubicBez, Line, ParamCurve, ParamCurveArclen, ParamCurveDeriv, ParamCurveExtrema,
    ParamCurveNearest, PathSeg, Point,
};

use crate::Rect;

/// The shortest handle of a wire whose ends are far enough apart for it, in scene units.
pub const MIN_HANDLE: f32 = 64.0;

/// The error allowed in `t` when the nearest point of a curve is sought.
const NEAREST_ACCURACY: f64 = 1e-9;

/// The curve of a wire: a cubic Bézier that leaves and enters horizontally.
///
/// The formula stands in the crate's documentation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WireCurve {
    from: [f32; 2],
    to: [f32; 2],
    handle: f32,
}

/// The point of a curve that is nearest to another point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// Where on the curve, in 0..=1.
    pub t: f32,
    /// How far from it, in scene units.
    pub distance: f32,
}

impl WireCurve {
    /// The curve from an output port to an input port, both in scene units.
    pub fn between(from: [f32; 2], to: [f32; 2]) -> Self {
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let handle = (0.5 * dx.abs()).max((0.5 * dx.hypot(dy)).min(MIN_HANDLE));
        Self { from, to, handle }
    }

    /// The four control points, from the start to the end.
    pub fn control_points(&self) -> [[f32; 2]; 4] {
        let Self { from, to, handle } = *self;
        [
            from,
            [from[0] + handle, from[1]],
            [to[0] - handle, to[1]],
            to,
        ]
    }

    /// Whether every control point is finite.
    pub fn is_finite(&self) -> bool {
        self.control_points()
            .as_flattened()
            .iter()
            .all(|c| c.is_finite())
    }

    /// The point at `t`: 0 is the start, 1 the end.
    pub fn point(&self, t: f32) -> [f32; 2] {
        from_kurbo(self.cubic().eval(f64::from(t)))
    }

    /// The direction of flow at `t`, of length 1; to the right where a curve has none,
    /// because its ends coincide or are not finite.
    pub fn tangent(&self, t: f32) -> [f32; 2] {
        let derivative = self.cubic().deriv().eval(f64::from(t)).to_vec2();
        let length = derivative.hypot();
        if length > 0.0 && length.is_finite() {
            [
                (derivative.x / length) as f32,
                (derivative.y / length) as f32,
            ]
        } else {
            [1.0, 0.0]
        }
    }

    /// The curve as `segments + 1` points at even steps of `t`, both ends included;
    /// at least one segment.
    pub fn polyline(&self, segments: u16) -> impl Iterator<Item = [f32; 2]> + use<> {
        let (curve, segments) = (*self, segments.max(1));
        (0..=segments).map(move |step| curve.point(f32::from(step) / f32::from(segments)))
    }

    /// The length along the curve in scene units, to a thousandth of itself; NaN when it is not finite.
    pub fn length(&self) -> f32 {
        if !self.is_finite() {
            return f32::NAN;
        }
        let cubic = self.cubic();
        let chord = (cubic.p3 - cubic.p0).hypot();
        cubic.arclen((chord * 1e-3).max(1e-3)) as f32
    }

    /// The smallest rectangle around the curve, rounded outward. That of a curve which is not
    /// finite is spanned by what is finite in it, or empty.
    pub fn bounds(&self) -> Rect {
        if !self.is_finite() {
            return Rect::from_corners(self.from, self.to);
        }
        bounds_of(self.cubic())
    }

    /// The point of the curve that is nearest to `point`; infinitely far where one of the two is
    /// not finite.
    pub fn nearest(&self, point: [f32; 2]) -> Nearest {
        if !self.is_finite() || !point.iter().all(|c| c.is_finite()) {
            return Nearest {
                t: 0.0,
                distance: f32::INFINITY,
            };
        }
        let nearest = self.cubic().nearest(to_kurbo(point), NEAREST_ACCURACY);
        Nearest {
            t: nearest.t as f32,
            distance: nearest.distance_sq.sqrt() as f32,
        }
    }

    /// The distance from `point` to the curve, in scene units.
    pub fn distance_to(&self, point: [f32; 2]) -> f32 {
        self.nearest(point).distance
    }

    /// Whether any point of the curve lies in the rectangle.
    pub fn touches(&self, rect: Rect) -> bool {
        if !self.is_finite() {
            return false;
        }
        if rect.contains(self.from) || rect.contains(self.to) {
            return true;
        }
        // Both ends are outside: a curve that comes in crosses an edge.
        let segment = PathSeg::Cubic(self.cubic());
        let [left, bottom] = rect.min;
        let [right, top] = rect.max;
        let corners = [[left, bottom], [right, bottom], [right, top], [left, top]].map(to_kurbo);
        (0..4).any(|side| {
            let edge = Line::new(corners[side], corners[(side + 1) % 4]);
            !segment.intersect_line(edge).is_empty()
        })
    }

    fn cubic(&self) -> CubicBez {
        let [p0, p1, p2, p3] = self.control_points().map(to_kurbo);
        CubicBez::new(p0, p1, p2, p3)
    }
}

fn to_kurbo([x, y]: [f32; 2]) -> Point {
    Point::new(x.into(), y.into())
}

fn from_kurbo(point: Point) -> [f32; 2] {
    [point.x as f32, point.y as f32]
}

fn bounds_of(cubic: CubicBez) -> Rect {
    let bounds = cubic.bounding_box();
    Rect {
        min: [bounds.x0, bounds.y0].map(|c| (c as f32).next_down()),
        max: [bounds.x1, bounds.y1].map(|c| (c as f32).next_up()),
    }
}
