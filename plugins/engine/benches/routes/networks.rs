//! The projects that are measured.

use network::random::{Purpose, stream, symmetric_unit};
use network::{Activation, Edge, Endpoint, KindId, Network, Node, NodeId, Parameter};
use project::{Optimizer, Project, TrainingSettings};

use crate::common::{all_training, project};

/// A project whose epochs are single batches.
pub fn case(network: Network, batch: usize) -> Project {
    let mut rng = stream(1, Purpose::Initial, 7);
    let inputs = network.nodes_of(network::Role::Input).count();
    let outputs = network.nodes_of(network::Role::Output).count();
    let mut draw = |n: usize| (0..n).map(|_| symmetric_unit(&mut rng)).collect::<Vec<_>>();
    let rows: Vec<_> = (0..batch).map(|_| (draw(inputs), draw(outputs))).collect();
    let training = TrainingSettings {
        batch_size: batch as u32,
        epochs: 1_000_000,
        learning_rate: 1e-3,
        optimizer: Optimizer::Sgd { momentum: 0.9 },
        is_shuffled: false,
        ..TrainingSettings::default()
    };
    project(network, &rows, all_training(), training)
}

/// 300 neurons in a line, each fed by ten earlier ones.
pub fn irregular() -> Network {
    let mut rng = stream(2, Purpose::Initial, 7);
    let mut draw = move || f64::from(symmetric_unit(&mut rng)) * 0.5 + 0.5;
    let mut network = Network::default();
    for id in 0..300 {
        let (kind, activation) = match id {
            0..10 => (KindId::INPUT, Activation::Linear),
            295.. => (KindId::OUTPUT, Activation::Linear),
            _ => (KindId::HIDDEN, Activation::Tanh),
        };
        let node = Node::new(NodeId(id), kind, format!("n{id}")).with_activation(activation);
        network.add_node(node).expect("the parts fit");
        for _ in 0..if id < 10 { 0 } else { 10 } {
            let from = (draw() * f64::from(id.min(295))) as u32;
            let edge = Edge::new(
                network.free_edge_id(),
                Endpoint::of(NodeId(from)),
                Endpoint::of(NodeId(id)),
                Parameter::scalar(draw() as f32 * 0.6 - 0.3),
            );
            // The same wire drawn twice is left out.
            network.add_edge(edge).ok();
        }
    }
    network
}
