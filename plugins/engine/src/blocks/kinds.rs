//! General kinds: a node whose kind says with `Ops` what it computes, on dfdx tensors.

use std::sync::Arc;

use dfdx::shapes::HasShape;
use dfdx::tensor::{Cpu, CpuError, NoneTape, PutTape, SplitTape, Tape, Tensor, TensorFrom};
use dfdx::tensor_ops::{BroadcastTo, TryAdd, TryMatMul, relu, sigmoid, sin, tanh};
use network::{Activation, Kinds, Node, NodeId, Ops, Value};

use super::region::RowOf;
use super::{Flow, Weights, put_gradient, take_gradient};
use crate::activation;
use crate::dropout::Noise;

/// Batch rows × size.
type Rows = Tensor<(usize, usize), f32, Cpu>;

/// One edge into a port.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PortEdge {
    /// Its source: `size` rows from here.
    pub(crate) source: RowOf,
    pub(crate) size: usize,
    /// Where its weight begins among the parameters.
    pub(crate) weight: usize,
    /// A dot product into a scalar port; otherwise one number scales all.
    pub(crate) is_dot: bool,
}

/// What enters a port: the sum over its edges.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Port {
    pub(crate) size: usize,
    pub(crate) edges: Vec<PortEdge>,
}

/// Where a parameter of the node lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span {
    pub(crate) first: usize,
    pub(crate) size: usize,
}

/// A node of a general kind.
#[derive(Clone, Debug)]
pub(crate) struct KindNode {
    pub(crate) kinds: Kinds,
    pub(crate) node: Node,
    /// The chance that a value of it is left out.
    pub(crate) dropout: Option<(NodeId, f32)>,
    pub(crate) ports: Vec<Port>,
    pub(crate) parameters: Vec<Span>,
    /// The size of its answer, all ports side by side.
    pub(crate) size: usize,
}

impl KindNode {
    /// Computes the node.
    pub(crate) fn forward<T: Tape<f32, Cpu> + 'static>(
        self: &Arc<Self>,
        device: &Cpu,
        weights: &Weights,
        values: &[Flow],
        (rows, stride, noise): (usize, usize, Option<Noise>),
        tape: &mut T,
    ) -> Result<Flow, KindError> {
        let mut ops = TapeOps::new(device, weights, std::mem::take(tape), rows);
        let mut inputs = Vec::with_capacity(self.ports.len());
        for port in 0..self.ports.len() {
            let entered =
                self.enter(port, device, weights, values, (rows, stride), &mut ops.tape)?;
            inputs.push(ops.push(Item::Rows(entered)));
        }
        let parameters: Vec<Value> = self
            .parameters
            .iter()
            .map(|&span| ops.push(Item::Parameter(span)))
            .collect();
        let kind = self.kinds.get(&self.node.kind).ok_or(KindError::Unknown)?;
        let answer = kind.forward(&self.node, &inputs, &parameters, &mut ops);
        let (answer, mut ended) = ops.finish_with(answer)?;
        let found = answer.shape().1;
        if found != self.size {
            return Err(KindError::AnswerSize {
                found,
                expected: self.size,
            });
        }
        let dropped = noise.zip(self.dropout);
        let out = leave(device, answer, (stride, dropped), &mut ended)?;
        *tape = ended;
        Ok(out)
    }

    /// Sums what enters a port, and turns it batch-first.
    fn enter<T: Tape<f32, Cpu>>(
        self: &Arc<Self>,
        port: usize,
        device: &Cpu,
        weights: &Weights,
        values: &[Flow],
        (rows, stride): (usize, usize),
        tape: &mut T,
    ) -> Result<Rows, CpuError> {
        let size = self.ports[port].size;
        let mut sums = vec![0.0; rows * size];
        for edge in &self.ports[port].edges {
            let source = &values[edge.source.value].numbers;
            for element in 0..edge.size {
                let first = (edge.source.row + element) * stride;
                let (weight, column) = edge.element(element);
                let weight = weights.numbers[weight];
                for (row, &value) in source[first..first + rows].iter().enumerate() {
                    sums[row * size + column] += weight * value;
                }
            }
        }
        let entered = device.try_tensor((sums, (rows, size)))?;
        if T::OWNS_TAPE {
            let (this, weights, key) = (Arc::clone(self), weights.clone(), entered.clone());
            let edges = &self.ports[port].edges;
            let sources: Vec<Flow> = edges
                .iter()
                .map(|edge| values[edge.source.value].clone())
                .collect();
            tape.add_backward_op(move |gradients| {
                let sums = gradients.get_or_alloc_mut(&key)?.clone();
                let mut learned = take_gradient(gradients, &weights.key, weights.numbers.len())?;
                for (edge, source) in this.ports[port].edges.iter().zip(&sources) {
                    for element in 0..edge.size {
                        let row = edge.source.row + element;
                        let (weight, column) = edge.element(element);
                        let values = &source.numbers[row * stride..row * stride + rows];
                        let mut added = vec![0.0; stride];
                        let mut product = 0.0;
                        let of_column = sums.iter().skip(column).step_by(size);
                        for ((sum, value), added) in of_column.zip(values).zip(&mut added) {
                            product += sum * value;
                            *added = sum * weights.numbers[weight];
                        }
                        learned[weight] += product;
                        // Value 0 is the data, which learns nothing.
                        if edge.source.value > 0 {
                            source.add_to_row(gradients, row, &added)?;
                        }
                    }
                }
                put_gradient(gradients, &weights.key, learned)
            });
        }
        Ok(entered)
    }
}

