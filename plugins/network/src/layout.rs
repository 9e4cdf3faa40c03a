//! Where each parameter lies in the one flat list of all learnable numbers.

use serde::{Deserialize, Serialize};

use crate::{EdgeId, ElementId, Network, NodeId, ParameterId};

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
/// holds until a node or an edge is added or removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParameterLayout {
    /// For each parameter of a node, ascending, where it begins.
    nodes: Vec<((NodeId, u16), u32)>,
    /// For each edge, ascending, where its weight begins.
    edges: Vec<(EdgeId, u32)>,
    len: u32,
}

impl ParameterLayout {
    /// The layout of a network. Costs O(parameters).
    #[must_use]
    pub fn of(network: &Network) -> Self {
        let mut layout = Self::default();
        for (id, parameter) in network.parameters() {
            match id {
                ParameterId::Node(node, index) => layout.nodes.push(((node, index), layout.len)),
                ParameterId::Edge(edge) => layout.edges.push((edge, layout.len)),
            }
            layout.len += parameter.elements().len() as u32;
        }
        layout
    }

    /// How many numbers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where a parameter begins.
    #[must_use]
    pub fn offset(&self, id: ParameterId) -> Option<usize> {
        let offset = match id {
            ParameterId::Node(node, index) => {
                let place = self
                    .nodes
                    .binary_search_by_key(&(node, index), |&(key, _)| key)
                    .ok()?;
                self.nodes[place].1
            }
            ParameterId::Edge(edge) => {
                let place = self
                    .edges
                    .binary_search_by_key(&edge, |&(key, _)| key)
                    .ok()?;
                self.edges[place].1
            }
        };
        Some(offset as usize)
    }

    /// Where one number is.
    #[must_use]
    pub fn position(&self, id: ElementId) -> Option<usize> {
        Some(self.offset(id.parameter)? + id.index as usize)
    }
}
