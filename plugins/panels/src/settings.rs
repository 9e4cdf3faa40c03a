//! The training tab: how the network learns, and how the loss went.

use bevy_egui::egui::{ComboBox, Grid, Ui, WidgetInfo, WidgetType, vec2};
use egui_phosphor::regular as icons;
use egui_plot::{Corner, GridInput, GridMark, Legend, Line, LineStyle, Plot, PlotPoints};
use network::{Activation, Role};
use project::{
    Edit, InputScaling, Loss, Objective, Optimizer, Project, TrainingProblem, TrainingSettings,
};
use theme::Theme;
use training::Pace;

use crate::Intent;
use crate::curve::Curve;
use crate::pace::pace_ui;
use crate::style::{CONTROL_HEIGHT, colour, small};
use crate::widgets::{checkbox, count, empty, number, remark, section, slider, term, word_button};

/// The learning rates of the slider; others can be typed.
const RATES: std::ops::RangeInclusive<f32> = 1e-5..=10.0;

/// What the training tab shows.
#[derive(Clone, Copy, Debug)]
pub struct TrainingView<'a> {
    /// The project, for its settings.
    pub project: &'a Project,
    /// Why training cannot begin.
    pub problem: Option<&'a TrainingProblem>,
    /// What stopped training.
    pub fault: Option<&'a str>,
    /// How fast it trains.
    pub pace: Pace,
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
    wishes.extend(pace_ui(ui, theme, view.pace));
    plot_ui(ui, theme, view, state);
    settings_ui(ui, theme, view.project, &mut wishes);
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
        TrainingProblem::NeedsSigmoid(_) | TrainingProblem::SingleSoftmax(_) => {
            set_all(Activation::Sigmoid)
        }
        TrainingProblem::NeedsSoftmax(_) if project.ordered(Role::Output).count() < 2 => {
            set_loss(Loss::BinaryCrossEntropy)
        }
        TrainingProblem::NeedsSoftmax(_) => set_all(Activation::Softmax),
        TrainingProblem::TargetOutOfRange { .. }
        | TrainingProblem::TargetsNotDistribution { .. }
        | TrainingProblem::NoSuchOutput(_)
        | TrainingProblem::NoLoss => set_loss(Loss::MeanSquaredError),
        TrainingProblem::NoTrainingRows if project.table().rows() > 0 => Some((
            "Train on 70 %".to_owned(),
            Edit::SetSplit(crate::split::with_part(project.split(), 0, 70)),
        )),
        TrainingProblem::NoInput | TrainingProblem::NoOutput | TrainingProblem::NoTrainingRows => {
            None
        }
    }
}

fn plot_ui(ui: &mut Ui, theme: &Theme, view: &TrainingView, state: &mut TrainingState) {
    if view.training_loss.is_empty() {
        let sentence = "Press Train to watch the loss fall.";
        empty(ui, theme, icons::CHART_LINE_DOWN, sentence);
        return;
    }
    let is_logarithmic = state.is_logarithmic;
    let shown = |[epoch, loss]: [f64; 2]| {
        [
            epoch,
            if is_logarithmic {
                loss.max(1e-12).log10()
            } else {
                loss
            },
        ]
    };
    let points = |curve: &Curve| PlotPoints::from_iter(curve.points().map(shown));
    let width = ui.available_width();
    Plot::new("loss")
        .height(150.0)
        .width(width)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .show_background(false)
        .show_crosshair(false)
        .set_margin_fraction(vec2(0.01, 0.08))
        .legend(
            Legend::default()
                .position(Corner::RightTop)
                .text_style(bevy_egui::egui::TextStyle::Small),
        )
        .y_axis_formatter(move |mark, _| {
            if is_logarithmic {
                format!("{:.0e}", 10_f64.powf(mark.value))
            } else {
                format!("{}", (mark.value * 1e4).round() / 1e4)
            }
        })
        .y_axis_min_width(36.0)
        .x_grid_spacer(marks)
        .y_grid_spacer(marks)
        .label_formatter(move |at| {
            let point = match at {
                egui_plot::HoverPosition::NearDataPoint { position, .. } => position,
                egui_plot::HoverPosition::Elsewhere { position } => position,
            };
            let loss = if is_logarithmic {
                10_f64.powf(point.y)
            } else {
                point.y
            };
            Some(format!(
                "epoch {:.0}\nloss {}",
                point.x,
                crate::style::number(loss as f32)
            ))
        })
        .show(ui, |plot| {
            plot.line(
                Line::new("training", points(view.training_loss))
                    .color(colour(theme.palette.plot_line(0)))
                    .width(2.0),
            );
            if !view.validation_loss.is_empty() {
                plot.line(
                    Line::new("validation", points(view.validation_loss))
                        .color(colour(theme.palette.plot_line(1)))
                        .style(LineStyle::dashed_dense())
                        .width(2.0),
                );
            }
        });
    ui.horizontal(|ui| {
        ui.label(small("solid: training · dashed: validation", theme));
    });
    if checkbox(
        ui,
        "Log scale",
        "Show the loss by powers of ten, to see small changes.",
        is_logarithmic,
    ) {
        state.is_logarithmic = !is_logarithmic;
    }
}

