//! The controlled experiment: one thing changed, repeated over seeds, told as mean and spread.
//!
//! Every variant is trained from the same seeds. A seed decides starting weights, the
//! split and the order of the rows, so two variants meet the same luck, and what differs
//! between them is best seen in the differences seed by seed (a paired comparison), whose
//! spread is smaller than that of either.

mod summary;

#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use project::{Edit, Project, apply, gesture};

pub use summary::{CurvePoint, Difference, Measure, MeasureSummary, Quantity, Spread};

use crate::EpochLoss;
use crate::headless::{RunError, RunOptions, run};
use summary::{Curve, measures};

/// One way to train.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// What it is called.
    pub label: String,
    /// What is changed in the base project; `None`: nothing.
    pub change: Option<Edit>,
}

/// What to try.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// What all variants share. Its own seed is the first.
    pub base: Project,
    /// The variants; the first is what the others are compared with.
    /// 1 to [`Experiment::MAX_VARIANTS`].
    pub variants: Vec<Variant>,
    /// How many seeds: the base's, and those that follow it.
    /// 1 to [`Experiment::MAX_SEEDS`].
    pub seeds: u32,
    /// Epochs of each run; `None`: as the settings of the variant say.
    pub epochs: Option<u32>,
}

impl Experiment {
    /// The most variants.
    pub const MAX_VARIANTS: usize = 64;
    /// The most seeds.
    pub const MAX_SEEDS: u32 = 1_000;
    /// The most points kept of a curve; of longer runs every second, third … epoch is
    /// kept. With [`Self::MAX_VARIANTS`] that bounds memory to a few megabytes,
    /// besides that of one run.
    pub const MAX_POINTS: usize = 2_048;

    /// The seeds, all different: neighbours, which give unrelated numbers
    /// (`network::random::stream`), so that each is easily tried again by itself.
    pub fn all_seeds(&self) -> impl Iterator<Item = u64> + use<> {
        let first = self.base.training().seed;
        (0..u64::from(self.seeds)).map(move |number| first.wrapping_add(number))
    }
}

/// How far an experiment is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExperimentProgress<'a> {
    /// The variant that is trained, from 0.
    pub variant: usize,
    /// Whole runs so far.
    pub runs: u32,
    /// All runs.
    pub of_runs: u32,
    /// The seed of this run.
    pub seed: u64,
    /// The epoch just finished.
    pub epoch: &'a EpochLoss,
}

/// What an experiment came to.
#[derive(Clone, Debug, PartialEq)]
pub struct ExperimentOutcome {
    /// The variants in their order.
    pub variants: Vec<VariantOutcome>,
    /// Whether `on_epoch` stopped it early: then a run that was under way counts for
    /// nothing.
    pub was_stopped: bool,
}

/// What one variant came to. What diverged is in no mean.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantOutcome {
    /// What it is called.
    pub label: String,
    /// The runs that went to their end, in the order of seeds.
    pub runs: Vec<RunOutcome>,
    /// The runs that did not.
    pub diverged: Vec<Divergence>,
    /// The losses on the way, epoch by epoch.
    pub curve: Vec<CurvePoint>,
    /// Losses and metrics at the end, as far as there are any, in the order of
    /// [`Measure`].
    pub measures: Vec<MeasureSummary>,
}

impl VariantOutcome {
    /// The summary of a measure.
    #[must_use]
    pub fn measure(&self, measure: Measure) -> Option<&MeasureSummary> {
        self.measures.iter().find(|found| found.measure == measure)
    }
}

/// What one run came to.
#[derive(Clone, Debug, PartialEq)]
pub struct RunOutcome {
    /// Its seed.
    pub seed: u64,
    /// The epochs it was trained for: fewer than asked for after early stopping.
    pub epochs: u32,
    /// Losses and metrics at the end, in the order of [`Measure`].
    pub measures: Vec<(Measure, f32)>,
}

impl RunOutcome {
    /// The value of a measure.
    #[must_use]
    pub fn measure(&self, measure: Measure) -> Option<f32> {
        let found = self.measures.iter().find(|(found, _)| *found == measure);
        found.map(|(_, value)| *value)
    }
}

/// A run that left the range of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// Its seed.
    pub seed: u64,
    /// The whole epochs before.
    pub epochs: u32,
    /// What happened, as a sentence for the person.
    pub sentence: String,
}

/// Why an experiment cannot be made. Nothing was trained but, for
/// [`Self::CannotTrain`], perhaps variants before.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExperimentError {
    /// Nothing to try, or too much.
    #[error("There are {0} variants; an experiment has 1 to {most}.", most = Experiment::MAX_VARIANTS)]
    Variants(
        /// How many.
        usize,
    ),
    /// No seed, or too many.
    #[error("There are {0} seeds; an experiment has 1 to {most}.", most = Experiment::MAX_SEEDS)]
    Seeds(
        /// How many.
        u32,
    ),
    /// A change that is refused.
    #[error("The variant “{label}” is not possible: {why}.")]
    Change {
        /// The variant.
        label: String,
        /// Why not.
        why: String,
    },
    /// A variant that cannot be trained.
    #[error("The variant “{label}” cannot be trained. {why}")]
    CannotTrain {
        /// The variant.
        label: String,
        /// Why not.
        why: String,
    },
}

