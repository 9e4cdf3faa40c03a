//! The rules of a network written plainly: lists, searched from end to end.

use std::collections::BTreeSet;

use network::{Edge, EdgeId, Element, KindId, NetworkError, Node, NodeId, Parameter, Warning};

/// The same rules, written plainly.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    /// Ascending.
    pub(crate) nodes: Vec<Node>,
    /// Ascending.
    pub(crate) edges: Vec<Edge>,
}

impl Model {
    pub(crate) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    pub(crate) fn name(&self, id: NodeId) -> String {
        self.node(id)
            .map_or_else(String::new, |node| node.name.clone())
    }

    pub(crate) fn add_node(&mut self, mut node: Node) -> Result<(), NetworkError> {
        if let Some(other) = self.node(node.id) {
            return Err(NetworkError::DuplicateNode {
                id: node.id,
                name: node.name,
                taken_by: other.name.clone(),
            });
        }
        if node.parameters.is_empty() && node.kind != KindId::INPUT {
            node.parameters = vec![Parameter::scalar(0.0)];
        }
        self.nodes.push(node);
        self.nodes.sort_by_key(|node| node.id);
        Ok(())
    }

    pub(crate) fn remove_node(&mut self, id: NodeId) -> Result<(Node, Vec<Edge>), NetworkError> {
        let place = self.nodes.iter().position(|node| node.id == id);
        let node = self
            .nodes
            .remove(place.ok_or(NetworkError::UnknownNode(id))?);
        let meets = |edge: &Edge| edge.from.node() == id || edge.to.node() == id;
        let taken = self.edges.iter().filter(|e| meets(e)).cloned().collect();
        self.edges.retain(|edge| !meets(edge));
        Ok((node, taken))
    }

    pub(crate) fn add_edge(&mut self, edge: Edge) -> Result<(), NetworkError> {
        self.check_ends(&edge)?;
        if edge.delay == 0
            && let Some(path) = self.path(edge.to.node(), edge.from.node())
        {
            let mut names = vec![self.name(edge.from.node())];
            names.extend(path.into_iter().map(|id| self.name(id)));
            return Err(NetworkError::Cycle(names));
        }
        self.check_edge_itself(&edge)?;
        self.edges.push(edge);
        self.edges.sort_by_key(|edge| edge.id);
        Ok(())
    }

    pub(crate) fn check_ends(&self, edge: &Edge) -> Result<(), NetworkError> {
        let find = |id| self.node(id).ok_or(NetworkError::UnknownNode(id));
        let (source, target) = (find(edge.from.node())?, find(edge.to.node())?);
        let (from, to) = (source.name.clone(), target.name.clone());
        if edge.delay > 1 {
            let delay = edge.delay;
            return Err(NetworkError::BadDelay { from, to, delay });
        }
        if target.kind == KindId::INPUT {
            return Err(NetworkError::IntoInput(to));
        }
        if source.kind == KindId::OUTPUT {
            return Err(NetworkError::OutOfOutput(from));
        }
        if source.id == target.id && edge.delay == 0 {
            return Err(NetworkError::ToItself(from));
        }
        let ends = |edge: &Edge| (edge.from, edge.to, edge.delay);
        if self.edges.iter().any(|other| ends(other) == ends(edge)) {
            return Err(NetworkError::AlreadyConnected { from, to });
        }
        for (node, side, end) in [(source, "output", edge.from), (target, "input", edge.to)] {
            if end.port().0 != 0 {
                return Err(NetworkError::UnknownPort {
                    name: node.name.clone(),
                    side,
                    port: end.port().0,
                    count: 1,
                });
            }
        }
        Ok(())
    }

    pub(crate) fn check_edge_itself(&self, edge: &Edge) -> Result<(), NetworkError> {
        if self.edges.iter().any(|other| other.id == edge.id) {
            return Err(NetworkError::DuplicateEdge(edge.id));
        }
        let name = format!(
            "{} → {}",
            self.name(edge.from.node()),
            self.name(edge.to.node())
        );
        let what = "weight".to_owned();
        if !edge.weight.shape().is_empty() {
            return Err(NetworkError::ParameterShape {
                name,
                what,
                found: edge.weight.shape().to_vec(),
                expected: Vec::new(),
            });
        }
        let found = edge.weight.first();
        if !found.is_finite() {
            return Err(NetworkError::NotFinite { name, what, found });
        }
        Ok(())
    }

