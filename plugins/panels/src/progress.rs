//! The sheet that tells how far a long piece of work is, and lets the person end it.

use bevy::prelude::*;
use bevy_egui::egui::{
    self, Align, Button, Context, Key, Layout, Margin, ProgressBar, WidgetInfo, WidgetType, vec2,
};
use theme::Theme;

use crate::style::{CONTROL_HEIGHT, colour, sheet, small, strong};

/// A long piece of work, as a person is told of it. Whoever does it fills it in once
/// it is worth a sheet.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Undertaking(pub Option<Work>);

/// What is done, and how far it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// In the person's words: "Opening flowers.ron".
    pub title: String,
    /// How much of it is done, 0 to 1.
    pub share: f32,
    /// Whether it can still be ended as if it had never begun.
    pub can_be_cancelled: bool,
}

/// The most width of the sheet.
const WIDTH: f32 = 380.0;

/// How high it is.
const HEIGHT: f32 = 84.0;

/// Shows the sheet in what is left free; whether the person wants to end the work.
/// Escape does too, unless something else is asked just now.
pub fn progress_ui(
    ctx: &Context,
    theme: &Theme,
    free: egui::Rect,
    work: &Work,
    is_asked: bool,
) -> bool {
    let gap = theme.sizes.space;
    let width = WIDTH.min(free.width() - 2.0 * gap);
    let place = egui::Rect::from_min_size(
        egui::pos2(free.center().x - 0.5 * width, free.top() + gap),
        vec2(width, HEIGHT),
    );
    let percent = percent(work.share);
    let is_pressed = sheet(
        ctx,
        theme,
        "progress",
        place,
        Margin::symmetric(12, 8),
        |ui| {
            let mut is_pressed = false;
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if work.can_be_cancelled {
                        let size = vec2(84.0, CONTROL_HEIGHT);
                        let response = ui
                            .add(Button::new("Cancel").min_size(size))
                            .on_hover_text("All stays as it was before (Esc).");
                        response.widget_info(|| {
                            WidgetInfo::labeled(WidgetType::Button, true, "Cancel")
                        });
                        is_pressed = response.clicked();
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        ui.add(egui::Label::new(strong(&work.title)).truncate());
                    });
                });
            });
            ui.horizontal(|ui| {
                let bar = ProgressBar::new(work.share)
                    .desired_width(ui.available_width() - 48.0)
                    .desired_height(theme.sizes.space)
                    .fill(colour(theme.palette.accent));
                let response = ui.add(bar);
                response.widget_info(|| {
                    let mut info = WidgetInfo::new(WidgetType::ProgressIndicator);
                    info.label = Some(work.title.clone());
                    info.value = Some(f64::from(percent));
                    info
                });
                ui.label(small(format!("{percent} %"), theme));
            });
            is_pressed
        },
    );
    let is_escaped = !is_asked && ctx.input(|input| input.key_pressed(Key::Escape));
    work.can_be_cancelled && (is_pressed || is_escaped)
}

/// Whole hundredths; all of them only at the end.
#[must_use]
pub fn percent(share: f32) -> u8 {
    (100.0 * share.clamp(0.0, 1.0)).floor() as u8
}
