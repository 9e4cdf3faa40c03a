//! The numbers of the network at scale: flat lists in the canonical order.

use std::cmp::Reverse;
use std::ops::Range;

use bevy::prelude::*;
use network::{ElementId, Network, NodeId, Parameter, ParameterId, ParameterLayout};
use project::{Project, Touched};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Values>();
}

/// So many single changes are remembered; more of them count as all.
const MOST_SINGLES: usize = 256;

/// With more parts than this coming or going at once, the lists are filled anew.
const MOST_SPLICED: usize = 64;

/// All learnable numbers, and what was measured with them, as struct of arrays.
/// Training swaps whole lists in; edits follow number by number.
#[derive(Resource, Debug, Default)]
pub struct Values {
    layout: ParameterLayout,
    /// All nodes by number: the order of `signals`.
    nodes: Vec<NodeId>,
    values: Vec<f32>,
    gradients: Vec<f32>,
    signals: Vec<f32>,
    epochs: u32,
    revision: u64,
    /// The revision at which all values changed last.
    all_changed: u64,
    /// Single values that changed since, each with its revision, ascending.
    singles: Vec<(u64, ElementId)>,
    /// The revision at which gradients or signals changed last.
    measured: u64,
}

/// Which of the learnable numbers changed since some revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed<'a> {
    /// These, in the order in which they changed; ones that are gone may be among
    /// them.
    Some(&'a [(u64, ElementId)]),
    /// All of them may have.
    All,
}

impl Values {
    /// Where each number lies.
    #[must_use]
    pub fn layout(&self) -> &ParameterLayout {
        &self.layout
    }

    /// The learnable numbers now.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The gradient of the loss by each of them in the last batch; empty before
    /// the first.
    #[must_use]
    pub fn gradients(&self) -> &[f32] {
        &self.gradients
    }

    /// What each node gave last, by node number; empty before the first report.
    #[must_use]
    pub fn signals(&self) -> &[f32] {
        &self.signals
    }

    /// The epochs behind the values.
    #[must_use]
    pub fn epochs(&self) -> u32 {
        self.epochs
    }

    /// Rises whenever something here changes: whoever follows compares it.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Which learnable numbers changed since a revision.
    #[must_use]
    pub fn changed_since(&self, revision: u64) -> Changed<'_> {
        if revision < self.all_changed {
            return Changed::All;
        }
        let first = self.singles.partition_point(|&(when, _)| when <= revision);
        Changed::Some(&self.singles[first..])
    }

    /// The revision at which gradients or signals changed last.
    #[must_use]
    pub fn measured(&self) -> u64 {
        self.measured
    }

    /// One learnable number.
    #[must_use]
    pub fn value(&self, id: ElementId) -> Option<f32> {
        self.values.get(self.layout.position(id)?).copied()
    }

    /// Its gradient, once there is one.
    #[must_use]
    pub fn gradient(&self, id: ElementId) -> Option<f32> {
        self.gradients.get(self.layout.position(id)?).copied()
    }

    /// What a node gave last.
    #[must_use]
    pub fn signal(&self, node: NodeId) -> Option<f32> {
        let place = self.nodes.binary_search(&node).ok()?;
        self.signals.get(place).copied()
    }

    /// Swaps in what training has learned. Lists of another length belong to
    /// another structure and are left out; empty ones change nothing.
    pub fn write_back(
        &mut self,
        values: Vec<f32>,
        gradients: Vec<f32>,
        signals: Vec<f32>,
        epochs: u32,
    ) {
        debug_assert!(
            values.iter().all(|value| value.is_finite()),
            "training reported a number that is not finite"
        );
        self.revision += 1;
        if values.len() == self.layout.len() {
            self.values = values;
            self.note_all();
        }
        if gradients.len() == self.layout.len() {
            self.gradients = gradients;
            self.measured = self.revision;
        }
        if signals.len() == self.nodes.len() {
            self.signals = signals;
            self.measured = self.revision;
        }
        self.epochs = epochs;
    }

    /// Takes the numbers of a project that was edited. Costs what was touched,
    /// and where structure changed, one move of the flat lists.
    pub(crate) fn follow(&mut self, project: &Project, touched: &Touched) {
        self.revision += 1;
        self.epochs = project.trained_epochs();
        let network = project.network();
        if touched.is_structure {
            let before = std::mem::replace(&mut self.layout, ParameterLayout::of(network));
            if !touched.nodes.is_empty() || self.nodes.len() != network.nodes().len() {
                self.nodes = network.nodes().map(|node| node.id).collect();
            }
            self.gradients = Vec::new();
            self.signals = Vec::new();
            self.measured = self.revision;
            let parts = touched.nodes.len() + touched.edges.len();
            if touched.is_learned || parts == 0 || parts > MOST_SPLICED {
                self.take_all(network);
            } else {
                self.splice(network, &before, touched);
            }
        } else if touched.is_learned {
            self.take_all(network);
        } else {
            for id in parameters(network, touched) {
                self.take(network, id);
            }
        }
    }

    fn take_all(&mut self, network: &Network) {
        self.values.clear();
        self.values.reserve(self.layout.len());
        self.values
            .extend(network.elements().map(|element| element.value));
        self.note_all();
    }

    /// Takes the numbers of one parameter, which has its place.
    fn take(&mut self, network: &Network, id: ParameterId) {
        let (Some(parameter), Some(start)) = (network.parameter(id), self.layout.offset(id)) else {
            return;
        };
        for (index, element) in (0..).zip(parameter.elements()) {
            if let Some(value) = self.values.get_mut(start + index as usize) {
                *value = element.value;
            }
            let element = ElementId {
                parameter: id,
                index,
            };
            self.note(element);
        }
    }

    /// Takes out the numbers of what went and puts in those of what came.
    fn splice(&mut self, network: &Network, before: &ParameterLayout, touched: &Touched) {
        let mut gone = ranges(before, touched);
        gone.sort_unstable_by_key(|range| Reverse(range.start));
        for range in gone {
            self.values.drain(range);
        }
        // Each at its new place: what comes before it is there already.
        let mut come = parameters(network, touched);
        come.sort_unstable_by_key(|&id| self.layout.offset(id));
        for &id in &come {
            let numbers = network
                .parameter(id)
                .into_iter()
                .flat_map(Parameter::elements);
            let start = self.layout.offset(id).unwrap_or_default();
            let start = start.min(self.values.len());
            let numbers = numbers.map(|element| element.value);
            self.values.splice(start..start, numbers);
        }
        for id in come {
            self.take(network, id);
        }
    }

    fn note(&mut self, id: ElementId) {
        if self.singles.len() >= MOST_SINGLES {
            self.note_all();
        } else {
            self.singles.push((self.revision, id));
        }
    }

    fn note_all(&mut self) {
        self.all_changed = self.revision;
        self.singles.clear();
    }
}

