//! Reach: what leads to a node, and what a node leads to.

use crate::wiring::{Joint, Slot, Wires, Wiring};
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

impl Way {
    /// The wires of a node that lead on.
    fn on(self, joint: &Joint) -> &Wires {
        match self {
            Self::Up => &joint.incoming,
            Self::Down => &joint.outgoing,
        }
    }

    /// The wires of a node that lead back to where the search came from.
    fn back(self, joint: &Joint) -> &Wires {
        match self {
            Self::Up => &joint.outgoing,
            Self::Down => &joint.incoming,
        }
    }
}

/// While the wires that lead on from what was reached last are fewer than one in this many of
/// those that lead to what is not reached yet, the search goes along them.
const WAVE_SHARE: usize = 4;

/// For each slot whether it is one of the roots or a way leads there from one.
///
/// Either end of a wire can find the other: what was reached goes on to its neighbours while
/// that is little work; where it becomes much, those that are left look back, each only until
/// it sees a neighbour that is reached, which in a dense network is nearly at once (after
/// Beamer, Asanović & Patterson 2012, "Direction-Optimizing Breadth-First Search").
pub(crate) fn reached(wiring: &Wiring, roots: &[Slot], way: Way) -> Vec<bool> {
    let mut is_reached = vec![false; wiring.slots()];
    let mut wave: Vec<&Joint> = Vec::new();
    for &root in roots {
        is_reached[root as usize] = true;
        wave.extend(wiring.joint(root));
    }
    let mut waiting: usize = wiring
        .joints()
        .filter(|&(slot, _)| !is_reached[slot as usize])
        .map(|(_, joint)| way.back(joint).ids().len())
        .sum();
    while !wave.is_empty() {
        let ahead: usize = wave.iter().map(|joint| way.on(joint).ids().len()).sum();
        if ahead * WAVE_SHARE > waiting {
            look_back(wiring, &mut is_reached, way);
            break;
        }
        let mut next = Vec::new();
        for end in wave.into_iter().flat_map(|joint| way.on(joint).slots()) {
            if !std::mem::replace(&mut is_reached[end as usize], true)
                && let Some(joint) = wiring.joint(end)
            {
                waiting -= way.back(joint).ids().len();
                next.push(joint);
            }
        }
        wave = next;
    }
    is_reached
}

/// Reaches all that can be: the nodes look back in the order of computation.
fn look_back(wiring: &Wiring, is_reached: &mut [bool], way: Way) {
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
            if way.back(joint).slots().any(|end| is_reached[end as usize]) {
                is_reached[slot as usize] = true;
                is_done = false;
            }
        }
        // A way with a delay may lead back against the order.
        if is_done || !wiring.has_delays() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn what_is_reached_is_what_a_walk_along_all_edges_finds(
            nodes in 1..24_u32,
            ends in prop::collection::vec((0..24_u32, 0..24_u32), 0..160),
            root in 0..24_u32,
        ) {
            let mut network = Network::default();
            for id in 0..nodes {
                let node = Node::new(NodeId(id), KindId::HIDDEN, format!("h{id}"));
                network.add_node(node).unwrap();
            }
            let mut joined = Vec::new();
            for (id, (from, to)) in (0..).zip(ends) {
                let (from, to) = (NodeId(from), NodeId(to));
                let ends = [from, to].map(Endpoint::of);
                let mut edge = Edge::new(EdgeId(id), ends[0], ends[1], Parameter::scalar(1.0));
                // Rarely a way back, so that most networks are in layers.
                edge.delay = u8::from(from >= to && id % 8 == 0);
                if network.add_edge(edge).is_ok() {
                    joined.push((from, to));
                }
            }
            let walk = |root: NodeId, joined: &[(NodeId, NodeId)]| -> Vec<NodeId> {
                let mut found: BTreeSet<NodeId> = network.node(root).map(|node| node.id).into_iter().collect();
                for _ in 0..nodes {
                    for &(from, to) in joined {
                        if found.contains(&from) {
                            found.insert(to);
                        }
                    }
                }
                found.into_iter().collect()
            };
            let root = NodeId(root);
            prop_assert_eq!(network.downstream(root), walk(root, &joined));
            let turned: Vec<_> = joined.iter().map(|&(from, to)| (to, from)).collect();
            prop_assert_eq!(network.upstream(root), walk(root, &turned));
        }
    }
}
