//! Random edits of a network against a plain model.

mod plain;

use std::collections::BTreeSet;

use network::{
    Activation, Edge, EdgeId, Element, ElementId, Endpoint, KindId, Kinds, Network, NetworkError,
    Node, NodeId, Parameter, ParameterId, ParameterLayout, PartError, Role, computation_order,
    find_cycle, warnings,
};
use proptest::prelude::*;

use plain::Model;

/// The form of a network in a file.
#[derive(serde::Serialize)]
struct Plain {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

#[derive(Clone, Debug)]
enum Edit {
    AddNode(Node),
    RemoveNode(NodeId),
    /// Removes a node and adds it back with all its edges, these in reverse.
    Replant(NodeId),
    AddEdge(Edge),
    RemoveEdge(EdgeId),
    SetElement(ElementId, f32),
    SetValues(f32),
    Move(NodeId, f32),
}

const NODES: u32 = 14;
const EDGES: u32 = 70;

fn node() -> impl Strategy<Value = Node> {
    let kind = prop_oneof![
        1 => Just(KindId::INPUT),
        6 => Just(KindId::HIDDEN),
        1 => Just(KindId::OUTPUT),
    ];
    (0..NODES, kind).prop_map(|(id, kind)| {
        Node::new(NodeId(id), kind, format!("n{id}")).with_activation(Activation::Linear)
    })
}

fn edge() -> impl Strategy<Value = Edge> {
    let rare = |often: u16| prop_oneof![60 => Just(0u16), 1 => Just(often)];
    let delay = prop_oneof![30 => Just(0u8), 6 => Just(1u8), 1 => Just(2u8)];
    let weight = prop_oneof![60 => Just(1.0f32), 1 => Just(f32::INFINITY)];
    let shape = prop_oneof![60 => Just(0usize), 1 => Just(2usize)];
    (
        0..EDGES,
        0..NODES,
        0..NODES,
        rare(1),
        rare(3),
        delay,
        weight,
        shape,
    )
        .prop_map(|(id, from, to, out, into, delay, weight, size)| {
            let weight = match size {
                0 => Some(Parameter::scalar(weight)),
                size => Parameter::tensor(&[size as u32], &vec![weight; size]),
            };
            let from = Endpoint(NodeId(from), network::PortId(out));
            let to = Endpoint(NodeId(to), network::PortId(into));
            let mut edge = Edge::new(EdgeId(id), from, to, weight.expect("the count is right"));
            edge.delay = delay;
            edge
        })
}

fn edit() -> impl Strategy<Value = Edit> {
    let element = prop_oneof![
        (0..NODES).prop_map(|id| ElementId::bias(NodeId(id))),
        (0..EDGES).prop_map(|id| ElementId::weight(EdgeId(id))),
    ];
    prop_oneof![
        3 => node().prop_map(Edit::AddNode),
        1 => (0..NODES).prop_map(|id| Edit::RemoveNode(NodeId(id))),
        1 => (0..NODES).prop_map(|id| Edit::Replant(NodeId(id))),
        20 => edge().prop_map(Edit::AddEdge),
        2 => (0..EDGES).prop_map(|id| Edit::RemoveEdge(EdgeId(id))),
        2 => (element, -9f32..9.0).prop_map(|(id, value)| Edit::SetElement(id, value)),
        1 => (-9f32..9.0).prop_map(Edit::SetValues),
        1 => (0..NODES, -9f32..9.0).prop_map(|(id, x)| Edit::Move(NodeId(id), x)),
    ]
}

/// Makes one edit on both; they must answer alike.
fn make(network: &mut Network, model: &mut Model, edit: Edit) -> Result<(), TestCaseError> {
    match edit {
        Edit::AddNode(node) => {
            prop_assert_eq!(network.add_node(node.clone()), model.add_node(node));
        }
        Edit::RemoveNode(id) => {
            prop_assert_eq!(network.remove_node(id), model.remove_node(id));
        }
        Edit::Replant(id) => {
            if let Ok((node, edges)) = network.remove_node(id) {
                prop_assert_eq!(network.add_node(node), Ok(()));
                for edge in edges.into_iter().rev() {
                    prop_assert_eq!(network.add_edge(edge), Ok(()));
                }
            }
        }
        Edit::AddEdge(edge) => {
            let checked = network.check_edge(edge.from, edge.to, edge.delay);
            let added = network.add_edge(edge.clone());
            if let Err(refusal) = checked {
                prop_assert_eq!(added.clone(), Err(refusal));
            }
            prop_assert_eq!(added, model.add_edge(edge));
        }
        Edit::RemoveEdge(id) => {
            prop_assert_eq!(network.remove_edge(id), model.remove_edge(id));
        }
        Edit::SetElement(id, value) => {
            let before = network.element(id).copied();
            let set = network.set_element(id, Element::new(value));
            prop_assert_eq!(set.ok(), before);
            let slot = match id.parameter {
                ParameterId::Node(id, _) => {
                    let node = model.nodes.iter_mut().find(|node| node.id == id);
                    node.and_then(|node| node.parameters.first_mut())
                }
                ParameterId::Edge(id) => {
                    let edge = model.edges.iter_mut().find(|edge| edge.id == id);
                    edge.map(|edge| &mut edge.weight)
                }
            };
            if let Some(parameter) = slot {
                parameter.elements_mut()[0] = Element::new(value);
            }
        }
        Edit::SetValues(base) => {
            let count = model.elements_mut().len();
            let values: Vec<f32> = (0..count).map(|k| base + k as f32).collect();
            prop_assert_eq!(network.set_values(&values), Ok(()));
            for (element, value) in model.elements_mut().into_iter().zip(values) {
                element.value = value;
            }
        }
        Edit::Move(id, x) => {
            let is_moved = network.set_position(id, [x, 0.0]).is_ok();
            let node = model.nodes.iter_mut().find(|node| node.id == id);
            prop_assert_eq!(is_moved, node.is_some());
            if let Some(node) = node {
                node.position = [x, 0.0];
            }
        }
    }
    Ok(())
}

fn compare(network: &Network, model: &Model) -> Result<(), TestCaseError> {
    prop_assert!(network.nodes().eq(&model.nodes));
    prop_assert!(network.edges().eq(&model.edges));
    prop_assert_eq!(network.nodes().len(), model.nodes.len());
    prop_assert_eq!(network.edges().len(), model.edges.len());
    for node in &model.nodes {
        let side = |is_side: &dyn Fn(&Edge) -> bool| -> Vec<EdgeId> {
            let edges = model.edges.iter().filter(|edge| is_side(edge));
            edges.map(|edge| edge.id).collect()
        };
        let entering = side(&|edge| edge.to.node() == node.id);
        let leaving = side(&|edge| edge.from.node() == node.id);
        prop_assert_eq!(network.incoming(node.id), entering);
        prop_assert_eq!(network.outgoing(node.id), leaving);
    }
    prop_assert_eq!(computation_order(network), model.order());
    prop_assert_eq!(find_cycle(network), None);
    prop_assert_eq!(warnings(network), model.warnings());
    let layout = ParameterLayout::of(network);
    let mut begin = 0;
    let (mut of_nodes, mut of_edges) = (layout.nodes(), layout.edges());
    for (id, parameter) in network.parameters() {
        prop_assert_eq!(layout.offset(id), Some(begin));
        match id {
            ParameterId::Node(node, index) => {
                prop_assert_eq!(of_nodes.next(), Some(((node, index), begin)));
            }
            ParameterId::Edge(edge) => prop_assert_eq!(of_edges.next(), Some((edge, begin))),
        }
        begin += parameter.elements().len();
    }
    prop_assert_eq!(of_nodes.next(), None);
    prop_assert_eq!(of_edges.next(), None);
    prop_assert_eq!(layout.len(), begin);
    prop_assert_eq!(network.parameter_count(), begin);
    Ok(())
}

/// The parts one by one, loops apart: what the first error is.
fn first_error(nodes: &[Node], edges: &[Edge]) -> Option<(network::Part, NetworkError)> {
    let mut model = Model::default();
    for (index, node) in nodes.iter().enumerate() {
        if let Err(error) = model.add_node(node.clone()) {
            return Some((network::Part::Node(index), error));
        }
    }
    for (index, edge) in edges.iter().enumerate() {
        let checked = model
            .check_ends(edge)
            .and_then(|()| model.check_edge_itself(edge));
        if let Err(error) = checked {
            return Some((network::Part::Edge(index), error));
        }
        model.edges.push(edge.clone());
    }
    None
}

/// Each node once, in any order, so that edges mostly find their ends.
fn some_nodes() -> impl Strategy<Value = Vec<Node>> {
    prop::collection::vec(node(), 0..40).prop_map(|nodes| {
        let mut seen = BTreeSet::new();
        nodes
            .into_iter()
            .filter(|node| seen.insert(node.id))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn edits_give_what_the_plain_model_gives(
        start in some_nodes(),
        edits in prop::collection::vec(edit(), 0..220),
        held_at in 0usize..220,
    ) {
        let (mut network, mut model) = (Network::default(), Model::default());
        for node in start {
            make(&mut network, &mut model, Edit::AddNode(node))?;
        }
        let mut held = (network.clone(), model.clone());
        for (step, edit) in edits.into_iter().enumerate() {
            if step == held_at {
                held = (network.clone(), model.clone());
            }
            make(&mut network, &mut model, edit)?;
            if step % 16 == 0 {
                compare(&network, &model)?;
            }
        }
        compare(&network, &model)?;
        // A clone has seen nothing of what came after.
        compare(&held.0, &held.1)?;

        // The same parts in another order make an equal network.
        let (mut nodes, mut edges) = (model.nodes.clone(), model.edges.clone());
        nodes.reverse();
        edges.reverse();
        let afresh = Network::from_parts(Kinds::default(), nodes, edges);
        prop_assert_eq!(afresh.as_ref(), Ok(&network));
        let afresh = afresh.expect("it was just compared");
        compare(&afresh, &model)?;
        prop_assert_eq!(ParameterLayout::of(&afresh), ParameterLayout::of(&network));

        // It is written as two plain lists, and read again as the same.
        let text = ron::to_string(&network).expect("a network can be written");
        let plain = Plain { nodes: model.nodes, edges: model.edges };
        let expected = ron::to_string(&plain).expect("lists can be written");
        prop_assert_eq!(&text, &expected);
        let read: Network = ron::from_str(&text).expect("what was written can be read");
        prop_assert_eq!(&read, &network);
    }

    #[test]
    fn a_list_of_parts_is_refused_at_its_first_fault(
        mut nodes in some_nodes(),
        twice in prop::option::of(node()),
        edges in prop::collection::vec(edge(), 0..60),
        is_numbered in any::<bool>(),
    ) {
        nodes.extend(twice);
        let mut edges = edges;
        if is_numbered {
            for (id, edge) in (0..).zip(&mut edges) {
                edge.id = EdgeId(id);
            }
        }
        let made = Network::from_parts(Kinds::default(), nodes.clone(), edges.clone());
        match (first_error(&nodes, &edges), made) {
            (Some((part, error)), made) => {
                prop_assert_eq!(made, Err(PartError { part, error }));
            }
            (None, Err(PartError { error, .. })) => {
                prop_assert!(matches!(error, NetworkError::Cycle(_)), "{error:?}");
            }
            (None, Ok(network)) => prop_assert_eq!(network.edges().len(), edges.len()),
        }
    }
}

/// The layout that follows each edit by itself is the one of the network.
#[test]
fn a_layout_that_follows_edits_stays_the_networks_own() {
    let mut network = Network::default();
    let mut layout = ParameterLayout::of(&network);
    let mut follow = |network: &Network, change: &dyn Fn(&mut ParameterLayout)| {
        change(&mut layout);
        assert_eq!(layout, ParameterLayout::of(network));
    };
    for id in [4, 1, 3] {
        let node = Node::new(NodeId(id), KindId::HIDDEN, "h");
        network.add_node(node).expect("it is a new neuron");
        follow(&network, &|layout| layout.insert_node(NodeId(id), [1]));
    }
    for (id, from, to) in [(7, 1, 3), (2, 3, 4), (5, 1, 4)] {
        let (from, to) = (Endpoint::of(NodeId(from)), Endpoint::of(NodeId(to)));
        let edge = Edge::new(EdgeId(id), from, to, Parameter::scalar(1.0));
        network.add_edge(edge).expect("they are not joined yet");
        follow(&network, &|layout| layout.insert_edge(EdgeId(id), 1));
    }
    network.remove_edge(EdgeId(5)).expect("it is there");
    follow(&network, &|layout| layout.remove_edge(EdgeId(5)));
    network.remove_node(NodeId(3)).expect("it is there");
    follow(&network, &|layout| {
        layout.remove_edge(EdgeId(2));
        layout.remove_edge(EdgeId(7));
        layout.remove_node(NodeId(3));
    });
    assert_eq!(
        network.role(network.node(NodeId(1)).expect("it is left")),
        Role::Hidden
    );
    assert_eq!(layout.len(), 2);
}
