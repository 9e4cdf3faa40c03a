//! Networks from lists of nodes and edges, and their form in files and messages.

use serde::{Deserialize, Serialize};

use crate::chunks::Chunks;
use crate::order::{cycle_beside, slots_in_order};
use crate::rules::{Ports, check_ends, check_weight};
use crate::wiring::{End, Slot, Wires};
use crate::{Edge, EdgeId, Kinds, Network, NetworkError, Node, ParameterLayout, Part, PartError};

impl Network {
    /// The network of these nodes and edges. Costs less than to add them one by
    /// one: what is sorted or searched is so once, for all.
    ///
    /// # Errors
    /// The first part that does not fit, and why.
    pub fn from_parts(kinds: Kinds, nodes: Vec<Node>, edges: Vec<Edge>) -> Result<Self, PartError> {
        let mut assembly = Assembly::new(kinds, nodes, edges)?;
        loop {
            if let Some(network) = assembly.step()? {
                return Ok(network);
            }
        }
    }

    /// Puts edges in that were checked, but for loops.
    fn take_edges(
        &mut self,
        edges: Vec<Edge>,
        ids: &[EdgeId],
        sides: Vec<Sides>,
    ) -> Result<(), PartError> {
        let wires = sides.into_iter().map(|side| side.into_wires(ids));
        self.wiring.set_wires(wires);
        let order = slots_in_order(&self.wiring);
        self.edges = Chunks::from_sorted(sorted(edges));
        if let Some(cycle) = cycle_beside(self, &order) {
            let closing = cycle.last().copied();
            return Err(PartError {
                part: Part::Edge(
                    ids.iter()
                        .position(|&id| Some(id) == closing)
                        .unwrap_or_default(),
                ),
                error: NetworkError::Cycle(self.names_along(&cycle)),
            });
        }
        self.wiring.set_order(order);
        Ok(())
    }

    /// Checks the ends of one edge against those before it in the list.
    fn check_one(
        &self,
        edges: &[Edge],
        index: usize,
        ports: &[Ports],
        sides: &[Sides],
    ) -> Result<(Slot, Slot, Vec<u32>), NetworkError> {
        let edge = &edges[index];
        let source = self.held(edge.from.node())?;
        let target = self.held(edge.to.node())?;
        // Of the two sides the one with fewer wires is searched: that is never
        // quadratic, not even for a star.
        let is_joined = || {
            let outgoing = &sides[source.slot as usize].outgoing;
            let incoming = &sides[target.slot as usize].incoming;
            let (wires, end) = if outgoing.len() <= incoming.len() {
                (outgoing, End::new(target.slot, edge.delay))
            } else {
                (incoming, End::new(source.slot, edge.delay))
            };
            wires
                .iter()
                .filter(|&&(_, other)| other == end)
                .map(|&(index, _)| &edges[index as usize])
                .any(|other| other.from == edge.from && other.to == edge.to)
        };
        let shape = check_ends(
            (edge.from, &source.node, &ports[source.slot as usize]),
            (edge.to, &target.node, &ports[target.slot as usize]),
            edge.delay,
            is_joined,
        )?;
        Ok((source.slot, target.slot, shape))
    }

    fn names_along(&self, cycle: &[EdgeId]) -> Vec<String> {
        let mut names: Vec<String> = cycle
            .iter()
            .filter_map(|&id| self.edge(id))
            .map(|edge| self.name(edge.from.node()))
            .collect();
        names.extend(names.first().cloned());
        names
    }
}

/// A network that is put together piece by piece, so that whoever does it can do
/// something else between two of them.
pub struct Assembly {
    network: Network,
    edges: Vec<Edge>,
    ids: Vec<EdgeId>,
    /// The first edge whose number stood before.
    repeated: Option<usize>,
    /// What the kinds say of the nodes: asked once for each node, not for each edge.
    ports: Vec<Ports>,
    sides: Vec<Sides>,
    /// So many edges are checked.
    checked: usize,
    stage: Stage,
}

/// What is to be done next.
#[derive(Clone, Copy)]
enum Stage {
    Check,
    Join,
    Lay,
}

impl Assembly {
    /// So many edges are checked in one step.
    const EDGES: usize = 4_096;

    /// Begins with these parts.
    ///
    /// # Errors
    /// The first node that does not fit, and why.
    pub fn new(kinds: Kinds, nodes: Vec<Node>, edges: Vec<Edge>) -> Result<Self, PartError> {
        let mut network = Network::new(kinds);
        for (index, node) in nodes.into_iter().enumerate() {
            network.admit(node).map_err(|error| PartError {
                part: Part::Node(index),
                error,
            })?;
        }
        let ids: Vec<EdgeId> = edges.iter().map(|edge| edge.id).collect();
        let mut ports = vec![Ports::default(); network.wiring.slots()];
        for held in network.nodes.iter() {
            ports[held.slot as usize] = Ports::of(&network.kinds, &held.node);
        }
        Ok(Self {
            repeated: first_repeated(&ids),
            sides: vec![Sides::default(); network.wiring.slots()],
            ports,
            ids,
            edges,
            network,
            checked: 0,
            stage: Stage::Check,
        })
    }

