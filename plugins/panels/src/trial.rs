//! The test tab: values put in by hand, and how the test rows are answered.

use bevy_egui::egui::{Align, Button, Grid, Layout, RichText, Ui, WidgetInfo, WidgetType, vec2};
use egui_extras::{Column, TableBuilder};
use egui_phosphor::regular as icons;
use network::{Activation, NodeId};
use theme::Theme;
use training::{Confusion, Evaluation, Metric, MetricName, Order, Part};

use crate::Intent;
use crate::style::{CONTROL_HEIGHT, colour, number, small, strong};
use crate::widgets::{bar, empty, faded, remark, section, slider};

/// What the test tab shows.
#[derive(Clone, Debug)]
pub struct TestView<'a> {
    /// The inputs in the order of their columns.
    pub inputs: &'a [InputView],
    /// The outputs in the order of their columns.
    pub outputs: &'a [OutputView],
    /// Rows kept for the test.
    pub test_rows: usize,
    /// The last evaluation of the test rows.
    pub evaluation: Option<&'a Evaluation>,
}

/// An input to set by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct InputView {
    /// The neuron.
    pub node: NodeId,
    /// What it is called.
    pub name: String,
    /// The value it is given.
    pub value: f32,
    /// The values of the slider.
    pub range: [f32; 2],
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputView {
    /// What it is called.
    pub name: String,
    /// The answer, once there is one.
    pub value: Option<f32>,
    /// The values of the bar.
    pub range: [f32; 2],
    /// Its activation.
    pub activation: Activation,
}

/// Shows the test tab.
pub fn test_ui(ui: &mut Ui, theme: &Theme, view: &TestView) -> Vec<Intent> {
    let mut wishes = Vec::new();
    if view.inputs.is_empty() || view.outputs.is_empty() {
        let sentence = "Build a network with an input and an output to try values by hand.";
        empty(ui, theme, icons::SLIDERS_HORIZONTAL, sentence);
        return wishes;
    }
    section(ui, "Try values");
    for input in view.inputs {
        ui.label(RichText::new(&input.name).color(colour(theme.palette.input)));
        let mut value = input.value;
        let name = format!("Input {}", input.name);
        let change = slider(
            ui,
            &name,
            &mut value,
            input.range[0]..=input.range[1],
            false,
        );
        if change.is_changed && value.is_finite() {
            wishes.push(Intent::Probe(vec![(input.node, value)]));
        }
    }
    for output in view.outputs {
        output_ui(ui, theme, output);
    }
    if let Some(winner) = winner(view.outputs) {
        remark(
            ui,
            icons::TROPHY,
            theme.palette.output,
            &format!("The answer is “{winner}”."),
        );
    }
    ui.separator();
    let wide = vec2(ui.available_width(), theme.sizes.touch_target);
    let has_rows = view.test_rows > 0;
    let text = strong(format!("{} Evaluate test data", icons::EXAM));
    let button = faded(ui, text, has_rows).min_size(wide);
    let response = ui.add_enabled(has_rows, button);
    response
        .widget_info(|| WidgetInfo::labeled(WidgetType::Button, has_rows, "Evaluate test data"));
    let hover = "Answer the rows that were kept for the end, and count how good the answers are.";
    if response.on_hover_text(hover).clicked() {
        wishes.push(Intent::Order(Order::Evaluate(Part::Test)));
    }
    match view.evaluation {
        None if !has_rows => {
            let sentence =
                "No rows are kept for the test: give the test part more than 0 % under Data.";
            remark(ui, icons::INFO, theme.palette.warning, sentence);
        }
        None => {}
        Some(evaluation) => evaluation_ui(ui, theme, view, evaluation),
    }
    wishes
}

fn output_ui(ui: &mut Ui, theme: &Theme, output: &OutputView) {
    ui.horizontal(|ui| {
        let width = ui.available_width();
        let name = RichText::new(&output.name).color(colour(theme.palette.output));
        ui.allocate_ui_with_layout(
            vec2(72.0, 24.0),
            Layout::left_to_right(Align::Center),
            |ui| {
                ui.set_min_width(72.0);
                ui.add(bevy_egui::egui::Label::new(name).truncate());
            },
        );
        let text = output.value.map_or_else(|| "–".to_owned(), number);
        let [low, high] = output.range;
        let share = output
            .value
            .map_or(0.0, |value| (value - low) / (high - low));
        let room = (width - 72.0 - 80.0).max(24.0);
        bar(ui, theme, room, share, theme.palette.output);
        let response = ui.label(strong(&text));
        response.widget_info(|| WidgetInfo {
            current_text_value: Some(text.replace('−', "-")),
            ..WidgetInfo::labeled(
                WidgetType::ProgressIndicator,
                true,
                format!("Output {}", output.name),
            )
        });
    });
}

/// The class with the largest probability, when outputs are classes.
#[must_use]
pub fn winner(outputs: &[OutputView]) -> Option<&str> {
    let are_classes = outputs.len() > 1
        && outputs
            .iter()
            .all(|output| output.activation == Activation::Softmax && output.value.is_some());
    if !are_classes {
        return None;
    }
    let best = outputs.iter().reduce(|best, output| {
        if output.value > best.value {
            output
        } else {
            best
        }
    })?;
    Some(&best.name)
}

