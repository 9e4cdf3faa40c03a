//! The row that is shown: which one it is, what it does in every neuron, and how the neurons are.

use std::collections::BTreeMap;

use bevy::prelude::*;
use engine::{GradientFlow, Health, NodeTrace, Request, Trace, TraceRequest, TraceRow};
use graph::Document;
use network::random::{Purpose, stream};
use network::{NodeId, Role};
use project::{Project, column_of};

use crate::sync::Dispatch;
use crate::{Probe, SlowMotion};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Shown>();
    app.init_resource::<TraceState>();
    app.init_resource::<NodeHealth>();
    app.init_resource::<GradientHealth>();
}

/// Which row a person looks at.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The row.
    pub choice: RowChoice,
    /// Whether its gradients are looked at: as many numbers as the network has.
    pub with_gradients: bool,
}

/// One row to look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowChoice {
    /// The first of the rows that are trained on. One in which every input is 0 moves
    /// nothing along a wire, so it is taken only where all are like that. Without any
    /// row, as by hand.
    #[default]
    First,
    /// This row of the table, from 0; behind its end, the last.
    Table(u32),
    /// The values in [`Probe`]; they have no target.
    ByHand,
}

/// What the shown row does.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct TraceState {
    /// The newest trace; asked again when the row or the numbers of the network
    /// change. Until that is answered, it is of the row and the numbers before.
    pub trace: Option<Trace>,
    /// The row it is of.
    pub row: Option<TraceRow>,
    /// Rises with each change.
    pub revision: u64,
}

impl TraceState {
    /// What the row does in one node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&NodeTrace> {
        node_of(self.trace.as_ref()?, id)
    }

    /// The row of the table that the trace is of, from 0.
    #[must_use]
    pub fn table_row(&self) -> Option<u32> {
        match self.row {
            Some(TraceRow::Table(row)) => Some(row),
            _ => None,
        }
    }

    pub(crate) fn take(&mut self, trace: Trace, row: TraceRow) {
        self.trace = Some(trace);
        self.row = Some(row);
        self.revision += 1;
    }

    pub(crate) fn forget(&mut self) {
        self.trace = None;
        self.row = None;
        self.revision += 1;
    }
}

/// What a trace says of one node.
#[must_use]
pub fn node_of(trace: &Trace, id: NodeId) -> Option<&NodeTrace> {
    let place = trace.nodes.binary_search_by_key(&id, |node| node.node);
    place.ok().and_then(|place| trace.nodes.get(place))
}

/// The neurons that gave no slope when they were last looked at, by number; the
/// others are fine, or not known yet.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeHealth(pub Vec<(NodeId, Health)>);

impl NodeHealth {
    /// How a neuron is.
    #[must_use]
    pub fn of(&self, id: NodeId) -> Health {
        let place = self.0.binary_search_by_key(&id, |(node, _)| *node);
        place.map_or(Health::Fine, |place| self.0[place].1)
    }

    /// Those of a report's list, which has one entry for each node by number.
    pub(crate) fn of_report(project: &Project, list: &[Health]) -> Option<Self> {
        let nodes = project.network().nodes();
        (nodes.len() == list.len()).then(|| {
            let of_nodes = nodes.map(|node| node.id).zip(list.iter().copied());
            Self(
                of_nodes
                    .filter(|(_, health)| *health != Health::Fine)
                    .collect(),
            )
        })
    }
}

/// How large the gradient was on its way back when training was last looked at; `None`
/// before that.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct GradientHealth(pub Option<Box<GradientFlow>>);

/// The trace that was asked last.
#[derive(Default)]
pub(crate) struct AskedTrace {
    choice: Option<RowChoice>,
    /// The values by hand, if it was asked for these.
    inputs: BTreeMap<NodeId, f32>,
    with_gradients: bool,
    with_update: bool,
    /// [`Dispatch::numbers`] at that time.
    numbers: u64,
    pub(crate) id: u64,
    /// The command, while it is not answered.
    pub(crate) seq: Option<u64>,
    pub(crate) row: Option<TraceRow>,
}

