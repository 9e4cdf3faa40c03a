//! What the tests of the trainer share: small projects, and someone who asks.
#![allow(dead_code, reason = "each test program uses its own part")]
#![allow(
    clippy::unwrap_used,
    reason = "a test ends where its own material is wrong"
)]

use datasets::{Column, ColumnId, Split, Table};
use engine::{Advance, Command, Report, Request, Trainer, WorkBudget};
use network::{
    Activation, Draw, Edge, Endpoint, Initializer, KindId, Kinds, Network, Node, NodeId, Parameter,
    initial_values,
};
use project::{Edit, Loss, Objective, Project, TrainingSettings, View};

/// A network of complete layers, numbered through, with the starting weights of a
/// seed.
pub fn layered(sizes: &[u32], hidden: Activation, output: Activation, seed: u64) -> Network {
    let mut network = Network::new(Kinds::default());
    let mut before: Vec<NodeId> = Vec::new();
    for (depth, &size) in sizes.iter().enumerate() {
        let is_last = depth + 1 == sizes.len();
        let (kind, activation) = match depth {
            0 => (KindId::INPUT, Activation::Linear),
            _ if is_last => (KindId::OUTPUT, output),
            _ => (KindId::HIDDEN, hidden),
        };
        let layer: Vec<NodeId> = (0..size)
            .map(|_| {
                let id = network.free_node_id();
                let node = Node::new(id, kind.clone(), format!("n{}", id.0));
                network.add_node(node.with_activation(activation)).unwrap();
                id
            })
            .collect();
        for &to in &layer {
            for &from in &before {
                let id = network.free_edge_id();
                let (from, to) = (Endpoint::of(from), Endpoint::of(to));
                let edge = Edge::new(id, from, to, Parameter::scalar(0.0));
                network.add_edge(edge).unwrap();
            }
        }
        before = layer;
    }
    let how = Draw {
        seed,
        initializer: Initializer::Automatic,
    };
    let values = initial_values(&network, how);
    let starts = values.clone();
    network
        .restore(&network::Snapshot { values, starts })
        .unwrap();
    network
}

/// A project of a network and rows of inputs and targets.
pub fn project(
    network: Network,
    rows: &[(Vec<f32>, Vec<f32>)],
    split: Split,
    training: TrainingSettings,
) -> Project {
    let column = |node: &Node, role, values: Vec<f32>| Column {
        id: ColumnId(node.id.0),
        name: node.name.clone(),
        role,
        shape: Vec::new(),
        values,
    };
    let inputs = network.nodes_of(network::Role::Input).enumerate();
    let outputs = network.nodes_of(network::Role::Output).enumerate();
    let columns = inputs
        .map(|(i, node)| {
            let values = rows.iter().map(|row| row.0[i]).collect();
            column(node, datasets::Role::Input, values)
        })
        .chain(outputs.map(|(i, node)| {
            let values = rows.iter().map(|row| row.1[i]).collect();
            column(node, datasets::Role::Target, values)
        }))
        .collect();
    let table = Table::from_columns(columns).unwrap();
    Project::from_parts(network, table, split, training, 0, View::default()).unwrap()
}

/// Makes an edit that fits.
pub fn make(project: &mut Project, edit: Edit) {
    project::apply(project, &edit).unwrap();
}

/// The same project with other settings.
pub fn with_settings(mut project: Project, change: impl FnOnce(&mut TrainingSettings)) -> Project {
    let mut settings = project.training().clone();
    change(&mut settings);
    make(&mut project, Edit::SetTraining(settings));
    project
}

/// The same project with its rows divided in percent, at random.
pub fn with_split(mut project: Project, train: u32, validation: u32) -> Project {
    let split = Split::new(train, validation, 100 - train - validation, true).unwrap();
    make(&mut project, Edit::SetSplit(split));
    project
}

/// All rows are for training, in order.
pub fn all_training() -> Split {
    Split::new(100, 0, 0, false).unwrap()
}

/// XOR for 2-4-1, sigmoid and binary cross-entropy.
pub fn xor(seed: u64) -> Project {
    let rows = [(0, 0), (0, 1), (1, 0), (1, 1)]
        .map(|(a, b)| (vec![a as f32, b as f32], vec![(a ^ b) as f32]));
    let training = TrainingSettings {
        seed,
        epochs: 300,
        batch_size: 4,
        objective: Objective::all(Loss::BinaryCrossEntropy),
        ..TrainingSettings::default()
    };
    let network = layered(&[2, 4, 1], Activation::Tanh, Activation::Sigmoid, seed);
    project(network, &rows, all_training(), training)
}

/// A smooth function of three inputs for 3-20-17-2, 300 rows, so that an epoch has
/// batches of several chunks, matrices, validation and test.
pub fn curved(seed: u64) -> Project {
    let at = |i: u32, k: u32| ((i * 37 + k * 61) % 199) as f32 / 99.5 - 1.0;
    let rows: Vec<_> = (0..300)
        .map(|i| {
            let x = [at(i, 1), at(i, 2), at(i, 3)];
            let targets = vec![(2.0 * x[0]).sin() * x[1], x[2] * x[2] - 0.5];
            (x.to_vec(), targets)
        })
        .collect();
    let training = TrainingSettings {
        seed,
        epochs: 10,
        batch_size: 100,
        learning_rate: 0.01,
        ..TrainingSettings::default()
    };
    let network = layered(&[3, 20, 17, 2], Activation::Tanh, Activation::Linear, seed);
    project(network, &rows, Split::default(), training)
}

/// Someone who asks a trainer.
#[derive(Default)]
pub struct Asker {
    pub trainer: Trainer,
    pub seq: u64,
    pub revision: u64,
}

impl Asker {
    pub fn with(project: Project) -> Self {
        Self::of(Trainer::default(), project)
    }

    /// Asks this trainer, with the project loaded.
    pub fn of(trainer: Trainer, project: Project) -> Self {
        let mut asker = Self {
            trainer,
            ..Self::default()
        };
        asker.ask(Request::Load {
            project: Box::new(project),
            revision: 0,
        });
        asker
    }

    pub fn ask(&mut self, request: Request) {
        self.seq += 1;
        let seq = self.seq;
        self.trainer.handle(Command { seq, request });
    }

    pub fn patch(&mut self, edits: Vec<Edit>) {
        let base_revision = self.revision;
        self.revision += 1;
        let revision = self.revision;
        self.ask(Request::Patch {
            base_revision,
            revision,
            edits,
        });
    }

    /// Works until there is nothing left to do.
    pub fn finish(&mut self, budget: WorkBudget) {
        while let Advance { has_more: true, .. } = self.trainer.advance(budget) {}
    }

    /// A report, with the credit it takes.
    pub fn report(&mut self) -> Report {
        self.ask(Request::Credit(1));
        self.trainer.take_report().expect("something is new")
    }

    /// Trains epochs to their end.
    pub fn train(&mut self, epochs: u32) {
        self.ask(Request::Train {
            epochs: Some(epochs),
        });
        self.finish(WorkBudget::UNLIMITED);
    }

    pub fn values(&mut self) -> Vec<f32> {
        let project = self.trainer.project().expect("one is loaded");
        project.network().snapshot().values
    }
}

/// The bits of numbers: equal means the same to the last digit.
pub fn bits(numbers: &[f32]) -> Vec<u32> {
    numbers.iter().map(|number| number.to_bits()).collect()
}
