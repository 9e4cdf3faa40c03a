//! Sparse connections: each neuron gathers its sources forward, and its targets' gradients backward.
//!
//! Both ways a row is put together from rows that are only read, and nothing is written at
//! places nobody could foresee. So with many neurons, when rows are far from the processor,
//! those of the next neuron are asked for while this one is computed.

#[cfg(test)]
mod tests;

use std::ops::Range;

use super::{LANES, ahead};

/// Rows computed at a time: so many sums stay in registers while all connections pass by.
const WIDE: usize = 4 * LANES;

/// And so many of what is left.
const HALF: usize = 2 * LANES;

/// A connection as its target sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Source {
    row: u32,
    /// Which of the weights is its.
    weight: u32,
}

/// Connections between rows, each from a row to a later one, compressed from both ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SparseEdges {
    /// Where their weights begin among the parameters: one for each connection, in the
    /// order of `targets`.
    weights: usize,
    /// The connections out of row `i` are at `from[i]..from[i + 1]`.
    from: Vec<u32>,
    targets: Vec<u32>,
    /// And those into row `i` at `into[i]..into[i + 1]`.
    into: Vec<u32>,
    sources: Vec<Source>,
}

impl SparseEdges {
    /// Connections between so many rows, each by source and target; their weights begin
    /// at `weights`. Beside them, which of the weights belongs to each.
    pub(crate) fn new(rows: usize, weights: usize, pairs: &[(u32, u32)]) -> (Self, Vec<u32>) {
        let (from, order) = sort_by(rows, pairs, |&(source, _)| source);
        let mut places = vec![0; pairs.len()];
        for (place, &pair) in (0..).zip(&order) {
            places[pair as usize] = place;
        }
        let targets = order.iter().map(|&pair| pairs[pair as usize].1).collect();
        let (into, order) = sort_by(rows, pairs, |&(_, target)| target);
        let source = |&pair: &u32| Source {
            row: pairs[pair as usize].0,
            weight: places[pair as usize],
        };
        let edges = Self {
            weights,
            from,
            targets,
            into,
            sources: order.iter().map(source).collect(),
        };
        (edges, places)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.targets.len()
    }

    /// Adds bias and weighted sources to the sums of a row; `before` are the rows
    /// before it.
    pub(crate) fn gather(
        &self,
        row: usize,
        bias: f32,
        parameters: &[f32],
        before: &[f32],
        sums: &mut [f32],
    ) {
        let sources = &self.sources[span(&self.into, row)];
        let weights = &parameters[self.weights..self.weights + self.len()];
        let stride = sums.len();
        if self.is_far(stride) && row + 2 < self.into.len() {
            for source in &self.sources[span(&self.into, row + 1)] {
                ahead::ask_for(weights, source.weight as usize, 1);
                ahead::ask_for(before, source.row as usize * stride, stride);
            }
        }
        let mut at = 0;
        while at + WIDE <= stride {
            gather_tile::<WIDE>(sources, weights, bias, before, sums, at);
            at += WIDE;
        }
        while at + HALF <= stride {
            gather_tile::<HALF>(sources, weights, bias, before, sums, at);
            at += HALF;
        }
        while at < stride {
            gather_tile::<LANES>(sources, weights, bias, before, sums, at);
            at += LANES;
        }
    }

    /// From the gradients of the sums of later rows, which follow this one in `after`,
    /// to those of the weights out of this row, and of its value.
    pub(crate) fn gather_back(
        &self,
        row: usize,
        parameters: &[f32],
        parameter_gradients: &mut [f32],
        value: &[f32],
        (gradient, after): (&mut [f32], &[f32]),
    ) {
        let way = self.way_back(row, parameters, parameter_gradients, (value, after));
        let Some(mut way) = way else { return };
        let stride = value.len();
        let mut at = 0;
        while at + WIDE <= stride {
            way.tile::<WIDE>(value, gradient, at);
            at += WIDE;
        }
        while at + HALF <= stride {
            way.tile::<HALF>(value, gradient, at);
            at += HALF;
        }
        while at < stride {
            way.tile::<LANES>(value, gradient, at);
            at += LANES;
        }
    }

    /// Whether rows so wide are all together too many for the processor's own memory.
    fn is_far(&self, stride: usize) -> bool {
        ahead::pays(self.from.len() * stride)
    }

    /// The same for a row that holds data: only its weights learn.
    pub(crate) fn learn(
        &self,
        row: usize,
        parameters: &[f32],
        parameter_gradients: &mut [f32],
        value: &[f32],
        after: &[f32],
    ) {
        let way = self.way_back(row, parameters, parameter_gradients, (value, after));
        let Some(way) = way else { return };
        let stride = value.len();
        for (&target, learned) in way.targets.iter().zip(way.learned) {
            let first = (target as usize - way.next_row) * stride;
            *learned += dot(value, &after[first..first + stride]);
        }
    }

