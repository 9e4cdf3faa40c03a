//! Random networks for the tests: with an objective that fits, with rows, as the engine and as the oracle see them.

use std::collections::BTreeMap;
use std::ops::Range;

use network::random::{Purpose, Rng, stream};
use network::{Activation, Edge, Endpoint, KindId, Network, Node, NodeId, Parameter, Role};
use project::{Loss, LossTerm, Objective, OutputGroup};

use crate::compile::{Program, Route, Step, answer_size};
use crate::dropout::Noise;
use crate::loss::LossPlan;
use crate::model::{Chunk, Model, stride};
use crate::oracle::Oracle;

/// A network, an objective that fits it, and rows.
pub(crate) struct Case {
    pub(crate) network: Network,
    pub(crate) objective: Objective,
    pub(crate) inputs: Vec<NodeId>,
    pub(crate) outputs: Vec<NodeId>,
    pub(crate) rows: usize,
    pub(crate) x: Vec<f32>,
    pub(crate) t: Vec<f32>,
    /// What dropout draws from; `None`: nothing is left out.
    pub(crate) dropout: Option<u64>,
}

/// Rows computed at a time.
const ROWS: usize = 5;

/// Numbers for one case.
pub(crate) struct Draw(Box<dyn FnMut() -> u32>);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = stream(seed, Purpose::Initial, 0);
        Self(Box::new(move || rng.next_u32()))
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.0)() as usize % bound.max(1)
    }

    pub(crate) fn unit(&mut self) -> f32 {
        ((self.0)() >> 8) as f32 / (1 << 23) as f32 - 1.0
    }
}

pub(crate) fn join(network: &mut Network, from: NodeId, to: Endpoint, weight: Parameter) {
    let id = network.free_edge_id();
    let edge = Edge::new(id, Endpoint::of(from), to, weight);
    network
        .add_edge(edge)
        .expect("the graph grows forwards only");
}

/// Which outputs and losses go together.
pub(crate) const STYLES: usize = 10;

impl Case {
    /// Layers of these sizes with connections of this density, skips and all
    /// activations.
    pub(crate) fn random(
        seed: u64,
        layers: &[usize],
        density: f32,
        style: usize,
        rows: usize,
    ) -> Self {
        let mut draw = Draw::new(seed);
        let mut network = Network::default();
        let (mut before, mut all): (Vec<NodeId>, Vec<NodeId>) = (Vec::new(), Vec::new());
        for (depth, &size) in layers.iter().enumerate() {
            let is_last = depth + 1 == layers.len();
            let mut layer = Vec::new();
            for index in 0..size {
                let id = network.free_node_id();
                let (kind, activation) = match depth {
                    0 => (KindId::INPUT, Activation::Linear),
                    _ if is_last => (KindId::OUTPUT, output_activation(style, index)),
                    // The last one is softmax.
                    _ => (
                        KindId::HIDDEN,
                        Activation::ALL[draw.below(Activation::ALL.len() - 1)],
                    ),
                };
                let mut node =
                    Node::new(id, kind, format!("n{}", id.0)).with_activation(activation);
                if depth > 0 {
                    node.parameters = vec![Parameter::scalar(0.3 * draw.unit())];
                }
                network.add_node(node).expect("the parts fit");
                let scale = (1.0 / before.len().max(1) as f32).sqrt();
                for &from in &before {
                    if draw.unit() < 2.0 * density - 1.0 {
                        let weight = Parameter::scalar(2.0 * scale * draw.unit());
                        join(&mut network, from, Endpoint::of(id), weight);
                    }
                }
                // A skip from anywhere earlier; what is joined already stays so.
                if depth > 1 && draw.unit() > 0.0 {
                    let from = all[draw.below(all.len())];
                    if network
                        .check_edge(Endpoint::of(from), Endpoint::of(id), 0)
                        .is_ok()
                    {
                        let weight = Parameter::scalar(draw.unit());
                        join(&mut network, from, Endpoint::of(id), weight);
                    }
                }
                layer.push(id);
            }
            if !is_last {
                all.extend(&layer);
            }
            before = layer;
        }
        let outputs: Vec<NodeId> = network.nodes_of(Role::Output).map(|node| node.id).collect();
        Self::with_rows(network, objective(style, &outputs), style, rows, draw)
    }

