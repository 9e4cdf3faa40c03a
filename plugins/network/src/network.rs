//! The network: nodes and edges that always fit together.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::order::{find_cycle, path_between};
use crate::rules::{
    check_activation, check_list, check_name, check_parameter, check_position, port,
};
use crate::{
    Activation, Edge, EdgeId, Element, ElementId, Endpoint, Kind, Kinds, NetworkError, Node,
    NodeId, Parameter, ParameterId, Part, PartError, Position, Role, Shape, Snapshot,
};

/// Nodes and edges by number. Each change is checked before it is made, so a
/// `Network` is valid at all times: ends exist, shapes fit, no loop without delay.
#[derive(Clone, Debug, Default)]
pub struct Network {
    kinds: Kinds,
    nodes: BTreeMap<NodeId, Node>,
    edges: BTreeMap<EdgeId, Edge>,
    /// Edges by the node they enter, in ascending order.
    incoming: BTreeMap<NodeId, Vec<EdgeId>>,
    /// Edges by the node they leave, in ascending order.
    outgoing: BTreeMap<NodeId, Vec<EdgeId>>,
}

impl PartialEq for Network {
    fn eq(&self, other: &Self) -> bool {
        self.nodes == other.nodes && self.edges == other.edges
    }
}

impl Network {
    /// An empty network that knows these kinds.
    #[must_use]
    pub fn new(kinds: Kinds) -> Self {
        Self {
            kinds,
            ..Self::default()
        }
    }

    /// The network of these nodes and edges.
    ///
    /// # Errors
    /// The first part that does not fit, and why.
    pub fn from_parts(kinds: Kinds, nodes: Vec<Node>, edges: Vec<Edge>) -> Result<Self, PartError> {
        let mut network = Self::new(kinds);
        for (index, node) in nodes.into_iter().enumerate() {
            network.add_node(node).map_err(|error| PartError {
                part: Part::Node(index),
                error,
            })?;
        }
        let ids: Vec<EdgeId> = edges.iter().map(|edge| edge.id).collect();
        for (index, edge) in edges.into_iter().enumerate() {
            network
                .check_ends(edge.from, edge.to, edge.delay)
                .and_then(|shape| network.check_edge_itself(&edge, &shape))
                .map_err(|error| PartError {
                    part: Part::Edge(index),
                    error,
                })?;
            network.insert_edge(edge);
        }
        // One search over the whole instead of one for each edge.
        if let Some(cycle) = find_cycle(&network) {
            let closing = cycle.last().copied();
            return Err(PartError {
                part: Part::Edge(
                    ids.iter()
                        .position(|&id| Some(id) == closing)
                        .unwrap_or_default(),
                ),
                error: NetworkError::Cycle(network.names_along(&cycle)),
            });
        }
        Ok(network)
    }

    /// The kinds it knows.
    #[must_use]
    pub fn kinds(&self) -> &Kinds {
        &self.kinds
    }

