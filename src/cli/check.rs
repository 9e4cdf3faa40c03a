//! `neurarium check`: whether a project file is sound, and what is in it.

use std::fmt::Write as _;

use network::{Network, Role, warnings};
use project::Project;

use super::args::Check;
use super::report::aligned;

/// What is in a project file, or what is wrong with it.
pub(super) fn check(words: &Check) -> Result<String, String> {
    let project = super::read(&words.project)?;
    let mut text = format!("{} is a sound project.\n\n", words.project.display());
    text.push_str(&aligned(&facts(&project)));
    let mut remarks: Vec<String> = warnings(project.network())
        .iter()
        .map(|warning| warning.sentence(project.network()))
        .collect();
    if let Err(problem) = project.check_training() {
        remarks.push(format!("It cannot be trained yet. {problem}"));
    }
    remarks.extend(project.training_remarks().iter().map(ToString::to_string));
    if !remarks.is_empty() {
        text.push('\n');
    }
    for remark in remarks {
        let _ = writeln!(text, "Note: {remark}");
    }
    Ok(text)
}

fn facts(project: &Project) -> Vec<Vec<String>> {
    let network = project.network();
    let frozen = network.elements().filter(|e| e.is_frozen).count();
    let split = project.split();
    let table = project.table();
    let fact = |name: &str, words: String| vec![name.to_owned(), words];
    vec![
        fact("neurons", neurons(network)),
        fact("connections", network.edges().len().to_string()),
        fact(
            "parameters",
            format!("{}, {frozen} frozen", network.parameter_count()),
        ),
        fact(
            "data",
            format!("{} rows, {} columns", table.rows(), table.columns().len()),
        ),
        fact(
            "split",
            format!(
                "{} % training, {} % validation, {} % test, {}",
                split.train,
                split.validation,
                split.test,
                if split.is_shuffled {
                    "shuffled"
                } else {
                    "in order"
                }
            ),
        ),
        fact(
            "trained",
            format!(
                "{} of {} epochs",
                project.trained_epochs(),
                project.training().epochs
            ),
        ),
    ]
}

fn neurons(network: &Network) -> String {
    let count = |role| network.nodes_of(role).count();
    format!(
        "{}: {} input, {} hidden, {} output",
        network.nodes().len(),
        count(Role::Input),
        count(Role::Hidden),
        count(Role::Output)
    )
}
