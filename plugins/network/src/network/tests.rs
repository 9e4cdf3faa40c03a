//! What is refused and in which words, and that nothing is lost on the way.

use crate::{
    Activation, Edge, EdgeId, Element, ElementId, Endpoint, KindId, Kinds, Network, NetworkError,
    Node, NodeId, Parameter, Part,
};

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
