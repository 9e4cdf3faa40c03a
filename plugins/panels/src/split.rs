//! How rows are divided into training, validation and test, and the marks of the three.

use bevy_egui::egui::{self, Painter, Pos2, Sense, Shape, Stroke, TextStyle, Ui, vec2};
use datasets::Split;
use project::Edit;
use theme::{Rgba8, Theme};
use training::Part;

use crate::Intent;
use crate::style::{colour, small};
use crate::widgets::{checkbox, count, section};

/// The word for a part.
pub(crate) fn part_word(part: Part) -> &'static str {
    match part {
        Part::Train => "training",
        Part::Validation => "validation",
        Part::Test => "test",
    }
}

pub(crate) fn part_explanation(part: Part) -> &'static str {
    match part {
        Part::Train => "Training rows are what the network learns from.",
        Part::Validation => {
            "Validation rows are watched while it learns, to see whether it only learns by heart."
        }
        Part::Test => "Test rows are kept for the end: it never learns from them.",
    }
}

fn part_tone(theme: &Theme, part: Part) -> Rgba8 {
    match part {
        Part::Train => theme.palette.split_training,
        Part::Validation => theme.palette.split_validation,
        Part::Test => theme.palette.split_test,
    }
}

/// A disc: filled for training, half for validation, hollow for test.
pub(crate) fn part_mark(painter: &Painter, theme: &Theme, part: Part, at: Pos2, radius: f32) {
    let tone = colour(part_tone(theme, part));
    match part {
        Part::Train => {
            painter.circle_filled(at, radius, tone);
        }
        Part::Validation => {
            let half = (0..=12_u8)
                .map(|step| {
                    let (sin, cos) = (std::f32::consts::PI * f32::from(step) / 12.0).sin_cos();
                    at + radius * vec2(cos, sin)
                })
                .collect();
            painter.add(Shape::convex_polygon(half, tone, Stroke::NONE));
        }
        Part::Test => {}
    }
    painter.circle_stroke(at, radius, Stroke::new(1.5, tone));
}

/// Gives one part (0 training, 1 validation, 2 test) another percentage; the
/// others share what is left as they did before, and all still sum to 100.
#[must_use]
pub fn with_part(split: &Split, part: usize, percent: u32) -> Split {
    let mut parts = [split.train, split.validation, split.test];
    let part = part.min(2);
    parts[part] = percent.min(100);
    let left = 100 - parts[part];
    let (one, other) = ((part + 1) % 3, (part + 2) % 3);
    let sum = u64::from(parts[one]) + u64::from(parts[other]);
    parts[one] = match sum {
        0 => left,
        sum => ((u64::from(left) * u64::from(parts[one]) * 2 + sum) / (2 * sum)) as u32,
    };
    parts[other] = left - parts[one];
    Split {
        train: parts[0],
        validation: parts[1],
        test: parts[2],
        is_shuffled: split.is_shuffled,
    }
}

pub(crate) fn split_ui(
    ui: &mut Ui,
    theme: &Theme,
    split: &Split,
    counts: [usize; 3],
    wishes: &mut Vec<Intent>,
) {
    section(ui, "Split");
    let parts = [Part::Train, Part::Validation, Part::Test];
    let percents = [split.train, split.validation, split.test];
    let names = ["Training %", "Validation %", "Test %"];
    stacked_bar(ui, theme, parts, percents);
    ui.columns(3, |columns| {
        for (index, ui) in columns.iter_mut().enumerate() {
            ui.horizontal(|ui| {
                let (place, _) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
                part_mark(ui.painter(), theme, parts[index], place.center(), 5.0);
                ui.label(small(part_word(parts[index]), theme))
                    .on_hover_text(part_explanation(parts[index]));
            });
            let mut percent = percents[index];
            let change = count(ui, names[index], &mut percent, 0..=100);
            change.send(wishes, "divide data", || {
                Edit::SetSplit(with_part(split, index, percent))
            });
            let rows = counts[index];
            let word = if rows == 1 { "row" } else { "rows" };
            ui.label(small(format!("{rows} {word}"), theme));
        }
    });
    let hover = "Draw the rows of each part at random; otherwise the first rows train and the last ones test.";
    if checkbox(ui, "Shuffled", hover, split.is_shuffled) {
        let is_shuffled = !split.is_shuffled;
        let split = Split {
            is_shuffled,
            ..*split
        };
        wishes.push(Intent::edit("divide data", Edit::SetSplit(split)));
    }
}

fn stacked_bar(ui: &mut Ui, theme: &Theme, parts: [Part; 3], percents: [u32; 3]) {
    let (place, _) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    let painter = ui.painter_at(place);
    let font = TextStyle::Small.resolve(ui.style());
    let mut left = place.left();
    for (part, percent) in parts.into_iter().zip(percents) {
        let width = place.width() * percent as f32 / 100.0;
        let piece = egui::Rect::from_min_size(egui::pos2(left, place.top()), vec2(width, 20.0));
        left += width;
        if percent == 0 {
            continue;
        }
        let piece = piece.shrink2(vec2(1.0, 0.0));
        let tone = part_tone(theme, part);
        let (fill, ink) = match part {
            Part::Train => (tone, theme.palette.stage),
            Part::Validation => (theme.palette.control.mix(tone, 0.35), theme.palette.text),
            Part::Test => (theme.palette.stage, theme.palette.text),
        };
        let edge = Stroke::new(1.0, colour(tone));
        painter.rect(piece, 4.0, colour(fill), edge, egui::StrokeKind::Inside);
        if width > 34.0 {
            let text = format!("{percent} %");
            painter.text(
                piece.center(),
                egui::Align2::CENTER_CENTER,
                text,
                font.clone(),
                colour(ink),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_always_sums_to_a_hundred() {
        for train in 0..=100_u32 {
            for validation in (0..=100 - train).step_by(7) {
                let split = Split::new(train, validation, 100 - train - validation, true).unwrap();
                for part in 0..3 {
                    for percent in [0, 1, 33, 50, 99, 100, 250] {
                        let changed = with_part(&split, part, percent);
                        changed.validate().unwrap();
                        let parts = [changed.train, changed.validation, changed.test];
                        assert_eq!(parts[part], percent.min(100));
                    }
                }
            }
        }
    }

    #[test]
    fn the_other_parts_share_what_is_left_as_before() {
        let split = Split::new(60, 30, 10, false).unwrap();
        let changed = with_part(&split, 0, 20);
        assert_eq!((changed.validation, changed.test), (60, 20));
        assert!(!changed.is_shuffled);
    }
}
