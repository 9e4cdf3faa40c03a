//! Networks of any size, for measuring.

use std::collections::BTreeSet;

use datasets::{Column, Role as ColumnRole, Split, Table};
use geometry::{LayoutSpacing, layers_layout};
use network::random::{Purpose, Rng, stream, symmetric_unit};
use network::{
    Activation, Edge, EdgeId, Endpoint, KindId, Kinds, Network, Node, NodeId, Parameter,
};
use project::{Project, TrainingSettings, View, column_of, gesture};

/// Neurons in one layer of the picture.
const LAYER: usize = 40;

/// Rows of the data.
const ROWS: usize = 64;

/// A network of this many neurons, at least 3, a hundredth of them inputs and as
/// many outputs, joined from left to right by this many wires, or by as many as
/// there is room for. The same seed gives the same network.
pub fn large_network(neurons: usize, wires: usize, seed: u64) -> Project {
    let ends = (neurons / 100).max(1);
    let hidden = neurons.saturating_sub(2 * ends).max(1);
    let ids: Vec<NodeId> = (0..(hidden + 2 * ends) as u32).map(NodeId).collect();
    let (inputs, rest) = ids.split_at(ends);
    let (between, outputs) = rest.split_at(hidden);
    let mut layers = vec![inputs.to_vec()];
    layers.extend(between.chunks(LAYER).map(<[NodeId]>::to_vec));
    layers.push(outputs.to_vec());
    let places = layers_layout(&layers, LayoutSpacing::default());

    let nodes: Vec<Node> = places
        .into_iter()
        .map(|(id, place)| {
            let index = id.0 as usize;
            let (kind, prefix, activation) = if index < ends {
                (KindId::INPUT, "x", Activation::Linear)
            } else if index < ends + hidden {
                (KindId::HIDDEN, "h", Activation::Tanh)
            } else {
                (KindId::OUTPUT, "y", Activation::Linear)
            };
            Node::new(id, kind, format!("{prefix}{}", id.0))
                .with_activation(activation)
                .at(place)
        })
        .collect();

    let mut rng = stream(seed, Purpose::Shuffle, 0);
    let room = hidden * (hidden - 1) / 2 + 2 * ends * hidden + ends * ends;
    let mut pairs = BTreeSet::new();
    while pairs.len() < wires.min(room) {
        // From anything but an output to anything but an input, always onwards.
        let from = rng.next_u32() % (ends + hidden) as u32;
        let to = ends as u32 + rng.next_u32() % (hidden + ends) as u32;
        if from < to {
            pairs.insert((from, to));
        }
    }
    let edges = (0..)
        .zip(pairs)
        .map(|(id, (from, to))| {
            let ends = [from, to].map(|id| Endpoint::of(NodeId(id)));
            Edge::new(EdgeId(id), ends[0], ends[1], Parameter::scalar(0.0))
        })
        .collect();

    let mut column = |id: &NodeId, prefix: &str, role| Column {
        id: column_of(*id),
        name: format!("{prefix}{}", id.0),
        role,
        shape: Vec::new(),
        values: (0..ROWS).map(|_| symmetric_unit(&mut rng)).collect(),
    };
    let mut columns: Vec<Column> = Vec::new();
    columns.extend(inputs.iter().map(|id| column(id, "x", ColumnRole::Input)));
    columns.extend(outputs.iter().map(|id| column(id, "y", ColumnRole::Target)));

    let mut project = Project::from_parts(
        Network::from_parts(Kinds::default(), nodes, edges).expect("wires run onwards"),
        Table::from_columns(columns).expect("every column has all rows"),
        Split::default(),
        TrainingSettings::default(),
        0,
        View::default(),
    )
    .expect("each input and output has its column");
    let start = gesture::new_seed(&project, seed);
    project::apply(&mut project, &start).expect("drawn numbers are finite");
    project
}
