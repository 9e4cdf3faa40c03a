//! Neurons and wires of the project as instances, at the cost of what an edit touched.

use std::collections::BTreeSet;

use bevy::prelude::*;
use graph::{Document, Edited, Folding, Touched};
use network::{Edge, EdgeId, Network, Node, NodeId, Position, Role};

use super::slots::Slots;
use super::{Preview, SceneSystems};
use crate::drawing::{
    Glyph, NeuronInstance, NeuronInstances, NeuronKind, StageTheme, WireInstance, WireInstances,
};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Drawn>();
    app.add_systems(
        PostUpdate,
        (
            follow_edits.run_if(on_message::<Edited>),
            follow_preview.run_if(resource_exists_and_changed::<Preview>),
        )
            .chain()
            .in_set(SceneSystems::Structure),
    );
}

/// Which neuron and wire each instance is.
#[derive(Resource, Clone, Debug, Default)]
pub struct Drawn {
    /// The neurons.
    pub nodes: Slots<NodeId>,
    /// The wires.
    pub edges: Slots<EdgeId>,
    /// The neurons that folded groups hide, ascending: they have a slot, but are
    /// not drawn, and neither are their wires.
    pub hidden: BTreeSet<NodeId>,
    /// The [`Folding::revision`] whose groups are drawn.
    pub folding: u64,
    /// Neurons drawn elsewhere than the project has them, for the time of a drag.
    moved: BTreeSet<NodeId>,
    /// Rises when instances come or go.
    pub revision: u64,
    /// Rises when the lists are made anew.
    pub generation: u64,
}

fn follow_edits(
    mut edited: MessageReader<Edited>,
    document: Res<Document>,
    folding: Res<Folding>,
    theme: Res<StageTheme>,
    mut drawn: ResMut<Drawn>,
    mut neurons: ResMut<NeuronInstances>,
    mut wires: ResMut<WireInstances>,
) {
    let mut touched = Touched::default();
    let mut is_other = false;
    for edited in edited.read() {
        let names_none = edited.touched.nodes.is_empty() && edited.touched.edges.is_empty();
        is_other |= edited.touched.is_structure && names_none;
        touched.is_structure |= edited.touched.is_structure;
        touched.nodes.extend(&edited.touched.nodes);
        touched.edges.extend(&edited.touched.edges);
    }
    let network = document.project().network();
    let radius = theme.sizes.neuron_radius;
    if drawn.folding != folding.revision() {
        let drawn = &mut *drawn;
        drawn.folding = folding.revision();
        let now: BTreeSet<NodeId> = folding.folded().hidden().map(|(id, _)| id).collect();
        let before = std::mem::replace(&mut drawn.hidden, now);
        // What appears or disappears is drawn anew, with its wires.
        let changed: Vec<NodeId> = before
            .symmetric_difference(&drawn.hidden)
            .copied()
            .collect();
        for &id in &changed {
            touched.edges.extend(network.incoming(id));
            touched.edges.extend(network.outgoing(id));
        }
        touched.is_structure |= !changed.is_empty();
        touched.nodes.extend(changed);
    }
    if !touched.is_structure {
        for &id in &touched.nodes {
            if let (Some(node), Some(slot)) = (network.node(id), drawn.nodes.find(id)) {
                let face = drawn.face(node, network, radius);
                neurons.edit(slot, |shown| *shown = face.dressed_like(shown));
            }
        }
        return;
    }
    drawn.revision += 1;
    let is_followed = !is_other
        && !drawn.nodes.is_sparse()
        && !drawn.edges.is_sparse()
        && follow_structure(
            &touched,
            network,
            &mut drawn,
            &mut neurons,
            &mut wires,
            radius,
        );
    if !is_followed {
        rebuild(network, &mut drawn, &mut neurons, &mut wires, radius);
    }
}

