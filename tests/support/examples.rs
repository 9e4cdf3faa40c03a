//! Builds the shipped examples from a few words.

use datasets::{Column, ColumnSpec, Gate, HeaderRow, Split, Table, fit, read_csv};
use geometry::{LayoutSpacing, layers_layout};
use network::random::{Purpose, stream, symmetric_unit};
use network::{Activation, Edge, Endpoint, KindId, Node, NodeId, Parameter};
use project::{
    Edit, InputScaling, Loss, Objective, Project, TrainingSettings, View, apply, gesture,
};

/// A shipped example.
pub struct Example {
    /// The name of its file, without `.ron`.
    pub name: &'static str,
    /// What a menu calls it.
    pub title: &'static str,
    /// One sentence on what is to be seen.
    pub blurb: &'static str,
    /// The project itself.
    pub project: Project,
}

/// All examples, in the order of the menu.
pub fn all() -> Vec<Example> {
    vec![
        Example {
            name: "xor",
            title: "XOR",
            blurb: "Four rows that no single neuron can tell apart: watch the hidden layer fold the plane.",
            project: xor(),
        },
        Example {
            name: "and",
            title: "AND",
            blurb: "The smallest thing a neuron can learn: one straight line between yes and no.",
            project: and(),
        },
        Example {
            name: "iris",
            title: "Iris",
            blurb: "150 flowers, four measurements, three species: the classic first classification.",
            project: iris(),
        },
        Example {
            name: "sine",
            title: "Sine",
            blurb: "Sixty noisy points of a wave: eight hidden neurons bend a line until it fits.",
            project: sine(),
        },
    ]
}

/// 2–4–1 on the truth table of XOR.
pub fn xor() -> Project {
    gate(
        Gate::Xor,
        &[&["x1", "x2"], &["h1", "h2", "h3", "h4"], &["y"]],
        0.05,
    )
}

/// 2–1 on the truth table of AND.
fn and() -> Project {
    gate(Gate::And, &[&["x1", "x2"], &["y"]], 0.1)
}

fn gate(gate: Gate, layers: &[&[&str]], learning_rate: f32) -> Project {
    let mut project = layered(layers, Activation::Sigmoid);
    let table = gate
        .fill(&specs(&project))
        .expect("two inputs make a truth table");
    finish(
        &mut project,
        table,
        Split::new(100, 0, 0, true).expect("100 in all"),
        TrainingSettings {
            epochs: 300,
            batch_size: 4,
            learning_rate,
            objective: Objective::all(Loss::BinaryCrossEntropy),
            ..TrainingSettings::default()
        },
    );
    project
}

/// 4–8–3 on Fisher's flowers.
pub fn iris() -> Project {
    let mut project = layered(
        &[
            &["sepal length", "sepal width", "petal length", "petal width"],
            &["h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8"],
            &["setosa", "versicolor", "virginica"],
        ],
        Activation::Softmax,
    );
    let file = read_csv(
        include_bytes!("../../assets/data/iris.csv"),
        HeaderRow::Detected,
    )
    .expect("the shipped flowers are a good file");
    let table = fit(&file, &specs(&project)).expect("the columns bear the names of the neurons");
    finish(
        &mut project,
        table,
        Split::default(),
        TrainingSettings {
            epochs: 100,
            batch_size: 8,
            learning_rate: 0.02,
            objective: Objective::all(Loss::CategoricalCrossEntropy),
            input_scaling: InputScaling::Standardise,
            ..TrainingSettings::default()
        },
    );
    project
}

/// 1–8–1 on a wave with noise.
fn sine() -> Project {
    let mut project = layered(
        &[
            &["x"],
            &["h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8"],
            &["y"],
        ],
        Activation::Linear,
    );
    let mut rng = stream(1, Purpose::Shuffle, 0);
    let places: Vec<f32> = (0..60)
        .map(|row| thousandths(row as f32 / 59.0 * 6.0 - 3.0))
        .collect();
    let waves = places
        .iter()
        .map(|x| thousandths(x.sin() + 0.1 * symmetric_unit(&mut rng)))
        .collect();
    let columns: Vec<Column> = specs(&project)
        .iter()
        .zip([places, waves])
        .map(|(spec, values)| spec.with_values(values))
        .collect();
    finish(
        &mut project,
        Table::from_columns(columns).expect("two columns of sixty numbers"),
        Split::default(),
        TrainingSettings {
            epochs: 400,
            batch_size: 8,
            learning_rate: 0.02,
            ..TrainingSettings::default()
        },
    );
    project
}

/// Neurons in layers from left to right, each joined to all of the next: inputs
/// first, outputs of this activation last, tanh between.
fn layered(layers: &[&[&str]], output: Activation) -> Project {
    let mut project = Project::default();
    let mut ids: Vec<Vec<NodeId>> = Vec::new();
    let mut next = 0;
    for layer in layers {
        ids.push((next..).take(layer.len()).map(NodeId).collect());
        next += layer.len() as u32;
    }
    let spacing = LayoutSpacing {
        layer_gap: 220.0,
        row_gap: 110.0,
    };
    let mut places = layers_layout(&ids, spacing).into_iter();
    for (index, layer) in layers.iter().enumerate() {
        let (kind, activation) = match index {
            0 => (KindId::INPUT, Activation::Linear),
            last if last + 1 == layers.len() => (KindId::OUTPUT, output),
            _ => (KindId::HIDDEN, Activation::Tanh),
        };
        for (&name, (id, place)) in layer.iter().zip(&mut places) {
            let node = Node::new(id, kind.clone(), name)
                .with_activation(activation)
                .at(place);
            add_node(&mut project, node);
        }
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
fn specs(project: &Project) -> Vec<ColumnSpec> {
    project.table().columns().iter().map(Column::spec).collect()
}

/// Gives a project its data and settings, draws its starting weights from the
/// seed, and shows all of it.
fn finish(project: &mut Project, table: Table, split: Split, training: TrainingSettings) {
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

fn make(project: &mut Project, edit: Edit) {
    apply(project, &edit).expect("an example is made of sound edits");
}

fn thousandths(number: f32) -> f32 {
    (number * 1000.0).round() / 1000.0
}