impl PortEdge {
    /// The weight an element of the source is multiplied with, and the column of
    /// the port it is added to.
    fn element(&self, element: usize) -> (usize, usize) {
        if self.is_dot {
            (self.weight + element, 0)
        } else {
            (self.weight, element)
        }
    }
}

/// Turns an answer neuron-first, padded with zeros, and leaves values of it out.
pub(super) fn leave<T: Tape<f32, Cpu>>(
    device: &Cpu,
    answer: Rows,
    (stride, dropped): (usize, Option<(Noise, (NodeId, f32))>),
    tape: &mut T,
) -> Result<Flow, CpuError> {
    let drop = move |numbers: &mut [f32]| {
        if let Some((noise, (node, chance))) = dropped {
            noise.drop(node, chance, numbers);
        }
    };
    let &(rows, size) = answer.shape();
    let mut numbers = vec![0.0; size * stride];
    for (at, value) in answer.as_vec().into_iter().enumerate() {
        numbers[at % size * stride + at / size] = value;
    }
    drop(&mut numbers);
    let out = Flow::new(device, numbers)?;
    if T::OWNS_TAPE {
        let flow = out.clone();
        tape.add_backward_op(move |gradients| {
            let mut gradient = flow.take_gradient(gradients)?;
            drop(&mut gradient);
            let target = gradients.get_or_alloc_mut(&answer)?;
            for (at, target) in target.iter_mut().enumerate().take(rows * size) {
                *target += gradient[at % size * stride + at / size];
            }
            // It stays on the tape, for who asks.
            put_gradient(gradients, &flow.key, gradient)
        });
    }
    Ok(out)
}

/// Why a kind's computation failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum KindError {
    #[error("its kind is not registered")]
    Unknown,
    #[error("it uses a parameter where a value is expected, or the other way round")]
    NotAValue,
    #[error("it puts {found} numbers where {expected} are expected")]
    Size { found: usize, expected: usize },
    #[error("its answer has {found} numbers, but its ports {expected}")]
    AnswerSize { found: usize, expected: usize },
    #[error("there is not enough memory")]
    Memory,
}

impl From<CpuError> for KindError {
    fn from(_: CpuError) -> Self {
        // Sizes are given together with the numbers they count, so memory is all
        // that can fail.
        Self::Memory
    }
}

enum Item {
    Rows(Rows),
    Parameter(Span),
}

/// `Ops` on dfdx tensors. After the first error every operation gives a value
/// that stands for nothing, and the error is told in the end.
pub(super) struct TapeOps<T> {
    device: Cpu,
    weights: Weights,
    items: Vec<Item>,
    tape: T,
    rows: usize,
    error: Option<KindError>,
}

