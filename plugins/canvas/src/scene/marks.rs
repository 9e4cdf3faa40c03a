//! Marks: what is selected, pointed at, frozen or pruned, or may be the end of a new wire.

use std::collections::BTreeSet;

use bevy::prelude::*;
use graph::{Document, Edited, Hovered, HoveredBundle, HoveredGroup, Selection, Subject, Thing};
use network::{EdgeId, Element, ElementId, Network, NodeId};

use super::{Drawn, Preview, SceneSystems};
use crate::drawing::{Marks, NeuronInstance, NeuronInstances, Spotlight, WireInstances};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Ailing>();
    app.add_systems(
        PostUpdate,
        mark_all.in_set(SceneSystems::Dress).run_if(
            resource_exists_and_changed::<Selection>
                .or_eager(resource_exists_and_changed::<Hovered>)
                .or_eager(resource_exists_and_changed::<HoveredGroup>)
                .or_eager(resource_exists_and_changed::<HoveredBundle>)
                .or_eager(resource_exists_and_changed::<Preview>)
                .or_eager(resource_exists_and_changed::<Ailing>)
                .or_eager(on_message::<Edited>),
        ),
    );
}

/// Neurons that hardly learn.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct Ailing {
    /// Those that give nothing whatever comes.
    pub dead: BTreeSet<NodeId>,
    /// Those at the flat ends of their function.
    pub saturated: BTreeSet<NodeId>,
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
    hovered_group: Res<HoveredGroup>,
    hovered_bundle: Res<HoveredBundle>,
    preview: Res<Preview>,
    ailing: Res<Ailing>,
    drawn: Res<Drawn>,
    mut marked: Local<Marked>,
    mut spotlight: ResMut<Spotlight>,
    mut neurons: ResMut<NeuronInstances>,
    mut wires: ResMut<WireInstances>,
) {
    let network = document.project().network();
    let is_frozen = |id| network.element(id).is_some_and(|element| element.is_frozen);
    spotlight.set_if_neq(Spotlight {
        is_on: hovered.0.is_some() || hovered_group.0.is_some() || hovered_bundle.0.is_some(),
    });
    let group = hovered_group.0.and_then(|id| document.project().group(id));
    let path = match (hovered.0, group) {
        (Some(subject), _) => Path::through(network, subject),
        (None, Some(group)) => Path::through_all(network, &group.members),
        (None, None) => match hovered_bundle.0 {
            Some(ends) => Path::between(&document, ends),
            None => Path::default(),
        },
    };
    let aimed = preview.band.as_ref().and_then(|band| band.target);
    let may_thaw = marked.generation != drawn.generation || !edited.is_empty();
    // All lists ascend: each is walked along once.
    let (mut upstream, mut downstream) = (path.upstream.iter(), path.downstream.iter());
    for (slot, id) in drawn.nodes.iter() {
        let Some(before) = neurons.as_slice().get(slot).map(NeuronInstance::marks) else {
            continue;
        };
        let is_frozen = match may_thaw {
            true => is_frozen(ElementId::bias(id)),
            false => before.contains(Marks::FROZEN),
        };
        let marks = [
            (selection.nodes.contains(&id), Marks::SELECTED),
            (is_frozen, Marks::FROZEN),
            (is_next(&mut upstream, id), Marks::UPSTREAM),
            (is_next(&mut downstream, id), Marks::DOWNSTREAM),
            (ailing.dead.contains(&id), Marks::DEAD),
            (ailing.saturated.contains(&id), Marks::SATURATED),
            (aimed == Some((id, true)), Marks::VALID_TARGET),
            (aimed == Some((id, false)), Marks::INVALID_TARGET),
        ];
        let marks = marks
            .into_iter()
            .filter(|&(is_so, _)| is_so)
            .fold(Marks::NONE, |all, (_, mark)| all.with(mark));
        if before != marks {
            neurons.edit(slot, |shown| *shown = shown.with_marks(marks));
        }
    }

    let hovered_edge = match hovered.0 {
        Some(Subject::Edge(id)) => Some(id),
        _ => None,
    };
    let mut mark_wire = |slot: usize, id: EdgeId, weight: Option<&Element>| {
        let mut marks = Marks::NONE;
        if selection.edges.contains(&id) {
            marks = marks.with(Marks::SELECTED);
        }
        if weight.is_some_and(|weight| weight.is_frozen) {
            marks = marks.with(Marks::FROZEN);
        }
        if weight.is_some_and(|weight| weight.is_pruned) {
            marks = marks.with(Marks::PRUNED);
        }
        if hovered_edge == Some(id) {
            marks = marks.with(Marks::HOVERED);
        }
        let shown = wires.as_slice().get(slot);
        if shown.is_some_and(|shown| shown.marks != marks) {
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
                mark_wire(slot, id, network.element(ElementId::weight(id)));
            }
        }
    } else {
        edited.clear();
        // Both lists ascend: a million look-ups would be felt.
        let mut edges = network.edges().peekable();
        for (slot, id) in drawn.edges.iter() {
            while edges.next_if(|edge| edge.id < id).is_some() {}
            let edge = edges.next_if(|edge| edge.id == id);
            let elements = edge.map_or(&[][..], |edge| edge.weight.elements());
            mark_wire(slot, id, elements.first());
        }
    }
    marked.generation = drawn.generation;
    marked.hovered = hovered_edge;
    if marked.edges != selection.edges {
        marked.edges.clone_from(&selection.edges);
    }
}

