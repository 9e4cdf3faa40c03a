//! What parameters start from: drawn from the seed, scaled by how many wires meet.

use crate::random::{Purpose, stream, symmetric_unit};
use crate::{
    Activation, EdgeId, Endpoint, Kinds, Network, Node, NodeId, Parameter, ParameterId, shape_size,
};

/// How a parameter's starting values are chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initial {
    /// All zero.
    Zero,
    /// Uniform in ±limit, with the limit for the fan-in and fan-out given:
    /// √(6 / (in + out)), after Glorot & Bengio 2010, "Understanding the
    /// difficulty of training deep feedforward neural networks".
    Glorot {
        /// Values that are summed.
        fan_in: u32,
        /// Sums a value goes into.
        fan_out: u32,
    },
}

/// The starting values of all learnable numbers, in the canonical order. Bitwise
/// equal everywhere for the same seed: integers, one square root, one product.
#[must_use]
pub fn initial_values(network: &Network, seed: u64) -> Vec<f32> {
    let mut values = Vec::with_capacity(network.parameter_count());
    for node in network.nodes() {
        for parameter in initial_parameters(network.kinds(), node, seed) {
            values.extend(parameter.elements().iter().map(|element| element.value));
        }
    }
    for edge in network.edges() {
        let size = edge.weight.elements().len();
        let limit = weight_limit(network, edge.from.node(), edge.to.node(), 0);
        values.extend(draw(seed, edge_key(edge.id), size, limit));
    }
    values
}

/// The parameters a node starts with.
#[must_use]
pub fn initial_parameters(kinds: &Kinds, node: &Node, seed: u64) -> Vec<Parameter> {
    let specs = kinds.get(&node.kind).map(|kind| kind.parameters(node));
    (0..)
        .zip(specs.unwrap_or_default())
        .filter_map(|(index, spec)| {
            let size = shape_size(&spec.shape);
            let values = match spec.initial {
                Initial::Zero => vec![0.0; size],
                Initial::Glorot { fan_in, fan_out } => {
                    let key = parameter_key(ParameterId::Node(node.id, index));
                    draw(seed, key, size, glorot_limit(fan_in, fan_out)).collect()
                }
            };
            Parameter::tensor(&spec.shape, &values)
        })
        .collect()
}

/// The starting weight of an edge that is about to be added: `size` numbers.
#[must_use]
pub fn initial_weight(
    network: &Network,
    seed: u64,
    id: EdgeId,
    from: Endpoint,
    to: Endpoint,
    size: usize,
) -> Vec<f32> {
    let limit = weight_limit(network, from.node(), to.node(), 1);
    draw(seed, edge_key(id), size, limit).collect()
}

/// The limit for a weight between two nodes when `more` edges are about to join
/// them: for a ReLU √(6 / in), after He et al. 2015, "Delving Deep into
/// Rectifiers"; else Glorot's.
fn weight_limit(network: &Network, from: NodeId, to: NodeId, more: u32) -> f32 {
    let fan_in = network.incoming(to).len() as u32 + more;
    let fan_out = network.outgoing(from).len() as u32 + more;
    match network.node(to).map(|node| node.activation) {
        Some(Activation::Relu) => (6.0 / fan_in.max(1) as f32).sqrt(),
        _ => glorot_limit(fan_in, fan_out),
    }
}

fn glorot_limit(fan_in: u32, fan_out: u32) -> f32 {
    (6.0 / (fan_in + fan_out).max(1) as f32).sqrt()
}

fn draw(seed: u64, key: u64, size: usize, limit: f32) -> impl Iterator<Item = f32> {
    let mut rng = stream(seed, Purpose::Initial, key);
    (0..size).map(move |_| symmetric_unit(&mut rng) * limit)
}

fn edge_key(id: EdgeId) -> u64 {
    parameter_key(ParameterId::Edge(id))
}

/// A number of its own for each parameter.
fn parameter_key(id: ParameterId) -> u64 {
    match id {
        ParameterId::Node(node, index) => 1 << 63 | u64::from(node.0) << 16 | u64::from(index),
        ParameterId::Edge(edge) => u64::from(edge.0),
    }
}
