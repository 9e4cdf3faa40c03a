//! `neurarium train`: trains a project without a window.

use std::fmt::Write as _;
use std::io::{self, IsTerminal};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use engine::{EpochLoss, Outcome, RunOptions};
use indicatif::{ProgressBar, ProgressStyle};
use project::{Project, gesture};
use serde::Serialize;
use storage::disk;

use super::args::Train;
use super::report::{PartReport, count, decimal, json, parts_table};

/// What a program learns of a run.
#[derive(Serialize)]
struct Report<'a> {
    project: String,
    seed: u64,
    epochs: usize,
    trained_epochs: u32,
    parameters: usize,
    samples: u64,
    seconds: f64,
    samples_per_second: f64,
    parts: &'a [PartReport],
}

/// Trains a project as the words say, and tells how well it learned.
pub(super) fn train(words: &Train) -> Result<String, String> {
    let mut project = super::read_with_data(&words.project, words.data.as_deref())?;
    if let Some(path) = &words.save {
        // Told before hours of work, not after.
        disk::check_writable(path).map_err(|error| error.to_string())?;
    }
    if let Some(seed) = words.seed {
        let edit = gesture::new_seed(&project, seed);
        super::apply(&mut project, &words.project, &edit)?;
    }
    let began = Instant::now();
    let outcome = run(project, &words.project, words.epochs)?;
    let seconds = began.elapsed().as_secs_f64();
    if let Some(path) = &words.save {
        disk::write_project(path, &outcome.project).map_err(|error| error.to_string())?;
    }
    let parts: Vec<PartReport> = outcome.evaluations.iter().map(PartReport::from).collect();
    let report = Report {
        project: words.project.display().to_string(),
        seed: outcome.project.training().seed,
        epochs: outcome.losses.len(),
        trained_epochs: outcome.project.trained_epochs(),
        parameters: outcome.parameters,
        samples: outcome.samples,
        seconds,
        // Never a division by zero, however fast.
        samples_per_second: outcome.samples as f64 / seconds.max(1e-9),
        parts: &parts,
    };
    if words.json {
        return json(&report);
    }
    let mut text = told(&report);
    if let Some(path) = &words.save {
        let _ = writeln!(text, "\nSaved as {}.", path.display());
    }
    Ok(text)
}

fn told(report: &Report) -> String {
    format!(
        "{}: {} parameters trained for {} epochs with seed {} in {:.3} s ({} samples/s).\n\n{}",
        report.project,
        count(report.parameters as u64),
        count(report.epochs as u64),
        report.seed,
        report.seconds,
        count(report.samples_per_second as u64),
        parts_table(report.parts)
    )
}

/// Trains a project, with a bar on a terminal that shows how far it is.
pub(super) fn run(project: Project, path: &Path, epochs: Option<u32>) -> Result<Outcome, String> {
    project
        .check_training()
        .map_err(|problem| super::about(path, &problem))?;
    let settings = project.training().epochs;
    let left = settings.saturating_sub(project.trained_epochs());
    let length = epochs.unwrap_or(if left == 0 { settings } else { left });
    let bar = bar(u64::from(length));
    let options = RunOptions { epochs, seed: None };
    let outcome = engine::run(project, options, |epoch| {
        bar.inc(1);
        // Words that nobody sees would cost a small network more than its training.
        if !bar.is_hidden() {
            bar.set_message(loss_words(epoch));
        }
        ControlFlow::Continue(())
    });
    bar.finish_and_clear();
    outcome.map_err(|error| super::about(path, &error))
}

/// A bar of so many epochs; hidden where there is no terminal.
pub(super) fn bar(length: u64) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length);
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} epochs, {eta} left {msg}");
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn loss_words(epoch: &EpochLoss) -> String {
    match epoch.validation {
        Some(validation) => format!(
            "loss {}, validation {}",
            decimal(epoch.train),
            decimal(validation)
        ),
        None => format!("loss {}", decimal(epoch.train)),
    }
}
