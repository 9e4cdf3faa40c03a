//! Notices: short sentences that appear, are read, and go.

use std::time::Duration;

use bevy::prelude::*;
use bevy_egui::egui::{Context, vec2};
use egui_notify::{Anchor, Toasts};
use egui_phosphor::regular as icons;
use graph::{Notice, NoticeKind};
use theme::Palette;

use crate::style::colour;

/// Letters in a line of a notice: it fits a phone in portrait.
const LINE: usize = 40;
/// Distance to the sheets beside it.
const GAP: f32 = 8.0;

/// The notices on show.
#[derive(Resource, Default)]
pub(crate) struct Notices(Toasts);

impl Notices {
    /// Shows a notice until it is read; what failed stays longer.
    pub(crate) fn say(&mut self, notice: &Notice, palette: &Palette) {
        let text = wrapped(&notice.text, LINE);
        let reading_secs = 3.0 + 0.06 * notice.text.chars().count() as f32;
        let (icon, tone, factor) = match notice.kind {
            NoticeKind::Info => (icons::INFO, palette.accent, 1.0),
            NoticeKind::Refused => (icons::WARNING, palette.warning, 1.0),
            NoticeKind::Failed => (icons::X_CIRCLE, palette.danger, 2.0),
        };
        self.0
            .custom(text, icon.to_owned(), colour(tone))
            .duration(Some(Duration::from_secs_f32(reading_secs * factor)))
            // Its cross is a letter that the shipped fonts do not have.
            .closable(false)
            .show_progress_bar(false);
    }

    /// Draws what is on show, in the lower left corner of what the sheets leave
    /// free.
    pub(crate) fn show(&mut self, ctx: &Context, free: Rect) {
        let window = ctx.content_rect();
        let margin = if free.is_empty() {
            vec2(GAP, GAP)
        } else {
            vec2(
                free.min.x - window.left() + GAP,
                window.bottom() - free.max.y + GAP,
            )
        };
        self.0 = std::mem::take(&mut self.0)
            .with_anchor(Anchor::BottomLeft)
            .with_margin(margin);
        self.0.show(ctx);
    }
}

/// The text in lines of at most `letters`, broken between words: toasts are as
/// wide as their longest line.
fn wrapped(text: &str, letters: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let taken = lines.last().map_or(0, |line| line.chars().count());
        if taken > 0 && taken + 1 + word.chars().count() > letters {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_sentences_are_broken_between_words_and_lose_nothing() {
        let text = "There is no output neuron yet: drag one onto the canvas.";
        let lines = wrapped(text, 20);
        assert!(
            lines.lines().all(|line| line.chars().count() <= 20),
            "{lines}"
        );
        assert_eq!(lines.replace('\n', " "), text);
        assert_eq!(
            wrapped("unbreakablewordlongerthanaline x", 10),
            "unbreakablewordlongerthanaline\nx"
        );
        assert_eq!(wrapped("", 10), "");
    }
}