/// Whether an ascending list goes on with this; it is then passed.
fn is_next(list: &mut std::slice::Iter<NodeId>, id: NodeId) -> bool {
    let is_next = list.as_slice().first() == Some(&id);
    if is_next {
        list.next();
    }
    is_next
}

/// All that data passes on its way into and out of one neuron or wire, which is
/// part of both; ascending.
#[derive(Default)]
struct Path {
    upstream: Vec<NodeId>,
    downstream: Vec<NodeId>,
}

impl Path {
    /// The same of several neurons at once.
    fn through_all(network: &Network, nodes: &BTreeSet<NodeId>) -> Self {
        let sources = |id: NodeId| {
            network
                .incoming(id)
                .iter()
                .filter_map(|&id| network.edge(id))
                .map(|edge| edge.from.node())
                .collect()
        };
        let targets = |id: NodeId| {
            network
                .outgoing(id)
                .iter()
                .filter_map(|&id| network.edge(id))
                .map(|edge| edge.to.node())
                .collect()
        };
        Self {
            upstream: spread(nodes, &sources),
            downstream: spread(nodes, &targets),
        }
    }

    /// A bundle and its ends: all that is joined in it, and nothing beyond.
    fn between(document: &Document, ends: [Thing; 2]) -> Self {
        let mut nodes = BTreeSet::new();
        for end in ends {
            match end {
                Thing::Node(id) => {
                    nodes.insert(id);
                }
                Thing::Group(id) => {
                    let group = document.project().group(id);
                    nodes.extend(group.iter().flat_map(|group| &group.members));
                }
            }
        }
        Self {
            upstream: nodes.into_iter().collect(),
            downstream: Vec::new(),
        }
    }

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
        Self {
            upstream: start.map_or_else(Vec::new, |id| network.upstream(id)),
            downstream: end.map_or_else(Vec::new, |id| network.downstream(id)),
        }
    }
}

/// All that can be reached from these neurons, and they themselves; ascending.
fn spread(nodes: &BTreeSet<NodeId>, next: &dyn Fn(NodeId) -> Vec<NodeId>) -> Vec<NodeId> {
    let mut reached = nodes.clone();
    let mut waiting: Vec<NodeId> = nodes.iter().copied().collect();
    while let Some(id) = waiting.pop() {
        for other in next(id) {
            if reached.insert(other) {
                waiting.push(other);
            }
        }
    }
    reached.into_iter().collect()
}
