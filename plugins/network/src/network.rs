//! The network: nodes and edges that always fit together.

mod edges;
mod parameters;
mod parts;
pub(crate) mod reach;
#[cfg(test)]
mod tests;

pub use parts::Assembly;

use crate::chunks::{Chunks, Keyed};
use crate::rules::{check_activation, check_learning, check_name, check_parameter, check_position};
use crate::wiring::{Slot, Wiring};
use crate::{
    Activation, Edge, EdgeId, Kind, Kinds, Learning, NetworkError, Node, NodeId, Parameter,
    ParameterLayout, Position, Role,
};

/// Nodes and edges by number. Each change is checked before it is made, so a
/// `Network` is valid at all times: ends exist, shapes fit, no loop without delay.
///
/// A clone shares all lists with the original, in pieces, and is cheap; an edit
/// copies the pieces it touches, if a clone still has them.
#[derive(Clone, Debug, Default)]
pub struct Network {
    kinds: Kinds,
    nodes: Chunks<Held>,
    edges: Chunks<Edge>,
    wiring: Wiring,
    layout: ParameterLayout,
}

/// A node and where its wires are.
#[derive(Clone, Debug)]
struct Held {
    node: Node,
    slot: Slot,
}

impl Keyed for Held {
    const PIECE: usize = 32;

    fn key(&self) -> u32 {
        self.node.id.0
    }
}

/// Slots are the network's own affair.
impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl Keyed for Edge {
    const PIECE: usize = 256;

    fn key(&self) -> u32 {
        self.id.0
    }
}

/// All numbers are finite, so that each node and edge equals itself.
impl PartialEq for Network {
    fn eq(&self, other: &Self) -> bool {
        self.nodes == other.nodes && self.edges == other.edges
    }
}

impl Network {
    /// An empty network that knows these kinds.
    #[must_use]
    pub fn new(kinds: Kinds) -> Self {
        Self {
            kinds,
            ..Self::default()
        }
    }

    /// The kinds it knows.
    #[must_use]
    pub fn kinds(&self) -> &Kinds {
        &self.kinds
    }

