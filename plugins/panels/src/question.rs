//! The question that is asked before something would be lost.

use bevy_egui::egui::{Button, Context, Frame, Id, Modal, WidgetInfo, WidgetType, vec2};
use theme::Theme;

use crate::Answer;
use crate::style::{colour, strong};

/// A question that can be answered with yes, no, or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is at stake: "You have unsaved work".
    pub title: String,
    /// What would happen, in a sentence.
    pub text: String,
    /// What yes does, in a word: "Save".
    pub yes: String,
    /// What no does, in a word: "Discard".
    pub no: String,
}

/// Asks; the answer, once there is one. Escape and a press beside it cancel.
pub fn question_ui(ctx: &Context, theme: &Theme, question: &Question) -> Option<Answer> {
    let modal = Modal::new(Id::new("file question"))
        .backdrop_color(colour(theme.palette.shadow))
        .frame(Frame::popup(&ctx.global_style()).inner_margin(16))
        .show(ctx, |ui| {
            ui.set_width((ctx.content_rect().width() - 64.0).min(360.0));
            ui.heading(&question.title);
            ui.label(&question.text);
            ui.add_space(theme.sizes.space);
            let mut answer = None;
            ui.horizontal(|ui| {
                let size = vec2(104.0, theme.sizes.touch_target);
                let ink = colour(theme.palette.on_accent);
                let yes = Button::new(strong(&question.yes).color(ink))
                    .fill(colour(theme.palette.accent));
                let all = [
                    (yes, question.yes.as_str(), Answer::Yes),
                    (Button::new(&question.no), question.no.as_str(), Answer::No),
                    (Button::new("Cancel"), "Cancel", Answer::Cancel),
                ];
                for (button, word, meaning) in all {
                    let response = ui.add(button.min_size(size));
                    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, word));
                    if response.clicked() {
                        answer = Some(meaning);
                    }
                }
            });
            answer
        });
    let is_left = modal.should_close();
    modal.inner.or(is_left.then_some(Answer::Cancel))
}