/// Puts what came into its slots and takes out what went. False where there is
/// no slot for something, so that all has to be made anew.
fn follow_structure(
    touched: &Touched,
    network: &Network,
    drawn: &mut Drawn,
    neurons: &mut NeuronInstances,
    wires: &mut WireInstances,
    radius: f32,
) -> bool {
    for &id in &touched.nodes {
        match network.node(id) {
            Some(node) => {
                let Some(slot) = drawn.nodes.add(id) else {
                    return false;
                };
                let face = drawn.face(node, network, radius);
                if slot == neurons.len() {
                    neurons.push(face);
                } else {
                    neurons.edit(slot, |shown| *shown = face.dressed_like(shown));
                }
            }
            None => {
                if let Some(slot) = drawn.nodes.remove(id) {
                    neurons.edit(slot, |shown| *shown = NeuronInstance::GONE);
                }
            }
        }
    }
    for &id in &touched.edges {
        match network.edge(id) {
            Some(edge) => {
                let (Some(slot), Some(face)) = (drawn.edges.add(id), wire(edge, drawn)) else {
                    return false;
                };
                if slot == wires.len() {
                    wires.push(face);
                } else {
                    wires.edit(slot, |shown| *shown = face.with_marks(shown.marks));
                }
            }
            None => {
                if let Some(slot) = drawn.edges.remove(id) {
                    wires.edit(slot, |shown| *shown = WireInstance::GONE);
                }
            }
        }
    }
    true
}

fn rebuild(
    network: &Network,
    drawn: &mut Drawn,
    neurons: &mut NeuronInstances,
    wires: &mut WireInstances,
    radius: f32,
) {
    drawn.generation += 1;
    drawn.nodes = Slots::of(network.nodes().map(|node| node.id));
    drawn.edges = Slots::of(network.edges().map(|edge| edge.id));
    neurons.replace(
        network
            .nodes()
            .map(|node| drawn.face(node, network, radius))
            .collect(),
    );
    let slots = drawn.nodes.table();
    let faces = network.edges().map(|edge| {
        let ends = [edge.from.node(), edge.to.node()];
        if !drawn.hidden.is_empty() && ends.iter().any(|end| drawn.hidden.contains(end)) {
            return WireInstance::GONE;
        }
        match ends.map(|end| slots.find(end)) {
            [Some(source), Some(target)] => WireInstance::between(source, target),
            _ => WireInstance::GONE,
        }
    });
    wires.replace(faces.collect());
}

/// Neurons under a hand are drawn where the hand is; their wires follow of
/// themselves.
fn follow_preview(
    preview: Res<Preview>,
    document: Res<Document>,
    mut drawn: ResMut<Drawn>,
    mut neurons: ResMut<NeuronInstances>,
) {
    let now: BTreeSet<NodeId> = preview.moved.keys().copied().collect();
    let before = std::mem::replace(&mut drawn.moved, now);
    let network = document.project().network();
    for &id in before.union(&drawn.moved) {
        let place = preview
            .moved
            .get(&id)
            .copied()
            .or_else(|| network.node(id).map(|node| node.position));
        if let (Some(place), Some(slot)) = (place, drawn.nodes.find(id)) {
            neurons.edit(slot, |shown| shown.position = place);
        }
    }
}

pub(super) fn kind_of(role: Role) -> NeuronKind {
    match role {
        Role::Input => NeuronKind::Input,
        Role::Hidden => NeuronKind::Hidden,
        Role::Output => NeuronKind::Output,
    }
}

fn neuron(node: &Node, role: Role, position: Position, radius: f32) -> NeuronInstance {
    let kind = kind_of(role);
    let glyph = match role {
        Role::Input => Glyph::NONE,
        Role::Hidden | Role::Output => Glyph::of(node.activation),
    };
    NeuronInstance::new(position, radius, kind, glyph)
}

impl Drawn {
    /// A neuron as it is drawn, or not.
    fn face(&self, node: &Node, network: &Network, radius: f32) -> NeuronInstance {
        let face = neuron(node, network.role(node), node.position, radius);
        if self.hidden.contains(&node.id) {
            face.hidden()
        } else {
            face
        }
    }
}

/// A wire between the instances of its neurons, unless a folded group hides it.
fn wire(edge: &Edge, drawn: &Drawn) -> Option<WireInstance> {
    let ends = [edge.from.node(), edge.to.node()];
    if !drawn.hidden.is_empty() && ends.iter().any(|end| drawn.hidden.contains(end)) {
        return Some(WireInstance::GONE);
    }
    let source = drawn.nodes.find(edge.from.node())?;
    let target = drawn.nodes.find(edge.to.node())?;
    Some(WireInstance::between(source, target))
}
