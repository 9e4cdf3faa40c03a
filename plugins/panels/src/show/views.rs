//! What single panels show, out of the project and what training tells.

use network::{Activation, Role};
use project::Project;
use training::{Probe, Progress, Status};

use crate::known::Known;
use crate::top_bar::PlayView;
use crate::trial::{InputView, OutputView};

pub(super) fn play_view<'a>(
    project: &Project,
    known: &'a Known,
    progress: &Progress,
) -> PlayView<'a> {
    let settings = project.training();
    let target_epochs = match progress.status {
        Status::Training => progress.target_epochs,
        _ => settings.epochs.max(progress.epochs),
    };
    PlayView {
        status: progress.status,
        epochs: progress.epochs,
        target_epochs,
        batch: progress.batch,
        batches: progress.batches,
        loss: progress.losses.last().map(|loss| loss.train),
        seed: settings.seed,
        problem: known.problem_text.as_deref(),
    }
}

/// The range of the data with a margin, so that one can go a little beyond.
fn widened(range: Option<[f32; 2]>) -> [f32; 2] {
    let [low, high] = range.unwrap_or([0.0, 1.0]);
    let margin = if high > low { 0.25 * (high - low) } else { 1.0 };
    let wide = [low - margin, high + margin];
    if wide.iter().all(|end| end.is_finite()) {
        wide
    } else {
        [low, high]
    }
}

/// The most inputs that can be set by hand.
const MOST_INPUTS: usize = 64;

pub(super) fn inputs_of(project: &Project, known: &Known, probe: &Probe) -> Vec<InputView> {
    project
        .ordered(Role::Input)
        .take(MOST_INPUTS)
        .map(|node| InputView {
            node: node.id,
            name: node.name.clone(),
            value: probe.inputs.get(&node.id).copied().unwrap_or(0.0),
            range: widened(known.ranges.get(&node.id).copied()),
        })
        .collect()
}

pub(super) fn outputs_of(project: &Project, known: &Known, probe: &Probe) -> Vec<OutputView> {
    project
        .ordered(Role::Output)
        .take(MOST_INPUTS)
        .map(|node| OutputView {
            name: node.name.clone(),
            value: probe.value(node.id),
            range: match node.activation {
                Activation::Sigmoid
                | Activation::Softmax
                | Activation::Gaussian
                | Activation::Step => [0.0, 1.0],
                Activation::Tanh | Activation::HardTanh | Activation::Sine => [-1.0, 1.0],
                _ => widened(known.ranges.get(&node.id).copied()),
            },
            activation: node.activation,
        })
        .collect()
}