/// Trains every variant from every seed, always from new starting weights, and tells how
/// they did. All variants are tried with a seed before the next seed, so that an
/// experiment that is stopped early compares like with like. The same experiment gives
/// the same numbers, bit for bit, and each run is the one of [`run`] with that seed.
///
/// # Errors
/// Before any training, when the experiment or a variant is not possible. A run that
/// diverges is no error: see [`VariantOutcome::diverged`].
pub fn conduct(
    experiment: &Experiment,
    mut on_epoch: impl FnMut(&ExperimentProgress<'_>) -> ControlFlow<()>,
) -> Result<ExperimentOutcome, ExperimentError> {
    let count = experiment.variants.len();
    if !(1..=Experiment::MAX_VARIANTS).contains(&count) {
        return Err(ExperimentError::Variants(count));
    }
    if !(1..=Experiment::MAX_SEEDS).contains(&experiment.seeds) {
        return Err(ExperimentError::Seeds(experiment.seeds));
    }
    let mut trials = Vec::with_capacity(count);
    for variant in &experiment.variants {
        trials.push(Trial::new(experiment, variant)?);
    }
    let of_runs = experiment.seeds * count as u32;
    let mut runs = 0;
    let mut was_stopped = false;
    'seeds: for seed in experiment.all_seeds() {
        for (variant, trial) in trials.iter_mut().enumerate() {
            let tell = |epoch: &EpochLoss| {
                on_epoch(&ExperimentProgress {
                    variant,
                    runs,
                    of_runs,
                    seed,
                    epoch,
                })
            };
            was_stopped = trial.run(experiment, seed, tell)?;
            if was_stopped {
                break 'seeds;
            }
            runs += 1;
        }
    }
    let mut variants: Vec<VariantOutcome> = trials.into_iter().map(Trial::finish).collect();
    let first = variants[0].runs.clone();
    for variant in &mut variants {
        variant.measures = measures(&variant.runs, &first);
    }
    Ok(ExperimentOutcome {
        variants,
        was_stopped,
    })
}

/// A variant under way.
struct Trial {
    label: String,
    change: Option<Edit>,
    runs: Vec<RunOutcome>,
    diverged: Vec<Divergence>,
    curve: Curve,
}

impl Trial {
    /// Looks whether the variant is possible.
    fn new(experiment: &Experiment, variant: &Variant) -> Result<Self, ExperimentError> {
        let trial = Self {
            label: variant.label.clone(),
            change: variant.change.clone(),
            runs: Vec::new(),
            diverged: Vec::new(),
            curve: Curve::default(),
        };
        let project = trial.project(&experiment.base)?;
        let problem = project.check_training();
        problem.map_err(|problem| trial.cannot_train(problem.to_string()))?;
        let length = experiment.epochs.unwrap_or(project.training().epochs);
        Ok(Self {
            curve: Curve::new(length),
            ..trial
        })
    }

    /// The base with what is changed.
    fn project(&self, base: &Project) -> Result<Project, ExperimentError> {
        let mut project = base.clone();
        if let Some(change) = &self.change {
            apply(&mut project, change).map_err(|error| ExperimentError::Change {
                label: self.label.clone(),
                why: error.to_string(),
            })?;
        }
        Ok(project)
    }

    fn cannot_train(&self, why: String) -> ExperimentError {
        ExperimentError::CannotTrain {
            label: self.label.clone(),
            why,
        }
    }

    /// Trains with a seed; gives whether that was stopped.
    fn run(
        &mut self,
        experiment: &Experiment,
        seed: u64,
        mut tell: impl FnMut(&EpochLoss) -> ControlFlow<()>,
    ) -> Result<bool, ExperimentError> {
        let mut project = self.project(&experiment.base)?;
        // The seed goes last: starting weights are drawn as the variant says.
        let edit = gesture::new_seed(&project, seed);
        apply(&mut project, &edit).map_err(|error| self.cannot_train(error.to_string()))?;
        let options = RunOptions {
            epochs: experiment.epochs,
            seed: None,
        };
        let mut epochs = 0;
        let outcome = run(project, options, |epoch| {
            epochs = epoch.epoch;
            tell(epoch)
        });
        match outcome {
            Ok(outcome) if outcome.was_stopped => return Ok(true),
            Ok(outcome) => {
                let measures = Measure::all_of(&outcome.evaluations);
                if let Some((measure, value)) = measures.iter().find(|(_, v)| !v.is_finite()) {
                    self.diverged.push(Divergence {
                        seed,
                        epochs,
                        sentence: format!(
                            "After training, the {} of the {} rows is {value}: it left the range of numbers.",
                            measure.quantity.name(),
                            measure.part.name()
                        ),
                    });
                } else {
                    self.curve.add(&outcome.losses);
                    self.runs.push(RunOutcome {
                        seed,
                        epochs,
                        measures,
                    });
                }
            }
            Err(RunError::Refused(why)) => return Err(self.cannot_train(why)),
            Err(RunError::Broken(sentence)) => self.diverged.push(Divergence {
                seed,
                epochs,
                sentence,
            }),
        }
        Ok(false)
    }

    fn finish(self) -> VariantOutcome {
        VariantOutcome {
            label: self.label,
            runs: self.runs,
            diverged: self.diverged,
            curve: self.curve.finish(),
            measures: Vec::new(),
        }
    }
}
