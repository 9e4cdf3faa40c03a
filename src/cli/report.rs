//! How results are told: aligned for people, JSON for programs.

use engine::{Evaluation, MetricName};
use serde::Serialize;

/// What one part of the data showed.
#[derive(Debug, Serialize)]
pub(super) struct PartReport {
    part: &'static str,
    rows: u32,
    loss: Option<f32>,
    /// With what large weights cost.
    loss_with_penalty: Option<f32>,
    accuracy: Option<f32>,
    precision: Option<f32>,
    recall: Option<f32>,
    f1: Option<f32>,
    roc_auc: Option<f32>,
    mean_absolute_error: Option<f32>,
    mean_squared_error: Option<f32>,
    root_mean_squared_error: Option<f32>,
    r_squared: Option<f32>,
}

impl From<&Evaluation> for PartReport {
    fn from(evaluation: &Evaluation) -> Self {
        Self {
            part: evaluation.part.name(),
            rows: evaluation.rows,
            loss: evaluation.loss,
            loss_with_penalty: evaluation.loss_with_penalty(),
            accuracy: evaluation.metric(MetricName::Accuracy),
            precision: evaluation.metric(MetricName::Precision),
            recall: evaluation.metric(MetricName::Recall),
            f1: evaluation.metric(MetricName::F1),
            roc_auc: evaluation.metric(MetricName::RocAuc),
            mean_absolute_error: evaluation.metric(MetricName::MeanAbsoluteError),
            mean_squared_error: evaluation.metric(MetricName::MeanSquaredError),
            root_mean_squared_error: evaluation.metric(MetricName::RootMeanSquaredError),
            r_squared: evaluation.metric(MetricName::RSquared),
        }
    }
}

/// The parts side by side; a line that says nothing about any of them is left out.
pub(super) fn parts_table(parts: &[PartReport]) -> String {
    let mut lines = vec![line("", parts, |part| Some(part.part.to_owned()))];
    lines.push(line("rows", parts, |part| {
        Some(count(u64::from(part.rows)))
    }));
    for (name, number) in [
        ("loss", (|part| part.loss) as fn(&PartReport) -> Option<f32>),
        ("loss with penalty", |part| {
            part.loss_with_penalty
                .filter(|loss| Some(*loss) != part.loss)
        }),
        ("mean absolute error", |part| part.mean_absolute_error),
        ("mean squared error", |part| part.mean_squared_error),
        ("root mean squared error", |part| {
            part.root_mean_squared_error
        }),
        ("R²", |part| part.r_squared),
        ("precision", |part| part.precision),
        ("recall", |part| part.recall),
        ("F1", |part| part.f1),
        ("ROC-AUC", |part| part.roc_auc),
    ] {
        lines.push(line(name, parts, |part| number(part).map(decimal)));
    }
    lines.push(line("accuracy", parts, |part| {
        part.accuracy.map(|share| format!("{:.1} %", share * 100.0))
    }));
    lines.retain(|line| line[1..].iter().any(|cell| cell != NOTHING));
    aligned_right(&lines)
}

pub(super) const NOTHING: &str = "–";

fn line(
    name: &str,
    parts: &[PartReport],
    cell: impl Fn(&PartReport) -> Option<String>,
) -> Vec<String> {
    let cells = parts
        .iter()
        .map(|part| cell(part).unwrap_or_else(|| NOTHING.to_owned()));
    std::iter::once(name.to_owned()).chain(cells).collect()
}

/// Four digits that say something, whatever the size.
pub(super) fn decimal(number: f32) -> String {
    match number.abs() {
        0.0 => "0".to_owned(),
        size if !(1e-3..1e5).contains(&size) => format!("{number:.3e}"),
        size if size < 1.0 => format!("{number:.4}"),
        _ => format!("{number:.3}"),
    }
}

/// A whole number with its thousands apart.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Lines of cells, all columns aligned left.
pub(super) fn aligned(lines: &[Vec<String>]) -> String {
    align(lines, |_| false)
}

/// Lines of cells, all columns but the first aligned right.
pub(super) fn aligned_right(lines: &[Vec<String>]) -> String {
    align(lines, |column| column > 0)
}

fn align(lines: &[Vec<String>], is_right: impl Fn(usize) -> bool) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        })
        .collect();
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().zip(&widths).enumerate();
        let padded: Vec<String> = cells
            .map(|(column, (cell, &width))| {
                if is_right(column) {
                    format!("{cell:>width$}")
                } else {
                    format!("{cell:<width$}")
                }
            })
            .collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// One JSON object on one line. Numbers that are not finite become null.
pub(super) fn json(report: &impl Serialize) -> Result<String, String> {
    let mut text = serde_json::to_string(report)
        .map_err(|error| format!("The report could not be written as JSON: {error}."))?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_with_the_digits_that_matter() {
        for (number, told) in [
            (0.0, "0"),
            (0.012_345, "0.0123"),
            (-1.5, "-1.500"),
            (0.000_012_346, "1.235e-5"),
            (1e9, "1.000e9"),
        ] {
            assert_eq!(decimal(number), told);
        }
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(100), "100");
    }

    #[test]
    fn columns_stand_under_each_other_and_empty_lines_are_left_out() {
        let part = |part, loss| PartReport {
            part,
            rows: 1050,
            loss,
            loss_with_penalty: loss,
            accuracy: None,
            precision: None,
            recall: None,
            f1: None,
            roc_auc: None,
            mean_absolute_error: None,
            mean_squared_error: None,
            root_mean_squared_error: None,
            r_squared: None,
        };
        let table = parts_table(&[part("training", Some(0.5)), part("test", None)]);
        assert_eq!(
            table,
            "      training   test\nrows     1,050  1,050\nloss    0.5000      –\n"
        );
    }
}
