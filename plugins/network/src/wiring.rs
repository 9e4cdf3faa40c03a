//! Who is joined to whom, and a standing order in which nobody comes before what it depends on.

use std::sync::Arc;

use crate::chunks::{Chunks, Keyed};
use crate::{EdgeId, NodeId};

/// The place of a node in the lists here. Small and without gaps, so that what
/// belongs to nodes fits into plain lists.
pub(crate) type Slot = u32;

/// The other end of an edge and its delay, in four bytes: a search reads a
/// million of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End(u32);

impl End {
    /// `slot` is below 2³¹: so many nodes fit into no memory.
    pub(crate) fn new(slot: Slot, delay: u8) -> Self {
        Self(slot << 1 | u32::from(delay != 0))
    }

    pub(crate) fn slot(self) -> Slot {
        self.0 >> 1
    }

    fn is_instant(self) -> bool {
        self.0 & 1 == 0
    }
}

/// The edges on one side of a node, ascending.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wires {
    ids: Vec<EdgeId>,
    /// For each edge its other end.
    ends: Vec<End>,
}

impl Wires {
    /// Wires of edges that ascend.
    pub(crate) fn from_sorted(wires: impl ExactSizeIterator<Item = (EdgeId, End)>) -> Self {
        let (ids, ends) = wires.unzip();
        Self { ids, ends }
    }

    pub(crate) fn ids(&self) -> &[EdgeId] {
        &self.ids
    }

    /// The other ends of those edges whose value arrives in the same step of time.
    pub(crate) fn instant(&self) -> impl Iterator<Item = Slot> {
        self.ends
            .iter()
            .filter(|end| end.is_instant())
            .map(|end| end.slot())
    }

    /// How many of the values arrive a step later.
    fn delays(&self) -> usize {
        self.ends.iter().filter(|end| !end.is_instant()).count()
    }

    /// The other ends of all edges.
    pub(crate) fn slots(&self) -> impl Iterator<Item = Slot> {
        self.ends.iter().map(|end| end.slot())
    }

    /// The edges whose value arrives in the same step of time, with their other
    /// ends.
    pub(crate) fn instant_edges(&self) -> impl Iterator<Item = (EdgeId, Slot)> {
        let wires = self.ids.iter().zip(&self.ends);
        wires
            .filter(|(_, end)| end.is_instant())
            .map(|(&id, end)| (id, end.slot()))
    }

    /// The edges with this other end.
    fn with(&self, end: End) -> impl Iterator<Item = EdgeId> {
        let wires = self.ids.iter().zip(&self.ends);
        wires
            .filter(move |&(_, &other)| other == end)
            .map(|(&id, _)| id)
    }

    fn insert(&mut self, id: EdgeId, end: End) {
        let place = self.ids.partition_point(|&other| other < id);
        self.ids.insert(place, id);
        self.ends.insert(place, end);
    }

    fn remove(&mut self, id: EdgeId) -> Option<End> {
        let place = self.ids.binary_search(&id).ok()?;
        self.ids.remove(place);
        Some(self.ends.remove(place))
    }
}

/// A node as its wires see it.
#[derive(Clone, Debug)]
pub(crate) struct Joint {
    slot: Slot,
    pub(crate) node: NodeId,
    pub(crate) incoming: Arc<Wires>,
    pub(crate) outgoing: Arc<Wires>,
}

impl Keyed for Joint {
    const PIECE: usize = 64;

    fn key(&self) -> u32 {
        self.slot
    }
}

/// The wires of all nodes, and an order of the nodes in which each comes after
/// all it depends on without delay. An edge that agrees with the order closes no
/// loop; one that does not is searched for between its ends in the order, from
/// both sides at once, and if there is none the order is mended there (after
/// Bender, Fineman, Gilbert, Tarjan 2015, "A New Approach to Incremental Cycle
/// Detection and Related Problems", and Pearce & Kelly 2006).
#[derive(Clone, Debug, Default)]
pub(crate) struct Wiring {
    joints: Chunks<Joint>,
    /// The slot at each place of the order. A free slot keeps its place, so that
    /// a node that comes back finds the order as it left it.
    order: Arc<Vec<Slot>>,
    /// The place in the order of each slot.
    ranks: Arc<Vec<u32>>,
    /// Free slots; the last one freed is taken first.
    free: Vec<Slot>,
    /// Edges with a delay.
    delays: usize,
}

