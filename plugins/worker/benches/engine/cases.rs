//! The networks that are measured, with their data, for us and for the others.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use datasets::{Column, Role as ColumnRole, Split, Table};
use engine::{Command, Request};
use network::random::{Purpose, Rng, stream, symmetric_unit};
use network::{
    Activation, Draw, Edge, EdgeId, Endpoint, Initializer, KindId, Kinds, Network, Node, NodeId,
    Parameter, Role, Snapshot, initial_values,
};
use project::{Loss, Objective, Optimizer, Project, TrainingSettings, View, column_of};
use serde_json::json;
use worker::pack;

/// How often the one batch is repeated in our table: epochs end as seldom as in real training, and every
/// step sees the same rows, as it does elsewhere.
const BATCHES: usize = 64;

/// Starting numbers and rows come from this seed.
const SEED: u64 = 7;

/// What a network looks like.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Whole layers of so many neurons, inputs first.
    Layers(&'static [u32]),
    /// Each neuron takes from some of those before it, at random.
    Graph {
        inputs: u32,
        outputs: u32,
        neurons: u32,
        edges: usize,
    },
}

/// A network and how it is trained.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Its name on the command line and in the table.
    pub name: &'static str,
    pub shape: Shape,
    /// Rows of a step.
    pub batch: usize,
    /// Whether the outputs are classes: softmax and cross-entropy, else the squared error.
    pub is_classes: bool,
    pub rate: f32,
}

/// The networks of the table.
pub const CASES: [Case; 5] = [
    Case {
        name: "2-8-8-1",
        shape: Shape::Layers(&[2, 8, 8, 1]),
        batch: 10,
        is_classes: false,
        rate: 0.1,
    },
    Case {
        name: "2-64-64-1",
        shape: Shape::Layers(&[2, 64, 64, 1]),
        batch: 32,
        is_classes: false,
        rate: 0.05,
    },
    Case {
        name: "784-128-64-10",
        shape: Shape::Layers(&[784, 128, 64, 10]),
        batch: 64,
        is_classes: true,
        rate: 0.02,
    },
    Case {
        name: "784-512-512-10",
        shape: Shape::Layers(&[784, 512, 512, 10]),
        batch: 128,
        is_classes: true,
        rate: 0.02,
    },
    Case {
        name: "graph-300-3000",
        shape: Shape::Graph {
            inputs: 10,
            outputs: 5,
            neurons: 300,
            edges: 3_000,
        },
        batch: 32,
        is_classes: false,
        rate: 0.05,
    },
];

impl Case {
    /// A graph of so many connections with a tenth as many neurons, at least 24: how the cost grows.
    pub fn of_size(edges: usize) -> Self {
        Self {
            name: "graph",
            shape: Shape::Graph {
                inputs: 10,
                outputs: 5,
                neurons: (edges / 10).max(24) as u32,
                edges,
            },
            batch: 32,
            is_classes: false,
            rate: 1e-3,
        }
    }

    /// The case of this name.
    pub fn named(name: &str) -> Option<Self> {
        CASES.into_iter().find(|case| case.name == name)
    }

    /// Inputs, all neurons with them, and outputs.
    fn sizes(&self) -> (usize, usize, usize) {
        match self.shape {
            Shape::Layers(sizes) => {
                let all: u32 = sizes.iter().sum();
                let ends = [sizes.first(), sizes.last()].map(|end| end.copied().unwrap_or(0));
                (ends[0] as usize, all as usize, ends[1] as usize)
            }
            Shape::Graph {
                inputs,
                outputs,
                neurons,
                ..
            } => (inputs as usize, neurons as usize, outputs as usize),
        }
    }

    /// Source and target of each connection.
    fn pairs(&self) -> Vec<(u32, u32)> {
        match self.shape {
            Shape::Layers(sizes) => {
                let mut pairs = Vec::new();
                let mut first = 0;
                for pair in sizes.windows(2) {
                    let (sources, targets) = (first..first + pair[0], first + pair[0]..);
                    for to in targets.take(pair[1] as usize) {
                        pairs.extend(sources.clone().map(|from| (from, to)));
                    }
                    first += pair[0];
                }
                pairs
            }
            Shape::Graph {
                inputs,
                outputs,
                neurons,
                edges,
            } => {
                let mut rng = stream(SEED, Purpose::Initial, 1);
                // No neuron is without a source; an output is nobody's source.
                let mut below = |end: u32| rng.next_u32() % end;
                let inner = neurons - outputs;
                let mut pairs: BTreeSet<(u32, u32)> = (inputs..neurons)
                    .map(|to| (to, below(to.min(inner))))
                    .collect();
                while pairs.len() < edges {
                    let to = inputs + below(neurons - inputs);
                    pairs.insert((to, below(to.min(inner))));
                }
                pairs.into_iter().map(|(to, from)| (from, to)).collect()
            }
        }
    }