    /// All nodes, by number.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = &Node> + DoubleEndedIterator {
        self.nodes.values()
    }

    /// All edges, by number.
    pub fn edges(&self) -> impl ExactSizeIterator<Item = &Edge> + DoubleEndedIterator {
        self.edges.values()
    }

    /// The node of this number.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(&id)
    }

    /// The edge of this number.
    #[must_use]
    pub fn edge(&self, id: EdgeId) -> Option<&Edge> {
        self.edges.get(&id)
    }

    /// The edges that enter a node, in ascending order.
    #[must_use]
    pub fn incoming(&self, id: NodeId) -> &[EdgeId] {
        self.incoming.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The edges that leave a node, in ascending order.
    #[must_use]
    pub fn outgoing(&self, id: NodeId) -> &[EdgeId] {
        self.outgoing.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The nodes of a role, by number.
    pub fn nodes_of(&self, role: Role) -> impl Iterator<Item = &Node> {
        self.nodes().filter(move |node| self.role(node) == role)
    }

    /// The kind of a node of this network.
    #[must_use]
    pub fn kind(&self, node: &Node) -> Option<&dyn Kind> {
        self.kinds.get(&node.kind)
    }

    /// The part a node of this network plays.
    #[must_use]
    pub fn role(&self, node: &Node) -> Role {
        self.kind(node).map_or(Role::Hidden, Kind::role)
    }

    /// A number no node has.
    #[must_use]
    pub fn free_node_id(&self) -> NodeId {
        NodeId(next(self.nodes.keys().next_back().map(|id| id.0)))
    }

    /// A number no edge has.
    #[must_use]
    pub fn free_edge_id(&self) -> EdgeId {
        EdgeId(next(self.edges.keys().next_back().map(|id| id.0)))
    }

    /// Adds a node. Parameters left out become its kind's, at zero.
    ///
    /// # Errors
    /// When its number is taken, its kind unknown, its name no name, or its
    /// activation, parameters or position are not what its kind asks for.
    pub fn add_node(&mut self, mut node: Node) -> Result<(), NetworkError> {
        if let Some(other) = self.nodes.get(&node.id) {
            return Err(NetworkError::DuplicateNode {
                id: node.id,
                name: node.name,
                taken_by: other.name.clone(),
            });
        }
        check_name(&node.name)?;
        check_position(&node.name, node.position)?;
        let Some(kind) = self.kinds.get(&node.kind) else {
            return Err(NetworkError::UnknownKind {
                name: node.name,
                kind: node.kind.as_str().to_owned(),
                known: self.kinds.names(),
            });
        };
        check_activation(kind, &node.name, node.activation)?;
        let specs = kind.parameters(&node);
        if node.parameters.is_empty() {
            node.parameters = specs
                .iter()
                .filter_map(|spec| {
                    let zeros = vec![0.0; crate::shape_size(&spec.shape)];
                    Parameter::tensor(&spec.shape, &zeros)
                })
                .collect();
        }
        if node.parameters.len() != specs.len() {
            return Err(NetworkError::ParameterCount {
                name: node.name,
                found: node.parameters.len(),
                expected: specs.len(),
            });
        }
        for (parameter, spec) in node.parameters.iter().zip(&specs) {
            check_parameter(&node.name, spec.name, parameter, &spec.shape)?;
        }
        self.nodes.insert(node.id, node);
        Ok(())
    }

    /// Removes a node with its edges, and gives them back, edges in ascending
    /// order.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn remove_node(&mut self, id: NodeId) -> Result<(Node, Vec<Edge>), NetworkError> {
        if !self.nodes.contains_key(&id) {
            return Err(NetworkError::UnknownNode(id));
        }
        let mut ids = self.incoming(id).to_vec();
        ids.extend_from_slice(self.outgoing(id));
        ids.sort_unstable();
        ids.dedup();
        let edges = ids
            .into_iter()
            .filter_map(|edge| self.remove_edge(edge).ok())
            .collect();
        self.incoming.remove(&id);
        self.outgoing.remove(&id);
        let node = self
            .nodes
            .remove(&id)
            .ok_or(NetworkError::UnknownNode(id))?;
        Ok((node, edges))
    }

    /// Adds an edge.
    ///
    /// # Errors
    /// When its number is taken, it may not be (see [`Self::check_edge`]), or its
    /// weight has the wrong shape or is not finite.
    pub fn add_edge(&mut self, edge: Edge) -> Result<(), NetworkError> {
        let shape = self.check_edge(edge.from, edge.to, edge.delay)?;
        self.check_edge_itself(&edge, &shape)?;
        self.insert_edge(edge);
        Ok(())
    }

    /// Removes an edge and gives it back.
    ///
    /// # Errors
    /// When there is no such edge.
    pub fn remove_edge(&mut self, id: EdgeId) -> Result<Edge, NetworkError> {
        let edge = self
            .edges
            .remove(&id)
            .ok_or(NetworkError::UnknownEdge(id))?;
        for (map, end) in [
            (&mut self.outgoing, edge.from),
            (&mut self.incoming, edge.to),
        ] {
            if let Some(ids) = map.get_mut(&end.node()) {
                ids.retain(|&other| other != id);
            }
        }
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
        let shape = self.check_ends(from, to, delay)?;
        if delay == 0
            && let Some(path) = path_between(self, to.node(), from.node())
        {
            let mut names = vec![self.name(from.node())];
            names.extend(path.iter().map(|&id| self.name(id)));
            return Err(NetworkError::Cycle(names));
        }
        Ok(shape)
    }

    /// Moves a node; gives back where it was.
    ///
    /// # Errors
    /// When there is no such node or the position is not finite.
    pub fn set_position(
        &mut self,
        id: NodeId,
        position: Position,
    ) -> Result<Position, NetworkError> {
        let node = self
            .nodes
            .get_mut(&id)
            .ok_or(NetworkError::UnknownNode(id))?;
        check_position(&node.name, position)?;
        Ok(std::mem::replace(&mut node.position, position))
    }

    /// Renames a node; gives back the old name.
    ///
    /// # Errors
    /// When there is no such node or it is no name.
    pub fn set_name(&mut self, id: NodeId, name: String) -> Result<String, NetworkError> {
        let node = self
            .nodes
            .get_mut(&id)
            .ok_or(NetworkError::UnknownNode(id))?;
        check_name(&name)?;
        Ok(std::mem::replace(&mut node.name, name))
    }

    /// Gives a node another activation; gives back the old one.
    ///
    /// # Errors
    /// When there is no such node or its kind does not allow the activation.
    pub fn set_activation(
        &mut self,
        id: NodeId,
        activation: Activation,
    ) -> Result<Activation, NetworkError> {
        let node = self
            .nodes
            .get_mut(&id)
            .ok_or(NetworkError::UnknownNode(id))?;
        if let Some(kind) = self.kinds.get(&node.kind) {
            check_activation(kind, &node.name, activation)?;
        }
        Ok(std::mem::replace(&mut node.activation, activation))
    }

    /// One learnable number.
    #[must_use]
    pub fn element(&self, id: ElementId) -> Option<&Element> {
        self.parameter(id.parameter)?
            .elements()
            .get(id.index as usize)
    }

    /// Changes one learnable number as a whole; gives back what it was.
    ///
    /// # Errors
    /// When there is no such number, or the new one is not finite.
    pub fn set_element(
        &mut self,
        id: ElementId,
        element: Element,
    ) -> Result<Element, NetworkError> {
        let owner = self.owner_name(id.parameter)?;
        if let Some(found) = [element.value, element.start]
            .into_iter()
            .find(|number| !number.is_finite())
        {
            return Err(NetworkError::NotFinite {
                name: owner,
                what: "value".to_owned(),
                found,
            });
        }
        let parameter = match id.parameter {
            ParameterId::Node(node, index) => self
                .nodes
                .get_mut(&node)
                .and_then(|node| node.parameters.get_mut(usize::from(index))),
            ParameterId::Edge(edge) => self.edges.get_mut(&edge).map(|edge| &mut edge.weight),
        };
        let slot = parameter
            .and_then(|parameter| parameter.elements_mut().get_mut(id.index as usize))
            .ok_or(NetworkError::UnknownParameter(owner))?;
        Ok(std::mem::replace(slot, element))
    }

    /// A parameter of a node or an edge.
    #[must_use]
    pub fn parameter(&self, id: ParameterId) -> Option<&Parameter> {
        match id {
            ParameterId::Node(node, index) => self.node(node)?.parameters.get(usize::from(index)),
            ParameterId::Edge(edge) => Some(&self.edge(edge)?.weight),
        }
    }

    /// All parameters in the canonical order: of nodes by number, then of edges
    /// by number.
    pub fn parameters(&self) -> impl Iterator<Item = (ParameterId, &Parameter)> {
        let of_nodes = self.nodes().flat_map(|node| {
            (0..)
                .zip(&node.parameters)
                .map(|(index, parameter)| (ParameterId::Node(node.id, index), parameter))
        });
        let of_edges = self
            .edges()
            .map(|edge| (ParameterId::Edge(edge.id), &edge.weight));
        of_nodes.chain(of_edges)
    }

    fn elements_mut(&mut self) -> impl Iterator<Item = &mut Element> {
        let of_nodes = self
            .nodes
            .values_mut()
            .flat_map(|node| &mut node.parameters);
        let of_edges = self.edges.values_mut().map(|edge| &mut edge.weight);
        of_nodes.chain(of_edges).flat_map(Parameter::elements_mut)
    }

    /// All learnable numbers in the canonical order.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.parameters()
            .flat_map(|(_, parameter)| parameter.elements())
    }

    /// How many learnable numbers there are.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.parameters()
            .map(|(_, parameter)| parameter.elements().len())
            .sum()
    }

    /// Values and starts of all learnable numbers, in the canonical order.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let (values, starts) = self.elements().map(|e| (e.value, e.start)).unzip();
        Snapshot { values, starts }
    }

    /// Takes values and starts from a snapshot; gives back the ones before.
    ///
    /// # Errors
    /// When the snapshot has another number of parameters, or a number in it is
    /// not finite.
    pub fn restore(&mut self, snapshot: &Snapshot) -> Result<Snapshot, NetworkError> {
        let before = self.snapshot();
        for list in [&snapshot.values, &snapshot.starts] {
            check_list(list, before.values.len())?;
        }
        let numbers = snapshot.values.iter().zip(&snapshot.starts);
        for (element, (&value, &start)) in self.elements_mut().zip(numbers) {
            element.value = value;
            element.start = start;
        }
        Ok(before)
    }

    /// Takes the values training has found, in the canonical order.
    ///
    /// # Errors
    /// When there are too many or too few, or one is not finite.
    pub fn set_values(&mut self, values: &[f32]) -> Result<(), NetworkError> {
        check_list(values, self.parameter_count())?;
        for (element, &value) in self.elements_mut().zip(values) {
            element.value = value;
        }
        Ok(())
    }

    /// The name of a node, or its number where there is none.
    #[must_use]
    pub fn name(&self, id: NodeId) -> String {
        self.node(id)
            .map_or_else(|| format!("number {}", id.0), |node| node.name.clone())
    }

    fn owner_name(&self, id: ParameterId) -> Result<String, NetworkError> {
        match id {
            ParameterId::Node(node, _) => self
                .node(node)
                .map(|node| node.name.clone())
                .ok_or(NetworkError::UnknownNode(node)),
            ParameterId::Edge(edge) => self
                .edge(edge)
                .map(|edge| self.edge_name(edge.from, edge.to))
                .ok_or(NetworkError::UnknownEdge(edge)),
        }
    }

    fn edge_name(&self, from: Endpoint, to: Endpoint) -> String {
        format!("{} → {}", self.name(from.node()), self.name(to.node()))
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

    /// All of [`Self::check_edge`] but the search for a loop.
    fn check_ends(&self, from: Endpoint, to: Endpoint, delay: u8) -> Result<Shape, NetworkError> {
        let source = self
            .node(from.node())
            .ok_or(NetworkError::UnknownNode(from.node()))?;
        let target = self
            .node(to.node())
            .ok_or(NetworkError::UnknownNode(to.node()))?;
        if delay > 1 {
            return Err(NetworkError::BadDelay {
                from: source.name.clone(),
                to: target.name.clone(),
                delay,
            });
        }
        if self.role(target) == Role::Input {
            return Err(NetworkError::IntoInput(target.name.clone()));
        }
        if self.role(source) == Role::Output {
            return Err(NetworkError::OutOfOutput(source.name.clone()));
        }
        if from.node() == to.node() && delay == 0 {
            return Err(NetworkError::ToItself(source.name.clone()));
        }
        let is_joined = self
            .outgoing(from.node())
            .iter()
            .filter_map(|&id| self.edge(id))
            .any(|edge| edge.from == from && edge.to == to && edge.delay == delay);
        if is_joined {
            return Err(NetworkError::AlreadyConnected {
                from: source.name.clone(),
                to: target.name.clone(),
            });
        }
        let leaving = self.kind(source).map(|kind| kind.outputs(source));
        let entering = self.kind(target).map(|kind| kind.inputs(target));
        let given = port(source, "output", from, leaving.unwrap_or_default())?;
        let taken = port(target, "input", to, entering.unwrap_or_default())?;
        match () {
            () if taken.shape.is_empty() => Ok(given.shape),
            () if taken.shape == given.shape => Ok(Shape::new()),
            () => Err(NetworkError::ShapeMismatch {
                from: source.name.clone(),
                to: target.name.clone(),
                found: given.shape,
                expected: taken.shape,
            }),
        }
    }

    fn check_edge_itself(&self, edge: &Edge, shape: &[u32]) -> Result<(), NetworkError> {
        if self.edges.contains_key(&edge.id) {
            return Err(NetworkError::DuplicateEdge(edge.id));
        }
        let name = self.edge_name(edge.from, edge.to);
        check_parameter(&name, "weight", &edge.weight, shape)
    }

    fn insert_edge(&mut self, edge: Edge) {
        for (map, end) in [
            (&mut self.outgoing, edge.from),
            (&mut self.incoming, edge.to),
        ] {
            let ids = map.entry(end.node()).or_default();
            let place = ids.partition_point(|&other| other < edge.id);
            ids.insert(place, edge.id);
        }
        self.edges.insert(edge.id, edge);
    }
}

