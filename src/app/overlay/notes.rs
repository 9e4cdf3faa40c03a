//! Notes on the canvas: written out, and written on.

use bevy::ecs::schedule::ScheduleLabel;
use bevy::prelude::*;
use bevy_egui::egui::{
    self, Align2, CornerRadius, FontId, Key, Order, Stroke, StrokeKind, TextEdit, WidgetInfo,
    WidgetType,
};
use bevy_egui::{EguiContexts, EguiPrimaryContextPass};
use canvas::drawing::StageTheme;
use controls::Notes;
use graph::{Document, Request};
use panels::style::{colour, prepare};
use project::{Edit, Note, NoteId};
use theme::Theme;

use super::{Paper, Sight};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Draft>();
    app.add_systems(EguiPrimaryContextPass, show_notes);
}

/// Between the edge of a note and its text, in scene units.
const MARGIN: f32 = 8.0;

/// Letters smaller than this, in logical pixels, are no letters any more.
const SMALLEST: f32 = 3.0;

/// The text being written, and whose it is.
#[derive(Resource, Default)]
struct Draft(Option<(NoteId, String)>);

fn show_notes(
    mut contexts: EguiContexts,
    sight: Sight,
    document: Res<Document>,
    theme: Res<StageTheme>,
    mut notes: ResMut<Notes>,
    mut draft: ResMut<Draft>,
    mut requests: MessageWriter<Request>,
) {
    let (Ok(context), Some(zoom)) = (contexts.ctx_mut(), sight.zoom()) else {
        return;
    };
    if document.project().notes().len() == 0 || !prepare(context, &theme) {
        return;
    }
    let painter = context.layer_painter(egui::LayerId::background());
    let size = (2.0 * theme.sizes.text_body * zoom).round() / 2.0;
    let font = FontId::proportional(size.max(1.0));
    for known in document.project().notes() {
        let note = notes.shown(known);
        let rect = notes.rect(&note);
        let corners = sight.on_screen(rect.min).zip(sight.on_screen(rect.max));
        let Some((one, other)) = corners else {
            continue;
        };
        let place = egui::Rect::from_two_pos(one, other);
        if !painter.clip_rect().intersects(place) {
            continue;
        }
        let is_selected = notes.selected == Some(note.id);
        paint_sheet(&painter, &theme, place, is_selected);
        let inner = place.shrink(MARGIN * zoom);
        if notes.written == Some(note.id) {
            let is_done = write_on(context, &note, inner, &font, &mut draft, &mut requests);
            if is_done {
                notes.written = None;
            }
        } else if size < SMALLEST {
            painter.rect_filled(inner, 0, colour(theme.palette.text_dim).gamma_multiply(0.2));
            continue;
        }
        let text = match &draft.0 {
            Some((id, text)) if *id == note.id => printable(text),
            _ => printable(&note.text),
        };
        let ink = colour(theme.palette.text);
        let galley = painter.layout(text, font.clone(), ink, inner.width().max(1.0));
        let height = galley.size().y / zoom + 2.0 * MARGIN;
        // Rounded sizes of letters make it tremble a little with the zoom.
        let is_same = notes
            .heights
            .get(&note.id)
            .is_some_and(|known| (known - height).abs() < 1.0);
        if !is_same {
            notes.heights.insert(note.id, height);
            context.request_repaint();
        }
        if notes.written != Some(note.id) {
            if note.text.is_empty() {
                let hint = colour(theme.palette.text_dim);
                let at = inner.left_center();
                painter.text(at, Align2::LEFT_CENTER, "Note", font.clone(), hint);
            }
            painter.galley(inner.min, galley, ink);
        }
    }
}

/// Writes notes out where the camera with this component looks, for pictures: nobody
/// writes on them there.
pub(super) fn print<Seen: Component>(app: &mut App, pass: impl ScheduleLabel) {
    app.add_systems(pass, print_notes::<Seen>);
}

