//! The sorting of plain neurons into levels for dfdx's own operations.

use std::collections::{BTreeMap, BTreeSet};

use network::{Activation, NodeId};

use crate::blocks::kinds::Span;
use crate::blocks::level::Level;
use crate::blocks::region::RowOf;
use crate::layers::{Incoming, Neuron, levels_of};

/// Levels in their order and where everything in them went.
pub(crate) struct BuiltLevels {
    pub(crate) levels: Vec<Level>,
    pub(crate) rows_of_neurons: Vec<RowOf>,
    /// Canonical place and place in the engine's order.
    pub(crate) slots: Vec<(usize, u32)>,
    /// The engine's parameters with these.
    pub(crate) parameters: usize,
}

/// Neurons that can be computed at once.
struct Group {
    activation: Activation,
    dropout: Option<(NodeId, f32)>,
    members: Vec<usize>,
}

/// Builds the levels of these neurons, which stand in an order of computation. The first level is
/// value `first_value`; its parameters begin at `first_parameter`. `None` when there are too many to count.
pub(crate) fn build_levels(
    neurons: &[Neuron],
    first_value: usize,
    first_parameter: usize,
) -> Option<BuiltLevels> {
    let mut by_level: BTreeMap<usize, Vec<Group>> = BTreeMap::new();
    for (index, (neuron, level)) in neurons.iter().zip(levels_of(neurons)).enumerate() {
        let groups = by_level.entry(level).or_default();
        // A neuron that is left out at times has a chance of its own.
        let alike = groups.iter_mut().find(|group| {
            let has_dropout = group.dropout.or(neuron.dropout).is_some();
            group.activation == neuron.activation && !has_dropout
        });
        match alike {
            Some(group) => group.members.push(index),
            None => groups.push(Group {
                activation: neuron.activation,
                dropout: neuron.dropout,
                members: vec![index],
            }),
        }
    }
    let nowhere = RowOf { value: 0, row: 0 };
    let mut built = BuiltLevels {
        levels: Vec::new(),
        rows_of_neurons: vec![nowhere; neurons.len()],
        slots: Vec::new(),
        parameters: first_parameter,
    };
    for group in by_level.into_values().flatten() {
        let value = first_value + built.levels.len();
        for (row, &member) in group.members.iter().enumerate() {
            built.rows_of_neurons[member] = RowOf { value, row };
        }
        built.add(neurons, &group)?;
    }
    Some(built)
}

impl BuiltLevels {
    fn add(&mut self, neurons: &[Neuron], group: &Group) -> Option<()> {
        let place = |source: Incoming, rows: &[RowOf]| match source {
            Incoming::Import(row) => row,
            Incoming::Neuron(index) => rows[index],
        };
        let incoming = group.members.iter().flat_map(|&it| &neurons[it].incoming);
        let sources: BTreeSet<RowOf> = incoming
            .map(|&(source, _)| place(source, &self.rows_of_neurons))
            .collect();
        let columns: BTreeMap<RowOf, usize> = sources.iter().copied().zip(0..).collect();
        let width = group.members.len();
        let matrix = Span {
            first: self.parameters,
            size: sources.len().checked_mul(width)?,
        };
        let biases = Span {
            first: matrix.first.checked_add(matrix.size)?,
            size: width,
        };
        self.parameters = biases.first.checked_add(width)?;
        // All places lie below.
        u32::try_from(self.parameters).ok()?;
        for (at, &member) in group.members.iter().enumerate() {
            let neuron = &neurons[member];
            let bias = neuron.bias.map(|canonical| (canonical, biases.first + at));
            let weights = neuron.incoming.iter().map(|&(source, canonical)| {
                let row = columns[&place(source, &self.rows_of_neurons)];
                (canonical, matrix.first + row * width + at)
            });
            let slots = weights.chain(bias);
            let slots: Vec<(usize, u32)> = slots.map(|(it, slot)| (it, slot as u32)).collect();
            self.slots.extend(slots);
        }
        self.levels.push(Level {
            sources: sources.into_iter().collect(),
            matrix,
            biases,
            activation: group.activation,
            dropout: group.dropout,
        });
        Some(())
    }
}
