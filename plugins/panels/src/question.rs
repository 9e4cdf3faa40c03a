//! The question that is asked before something would be lost.

use bevy_egui::egui::{Button, Context, Frame, Id, Modal, WidgetInfo, WidgetType, vec2};
use theme::Theme;

use crate::FileAnswer;
use crate::style::{colour, strong};

/// A question with the answers Save, Discard, Cancel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileQuestion {
    /// What is at stake: "You have unsaved work".
    pub title: String,
    /// What would happen, in a sentence.
    pub text: String,
}

/// Asks; the answer, once there is one. Escape and a press beside it cancel.
pub fn question_ui(ctx: &Context, theme: &Theme, question: &FileQuestion) -> Option<FileAnswer> {
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
                let save = Button::new(strong("Save").color(ink))
                    .fill(colour(theme.palette.accent))
                    .min_size(size);
                let others = [
                    (
                        Button::new("Discard").min_size(size),
                        "Discard",
                        FileAnswer::Discard,
                    ),
                    (
                        Button::new("Cancel").min_size(size),
                        "Cancel",
                        FileAnswer::Cancel,
                    ),
                ];
                let all = std::iter::once((save, "Save", FileAnswer::Save)).chain(others);
                for (button, word, meaning) in all {
                    let response = ui.add(button);
                    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, word));
                    if response.clicked() {
                        answer = Some(meaning);
                    }
                }
            });
            answer
        });
    let is_left = modal.should_close();
    modal.inner.or(is_left.then_some(FileAnswer::Cancel))
}