fn print_notes<Seen: Component>(
    mut paper: Paper<Seen>,
    sight: Sight<Seen>,
    document: Res<Document>,
    theme: Res<StageTheme>,
) {
    let (Some(context), Some(zoom)) = (paper.context(), sight.zoom()) else {
        return;
    };
    if document.project().notes().len() == 0 || !prepare(context, &theme) {
        return;
    }
    let painter = context.layer_painter(egui::LayerId::background());
    let font = FontId::proportional((theme.sizes.text_body * zoom).max(1.0));
    let ink = colour(theme.palette.text);
    for note in document.project().notes() {
        let Some(corner) = sight.on_screen(note.position) else {
            continue;
        };
        let width = note.width * zoom;
        let margin = egui::Vec2::splat(MARGIN * zoom);
        let room = (width - 2.0 * margin.x).max(1.0);
        let galley = painter.layout(printable(&note.text), font.clone(), ink, room);
        let size = egui::vec2(width, galley.size().y + 2.0 * margin.y);
        paint_sheet(
            &painter,
            &theme,
            egui::Rect::from_min_size(corner, size),
            false,
        );
        painter.galley(corner + margin, galley, ink);
    }
}

/// So faint that neurons and wires are seen through it.
fn paint_sheet(painter: &egui::Painter, theme: &Theme, place: egui::Rect, is_selected: bool) {
    let ink = colour(theme.palette.text_dim);
    let (tone, width) = if is_selected {
        (colour(theme.palette.selection), 1.5)
    } else {
        (ink.gamma_multiply(0.35), 1.0)
    };
    let corner = CornerRadius::same(4);
    let line = Stroke::new(width, tone);
    painter.rect(
        place,
        corner,
        ink.gamma_multiply(0.07),
        line,
        StrokeKind::Inside,
    );
    if is_selected {
        // The edge by which it is made wider.
        let grip = egui::Rect::from_center_size(place.right_center(), egui::vec2(5.0, 18.0));
        painter.rect_filled(grip, 2, tone);
    }
}

/// Lets the person write; true once they are done.
fn write_on(
    context: &mut egui::Context,
    note: &Note,
    inner: egui::Rect,
    font: &FontId,
    draft: &mut Draft,
    requests: &mut MessageWriter<Request>,
) -> bool {
    let is_new = draft.0.as_ref().is_none_or(|(id, _)| *id != note.id);
    if is_new {
        draft.0 = Some((note.id, note.text.clone()));
    }
    let Some((_, text)) = &mut draft.0 else {
        return true;
    };
    let area = egui::Area::new(egui::Id::new(("note", note.id.0)))
        .order(Order::Middle)
        .constrain(false)
        .fixed_pos(inner.min);
    let response = area
        .show(context, |ui| {
            let field = ui.add(
                TextEdit::multiline(text)
                    .font(font.clone())
                    .frame(egui::Frame::NONE)
                    .margin(egui::Margin::ZERO)
                    .char_limit(Note::MAX_TEXT)
                    .desired_rows(1)
                    .desired_width(inner.width()),
            );
            field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Note"));
            field
        })
        .inner;
    if is_new {
        response.request_focus();
    }
    if response.changed() {
        *text = printable(text);
        let edit = Edit::SetNote(Note {
            text: text.clone(),
            ..note.clone()
        });
        requests.write(Request::Edit {
            label: "write note",
            edit: Box::new(edit),
            is_continued: true,
        });
    }
    let is_done = response.lost_focus() || context.input(|input| input.key_pressed(Key::Escape));
    if is_done && !is_new {
        // One that says nothing cannot be seen, so it does not stay.
        let request = if text.trim().is_empty() {
            Request::edit("remove note", Edit::RemoveNote(note.id))
        } else {
            Request::CloseStep
        };
        requests.write(request);
        draft.0 = None;
    }
    is_done && !is_new
}

/// What of a text can be written out: control characters but the end of a line
/// become spaces.
fn printable(text: &str) -> String {
    let letters = text.chars();
    letters
        .map(|letter| match letter {
            '\n' => letter,
            _ if letter.is_control() => ' ',
            _ => letter,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_spaces_and_lines_stay_lines() {
        assert_eq!(printable("a\tb\u{7}c\nd\r\u{1b}e"), "a b c\nd  e");
    }
}
