//! The losses: how far answers are from targets, and in which direction they should move.

use std::sync::Arc;

use dfdx::shapes::Rank0;
use dfdx::tensor::{Cpu, CpuError, Tape, Tensor, TensorFrom};
use network::NodeId;
use project::{Loss, LossTerm, Objective, OutputGroup};

use crate::activation::sigmoid;
use crate::blocks::Flow;
use crate::blocks::region::RowOf;
use crate::compile::{Head, Place};

/// Probabilities are kept this far from 0 and 1 where only they, and not the sums
/// behind them, are known.
const LEAST_PROBABILITY: f64 = 1e-7;

/// One number of the answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct OutputElement {
    pub(crate) row: RowOf,
    pub(crate) head: Head,
}

#[derive(Clone, Debug, PartialEq)]
struct Term {
    loss: Loss,
    weight: f64,
    /// Indices of output elements.
    elements: Vec<usize>,
}

/// The objective, laid out over the elements of all outputs.
///
/// The loss of a row is the weighted sum over terms. A term is, over the elements
/// of its group, the mean of (answer − target)², of |answer − target|, or of
/// −t·ln p − (1−t)·ln(1−p); or −Σ t·ln p for categorical cross-entropy. The loss of
/// rows is the mean over them. |x| has the derivative 0 at 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LossPlan {
    pub(crate) elements: Vec<OutputElement>,
    terms: Vec<Term>,
    softmax: Vec<usize>,
}

/// What a chunk of rows came to.
pub(crate) struct ChunkLoss {
    /// The answers, `[element][stride]`.
    pub(crate) answers: Vec<f32>,
    /// The loss of each row.
    pub(crate) rows: Vec<f64>,
}

impl ChunkLoss {
    /// The sum over rows.
    pub(crate) fn sum(&self) -> f64 {
        self.rows.iter().sum()
    }
}

impl LossPlan {
    pub(crate) fn new(outputs: &[Place], objective: &Objective) -> Self {
        let elements: Vec<OutputElement> = outputs
            .iter()
            .flat_map(|place| {
                (0..place.size).map(|element| OutputElement {
                    row: RowOf {
                        row: place.first.row + element,
                        ..place.first
                    },
                    head: place.head,
                })
            })
            .collect();
        let Objective::Supervised { terms } = objective;
        let softmax = (0..elements.len())
            .filter(|&index| elements[index].head == Head::Softmax)
            .collect();
        Self {
            terms: terms
                .iter()
                .map(
                    |LossTerm {
                         outputs: group,
                         loss,
                         weight,
                     }| Term {
                        loss: *loss,
                        weight: f64::from(*weight),
                        elements: elements_of(outputs, group),
                    },
                )
                .collect(),
            elements,
            softmax,
        }
    }

    /// Whether the gradient of an output element passes the slope of its head: not
    /// when its losses know the sum before it.
    pub(crate) fn passes_slope(&self, row: RowOf) -> bool {
        let is_it = |&index: &usize| self.elements[index].row == row;
        let by_answer = |term: &Term| term.loss != Loss::BinaryCrossEntropy;
        let mut terms = self.terms.iter();
        terms.any(|term| by_answer(term) && term.elements.iter().any(is_it))
    }

    /// Answers and losses without gradients.
    pub(crate) fn measure(
        &self,
        values: &[Flow],
        targets: &[f32],
        rows: usize,
        stride: usize,
    ) -> ChunkLoss {
        self.compute(values, targets, rows, stride, None)
    }

    /// The answers alone.
    pub(crate) fn answers(&self, values: &[Flow], rows: usize, stride: usize) -> Vec<f32> {
        let (_, answers) = self.sums_and_answers(values, rows, stride);
        answers
    }

    /// Puts the loss of a chunk, times `scale`, on the tape.
    pub(crate) fn forward<T: Tape<f32, Cpu>>(
        &self,
        device: &Cpu,
        values: &[Flow],
        targets: &[f32],
        (rows, stride): (usize, usize),
        scale: f64,
        tape: &mut T,
    ) -> Result<(Tensor<Rank0, f32, Cpu>, ChunkLoss), CpuError> {
        let mut gradients = vec![0.0; self.elements.len() * stride];
        let measured = self.compute(values, targets, rows, stride, Some((&mut gradients, scale)));
        let loss = device.try_tensor((measured.sum() * scale) as f32)?;
        let sources: Vec<(Flow, usize)> = self
            .elements
            .iter()
            .map(|element| (values[element.row.value].clone(), element.row.row))
            .collect();
        let key = loss.clone();
        let gradients = Arc::new(gradients);
        tape.add_backward_op(move |on_tape| {
            let outer = on_tape.get_or_alloc_mut(&key)?.first().copied();
            let outer = outer.unwrap_or_default();
            for ((source, row), gradient) in sources.iter().zip(gradients.chunks_exact(stride)) {
                let added: Vec<f32> = gradient.iter().map(|g| g * outer).collect();
                source.add_to_row(on_tape, *row, &added)?;
            }
            Ok(())
        });
        Ok((loss, measured))
    }

    /// The sums before the heads and the answers behind them, `[element][stride]`.
    fn sums_and_answers(
        &self,
        values: &[Flow],
        rows: usize,
        stride: usize,
    ) -> (Vec<f32>, Vec<f32>) {
        let mut sums = Vec::with_capacity(self.elements.len() * stride);
        for OutputElement { row, .. } in &self.elements {
            let source = &values[row.value].numbers;
            sums.extend_from_slice(&source[row.row * stride..(row.row + 1) * stride]);
        }
        let mut answers = sums.clone();
        for (index, element) in self.elements.iter().enumerate() {
            if element.head == Head::Sigmoid {
                let answers = &mut answers[index * stride..(index + 1) * stride];
                answers
                    .iter_mut()
                    .for_each(|answer| *answer = sigmoid(*answer));
            }
        }
        if !self.softmax.is_empty() {
            for row in 0..rows {
                let log_sum = self.log_sum_exp(&sums, row, stride);
                for &index in &self.softmax {
                    let at = index * stride + row;
                    answers[at] = (f64::from(sums[at]) - log_sum).exp() as f32;
                }
            }
        }
        (sums, answers)
    }