/// The form a network has in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<N, E> {
    nodes: N,
    edges: E,
}

impl Serialize for Network {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = Written {
            nodes: self.nodes.values().collect::<Vec<_>>(),
            edges: self.edges.values().collect::<Vec<_>>(),
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

/// One more than the highest; wraps to the lowest when the numbers run out, where
/// it is then refused as taken.
fn next(highest: Option<u32>) -> u32 {
    highest.map_or(0, |id| id.wrapping_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KindId;

    /// x → a → b → y with nothing joined yet.
    fn chain() -> Network {
        let mut network = Network::default();
        for (id, kind, name) in [
            (0, KindId::INPUT, "x"),
            (1, KindId::HIDDEN, "a"),
            (2, KindId::HIDDEN, "b"),
            (3, KindId::OUTPUT, "y"),
        ] {
            network
                .add_node(Node::new(NodeId(id), kind, name).with_activation(Activation::Linear))
                .unwrap();
        }
        network
    }

    fn join(network: &mut Network, from: u32, to: u32) -> Result<(), NetworkError> {
        let id = network.free_edge_id();
        let (from, to) = (Endpoint::of(NodeId(from)), Endpoint::of(NodeId(to)));
        network.add_edge(Edge::new(id, from, to, Parameter::scalar(1.0)))
    }

    fn refusal(network: &mut Network, from: u32, to: u32) -> String {
        join(network, from, to).unwrap_err().to_string()
    }

    #[test]
    fn a_wire_in_the_wrong_direction_is_refused_by_name() {
        let mut network = chain();
        assert!(refusal(&mut network, 1, 0).starts_with("“x” is an input"));
        assert!(refusal(&mut network, 3, 1).starts_with("“y” is an output"));
        assert!(refusal(&mut network, 1, 1).starts_with("“a” cannot be connected to itself"));
        assert_eq!(network.edges().len(), 0);
    }

    #[test]
    fn a_loop_is_refused_and_its_way_is_told() {
        let mut network = chain();
        join(&mut network, 1, 2).unwrap();
        assert_eq!(
            refusal(&mut network, 2, 1),
            "b → a → b would be a loop without a delay"
        );
    }

    #[test]
    fn a_loop_with_a_delay_is_allowed() {
        let mut network = chain();
        join(&mut network, 1, 2).unwrap();
        let mut back = Edge::new(
            EdgeId(9),
            Endpoint::of(NodeId(2)),
            Endpoint::of(NodeId(1)),
            Parameter::scalar(1.0),
        );
        back.delay = 1;
        network.add_edge(back).unwrap();
        assert_eq!(network.edges().len(), 2);
    }

    #[test]
    fn the_same_wire_twice_is_refused() {
        let mut network = chain();
        join(&mut network, 0, 3).unwrap();
        assert_eq!(
            refusal(&mut network, 0, 3),
            "“x” is already connected to “y”"
        );
    }

    #[test]
    fn a_removed_neuron_takes_its_wires_along_and_gives_them_back() {
        let mut network = chain();
        for (from, to) in [(0, 1), (1, 2), (2, 3), (0, 3)] {
            join(&mut network, from, to).unwrap();
        }
        let before = network.clone();
        let (node, edges) = network.remove_node(NodeId(1)).unwrap();
        assert_eq!(edges.len(), 2);
        assert_eq!(network.edges().len(), 2);
        network.add_node(node).unwrap();
        for edge in edges {
            network.add_edge(edge).unwrap();
        }
        assert_eq!(network, before);
    }

    #[test]
    fn parts_with_a_loop_are_refused_at_the_edge_that_closes_it() {
        let network = chain();
        let edge = |id, from, to| {
            Edge::new(
                EdgeId(id),
                Endpoint::of(NodeId(from)),
                Endpoint::of(NodeId(to)),
                Parameter::scalar(0.0),
            )
        };
        let nodes = network.nodes().cloned().collect();
        let edges = vec![edge(0, 0, 1), edge(1, 1, 2), edge(2, 2, 1)];
        let error = Network::from_parts(Kinds::default(), nodes, edges).unwrap_err();
        assert!(matches!(error.part, Part::Edge(1 | 2)), "{error:?}");
        assert!(error.to_string().contains("would be a loop"));
    }

    #[test]
    fn a_weight_that_is_not_a_number_is_refused() {
        let mut network = chain();
        join(&mut network, 0, 3).unwrap();
        let id = ElementId::weight(EdgeId(0));
        let error = network.set_element(id, Element::new(f32::NAN)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the value of “x → y” is NaN; expected a finite number"
        );
        assert_eq!(network.element(id).unwrap().value, 1.0);
    }
}
