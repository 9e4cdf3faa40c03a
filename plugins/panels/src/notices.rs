//! Notices: short sentences that appear, are read, and go.

use std::time::Duration;

use bevy::prelude::*;
use bevy_egui::egui::Context;
use egui_notify::{Anchor, Toasts};
use graph::{Notice, NoticeKind};

/// Letters in a line of a notice: it fits a phone in portrait.
const LINE: usize = 40;

/// The notices on show.
#[derive(Resource)]
pub(crate) struct Notices(Toasts);

impl Default for Notices {
    fn default() -> Self {
        Self(
            Toasts::default()
                .with_anchor(Anchor::BottomLeft)
                .with_margin(bevy_egui::egui::vec2(16.0, 16.0)),
        )
    }
}

impl Notices {
    /// Shows a notice until it is read; the graver, the longer.
    pub(crate) fn say(&mut self, notice: &Notice) {
        let text = wrapped(&notice.text, LINE);
        let reading_secs = 3.0 + 0.06 * notice.text.chars().count() as f32;
        let (toast, factor) = match notice.kind {
            NoticeKind::Info => (self.0.info(text), 1.0),
            NoticeKind::Refused => (self.0.warning(text), 1.0),
            NoticeKind::Failed => (self.0.error(text), 2.0),
        };
        toast.duration(Some(Duration::from_secs_f32(reading_secs * factor)));
    }

    /// Draws what is on show.
    pub(crate) fn show(&mut self, ctx: &Context) {
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