fn evaluation_ui(ui: &mut Ui, theme: &Theme, view: &TestView, evaluation: &Evaluation) {
    ui.label(small(
        format!(
            "{} rows, after {} epochs",
            evaluation.rows, evaluation.epochs
        ),
        theme,
    ));
    Grid::new("metrics")
        .num_columns(2)
        .spacing([16.0, 4.0])
        .show(ui, |ui| {
            if let Some(loss) = evaluation.loss {
                ui.label("loss");
                ui.label(strong(number(loss)));
                ui.end_row();
            }
            for metric in &evaluation.metrics {
                ui.label(metric.name.name());
                ui.label(strong(measured(metric)));
                ui.end_row();
            }
        });
    if let Some(confusion) = &evaluation.confusion {
        confusion_ui(ui, theme, confusion);
    }
    predictions_ui(ui, theme, view, evaluation);
}

/// A metric's value as a person reads it.
#[must_use]
pub fn measured(metric: &Metric) -> String {
    match metric.name {
        MetricName::Accuracy => format!("{:.1} %", 100.0 * metric.value),
        _ => number(metric.value),
    }
}

fn confusion_ui(ui: &mut Ui, theme: &Theme, confusion: &Confusion) {
    const MOST: usize = 12;
    let classes = confusion.classes.len();
    if classes > MOST || confusion.counts.len() != classes * classes {
        return;
    }
    section(ui, "Confusion");
    ui.label(small("rows: target · columns: answer", theme));
    let most = confusion.counts.iter().copied().max().unwrap_or(0).max(1) as f32;
    bevy_egui::egui::ScrollArea::horizontal()
        .id_salt("confusion")
        .show(ui, |ui| {
            Grid::new("confusion").spacing([4.0, 4.0]).show(ui, |ui| {
                ui.label("");
                for class in &confusion.classes {
                    ui.label(small(class, theme));
                }
                ui.end_row();
                for (target, class) in confusion.classes.iter().enumerate() {
                    ui.label(small(class, theme));
                    for answer in 0..classes {
                        let found = confusion.counts[target * classes + answer];
                        let tone = if target == answer {
                            theme.palette.output
                        } else {
                            theme.palette.danger
                        };
                        let share = 0.55 * found as f32 / most;
                        let fill = colour(theme.palette.control.mix(tone, share));
                        let button = Button::new(found.to_string())
                            .fill(fill)
                            .sense(bevy_egui::egui::Sense::hover())
                            .min_size(vec2(40.0, 28.0));
                        let hover = format!(
                            "{found} rows of “{class}” were answered “{}”.",
                            confusion.classes[answer]
                        );
                        ui.add(button).on_hover_text(hover);
                    }
                    ui.end_row();
                }
            });
        });
}

fn predictions_ui(ui: &mut Ui, theme: &Theme, view: &TestView, evaluation: &Evaluation) {
    if evaluation.predictions.is_empty() {
        return;
    }
    section(ui, "Answers");
    let list = |numbers: &[f32]| {
        let shown: Vec<String> = numbers.iter().take(6).map(|&one| number(one)).collect();
        shown.join("  ")
    };
    let is_single = view.outputs.len() == 1;
    let width = if is_single { 76.0 } else { 110.0 };
    ui.push_id("answers", |ui| {
        TableBuilder::new(ui)
            .cell_layout(Layout::left_to_right(Align::Center))
            .max_scroll_height(200.0)
            .column(Column::exact(44.0))
            .column(Column::exact(width))
            .column(Column::exact(width))
            .column(Column::remainder())
            .header(22.0, |mut header| {
                for word in ["row", "answer", "target", ""] {
                    header.col(|ui| {
                        ui.label(small(word, theme));
                    });
                }
            })
            .body(|body| {
                body.rows(
                    CONTROL_HEIGHT - 6.0,
                    evaluation.predictions.len(),
                    |mut line| {
                        let Some(one) = evaluation.predictions.get(line.index()) else {
                            return;
                        };
                        line.col(|ui| {
                            ui.label(small((one.row + 1).to_string(), theme));
                        });
                        line.col(|ui| {
                            ui.label(list(&one.outputs));
                        });
                        line.col(|ui| {
                            ui.label(list(&one.targets));
                        });
                        line.col(|ui| match one.is_right {
                            Some(true) => {
                                ui.label(
                                    RichText::new(format!("{} right", icons::CHECK))
                                        .color(colour(theme.palette.output)),
                                );
                            }
                            Some(false) => {
                                ui.label(
                                    RichText::new(format!("{} wrong", icons::X))
                                        .color(colour(theme.palette.danger)),
                                );
                            }
                            None => {
                                ui.label(small(format!("off by {}", number(one.loss)), theme));
                            }
                        });
                    },
                );
            });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(name: &str, value: f32, activation: Activation) -> OutputView {
        OutputView {
            name: name.to_owned(),
            value: Some(value),
            range: [0.0, 1.0],
            activation,
        }
    }

    #[test]
    fn the_largest_probability_names_the_class() {
        let cats = output("cat", 0.2, Activation::Softmax);
        let dogs = output("dog", 0.8, Activation::Softmax);
        assert_eq!(winner(&[cats.clone(), dogs]), Some("dog"));
        assert_eq!(winner(std::slice::from_ref(&cats)), None);
        assert_eq!(winner(&[cats, output("x", 0.9, Activation::Sigmoid)]), None);
    }
}