/// Four to eight round numbers along an axis.
fn marks(axis: GridInput) -> Vec<GridMark> {
    let (low, high) = axis.bounds;
    let rough = (high - low) / 5.0;
    if !(rough.is_finite() && rough > 0.0) {
        return Vec::new();
    }
    let power = 10_f64.powf(rough.log10().floor());
    let step_size = [1.0, 2.0, 5.0]
        .map(|digit| digit * power)
        .into_iter()
        .find(|&step| step >= rough)
        .unwrap_or(10.0 * power);
    let first = (low / step_size).ceil();
    (0..=8_u8)
        .map(|index| (first + f64::from(index)) * step_size)
        .take_while(|&value| value <= high)
        .map(|value| GridMark { value, step_size })
        .collect()
}

fn settings_ui(ui: &mut Ui, theme: &Theme, project: &Project, wishes: &mut Vec<Intent>) {
    let settings = project.training();
    let edit = |changed: TrainingSettings| Edit::SetTraining(changed);
    section(ui, "Learning");
    loss_ui(ui, theme, settings, wishes);
    optimizer_ui(ui, theme, settings, wishes);

    term(
        ui,
        theme,
        "learning rate",
        "How large each step is: too small learns slowly, too large overshoots.",
    );
    let mut rate = settings.learning_rate;
    let change = slider(ui, "Learning rate", &mut rate, RATES, true);
    let rate = rate.clamp(f32::MIN_POSITIVE, TrainingSettings::MAX_LEARNING_RATE);
    change.send(wishes, "set learning rate", || {
        edit(TrainingSettings {
            learning_rate: rate,
            ..settings.clone()
        })
    });

    Grid::new("counts")
        .num_columns(2)
        .spacing([16.0, 8.0])
        .show(ui, |ui| {
            term(
                ui,
                theme,
                "epochs",
                "How many times training goes through all training rows.",
            );
            let mut epochs = settings.epochs;
            count(ui, "Epochs", &mut epochs, 1..=TrainingSettings::MAX_EPOCHS).send(
                wishes,
                "set epochs",
                || {
                    edit(TrainingSettings {
                        epochs,
                        ..settings.clone()
                    })
                },
            );
            ui.end_row();
            term(
                ui,
                theme,
                "batch size",
                "How many rows make one step: few are quick and noisy, many are calm.",
            );
            let mut batch_size = settings.batch_size;
            count(
                ui,
                "Batch size",
                &mut batch_size,
                1..=TrainingSettings::MAX_BATCH,
            )
            .send(wishes, "set batch size", || {
                edit(TrainingSettings {
                    batch_size,
                    ..settings.clone()
                })
            });
            ui.end_row();
        });
    let hover = "Go through the rows in a new order in each epoch.";
    if checkbox(ui, "Shuffle rows", hover, settings.is_shuffled) {
        let is_shuffled = !settings.is_shuffled;
        wishes.push(Intent::edit(
            "shuffle rows",
            edit(TrainingSettings {
                is_shuffled,
                ..settings.clone()
            }),
        ));
    }
    let hover = "Shift and scale each input to mean 0 and spread 1 over the training rows, so that none drowns the others.";
    let is_scaled = settings.input_scaling == InputScaling::Standardise;
    if checkbox(ui, "Standardise inputs", hover, is_scaled) {
        let input_scaling = if is_scaled {
            InputScaling::None
        } else {
            InputScaling::Standardise
        };
        wishes.push(Intent::edit(
            "scale inputs",
            edit(TrainingSettings {
                input_scaling,
                ..settings.clone()
            }),
        ));
    }
}

/// A menu under a name; `shown` is what is chosen.
fn menu(ui: &mut Ui, name: &str, shown: &str, add: impl FnOnce(&mut Ui)) {
    let width = ui.available_width();
    let response = ComboBox::from_id_salt(name)
        .selected_text(shown)
        .width(width)
        .show_ui(ui, |ui| {
            ui.spacing_mut().interact_size.y = CONTROL_HEIGHT;
            add(ui);
        })
        .response;
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(shown.to_owned()),
        ..WidgetInfo::labeled(WidgetType::ComboBox, true, name)
    });
}

