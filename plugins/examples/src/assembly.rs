//! What all examples are put together from: layers of neurons, a table, settings.

use datasets::{Column, ColumnSpec, Split, Table};
use geometry::{LayoutSpacing, layers_layout};
use network::{Activation, Edge, Endpoint, KindId, Node, NodeId, Parameter};
use project::{Edit, Project, TrainingSettings, View, apply, gesture};

/// The neurons of a layer: the first layer is of inputs, the last of outputs.
pub(crate) struct Layer {
    /// What they are called.
    pub names: Vec<String>,
    /// Where they are, in scene units.
    pub places: Vec<[f32; 2]>,
}

/// These names.
pub(crate) fn named(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// So many names: `h1`, `h2` … from this number on.
pub(crate) fn numbered(prefix: &str, first: usize, count: usize) -> Vec<String> {
    (first..first + count)
        .map(|number| format!("{prefix}{number}"))
        .collect()
}

/// Neurons in layers from left to right, each joined to all of the next: inputs
/// first, outputs of this activation last, tanh between.
pub(crate) fn layered(layers: &[Vec<String>], output: Activation) -> Project {
    let spacing = LayoutSpacing {
        layer_gap: 220.0,
        row_gap: 110.0,
    };
    let numbers: Vec<Vec<usize>> = layers
        .iter()
        .map(|names| (0..names.len()).collect())
        .collect();
    let mut places = layers_layout(&numbers, spacing)
        .into_iter()
        .map(|(_, place)| place);
    let layers = layers.iter().map(|names| Layer {
        names: names.clone(),
        places: places.by_ref().take(names.len()).collect(),
    });
    assemble(&layers.collect::<Vec<_>>(), output)
}

/// The same with neurons where one wants them.
pub(crate) fn assemble(layers: &[Layer], output: Activation) -> Project {
    let mut project = Project::default();
    let mut ids: Vec<Vec<NodeId>> = Vec::new();
    let mut next = 0;
    for (index, layer) in layers.iter().enumerate() {
        let (kind, activation) = match index {
            0 => (KindId::INPUT, Activation::Linear),
            last if last + 1 == layers.len() => (KindId::OUTPUT, output),
            _ => (KindId::HIDDEN, Activation::Tanh),
        };
        let here: Vec<NodeId> = (next..).take(layer.names.len()).map(NodeId).collect();
        next += here.len() as u32;
        for ((&id, name), &place) in here.iter().zip(&layer.names).zip(&layer.places) {
            let node = Node::new(id, kind.clone(), name.as_str())
                .with_activation(activation)
                .at(place);
            add_node(&mut project, node);
        }
        ids.push(here);
    }
    for pair in ids.windows(2) {
        for &from in &pair[0] {
            for &to in &pair[1] {
                join(&mut project, from, to);
            }
        }
    }
    project
}

/// The columns the neurons ask for, inputs first.
pub(crate) fn specs(project: &Project) -> Vec<ColumnSpec> {
    project.table().columns().iter().map(Column::spec).collect()
}

/// Gives a project its data and settings, draws its starting weights from the
/// seed, and shows all of it.
pub(crate) fn finish(
    project: &mut Project,
    table: Table,
    split: Split,
    training: TrainingSettings,
) {
    let seed = training.seed;
    make(project, gesture::replace_data(table));
    make(project, Edit::SetSplit(split));
    make(project, Edit::SetTraining(training));
    let start = gesture::new_seed(project, seed);
    make(project, start);
    project.set_view(View::default());
}

fn add_node(project: &mut Project, node: Node) {
    make(
        project,
        Edit::AddNode {
            node,
            edges: Vec::new(),
            column: None,
        },
    );
}

fn join(project: &mut Project, from: NodeId, to: NodeId) {
    let id = project.network().free_edge_id();
    let (from, to) = (Endpoint::of(from), Endpoint::of(to));
    make(
        project,
        Edit::AddEdge(Edge::new(id, from, to, Parameter::scalar(0.0))),
    );
}

/// Makes an edit.
pub(crate) fn make(project: &mut Project, edit: Edit) {
    apply(project, &edit).expect("an example is made of sound edits");
}

/// The table with its numbers in thousandths, which a person can read.
pub(crate) fn rounded(table: &Table) -> Table {
    let columns = table.columns().iter().map(|column| {
        let values = column.values.iter().copied().map(thousandths);
        column.spec().with_values(values.collect())
    });
    Table::from_columns(columns.collect()).expect("rounding breaks no table")
}

/// The nearest thousandth.
pub(crate) fn thousandths(number: f32) -> f32 {
    (number * 1000.0).round() / 1000.0
}
