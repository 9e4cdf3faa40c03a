//! The order in which nodes are computed, and the loops that would prevent one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::{EdgeId, Network, NodeId};

/// The nodes in an order in which each comes after all it depends on without
/// delay; among those that may come next, the lowest number first, so the order
/// is the same everywhere (Kahn's algorithm with a heap).
#[must_use]
pub fn computation_order(network: &Network) -> Vec<NodeId> {
    let mut waiting: BTreeMap<NodeId, usize> = network
        .nodes()
        .map(|node| (node.id, instant(network, network.incoming(node.id)).count()))
        .collect();
    let mut ready: BinaryHeap<Reverse<NodeId>> = waiting
        .iter()
        .filter(|(_, count)| **count == 0)
        .map(|(&id, _)| Reverse(id))
        .collect();
    let mut order = Vec::with_capacity(waiting.len());
    while let Some(Reverse(id)) = ready.pop() {
        order.push(id);
        for edge in instant(network, network.outgoing(id)) {
            let target = edge.to.node();
            let Some(count) = waiting.get_mut(&target) else {
                continue;
            };
            *count -= 1;
            if *count == 0 {
                ready.push(Reverse(target));
            }
        }
    }
    order
}

/// The edges around one loop without delay, the closing one last; `None` when
/// there is no such loop.
#[must_use]
pub fn find_cycle(network: &Network) -> Option<Vec<EdgeId>> {
    let ordered: BTreeSet<NodeId> = computation_order(network).into_iter().collect();
    // Every node left over has a predecessor that is left over: walk backwards
    // until a node repeats.
    let mut node = network
        .nodes()
        .map(|node| node.id)
        .find(|id| !ordered.contains(id))?;
    let mut seen: BTreeMap<NodeId, usize> = BTreeMap::new();
    let mut walked: Vec<EdgeId> = Vec::new();
    while !seen.contains_key(&node) {
        seen.insert(node, walked.len());
        let edge = instant(network, network.incoming(node))
            .find(|edge| !ordered.contains(&edge.from.node()))?;
        walked.push(edge.id);
        node = edge.from.node();
    }
    let mut cycle = walked.split_off(seen[&node]);
    cycle.reverse();
    Some(cycle)
}

/// The nodes on a way without delay from one node to another, both included, or
/// `None` when there is none.
pub(crate) fn path_between(network: &Network, from: NodeId, to: NodeId) -> Option<Vec<NodeId>> {
    let mut came_from: BTreeMap<NodeId, NodeId> = BTreeMap::new();
    let mut open = vec![from];
    while let Some(id) = open.pop() {
        if id == to {
            let mut path = vec![id];
            let mut at = id;
            while at != from {
                at = came_from[&at];
                path.push(at);
            }
            path.reverse();
            return Some(path);
        }
        for edge in instant(network, network.outgoing(id)) {
            let target = edge.to.node();
            if target != from && !came_from.contains_key(&target) {
                came_from.insert(target, id);
                open.push(target);
            }
        }
    }
    None
}

/// Those of these edges whose value arrives in the same step of time.
fn instant<'a>(network: &'a Network, edges: &'a [EdgeId]) -> impl Iterator<Item = &'a crate::Edge> {
    edges
        .iter()
        .filter_map(|&id| network.edge(id))
        .filter(|edge| edge.delay == 0)
}
