//! What lies over everything for a while: notices, the progress of a file, a question.

use bevy::prelude::*;
use bevy_egui::{EguiContexts, egui};
use graph::Notice;

use crate::notices::Notices;
use crate::progress::{Undertaking, progress_ui};
use crate::question::question_ui;
use crate::style::prepare;
use crate::{Answer, Asked, FileIntent, FreeArea, PanelTheme};

pub(super) fn show_notices(
    mut contexts: EguiContexts,
    mut said: MessageReader<Notice>,
    mut notices: ResMut<Notices>,
    theme: Res<PanelTheme>,
    free: Res<FreeArea>,
) {
    let Ok(ctx) = contexts.ctx_mut() else {
        return;
    };
    if !prepare(ctx, &theme.0) {
        return;
    }
    for notice in said.read() {
        notices.say(notice, &theme.0.palette);
    }
    notices.show(ctx, free.0);
}

pub(super) fn show_progress(
    mut contexts: EguiContexts,
    undertaking: Res<Undertaking>,
    asked: Res<Asked>,
    mut files: MessageWriter<FileIntent>,
    theme: Res<PanelTheme>,
    free: Res<FreeArea>,
) {
    let (Ok(ctx), Some(work)) = (contexts.ctx_mut(), &undertaking.0) else {
        return;
    };
    if !prepare(ctx, &theme.0) {
        return;
    }
    let [min, max] = [free.0.min, free.0.max].map(|corner| egui::pos2(corner.x, corner.y));
    let free = egui::Rect::from_min_max(min, max);
    if progress_ui(ctx, &theme.0, free, work, asked.0.is_some()) {
        files.write(FileIntent::Cancel);
    }
}

pub(super) fn ask_question(
    mut contexts: EguiContexts,
    mut question: ResMut<Asked>,
    mut answers: MessageWriter<Answer>,
    theme: Res<PanelTheme>,
) {
    let (Ok(ctx), Some(asked)) = (contexts.ctx_mut(), &question.0) else {
        return;
    };
    if !prepare(ctx, &theme.0) {
        return;
    }
    if let Some(answer) = question_ui(ctx, &theme.0, asked) {
        answers.write(answer);
        question.0 = None;
    }
}
