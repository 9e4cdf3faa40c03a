//! The losses over all outputs: how far answers are from targets, and in which direction they should move.

mod element;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dfdx::shapes::Rank0;
use dfdx::tensor::{Cpu, CpuError, Tape, Tensor, TensorFrom};
use network::NodeId;
use project::{Loss, LossTerm, Objective, OutputGroup};

use crate::activation::sigmoid;
use crate::blocks::Flow;
use crate::blocks::region::RowOf;
use crate::compile::{Head, Place};
use element::measure;

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
    /// Indices of output elements, and how much the class of each counts.
    elements: Vec<(usize, f64)>,
}

/// The objective, laid out over the elements of all outputs.
///
/// The loss of a row is the weighted sum over terms. A term is the mean of what
/// [`measure`] says over the elements of its group; or −Σ w·t·ln p for categorical
/// cross-entropy. The loss of rows is the mean over them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LossPlan {
    pub(crate) elements: Vec<OutputElement>,
    terms: Vec<Term>,
    /// The groups softmax is taken over: the softmax outputs of each term that names
    /// its outputs, and all others together.
    softmax: Vec<Vec<usize>>,
    /// The group of each element.
    softmax_of: Vec<Option<usize>>,
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
        let (softmax, softmax_of) = softmax_groups(outputs, &elements, terms);
        Self {
            terms: terms.iter().map(|term| Term::new(term, outputs)).collect(),
            elements,
            softmax,
            softmax_of,
        }
    }

    /// Whether the gradient of an output element passes the slope of its head: not
    /// when its losses know the sum before it.
    pub(crate) fn passes_slope(&self, row: RowOf) -> bool {
        let is_it = |&index: &usize| self.elements[index].row == row;
        let by_answer = |term: &Term| term.loss != Loss::BinaryCrossEntropy;
        let mut terms = self.terms.iter();
        terms.any(|term| by_answer(term) && term.elements.iter().any(|(index, _)| is_it(index)))
    }

    /// Where the output elements are that a loss looks at.
    pub(crate) fn rows(&self) -> BTreeSet<RowOf> {
        let terms = self.terms.iter().flat_map(|term| &term.elements);
        terms.map(|&(index, _)| self.elements[index].row).collect()
    }

    /// Whether softmax is taken over just these elements.
    pub(crate) fn is_softmax_group(&self, elements: &[usize]) -> bool {
        self.softmax.iter().any(|group| group == elements)
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
        self.heads(values, rows, stride).answers
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

    /// Takes the heads.
    fn heads(&self, values: &[Flow], rows: usize, stride: usize) -> Heads {
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
        let mut log_sums = Vec::with_capacity(self.softmax.len() * rows);
        for group in &self.softmax {
            for row in 0..rows {
                let log_sum = log_sum_exp(group, &sums, row, stride);
                for &index in group {
                    let at = index * stride + row;
                    answers[at] = (f64::from(sums[at]) - log_sum).exp() as f32;
                }
                log_sums.push(log_sum);
            }
        }
        Heads {
            sums,
            answers,
            log_sums,
        }
    }

    fn compute(
        &self,
        values: &[Flow],
        targets: &[f32],
        rows: usize,
        stride: usize,
        mut wanted: Option<(&mut [f32], f64)>,
    ) -> ChunkLoss {
        let heads = self.heads(values, rows, stride);
        let mut losses = Vec::with_capacity(rows);
        let mut slopes = Slopes::new(self.elements.len(), self.softmax.len());
        for row in 0..rows {
            slopes.begin_row();
            let mut total = 0.0;
            for term in &self.terms {
                total += self.measure_term(term, &heads, targets, (row, rows, stride), &mut slopes);
            }
            losses.push(total);
            if let Some((gradients, scale)) = &mut wanted {
                self.through_heads(&heads, &mut slopes, (row, rows, stride));
                for (index, gradient) in slopes.by_sum.iter().enumerate() {
                    gradients[index * stride + row] = (gradient * *scale) as f32;
                }
            }
        }
        ChunkLoss {
            answers: heads.answers,
            rows: losses,
        }
    }

    /// The loss of a term for a row; its slopes are added.
    fn measure_term(
        &self,
        term: &Term,
        heads: &Heads,
        targets: &[f32],
        (row, rows, stride): (usize, usize, usize),
        slopes: &mut Slopes,
    ) -> f64 {
        let share = match term.loss {
            Loss::CategoricalCrossEntropy => term.weight,
            _ => term.weight / term.elements.len().max(1) as f64,
        };
        let mut total = 0.0;
        for &(index, class_weight) in &term.elements {
            let at = index * stride + row;
            let sum = f64::from(heads.sums[at]);
            let target = f64::from(targets[at]);
            match (term.loss, self.softmax_of[index]) {
                (Loss::CategoricalCrossEntropy, Some(group)) => {
                    let counted = share * class_weight * target;
                    total -= counted * (sum - heads.log_sums[group * rows + row]);
                    slopes.by_sum[index] -= counted;
                    slopes.by_group[group] += counted;
                }
                _ => {
                    let head = self.elements[index].head;
                    let answer = f64::from(heads.answers[at]);
                    let one = measure(term.loss, head, class_weight, (sum, answer), target);
                    total += share * one.loss;
                    slopes.by_sum[index] += share * one.by_sum;
                    slopes.by_answer[index] += share * one.by_answer;
                }
            }
        }
        total
    }

    /// Adds to the gradients of sums what comes through the answers and the groups.
    fn through_heads(
        &self,
        heads: &Heads,
        slopes: &mut Slopes,
        (row, rows, stride): (usize, usize, usize),
    ) {
        for (number, group) in self.softmax.iter().enumerate() {
            let answer = |index: usize| f64::from(heads.answers[index * stride + row]);
            let of_group: f64 = group
                .iter()
                .map(|&index| answer(index) * slopes.by_answer[index])
                .sum();
            let of_targets = slopes.by_group[number];
            for &index in group {
                slopes.by_sum[index] += answer(index) * (slopes.by_answer[index] - of_group);
                if of_targets != 0.0 {
                    let sum = f64::from(heads.sums[index * stride + row]);
                    let probability = (sum - heads.log_sums[number * rows + row]).exp();
                    slopes.by_sum[index] += of_targets * probability;
                }
            }
        }
        for (index, element) in self.elements.iter().enumerate() {
            let p = f64::from(heads.answers[index * stride + row]);
            slopes.by_sum[index] += match element.head {
                Head::Done => slopes.by_answer[index],
                Head::Sigmoid => slopes.by_answer[index] * p * (1.0 - p),
                Head::Softmax => 0.0,
            };
        }
    }
}

