//! Levels: neurons that need nothing of each other, at once, on dfdx's own operations.

use dfdx::tensor::{Cpu, CpuError, Tape, Tensor, TensorFrom};
use network::{Activation, NodeId, Ops};

use super::kinds::{KindError, Span, TapeOps, leave};
use super::region::RowOf;
use super::{Flow, Weights};
use crate::dropout::Noise;

/// Neurons with one activation: activation(sources · matrix + biases).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Level {
    /// What any of them takes in, each once.
    pub(crate) sources: Vec<RowOf>,
    /// `[source][neuron]`. Connections that do not exist are zeros that never change.
    pub(crate) matrix: Span,
    pub(crate) biases: Span,
    pub(crate) activation: Activation,
    /// The chance that the value is left out; such a neuron is a level by itself.
    pub(crate) dropout: Option<(NodeId, f32)>,
}

impl Level {
    /// Computes the neurons, in their order.
    pub(crate) fn forward<T: Tape<f32, Cpu> + 'static>(
        &self,
        device: &Cpu,
        weights: &Weights,
        values: &[Flow],
        (rows, stride, noise): (usize, usize, Option<Noise>),
        tape: &mut T,
    ) -> Result<Flow, KindError> {
        let mut ops = TapeOps::new(device, weights, std::mem::take(tape), rows);
        let sums = if self.sources.is_empty() {
            let zeros = vec![0.0; rows * self.biases.size];
            ops.push_rows(device.try_tensor((zeros, (rows, self.biases.size)))?)
        } else {
            let entered = self.gather(device, values, (rows, stride), ops.tape())?;
            let entered = ops.push_rows(entered);
            let matrix = ops.push_parameter(self.matrix);
            ops.matmul(entered, matrix, self.biases.size)
        };
        let biases = ops.push_parameter(self.biases);
        let sums = ops.add_bias(sums, biases);
        let answer = ops.activate(sums, self.activation);
        let (answer, mut ended) = ops.finish_with(answer)?;
        let out = leave(
            device,
            answer,
            (stride, noise.zip(self.dropout)),
            &mut ended,
        )?;
        *tape = ended;
        Ok(out)
    }

    /// The sources side by side, batch-first.
    fn gather<T: Tape<f32, Cpu>>(
        &self,
        device: &Cpu,
        values: &[Flow],
        (rows, stride): (usize, usize),
        tape: &mut T,
    ) -> Result<Tensor<(usize, usize), f32, Cpu>, CpuError> {
        let width = self.sources.len();
        let mut numbers = vec![0.0; rows * width];
        for (column, source) in self.sources.iter().enumerate() {
            let first = source.row * stride;
            let of_source = &values[source.value].numbers[first..first + rows];
            let targets = numbers[column..].iter_mut().step_by(width);
            for (target, value) in targets.zip(of_source) {
                *target = *value;
            }
        }
        let gathered = device.try_tensor((numbers, (rows, width)))?;
        if T::OWNS_TAPE {
            let key = gathered.clone();
            // Value 0 is the data, which learns nothing.
            let learning = self.sources.iter().enumerate();
            let learning = learning.filter(|(_, source)| source.value > 0);
            let sources: Vec<(usize, usize, Flow)> = learning
                .map(|(column, source)| (column, source.row, values[source.value].clone()))
                .collect();
            tape.add_backward_op(move |gradients| {
                let gradient = gradients.get_or_alloc_mut(&key)?.clone();
                let mut added = vec![0.0; stride];
                for (column, row, flow) in &sources {
                    let of_column = gradient.iter().skip(*column).step_by(width);
                    for (added, gradient) in added.iter_mut().zip(of_column) {
                        *added = *gradient;
                    }
                    flow.add_to_row(gradients, *row, &added)?;
                }
                Ok(())
            });
        }
        Ok(gathered)
    }
}
