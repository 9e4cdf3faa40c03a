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
    /// What comes in besides; may come from earlier neurons of this layer when
    /// there is nothing dense.
    pub(crate) sparse: SparseEdges,
}

/// Neurons in an order in which each comes after all it depends on.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Region {
    /// What is taken in from earlier values, data first; these are the first rows.
    pub(crate) imports: Vec<RowOf>,
    /// How many imports are data and take no gradient.
    pub(crate) data_imports: usize,
    pub(crate) layers: Vec<Layer>,
    /// Imports and neurons.
    pub(crate) rows: usize,
    /// How many sums are kept.
    pub(crate) kept: usize,
}

impl Region {
    /// Computes all neurons; the value holds the imports, then the neurons.
    pub(crate) fn forward<T: Tape<f32, Cpu>>(
        self: &Arc<Self>,
        device: &Cpu,
        weights: &Weights,
        values: &[Flow],
        (stride, noise): (usize, Option<Noise>),
        tape: &mut T,
    ) -> Result<Flow, CpuError> {
        let mut numbers = Vec::with_capacity(self.rows * stride);
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
            layer.forward(&weights.numbers, &mut numbers, &mut kept, (stride, noise));
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
                for layer in region.layers.iter().rev() {
                    let (known, learned) =
                        ((flow.numbers.as_slice(), kept.as_slice()), &mut learned);
                    layer.backward(parameters, learned, known, &mut slab, (stride, noise));
                }
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
            layer.sums(&weights.numbers, &value.numbers, &mut sums, stride);
        }
        sums
    }

    /// Multiply-adds of one row forward.
    pub(crate) fn work(&self) -> u64 {
        let of_layer = |layer: &Layer| {
            let rows = layer.activations.len();
            let dense: usize = layer.dense.iter().map(|term| term.sources * rows).sum();
            (dense + layer.sparse.sources.len() + rows) as u64
        };
        self.layers.iter().map(of_layer).sum()
    }
}

/// Where the row of this number is.
fn span(row: u32, stride: usize) -> Range<usize> {
    let first = row as usize * stride;
    first..first + stride
}

impl Layer {
    /// Sums are kept as far as there is room for them.
    fn forward(
        &self,
        parameters: &[f32],
        slab: &mut [f32],
        kept: &mut [f32],
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
            let (before, row) = slab.split_at_mut((self.first_row + index) * stride);
            let sums = &mut row[..stride];
            let bias = parameters[self.biases + index];
            self.sparse.gather(index, bias, parameters, before, sums);
            if let Some(place) = self.kept[index]
                && let Some(kept) = kept.get_mut(span(place, stride))
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

    fn sums(&self, parameters: &[f32], slab: &[f32], all: &mut [f32], stride: usize) {
        let (first, rows) = (self.first_row * stride, self.activations.len());
        let sums = &mut all[first..first + rows * stride];
        for term in &self.dense {
            term.forward(parameters, &slab[..first], sums, rows, stride);
        }
        for (index, sums) in sums.chunks_exact_mut(stride).enumerate() {
            let bias = parameters[self.biases + index];
            self.sparse.gather(index, bias, parameters, slab, sums);
        }
    }

    fn backward(
        &self,
        parameters: &[f32],
        learned: &mut [f32],
        (slab, kept): (&[f32], &[f32]),
        gradients: &mut [f32],
        (stride, noise): (usize, Option<Noise>),
    ) {
        for (index, &activation) in self.activations.iter().enumerate().rev() {
            let first = (self.first_row + index) * stride;
            let (before, row) = gradients.split_at_mut(first);
            let sums = &mut row[..stride];
            if let Some(noise) = noise
                && let Some(&(node, chance)) = self.dropouts.get(&index)
            {
                noise.drop(node, chance, sums);
            }
            match self.kept[index].and_then(|place| kept.get(span(place, stride))) {
                Some(kept) => chain_from_sums(activation, kept, sums),
                None => chain(activation, &slab[first..first + stride], sums),
            }
            learned[self.biases + index] += sum(sums);
            self.sparse
                .scatter(index, parameters, learned, slab, before, sums);
        }
        let (before, from_here) = gradients.split_at_mut(self.first_row * stride);
        let sums = &from_here[..self.activations.len() * stride];
        for term in &self.dense {
            term.backward(parameters, learned, slab, before, sums, stride);
        }
    }
}
