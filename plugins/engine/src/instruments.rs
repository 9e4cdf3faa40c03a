//! Instruments: what nodes make of a row, and of the rows just learned.

use dfdx::tensor::{Cpu, Gradients};
use network::NodeId;

use crate::blocks::Flow;
use crate::classes::ClassRule;
use crate::compile::{Head, Place, Step};
use crate::data::Data;
use crate::loss::LossPlan;
use crate::model::{Model, PassError, stride};
use crate::session::Compiled;
use crate::{Activations, ProbeRequest};

/// The values of all nodes after a pass, with outputs as answers.
pub(crate) struct Readout<'a> {
    flows: &'a [Flow],
    answers: Vec<f32>,
    outputs: &'a [Place],
    rows: usize,
}

impl<'a> Readout<'a> {
    pub(crate) fn new(model: &'a Model, plan: &LossPlan, flows: &'a [Flow], rows: usize) -> Self {
        Self {
            flows,
            answers: plan.answers(flows, rows, stride(rows)),
            outputs: &model.program.outputs,
            rows,
        }
    }

    /// The values of one element of a node.
    pub(crate) fn element(&self, place: &Place, element: usize) -> &[f32] {
        let stride = stride(self.rows);
        let (numbers, row) = match (place.head, self.answer_row(place.node)) {
            (Head::Sigmoid | Head::Softmax, Some(row)) => (self.answers.as_slice(), row),
            _ => (
                self.flows[place.first.value].numbers.as_slice(),
                place.first.row,
            ),
        };
        let first = (row + element) * stride;
        &numbers[first..first + self.rows]
    }

    /// Whether a row's answers name the class of its targets, which lie element after
    /// element as the values do; `None` where outputs are no classes.
    pub(crate) fn is_right(&self, rule: ClassRule, targets: &[f32], row: usize) -> Option<bool> {
        let step = stride(self.rows);
        let answers = self.answers.iter().skip(row).step_by(step).copied();
        rule.is_right(answers, targets.iter().skip(row).step_by(step).copied())
    }

    fn answer_row(&self, node: NodeId) -> Option<usize> {
        let index = self.outputs.iter().position(|place| place.node == node)?;
        Some(self.outputs[..index].iter().map(|place| place.size).sum())
    }
}

/// What a chunk of rows does in every node; of a node that is no scalar, in its first
/// element.
pub(crate) struct NodeRows<'a> {
    places: &'a [Place],
    readout: Readout<'a>,
    /// z and ∂L/∂z of all values, laid out as they are; empty where there is none.
    sums: Vec<Vec<f32>>,
    deltas: Vec<Vec<f32>>,
}

/// The rows of one node.
#[derive(Clone, Copy)]
pub(crate) struct NodeRow<'a> {
    pub(crate) node: NodeId,
    /// z; `None` for an input, and for a node of a kind that has no one such sum.
    pub(crate) inputs: Option<&'a [f32]>,
    /// a; empty where the node gives no number.
    pub(crate) outputs: &'a [f32],
    /// ∂L/∂z, or ∂L/∂a of a node without z; `None` for an input and without gradients.
    pub(crate) deltas: Option<&'a [f32]>,
}

impl<'a> NodeRows<'a> {
    /// Takes the gradients off the tape, if there are any.
    pub(crate) fn new(
        Compiled { model, plan, .. }: &'a Compiled,
        values: &'a [Flow],
        rows: usize,
        mut by_value: Option<&mut Gradients<f32, Cpu>>,
    ) -> Result<Self, PassError> {
        let (mut sums, mut deltas) = (vec![Vec::new()], vec![Vec::new()]);
        for (step, value) in model.program.steps.iter().zip(values.iter().skip(1)) {
            sums.push(match step {
                Step::Region(region) => region.sums(model.weights(), value, stride(rows)),
                Step::Level(_) | Step::Kind(_) => Vec::new(),
            });
            deltas.push(match &mut by_value {
                Some(by_value) => value.take_gradient(by_value)?,
                None => Vec::new(),
            });
        }
        Ok(Self {
            places: &model.program.places,
            readout: Readout::new(model, plan, values, rows),
            sums,
            deltas,
        })
    }

    /// All nodes, by number.
    pub(crate) fn all(&self) -> impl Iterator<Item = NodeRow<'_>> {
        self.places.iter().map(|place| {
            let first = place.first.row * stride(self.readout.rows);
            NodeRow {
                node: place.node,
                inputs: self.rows_in(&self.sums, place, first),
                outputs: match place.size {
                    0 => &[],
                    _ => self.readout.element(place, 0),
                },
                deltas: self.rows_in(&self.deltas, place, first),
            }
        })
    }

    fn rows_in<'b>(&self, lists: &'b [Vec<f32>], place: &Place, first: usize) -> Option<&'b [f32]> {
        let list = lists.get(place.first.value)?;
        let rows = list.get(first..first + self.readout.rows);
        rows.filter(|_| place.size > 0)
    }
}

/// Mean |activation| of each node, by number.
pub(crate) fn signals(model: &Model, plan: &LossPlan, flows: &[Flow], rows: usize) -> Vec<f32> {
    let readout = Readout::new(model, plan, flows, rows);
    let mean = |place: &Place| {
        let sum: f32 = (0..place.size)
            .flat_map(|element| readout.element(place, element))
            .map(|value| value.abs())
            .sum();
        sum / (place.size * rows).max(1) as f32
    };
    model.program.places.iter().map(mean).collect()
}

/// Answers a probe; gives the signals along with it.
pub(crate) fn probe(
    model: &Model,
    plan: &LossPlan,
    data: &Data,
    request: &ProbeRequest,
    epochs: u32,
) -> Result<(Activations, Vec<f32>), PassError> {
    let chunk = data.chunk_of(&data.by_hand(&request.inputs));
    let flows = model.pass(&chunk)?;
    let readout = Readout::new(model, plan, &flows, 1);
    let nodes = model
        .program
        .places
        .iter()
        .map(|place| {
            let values = (0..place.size).map(|element| readout.element(place, element)[0]);
            (place.node, values.collect())
        })
        .collect();
    let answer = Activations {
        id: request.id,
        epochs,
        nodes,
    };
    Ok((answer, signals(model, plan, &flows, 1)))
}
