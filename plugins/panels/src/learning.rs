//! The settings everybody meets: loss, optimiser, learning rate, epochs, batches.

use bevy_egui::egui::Ui;
use project::{InputScaling, Loss, Objective, Optimizer, Project, TrainingSettings};
use theme::Theme;

use crate::Intent;
use crate::form::{About, Choice, Form, with};
use crate::widgets::section;

/// The learning rates of the slider; others can be typed.
const RATES: std::ops::RangeInclusive<f32> = 1e-5..=10.0;

/// Shows them.
pub(crate) fn learning_ui(ui: &mut Ui, theme: &Theme, project: &Project, wishes: &mut Vec<Intent>) {
    let settings = project.training();
    let mut form = Form {
        theme,
        settings,
        wishes,
    };
    section(ui, "Learning");
    loss_ui(ui, &mut form);
    optimizer_ui(ui, &mut form);
    let about = About {
        term: "learning rate",
        name: "Learning rate",
        hover: "How large each step is: too small learns slowly, too large overshoots.",
        label: "set learning rate",
    };
    let ends = (f32::MIN_POSITIVE, TrainingSettings::MAX_LEARNING_RATE);
    let rate = (settings.learning_rate, RATES, true);
    form.slider(ui, about, rate, ends, |settings, rate| {
        settings.learning_rate = rate;
    });
    let about = About {
        term: "epochs",
        name: "Epochs",
        hover: "How many times training goes through all training rows.",
        label: "set epochs",
    };
    let epochs = (settings.epochs, 1..=TrainingSettings::MAX_EPOCHS);
    form.count(ui, about, epochs, |settings, epochs| {
        settings.epochs = epochs;
    });
    batch_ui(ui, &mut form);
    let about = About {
        term: "",
        name: "Shuffle rows",
        hover: "Go through the rows in a new order in each epoch.",
        label: "shuffle rows",
    };
    form.check(ui, about, settings.is_shuffled, |settings, is_on| {
        settings.is_shuffled = is_on;
    });
    let about = About {
        term: "",
        name: "Standardise inputs",
        hover: "Shift and scale each input to mean 0 and spread 1 over the training rows, so that none drowns the others.",
        label: "scale inputs",
    };
    let is_scaled = settings.input_scaling == InputScaling::Standardise;
    form.check(ui, about, is_scaled, |settings, is_on| {
        settings.input_scaling = if is_on {
            InputScaling::Standardise
        } else {
            InputScaling::None
        };
    });
}

fn batch_ui(ui: &mut Ui, form: &mut Form) {
    let settings = form.settings;
    let is_full = settings.batch_size == TrainingSettings::MAX_BATCH;
    if !is_full {
        let about = About {
            term: "batch size",
            name: "Batch size",
            hover: "How many rows make one step: few are quick and noisy, many are calm.",
            label: "set batch size",
        };
        let size = (settings.batch_size, 1..=TrainingSettings::MAX_BATCH);
        form.count(ui, about, size, |settings, size| settings.batch_size = size);
    }
    let about = About {
        term: "",
        name: "Full batch",
        hover: "Take all training rows for each step: calm, but one step an epoch.",
        label: "set batch size",
    };
    form.check(ui, about, is_full, |settings, is_on| {
        settings.batch_size = if is_on {
            TrainingSettings::MAX_BATCH
        } else {
            TrainingSettings::default().batch_size
        };
    });
}

fn loss_ui(ui: &mut Ui, form: &mut Form) {
    let chosen = form.settings.objective.single_loss();
    let about = About {
        term: "loss",
        name: "Loss",
        hover: "The number training makes small: how far answers are from targets.",
        label: "choose loss",
    };
    let shown = chosen.map_or("several losses", Loss::name);
    let choices = Loss::ALL.into_iter().map(|loss| Choice {
        value: loss,
        name: loss.name(),
        hover: loss.explanation(),
    });
    form.menu(ui, about, shown, choices, |settings, loss| {
        with(settings, |settings| {
            settings.objective = Objective::all(loss);
        })
    });
    if let Some(Loss::Huber { delta }) = chosen {
        let about = About {
            term: "delta",
            name: "Delta",
            hover: "Misses up to this count by their square, larger ones by their distance.",
            label: "set delta",
        };
        form.number(ui, about, (delta, 1e-6..=1e6, 0.01), |settings, delta| {
            settings.objective = Objective::all(Loss::Huber { delta });
        });
    }
}

