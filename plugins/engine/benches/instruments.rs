//! What instruments cost training: epochs in a second with response maps and without.
//!
//! Both trainings run in turn, a short while each, so that a busy machine slows both
//! alike; the quickest slice of each counts. A report is taken after every step of
//! the pace, so maps are wanted all the time.

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "routes/networks.rs"]
mod networks;

use std::time::Instant;

use common::layered;
use engine::{CloseUp, Command, MapRequest, Mapped, Request, Trainer, WorkPace};
use network::{Activation, Network, NodeId};
use networks::{case, irregular};

const ROUNDS: usize = 60;

struct Runner {
    trainer: Trainer,
    pace: WorkPace,
    pictures: u32,
}

impl Runner {
    fn new(network: &Network, batch: usize, maps: Option<Mapped>) -> Self {
        let mut trainer = Trainer::new();
        let load = Request::Load {
            project: Box::new(case(network.clone(), batch)),
            revision: 0,
        };
        let maps = maps.map(|nodes| {
            Request::Maps(MapRequest {
                x: NodeId(0),
                y: NodeId(1),
                x_range: [-1.0, 1.0],
                y_range: [-1.0, 1.0],
                resolution: 32,
                fixed: Vec::new(),
                nodes,
                close: Some(CloseUp {
                    nodes: vec![NodeId(2)],
                    resolution: 64,
                    rows: Vec::new(),
                }),
            })
        });
        let first = [load, Request::Credit(u32::MAX - 10)].into_iter();
        let requests = first.chain(maps).chain([Request::Train { epochs: None }]);
        for (seq, request) in (1..).zip(requests) {
            trainer.handle(Command { seq, request });
        }
        Self {
            trainer,
            pace: WorkPace::default(),
            pictures: 0,
        }
    }

    /// Seconds for one epoch, over a slice of about 30 ms.
    fn run_for_a_while(&mut self) -> f64 {
        let (start, before) = (Instant::now(), self.epochs());
        let mut pace = self.pace;
        let mut pictures = 0;
        pace.work(
            &mut self.trainer,
            std::time::Duration::from_millis(30),
            || start.elapsed(),
            |trainer| {
                let report = trainer.take_report();
                pictures += u32::from(report.is_some_and(|report| report.maps.is_some()));
            },
        );
        self.pace = pace;
        self.pictures += pictures;
        start.elapsed().as_secs_f64() / f64::from(self.epochs() - before).max(0.5)
    }

    fn epochs(&self) -> u32 {
        let (_, checkpoint) = self.trainer.checkpoint().expect("it can be computed");
        checkpoint.progress.epochs
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn main() {
    for (name, network, batch) in [
        (
            "2-2-1, batch 4",
            layered(&[2, 2, 1], Activation::Tanh, Activation::Sigmoid, 1),
            4,
        ),
        (
            "2-8-8-1, batch 10",
            layered(&[2, 8, 8, 1], Activation::Tanh, Activation::Linear, 1),
            10,
        ),
        ("300 irregular, batch 32", irregular(), 32),
    ] {
        let mut plain = Runner::new(&network, batch, None);
        let mut mapped = Runner::new(&network, batch, Some(Mapped::All));
        // The first maps are free.
        for _ in 0..4 {
            plain.run_for_a_while();
            mapped.run_for_a_while();
        }
        let (mut without, mut with) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            without.push(plain.run_for_a_while());
            with.push(mapped.run_for_a_while());
        }
        let total =
            |times: &[f64]| times.iter().map(|time| 1.0 / time).sum::<f64>() / times.len() as f64;
        println!(
            "{name:<24} without maps {:>9.2} µs an epoch   with {:>9.2} µs   ratio {:.3} (of means {:.3})   {:.0} pictures a second",
            median(without.clone()) * 1e6,
            median(with.clone()) * 1e6,
            median(with.clone()) / median(without.clone()),
            total(&without) / total(&with),
            f64::from(mapped.pictures) / (0.03 * (ROUNDS + 4) as f64),
        );
    }
}
