//! The settings that refine learning, folded away: rate over time, large weights, gradients, the end, the start.

use bevy_egui::egui::Ui;
use network::Initializer;
use project::{Clipping, EarlyStopping, Schedule, TrainingSettings, gesture};
use theme::Theme;

use crate::Intent;
use crate::form::{About, Choice, Form, with};
use crate::settings::TrainingView;
use crate::style::{number, small};

/// Shows them.
pub(crate) fn refining_ui(
    ui: &mut Ui,
    theme: &Theme,
    view: &TrainingView,
    wishes: &mut Vec<Intent>,
) {
    let mut form = Form {
        theme,
        settings: view.project.training(),
        wishes,
    };
    ui.collapsing("Learning rate over time", |ui| {
        schedule_ui(ui, &mut form);
        if let Some(rate) = view.rate {
            let text = format!("learning rate now: {}", number(rate));
            ui.label(small(text, theme));
        }
    });
    ui.collapsing("Large weights and gradients", |ui| {
        penalty_ui(ui, &mut form);
        clipping_ui(ui, &mut form);
    });
    ui.collapsing("Stop early", |ui| stopping_ui(ui, &mut form));
    ui.collapsing("Starting weights", |ui| {
        initializer_ui(ui, &mut form, view);
    });
}

fn schedule_ui(ui: &mut Ui, form: &mut Form) {
    let settings = form.settings;
    let about = About {
        term: "schedule",
        name: "Schedule",
        hover: "How the learning rate changes from epoch to epoch.",
        label: "choose schedule",
    };
    let choices = Schedule::ALL.into_iter().map(|one| Choice {
        value: one,
        name: one.name(),
        hover: one.explanation(),
    });
    form.menu(
        ui,
        about,
        settings.schedule.name(),
        choices,
        |settings, one| {
            with(settings, |settings| {
                settings.schedule = match one {
                    // It ends where training does.
                    Schedule::Cosine { least, .. } => Schedule::Cosine {
                        epochs: settings.epochs,
                        least,
                    },
                    other => other,
                };
            })
        },
    );
    let about = |term, name, hover| About {
        term,
        name,
        hover,
        label: "set schedule",
    };
    let factor_about = about(
        "factor",
        "Factor",
        "What the learning rate is multiplied with.",
    );
    let least_about = about(
        "least rate",
        "Least rate",
        "The learning rate does not fall below this.",
    );
    let share = |value: f32| (value, 0.0..=0.999_999, 0.01);
    let rate = |value: f32| (value, 0.0..=TrainingSettings::MAX_LEARNING_RATE, 1e-4);
    let epochs = |value: u32| (value, 1..=TrainingSettings::MAX_EPOCHS);
    match settings.schedule {
        Schedule::Constant => {}
        Schedule::Step { every, factor } => {
            let every_about = about("every", "Every", "Epochs from drop to drop.");
            form.count(ui, every_about, epochs(every), |settings, every| {
                settings.schedule = Schedule::Step { every, factor };
            });
            form.number(ui, factor_about, share(factor), |settings, factor| {
                settings.schedule = Schedule::Step { every, factor };
            });
        }
        Schedule::Exponential { factor } => {
            form.number(ui, factor_about, share(factor), |settings, factor| {
                settings.schedule = Schedule::Exponential { factor };
            });
        }
        Schedule::Cosine {
            epochs: length,
            least,
        } => {
            let length_about = about("over", "Over", "Epochs until it is at its least.");
            form.count(ui, length_about, epochs(length), |settings, epochs| {
                settings.schedule = Schedule::Cosine { epochs, least };
            });
            form.number(ui, least_about, rate(least), |settings, least| {
                settings.schedule = Schedule::Cosine {
                    epochs: length,
                    least,
                };
            });
        }
        Schedule::Plateau {
            factor,
            patience,
            threshold,
            least,
        } => {
            form.number(ui, factor_about, share(factor), |settings, factor| {
                settings.schedule = Schedule::Plateau {
                    factor,
                    patience,
                    threshold,
                    least,
                };
            });
            let patience_about = about(
                "patience",
                "Patience of the schedule",
                "Epochs without a better loss that are borne.",
            );
            let range = (patience, 0..=TrainingSettings::MAX_EPOCHS);
            form.count(ui, patience_about, range, |settings, patience| {
                settings.schedule = Schedule::Plateau {
                    factor,
                    patience,
                    threshold,
                    least,
                };
            });
            form.number(ui, least_about, rate(least), |settings, least| {
                settings.schedule = Schedule::Plateau {
                    factor,
                    patience,
                    threshold,
                    least,
                };
            });
        }
    }
    let warm_up = settings.warm_up;
    let warm_up_about = About {
        term: "warm-up epochs",
        name: "Warm-up epochs",
        hover: "Epochs in which the learning rate rises to its full size: steps stay small while everything is still new.",
        label: "set warm-up",
    };
    let range = (warm_up.epochs, 0..=TrainingSettings::MAX_EPOCHS);
    form.count(ui, warm_up_about, range, |settings, epochs| {
        settings.warm_up.epochs = epochs;
    });
    if warm_up.epochs > 0 {
        let start_about = About {
            term: "from",
            name: "Warm-up start",
            hover: "The share of the learning rate it begins with.",
            label: "set warm-up",
        };
        form.number(ui, start_about, share(warm_up.start), |settings, start| {
            settings.warm_up.start = start;
        });
    }
}

