//! Edges: connections that carry a node's output, weighted, to another node.

use serde::{Deserialize, Serialize};

use crate::{NodeId, Parameter};

/// The stable number of an edge, unique in its network.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct EdgeId(pub u32);

/// The index of a port among a node's inputs or outputs.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct PortId(pub u16);

/// One end of an edge: a port of a node.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Endpoint(pub NodeId, pub PortId);

impl Endpoint {
    /// The first port of a node, the only one a neuron has.
    #[must_use]
    pub fn of(node: NodeId) -> Self {
        Self(node, PortId(0))
    }

    /// The node.
    #[must_use]
    pub fn node(self) -> NodeId {
        self.0
    }

    /// The port of that node.
    #[must_use]
    pub fn port(self) -> PortId {
        self.1
    }
}

/// One weighted connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// Its number.
    pub id: EdgeId,
    /// The output port it leaves.
    pub from: Endpoint,
    /// The input port it enters.
    pub to: Endpoint,
    /// Steps of time the value takes: 0 or 1.
    #[serde(default)]
    pub delay: u8,
    /// What the value is multiplied with. Into a scalar port its shape is the
    /// source's, and the product is a dot product; into a port of the source's
    /// own shape it is `[]`, a scale.
    pub weight: Parameter,
}

impl Edge {
    /// An edge without delay.
    #[must_use]
    pub fn new(id: EdgeId, from: Endpoint, to: Endpoint, weight: Parameter) -> Self {
        Self {
            id,
            from,
            to,
            delay: 0,
            weight,
        }
    }
}
