//! The image of the project in the world: entities that follow each edit.

use std::collections::HashMap;

use bevy::prelude::*;
use network::{Activation, Edge, EdgeId, Endpoint, KindId, Network, Node, NodeId, Position};
use project::{Project, Touched};

use crate::{Connection, Neuron, Placement, Source, Target, Transfer, Values};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<EntityIndex>();
}

/// The entity of each neuron and connection. Look-up only: nothing is listed in
/// its order.
#[derive(Resource, Debug, Default)]
pub struct EntityIndex {
    nodes: HashMap<NodeId, Entity>,
    edges: HashMap<EdgeId, Entity>,
}

impl EntityIndex {
    /// The entity of a neuron.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<Entity> {
        self.nodes.get(&id).copied()
    }

    /// The entity of a connection.
    #[must_use]
    pub fn edge(&self, id: EdgeId) -> Option<Entity> {
        self.edges.get(&id).copied()
    }
}

/// Lets the entities and the flat values follow an edit. Costs what it touched;
/// where structure changed, the flat lists are laid out anew.
pub(crate) fn follow_edit(world: &mut World, project: &Project, touched: &Touched) {
    world.resource_scope(|world, mut index: Mut<EntityIndex>| {
        // Edges that went must go before their neurons, edges that came after.
        for &id in &touched.edges {
            if project.network().edge(id).is_none()
                && let Some(entity) = index.edges.remove(&id)
            {
                world.despawn(entity);
            }
        }
        for &id in &touched.nodes {
            match project.network().node(id) {
                Some(node) => place_node(world, &mut index, project.network(), node),
                None => {
                    if let Some(entity) = index.nodes.remove(&id) {
                        world.despawn(entity);
                    }
                }
            }
        }
        for &id in &touched.edges {
            if let Some(edge) = project.network().edge(id) {
                place_edge(world, &mut index, edge);
            }
        }
    });
    let mut values = world.resource_mut::<Values>();
    if touched.is_structure {
        values.follow_structure(project);
    } else if touched.is_learned || !touched.nodes.is_empty() || !touched.edges.is_empty() {
        values.follow_numbers(project);
    }
}

/// Lets the entities show another project.
pub(crate) fn rebuild(world: &mut World, project: &Project) {
    let before = std::mem::take(&mut *world.resource_mut::<EntityIndex>());
    for entity in before.edges.into_values().chain(before.nodes.into_values()) {
        world.despawn(entity);
    }
    let network = project.network();
    let all = Touched {
        nodes: network.nodes().map(|node| node.id).collect(),
        edges: network.edges().map(|edge| edge.id).collect(),
        is_structure: true,
        ..Touched::default()
    };
    follow_edit(world, project, &all);
}

fn place_node(world: &mut World, index: &mut EntityIndex, network: &Network, node: &Node) {
    let bundle = neuron(network, node);
    let id = node.id;
    match index.node(id).map(|entity| world.get_entity_mut(entity)) {
        Some(Ok(mut entity)) => {
            entity.insert(bundle);
        }
        _ => {
            let entity = world.spawn(bundle).id();
            index.nodes.insert(id, entity);
        }
    }
}

fn place_edge(world: &mut World, index: &mut EntityIndex, edge: &Edge) {
    let ends = (index.node(edge.from.node()), index.node(edge.to.node()));
    let (Some(source), Some(target)) = ends else {
        debug_assert!(false, "an edge without its neurons: {:?}", edge.id);
        return;
    };
    if index.edge(edge.id).is_none() {
        let entity = world.spawn(connection(edge, source, target)).id();
        index.edges.insert(edge.id, entity);
    }
}

fn neuron(network: &Network, node: &Node) -> impl Bundle {
    (
        Name::new(node.name.clone()),
        Neuron {
            id: node.id,
            kind: node.kind.clone(),
            role: network.role(node),
        },
        Placement(node.position),
        Transfer(node.activation),
    )
}

fn connection(edge: &Edge, source: Entity, target: Entity) -> impl Bundle {
    (
        Connection {
            id: edge.id,
            from: edge.from,
            to: edge.to,
            delay: edge.delay,
        },
        Source(source),
        Target(target),
    )
}

/// What the entities say the network is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Description {
    /// Number, kind, name, activation and place of each neuron, by number.
    pub nodes: Vec<(NodeId, KindId, String, Activation, Position)>,
    /// Number, ends and delay of each connection, by number.
    pub edges: Vec<(EdgeId, Endpoint, Endpoint, u8)>,
}

impl Description {
    /// What the entities ought to say.
    #[must_use]
    pub fn of(network: &Network) -> Self {
        Self {
            nodes: network
                .nodes()
                .map(|node| {
                    (
                        node.id,
                        node.kind.clone(),
                        node.name.clone(),
                        node.activation,
                        node.position,
                    )
                })
                .collect(),
            edges: network
                .edges()
                .map(|edge| (edge.id, edge.from, edge.to, edge.delay))
                .collect(),
        }
    }
}

/// Reads the network back from the entities.
pub fn describe(world: &mut World) -> Description {
    let mut neurons = world.query::<(&Neuron, &Name, &Transfer, &Placement)>();
    let mut nodes: Vec<_> = neurons
        .iter(world)
        .map(|(neuron, name, transfer, placement)| {
            (
                neuron.id,
                neuron.kind.clone(),
                name.to_string(),
                transfer.0,
                placement.0,
            )
        })
        .collect();
    nodes.sort_by_key(|node| node.0);
    let mut connections = world.query::<&Connection>();
    let mut edges: Vec<_> = connections
        .iter(world)
        .map(|edge| (edge.id, edge.from, edge.to, edge.delay))
        .collect();
    edges.sort_by_key(|edge| edge.0);
    Description { nodes, edges }
}
