//! `neurarium experiment`: one thing changed, several seeds each, told as mean and spread.

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use engine::experiment::{
    Divergence, Experiment as Plan, ExperimentOutcome, Measure, MeasureSummary, Quantity, Spread,
    Variant, VariantOutcome, conduct,
};
use engine::{MetricName, Part};
use serde::Serialize;
use storage::disk;

use super::args::Experiment;
use super::report::{NOTHING, aligned_right, count, decimal, json};
use super::train::bar;

/// Tries what the words say, and tells how the values compare.
pub(super) fn experiment(words: &Experiment) -> Result<String, String> {
    let base = super::read_with_data(&words.project, words.data.as_deref())?;
    if let Some(path) = &words.csv {
        // Told before hours of work, not after.
        disk::check_writable(path).map_err(|error| error.to_string())?;
    }
    let name = words.vary.what.name();
    let mut variants = Vec::with_capacity(words.vary.values.len());
    for value in &words.vary.values {
        let edit = words.vary.what.edit(&base, value);
        variants.push(Variant {
            label: value.clone(),
            change: Some(edit.map_err(|error| super::about(&words.project, &error))?),
        });
    }
    let plan = Plan {
        base,
        variants,
        seeds: words.seeds,
        epochs: words.epochs,
    };
    let outcome = tried(&plan, &words.project)?;
    if let Some(path) = &words.csv {
        let text = runs_as_csv(name, &outcome)
            .map_err(|error| format!("The runs could not be written as CSV: {error}."))?;
        disk::write(path, &text).map_err(|error| error.to_string())?;
    }
    if words.json {
        return json(&Report::new(&words.project, name, &plan, &outcome));
    }
    let mut text = told(&words.project, name, &plan, &outcome);
    if let Some(path) = &words.csv {
        let _ = writeln!(text, "\nSaved the runs as {}.", path.display());
    }
    Ok(text)
}

/// Conducts the experiment, with a bar on a terminal that shows how far it is.
fn tried(plan: &Plan, path: &Path) -> Result<ExperimentOutcome, String> {
    let length = plan.epochs.unwrap_or(plan.base.training().epochs);
    let runs = u64::from(plan.seeds) * plan.variants.len() as u64;
    let bar = bar(runs * u64::from(length));
    let outcome = conduct(plan, |progress| {
        // A run that ended early leaves a gap.
        let epochs = u64::from(progress.runs) * u64::from(length);
        bar.set_position(epochs + u64::from(progress.epoch.epoch));
        if !bar.is_hidden() {
            let label = &plan.variants[progress.variant].label;
            bar.set_message(format!("{label}, seed {}", progress.seed));
        }
        ControlFlow::Continue(())
    });
    bar.finish_and_clear();
    outcome.map_err(|error| super::about(path, &error))
}

/// The part that says most about what was learned: rows not learned from, if there are
/// any.
fn telling_part(outcome: &ExperimentOutcome) -> Part {
    let has = |part| {
        let mut all = outcome.variants.iter();
        all.any(|variant| variant.measure(loss_of(part)).is_some())
    };
    let parts = [Part::Validation, Part::Test];
    parts
        .into_iter()
        .find(|&part| has(part))
        .unwrap_or(Part::Train)
}

fn loss_of(part: Part) -> Measure {
    Measure {
        part,
        quantity: Quantity::Loss,
    }
}

/// A table of the values, and what there is to remark.
fn told(path: &Path, name: &str, plan: &Plan, outcome: &ExperimentOutcome) -> String {
    let part = telling_part(outcome);
    let mut measures = vec![loss_of(Part::Train)];
    if part != Part::Train {
        measures.push(loss_of(part));
    }
    let metrics = [
        MetricName::Accuracy,
        MetricName::F1,
        MetricName::RocAuc,
        MetricName::RootMeanSquaredError,
        MetricName::RSquared,
    ];
    measures.extend(metrics.map(|metric| Measure {
        part,
        quantity: Quantity::Metric(metric),
    }));
    measures.retain(|&measure| {
        let mut all = outcome.variants.iter();
        all.any(|variant| variant.measure(measure).is_some())
    });
    let title = |measure: &Measure| format!("{} {}", measure.part.name(), measure.quantity.name());
    let mut header = vec![name.to_owned(), "runs".to_owned()];
    header.extend(measures.iter().map(title));
    header.push("difference".to_owned());
    let mut lines = vec![header];
    for (index, variant) in outcome.variants.iter().enumerate() {
        let mut line = vec![variant.label.clone(), variant.runs.len().to_string()];
        line.extend(measures.iter().map(|&measure| cell(variant, measure)));
        line.push(if index == 0 {
            NOTHING.to_owned()
        } else {
            difference(variant.measure(loss_of(part)))
        });
        lines.push(line);
    }
    let first = plan.base.training().seed;
    let last = first.wrapping_add(u64::from(plan.seeds) - 1);
    let mut text = format!(
        "{}: {name} varied, {} runs with seeds {first} to {last}.\n\n{}\n",
        path.display(),
        count(u64::from(plan.seeds) * plan.variants.len() as u64),
        aligned_right(&lines)
    );
    let _ = writeln!(
        text,
        "Each is mean ± standard deviation over runs. The difference is that of the {} loss to the first line, seed by seed, ± its standard error.",
        part.name()
    );
    for variant in &outcome.variants {
        if let Some(Divergence { seed, sentence, .. }) = variant.diverged.first() {
            let _ = writeln!(
                text,
                "{name} {}: {} of {} runs diverged and are in no mean. Seed {seed}: {sentence}",
                variant.label,
                variant.diverged.len(),
                variant.diverged.len() + variant.runs.len(),
            );
        }
    }
    text
}

