//! Dense networks of any size, for measuring.

use datasets::{Column, Role as ColumnRole, Split, Table};
use geometry::{LayoutSpacing, layers_layout};
use network::{
    Activation, Edge, EdgeId, Endpoint, KindId, Kinds, Network, Node, NodeId, Parameter,
};
use project::{Project, TrainingSettings, View, column_of, gesture};

/// A network of layers of these sizes, each neuron joined to all of the next
/// layer, with two rows of data. The same seed gives the same network.
pub fn network(sizes: &[usize], seed: u64) -> Project {
    let mut layers: Vec<Vec<NodeId>> = Vec::new();
    let mut next = 0_u32;
    for &size in sizes {
        layers.push((next..next + size as u32).map(NodeId).collect());
        next += size as u32;
    }
    let last = layers.len() - 1;
    let layer_of = |id: NodeId| layers.iter().position(|layer| layer.contains(&id));
    let nodes = layers_layout(&layers, LayoutSpacing::default())
        .into_iter()
        .map(|(id, place)| {
            let (kind, prefix, activation) = match layer_of(id) {
                Some(0) => (KindId::INPUT, "x", Activation::Linear),
                Some(layer) if layer == last => (KindId::OUTPUT, "y", Activation::Linear),
                _ => (KindId::HIDDEN, "h", Activation::Tanh),
            };
            Node::new(id, kind, format!("{prefix}{}", id.0))
                .with_activation(activation)
                .at(place)
        })
        .collect();
    let pairs = layers.windows(2).flat_map(|pair| {
        let (from, to) = (&pair[0], &pair[1]);
        from.iter()
            .flat_map(move |&from| to.iter().map(move |&to| (from, to)))
    });
    let edges = (0..)
        .zip(pairs)
        .map(|(id, (from, to))| {
            let [from, to] = [from, to].map(Endpoint::of);
            Edge::new(EdgeId(id), from, to, Parameter::scalar(0.0))
        })
        .collect();
    let column = |(index, &id): (usize, &NodeId), prefix: &str, role| Column {
        id: column_of(id),
        name: format!("{prefix}{}", id.0),
        role,
        shape: Vec::new(),
        values: vec![0.0, index as f32],
    };
    let inputs = layers[0].iter().enumerate();
    let outputs = layers[last].iter().enumerate();
    let columns = inputs
        .map(|item| column(item, "x", ColumnRole::Input))
        .chain(outputs.map(|item| column(item, "y", ColumnRole::Target)))
        .collect();
    let mut project = Project::from_parts(
        Network::from_parts(Kinds::default(), nodes, edges).expect("wires run onwards"),
        Table::from_columns(columns).expect("every column has both rows"),
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
