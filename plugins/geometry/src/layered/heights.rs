//! How high everything stands: near its neighbours, and off the next of its column as far as it
//! must.

use std::cmp::Ordering;

use super::order::Arranged;

/// How often the columns are gone through, each time the other way.
const SWEEPS: usize = 16;

/// How strongly a thing stays where it is, beside the pull of one neighbour.
const INERTIA: f64 = 0.01;

/// How far below the middle everything stands; `apart` is the distance that two neighbours in a
/// column keep from middle to middle.
///
/// Columns begin centred. Again and again one of them goes where the sum of the squared distances
/// to its neighbours is smallest: isotonic regression, by pooling those that would come too close
/// (Ayer, Brunk, Ewing, Reid and Silverman 1955).
pub(super) fn heights(arranged: &Arranged, apart: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let sides = arranged.neighbours();
    let mut heights = vec![0.0; arranged.len];
    // How far below the first of its column a thing is where all stand as close as they can.
    let mut depths = vec![0.0; arranged.len];
    for layer in &arranged.layers {
        let mut depth = 0.0;
        for pair in layer.windows(2) {
            depth += apart(pair[0], pair[1]);
            depths[pair[1]] = depth;
        }
        for &number in layer {
            heights[number] = depths[number] - 0.5 * depth;
        }
    }
    let count = arranged.layers.len();
    let mut pools = Vec::new();
    for sweep in 0..SWEEPS {
        for step in 0..count {
            let layer = &arranged.layers[if sweep % 2 == 0 {
                step
            } else {
                count - 1 - step
            }];
            pools.clear();
            for &number in layer {
                let mut pool = Pool {
                    weight: INERTIA,
                    sum: INERTIA * (heights[number] - depths[number]),
                    count: 1,
                };
                let [left, right] = [&sides[0][number][..], &sides[1][number][..]];
                // First as one side pulls, at last as the larger.
                let pulling = match (sweep < SWEEPS / 2, left.len().cmp(&right.len())) {
                    (true, _) if sweep % 2 == 0 => [left, &[]],
                    (true, _) => [&[][..], right],
                    (_, Ordering::Less) => [&[], right],
                    (_, Ordering::Equal) => [left, right],
                    (_, Ordering::Greater) => [left, &[]],
                };
                for &other in pulling.iter().copied().flatten() {
                    pool.weight += 1.0;
                    pool.sum += heights[other] - depths[number];
                }
                while let Some(above) = pools.pop_if(|above: &mut Pool| above.top() > pool.top()) {
                    pool.weight += above.weight;
                    pool.sum += above.sum;
                    pool.count += above.count;
                }
                pools.push(pool);
            }
            let mut rest = layer.iter();
            for pool in &pools {
                for &number in rest.by_ref().take(pool.count) {
                    heights[number] = pool.top() + depths[number];
                }
            }
        }
    }
    heights
}

/// Things of a column that stand as close as they can.
struct Pool {
    weight: f64,
    sum: f64,
    count: usize,
}

impl Pool {
    /// Where the first of the column would be if these stood in it as all of them are pulled.
    fn top(&self) -> f64 {
        self.sum / self.weight
    }
}
