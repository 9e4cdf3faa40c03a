//! Neurons and wires of the project as instances, in the order of their numbers.

use std::collections::BTreeSet;

use bevy::prelude::*;
use graph::{Document, Edited};
use network::{Activation, Edge, EdgeId, Node, NodeId, Position, Role};

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

/// Which neuron and wire each instance is. Both lists ascend, and are in the
/// order of the network's flat lists, so numbers are copied straight across.
#[derive(Resource, Clone, Debug, Default)]
pub struct Drawn {
    /// The neurons.
    pub nodes: Vec<NodeId>,
    /// The wires.
    pub edges: Vec<EdgeId>,
    /// For each wire, the index of the neuron it leaves.
    pub sources: Vec<u32>,
    /// Neurons drawn elsewhere than the project has them, for the time of a drag.
    moved: BTreeSet<NodeId>,
    /// Rises when the lists are made anew.
    pub revision: u64,
}

impl Drawn {
    /// The instance of a neuron.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<usize> {
        self.nodes.binary_search(&id).ok()
    }

    /// The instance of a wire.
    #[must_use]
    pub fn edge(&self, id: EdgeId) -> Option<usize> {
        self.edges.binary_search(&id).ok()
    }
}

fn follow_edits(
    mut edited: MessageReader<Edited>,
    document: Res<Document>,
    theme: Res<StageTheme>,
    mut drawn: ResMut<Drawn>,
    mut neurons: ResMut<NeuronInstances>,
    mut wires: ResMut<WireInstances>,
) {
    let mut is_structure = false;
    let mut touched = BTreeSet::new();
    for edited in edited.read() {
        is_structure |= edited.touched.is_structure;
        touched.extend(edited.touched.nodes.iter().copied());
    }
    let network = document.project().network();
    let radius = theme.sizes.neuron_radius;
    if is_structure {
        drawn.nodes = network.nodes().map(|node| node.id).collect();
        drawn.edges = network.edges().map(|edge| edge.id).collect();
        drawn.sources = network
            .edges()
            .map(|edge| drawn.node(edge.from.node()).unwrap_or_default() as u32)
            .collect();
        drawn.revision += 1;
        neurons.replace(
            network
                .nodes()
                .map(|node| neuron(node, network.role(node), node.position, radius))
                .collect(),
        );
        let place = |id| network.node(id).map_or([0.0; 2], |node| node.position);
        wires.replace(
            network
                .edges()
                .map(|edge| wire(edge, place, radius))
                .collect(),
        );
        return;
    }
    for &id in &touched {
        let (Some(node), Some(index)) = (network.node(id), drawn.node(id)) else {
            continue;
        };
        let face = neuron(node, network.role(node), node.position, radius);
        neurons.edit(index, |shown| *shown = face.dressed_like(shown));
    }
    let touched: Vec<NodeId> = touched.into_iter().collect();
    move_wires(&touched, &document, &drawn, &neurons, &mut wires, radius);
}

fn follow_preview(
    preview: Res<Preview>,
    document: Res<Document>,
    theme: Res<StageTheme>,
    mut drawn: ResMut<Drawn>,
    mut neurons: ResMut<NeuronInstances>,
    mut wires: ResMut<WireInstances>,
) {
    let now: BTreeSet<NodeId> = preview.moved.keys().copied().collect();
    let before = std::mem::replace(&mut drawn.moved, now);
    let concerned: Vec<NodeId> = before.union(&drawn.moved).copied().collect();
    let network = document.project().network();
    for &id in &concerned {
        let place = preview
            .moved
            .get(&id)
            .copied()
            .or_else(|| network.node(id).map(|node| node.position));
        if let (Some(place), Some(index)) = (place, drawn.node(id)) {
            neurons.edit(index, |shown| shown.position = place);
        }
    }
    let radius = theme.sizes.neuron_radius;
    move_wires(&concerned, &document, &drawn, &neurons, &mut wires, radius);
}

/// Draws the wires of these neurons between where both ends are drawn.
fn move_wires(
    nodes: &[NodeId],
    document: &Document,
    drawn: &Drawn,
    neurons: &NeuronInstances,
    wires: &mut WireInstances,
    radius: f32,
) {
    let network = document.project().network();
    let place = |id| {
        drawn
            .node(id)
            .and_then(|index| neurons.as_slice().get(index))
            .map_or([0.0; 2], |neuron| neuron.position)
    };
    for &id in nodes {
        for &edge in network.incoming(id).iter().chain(network.outgoing(id)) {
            let (Some(edge), Some(index)) = (network.edge(edge), drawn.edge(edge)) else {
                continue;
            };
            let moved = wire(edge, place, radius);
            wires.edit(index, |shown| {
                shown.from = moved.from;
                shown.to = moved.to;
            });
        }
    }
}

fn neuron(node: &Node, role: Role, position: Position, radius: f32) -> NeuronInstance {
    let kind = match role {
        Role::Input => NeuronKind::Input,
        Role::Hidden => NeuronKind::Hidden,
        Role::Output => NeuronKind::Output,
    };
    let glyph = match (role, node.activation) {
        (Role::Input, _) => Glyph::None,
        (_, Activation::Linear) => Glyph::Linear,
        (_, Activation::Relu) => Glyph::Relu,
        (_, Activation::Tanh) => Glyph::Tanh,
        (_, Activation::Sigmoid) => Glyph::Sigmoid,
        (_, Activation::Softmax) => Glyph::Softmax,
    };
    NeuronInstance::new(position, radius, kind, glyph)
}

/// A wire leaves its source on the right and enters its target on the left.
fn wire(edge: &Edge, place: impl Fn(NodeId) -> Position, radius: f32) -> WireInstance {
    let (from, to) = geometry::wire_ends(place(edge.from.node()), place(edge.to.node()), radius);
    WireInstance::new(from, to)
}