fn optimizer_ui(ui: &mut Ui, form: &mut Form) {
    let optimizer = form.settings.optimizer;
    let about = About {
        term: "optimiser",
        name: "Optimiser",
        hover: "The rule that turns gradients into steps.",
        label: "choose optimiser",
    };
    let choices = Optimizer::ALL.into_iter().map(|one| Choice {
        value: one,
        name: one.name(),
        hover: one.explanation(),
    });
    form.menu(ui, about, optimizer.name(), choices, |settings, one| {
        with(settings, |settings| settings.choose_optimizer(one))
    });
    let momentum_hover = "How much of the last step is kept: it rolls over small bumps.";
    let momentum = About {
        term: "momentum",
        name: "Momentum",
        hover: momentum_hover,
        label: "set momentum",
    };
    match optimizer {
        Optimizer::Sgd { momentum: value } => {
            let shown = (value, 0.0..=0.999, false);
            form.slider(
                ui,
                momentum,
                shown,
                (0.0, 0.999_999),
                |settings, momentum| {
                    settings.optimizer = Optimizer::Sgd { momentum };
                },
            );
        }
        Optimizer::Nesterov { momentum: value } => {
            let shown = (value, 0.001..=0.999, false);
            form.slider(
                ui,
                momentum,
                shown,
                (1e-6, 0.999_999),
                |settings, momentum| {
                    settings.optimizer = Optimizer::Nesterov { momentum };
                },
            );
        }
        _ => {
            ui.collapsing("Advanced", |ui| advanced_ui(ui, form));
        }
    }
}

/// The numbers of a rule that hardly anybody changes.
fn advanced_ui(ui: &mut Ui, form: &mut Form) {
    let about = |term, name, hover| About {
        term,
        name,
        hover,
        label: "set optimiser",
    };
    let beta1_about = about(
        "beta 1",
        "Beta 1",
        "How slowly the mean of gradients forgets.",
    );
    let beta2_about = about(
        "beta 2",
        "Beta 2",
        "How slowly the mean of squared gradients forgets.",
    );
    let alpha_about = about(
        "alpha",
        "Alpha",
        "How slowly the mean of squared gradients forgets.",
    );
    let epsilon_about = about(
        "epsilon",
        "Epsilon",
        "Keeps steps finite where gradients vanish.",
    );
    let forgetting = |value: f32| (value, 0.0..=0.999_999, 0.001);
    let small = |value: f32| (value, 1e-12..=1.0, 0.001);
    match form.settings.optimizer {
        Optimizer::Sgd { .. } | Optimizer::Nesterov { .. } => {}
        Optimizer::Adam {
            beta1,
            beta2,
            epsilon,
        }
        | Optimizer::AdamW {
            beta1,
            beta2,
            epsilon,
        } => {
            let is_decoupled = matches!(form.settings.optimizer, Optimizer::AdamW { .. });
            let rule = move |beta1, beta2, epsilon| match is_decoupled {
                true => Optimizer::AdamW {
                    beta1,
                    beta2,
                    epsilon,
                },
                false => Optimizer::Adam {
                    beta1,
                    beta2,
                    epsilon,
                },
            };
            form.number(ui, beta1_about, forgetting(beta1), |settings, beta1| {
                settings.optimizer = rule(beta1, beta2, epsilon);
            });
            form.number(ui, beta2_about, forgetting(beta2), |settings, beta2| {
                settings.optimizer = rule(beta1, beta2, epsilon);
            });
            form.number(ui, epsilon_about, small(epsilon), |settings, epsilon| {
                settings.optimizer = rule(beta1, beta2, epsilon);
            });
        }
        Optimizer::RmsProp { alpha, epsilon } => {
            form.number(ui, alpha_about, forgetting(alpha), |settings, alpha| {
                settings.optimizer = Optimizer::RmsProp { alpha, epsilon };
            });
            form.number(ui, epsilon_about, small(epsilon), |settings, epsilon| {
                settings.optimizer = Optimizer::RmsProp { alpha, epsilon };
            });
        }
        Optimizer::Adagrad { epsilon } => {
            form.number(ui, epsilon_about, small(epsilon), |settings, epsilon| {
                settings.optimizer = Optimizer::Adagrad { epsilon };
            });
        }
    }
}
