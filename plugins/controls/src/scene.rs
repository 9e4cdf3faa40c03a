//! The scene: a spatial index of the open network that follows its edits.

use std::collections::BTreeMap;

use bevy::prelude::*;
use geometry::{Item, SpatialIndex, WireCurve};
use graph::{Document, EditSystems, Edited};
use network::{EdgeId, Network, NodeId, Position};
use theme::Sizes;

use crate::ControlSystems;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Scene>();
    app.add_systems(
        Update,
        follow_edits
            .in_set(EditSystems::Follow)
            .before(ControlSystems::View)
            .run_if(on_message::<Edited>),
    );
}

/// The curve of a wire between the centres of two neurons: from the right side of
/// the one to the left side of the other.
#[must_use]
pub fn wire_curve(from: Position, to: Position) -> WireCurve {
    let radius = Sizes::STANDARD.neuron_radius;
    WireCurve::between([from[0] + radius, from[1]], [to[0] - radius, to[1]])
}

/// Where all neurons and wires are, as the last edit left them. What is being
/// carried stays where it was until it is put down.
#[derive(Resource, Debug, Default)]
pub struct Scene {
    index: SpatialIndex,
    placed: BTreeMap<NodeId, Position>,
}

impl Scene {
    /// What to ask.
    #[must_use]
    pub fn index(&self) -> &SpatialIndex {
        &self.index
    }

    /// Starts anew with another network.
    fn rebuild(&mut self, network: &Network) {
        let nodes = network
            .nodes()
            .map(|node| (node.id.0, node.position, Sizes::STANDARD.neuron_radius));
        let wires = network
            .edges()
            .filter_map(|edge| Some((edge.id.0, curve_of(network, edge.id)?)));
        self.placed = network
            .nodes()
            .map(|node| (node.id, node.position))
            .collect();
        self.index = match SpatialIndex::from_scene(nodes, wires) {
            Ok(index) => index,
            // Something lies too far out to be found; the rest still is.
            Err(_) => {
                self.index = SpatialIndex::default();
                for node in network.nodes() {
                    self.place_node(node.id, node.position);
                }
                for edge in network.edges() {
                    self.place_wire(network, edge.id);
                }
                return;
            }
        };
    }

    /// Follows a neuron and, if it moved, its wires.
    fn follow_node(&mut self, network: &Network, id: NodeId) {
        let Some(node) = network.node(id) else {
            self.placed.remove(&id);
            self.index.remove(Item::Node(id.0));
            return;
        };
        if self.placed.insert(id, node.position) == Some(node.position) {
            return;
        }
        self.place_node(id, node.position);
        for &edge in network.incoming(id).iter().chain(network.outgoing(id)) {
            self.place_wire(network, edge);
        }
    }

    fn place_node(&mut self, id: NodeId, position: Position) {
        let radius = Sizes::STANDARD.neuron_radius;
        if let Err(error) = self.index.insert_node(id.0, position, radius) {
            self.index.remove(error.item);
            debug!("a neuron cannot be picked: {error}");
        }
    }

    fn place_wire(&mut self, network: &Network, id: EdgeId) {
        let Some(curve) = curve_of(network, id) else {
            self.index.remove(Item::Wire(id.0));
            return;
        };
        if let Err(error) = self.index.insert_wire(id.0, curve) {
            self.index.remove(error.item);
            debug!("a wire cannot be picked: {error}");
        }
    }
}

pub(crate) fn follow_edits(
    mut edited: MessageReader<Edited>,
    document: Res<Document>,
    mut scene: ResMut<Scene>,
) {
    let network = document.project().network();
    let edits: Vec<&Edited> = edited.read().collect();
    if edits.iter().any(|edited| edited.edit.is_none()) {
        scene.rebuild(network);
        return;
    }
    for touched in edits.iter().map(|edited| &edited.touched) {
        for &id in &touched.nodes {
            scene.follow_node(network, id);
        }
        for &id in &touched.edges {
            scene.place_wire(network, id);
        }
    }
}

fn curve_of(network: &Network, id: EdgeId) -> Option<WireCurve> {
    let edge = network.edge(id)?;
    let place = |node| network.node(node).map(|node| node.position);
    Some(wire_curve(place(edge.from.node())?, place(edge.to.node())?))
}