impl<T: Tape<f32, Cpu>> TapeOps<T> {
    pub(super) fn new(device: &Cpu, weights: &Weights, tape: T, rows: usize) -> Self {
        Self {
            device: device.clone(),
            weights: weights.clone(),
            items: Vec::new(),
            tape,
            rows,
            error: None,
        }
    }

    /// What a value holds in the end, and the tape; or the first error.
    pub(super) fn finish_with(self, value: Value) -> Result<(Rows, T), KindError> {
        match self.error {
            Some(error) => Err(error),
            None => Ok((self.rows(value)?, self.tape)),
        }
    }

    pub(super) fn tape(&mut self) -> &mut T {
        &mut self.tape
    }

    pub(super) fn push_rows(&mut self, rows: Rows) -> Value {
        self.push(Item::Rows(rows))
    }

    pub(super) fn push_parameter(&mut self, span: Span) -> Value {
        self.push(Item::Parameter(span))
    }

    fn push(&mut self, item: Item) -> Value {
        self.items.push(item);
        Value(self.items.len() - 1)
    }

    fn finish(&mut self, result: Result<Rows, KindError>) -> Value {
        match result {
            Ok(rows) => self.push(Item::Rows(rows)),
            Err(error) => {
                self.error.get_or_insert(error);
                Value(usize::MAX)
            }
        }
    }

    fn rows(&self, value: Value) -> Result<Rows, KindError> {
        match self.items.get(value.0) {
            Some(Item::Rows(rows)) => Ok(rows.clone()),
            _ => Err(KindError::NotAValue),
        }
    }

    /// A parameter as a tensor of its own; dfdx's `slice` has a wrong gradient.
    fn parameter<S: dfdx::shapes::Shape>(
        &mut self,
        value: Value,
        shape: S,
    ) -> Result<Tensor<S, f32, Cpu>, KindError> {
        let Some(&Item::Parameter(span)) = self.items.get(value.0) else {
            return Err(KindError::NotAValue);
        };
        let expected = shape.num_elements();
        if span.size != expected {
            return Err(KindError::Size {
                found: span.size,
                expected,
            });
        }
        let numbers = self.weights.numbers[span.first..span.first + span.size].to_vec();
        let tensor = self.device.try_tensor((numbers, shape))?;
        if T::OWNS_TAPE {
            let (weights, key) = (self.weights.clone(), tensor.clone());
            self.tape.add_backward_op(move |gradients| {
                let added = gradients.get_or_alloc_mut(&key)?.clone();
                let mut learned = take_gradient(gradients, &weights.key, weights.numbers.len())?;
                let targets = &mut learned[span.first..span.first + span.size];
                for (target, added) in targets.iter_mut().zip(added.iter()) {
                    *target += added;
                }
                put_gradient(gradients, &weights.key, learned)
            });
        }
        Ok(tensor)
    }

    /// Lends the tape to a dfdx operation.
    fn with_tape(
        &mut self,
        first: Rows,
        operation: impl FnOnce(
            Tensor<(usize, usize), f32, Cpu, T>,
        ) -> Result<Tensor<(usize, usize), f32, Cpu, T>, CpuError>,
    ) -> Result<Rows, KindError> {
        let (rows, tape) = operation(first.put_tape(std::mem::take(&mut self.tape)))?.split_tape();
        self.tape = tape;
        Ok(rows)
    }

    /// An activation as an operation of our own.
    fn try_activate(&mut self, sums: Rows, activation: Activation) -> Result<Rows, KindError> {
        let numbers = sums.as_vec();
        let mut answers = numbers.clone();
        activation::activate(activation, &mut answers);
        let answers = self.device.try_tensor((answers, *sums.shape()))?;
        if T::OWNS_TAPE {
            let key = answers.clone();
            self.tape.add_backward_op(move |gradients| {
                let mut slopes = gradients.get_or_alloc_mut(&key)?.to_vec();
                activation::chain_from_sums(activation, &numbers, &mut slopes);
                let targets = gradients.get_or_alloc_mut(&sums)?;
                for (target, slope) in targets.iter_mut().zip(slopes) {
                    *target += slope;
                }
                Ok(())
            });
        }
        Ok(answers)
    }