fn cell(variant: &VariantOutcome, measure: Measure) -> String {
    let Some(MeasureSummary { spread, .. }) = variant.measure(measure) else {
        return NOTHING.to_owned();
    };
    if measure.quantity == Quantity::Metric(MetricName::Accuracy) {
        let deviation = spread.deviation.map(|of| format!(" ± {:.1}", of * 100.0));
        return format!(
            "{:.1}{} %",
            spread.mean * 100.0,
            deviation.unwrap_or_default()
        );
    }
    around(spread.mean, spread.deviation)
}

fn difference(summary: Option<&MeasureSummary>) -> String {
    match summary.and_then(|summary| summary.difference) {
        Some(difference) => around(difference.mean, difference.standard_error),
        None => NOTHING.to_owned(),
    }
}

fn around(mean: f64, spread: Option<f64>) -> String {
    let mean = decimal(mean as f32);
    match spread {
        Some(spread) => format!("{mean} ± {}", decimal(spread as f32)),
        None => mean,
    }
}

/// Every measure any run has, in order.
fn all_measures(outcome: &ExperimentOutcome) -> Vec<Measure> {
    let variants = outcome.variants.iter();
    let mut all: Vec<Measure> = variants
        .flat_map(|variant| variant.measures.iter().map(|summary| summary.measure))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// One line a run: the numbers behind the means.
fn runs_as_csv(name: &str, outcome: &ExperimentOutcome) -> Result<Vec<u8>, csv::Error> {
    let measures = all_measures(outcome);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let words = measures
        .iter()
        .map(|measure| format!("{}_{}", measure.part.name(), measure.quantity.word()));
    let header = [name, "seed", "epochs", "diverged"].map(str::to_owned);
    writer.write_record(header.into_iter().chain(words))?;
    for variant in &outcome.variants {
        for run in &variant.runs {
            let first = [
                variant.label.clone(),
                run.seed.to_string(),
                run.epochs.to_string(),
                String::new(),
            ];
            let value = |measure: &Measure| run.measure(*measure).map(|value| value.to_string());
            let values = measures
                .iter()
                .map(|measure| value(measure).unwrap_or_default());
            writer.write_record(first.into_iter().chain(values))?;
        }
        for run in &variant.diverged {
            let first = [
                variant.label.clone(),
                run.seed.to_string(),
                run.epochs.to_string(),
                run.sentence.clone(),
            ];
            let nothing = measures.iter().map(|_| String::new());
            writer.write_record(first.into_iter().chain(nothing))?;
        }
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

/// What a program learns of an experiment.
#[derive(Serialize)]
struct Report<'a> {
    project: String,
    varied: &'a str,
    seeds: Vec<u64>,
    variants: Vec<VariantReport<'a>>,
}

#[derive(Serialize)]
struct VariantReport<'a> {
    value: &'a str,
    runs: usize,
    diverged: Vec<DivergedReport<'a>>,
    measures: Vec<MeasureReport>,
    curve: Vec<PointReport>,
}

#[derive(Serialize)]
struct DivergedReport<'a> {
    seed: u64,
    epochs: u32,
    sentence: &'a str,
}

#[derive(Serialize)]
struct MeasureReport {
    part: &'static str,
    name: &'static str,
    #[serde(flatten)]
    spread: SpreadReport,
    difference: Option<DifferenceReport>,
}

/// Mean, sample standard deviation, least and largest of so many runs.
#[derive(Serialize)]
struct SpreadReport {
    count: u32,
    mean: f64,
    sd: Option<f64>,
    min: f64,
    max: f64,
}

#[derive(Serialize)]
struct DifferenceReport {
    count: u32,
    mean: f64,
    standard_error: Option<f64>,
}

#[derive(Serialize)]
struct PointReport {
    epoch: u32,
    training: SpreadReport,
    validation: Option<SpreadReport>,
}

impl From<Spread> for SpreadReport {
    fn from(spread: Spread) -> Self {
        Self {
            count: spread.count,
            mean: spread.mean,
            sd: spread.deviation,
            min: spread.least,
            max: spread.most,
        }
    }
}

impl<'a> Report<'a> {
    fn new(path: &Path, name: &'a str, plan: &Plan, outcome: &'a ExperimentOutcome) -> Self {
        Self {
            project: path.display().to_string(),
            varied: name,
            seeds: plan.all_seeds().collect(),
            variants: outcome.variants.iter().map(VariantReport::from).collect(),
        }
    }
}

impl<'a> From<&'a VariantOutcome> for VariantReport<'a> {
    fn from(variant: &'a VariantOutcome) -> Self {
        let diverged = variant.diverged.iter().map(|run| DivergedReport {
            seed: run.seed,
            epochs: run.epochs,
            sentence: &run.sentence,
        });
        let measures = variant.measures.iter().map(|summary| MeasureReport {
            part: summary.measure.part.name(),
            name: summary.measure.quantity.word(),
            spread: summary.spread.into(),
            difference: summary.difference.map(|difference| DifferenceReport {
                count: difference.count,
                mean: difference.mean,
                standard_error: difference.standard_error,
            }),
        });
        let curve = variant.curve.iter().map(|point| PointReport {
            epoch: point.epoch,
            training: point.train.into(),
            validation: point.validation.map(SpreadReport::from),
        });
        Self {
            value: &variant.label,
            runs: variant.runs.len(),
            diverged: diverged.collect(),
            measures: measures.collect(),
            curve: curve.collect(),
        }
    }
}
