//! The choice of how fast it trains.

use bevy_egui::egui::{Button, Ui, vec2};
use theme::Theme;
use training::Pace;

use crate::Intent;
use crate::style::CONTROL_HEIGHT;
use crate::widgets::term;

/// What can be chosen: the word, what it means, the pace.
const PACES: [(&str, &str, Pace); 3] = [
    (
        "Watch",
        "60 batches a second, or 10 epochs where that is more: learning can be followed.",
        Pace::Watch,
    ),
    (
        "Fast",
        "Ten times as fast: learning passes like a film.",
        Pace::Fast,
    ),
    ("Full", "As fast as this machine can.", Pace::Full),
];

/// Shows the paces; the one the person chose.
pub(crate) fn pace_ui(ui: &mut Ui, theme: &Theme, now: Pace) -> Option<Intent> {
    let mut chosen = None;
    ui.horizontal(|ui| {
        term(
            ui,
            theme,
            "Pace",
            "How fast it trains. A small network would be done before anyone could see it.",
        );
        for (word, hover, pace) in PACES {
            let button = Button::new(word)
                .selected(pace == now)
                .min_size(vec2(56.0, CONTROL_HEIGHT));
            if ui.add(button).on_hover_text(hover).clicked() {
                chosen = Some(Intent::SetPace(pace));
            }
        }
    });
    chosen
}