    fn try_concat(&mut self, values: &[Value]) -> Result<Rows, KindError> {
        let parts: Vec<Rows> = values
            .iter()
            .map(|&value| self.rows(value))
            .collect::<Result<_, _>>()?;
        let size: usize = parts.iter().map(|part| part.shape().1).sum();
        let mut joined = vec![0.0; self.rows * size];
        let mut first = 0;
        for part in &parts {
            let of_part = part.shape().1;
            for (at, value) in part.as_vec().into_iter().enumerate() {
                joined[at / of_part * size + first + at % of_part] = value;
            }
            first += of_part;
        }
        let joined = self.device.try_tensor((joined, (self.rows, size)))?;
        if T::OWNS_TAPE {
            // dfdx's own fails in its backward pass when a value comes twice.
            let key = joined.clone();
            self.tape.add_backward_op(move |gradients| {
                let joined = gradients.get_or_alloc_mut(&key)?.clone();
                let mut first = 0;
                for part in &parts {
                    let of_part = part.shape().1;
                    let targets = gradients.get_or_alloc_mut(part)?;
                    for (at, target) in targets.iter_mut().enumerate() {
                        *target += joined[at / of_part * size + first + at % of_part];
                    }
                    first += of_part;
                }
                Ok(())
            });
        }
        Ok(joined)
    }
}

impl<T: Tape<f32, Cpu> + dfdx::tensor::Merge<NoneTape>> Ops for TapeOps<T> {
    fn matmul(&mut self, value: Value, matrix: Value, columns: usize) -> Value {
        let result = self.rows(value).and_then(|rows| {
            let inner = rows.shape().1;
            let matrix = self.parameter(matrix, (inner, columns))?;
            self.with_tape(rows, |rows| rows.try_matmul(matrix))
        });
        self.finish(result)
    }

    fn add_bias(&mut self, value: Value, bias: Value) -> Value {
        let result = self.rows(value).and_then(|rows| {
            let shape = *rows.shape();
            let bias = self.parameter(bias, (shape.1,))?;
            // The bias carries the tape, because broadcasting is on it too.
            let bias = bias
                .put_tape(std::mem::take(&mut self.tape))
                .try_broadcast_like::<_, dfdx::shapes::Axis<0>>(&shape)?;
            let (sum, tape) = bias.try_add(rows)?.split_tape();
            self.tape = tape;
            Ok(sum)
        });
        self.finish(result)
    }

    fn concat(&mut self, values: &[Value]) -> Value {
        let result = self.try_concat(values);
        self.finish(result)
    }

    fn activate(&mut self, value: Value, activation: Activation) -> Value {
        let result = self.rows(value).and_then(|rows| match activation {
            Activation::Linear | Activation::Softmax => Ok(rows),
            Activation::Relu => self.with_tape(rows, |rows| Ok(relu(rows))),
            Activation::Tanh => self.with_tape(rows, |rows| Ok(tanh(rows))),
            Activation::Sigmoid => self.with_tape(rows, |rows| Ok(sigmoid(rows))),
            Activation::Sine => self.with_tape(rows, |rows| Ok(sin(rows))),
            Activation::GeluTanh => self.with_tape(rows, Tensor::try_fast_gelu),
            Activation::HardTanh => self.with_tape(rows, |rows| rows.try_clamp(-1.0, 1.0)),
            // dfdx has these not, or not with one reading of its input; and the slope of
            // its exact GELU is wrong: it takes 1/√π for 1/√(2π).
            Activation::Gelu
            | Activation::LeakyRelu(_)
            | Activation::Elu
            | Activation::Selu
            | Activation::Silu
            | Activation::Softplus
            | Activation::Gaussian
            | Activation::Step => self.try_activate(rows, activation),
        });
        self.finish(result)
    }
}