impl Term {
    fn new(term: &LossTerm, outputs: &[Place]) -> Self {
        let mut elements = Vec::new();
        let mut first = 0;
        for place in outputs {
            if is_in(&term.outputs, place.node) {
                let weight = term.class_weights.get(&place.node).copied();
                let weight = f64::from(weight.unwrap_or(1.0));
                elements.extend((first..first + place.size).map(|index| (index, weight)));
            }
            first += place.size;
        }
        Self {
            loss: term.loss,
            weight: f64::from(term.weight),
            elements,
        }
    }
}

fn is_in(group: &OutputGroup, node: NodeId) -> bool {
    match group {
        OutputGroup::All => true,
        OutputGroup::Nodes(nodes) => nodes.contains(&node),
    }
}

/// The groups softmax is taken over, and the group of each element.
fn softmax_groups(
    outputs: &[Place],
    elements: &[OutputElement],
    terms: &[LossTerm],
) -> (Vec<Vec<usize>>, Vec<Option<usize>>) {
    let named = |node: NodeId| {
        terms
            .iter()
            .position(|term| term.outputs != OutputGroup::All && is_in(&term.outputs, node))
    };
    let of_elements = outputs
        .iter()
        .flat_map(|place| std::iter::repeat_n(named(place.node), place.size));
    let mut groups: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    for ((index, element), name) in elements.iter().enumerate().zip(of_elements) {
        if element.head == Head::Softmax {
            groups.entry(name).or_default().push(index);
        }
    }
    let groups: Vec<Vec<usize>> = groups.into_values().collect();
    let mut group_of = vec![None; elements.len()];
    for (group, members) in groups.iter().enumerate() {
        for &index in members {
            group_of[index] = Some(group);
        }
    }
    (groups, group_of)
}

/// What a chunk looks like after the heads.
struct Heads {
    /// Before them, `[element][stride]`.
    sums: Vec<f32>,
    /// Behind them, `[element][stride]`.
    answers: Vec<f32>,
    /// ln Σ e^z, `[group][rows]`.
    log_sums: Vec<f64>,
}

/// The derivatives of the loss of a row.
struct Slopes {
    /// By the answer of each element.
    by_answer: Vec<f64>,
    /// By its sum, where the loss knows it.
    by_sum: Vec<f64>,
    /// For each softmax group the weighted sum of its targets.
    by_group: Vec<f64>,
}

impl Slopes {
    fn new(elements: usize, groups: usize) -> Self {
        Self {
            by_answer: vec![0.0; elements],
            by_sum: vec![0.0; elements],
            by_group: vec![0.0; groups],
        }
    }

    fn begin_row(&mut self) {
        for list in [&mut self.by_answer, &mut self.by_sum, &mut self.by_group] {
            list.fill(0.0);
        }
    }
}

/// ln Σ e^z over a group for a row, without overflow.
fn log_sum_exp(group: &[usize], sums: &[f32], row: usize, stride: usize) -> f64 {
    let of_row = || {
        group
            .iter()
            .map(|index| f64::from(sums[index * stride + row]))
    };
    let largest = of_row().fold(f64::NEG_INFINITY, f64::max);
    largest + of_row().map(|z| (z - largest).exp()).sum::<f64>().ln()
}