/// What a new edge without delay would do to the order.
#[derive(Debug)]
enum Fit {
    /// It agrees.
    Agrees,
    /// It would close a loop.
    Loop,
    /// These, all that lead to its source, must come before its target.
    Before(Vec<Slot>),
    /// These, all its target leads to, must come after its source.
    After(Vec<Slot>),
}

impl Wiring {
    pub(crate) fn joint(&self, slot: Slot) -> Option<&Joint> {
        self.joints.get(slot)
    }

    /// One more than the highest slot.
    pub(crate) fn slots(&self) -> usize {
        self.ranks.len()
    }

    /// All nodes, by slot.
    pub(crate) fn joints(&self) -> impl Iterator<Item = (Slot, &Joint)> {
        self.joints.iter().map(|joint| (joint.slot, joint))
    }

    /// Whether a value anywhere arrives a step later.
    pub(crate) fn has_delays(&self) -> bool {
        self.delays > 0
    }

    /// All slots, each after what it depends on without delay.
    pub(crate) fn order(&self) -> &[Slot] {
        &self.order
    }

    /// Takes in a node without wires.
    pub(crate) fn add(&mut self, node: NodeId) -> Slot {
        let slot = self.free.pop().unwrap_or_else(|| {
            let slot = self.ranks.len() as u32;
            Arc::make_mut(&mut self.order).push(slot);
            Arc::make_mut(&mut self.ranks).push(slot);
            slot
        });
        self.joints.insert(Joint {
            slot,
            node,
            incoming: Arc::default(),
            outgoing: Arc::default(),
        });
        slot
    }

    /// Lets go of a node that has no wires any more.
    pub(crate) fn remove(&mut self, slot: Slot) {
        if self.joints.remove(slot).is_some() {
            self.free.push(slot);
        }
    }

    /// Joins two nodes; without delay only where it closes no loop.
    pub(crate) fn join(&mut self, id: EdgeId, from: Slot, to: Slot, delay: u8) {
        if delay == 0 {
            self.mend(from, to);
        } else {
            self.delays += 1;
        }
        if let Some(joint) = self.joints.get_mut(from) {
            Arc::make_mut(&mut joint.outgoing).insert(id, End::new(to, delay));
        }
        if let Some(joint) = self.joints.get_mut(to) {
            Arc::make_mut(&mut joint.incoming).insert(id, End::new(from, delay));
        }
    }

    /// Takes away an edge.
    pub(crate) fn part(&mut self, id: EdgeId, from: Slot, to: Slot) {
        if let Some(joint) = self.joints.get_mut(from) {
            Arc::make_mut(&mut joint.outgoing).remove(id);
        }
        if let Some(joint) = self.joints.get_mut(to)
            && let Some(end) = Arc::make_mut(&mut joint.incoming).remove(id)
        {
            self.delays -= usize::from(!end.is_instant());
        }
    }

    /// Gives each slot its wires at once, the wires that leave and those that
    /// enter; the order is to be set after.
    pub(crate) fn set_wires(&mut self, wires: impl Iterator<Item = (Wires, Wires)>) {
        self.delays = 0;
        for (joint, (outgoing, incoming)) in self.joints.iter_mut().zip(wires) {
            self.delays += incoming.delays();
            joint.outgoing = Arc::new(outgoing);
            joint.incoming = Arc::new(incoming);
        }
    }

    /// Takes this order, which has each slot once.
    pub(crate) fn set_order(&mut self, order: Vec<Slot>) {
        let mut ranks = vec![0; order.len()];
        for (rank, &slot) in (0..).zip(&order) {
            ranks[slot as usize] = rank;
        }
        self.order = Arc::new(order);
        self.ranks = Arc::new(ranks);
    }

    /// The edges that join two nodes with this delay.
    pub(crate) fn between(&self, from: Slot, to: Slot, delay: u8) -> impl Iterator<Item = EdgeId> {
        let ends = self.joint(from).zip(self.joint(to));
        let (wires, end) = ends
            .map(|(source, target)| {
                if source.outgoing.ids.len() <= target.incoming.ids.len() {
                    (&source.outgoing, End::new(to, delay))
                } else {
                    (&target.incoming, End::new(from, delay))
                }
            })
            .unzip();
        let found = wires.zip(end).map(|(wires, end)| wires.with(end));
        found.into_iter().flatten()
    }