    /// The connections out of a row, while those out of the next one are asked for; `None`
    /// when there are none.
    #[inline]
    fn way_back<'a>(
        &'a self,
        row: usize,
        parameters: &'a [f32],
        parameter_gradients: &'a mut [f32],
        (value, after): (&[f32], &'a [f32]),
    ) -> Option<WayBack<'a>> {
        let stride = value.len();
        if self.is_far(stride) && row > 0 {
            // Rows come one by one, from the last to the first.
            for &target in &self.targets[span(&self.from, row - 1)] {
                let later = (target as usize).saturating_sub(row + 1);
                ahead::ask_for(after, later * stride, stride);
            }
        }
        let span = span(&self.from, row);
        let places = self.weights + span.start..self.weights + span.end;
        (!span.is_empty()).then(|| WayBack {
            next_row: row + 1,
            targets: &self.targets[span],
            weights: &parameters[places.clone()],
            learned: &mut parameter_gradients[places],
            after,
        })
    }
}

/// The connections out of a row, on the way back.
struct WayBack<'a> {
    /// The first row of `after`.
    next_row: usize,
    targets: &'a [u32],
    weights: &'a [f32],
    learned: &'a mut [f32],
    after: &'a [f32],
}

impl WayBack<'_> {
    /// For these data rows.
    fn tile<const N: usize>(&mut self, value: &[f32], gradient: &mut [f32], at: usize) {
        let stride = value.len();
        let value = &value[at..at + N];
        let gradient = &mut gradient[at..at + N];
        let mut tile = [0.0; N];
        tile.copy_from_slice(gradient);
        let edges = self.targets.iter().zip(self.weights);
        for ((&target, &weight), learned) in edges.zip(&mut *self.learned) {
            let first = (target as usize - self.next_row) * stride + at;
            let sums = &self.after[first..first + N];
            for (tile, &sum) in tile.iter_mut().zip(sums) {
                *tile += weight * sum;
            }
            *learned += dot(value, sums);
        }
        gradient.copy_from_slice(&tile);
    }
}

fn gather_tile<const N: usize>(
    sources: &[Source],
    weights: &[f32],
    bias: f32,
    before: &[f32],
    sums: &mut [f32],
    at: usize,
) {
    let stride = sums.len();
    let mut tile = [bias; N];
    for (tile, &sum) in tile.iter_mut().zip(&sums[at..at + N]) {
        *tile += sum;
    }
    for source in sources {
        let weight = weights[source.weight as usize];
        let first = source.row as usize * stride + at;
        for (tile, &value) in tile.iter_mut().zip(&before[first..first + N]) {
            *tile += weight * value;
        }
    }
    sums[at..at + N].copy_from_slice(&tile);
}

/// Where those of a row are.
fn span(starts: &[u32], row: usize) -> Range<usize> {
    starts[row] as usize..starts[row + 1] as usize
}

/// The places of all pairs, sorted by a row of theirs, and where those of each row
/// begin. Pairs of one row stay in their order.
fn sort_by(
    rows: usize,
    pairs: &[(u32, u32)],
    row: impl Fn(&(u32, u32)) -> u32,
) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0; rows + 1];
    for pair in pairs {
        starts[row(pair) as usize + 1] += 1;
    }
    for at in 0..rows {
        starts[at + 1] += starts[at];
    }
    let mut free = starts.clone();
    let mut order = vec![0; pairs.len()];
    for (place, pair) in (0..).zip(pairs) {
        let free = &mut free[row(pair) as usize];
        order[*free as usize] = place;
        *free += 1;
    }
    (starts, order)
}

/// Σ aᵢ·bᵢ in an order fixed by the length alone; lengths are multiples of the
/// lanes.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0; LANES];
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    add_up(lanes)
}

/// Σ aᵢ, likewise.
pub(crate) fn sum(a: &[f32]) -> f32 {
    let mut lanes = [0.0; LANES];
    for a in a.chunks_exact(LANES) {
        for (lane, a) in lanes.iter_mut().zip(a) {
            *lane += a;
        }
    }
    add_up(lanes)
}

/// Half to half, so that few additions wait for one another.
fn add_up(lanes: [f32; LANES]) -> f32 {
    let [a, b, c, d, e, f, g, h] = lanes;
    let four = [a + e, b + f, c + g, d + h];
    (four[0] + four[2]) + (four[1] + four[3])
}
