//! Reach: what leads to a node, and what a node leads to.

use crate::wiring::{Slot, Wiring};
use crate::{Network, NodeId};

impl Network {
    /// The node, and all from which a way leads to it, with or without delay, in
    /// ascending order; nothing where there is no such node.
    #[must_use]
    pub fn upstream(&self, id: NodeId) -> Vec<NodeId> {
        self.reach(id, Way::Up)
    }

    /// The node, and all to which a way leads from it, with or without delay, in
    /// ascending order; nothing where there is no such node.
    #[must_use]
    pub fn downstream(&self, id: NodeId) -> Vec<NodeId> {
        self.reach(id, Way::Down)
    }

    fn reach(&self, id: NodeId, way: Way) -> Vec<NodeId> {
        let Some(start) = self.slot(id) else {
            return Vec::new();
        };
        let is_reached = reached(self.wiring(), &[start], way);
        let mut found: Vec<NodeId> = self
            .wiring()
            .joints()
            .filter(|&(slot, _)| is_reached[slot as usize])
            .map(|(_, joint)| joint.node)
            .collect();
        found.sort_unstable();
        found
    }
}

/// Which way a search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Against the data.
    Up,
    /// With the data.
    Down,
}

/// For each slot whether it is one of the roots or a way leads there from one.
///
/// The nodes are asked in the order of computation, and each asks its neighbours
/// only until one of them is reached: in a dense network that is nearly at once.
pub(crate) fn reached(wiring: &Wiring, roots: &[Slot], way: Way) -> Vec<bool> {
    let mut is_reached = vec![false; wiring.slots()];
    for &root in roots {
        is_reached[root as usize] = true;
    }
    let order = wiring.order();
    loop {
        let mut is_done = true;
        for place in 0..order.len() {
            let slot = match way {
                Way::Down => order[place],
                Way::Up => order[order.len() - 1 - place],
            };
            let Some(joint) = wiring.joint(slot).filter(|_| !is_reached[slot as usize]) else {
                continue;
            };
            let wires = match way {
                Way::Down => &joint.incoming,
                Way::Up => &joint.outgoing,
            };
            if wires.slots().any(|end| is_reached[end as usize]) {
                is_reached[slot as usize] = true;
                is_done = false;
            }
        }
        // A way with a delay may lead back against the order.
        if is_done || !wiring.has_delays() {
            return is_reached;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edge, EdgeId, Endpoint, KindId, Node, Parameter};

    /// Hidden nodes 0 to 4; 0 → 1 → 2 and 0 → 3, 4 alone; 2 → 0 with a delay if
    /// asked for.
    fn network(has_delay: bool) -> Network {
        let mut network = Network::default();
        for id in 0..5 {
            let node = Node::new(NodeId(id), KindId::HIDDEN, format!("h{id}"));
            network.add_node(node).unwrap();
        }
        for (id, (from, to)) in (0..).zip([(0, 1), (1, 2), (0, 3)]) {
            let [from, to] = [from, to].map(|id| Endpoint::of(NodeId(id)));
            let edge = Edge::new(EdgeId(id), from, to, Parameter::scalar(1.0));
            network.add_edge(edge).unwrap();
        }
        if has_delay {
            let [from, to] = [2, 0].map(|id| Endpoint::of(NodeId(id)));
            let mut edge = Edge::new(EdgeId(9), from, to, Parameter::scalar(1.0));
            edge.delay = 1;
            network.add_edge(edge).unwrap();
        }
        network
    }

    fn ids(found: Vec<NodeId>) -> Vec<u32> {
        found.into_iter().map(|id| id.0).collect()
    }

    #[test]
    fn a_node_is_reached_from_what_leads_to_it_and_reaches_what_it_leads_to() {
        let network = network(false);
        assert_eq!(ids(network.upstream(NodeId(1))), [0, 1]);
        assert_eq!(ids(network.downstream(NodeId(1))), [1, 2]);
        assert_eq!(ids(network.downstream(NodeId(0))), [0, 1, 2, 3]);
        assert_eq!(ids(network.upstream(NodeId(4))), [4]);
        assert!(network.upstream(NodeId(7)).is_empty());
    }

    #[test]
    fn a_way_with_a_delay_counts_too() {
        let network = network(true);
        assert_eq!(ids(network.downstream(NodeId(1))), [0, 1, 2, 3]);
        assert_eq!(ids(network.upstream(NodeId(3))), [0, 1, 2, 3]);
    }
}
