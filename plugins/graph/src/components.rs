//! The components of neurons and connections.

use bevy::prelude::*;
use network::{Activation, EdgeId, Endpoint, KindId, NodeId, Position, Role};

/// A neuron. Its numbers are in [`Values`](crate::Values), its name in `Name`.
#[derive(Component, Clone, Debug, PartialEq)]
#[component(immutable)]
pub struct Neuron {
    /// Its stable number.
    pub id: NodeId,
    /// What it is.
    pub kind: KindId,
    /// The part it plays, and so its colour.
    pub role: Role,
}

/// Where the centre of a neuron is, in scene units.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
pub struct Placement(pub Position);

/// The activation function a neuron applies to its sum.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer(pub Activation);

/// A connection. It carries no name and no place: there may be a million.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
#[component(immutable)]
pub struct Connection {
    /// Its stable number.
    pub id: EdgeId,
    /// The port it leaves.
    pub from: Endpoint,
    /// The port it enters.
    pub to: Endpoint,
    /// Steps of time.
    pub delay: u8,
}

/// The neuron a connection leaves.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
#[relationship(relationship_target = Outgoing)]
pub struct Source(pub Entity);

/// The connections that leave a neuron.
#[derive(Component, Debug, Default)]
#[relationship_target(relationship = Source)]
pub struct Outgoing(Vec<Entity>);

/// The neuron a connection enters.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
#[relationship(relationship_target = Incoming)]
pub struct Target(pub Entity);

/// The connections that enter a neuron.
#[derive(Component, Debug, Default)]
#[relationship_target(relationship = Target)]
pub struct Incoming(Vec<Entity>);
