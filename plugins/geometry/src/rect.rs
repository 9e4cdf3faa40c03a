//! Axis-aligned rectangles in the scene.

/// An axis-aligned rectangle; y points up, so `min` is its lower left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// Lower left corner.
    pub min: [f32; 2],
    /// Upper right corner.
    pub max: [f32; 2],
}

impl Rect {
    /// The rectangle between two opposite corners, in any order.
    pub fn from_corners(one: [f32; 2], other: [f32; 2]) -> Self {
        Self {
            min: [one[0].min(other[0]), one[1].min(other[1])],
            max: [one[0].max(other[0]), one[1].max(other[1])],
        }
    }

    /// The square around a disc.
    pub fn around(centre: [f32; 2], radius: f32) -> Self {
        Self {
            min: centre.map(|c| c - radius),
            max: centre.map(|c| c + radius),
        }
    }

    /// The smallest rectangle around all of them; none around nothing.
    pub fn enclosing(rects: impl IntoIterator<Item = Self>) -> Option<Self> {
        rects.into_iter().reduce(Self::union)
    }

    /// The smallest rectangle around both.
    pub fn union(self, other: Self) -> Self {
        Self {
            min: [self.min[0].min(other.min[0]), self.min[1].min(other.min[1])],
            max: [self.max[0].max(other.max[0]), self.max[1].max(other.max[1])],
        }
    }

    /// The middle.
    pub fn centre(self) -> [f32; 2] {
        [0, 1].map(|axis| 0.5 * self.min[axis] + 0.5 * self.max[axis])
    }

    /// Width and height.
    pub fn size(self) -> [f32; 2] {
        [0, 1].map(|axis| self.max[axis] - self.min[axis])
    }

    /// Whether the point lies inside or on the edge.
    pub fn contains(self, point: [f32; 2]) -> bool {
        (0..2).all(|axis| (self.min[axis]..=self.max[axis]).contains(&point[axis]))
    }

    /// The distance from the point to the rectangle; 0 inside.
    pub fn distance_to(self, point: [f32; 2]) -> f32 {
        let outside = |axis: usize| {
            (self.min[axis] - point[axis])
                .max(point[axis] - self.max[axis])
                .max(0.0)
        };
        outside(0).hypot(outside(1))
    }
}