    /// The nodes on a way without delay from one to another, both included, or
    /// `None` when there is none. The way is the one a depth-first search finds
    /// that tries the wires with the highest numbers first.
    pub(crate) fn path(&self, from: Slot, to: Slot) -> Option<Vec<NodeId>> {
        if !matches!(self.fit(to, from), Fit::Loop) {
            return None;
        }
        let highest = self.rank(to);
        let mut came_from: Vec<Option<Slot>> = vec![None; self.slots()];
        let mut open = vec![from];
        while let Some(slot) = open.pop() {
            for next in self.joint(slot)?.outgoing.instant() {
                let came = &mut came_from[next as usize];
                // What comes after the goal in the order leads nowhere.
                if came.is_some() || next == from || self.rank(next) > highest {
                    continue;
                }
                *came = Some(slot);
                if next == to {
                    return self.trace(from, to, &came_from);
                }
                open.push(next);
            }
        }
        None
    }

    fn trace(&self, from: Slot, to: Slot, came_from: &[Option<Slot>]) -> Option<Vec<NodeId>> {
        let mut path = vec![self.joint(to)?.node];
        let mut at = to;
        while at != from {
            at = came_from[at as usize]?;
            path.push(self.joint(at)?.node);
        }
        path.reverse();
        Some(path)
    }

    fn rank(&self, slot: Slot) -> u32 {
        self.ranks[slot as usize]
    }

    /// What an edge without delay would do to the order. Both sides are searched
    /// by turns, the one that has read less first: the smaller of the two decides.
    fn fit(&self, from: Slot, to: Slot) -> Fit {
        let (low, high) = (self.rank(to), self.rank(from));
        if high < low {
            return Fit::Agrees;
        }
        if from == to {
            return Fit::Loop;
        }
        let mut side = vec![Side::None; self.slots()];
        side[from as usize] = Side::Behind;
        side[to as usize] = Side::Ahead;
        let mut behind = Search::new(from);
        let mut ahead = Search::new(to);
        loop {
            let is_ahead = ahead.cost <= behind.cost;
            let (search, own, other) = if is_ahead {
                (&mut ahead, Side::Ahead, Side::Behind)
            } else {
                (&mut behind, Side::Behind, Side::Ahead)
            };
            let Some(slot) = search.open.pop() else {
                return if is_ahead {
                    Fit::After(ahead.found)
                } else {
                    Fit::Before(behind.found)
                };
            };
            let Some(joint) = self.joint(slot) else {
                continue;
            };
            let wires = if is_ahead {
                &joint.outgoing
            } else {
                &joint.incoming
            };
            search.cost += wires.ids.len() + 1;
            for next in wires.instant() {
                let seen = &mut side[next as usize];
                if *seen == other {
                    return Fit::Loop;
                }
                if *seen == Side::None && (low..=high).contains(&self.ranks[next as usize]) {
                    *seen = own;
                    search.found.push(next);
                    search.open.push(next);
                }
            }
        }
    }

    /// Mends the order for an edge without delay.
    fn mend(&mut self, from: Slot, to: Slot) {
        let (is_before, moved) = match self.fit(from, to) {
            Fit::Agrees | Fit::Loop => return,
            Fit::Before(moved) => (true, moved),
            Fit::After(moved) => (false, moved),
        };
        let (low, high) = (self.rank(to) as usize, self.rank(from) as usize);
        let order = Arc::make_mut(&mut self.order);
        let ranks = Arc::make_mut(&mut self.ranks);
        let mut is_moved = vec![false; high - low + 1];
        for slot in moved {
            is_moved[ranks[slot as usize] as usize - low] = true;
        }
        let span = order[low..=high].to_vec();
        let part = |is_first: bool| {
            span.iter()
                .zip(&is_moved)
                .filter(move |&(_, &is_moved)| (is_moved == is_before) == is_first)
                .map(|(&slot, _)| slot)
        };
        for (rank, slot) in (low..).zip(part(true).chain(part(false))) {
            order[rank] = slot;
            ranks[slot as usize] = rank as u32;
        }
    }
}

/// Which of the two searches has seen a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    None,
    Behind,
    Ahead,
}

/// One of the two searches. Depth first: in layers it meets the other at once.
struct Search {
    found: Vec<Slot>,
    /// Those of them that are still to be followed.
    open: Vec<Slot>,
    /// How many wires have been read.
    cost: usize,
}

impl Search {
    fn new(start: Slot) -> Self {
        Self {
            found: vec![start],
            open: vec![start],
            cost: 0,
        }
    }
}
