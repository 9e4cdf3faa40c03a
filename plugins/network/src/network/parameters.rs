//! The learnable numbers of a network: one by one, and all in the canonical order.

use crate::rules::check_list;
use crate::{
    Element, ElementId, Network, NetworkError, Parameter, ParameterId, ParameterLayout, Snapshot,
};

impl Network {
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
        let numbers = [element.value, element.start];
        if let Some(found) = numbers.into_iter().find(|number| !number.is_finite()) {
            return Err(NetworkError::NotFinite {
                name: self.owner_name(id.parameter)?,
                what: "value".to_owned(),
                found,
            });
        }
        if element.is_pruned && element.value != 0.0 {
            return Err(NetworkError::Pruned(self.owner_name(id.parameter)?));
        }
        let parameter = match id.parameter {
            ParameterId::Node(node, index) => self
                .nodes
                .get_mut(node.0)
                .and_then(|held| held.node.parameters.get_mut(usize::from(index))),
            ParameterId::Edge(edge) => self.edges.get_mut(edge.0).map(|edge| &mut edge.weight),
        };
        let elements = parameter.map(Parameter::elements_mut);
        if let Some(slot) = elements.and_then(|elements| elements.get_mut(id.index as usize)) {
            return Ok(std::mem::replace(slot, element));
        }
        Err(NetworkError::UnknownParameter(
            self.owner_name(id.parameter)?,
        ))
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
            .iter_mut()
            .flat_map(|held| &mut held.node.parameters);
        let of_edges = self.edges.iter_mut().map(|edge| &mut edge.weight);
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
        self.layout.len()
    }

    /// Where each learnable number lies in the canonical order.
    #[must_use]
    pub fn layout(&self) -> &ParameterLayout {
        &self.layout
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
            element.take(value);
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
            element.take(value);
        }
        Ok(())
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
}
