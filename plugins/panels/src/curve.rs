//! A curve of any length in at most two thousand points that keep every peak and every valley.

/// Buckets before neighbours are joined: each gives two points.
const MOST_BUCKETS: usize = 1_000;

/// A curve that is added to at its end.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Lowest and highest point of each stretch, in the order they came.
    buckets: Vec<[[f64; 2]; 2]>,
    /// Points in a full bucket.
    stretch: usize,
    /// Points in the last bucket.
    filled: usize,
}

impl Default for Curve {
    fn default() -> Self {
        Self {
            buckets: Vec::new(),
            stretch: 1,
            filled: 0,
        }
    }
}

impl Curve {
    /// Adds a point. Amortised O(1).
    pub fn push(&mut self, point: [f64; 2]) {
        match self.buckets.last_mut() {
            Some(last) if self.filled < self.stretch => {
                *last = joined(*last, [point, point]);
                self.filled += 1;
            }
            _ => {
                if self.buckets.len() == MOST_BUCKETS {
                    self.buckets = self
                        .buckets
                        .chunks(2)
                        .map(|pair| match *pair {
                            [one, other] => joined(one, other),
                            [ref alone, ..] => *alone,
                            [] => [point, point],
                        })
                        .collect();
                    self.stretch *= 2;
                }
                self.buckets.push([point, point]);
                self.filled = 1;
            }
        }
    }

    /// The points to draw.
    pub fn points(&self) -> impl Iterator<Item = [f64; 2]> {
        self.buckets.iter().flat_map(|&[one, other]| {
            let second = (one != other).then_some(other);
            std::iter::once(one).chain(second)
        })
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }
}

/// The lowest and the highest of two pairs, the earlier one first.
fn joined(one: [[f64; 2]; 2], other: [[f64; 2]; 2]) -> [[f64; 2]; 2] {
    let all = [one[0], one[1], other[0], other[1]];
    let mut low = all[0];
    let mut high = all[0];
    for point in all {
        if point[1] < low[1] {
            low = point;
        }
        if point[1] > high[1] {
            high = point;
        }
    }
    if low[0] <= high[0] {
        [low, high]
    } else {
        [high, low]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: usize, value: impl Fn(usize) -> f64) -> Vec<[f64; 2]> {
        let mut curve = Curve::default();
        for index in 0..points {
            curve.push([index as f64, value(index)]);
        }
        curve.points().collect()
    }

    #[test]
    fn short_runs_are_kept_point_by_point() {
        let points = curve(900, |index| index as f64 * 0.5);
        assert_eq!(points.len(), 900);
        assert_eq!(points[899], [899.0, 449.5]);
    }

    #[test]
    fn long_runs_stay_small_in_order_and_keep_their_peak() {
        let points = curve(1_000_000, |index| match index {
            777_777 => 9.0,
            123_456 => -9.0,
            _ => (index as f64 * 0.37).sin(),
        });
        assert!(points.len() <= 2_000, "{}", points.len());
        assert!(points.len() > 900);
        assert!(points.windows(2).all(|pair| pair[0][0] < pair[1][0]));
        assert!(points.contains(&[777_777.0, 9.0]));
        assert!(points.contains(&[123_456.0, -9.0]));
    }
}
