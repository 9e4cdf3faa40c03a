//! Marks: what is selected, pointed at, frozen, or may be the end of a new wire.

use std::collections::BTreeSet;

use bevy::prelude::*;
use graph::{Document, Edited, Hovered, Selection, Subject};
use network::{EdgeId, ElementId, Network, NodeId};

use super::{Drawn, Preview, SceneSystems};
use crate::drawing::{Marks, NeuronInstances, Spotlight, WireInstances};

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        PostUpdate,
        mark_all.in_set(SceneSystems::Dress).run_if(
            resource_exists_and_changed::<Selection>
                .or_eager(resource_exists_and_changed::<Hovered>)
                .or_eager(resource_exists_and_changed::<Preview>)
                .or_eager(on_message::<Edited>),
        ),
    );
}

/// What the instances were marked for.
#[derive(Default)]
struct Marked {
    generation: u64,
    edges: BTreeSet<EdgeId>,
    hovered: Option<EdgeId>,
}

/// Marks the neurons, of which there are few, all; and of the wires those whose
/// marks may have changed.
fn mark_all(
    mut edited: MessageReader<Edited>,
    document: Res<Document>,
    selection: Res<Selection>,
    hovered: Res<Hovered>,
    preview: Res<Preview>,
    drawn: Res<Drawn>,
    mut marked: Local<Marked>,
    mut spotlight: ResMut<Spotlight>,
    mut neurons: ResMut<NeuronInstances>,
    mut wires: ResMut<WireInstances>,
) {
    let network = document.project().network();
    let is_frozen = |id| network.element(id).is_some_and(|element| element.is_frozen);
    spotlight.set_if_neq(Spotlight {
        is_on: hovered.0.is_some(),
    });
    let path = hovered.0.map(|subject| Path::through(network, subject));
    let aimed = preview.band.as_ref().and_then(|band| band.target);
    for (slot, id) in drawn.nodes.iter() {
        let mut marks = Marks::NONE;
        let mut mark = |is_so: bool, with: Marks| {
            if is_so {
                marks = marks.with(with);
            }
        };
        mark(selection.nodes.contains(&id), Marks::SELECTED);
        mark(is_frozen(ElementId::bias(id)), Marks::FROZEN);
        if let Some(path) = &path {
            mark(path.upstream.contains(&id), Marks::UPSTREAM);
            mark(path.downstream.contains(&id), Marks::DOWNSTREAM);
        }
        if let Some((target, is_valid)) = aimed {
            mark(target == id && is_valid, Marks::VALID_TARGET);
            mark(target == id && !is_valid, Marks::INVALID_TARGET);
        }
        if neurons
            .as_slice()
            .get(slot)
            .is_some_and(|shown| shown.marks() != marks)
        {
            neurons.edit(slot, |shown| *shown = shown.with_marks(marks));
        }
    }

    let hovered_edge = match hovered.0 {
        Some(Subject::Edge(id)) => Some(id),
        _ => None,
    };
    let mut mark_wire = |slot: usize, id: EdgeId| {
        let mut marks = Marks::NONE;
        if selection.edges.contains(&id) {
            marks = marks.with(Marks::SELECTED);
        }
        if is_frozen(ElementId::weight(id)) {
            marks = marks.with(Marks::FROZEN);
        }
        if hovered_edge == Some(id) {
            marks = marks.with(Marks::HOVERED);
        }
        let shown = wires.as_slice().get(slot);
        if shown.is_some_and(|shown| shown.is_there() && shown.marks != marks) {
            wires.edit(slot, |shown| shown.marks = marks);
        }
    };
    if marked.generation == drawn.generation {
        let touched: BTreeSet<EdgeId> = edited
            .read()
            .flat_map(|edited| edited.touched.edges.iter().copied())
            .collect();
        let attended = marked.hovered.into_iter().chain(hovered_edge);
        let changed = marked.edges.symmetric_difference(&selection.edges).copied();
        for id in touched.into_iter().chain(attended).chain(changed) {
            if let Some(slot) = drawn.edges.find(id) {
                mark_wire(slot, id);
            }
        }
    } else {
        edited.clear();
        for (slot, id) in drawn.edges.iter() {
            mark_wire(slot, id);
        }
    }
    marked.generation = drawn.generation;
    marked.hovered = hovered_edge;
    if marked.edges != selection.edges {
        marked.edges.clone_from(&selection.edges);
    }
}

/// All that data passes on its way into and out of one neuron or wire, which is
/// part of both.
#[derive(Default)]
struct Path {
    upstream: BTreeSet<NodeId>,
    downstream: BTreeSet<NodeId>,
}

impl Path {
    fn through(network: &Network, subject: Subject) -> Self {
        let (start, end) = match subject {
            Subject::Node(id) => (Some(id), Some(id)),
            Subject::Edge(id) => {
                let edge = network.edge(id);
                (
                    edge.map(|edge| edge.from.node()),
                    edge.map(|edge| edge.to.node()),
                )
            }
        };
        let all = |ids: Vec<NodeId>| -> BTreeSet<NodeId> { ids.into_iter().collect() };
        Self {
            upstream: all(start.map_or_else(Vec::new, |id| network.upstream(id))),
            downstream: all(end.map_or_else(Vec::new, |id| network.downstream(id))),
        }
    }
}
