//! Adding and removing edges, and what must hold before one may be.

use crate::rules::{Ports, check_ends, check_weight};
use crate::{Edge, EdgeId, Endpoint, Network, NetworkError, NodeId, Shape};

use super::Held;

impl Network {
    /// Whether any edge has a delay. Costs nothing, however many there are.
    #[must_use]
    pub fn has_delays(&self) -> bool {
        self.wiring.has_delays()
    }

    /// The edges that enter a node, in ascending order.
    #[must_use]
    pub fn incoming(&self, id: NodeId) -> &[EdgeId] {
        self.slot(id)
            .and_then(|slot| self.wiring.joint(slot))
            .map_or(&[], |joint| joint.incoming.ids())
    }

    /// The edges that leave a node, in ascending order.
    #[must_use]
    pub fn outgoing(&self, id: NodeId) -> &[EdgeId] {
        self.slot(id)
            .and_then(|slot| self.wiring.joint(slot))
            .map_or(&[], |joint| joint.outgoing.ids())
    }

    /// Adds an edge.
    ///
    /// # Errors
    /// When its number is taken, it may not be (see [`Self::check_edge`]), or its
    /// weight has the wrong shape or is not finite.
    pub fn add_edge(&mut self, edge: Edge) -> Result<(), NetworkError> {
        let shape = self.check_edge(edge.from, edge.to, edge.delay)?;
        if self.edges.contains(edge.id.0) {
            return Err(NetworkError::DuplicateEdge(edge.id));
        }
        check_weight(&edge, &shape, || self.edge_name(edge.from, edge.to))?;
        let (from, to) = (
            self.held(edge.from.node())?.slot,
            self.held(edge.to.node())?.slot,
        );
        self.wiring.join(edge.id, from, to, edge.delay);
        self.layout
            .insert_edge(edge.id, edge.weight.elements().len());
        self.edges.insert(edge);
        Ok(())
    }

    /// Removes an edge and gives it back.
    ///
    /// # Errors
    /// When there is no such edge.
    pub fn remove_edge(&mut self, id: EdgeId) -> Result<Edge, NetworkError> {
        let edge = self
            .edges
            .remove(id.0)
            .ok_or(NetworkError::UnknownEdge(id))?;
        if let Some((from, to)) = self.slot(edge.from.node()).zip(self.slot(edge.to.node())) {
            self.wiring.part(id, from, to);
        }
        self.layout.remove_edge(id);
        Ok(edge)
    }

    /// Whether these ports may be joined, and the shape the weight then has.
    ///
    /// # Errors
    /// When an end does not exist, the direction is wrong, they are joined
    /// already, the shapes do not fit, or it would be a loop without delay.
    pub fn check_edge(
        &self,
        from: Endpoint,
        to: Endpoint,
        delay: u8,
    ) -> Result<Shape, NetworkError> {
        let (source, target) = (self.held(from.node())?, self.held(to.node())?);
        let is_joined = || {
            self.wiring
                .between(source.slot, target.slot, delay)
                .filter_map(|id| self.edge(id))
                .any(|edge| edge.from == from && edge.to == to)
        };
        let shape = check_ends(
            (from, &source.node, &Ports::of(&self.kinds, &source.node)),
            (to, &target.node, &Ports::of(&self.kinds, &target.node)),
            delay,
            is_joined,
        )?;
        if delay == 0
            && let Some(path) = self.wiring.path(target.slot, source.slot)
        {
            let mut names = vec![self.name(from.node())];
            names.extend(path.iter().map(|&id| self.name(id)));
            return Err(NetworkError::Cycle(names));
        }
        Ok(shape)
    }

    pub(super) fn held(&self, id: NodeId) -> Result<&Held, NetworkError> {
        self.nodes.get(id.0).ok_or(NetworkError::UnknownNode(id))
    }

    pub(super) fn edge_name(&self, from: Endpoint, to: Endpoint) -> String {
        format!("{} → {}", self.name(from.node()), self.name(to.node()))
    }
}
