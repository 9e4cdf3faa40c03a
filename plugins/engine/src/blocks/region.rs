//! A region: any number of plain neurons without a general kind between them, as one operation on the tape.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use dfdx::tensor::{Cpu, CpuError, Tape};
use network::{Activation, NodeId};

use super::dense::DenseTerm;
use super::sparse::{SparseEdges, sum};
use super::{Flow, Weights, put_gradient, take_gradient};
use crate::activation::{activate, chain, chain_from_sums};
use crate::dropout::Noise;

/// One row of an earlier value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RowOf {
    pub(crate) value: usize,
    pub(crate) row: usize,
}

/// Consecutive neurons computed together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layer {
    /// Their first row in the region.
    pub(crate) first_row: usize,
    /// The activation of each.
    pub(crate) activations: Vec<Activation>,
    /// Where the sum of each is kept while training, if it must be.
    pub(crate) kept: Vec<Option<u32>>,
    /// The neurons whose values are left out at times, by their index here, with the
    /// chance.
    pub(crate) dropouts: BTreeMap<usize, (NodeId, f32)>,
    /// Where their biases begin among the parameters.
    pub(crate) biases: usize,
    /// What comes in as whole layers; never from this layer itself.
    pub(crate) dense: Vec<DenseTerm>,
}

/// Neurons in an order in which each comes after all it depends on.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Region {
    /// What is taken in from earlier values, data first; these are the first rows.
    pub(crate) imports: Vec<RowOf>,
    /// How many imports are data and take no gradient.
    pub(crate) data_imports: usize,
    pub(crate) layers: Vec<Layer>,
    /// What comes into the neurons besides what comes in as whole layers; may come from
    /// earlier neurons of the same layer when there is nothing dense.
    pub(crate) sparse: SparseEdges,
    /// Imports and neurons.
    pub(crate) rows: usize,
    /// How many sums are kept.
    pub(crate) kept: usize,
}

impl Region {
    /// Computes all neurons; the value holds the imports, then the neurons, and lies in
    /// `room`, whatever was there.
    pub(crate) fn forward<T: Tape<f32, Cpu>>(
        self: &Arc<Self>,
        device: &Cpu,
        weights: &Weights,
        values: &[Flow],
        (stride, noise): (usize, Option<Noise>),
        (room, tape): (Vec<f32>, &mut T),
    ) -> Result<Flow, CpuError> {
        let mut numbers = room;
        numbers.clear();
        numbers.reserve_exact(self.rows * stride);
        for import in &self.imports {
            let source = &values[import.value].numbers;
            numbers.extend_from_slice(&source[import.row * stride..(import.row + 1) * stride]);
        }
        numbers.resize(self.rows * stride, 0.0);
        let mut kept = match T::OWNS_TAPE {
            true => vec![0.0; self.kept * stride],
            false => Vec::new(),
        };
        for layer in &self.layers {
            let to = (&mut numbers[..], &mut kept[..]);
            layer.forward(&self.sparse, &weights.numbers, to, (stride, noise));
        }
        let out = Flow::new(device, numbers)?;
        if T::OWNS_TAPE {
            let (region, weights, flow) = (Arc::clone(self), weights.clone(), out.clone());
            let sources: Vec<Flow> = self.imports[self.data_imports..]
                .iter()
                .map(|import| values[import.value].clone())
                .collect();
            tape.add_backward_op(move |gradients| {
                let parameters = &weights.numbers;
                let mut slab = flow.take_gradient(gradients)?;
                let mut learned = take_gradient(gradients, &weights.key, parameters.len())?;
                let mut back = WayBack {
                    region: &region,
                    parameters,
                    learned: &mut learned,
                    values: &flow.numbers,
                    gradients: &mut slab,
                    stride,
                };
                for layer in region.layers.iter().rev() {
                    layer.backward(&mut back, &kept, noise);
                }
                back.reach_imports();
                put_gradient(gradients, &weights.key, learned)?;
                let learning = region.imports.iter().enumerate().skip(region.data_imports);
                for ((row, import), source) in learning.zip(&sources) {
                    let added = &slab[row * stride..(row + 1) * stride];
                    source.add_to_row(gradients, import.row, added)?;
                }
                // What came back to the sums stays on the tape, for who asks.
                put_gradient(gradients, &flow.key, slab)
            });
        }
        Ok(out)
    }

    /// The sums of all neurons before their activations, laid out as the value they
    /// led to, and bit for bit those of the pass; imports stay 0.
    pub(crate) fn sums(&self, weights: &Weights, value: &Flow, stride: usize) -> Vec<f32> {
        let mut sums = vec![0.0; self.rows * stride];
        for layer in &self.layers {
            layer.sums(
                &self.sparse,
                &weights.numbers,
                &value.numbers,
                (&mut sums, stride),
            );
        }
        sums
    }