    /// How much of it is done, 0 to 1.
    #[must_use]
    pub fn share(&self) -> f32 {
        match self.stage {
            // Joining and laying out take about as long as checking.
            Stage::Check if self.ids.is_empty() => 0.0,
            Stage::Check => 0.5 * self.checked as f32 / self.ids.len() as f32,
            Stage::Join => 0.5,
            Stage::Lay => 0.9,
        }
    }

    /// Does the next piece; the network once it is whole.
    ///
    /// # Errors
    /// The first edge that does not fit, and why.
    pub fn step(&mut self) -> Result<Option<Network>, PartError> {
        match self.stage {
            Stage::Check => {
                let end = self.ids.len().min(self.checked + Self::EDGES);
                for index in self.checked..end {
                    self.check(index).map_err(|error| PartError {
                        part: Part::Edge(index),
                        error,
                    })?;
                }
                self.checked = end;
                if end == self.ids.len() {
                    self.stage = Stage::Join;
                }
                Ok(None)
            }
            Stage::Join => {
                let edges = std::mem::take(&mut self.edges);
                let sides = std::mem::take(&mut self.sides);
                self.network.take_edges(edges, &self.ids, sides)?;
                self.stage = Stage::Lay;
                Ok(None)
            }
            Stage::Lay => {
                let mut network = std::mem::take(&mut self.network);
                network.layout = ParameterLayout::of_sorted(network.nodes(), network.edges());
                Ok(Some(network))
            }
        }
    }

    /// Checks an edge but for loops, and notes it at its ends.
    fn check(&mut self, index: usize) -> Result<(), NetworkError> {
        let Self {
            network,
            edges,
            ports,
            sides,
            ..
        } = self;
        let (from, to, shape) = network.check_one(edges, index, ports, sides)?;
        let edge = &edges[index];
        if self.repeated == Some(index) {
            return Err(NetworkError::DuplicateEdge(edge.id));
        }
        check_weight(edge, &shape, || network.edge_name(edge.from, edge.to))?;
        let wire = |other| (index as u32, End::new(other, edge.delay));
        let (wire_to, wire_from) = (wire(to), wire(from));
        sides[from as usize].outgoing.push(wire_to);
        sides[to as usize].incoming.push(wire_from);
        Ok(())
    }
}

/// The wires of a node while a network is made: each with the index of its edge
/// in the list.
#[derive(Clone, Default)]
struct Sides {
    outgoing: Vec<(u32, End)>,
    incoming: Vec<(u32, End)>,
}

impl Sides {
    fn into_wires(self, ids: &[EdgeId]) -> (Wires, Wires) {
        let wires = |side: Vec<(u32, End)>| {
            let named = side
                .into_iter()
                .map(|(index, end)| (ids[index as usize], end));
            Wires::from_sorted(sorted_wires(named.collect()).into_iter())
        };
        (wires(self.outgoing), wires(self.incoming))
    }
}

fn sorted_wires(mut wires: Vec<(EdgeId, End)>) -> Vec<(EdgeId, End)> {
    if !wires.is_sorted_by_key(|&(id, _)| id) {
        wires.sort_unstable_by_key(|&(id, _)| id);
    }
    wires
}

fn sorted(mut edges: Vec<Edge>) -> Vec<Edge> {
    if !edges.is_sorted_by_key(|edge| edge.id) {
        edges.sort_unstable_by_key(|edge| edge.id);
    }
    edges
}

/// The first index at which a number stands that stood before.
fn first_repeated(ids: &[EdgeId]) -> Option<usize> {
    if ids.is_sorted_by(|a, b| a < b) {
        return None;
    }
    let mut places: Vec<(EdgeId, usize)> = ids.iter().copied().zip(0..).collect();
    places.sort_unstable();
    places
        .windows(2)
        .filter(|pair| pair[0].0 == pair[1].0)
        .map(|pair| pair[1].1)
        .min()
}

/// The form a network has in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<N, E> {
    nodes: N,
    edges: E,
}

/// A list that is written without being collected first.
struct Listed<F>(F);

impl<F, I> Serialize for Listed<F>
where
    F: Fn() -> I,
    I: ExactSizeIterator<Item: Serialize>,
{
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0())
    }
}

impl Serialize for Network {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = Written {
            nodes: Listed(|| self.nodes()),
            edges: Listed(|| self.edges()),
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Network {
    /// Reads a network of the kinds Neurarium ships.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::<Vec<Node>, Vec<Edge>>::deserialize(deserializer)?;
        Self::from_parts(Kinds::default(), written.nodes, written.edges)
            .map_err(serde::de::Error::custom)
    }
}
