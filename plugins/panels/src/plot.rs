//! The plot of the loss by epoch.

use bevy_egui::egui::{Ui, vec2};
use egui_phosphor::regular as icons;
use egui_plot::{Corner, GridInput, GridMark, Legend, Line, LineStyle, Plot, PlotPoints};
use theme::Theme;

use crate::curve::Curve;
use crate::settings::{TrainingState, TrainingView};
use crate::style::{colour, small};
use crate::widgets::{checkbox, empty};

/// Shows the loss of training and validation rows.
pub(crate) fn plot_ui(ui: &mut Ui, theme: &Theme, view: &TrainingView, state: &mut TrainingState) {
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