    /// Multiply-adds of one row forward.
    pub(crate) fn work(&self) -> u64 {
        let of_layer = |layer: &Layer| {
            let rows = layer.activations.len();
            let dense: usize = layer.dense.iter().map(|term| term.sources * rows).sum();
            (dense + rows) as u64
        };
        self.sparse.len() as u64 + self.layers.iter().map(of_layer).sum::<u64>()
    }
}

/// Where the row of this number is.
fn span(row: usize, stride: usize) -> Range<usize> {
    row * stride..(row + 1) * stride
}

/// A region on the way back.
struct WayBack<'a> {
    region: &'a Region,
    parameters: &'a [f32],
    /// The gradients of the parameters so far.
    learned: &'a mut [f32],
    /// Of all rows, as the way forward left them.
    values: &'a [f32],
    /// Of all rows: of the sums where the way back has passed, of the values elsewhere.
    gradients: &'a mut [f32],
    stride: usize,
}

impl WayBack<'_> {
    /// Adds to the gradient of a row what comes back by its sparse connections.
    fn gather(&mut self, row: usize) {
        let (stride, sparse) = (self.stride, &self.region.sparse);
        let (until, after) = self.gradients.split_at_mut((row + 1) * stride);
        let value = &self.values[span(row, stride)];
        if row < self.region.data_imports {
            sparse.learn(row, self.parameters, self.learned, value, after);
        } else {
            let gradients = (&mut until[row * stride..], &*after);
            sparse.gather_back(row, self.parameters, self.learned, value, gradients);
        }
    }

    /// The last of it, when all neurons are done.
    fn reach_imports(&mut self) {
        for row in 0..self.region.imports.len() {
            self.gather(row);
        }
    }
}

impl Layer {
    /// Sums are kept as far as there is room for them.
    fn forward(
        &self,
        sparse: &SparseEdges,
        parameters: &[f32],
        (slab, kept): (&mut [f32], &mut [f32]),
        (stride, noise): (usize, Option<Noise>),
    ) {
        let rows = self.activations.len();
        let (before, from_here) = slab.split_at_mut(self.first_row * stride);
        for term in &self.dense {
            term.forward(
                parameters,
                before,
                &mut from_here[..rows * stride],
                rows,
                stride,
            );
        }
        for (index, &activation) in self.activations.iter().enumerate() {
            let row = self.first_row + index;
            let (before, from_here) = slab.split_at_mut(row * stride);
            let sums = &mut from_here[..stride];
            let bias = parameters[self.biases + index];
            sparse.gather(row, bias, parameters, before, sums);
            if let Some(place) = self.kept[index]
                && let Some(kept) = kept.get_mut(span(place as usize, stride))
            {
                kept.copy_from_slice(sums);
            }
            activate(activation, sums);
            if let Some(noise) = noise
                && let Some(&(node, chance)) = self.dropouts.get(&index)
            {
                noise.drop(node, chance, sums);
            }
        }
    }

    fn sums(
        &self,
        sparse: &SparseEdges,
        parameters: &[f32],
        slab: &[f32],
        (all, stride): (&mut [f32], usize),
    ) {
        let (first, rows) = (self.first_row * stride, self.activations.len());
        let sums = &mut all[first..first + rows * stride];
        for term in &self.dense {
            term.forward(parameters, &slab[..first], sums, rows, stride);
        }
        for (index, sums) in sums.chunks_exact_mut(stride).enumerate() {
            let bias = parameters[self.biases + index];
            sparse.gather(self.first_row + index, bias, parameters, slab, sums);
        }
    }

    fn backward(&self, back: &mut WayBack, kept: &[f32], noise: Option<Noise>) {
        let stride = back.stride;
        for (index, &activation) in self.activations.iter().enumerate().rev() {
            let row = self.first_row + index;
            back.gather(row);
            let sums = &mut back.gradients[span(row, stride)];
            if let Some(noise) = noise
                && let Some(&(node, chance)) = self.dropouts.get(&index)
            {
                noise.drop(node, chance, sums);
            }
            let kept = self.kept[index].and_then(|place| kept.get(span(place as usize, stride)));
            match kept {
                Some(kept) => chain_from_sums(activation, kept, sums),
                None => chain(activation, &back.values[span(row, stride)], sums),
            }
            back.learned[self.biases + index] += sum(sums);
        }
        let (before, from_here) = back.gradients.split_at_mut(self.first_row * stride);
        let sums = &from_here[..self.activations.len() * stride];
        for term in &self.dense {
            let (values, learned) = (back.values, &mut *back.learned);
            term.backward(back.parameters, learned, values, before, sums, stride);
        }
    }
}