impl AskedTrace {
    /// Whether the answer is there, and of these numbers, with all that slow motion
    /// needs.
    pub(crate) fn is_answered_for(&self, numbers: u64) -> bool {
        self.seq.is_none() && self.numbers == numbers && self.with_update
    }
}

/// Asks what the shown row does: when it or the numbers changed, and the last
/// answer is there.
pub(crate) fn send_trace(
    document: Res<Document>,
    dispatch: ResMut<Dispatch>,
    shown: Res<Shown>,
    slow: Res<SlowMotion>,
    probe: Res<Probe>,
    mut first: Local<FirstRow>,
) {
    let with_gradients = shown.with_gradients || slow.is_on();
    let with_update = slow.is_on();
    let asked = &dispatch.trace;
    let is_asked = asked.choice == Some(shown.choice)
        && asked.with_gradients == with_gradients
        && asked.with_update == with_update
        && asked.numbers == dispatch.numbers
        && (!matches!(asked.row, Some(TraceRow::ByHand { .. })) || asked.inputs == probe.inputs);
    if !dispatch.has_project() || asked.seq.is_some() || is_asked {
        return;
    }
    let dispatch = dispatch.into_inner();
    let project = document.project();
    let row = match shown.choice {
        RowChoice::First => first.of(&document),
        RowChoice::Table(row) => last_row(project).map(|last| row.min(last)),
        RowChoice::ByHand => None,
    };
    let row = match row {
        Some(row) => TraceRow::Table(row),
        None => TraceRow::ByHand {
            inputs: inputs_by_hand(project, &probe),
            targets: Vec::new(),
        },
    };
    let id = dispatch.trace.id + 1;
    let request = TraceRequest {
        id,
        row: row.clone(),
        with_gradients,
        with_update,
    };
    let has_inputs = matches!(row, TraceRow::ByHand { .. });
    dispatch.trace = AskedTrace {
        choice: Some(shown.choice),
        inputs: if has_inputs {
            probe.inputs.clone()
        } else {
            BTreeMap::new()
        },
        with_gradients,
        with_update,
        numbers: dispatch.numbers,
        id,
        seq: None,
        row: Some(row),
    };
    if project.network().nodes().len() > 0 {
        let seq = dispatch.send(Request::Trace(request));
        dispatch.trace.seq = Some(seq);
    }
}

/// The row that [`RowChoice::First`] stands for, which is looked for once after an edit:
/// a trace is asked at every step that training tells of.
#[derive(Default)]
pub(crate) struct FirstRow {
    /// The revision of the document it was looked for in.
    revision: Option<u64>,
    row: Option<u32>,
}

impl FirstRow {
    fn of(&mut self, document: &Document) -> Option<u32> {
        if self.revision != Some(document.revision()) {
            self.revision = Some(document.revision());
            self.row = first_row(document.project());
        }
        self.row
    }
}

fn first_row(project: &Project) -> Option<u32> {
    let table = project.table();
    let mut rng = stream(project.training().seed, Purpose::Split, 0);
    let train = project.split().assign(table.rows(), &mut rng).train;
    let inputs: Vec<_> = project
        .ordered(Role::Input)
        .filter_map(|node| table.column(column_of(node.id)))
        .map(|column| (&column.values, column.values.len() / table.rows().max(1)))
        .collect();
    let moves = |row: &u32| {
        let row = *row as usize;
        inputs.iter().any(|&(values, size)| {
            let values = values.get(row * size..(row + 1) * size);
            values.is_some_and(|values| values.iter().any(|&value| value != 0.0))
        })
    };
    let moving = train.iter().copied().filter(moves).min();
    moving.or_else(|| train.iter().copied().min())
}

/// The last row of the table.
fn last_row(project: &Project) -> Option<u32> {
    let last = project.table().rows().checked_sub(1)?;
    Some(u32::try_from(last).unwrap_or(u32::MAX))
}

fn inputs_by_hand(project: &Project, probe: &Probe) -> Vec<(NodeId, f32)> {
    let network = project.network();
    let is_input = |id: NodeId| {
        network
            .node(id)
            .is_some_and(|node| network.role(node) == Role::Input)
    };
    let inputs = probe.inputs.iter().filter(|(id, _)| is_input(**id));
    inputs.map(|(&id, &value)| (id, value)).collect()
}
