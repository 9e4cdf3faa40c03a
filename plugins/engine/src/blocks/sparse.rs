//! Sparse rows: each neuron gathers its own incoming connections, eight data rows at a time.

use super::LANES;

/// The connections into consecutive neurons, compressed: those of neuron `i` are
/// at `starts[i]..starts[i + 1]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SparseEdges {
    pub(crate) starts: Vec<u32>,
    /// The row each connection comes from.
    pub(crate) sources: Vec<u32>,
    /// Where the weights begin among the parameters, one for each connection.
    pub(crate) weights: usize,
    /// Rows below this take no gradient: they hold data.
    pub(crate) first_learning_row: usize,
}

impl SparseEdges {
    /// Adds bias and weighted sources to the sums of neuron `index`.
    pub(crate) fn gather(
        &self,
        index: usize,
        bias: f32,
        parameters: &[f32],
        before: &[f32],
        sums: &mut [f32],
    ) {
        let (sources, weights) = self.of(index, parameters);
        let stride = sums.len();
        // Wide tiles keep several sums in registers while all connections pass by.
        let mut at = 0;
        while at + 4 * LANES <= stride {
            gather_tile::<{ 4 * LANES }>(sources, weights, bias, before, sums, at);
            at += 4 * LANES;
        }
        while at < stride {
            gather_tile::<LANES>(sources, weights, bias, before, sums, at);
            at += LANES;
        }
    }

    /// From the gradient of the sums of neuron `index` to those of its weights and
    /// sources.
    pub(crate) fn scatter(
        &self,
        index: usize,
        parameters: &[f32],
        parameter_gradients: &mut [f32],
        before: &[f32],
        before_gradients: &mut [f32],
        sums: &[f32],
    ) {
        let stride = sums.len();
        let (sources, weights) = self.of(index, parameters);
        let first = self.weights + self.starts[index] as usize;
        let gradients = &mut parameter_gradients[first..first + weights.len()];
        for ((&source, &weight), gradient) in sources.iter().zip(weights).zip(gradients) {
            let source = source as usize;
            let span = source * stride..(source + 1) * stride;
            *gradient += dot(sums, &before[span.clone()]);
            if source >= self.first_learning_row {
                for (target, &sum) in before_gradients[span].iter_mut().zip(sums) {
                    *target += weight * sum;
                }
            }
        }
    }

    fn of<'a>(&'a self, index: usize, parameters: &'a [f32]) -> (&'a [u32], &'a [f32]) {
        let (start, end) = (self.starts[index] as usize, self.starts[index + 1] as usize);
        (
            &self.sources[start..end],
            &parameters[self.weights + start..self.weights + end],
        )
    }
}

fn gather_tile<const N: usize>(
    sources: &[u32],
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
    for (&source, &weight) in sources.iter().zip(weights) {
        let first = source as usize * stride + at;
        for (tile, &value) in tile.iter_mut().zip(&before[first..first + N]) {
            *tile += weight * value;
        }
    }
    sums[at..at + N].copy_from_slice(&tile);
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
    lanes.iter().sum()
}

/// Σ aᵢ, likewise.
pub(crate) fn sum(a: &[f32]) -> f32 {
    let mut lanes = [0.0; LANES];
    for a in a.chunks_exact(LANES) {
        for (lane, a) in lanes.iter_mut().zip(a) {
            *lane += a;
        }
    }
    lanes.iter().sum()
}