/// The parameters that are there of what was touched.
fn parameters(network: &Network, touched: &Touched) -> Vec<ParameterId> {
    let of_nodes = touched
        .nodes
        .iter()
        .filter_map(|&id| network.node(id))
        .flat_map(|node| {
            (0..)
                .zip(&node.parameters)
                .map(|(index, _)| ParameterId::Node(node.id, index))
        });
    let of_edges = touched
        .edges
        .iter()
        .filter(|&&id| network.edge(id).is_some())
        .map(|&id| ParameterId::Edge(id));
    of_nodes.chain(of_edges).collect()
}

/// Where the parameters of what was touched lay.
fn ranges(layout: &ParameterLayout, touched: &Touched) -> Vec<Range<usize>> {
    let of_nodes = touched.nodes.iter().flat_map(|&id| {
        (0..=u16::MAX).map_while(move |index| layout.range(ParameterId::Node(id, index)))
    });
    let of_edges = touched
        .edges
        .iter()
        .filter_map(|&id| layout.range(ParameterId::Edge(id)));
    of_nodes.chain(of_edges).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use network::{Edge, EdgeId, Endpoint, KindId, Node};
    use project::{Edit, apply};

    /// One input, two hidden neurons; x → a, x → b.
    fn project() -> Project {
        let mut project = Project::default();
        for (id, kind) in [(0, KindId::INPUT), (1, KindId::HIDDEN), (2, KindId::HIDDEN)] {
            let node = Node::new(NodeId(id), kind, format!("n{id}"));
            let edit = Edit::AddNode {
                node,
                edges: Vec::new(),
                column: None,
            };
            apply(&mut project, &edit).unwrap();
        }
        for (id, to) in [(0, 1), (1, 2)] {
            apply(
                &mut project,
                &Edit::AddEdge(edge(id, 0, to, 10.0 + id as f32)),
            )
            .unwrap();
        }
        project
    }

    fn edge(id: u32, from: u32, to: u32, weight: f32) -> Edge {
        let [from, to] = [from, to].map(|id| Endpoint::of(NodeId(id)));
        Edge::new(EdgeId(id), from, to, Parameter::scalar(weight))
    }

    fn values_of(project: &Project) -> Values {
        let mut values = Values::default();
        let all = Touched {
            is_structure: true,
            ..Touched::default()
        };
        values.follow(project, &all);
        values
    }

    fn edit(project: &mut Project, values: &mut Values, edit: &Edit) {
        let applied = apply(project, edit).unwrap();
        values.follow(project, &applied.touched);
        let expected: Vec<f32> = project.network().elements().map(|e| e.value).collect();
        assert_eq!(values.values(), expected, "after {edit:?}");
    }

    #[test]
    fn the_lists_follow_what_comes_and_goes_in_their_middle() {
        let mut project = project();
        let mut values = values_of(&project);
        edit(&mut project, &mut values, &Edit::RemoveEdge(EdgeId(0)));
        edit(
            &mut project,
            &mut values,
            &Edit::AddEdge(edge(5, 1, 2, 3.0)),
        );
        edit(
            &mut project,
            &mut values,
            &Edit::AddEdge(edge(0, 0, 1, 4.0)),
        );
        edit(&mut project, &mut values, &Edit::RemoveNode(NodeId(1)));
    }

    #[test]
    fn one_changed_number_is_named_and_learning_changes_all() {
        let mut project = project();
        let mut values = values_of(&project);
        let before = values.revision();
        let id = ElementId::weight(EdgeId(1));
        let set = Edit::SetValue {
            id,
            value: 7.0,
            start: 7.0,
        };
        edit(&mut project, &mut values, &set);
        let now = values.revision();
        assert_eq!(values.changed_since(before), Changed::Some(&[(now, id)]));
        assert_eq!(values.changed_since(now), Changed::Some(&[]));
        let learned = vec![0.5; values.layout().len()];
        values.write_back(learned, Vec::new(), Vec::new(), 1);
        assert_eq!(values.changed_since(now), Changed::All);
        assert!(
            values.measured() < values.revision(),
            "nothing was measured"
        );
    }

    #[test]
    fn a_wire_that_comes_is_named_and_the_others_are_not() {
        let mut project = project();
        let mut values = values_of(&project);
        let before = values.revision();
        edit(
            &mut project,
            &mut values,
            &Edit::AddEdge(edge(9, 1, 2, 3.0)),
        );
        let Changed::Some(named) = values.changed_since(before) else {
            panic!("not all changed");
        };
        let named: Vec<_> = named.iter().map(|&(_, id)| id).collect();
        assert_eq!(named, [ElementId::weight(EdgeId(9))]);
    }
}
