//! What a training step costs on the fused route, on the per-node route, and in dfdx as it comes.
//!
//! The three run in turn, so that a busy machine slows all of them alike, and the
//! quickest of many rounds counts: read the ratios, not the times.

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "routes/networks.rs"]
mod networks;

use std::time::Instant;

use common::layered;
use dfdx::prelude::{
    Axis, Backward, BroadcastTo, Cpu, Gradients, MeanTo, Momentum, SgdConfig, Tensor, TensorFrom,
    Trace, TryMatMul,
};
use engine::{Command, Request, Route, Trainer, WorkBudget};
use network::Activation;
use network::random::{Purpose, stream, symmetric_unit};
use networks::{case, irregular};
use project::Project;

const ROUNDS: usize = 40;

struct Runner(Trainer);

impl Runner {
    fn new(project: &Project, route: Route) -> Self {
        let mut trainer = Trainer::with_route(route);
        let load = Request::Load {
            project: Box::new(project.clone()),
            revision: 0,
        };
        for (seq, request) in [(1, load), (2, Request::Train { epochs: None })] {
            trainer.handle(Command { seq, request });
        }
        Self(trainer)
    }

    /// Seconds of one epoch, that is one step.
    fn step(&mut self, steps: usize, chunks: usize) -> f64 {
        let start = Instant::now();
        // A chunk is a slice of its own, and finishing the epoch one more.
        for _ in 0..steps * (chunks + 1) {
            self.0.advance(WorkBudget(1));
        }
        start.elapsed().as_secs_f64() / steps as f64
    }
}

type Matrix = Tensor<(usize, usize), f32, Cpu>;
type Bias = Tensor<(usize,), f32, Cpu>;

/// The same layered network as dfdx's documentation would have it.
struct Plain {
    layers: Vec<(Matrix, Bias)>,
    x: Matrix,
    t: Matrix,
    velocities: Gradients<f32, Cpu>,
}

impl Plain {
    fn new(sizes: &[u32], batch: usize) -> Self {
        let device = Cpu::default();
        let mut rng = stream(3, Purpose::Initial, 7);
        let mut matrix = |rows: usize, columns: usize, scale: f32| {
            let numbers = (0..rows * columns).map(|_| symmetric_unit(&mut rng) * scale);
            device.tensor((numbers.collect::<Vec<_>>(), (rows, columns)))
        };
        let layers = sizes
            .windows(2)
            .map(|pair| {
                let (from, to) = (pair[0] as usize, pair[1] as usize);
                let scale = (6.0 / (from + to) as f32).sqrt();
                let bias = device.tensor((vec![0.0; to], (to,)));
                (matrix(from, to, scale), bias)
            })
            .collect();
        let ends = (sizes[0] as usize, sizes[sizes.len() - 1] as usize);
        Self {
            layers,
            x: matrix(batch, ends.0, 1.0),
            t: matrix(batch, ends.1, 1.0),
            velocities: Gradients::leaky(),
        }
    }

    fn step(&mut self, steps: usize) -> f64 {
        let start = Instant::now();
        for _ in 0..steps {
            let mut value = self.x.leaky_trace();
            for (index, (matrix, bias)) in self.layers.iter().enumerate() {
                let sum = value.matmul(matrix.clone());
                let shape = *dfdx::prelude::HasShape::shape(&sum);
                // The bias goes onto a tape too, or its broadcast is not recorded.
                let bias = bias.leaky_trace();
                let sum = sum + bias.broadcast_like::<_, Axis<0>>(&shape);
                let is_last = index + 1 == self.layers.len();
                value = if is_last { sum } else { sum.tanh() };
            }
            let loss = (value - self.t.clone())
                .square()
                .mean::<dfdx::prelude::Rank0, _>();
            let mut gradients = loss.backward();
            let config = SgdConfig {
                lr: 1e-3,
                momentum: Some(Momentum::Classic(0.9)),
                weight_decay: None,
            };
            for (matrix, bias) in &mut self.layers {
                let gradient = gradients.get_or_alloc_mut(matrix).expect("memory");
                let velocity = self.velocities.get_or_alloc_mut(matrix).expect("memory");
                config
                    .try_update(matrix, velocity, gradient)
                    .expect("memory");
                let gradient = gradients.get_or_alloc_mut(bias).expect("memory");
                let velocity = self.velocities.get_or_alloc_mut(bias).expect("memory");
                config.try_update(bias, velocity, gradient).expect("memory");
            }
        }
        start.elapsed().as_secs_f64() / steps as f64
    }
}

fn report(name: &str, fused: f64, other: f64, what: &str) {
    println!(
        "{name:<24} fused {:>9.1} µs   {what} {:>9.1} µs   ratio {:>6.1}",
        fused * 1e6,
        other * 1e6,
        other / fused
    );
}

fn main() {
    for (sizes, batch, steps) in [
        (&[2, 8, 8, 1][..], 10_usize, 200),
        (&[2, 64, 64, 1], 32, 50),
        (&[784, 128, 64, 10], 64, 2),
        (&[784, 512, 512, 10], 128, 1),
    ] {
        let network = layered(sizes, Activation::Tanh, Activation::Linear, 1);
        let chunks = batch.div_ceil(64);
        let mut fused = Runner::new(&case(network, batch), Route::Fused);
        let mut plain = Plain::new(sizes, batch);
        let (mut best, mut best_plain) = (f64::MAX, f64::MAX);
        for _ in 0..ROUNDS {
            best = best.min(fused.step(steps, chunks));
            best_plain = best_plain.min(plain.step(steps));
        }
        let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
        report(
            &format!("{}, batch {batch}", sizes.join("-")),
            best,
            best_plain,
            "dfdx    ",
        );
    }
    for (name, network) in [
        (
            "2-8-8-1, batch 32",
            layered(&[2, 8, 8, 1], Activation::Tanh, Activation::Linear, 1),
        ),
        ("300 irregular, batch 32", irregular()),
    ] {
        let project = case(network, 32);
        let mut fused = Runner::new(&project, Route::Fused);
        let mut nodes = Runner::new(&project, Route::PerNode);
        let (mut best, mut best_nodes) = (f64::MAX, f64::MAX);
        for _ in 0..ROUNDS {
            best = best.min(fused.step(20, 1));
            best_nodes = best_nodes.min(nodes.step(1, 1));
        }
        report(name, best, best_nodes, "per node");
    }
}
