//! What the history costs training: steps with it and without, and how long its answers take.
//!
//! Both trainings run in turn, a short while each, so that a busy machine slows both
//! alike; the median over the rounds counts. Where the system tells how long a thread
//! had a processor (Linux), that is the time, and other programs do not count.

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "routes/networks.rs"]
mod networks;

use std::time::{Duration, Instant};

use common::layered;
use engine::{Command, HistoryRange, Request, Trainer, WorkPace};
use network::{Activation, Network};
use networks::{case, irregular};
use project::{Edit, Optimizer, Project};

const ROUNDS: usize = 41;

const SLICE: Duration = Duration::from_millis(60);

struct Runner {
    trainer: Trainer,
    range: HistoryRange,
    pace: WorkPace,
}

impl Runner {
    fn new(project: &Project, budget: u64) -> Self {
        let mut trainer = Trainer::new();
        let requests = [
            Request::SetHistoryBudget(budget),
            Request::Load {
                project: Box::new(project.clone()),
                revision: 0,
            },
            Request::Credit(1_000_000),
            Request::Train { epochs: None },
        ];
        for (seq, request) in (1..).zip(requests) {
            trainer.handle(Command { seq, request });
        }
        Self {
            trainer,
            range: HistoryRange::default(),
            pace: WorkPace::default(),
        }
    }

    /// Seconds for one step, over a slice.
    fn run_for_a_while(&mut self) -> f64 {
        let before = self.range.present;
        let (start, mut pace) = (Instant::now(), self.pace);
        let on_processor = on_processor();
        pace.work(&mut self.trainer, SLICE, || start.elapsed(), |_| ());
        let took = match (on_processor, self::on_processor()) {
            (Some(before), Some(after)) => after - before,
            _ => start.elapsed().as_secs_f64(),
        };
        self.pace = pace;
        if let Some(report) = self.trainer.take_report() {
            self.range = report.history;
        }
        took / (self.range.present - before).max(1) as f64
    }

    /// Seconds until a request is obeyed.
    fn time(&mut self, request: Request) -> f64 {
        let start = Instant::now();
        self.trainer.handle(Command { seq: 9, request });
        self.trainer.handle(Command {
            seq: 10,
            request: Request::Pause,
        });
        self.trainer.advance(engine::WorkBudget::UNLIMITED);
        start.elapsed().as_secs_f64()
    }
}

/// Seconds this thread had a processor.
fn on_processor() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: u64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds as f64 * 1e-9)
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn measure(name: &str, network: &Network, batch: usize, optimizer: Optimizer) {
    let mut project = case(network.clone(), batch);
    let mut settings = project.training().clone();
    settings.optimizer = optimizer;
    project::apply(&mut project, &Edit::SetTraining(settings)).expect("in their ranges");
    let mut plain = Runner::new(&project, 0);
    let mut kept = Runner::new(&project, HistoryRange::DEFAULT_BUDGET);
    for _ in 0..4 {
        plain.run_for_a_while();
        kept.run_for_a_while();
    }
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // Whoever goes first may be favoured.
        if round % 2 == 0 {
            without.push(plain.run_for_a_while());
            with.push(kept.run_for_a_while());
        } else {
            with.push(kept.run_for_a_while());
            without.push(plain.run_for_a_while());
        }
    }
    let ratios = with
        .iter()
        .zip(&without)
        .map(|(with, without)| with / without);
    let range = kept.range;
    println!(
        "{name:<28} {} without {:>9.2} µs a step, with {:>9.2} µs, ratio {:.3} (of medians {:.3})",
        optimizer.name(),
        median(without.clone()) * 1e6,
        median(with.clone()) * 1e6,
        median(ratios.collect()),
        median(with.clone()) / median(without.clone()),
    );
    let middle = range.last / 2;
    let back = kept.time(Request::LookBack(middle));
    let go = kept.time(Request::GoBack(middle));
    println!(
        "    {} steps, {} views, {} keyframes, {:.1} MB; look back {:.3} ms, go back exactly {:.1} ms",
        range.last,
        range.views,
        range.keyframes,
        range.bytes as f64 / 1e6,
        back * 1e3,
        go * 1e3,
    );
}

fn main() {
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let small = layered(&[2, 8, 8, 1], Activation::Tanh, Activation::Linear, 1);
    let large = layered(&[784, 128, 64, 10], Activation::Relu, Activation::Linear, 1);
    for (name, network, batch) in [
        ("2-8-8-1, batch 10", small, 10),
        ("784-128-64-10, batch 64", large, 64),
        ("300 irregular, batch 32", irregular(), 32),
    ] {
        if chosen.is_empty() || chosen.iter().any(|word| name.contains(word.as_str())) {
            for optimizer in [Optimizer::MOMENTUM, Optimizer::ADAM] {
                measure(name, &network, batch, optimizer);
            }
        }
    }
}
