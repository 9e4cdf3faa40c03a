//! Where each parameter lies in the one flat list of all learnable numbers.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::offsets::Offsets;
use crate::{Edge, EdgeId, ElementId, Network, Node, NodeId, ParameterId};

/// Values and starts of all learnable numbers of a network, in the canonical
/// order: parameters of nodes by number, then weights of edges by number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The numbers now.
    pub values: Vec<f32>,
    /// The numbers a reset brings back.
    pub starts: Vec<f32>,
}

/// The canonical order of one network, for finding a number in flat lists. It
/// holds until a node or an edge is added or removed; then it can follow, or be
/// asked for again: a network carries its own, and a copy shares its lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParameterLayout {
    nodes: Offsets<(NodeId, u16)>,
    /// Where the weights begin, counted from the end of the nodes' parameters.
    edges: Offsets<EdgeId>,
}

impl ParameterLayout {
    /// The layout of a network. Costs a few microseconds per 100,000 parameters.
    #[must_use]
    pub fn of(network: &Network) -> Self {
        network.layout().clone()
    }

    /// The layout of nodes and edges that ascend by number.
    pub(crate) fn of_sorted<'a>(
        nodes: impl Iterator<Item = &'a Node>,
        edges: impl Iterator<Item = &'a Edge>,
    ) -> Self {
        let of_nodes = nodes.flat_map(|node| {
            (0..)
                .zip(&node.parameters)
                .map(|(index, parameter)| ((node.id, index), parameter.elements().len() as u32))
        });
        let of_edges = edges.map(|edge| (edge.id, edge.weight.elements().len() as u32));
        Self {
            nodes: Offsets::from_sorted(of_nodes),
            edges: Offsets::from_sorted(of_edges),
        }
    }

    /// How many numbers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len() as usize + self.edges.len() as usize
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where a parameter begins.
    #[must_use]
    pub fn offset(&self, id: ParameterId) -> Option<usize> {
        match id {
            ParameterId::Node(node, index) => Some(self.nodes.begin((node, index))? as usize),
            ParameterId::Edge(edge) => {
                Some(self.nodes.len() as usize + self.edges.begin(edge)? as usize)
            }
        }
    }

    /// Where a parameter begins and ends.
    #[must_use]
    pub fn range(&self, id: ParameterId) -> Option<Range<usize>> {
        let (range, before) = match id {
            ParameterId::Node(node, index) => (self.nodes.range((node, index))?, 0),
            ParameterId::Edge(edge) => (self.edges.range(edge)?, self.nodes.len()),
        };
        Some((before + range.start) as usize..(before + range.end) as usize)
    }

    /// Where the weights of the edges lie: behind all that belongs to nodes.
    #[must_use]
    pub fn edge_numbers(&self) -> Range<usize> {
        self.nodes.len() as usize..self.len()
    }

    /// Where one number is.
    #[must_use]
    pub fn position(&self, id: ElementId) -> Option<usize> {
        Some(self.offset(id.parameter)? + id.index as usize)
    }

    /// Each parameter of a node (the node, the index among its parameters) with
    /// where it begins, in the canonical order.
    pub fn nodes(&self) -> impl Iterator<Item = ((NodeId, u16), usize)> {
        self.nodes.iter().map(|(key, begin)| (key, begin as usize))
    }

    /// Each edge with where its weight begins, in the canonical order, which is
    /// that of [`Network::edges`]: to walk both side by side needs no search.
    pub fn edges(&self) -> impl Iterator<Item = (EdgeId, usize)> {
        let before = self.nodes.len() as usize;
        self.edges
            .iter()
            .map(move |(id, begin)| (id, before + begin as usize))
    }

    /// Follows a node that was added, with this many numbers in each of its
    /// parameters.
    pub fn insert_node(&mut self, id: NodeId, lens: impl IntoIterator<Item = usize>) {
        for (index, len) in (0..).zip(lens) {
            self.nodes.insert((id, index), len as u32);
        }
    }

    /// Follows a node that was removed; its edges are removed apart.
    pub fn remove_node(&mut self, id: NodeId) {
        for index in 0..=u16::MAX {
            if self.nodes.begin((id, index)).is_none() {
                break;
            }
            self.nodes.remove((id, index));
        }
    }

    /// Follows an edge that was added, with this many numbers in its weight.
    pub fn insert_edge(&mut self, id: EdgeId, len: usize) {
        self.edges.insert(id, len as u32);
    }

    /// Follows an edge that was removed.
    pub fn remove_edge(&mut self, id: EdgeId) {
        self.edges.remove(id);
    }
}
