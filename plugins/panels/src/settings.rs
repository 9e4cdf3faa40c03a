//! The training tab: how the network learns, and how the loss went.

use bevy_egui::egui::Ui;
use egui_phosphor::regular as icons;
use network::{Activation, Role};
use project::{Edit, Loss, Objective, Project, TrainingProblem, TrainingRemark, TrainingSettings};
use theme::Theme;
use training::{GradientFlow, Pace};

use crate::Intent;
use crate::curve::Curve;
use crate::learning::learning_ui;
use crate::pace::pace_ui;
use crate::plot::plot_ui;
use crate::refining::refining_ui;
use crate::widgets::{remark, word_button};

/// Columns of the same kind of doubt would fill the tab.
const MOST_REMARKS: usize = 3;

/// What the training tab shows.
#[derive(Clone, Copy, Debug)]
pub struct TrainingView<'a> {
    /// The project, for its settings.
    pub project: &'a Project,
    /// Why training cannot begin.
    pub problem: Option<&'a TrainingProblem>,
    /// What may make training disappointing.
    pub remarks: &'a [TrainingRemark],
    /// What stopped training.
    pub fault: Option<&'a str>,
    /// How large the gradient was on its way back, once training was looked at.
    pub gradient: Option<&'a GradientFlow>,
    /// How fast it trains.
    pub pace: Pace,
    /// The learning rate just now, by schedule; `None` before it is known.
    pub rate: Option<f32>,
    /// The loss of training rows by epoch.
    pub training_loss: &'a Curve,
    /// The loss of validation rows by epoch.
    pub validation_loss: &'a Curve,
}

/// What the training tab remembers between passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrainingState {
    /// Whether the plot's loss axis counts powers of ten.
    pub is_logarithmic: bool,
}

/// Shows the training tab.
pub fn training_ui(
    ui: &mut Ui,
    theme: &Theme,
    view: &TrainingView,
    state: &mut TrainingState,
) -> Vec<Intent> {
    let mut wishes = Vec::new();
    if let Some(fault) = view.fault {
        remark(ui, icons::X_CIRCLE, theme.palette.danger, fault);
    }
    if let Some(problem) = view.problem {
        remark(
            ui,
            icons::WARNING,
            theme.palette.warning,
            &problem.to_string(),
        );
        if let Some((word, edit)) = remedy(view.project, problem)
            && word_button(
                ui,
                icons::WRENCH,
                &word,
                "One press mends it; undo brings it back.",
            )
        {
            wishes.push(Intent::edit("mend training", edit));
        }
    }
    if let Some(sentences) = view.gradient.and_then(GradientFlow::sentences) {
        let words = sentences.join(" ");
        remark(ui, icons::WARNING, theme.palette.warning, &words);
    }
    for doubt in view.remarks.iter().take(MOST_REMARKS) {
        let sentence = doubt.to_string();
        remark(ui, icons::INFO, theme.palette.text_dim, &sentence);
    }
    wishes.extend(pace_ui(ui, theme, view.pace));
    plot_ui(ui, theme, view, state);
    learning_ui(ui, theme, view.project, &mut wishes);
    refining_ui(ui, theme, view, &mut wishes);
    wishes
}

/// The edit that mends a problem, and the words on its button; `None` where only
/// the person knows what is meant.
#[must_use]
pub fn remedy(project: &Project, problem: &TrainingProblem) -> Option<(String, Edit)> {
    let set_all = |activation: Activation| {
        let edits = project
            .ordered(Role::Output)
            .filter(|node| node.activation != activation)
            .map(|node| Edit::SetActivation(node.id, activation))
            .collect();
        Some((
            format!("Give outputs {}", activation.name()),
            Edit::Batch(edits),
        ))
    };
    let set_loss = |loss: Loss| {
        let settings = TrainingSettings {
            objective: Objective::all(loss),
            ..project.training().clone()
        };
        Some((format!("Use {}", loss.name()), Edit::SetTraining(settings)))
    };
    match problem {
        // With several of them, what is wrong is how losses divide them.
        TrainingProblem::SingleSoftmax(_)
            if project
                .ordered(Role::Output)
                .filter(|node| node.activation == Activation::Softmax)
                .count()
                > 1 =>
        {
            None
        }
        TrainingProblem::NeedsSigmoid(_) | TrainingProblem::SingleSoftmax(_) => {
            set_all(Activation::Sigmoid)
        }
        TrainingProblem::NeedsSoftmax(_) if project.ordered(Role::Output).count() < 2 => {
            set_loss(Loss::BinaryCrossEntropy)
        }
        TrainingProblem::NeedsSoftmax(_) => set_all(Activation::Softmax),
        TrainingProblem::TargetOutOfRange { .. }
        | TrainingProblem::TargetsNotDistribution { .. }
        | TrainingProblem::NoHingeTarget { .. }
        | TrainingProblem::NoSuchOutput(_)
        | TrainingProblem::NoLoss => set_loss(Loss::MeanSquaredError),
        TrainingProblem::NoTrainingRows if project.table().rows() > 0 => Some((
            "Train on 70 %".to_owned(),
            Edit::SetSplit(crate::split::with_part(project.split(), 0, 70)),
        )),
        TrainingProblem::NothingToWatch => {
            let settings = TrainingSettings {
                early_stopping: None,
                ..project.training().clone()
            };
            Some(("Train to the end".to_owned(), Edit::SetTraining(settings)))
        }
        TrainingProblem::NothingToLearn
        | TrainingProblem::TooLarge(_)
        | TrainingProblem::Delay { .. }
        | TrainingProblem::NoInput
        | TrainingProblem::NoOutput
        | TrainingProblem::NoTrainingRows => None,
    }
}
