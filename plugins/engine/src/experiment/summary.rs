//! Many runs as few numbers: mean, spread, and paired differences.

use super::{Experiment, RunOutcome};
use crate::{EpochLoss, Evaluation, MetricName, Part};

/// Something measured at the end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Measure {
    /// The rows it is measured on.
    pub part: Part,
    /// What.
    pub quantity: Quantity,
}

/// What is measured of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quantity {
    /// The loss, without what large weights cost.
    Loss,
    /// A metric of all outputs together.
    Metric(MetricName),
}

impl Quantity {
    /// What the field calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Metric(metric) => metric.name(),
        }
    }

    /// The same as one word, for files and programs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Metric(metric) => metric.facts().word,
        }
    }
}

impl Measure {
    /// What was measured of these parts.
    pub(super) fn all_of(evaluations: &[Evaluation]) -> Vec<(Self, f32)> {
        let mut all = Vec::new();
        for evaluation in evaluations {
            let part = evaluation.part;
            let of = |quantity| Self { part, quantity };
            all.extend(evaluation.loss.map(|loss| (of(Quantity::Loss), loss)));
            let metrics = evaluation.metrics.iter();
            all.extend(metrics.map(|metric| (of(Quantity::Metric(metric.name)), metric.value)));
        }
        all
    }
}

/// Numbers of several runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// How many; at least 1.
    pub count: u32,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation, that of a sample: divided by one less than their
    /// number. `None` of a single one.
    pub deviation: Option<f64>,
    /// The least of them.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

/// How a variant differs from the first, seed by seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// How many seeds both have finished; at least 1.
    pub count: u32,
    /// The mean of this variant less the first.
    pub mean: f64,
    /// How sure that mean is: the deviation of the differences divided by the root of
    /// their number. `None` of a single one.
    pub standard_error: Option<f64>,
}

/// A measure over all runs of a variant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeasureSummary {
    /// What is measured.
    pub measure: Measure,
    /// Over the runs that have it.
    pub spread: Spread,
    /// Against the first variant, of which it is 0; `None` when no seed has it in both.
    pub difference: Option<Difference>,
}

/// A point of the curve of a variant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// The epoch, from 1.
    pub epoch: u32,
    /// The training loss, over the runs that got as far; see [`EpochLoss::train`].
    pub train: Spread,
    /// The validation loss.
    pub validation: Option<Spread>,
}

/// Numbers as they come: Welford 1962, "Note on a Method for Calculating Corrected Sums
/// of Squares and Products".
#[derive(Clone, Copy, Debug, Default)]
struct Running {
    count: u32,
    mean: f64,
    squares: f64,
    least: f64,
    most: f64,
}

impl Running {
    fn add(&mut self, number: f64) {
        if self.count == 0 {
            (self.least, self.most) = (number, number);
        }
        self.count += 1;
        let before = number - self.mean;
        self.mean += before / f64::from(self.count);
        self.squares += before * (number - self.mean);
        self.least = self.least.min(number);
        self.most = self.most.max(number);
    }

    fn of(numbers: impl Iterator<Item = f64>) -> Self {
        numbers.fold(Self::default(), |mut running, number| {
            running.add(number);
            running
        })
    }

    fn spread(&self) -> Option<Spread> {
        (self.count > 0).then(|| Spread {
            count: self.count,
            mean: self.mean,
            deviation: (self.count > 1).then(|| (self.squares / f64::from(self.count - 1)).sqrt()),
            least: self.least,
            most: self.most,
        })
    }
}

/// Losses of several runs, added up by epoch.
#[derive(Clone, Debug, Default)]
pub(super) struct Curve {
    every: u32,
    points: Vec<(u32, [Running; 2])>,
}

impl Curve {
    /// For runs of so many epochs.
    pub(super) fn new(epochs: u32) -> Self {
        Self {
            every: epochs.div_ceil(Experiment::MAX_POINTS as u32),
            points: Vec::new(),
        }
    }

    /// Adds a whole run. Of long ones the last epoch of every stretch is kept.
    pub(super) fn add(&mut self, losses: &[EpochLoss]) {
        let every = self.every.max(1) as usize;
        let kept = losses.iter().skip(every - 1).step_by(every);
        for (index, loss) in kept.enumerate() {
            if index == self.points.len() {
                self.points.push((loss.epoch, Default::default()));
            }
            let Some((_, [train, validation])) = self.points.get_mut(index) else {
                continue;
            };
            train.add(f64::from(loss.train));
            if let Some(loss) = loss.validation {
                validation.add(f64::from(loss));
            }
        }
    }

    pub(super) fn finish(self) -> Vec<CurvePoint> {
        let point = |(epoch, [train, validation]): (u32, [Running; 2])| {
            Some(CurvePoint {
                epoch,
                train: train.spread()?,
                validation: validation.spread(),
            })
        };
        self.points.into_iter().filter_map(point).collect()
    }
}

/// Every measure of these runs, compared with those of the first variant.
pub(super) fn measures(runs: &[RunOutcome], first: &[RunOutcome]) -> Vec<MeasureSummary> {
    let mut all: Vec<Measure> = runs
        .iter()
        .flat_map(|run| run.measures.iter().map(|(measure, _)| *measure))
        .collect();
    all.sort_unstable();
    all.dedup();
    let summary = |measure| {
        let values = runs.iter().filter_map(|run| run.measure(measure));
        let pairs = runs.iter().filter_map(|run| {
            let other = first.iter().find(|other| other.seed == run.seed)?;
            let (here, there) = (run.measure(measure)?, other.measure(measure)?);
            Some(f64::from(here) - f64::from(there))
        });
        Some(MeasureSummary {
            measure,
            spread: Running::of(values.map(f64::from)).spread()?,
            difference: Running::of(pairs).spread().map(|spread| Difference {
                count: spread.count,
                mean: spread.mean,
                standard_error: spread
                    .deviation
                    .map(|deviation| deviation / f64::from(spread.count).sqrt()),
            }),
        })
    };
    all.into_iter().filter_map(summary).collect()
}