    /// The network with its starting numbers.
    fn network(&self) -> Network {
        let (inputs, neurons, outputs) = self.sizes();
        let last = if self.is_classes {
            Activation::Softmax
        } else {
            Activation::Linear
        };
        let node = |place: usize| {
            let (kind, activation) = if place < inputs {
                (KindId::INPUT, Activation::Linear)
            } else if place < neurons - outputs {
                (KindId::HIDDEN, Activation::Tanh)
            } else {
                (KindId::OUTPUT, last)
            };
            Node::new(NodeId(place as u32), kind, format!("n{place}")).with_activation(activation)
        };
        let edge = |(place, (from, to)): (usize, (u32, u32))| {
            let [from, to] = [from, to].map(|id| Endpoint::of(NodeId(id)));
            Edge::new(EdgeId(place as u32), from, to, Parameter::scalar(0.0))
        };
        let mut network = Network::from_parts(
            Kinds::default(),
            (0..neurons).map(node).collect(),
            self.pairs().into_iter().enumerate().map(edge).collect(),
        )
        .expect("connections run onwards, each once");
        let how = Draw {
            seed: SEED,
            initializer: Initializer::Automatic,
        };
        let values = initial_values(&network, how);
        let starts = values.clone();
        network
            .restore(&Snapshot { values, starts })
            .expect("as many numbers as it has");
        network
    }

    /// The rows of a batch, inputs and targets, one row after another.
    fn rows(&self) -> (Vec<f32>, Vec<f32>) {
        let (inputs, _, outputs) = self.sizes();
        let mut rng = stream(SEED, Purpose::Initial, 2);
        let x = (0..self.batch * inputs)
            .map(|_| symmetric_unit(&mut rng))
            .collect();
        let t = if self.is_classes {
            let mut t = vec![0.0; self.batch * outputs];
            for row in t.chunks_exact_mut(outputs) {
                row[rng.next_u32() as usize % outputs] = 1.0;
            }
            t
        } else {
            (0..self.batch * outputs)
                .map(|_| symmetric_unit(&mut rng))
                .collect()
        };
        (x, t)
    }

    /// The project: its epochs are [`BATCHES`] times the same batch.
    pub fn project(&self) -> Project {
        let network = self.network();
        let (x, t) = self.rows();
        let column = |numbers: &[f32], role, width: usize, at: usize, node: &Node| Column {
            id: column_of(node.id),
            name: node.name.clone(),
            role,
            shape: Vec::new(),
            values: numbers[at..]
                .iter()
                .step_by(width)
                .copied()
                .collect::<Vec<_>>()
                .repeat(BATCHES),
        };
        let (inputs, _, outputs) = self.sizes();
        let mut columns: Vec<Column> = Vec::with_capacity(inputs + outputs);
        for (at, node) in network.nodes_of(Role::Input).enumerate() {
            columns.push(column(&x, ColumnRole::Input, inputs, at, node));
        }
        for (at, node) in network.nodes_of(Role::Output).enumerate() {
            columns.push(column(&t, ColumnRole::Target, outputs, at, node));
        }
        let training = TrainingSettings {
            batch_size: self.batch as u32,
            epochs: 1_000_000,
            learning_rate: self.rate,
            optimizer: Optimizer::Sgd { momentum: 0.0 },
            is_shuffled: false,
            objective: Objective::all(if self.is_classes {
                Loss::CategoricalCrossEntropy
            } else {
                Loss::MeanSquaredError
            }),
            ..TrainingSettings::default()
        };
        let table = Table::from_columns(columns).expect("every column has all rows");
        let split = Split::new(100, 0, 0, false).expect("a hundred percent");
        Project::from_parts(network, table, split, training, 0, View::default())
            .expect("each input and output has its column")
    }

    /// What the engine is told first: nothing may be trained yet.
    pub fn first_requests(&self) -> Vec<Request> {
        vec![
            Request::Allow(Some(0)),
            Request::Load {
                project: Box::new(self.project()),
                revision: 0,
            },
            Request::Train { epochs: None },
        ]
    }

    /// Writes the task for the others, and for the Worker the messages of the app.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join("task.json"), self.task().to_string())?;
        for (request, seq) in self.first_requests().into_iter().zip(1..) {
            let packed = pack(Command { seq, request }).map_err(std::io::Error::other)?;
            let numbers = packed.lists.concat();
            let numbers: Vec<u8> = numbers.iter().flat_map(|it| it.to_le_bytes()).collect();
            fs::write(folder.join(format!("first-{seq}.bytes")), &packed.bytes)?;
            fs::write(folder.join(format!("first-{seq}.numbers")), numbers)?;
        }
        Ok(())
    }

    /// The task in words that everybody reads, see `tests/benches/peers/README.md`.
    fn task(&self) -> serde_json::Value {
        let network = self.network();
        let (inputs, _, outputs) = self.sizes();
        let (x, t) = self.rows();
        let neurons: Vec<_> = network
            .nodes()
            .skip(inputs)
            .map(|node| {
                let edges: Vec<&Edge> = network
                    .incoming(node.id)
                    .iter()
                    .filter_map(|&edge| network.edge(edge))
                    .collect();
                let number = |parameter: &Parameter| parameter.elements()[0].value;
                json!({
                    "bias": number(&node.parameters[0]),
                    // Softmax belongs to the loss.
                    "activation": if node.activation == Activation::Tanh { "tanh" } else { "linear" },
                    "sources": edges.iter().map(|edge| edge.from.node().0).collect::<Vec<_>>(),
                    "weights": edges.iter().map(|edge| number(&edge.weight)).collect::<Vec<_>>(),
                })
            })
            .collect();
        json!({
            "name": self.name,
            "inputs": inputs,
            "outputs": outputs,
            "layers": match self.shape {
                Shape::Layers(sizes) => Some(sizes),
                Shape::Graph { .. } => None,
            },
            "batch": self.batch,
            "loss": if self.is_classes { "softmax cross-entropy" } else { "mean squared error" },
            "rate": self.rate,
            "x": x,
            "t": t,
            "neurons": neurons,
        })
    }
}