    /// ln Σ e^z over the softmax outputs of a row, without overflow.
    fn log_sum_exp(&self, sums: &[f32], row: usize, stride: usize) -> f64 {
        let of_row = || {
            self.softmax
                .iter()
                .map(|index| f64::from(sums[index * stride + row]))
        };
        let largest = of_row().fold(f64::NEG_INFINITY, f64::max);
        largest + of_row().map(|z| (z - largest).exp()).sum::<f64>().ln()
    }

    fn compute(
        &self,
        values: &[Flow],
        targets: &[f32],
        rows: usize,
        stride: usize,
        mut wanted: Option<(&mut [f32], f64)>,
    ) -> ChunkLoss {
        let (sums, answers) = self.sums_and_answers(values, rows, stride);
        let count = self.elements.len();
        let mut losses = Vec::with_capacity(rows);
        // By answer, and by sum where the loss knows the sum.
        let (mut by_answer, mut by_sum) = (vec![0.0_f64; count], vec![0.0_f64; count]);
        for row in 0..rows {
            by_answer.fill(0.0);
            by_sum.fill(0.0);
            let at = |index: usize| index * stride + row;
            let mut total = 0.0;
            for term in &self.terms {
                let share = term.weight / term.elements.len().max(1) as f64;
                let log_sum = match term.loss {
                    Loss::CategoricalCrossEntropy => self.log_sum_exp(&sums, row, stride),
                    _ => 0.0,
                };
                let mut of_targets = 0.0;
                for &index in &term.elements {
                    let answer = f64::from(answers[at(index)]);
                    let sum = f64::from(sums[at(index)]);
                    let target = f64::from(targets[at(index)]);
                    let miss = answer - target;
                    match (term.loss, self.elements[index].head) {
                        (Loss::MeanSquaredError, _) => {
                            total += share * miss * miss;
                            by_answer[index] += share * 2.0 * miss;
                        }
                        (Loss::MeanAbsoluteError, _) => {
                            total += share * miss.abs();
                            if miss != 0.0 {
                                by_answer[index] += share * miss.signum();
                            }
                        }
                        (Loss::BinaryCrossEntropy, Head::Sigmoid) => {
                            // max(z, 0) − z·t + ln(1 + e^−|z|) is the same without overflow.
                            let softplus = (-sum.abs()).exp().ln_1p();
                            total += share * (sum.max(0.0) - sum * target + softplus);
                            by_sum[index] += share * (1.0 / (1.0 + (-sum).exp()) - target);
                        }
                        (Loss::BinaryCrossEntropy, _) => {
                            let p = answer.clamp(LEAST_PROBABILITY, 1.0 - LEAST_PROBABILITY);
                            total -= share * (target * p.ln() + (1.0 - target) * (1.0 - p).ln());
                            by_answer[index] += share * (p - target) / (p * (1.0 - p));
                        }
                        (Loss::CategoricalCrossEntropy, Head::Softmax) => {
                            total -= term.weight * target * (sum - log_sum);
                            by_sum[index] -= term.weight * target;
                            of_targets += target;
                        }
                        (Loss::CategoricalCrossEntropy, _) => {
                            let p = answer.max(LEAST_PROBABILITY);
                            total -= term.weight * target * p.ln();
                            by_answer[index] -= term.weight * target / p;
                        }
                    }
                }
                if of_targets != 0.0 {
                    for &index in &self.softmax {
                        let probability = (f64::from(sums[at(index)]) - log_sum).exp();
                        by_sum[index] += term.weight * of_targets * probability;
                    }
                }
            }
            losses.push(total);
            if let Some((gradients, scale)) = &mut wanted {
                self.through_heads(&answers, &by_answer, &mut by_sum, row, stride);
                for (index, gradient) in by_sum.iter().enumerate() {
                    gradients[at(index)] = (gradient * *scale) as f32;
                }
            }
        }
        ChunkLoss {
            answers,
            rows: losses,
        }
    }

    /// Adds to the gradients of sums what comes through the answers.
    fn through_heads(
        &self,
        answers: &[f32],
        by_answer: &[f64],
        by_sum: &mut [f64],
        row: usize,
        stride: usize,
    ) {
        let answer = |index: usize| f64::from(answers[index * stride + row]);
        let of_softmax: f64 = self
            .softmax
            .iter()
            .map(|&index| answer(index) * by_answer[index])
            .sum();
        for (index, element) in self.elements.iter().enumerate() {
            let p = answer(index);
            by_sum[index] += match element.head {
                Head::Done => by_answer[index],
                Head::Sigmoid => by_answer[index] * p * (1.0 - p),
                Head::Softmax => p * (by_answer[index] - of_softmax),
            };
        }
    }
}

/// The elements of a group of outputs.
fn elements_of(outputs: &[Place], group: &OutputGroup) -> Vec<usize> {
    let is_in = |node: NodeId| match group {
        OutputGroup::All => true,
        OutputGroup::Nodes(nodes) => nodes.contains(&node),
    };
    let mut elements = Vec::new();
    let mut first = 0;
    for place in outputs {
        if is_in(place.node) {
            elements.extend(first..first + place.size);
        }
        first += place.size;
    }
    elements
}
