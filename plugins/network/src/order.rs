//! The order in which nodes are computed, and the loops that would prevent one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::wiring::{Slot, Wiring};
use crate::{EdgeId, Network, NodeId};

/// The nodes in an order in which each comes after all it depends on without
/// delay; among those that may come next, the lowest number first, so the order
/// is the same everywhere (Kahn's algorithm with a heap).
#[must_use]
pub fn computation_order(network: &Network) -> Vec<NodeId> {
    let wiring = network.wiring();
    slots_in_order(wiring)
        .into_iter()
        .filter_map(|slot| wiring.joint(slot))
        .map(|joint| joint.node)
        .collect()
}

/// The order of computation; nodes on or behind a loop are left out.
pub(crate) fn slots_in_order(wiring: &Wiring) -> Vec<Slot> {
    let mut waiting: Vec<u32> = vec![0; wiring.slots()];
    let mut ready: BinaryHeap<Reverse<(NodeId, Slot)>> = BinaryHeap::new();
    for (slot, joint) in wiring.joints() {
        let count = joint.incoming.instant().count();
        waiting[slot as usize] = count as u32;
        if count == 0 {
            ready.push(Reverse((joint.node, slot)));
        }
    }
    let mut order = Vec::with_capacity(waiting.len());
    while let Some(Reverse((_, slot))) = ready.pop() {
        order.push(slot);
        let Some(joint) = wiring.joint(slot) else {
            continue;
        };
        for target in joint.outgoing.instant() {
            let count = &mut waiting[target as usize];
            *count -= 1;
            if *count == 0
                && let Some(joint) = wiring.joint(target)
            {
                ready.push(Reverse((joint.node, target)));
            }
        }
    }
    order
}

/// The edges around one loop without delay, the closing one last; `None` when
/// there is no such loop.
#[must_use]
pub fn find_cycle(network: &Network) -> Option<Vec<EdgeId>> {
    let order = slots_in_order(network.wiring());
    cycle_beside(network, &order)
}

/// The edges around one loop among the nodes the order of computation leaves out.
pub(crate) fn cycle_beside(network: &Network, order: &[Slot]) -> Option<Vec<EdgeId>> {
    let wiring = network.wiring();
    if order.len() == network.nodes().len() {
        return None;
    }
    let mut is_ordered = vec![false; wiring.slots()];
    for &slot in order {
        is_ordered[slot as usize] = true;
    }
    // Every node left over has a predecessor that is left over: walk backwards
    // until a node repeats.
    let mut slot = network
        .nodes()
        .filter_map(|node| network.slot(node.id))
        .find(|&slot| !is_ordered[slot as usize])?;
    let mut seen: Vec<Option<usize>> = vec![None; wiring.slots()];
    let mut walked: Vec<EdgeId> = Vec::new();
    loop {
        if let Some(start) = seen[slot as usize] {
            let mut cycle = walked.split_off(start);
            cycle.reverse();
            return Some(cycle);
        }
        seen[slot as usize] = Some(walked.len());
        let (edge, source) = wiring
            .joint(slot)?
            .incoming
            .instant_edges()
            .find(|&(_, source)| !is_ordered[source as usize])?;
        walked.push(edge);
        slot = source;
    }
}
