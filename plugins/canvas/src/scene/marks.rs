//! Marks: what is selected, pointed at, frozen, or may be the end of a new wire.

use std::collections::BTreeSet;

use bevy::prelude::*;
use graph::{Document, Edited, Hovered, Selection, Subject};
use network::{EdgeId, ElementId, Network, NodeId};

use super::{Drawn, Preview, SceneSystems};
use crate::drawing::{Marks, NeuronInstances, WireInstances};

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

fn mark_all(
    document: Res<Document>,
    selection: Res<Selection>,
    hovered: Res<Hovered>,
    preview: Res<Preview>,
    drawn: Res<Drawn>,
    mut neurons: ResMut<NeuronInstances>,
    mut wires: ResMut<WireInstances>,
) {
    let network = document.project().network();
    let lit = hovered.0.map(|subject| Path::through(network, subject));
    let aimed = preview.band.as_ref().and_then(|band| band.target);
    let dress = |is_selected: bool, is_frozen: bool, is_lit: Option<bool>| {
        let mut marks = Marks::NONE;
        if is_selected {
            marks = marks.with(Marks::SELECTED);
        }
        if is_frozen {
            marks = marks.with(Marks::FROZEN);
        }
        match is_lit {
            Some(true) => marks.with(Marks::HOVERED),
            Some(false) if !is_selected => marks.with(Marks::DIMMED),
            Some(false) | None => marks,
        }
    };
    let is_frozen = |id| network.element(id).is_some_and(|element| element.is_frozen);
    for (index, &id) in drawn.nodes.iter().enumerate() {
        let mut marks = dress(
            selection.nodes.contains(&id),
            is_frozen(ElementId::bias(id)),
            lit.as_ref().map(|path| path.nodes.contains(&id)),
        );
        if let Some((target, is_valid)) = aimed
            && target == id
        {
            marks = marks.with(if is_valid {
                Marks::VALID_TARGET
            } else {
                Marks::INVALID_TARGET
            });
        }
        if neurons
            .as_slice()
            .get(index)
            .is_some_and(|shown| shown.marks() != marks)
        {
            neurons.edit(index, |shown| *shown = shown.with_marks(marks));
        }
    }
    for (index, &id) in drawn.edges.iter().enumerate() {
        let marks = dress(
            selection.edges.contains(&id),
            is_frozen(ElementId::weight(id)),
            lit.as_ref().map(|path| path.edges.contains(&id)),
        );
        if wires
            .as_slice()
            .get(index)
            .is_some_and(|shown| shown.marks != marks)
        {
            wires.edit(index, |shown| shown.marks = marks);
        }
    }
}

/// All that data passes on its way through one neuron or wire.
#[derive(Default)]
struct Path {
    nodes: BTreeSet<NodeId>,
    edges: BTreeSet<EdgeId>,
}

impl Path {
    fn through(network: &Network, subject: Subject) -> Self {
        let mut path = Self::default();
        let (upward, downward) = match subject {
            Subject::Node(id) => (Some(id), Some(id)),
            Subject::Edge(id) => {
                path.edges.insert(id);
                let edge = network.edge(id);
                (
                    edge.map(|edge| edge.from.node()),
                    edge.map(|edge| edge.to.node()),
                )
            }
        };
        path.follow(
            upward,
            |id| network.incoming(id),
            |id| network.edge(id).map(|edge| edge.from.node()),
        );
        path.follow(
            downward,
            |id| network.outgoing(id),
            |id| network.edge(id).map(|edge| edge.to.node()),
        );
        path
    }

    fn follow<'a>(
        &mut self,
        start: Option<NodeId>,
        edges: impl Fn(NodeId) -> &'a [EdgeId],
        other_end: impl Fn(EdgeId) -> Option<NodeId>,
    ) {
        let mut seen: BTreeSet<NodeId> = start.into_iter().collect();
        let mut open: Vec<NodeId> = start.into_iter().collect();
        while let Some(id) = open.pop() {
            for &edge in edges(id) {
                self.edges.insert(edge);
                if let Some(next) = other_end(edge)
                    && seen.insert(next)
                {
                    open.push(next);
                }
            }
        }
        self.nodes.extend(seen);
    }
}