fn penalty_ui(ui: &mut Ui, form: &mut Form) {
    let settings = form.settings;
    let strength = |value: f32| (value, 0.0..=1e3, 1e-4);
    let about = About {
        term: "L1",
        name: "L1 penalty",
        hover: "Large weights cost their size: many become exactly zero.",
        label: "set L1 penalty",
    };
    form.number(ui, about, strength(settings.penalty.l1), |settings, l1| {
        settings.penalty.l1 = l1;
    });
    let about = About {
        term: "L2",
        name: "L2 penalty",
        hover: "Large weights cost their square: all stay small.",
        label: "set L2 penalty",
    };
    form.number(ui, about, strength(settings.penalty.l2), |settings, l2| {
        settings.penalty.l2 = l2;
    });
    let about = About {
        term: "weight decay",
        name: "Weight decay",
        hover: "Draws all numbers towards zero in each step, in the way that belongs to the optimiser.",
        label: "set weight decay",
    };
    let decay = (settings.weight_decay, 0.0..=1.0, 1e-4);
    form.number(ui, about, decay, |settings, decay| {
        settings.weight_decay = decay;
    });
}

fn clipping_ui(ui: &mut Ui, form: &mut Form) {
    let clipping = form.settings.clipping;
    let about = About {
        term: "clip gradients",
        name: "Clip gradients",
        hover: "Cuts gradients that are too large, so that one bad batch does not throw everything over.",
        label: "clip gradients",
    };
    let choices = [
        (Clipping::None, "Leave gradients as they are."),
        (Clipping::Value(1.0), "Cut each number of the gradient."),
        (
            Clipping::Norm(1.0),
            "Scale the whole gradient down: its direction stays.",
        ),
    ];
    let choices = choices.into_iter().map(|(value, hover)| Choice {
        value,
        name: name(value),
        hover,
    });
    form.menu(ui, about, name(clipping), choices, |settings, clipping| {
        with(settings, |settings| settings.clipping = clipping)
    });
    let about = About {
        term: "at most",
        name: "Largest gradient",
        hover: "What is larger is cut to this.",
        label: "clip gradients",
    };
    let size = |value: f32| (value, 1e-6..=1e6, 0.01);
    match clipping {
        Clipping::None => {}
        Clipping::Value(most) => form.number(ui, about, size(most), |settings, most| {
            settings.clipping = Clipping::Value(most);
        }),
        Clipping::Norm(most) => form.number(ui, about, size(most), |settings, most| {
            settings.clipping = Clipping::Norm(most);
        }),
    }
}

fn name(clipping: Clipping) -> &'static str {
    match clipping {
        Clipping::None => "not at all",
        Clipping::Value(_) => "by value",
        Clipping::Norm(_) => "by norm",
    }
}

fn stopping_ui(ui: &mut Ui, form: &mut Form) {
    let stopping = form.settings.early_stopping;
    let about = About {
        term: "",
        name: "Stop when validation gets no better",
        hover: "Ends training when the loss of the validation rows has not fallen for a while: from there on it mostly learns by heart.",
        label: "stop early",
    };
    form.check(ui, about, stopping.is_some(), |settings, is_on| {
        settings.early_stopping = is_on.then(EarlyStopping::default);
    });
    let Some(stopping) = stopping else {
        return;
    };
    let about = About {
        term: "patience",
        name: "Patience",
        hover: "Epochs without a better validation loss that are borne.",
        label: "set patience",
    };
    let range = (stopping.patience, 1..=TrainingSettings::MAX_EPOCHS);
    form.count(ui, about, range, |settings, patience| {
        settings.early_stopping = Some(EarlyStopping {
            patience,
            ..stopping
        });
    });
    let about = About {
        term: "",
        name: "Keep the best",
        hover: "Bring back the numbers of the epoch that was best.",
        label: "keep the best",
    };
    form.check(ui, about, stopping.restores_best, |settings, is_on| {
        settings.early_stopping = Some(EarlyStopping {
            restores_best: is_on,
            ..stopping
        });
    });
}

fn initializer_ui(ui: &mut Ui, form: &mut Form, view: &TrainingView) {
    let initializer = form.settings.initializer;
    let about = About {
        term: "drawn from",
        name: "Initializer",
        hover: "What starting weights are drawn from. A change draws them anew.",
        label: "choose starting weights",
    };
    let choices = Initializer::ALL.into_iter().map(|one| Choice {
        value: one,
        name: one.name(),
        hover: one.explanation(),
    });
    form.menu(ui, about, initializer.name(), choices, |_, one| {
        gesture::new_initializer(view.project, one)
    });
    let about = |term, name, hover| About {
        term,
        name,
        hover,
        label: "set starting weights",
    };
    let draw = |initializer| gesture::new_initializer(view.project, initializer);
    match initializer {
        Initializer::Constant(value) => {
            let about = about("value", "Starting value", "What all weights start from.");
            form.number_by(ui, about, (value, -1e3..=1e3, 0.01), |value| {
                draw(Initializer::Constant(value))
            });
        }
        Initializer::Uniform(limit) => {
            let about = about(
                "within ±",
                "Starting limit",
                "How far weights start from zero.",
            );
            form.number_by(ui, about, (limit, 0.0..=1e3, 0.01), |limit| {
                draw(Initializer::Uniform(limit))
            });
        }
        Initializer::Normal(deviation) => {
            let about = about(
                "deviation",
                "Starting deviation",
                "The standard deviation of starting weights.",
            );
            form.number_by(ui, about, (deviation, 0.0..=1e3, 0.01), |deviation| {
                draw(Initializer::Normal(deviation))
            });
        }
        _ => {}
    }
}