    pub(crate) fn with_rows(
        network: Network,
        objective: Objective,
        style: usize,
        rows: usize,
        mut draw: Draw,
    ) -> Self {
        let ids = |role| {
            network
                .nodes_of(role)
                .map(|node| node.id)
                .collect::<Vec<_>>()
        };
        let (inputs, outputs) = (ids(Role::Input), ids(Role::Output));
        let x = (0..inputs.len() * rows).map(|_| draw.unit()).collect();
        let mut t = vec![0.0; outputs.len() * rows];
        for row in t.chunks_exact_mut(outputs.len().max(1)) {
            match style {
                2 | 7 => row.iter_mut().for_each(|t| *t = draw.below(2) as f32),
                3 | 8 => row[draw.below(outputs.len())] = 1.0,
                6 => row
                    .iter_mut()
                    .for_each(|t| *t = draw.below(2) as f32 * 2.0 - 1.0),
                9 => halves(row).into_iter().for_each(|half| {
                    if !half.is_empty() {
                        half[draw.below(half.len())] = 1.0;
                    }
                }),
                _ => row.iter_mut().for_each(|t| *t = draw.unit()),
            }
        }
        Self {
            network,
            objective,
            inputs,
            outputs,
            rows,
            x,
            t,
            dropout: None,
        }
    }

    /// The noise of the chunk that begins with this row.
    fn noise(&self, first: usize) -> Option<Noise> {
        self.dropout
            .map(|seed| Noise::new(seed, 3, 2, first as u32))
    }

    /// What the noise multiplies the elements of a row with.
    fn dropped(&self, row: usize) -> BTreeMap<NodeId, Vec<f64>> {
        let first = row / ROWS * ROWS;
        let stride = stride(ROWS.min(self.rows - first));
        let of_node = |node: &Node| {
            let noise = self.noise(first)?;
            let size = answer_size(&self.network, node);
            let mut factors = vec![1.0; size * stride];
            noise.drop(node.id, node.learning.dropout, &mut factors);
            let of_row = factors.iter().skip(row - first).step_by(stride);
            Some((node.id, of_row.map(|&factor| f64::from(factor)).collect()))
        };
        let nodes = self.network.nodes();
        let nodes = nodes.filter(|node| node.learning.dropout > 0.0);
        nodes.filter_map(of_node).collect()
    }

    /// Replaces all activations with a kink: a difference across one is no derivative.
    pub(crate) fn smooth(&mut self) {
        let has_kink = |activation| {
            matches!(
                activation,
                Activation::Relu
                    | Activation::LeakyRelu(_)
                    | Activation::Elu
                    | Activation::Selu
                    | Activation::HardTanh
                    | Activation::Step
            )
        };
        let nodes = self.network.nodes();
        let found = nodes.filter(|node| has_kink(node.activation));
        let ids: Vec<NodeId> = found.map(|node| node.id).collect();
        for id in ids {
            let smooth = Activation::Tanh;
            self.network
                .set_activation(id, smooth)
                .expect("tanh is allowed");
        }
    }

    pub(crate) fn parameters(&self) -> Vec<f64> {
        let values = self.network.snapshot().values;
        values.iter().map(|&value| f64::from(value)).collect()
    }

