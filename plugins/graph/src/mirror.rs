//! The image of the project in the world: entities that follow each edit.

use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use bevy::window::RequestRedraw;
use network::{Activation, Edge, EdgeId, Endpoint, KindId, Network, Node, NodeId, Position};
use project::{Project, Touched};

use crate::{
    Connection, Document, EditSystems, Neuron, Placement, Source, Target, Transfer, Values,
};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<EntityIndex>();
    app.init_resource::<Backlog>();
    app.add_message::<RequestRedraw>();
    app.add_systems(
        Update,
        work_off.run_if(has_backlog).before(EditSystems::Apply),
    );
}

/// So many wires come or go in one frame: with more of them it would be felt.
const BATCH: usize = 20_000;

/// What is still to be done since another project was opened.
#[derive(Resource, Debug, Default)]
pub struct Backlog {
    /// Entities that have no place in the index any more, wires last.
    leaving: Vec<Entity>,
    /// Wires without an entity, the first one last.
    coming: Vec<EdgeId>,
    /// How many there were of both.
    all: usize,
}

impl Backlog {
    /// How much of it is done, 0 to 1: 1 where there is none.
    #[must_use]
    pub fn share(&self) -> f32 {
        match self.leaving.len() + self.coming.len() {
            0 => 1.0,
            left => 1.0 - left as f32 / self.all.max(left) as f32,
        }
    }
}

fn has_backlog(backlog: Res<Backlog>) -> bool {
    !backlog.leaving.is_empty() || !backlog.coming.is_empty()
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

/// Lets the entities and the flat values follow an edit. Costs what it touched.
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
    let touches_numbers = touched.is_structure
        || touched.is_learned
        || !touched.nodes.is_empty()
        || !touched.edges.is_empty();
    if touches_numbers {
        world.resource_mut::<Values>().follow(project, touched);
    }
}

/// Lets the entities show another project: its neurons at once, and its wires,
/// where they are very many, over the next frames.
pub(crate) fn rebuild(world: &mut World, project: &Project) {
    let before = std::mem::take(&mut *world.resource_mut::<EntityIndex>());
    let network = project.network();
    world.resource_scope(|world, mut index: Mut<EntityIndex>| {
        index.edges.reserve(network.edges().len());
        for node in network.nodes() {
            place_node(world, &mut index, network, node);
        }
    });
    let mut backlog = world.resource_mut::<Backlog>();
    let leaving = before.nodes.into_values().chain(before.edges.into_values());
    backlog.leaving.extend(leaving);
    backlog.coming = network.edges().rev().map(|edge| edge.id).collect();
    backlog.all = backlog.leaving.len() + backlog.coming.len();
    if backlog.all <= BATCH {
        work_off_on(world, project);
    } else {
        // This frame has enough to do.
        world.write_message(RequestRedraw);
    }
}

/// Takes a piece off the backlog, and asks for the next frame.
fn work_off(world: &mut World) {
    world.resource_scope(|world, document: Mut<Document>| {
        work_off_on(world, document.project());
    });
    world.write_message(RequestRedraw);
}

fn work_off_on(world: &mut World, project: &Project) {
    let mut backlog = world.resource_mut::<Backlog>();
    let rest = backlog.leaving.len().saturating_sub(BATCH);
    let leaving = backlog.leaving.split_off(rest);
    let rest = backlog.coming.len().saturating_sub(BATCH);
    let coming = backlog.coming.split_off(rest);
    for entity in leaving.into_iter().rev() {
        world.despawn(entity);
    }
    world.resource_scope(|world, mut index: Mut<EntityIndex>| {
        for edge in coming
            .into_iter()
            .rev()
            .filter_map(|id| project.network().edge(id))
        {
            place_edge(world, &mut index, edge);
        }
    });
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

/// Reads the network back from the entities. Right after a very large project
/// was opened, wires may still be missing.
pub fn describe(world: &mut World) -> Description {
    world.resource_scope(|world, index: Mut<EntityIndex>| {
        let mut neurons = world.query::<(Entity, &Neuron, &Name, &Transfer, &Placement)>();
        let mut nodes: Vec<_> = neurons
            .iter(world)
            .filter(|(entity, neuron, ..)| index.node(neuron.id) == Some(*entity))
            .map(|(_, neuron, name, transfer, placement)| {
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
        let mut connections = world.query::<(Entity, &Connection)>();
        let mut edges: Vec<_> = connections
            .iter(world)
            .filter(|(entity, edge)| index.edge(edge.id) == Some(*entity))
            .map(|(_, edge)| (edge.id, edge.from, edge.to, edge.delay))
            .collect();
        edges.sort_by_key(|edge| edge.0);
        Description { nodes, edges }
    })
}