fn loss_ui(ui: &mut Ui, theme: &Theme, settings: &TrainingSettings, wishes: &mut Vec<Intent>) {
    let chosen = settings.objective.single_loss();
    term(
        ui,
        theme,
        "loss",
        "The number training makes small: how far answers are from targets.",
    );
    let shown = chosen.map_or("several losses", Loss::name);
    menu(ui, "Loss", shown, |ui| {
        for loss in Loss::ALL {
            let row = ui.selectable_label(chosen == Some(loss), loss.name());
            if row.on_hover_text(loss.explanation()).clicked() && chosen != Some(loss) {
                let objective = Objective::all(loss);
                wishes.push(Intent::edit(
                    "choose loss",
                    Edit::SetTraining(TrainingSettings {
                        objective,
                        ..settings.clone()
                    }),
                ));
            }
        }
    });
}

fn optimizer_ui(ui: &mut Ui, theme: &Theme, settings: &TrainingSettings, wishes: &mut Vec<Intent>) {
    let optimizer = settings.optimizer;
    let set = |optimizer: Optimizer| {
        Edit::SetTraining(TrainingSettings {
            optimizer,
            ..settings.clone()
        })
    };
    term(
        ui,
        theme,
        "optimiser",
        "The rule that turns gradients into steps.",
    );
    menu(ui, "Optimiser", optimizer.name(), |ui| {
        let all = [
            (
                Optimizer::SGD,
                "Each step follows the gradient, with momentum if you like.",
            ),
            (
                Optimizer::ADAM,
                "Each weight finds a step size of its own; a good first choice.",
            ),
        ];
        for (one, hover) in all {
            let is_chosen = one.name() == optimizer.name();
            let row = ui.selectable_label(is_chosen, one.name());
            if row.on_hover_text(hover).clicked() && !is_chosen {
                wishes.push(Intent::edit("choose optimiser", set(one)));
            }
        }
    });
    match optimizer {
        Optimizer::Sgd { momentum } => {
            term(
                ui,
                theme,
                "momentum",
                "How much of the last step is kept: it rolls over small bumps.",
            );
            let mut value = momentum;
            slider(ui, "Momentum", &mut value, 0.0..=0.999, false).send(
                wishes,
                "set momentum",
                || {
                    set(Optimizer::Sgd {
                        momentum: value.clamp(0.0, 0.999_999),
                    })
                },
            );
        }
        Optimizer::Adam {
            beta1,
            beta2,
            epsilon,
        } => {
            ui.collapsing("Advanced", |ui| {
                Grid::new("adam")
                    .num_columns(2)
                    .spacing([16.0, 8.0])
                    .show(ui, |ui| {
                        let mut values = [beta1, beta2, epsilon];
                        let rows = [
                            (
                                "beta 1",
                                "Beta 1",
                                "How slowly the mean of gradients forgets.",
                                0.0..=0.999_999,
                            ),
                            (
                                "beta 2",
                                "Beta 2",
                                "How slowly the mean of squared gradients forgets.",
                                0.0..=0.999_999,
                            ),
                            (
                                "epsilon",
                                "Epsilon",
                                "Keeps steps finite where gradients vanish.",
                                1e-12..=1.0,
                            ),
                        ];
                        for (index, (word, name, hover, range)) in rows.into_iter().enumerate() {
                            term(ui, theme, word, hover);
                            let change = number(ui, name, &mut values[index], range, 0.001);
                            let [beta1, beta2, epsilon] = values;
                            change.send(wishes, "set optimiser", || {
                                set(Optimizer::Adam {
                                    beta1,
                                    beta2,
                                    epsilon,
                                })
                            });
                            ui.end_row();
                        }
                    });
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_a_handful_of_round_marks() {
        for bounds in [
            (0.0, 0.7),
            (-6.0, 0.2),
            (1.0, 300.0),
            (0.0, 1e-9),
            (3.0, 1e9),
        ] {
            let found = marks(GridInput {
                bounds,
                base_step_size: 1.0,
            });
            assert!(
                (3..=8).contains(&found.len()),
                "{bounds:?}: {}",
                found.len()
            );
            assert!(
                found
                    .iter()
                    .all(|mark| (bounds.0..=bounds.1).contains(&mark.value))
            );
        }
        let nothing = GridInput {
            bounds: (1.0, 1.0),
            base_step_size: 1.0,
        };
        assert!(marks(nothing).is_empty());
    }
}