    pub(crate) fn oracle(&self) -> Oracle<'_> {
        let rows = (0..self.rows)
            .map(|row| {
                let x = &self.x[row * self.inputs.len()..][..self.inputs.len()];
                let t = &self.t[row * self.outputs.len()..][..self.outputs.len()];
                let named = self.inputs.iter().copied();
                (
                    named
                        .zip(x.iter().map(|&x| f64::from(x)))
                        .collect::<BTreeMap<_, _>>(),
                    t.iter().map(|&t| f64::from(t)).collect(),
                )
            })
            .collect();
        Oracle {
            network: &self.network,
            outputs: self.outputs.clone(),
            objective: &self.objective,
            rows,
            dropped: (0..self.rows).map(|row| self.dropped(row)).collect(),
        }
    }

    /// How many matrices it is compiled to.
    pub(crate) fn matrices(&self) -> usize {
        let program = Program::compile(&self.network, &self.inputs, &self.outputs, Route::Fused)
            .expect("it compiles");
        let of_step = |step: &Step| match step {
            Step::Region(region) => region.layers.iter().map(|layer| layer.dense.len()).sum(),
            Step::Level(_) | Step::Kind(_) => 0,
        };
        program.steps.iter().map(of_step).sum()
    }

    /// It as the engine computes it.
    pub(crate) fn model(&self, route: Route) -> (Model, LossPlan) {
        let program = Program::compile(&self.network, &self.inputs, &self.outputs, route)
            .expect("it compiles");
        let plan = LossPlan::new(&program.outputs, &self.objective);
        let values = self.network.snapshot().values;
        let model = Model::new(program, &values).expect("memory");
        model.check_kinds().expect("kinds do what they say");
        (model, plan)
    }

    /// These of the rows.
    pub(crate) fn chunk(&self, rows: Range<usize>) -> Chunk {
        let element_first = |numbers: &[f32], width: usize| {
            let stride = stride(rows.len());
            let mut out = vec![0.0; width * stride];
            for (column, row) in rows.clone().enumerate() {
                for element in 0..width {
                    out[element * stride + column] = numbers[row * width + element];
                }
            }
            out
        };
        Chunk {
            inputs: element_first(&self.x, self.inputs.len()),
            targets: element_first(&self.t, self.outputs.len()),
            rows: rows.len(),
            noise: self.noise(rows.start),
        }
    }

    /// The loss and the gradient the engine finds, chunk by chunk.
    pub(crate) fn engine(&self, route: Route) -> (f64, Vec<f32>) {
        let (mut model, plan) = self.model(route);
        let mut total = 0.0;
        for first in (0..self.rows).step_by(ROWS) {
            let chunk = self.chunk(first..self.rows.min(first + ROWS));
            let trained = model
                .train_chunk(&chunk, &plan, 1.0 / self.rows as f64)
                .expect("memory");
            total += trained.loss.sum();
            if let Some(by_value) = trained.by_value {
                model.keep_room(by_value).expect("memory");
            }
        }
        (total / self.rows as f64, model.gradients())
    }
}

/// The two groups of a network whose outputs answer two questions.
fn halves<T>(row: &mut [T]) -> [&mut [T]; 2] {
    let (first, second) = row.split_at_mut(row.len() / 2);
    [first, second]
}

fn output_activation(style: usize, index: usize) -> Activation {
    match style {
        0 => Activation::ALL[index % Activation::ALL.len()],
        1 => [Activation::Linear, Activation::Tanh, Activation::Relu][index % 3],
        2 | 7 => Activation::Sigmoid,
        3 | 8 | 9 => Activation::Softmax,
        5 | 6 => [Activation::Linear, Activation::Silu][index % 2],
        _ => [Activation::Linear, Activation::Sigmoid][index % 2],
    }
}

pub(crate) fn objective(style: usize, outputs: &[NodeId]) -> Objective {
    let term = |loss, weight| LossTerm {
        weight,
        ..LossTerm::new(OutputGroup::All, loss)
    };
    // Every second class counts more.
    let weighted = |loss| LossTerm {
        class_weights: outputs.iter().step_by(2).map(|&id| (id, 2.5)).collect(),
        ..term(loss, 1.5)
    };
    let (first, second) = outputs.split_at(outputs.len() / 2);
    let of = |group: &[NodeId], weight| LossTerm {
        outputs: OutputGroup::Nodes(group.to_vec()),
        ..term(Loss::CategoricalCrossEntropy, weight)
    };
    let terms = match style {
        0 => vec![term(Loss::MeanSquaredError, 1.0)],
        1 => vec![term(Loss::MeanAbsoluteError, 1.0)],
        2 => vec![term(Loss::BinaryCrossEntropy, 1.0)],
        3 => vec![term(Loss::CategoricalCrossEntropy, 1.0)],
        5 => vec![term(Loss::Huber { delta: 0.4 }, 1.0)],
        6 => vec![weighted(Loss::Hinge)],
        7 => vec![weighted(Loss::BinaryCrossEntropy)],
        8 => vec![weighted(Loss::CategoricalCrossEntropy)],
        9 => vec![of(first, 0.5), of(second, 2.0)],
        _ => vec![
            term(Loss::MeanSquaredError, 0.5),
            term(Loss::MeanAbsoluteError, 2.0),
        ],
    };
    Objective::Supervised { terms }
}