    pub(crate) fn remove_edge(&mut self, id: EdgeId) -> Result<Edge, NetworkError> {
        let place = self.edges.iter().position(|edge| edge.id == id);
        Ok(self
            .edges
            .remove(place.ok_or(NetworkError::UnknownEdge(id))?))
    }

    /// A depth-first search, the highest edge first.
    pub(crate) fn path(&self, from: NodeId, to: NodeId) -> Option<Vec<NodeId>> {
        let mut came_from: Vec<(NodeId, NodeId)> = Vec::new();
        let source = |came_from: &[(NodeId, NodeId)], id| {
            came_from
                .iter()
                .find(|came| came.0 == id)
                .map(|came| came.1)
        };
        let mut open = vec![from];
        while let Some(id) = open.pop() {
            if id == to {
                let mut path = vec![to];
                while path[path.len() - 1] != from {
                    path.push(source(&came_from, path[path.len() - 1])?);
                }
                path.reverse();
                return Some(path);
            }
            for edge in self
                .edges
                .iter()
                .filter(|e| e.delay == 0 && e.from.node() == id)
            {
                let target = edge.to.node();
                if target != from && source(&came_from, target).is_none() {
                    came_from.push((target, id));
                    open.push(target);
                }
            }
        }
        None
    }

    /// The nodes in the order of computation: again and again the lowest that
    /// depends on none that is left.
    pub(crate) fn order(&self) -> Vec<NodeId> {
        let mut left: Vec<NodeId> = self.nodes.iter().map(|node| node.id).collect();
        let mut order = Vec::new();
        while !left.is_empty() {
            let is_ready = |id: NodeId| {
                !self.edges.iter().any(|edge| {
                    edge.delay == 0 && edge.to.node() == id && left.contains(&edge.from.node())
                })
            };
            let Some(place) = left.iter().position(|&id| is_ready(id)) else {
                break;
            };
            order.push(left.remove(place));
        }
        order
    }

    /// The nodes that a walk along all edges from these reaches.
    pub(crate) fn reached(
        &self,
        kind: KindId,
        ends: impl Fn(&Edge) -> (NodeId, NodeId),
    ) -> BTreeSet<NodeId> {
        let roots = self.nodes.iter().filter(|node| node.kind == kind);
        let mut reached: BTreeSet<NodeId> = roots.map(|node| node.id).collect();
        for _ in 0..self.nodes.len() {
            for (from, to) in self.edges.iter().map(&ends) {
                if reached.contains(&from) {
                    reached.insert(to);
                }
            }
        }
        reached
    }

    pub(crate) fn warnings(&self) -> Vec<Warning> {
        let forwards = |edge: &Edge| (edge.from.node(), edge.to.node());
        let backwards = |edge: &Edge| (edge.to.node(), edge.from.node());
        let reached = self.reached(KindId::INPUT, forwards);
        let useful = self.reached(KindId::OUTPUT, backwards);
        let has = |kind| self.nodes.iter().any(|node| node.kind == kind);
        let mut found = Vec::new();
        if !has(KindId::INPUT) {
            found.push(Warning::NoInput);
        }
        if !has(KindId::OUTPUT) {
            found.push(Warning::NoOutput);
        }
        for node in &self.nodes {
            if !reached.contains(&node.id) {
                found.push(Warning::Unreachable(node.id));
            }
            if !useful.contains(&node.id) {
                found.push(Warning::NoPathToOutput(node.id));
            }
        }
        found
    }

    pub(crate) fn elements_mut(&mut self) -> Vec<&mut Element> {
        let of_nodes = self.nodes.iter_mut().flat_map(|node| &mut node.parameters);
        let of_edges = self.edges.iter_mut().map(|edge| &mut edge.weight);
        of_nodes
            .chain(of_edges)
            .flat_map(Parameter::elements_mut)
            .collect()
    }
}