    /// All nodes, by number.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = &Node> + DoubleEndedIterator {
        self.nodes.iter().map(|held| &held.node)
    }

    /// All edges, by number.
    pub fn edges(&self) -> impl ExactSizeIterator<Item = &Edge> + DoubleEndedIterator {
        self.edges.iter()
    }

    /// The node of this number.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0).map(|held| &held.node)
    }

    /// The edge of this number.
    #[must_use]
    pub fn edge(&self, id: EdgeId) -> Option<&Edge> {
        self.edges.get(id.0)
    }

    /// The nodes of a role, by number.
    pub fn nodes_of(&self, role: Role) -> impl Iterator<Item = &Node> {
        self.nodes().filter(move |node| self.role(node) == role)
    }

    /// The kind of a node of this network.
    #[must_use]
    pub fn kind(&self, node: &Node) -> Option<&dyn Kind> {
        self.kinds.get(&node.kind)
    }

    /// The part a node of this network plays.
    #[must_use]
    pub fn role(&self, node: &Node) -> Role {
        self.kind(node).map_or(Role::Hidden, Kind::role)
    }

    /// A number no node has.
    #[must_use]
    pub fn free_node_id(&self) -> NodeId {
        NodeId(next(self.nodes.last_key()))
    }

    /// A number no edge has.
    #[must_use]
    pub fn free_edge_id(&self) -> EdgeId {
        EdgeId(next(self.edges.last_key()))
    }

    /// Adds a node. Parameters left out become its kind's, at zero.
    ///
    /// # Errors
    /// When its number is taken, its kind unknown, its name no name, or its
    /// activation, parameters or position are not what its kind asks for.
    pub fn add_node(&mut self, node: Node) -> Result<(), NetworkError> {
        let id = node.id;
        self.admit(node)?;
        if let Some(node) = self.node(id) {
            let lens = node.parameters.iter().map(|p| p.elements().len());
            self.layout.insert_node(id, lens.collect::<Vec<_>>());
        }
        Ok(())
    }

    /// Adds a node, but not to the layout.
    fn admit(&mut self, mut node: Node) -> Result<(), NetworkError> {
        if let Some(other) = self.node(node.id) {
            return Err(NetworkError::DuplicateNode {
                id: node.id,
                name: node.name,
                taken_by: other.name.clone(),
            });
        }
        check_name(&node.name)?;
        check_position(&node.name, node.position)?;
        let Some(kind) = self.kinds.get(&node.kind) else {
            return Err(NetworkError::UnknownKind {
                name: node.name,
                kind: node.kind.as_str().to_owned(),
                known: self.kinds.names(),
            });
        };
        check_activation(kind, &node.name, node.activation)?;
        check_learning(kind.role(), &node.name, node.learning)?;
        let specs = kind.parameters(&node);
        if node.parameters.is_empty() {
            node.parameters = specs
                .iter()
                .filter_map(|spec| {
                    let zeros = vec![0.0; crate::shape_size(&spec.shape)];
                    Parameter::tensor(&spec.shape, &zeros)
                })
                .collect();
        }
        if node.parameters.len() != specs.len() {
            return Err(NetworkError::ParameterCount {
                name: node.name,
                found: node.parameters.len(),
                expected: specs.len(),
            });
        }
        for (parameter, spec) in node.parameters.iter().zip(&specs) {
            check_parameter(&node.name, spec.name, parameter, &spec.shape)?;
        }
        let slot = self.wiring.add(node.id);
        self.nodes.insert(Held { node, slot });
        Ok(())
    }

    /// Removes a node with its edges, and gives them back, edges in ascending
    /// order.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn remove_node(&mut self, id: NodeId) -> Result<(Node, Vec<Edge>), NetworkError> {
        if !self.nodes.contains(id.0) {
            return Err(NetworkError::UnknownNode(id));
        }
        let mut ids = self.incoming(id).to_vec();
        ids.extend_from_slice(self.outgoing(id));
        ids.sort_unstable();
        ids.dedup();
        let edges = ids
            .into_iter()
            .filter_map(|edge| self.remove_edge(edge).ok())
            .collect();
        let held = self
            .nodes
            .remove(id.0)
            .ok_or(NetworkError::UnknownNode(id))?;
        self.wiring.remove(held.slot);
        self.layout.remove_node(id);
        Ok((held.node, edges))
    }

    /// Moves a node; gives back where it was.
    ///
    /// # Errors
    /// When there is no such node or the position is not finite.
    pub fn set_position(
        &mut self,
        id: NodeId,
        position: Position,
    ) -> Result<Position, NetworkError> {
        let node = self.node_mut(id)?;
        check_position(&node.name, position)?;
        Ok(std::mem::replace(&mut node.position, position))
    }

    /// Renames a node; gives back the old name.
    ///
    /// # Errors
    /// When there is no such node or it is no name.
    pub fn set_name(&mut self, id: NodeId, name: String) -> Result<String, NetworkError> {
        let node = self.node_mut(id)?;
        check_name(&name)?;
        Ok(std::mem::replace(&mut node.name, name))
    }

    /// Gives a node another activation; gives back the old one.
    ///
    /// # Errors
    /// When there is no such node or its kind does not allow the activation.
    pub fn set_activation(
        &mut self,
        id: NodeId,
        activation: Activation,
    ) -> Result<Activation, NetworkError> {
        let node = self.node(id).ok_or(NetworkError::UnknownNode(id))?;
        if let Some(kind) = self.kind(node) {
            check_activation(kind, &node.name, activation)?;
        }
        let node = self.node_mut(id)?;
        Ok(std::mem::replace(&mut node.activation, activation))
    }

    /// Has a node learn otherwise. Returns how it learned before.
    ///
    /// # Errors
    /// When there is no such node or a number is out of its range.
    pub fn set_learning(
        &mut self,
        id: NodeId,
        learning: Learning,
    ) -> Result<Learning, NetworkError> {
        let node = self.node(id).ok_or(NetworkError::UnknownNode(id))?;
        check_learning(self.role(node), &node.name, learning)?;
        let node = self.node_mut(id)?;
        Ok(std::mem::replace(&mut node.learning, learning))
    }

    /// The name of a node, or its number where there is none.
    #[must_use]
    pub fn name(&self, id: NodeId) -> String {
        self.node(id)
            .map_or_else(|| format!("number {}", id.0), |node| node.name.clone())
    }

    pub(crate) fn wiring(&self) -> &Wiring {
        &self.wiring
    }

    /// Where a node is in the wiring.
    pub(crate) fn slot(&self, id: NodeId) -> Option<Slot> {
        Some(self.nodes.get(id.0)?.slot)
    }

    fn node_mut(&mut self, id: NodeId) -> Result<&mut Node, NetworkError> {
        self.nodes
            .get_mut(id.0)
            .map(|held| &mut held.node)
            .ok_or(NetworkError::UnknownNode(id))
    }
}

/// One more than the highest; wraps to the lowest when the numbers run out, where
/// it is then refused as taken.
fn next(highest: Option<u32>) -> u32 {
    highest.map_or(0, |id| id.wrapping_add(1))
}
