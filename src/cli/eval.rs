//! `neurarium eval`: measures a project on its data, without training.

use std::path::Path;

use engine::{Command, Evaluation, Part, Request, Trainer, WorkBudget};
use project::Project;
use serde::Serialize;

use super::args::Eval;
use super::report::{PartReport, json, parts_table};

/// What a program learns of a project.
#[derive(Serialize)]
struct Report<'a> {
    project: String,
    trained_epochs: u32,
    parts: &'a [PartReport],
}

/// Measures a project on the parts of its data that are asked for.
pub(super) fn eval(words: &Eval) -> Result<String, String> {
    let project = super::read_with_data(&words.project, words.data.as_deref())?;
    let trained_epochs = project.trained_epochs();
    let parts: Vec<PartReport> = measure(project, &words.project, words.part.parts())?
        .iter()
        .map(PartReport::from)
        .collect();
    let report = Report {
        project: words.project.display().to_string(),
        trained_epochs,
        parts: &parts,
    };
    if words.json {
        return json(&report);
    }
    Ok(format!(
        "{}: after {} epochs of training.\n\n{}",
        report.project,
        report.trained_epochs,
        parts_table(&parts)
    ))
}

fn measure(project: Project, path: &Path, parts: &[Part]) -> Result<Vec<Evaluation>, String> {
    let mut trainer = Trainer::default();
    let load = Request::Load {
        project: Box::new(project),
        revision: 0,
    };
    let evaluate = parts.iter().map(|&part| Request::Evaluate(part));
    let requests = std::iter::once(load)
        .chain(evaluate)
        .chain([Request::Credit(1)]);
    for (seq, request) in (1..).zip(requests) {
        trainer.handle(Command { seq, request });
    }
    trainer.advance(WorkBudget::UNLIMITED);
    let report = trainer.take_report().unwrap_or_default();
    match report.fault {
        Some(fault) => Err(super::about(path, &fault.sentence)),
        None => Ok(report.evaluations),
    }
}
