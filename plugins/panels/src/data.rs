//! The data: a table that wears the neurons' colours, and how its rows are divided.

use bevy_egui::egui::text::{LayoutJob, TextWrapping};
use bevy_egui::egui::{
    self, Align, Button, Color32, Layout, Response, ScrollArea, Sense, StrokeKind, TextEdit,
    TextStyle, Ui, Vec2, WidgetInfo, WidgetType, vec2,
};
use datasets::{Column as TableColumn, Gate, Role};
use egui_extras::{Column, TableBuilder};
use egui_phosphor::regular as icons;
use project::{Edit, Project, gesture, node_of};
use theme::{Rgba8, Theme};
use training::Part;

use crate::split::{part_explanation, part_mark, part_word, split_ui};
use crate::style::{CONTROL_HEIGHT, colour, small, strong};
use crate::widgets::{empty, icon_button, word_button};
use crate::{FileIntent, Intent};

/// The most columns shown at a time.
const COLUMNS_PER_PAGE: usize = 8;

/// What the data tab shows.
#[derive(Clone, Copy, Debug)]
pub struct DataView<'a> {
    /// The project, for its table and its split.
    pub project: &'a Project,
    /// The part each row belongs to.
    pub parts: &'a [Part],
    /// Rows in training, validation and test.
    pub counts: [usize; 3],
}

/// What the data tab remembers between passes.
#[derive(Clone, Debug, Default)]
pub struct DataState {
    cell: Option<CellEdit>,
    first_column: usize,
}

/// A cell being typed into.
#[derive(Clone, Debug)]
struct CellEdit {
    row: usize,
    column: datasets::ColumnId,
    text: String,
    /// It was just opened: it takes the keyboard, all of it selected.
    is_new: bool,
}

/// Shows the data.
pub fn data_ui(ui: &mut Ui, theme: &Theme, view: &DataView, state: &mut DataState) -> Vec<Intent> {
    let mut wishes = Vec::new();
    let table = view.project.table();
    if table.columns().is_empty() {
        let sentence =
            "Drag an input and an output neuron onto the canvas: each brings its column.";
        empty(ui, theme, icons::TABLE, sentence);
        return wishes;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = theme.sizes.space_half;
        ui.spacing_mut().button_padding.x = 7.0;
        ui.label(small("Fill with", theme));
        for gate in Gate::ALL {
            let word = match gate {
                Gate::And => "AND",
                Gate::Or => "OR",
                Gate::Xor => "XOR",
            };
            let response = ui.add(Button::new(word).min_size(vec2(0.0, CONTROL_HEIGHT)));
            response.widget_info(|| {
                WidgetInfo::labeled(WidgetType::Button, true, format!("Fill with {word}"))
            });
            let hover = format!("Replace the data by the truth table of {word} over the inputs.");
            if response.on_hover_text(hover).clicked() {
                wishes.push(match gesture::fill_with(view.project, gate) {
                    Ok(edit) => Intent::edit("fill data", edit),
                    Err(error) => Intent::Refuse(format!("The data was not filled: {error}.")),
                });
            }
        }
        let hover = "Load rows from a file of comma-separated values; columns find their neurons by name or in order.";
        if word_button(ui, icons::UPLOAD_SIMPLE, "Load CSV", hover) {
            wishes.push(Intent::File(FileIntent::LoadCsv));
        }
    });
    pager(ui, theme, table.columns().len(), state);
    if table.rows() == 0 {
        empty(
            ui,
            theme,
            icons::ROWS,
            "No rows yet: add one, fill with a gate, or load a CSV file.",
        );
    } else {
        table_ui(ui, theme, view, state, &mut wishes);
    }
    if word_button(ui, icons::PLUS, "Add row", "Add a row of zeros at the end.") {
        wishes.push(Intent::edit("add row", gesture::add_row(view.project)));
    }
    ui.add_space(theme.sizes.space_half);
    split_ui(ui, theme, view.project.split(), view.counts, &mut wishes);
    wishes
}

fn pager(ui: &mut Ui, theme: &Theme, columns: usize, state: &mut DataState) {
    state.first_column = state.first_column.min(columns.saturating_sub(1));
    if columns <= COLUMNS_PER_PAGE {
        state.first_column = 0;
        return;
    }
    ui.horizontal(|ui| {
        let first = state.first_column;
        let last = columns.min(first + COLUMNS_PER_PAGE);
        if icon_button(
            ui,
            icons::CARET_LEFT,
            "Earlier columns",
            "Earlier columns",
            first > 0,
        ) {
            state.first_column = first.saturating_sub(COLUMNS_PER_PAGE);
        }
        ui.label(small(
            format!("columns {} to {last} of {columns}", first + 1),
            theme,
        ));
        if icon_button(
            ui,
            icons::CARET_RIGHT,
            "Later columns",
            "Later columns",
            last < columns,
        ) {
            state.first_column = last;
        }
    });
}

fn column_tone(theme: &Theme, column: &TableColumn) -> Rgba8 {
    match column.role {
        Role::Input => theme.palette.input,
        Role::Target => theme.palette.output,
    }
}

fn table_ui(
    ui: &mut Ui,
    theme: &Theme,
    view: &DataView,
    state: &mut DataState,
    wishes: &mut Vec<Intent>,
) {
    let table = view.project.table();
    let first = state.first_column;
    let shown = &table.columns()[first..table.columns().len().min(first + COLUMNS_PER_PAGE)];
    let marker_width = 44.0;
    let room = ui.available_width() - marker_width - CONTROL_HEIGHT;
    let gaps = ui.spacing().item_spacing.x * (shown.len() + 1) as f32;
    let width = ((room - gaps) / shown.len().max(1) as f32).clamp(52.0, 120.0);
    ScrollArea::horizontal().show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        TableBuilder::new(ui)
            .id_salt("data")
            .cell_layout(Layout::left_to_right(Align::Center))
            .max_scroll_height(232.0)
            .min_scrolled_height(96.0)
            .auto_shrink([false, true])
            .column(Column::exact(marker_width))
            .columns(Column::exact(width), shown.len())
            .column(Column::exact(CONTROL_HEIGHT))
            .header(24.0, |mut header| {
                header.col(|ui| {
                    ui.label(small("row", theme));
                });
                for column in shown {
                    let tone = colour(column_tone(theme, column));
                    header.col(|ui| {
                        let word = match column.role {
                            Role::Input => "An input: fed into the network.",
                            Role::Target => "A target: what the network should answer.",
                        };
                        ui.label(strong(&column.name).color(tone))
                            .on_hover_text(word);
                    });
                }
                header.col(|_| {});
            })
            .body(|body| {
                body.rows(CONTROL_HEIGHT, table.rows(), |mut line| {
                    let row = line.index();
                    let part = view.parts.get(row).copied().unwrap_or(Part::Train);
                    line.col(|ui| marker(ui, theme, row, part));
                    for column in shown {
                        line.col(|ui| cell_ui(ui, theme, row, column, state, wishes));
                    }
                    line.col(|ui| {
                        let name = format!("Delete row {}", row + 1);
                        if icon_button(ui, icons::TRASH, &name, &name, true) {
                            let at = row as u32;
                            wishes.push(Intent::edit(
                                "delete row",
                                Edit::RemoveRows { at, count: 1 },
                            ));
                        }
                    });
                });
            });
    });
}

/// The number of a row and the mark of its part.
fn marker(ui: &mut Ui, theme: &Theme, row: usize, part: Part) {
    let (place, response) = ui.allocate_exact_size(vec2(18.0, CONTROL_HEIGHT), Sense::hover());
    part_mark(ui.painter(), theme, part, place.center(), 6.0);
    ui.label(small((row + 1).to_string(), theme));
    let word = part_word(part);
    response.widget_info(|| {
        WidgetInfo::labeled(
            WidgetType::Other,
            true,
            format!("Row {} is {word}", row + 1),
        )
    });
    response.on_hover_text(part_explanation(part));
}

fn cell_ui(
    ui: &mut Ui,
    theme: &Theme,
    row: usize,
    column: &TableColumn,
    state: &mut DataState,
    wishes: &mut Vec<Intent>,
) {
    let size = network::shape_size(&column.shape);
    if size != 1 {
        let axes: Vec<String> = column.shape.iter().map(ToString::to_string).collect();
        ui.label(small(axes.join("×"), theme))
            .on_hover_text("This value is made of many numbers; load them from a file.");
        return;
    }
    let is_open = state
        .cell
        .as_ref()
        .is_some_and(|cell| cell.row == row && cell.column == column.id);
    let value = column.values.get(row).copied().unwrap_or(0.0);
    let name = || format!("{} row {}", column.name, row + 1);
    let room = vec2(ui.available_width(), CONTROL_HEIGHT - 2.0);
    if !is_open {
        let tone = column_tone(theme, column);
        let fill = colour(theme.palette.control.mix(tone, 0.12));
        let response = closed_cell(ui, room, fill, value);
        response.widget_info(|| WidgetInfo {
            current_text_value: Some(value.to_string()),
            ..WidgetInfo::labeled(WidgetType::Button, true, name())
        });
        if response.clicked() {
            state.cell = Some(CellEdit {
                row,
                column: column.id,
                text: value.to_string(),
                is_new: true,
            });
        }
        return;
    }
    let Some(cell) = &mut state.cell else { return };
    let mut output = TextEdit::singleline(&mut cell.text)
        .desired_width(room.x)
        .min_size(room)
        .horizontal_align(Align::Center)
        .vertical_align(Align::Center)
        .show(ui);
    let response = &output.response.response;
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(cell.text.clone()),
        ..WidgetInfo::labeled(WidgetType::TextEdit, true, name())
    });
    if cell.is_new {
        response.request_focus();
        let all = egui::text::CCursorRange::select_all(&output.galley);
        output.state.cursor.set_char_range(Some(all));
        output.state.store(ui.ctx(), response.id);
        cell.is_new = false;
    }
    if response.lost_focus() {
        let is_cancelled = ui.input(|input| input.key_pressed(egui::Key::Escape));
        let typed = std::mem::take(&mut cell.text);
        state.cell = None;
        if is_cancelled {
            return;
        }
        match read_number(&typed) {
            Some(number) if number == value => {}
            Some(number) => wishes.push(Intent::edit(
                "edit cell",
                Edit::SetCell {
                    row: row as u32,
                    node: node_of(column.id),
                    element: 0,
                    value: number,
                },
            )),
            None => wishes.push(Intent::Refuse(format!(
                "“{}” is no number: {} keeps {value}.",
                typed.trim(),
                name()
            ))),
        }
    }
}

/// A cell that is looked at. It is what egui's button would be, at a third of its cost:
/// over a hundred of them are laid out in each frame of training.
fn closed_cell(ui: &mut Ui, size: Vec2, fill: Color32, value: f32) -> Response {
    let (place, response) = ui.allocate_exact_size(size, Sense::click());
    if !ui.is_rect_visible(place) {
        return response;
    }
    let visuals = *ui.style().interact(&response);
    let (font, ink) = (TextStyle::Button.resolve(ui.style()), visuals.text_color());
    let text = value.to_string().replace('-', "−");
    let mut job = LayoutJob::simple_singleline(text, font, ink);
    job.wrap = TextWrapping::truncate_at_width(size.x - 2.0 * ui.spacing().button_padding.x);
    let painter = ui.painter();
    painter.rect(
        place.expand(visuals.expansion),
        visuals.corner_radius,
        fill,
        visuals.bg_stroke,
        StrokeKind::Inside,
    );
    let galley = painter.layout_job(job);
    let corner = place.center() - 0.5 * galley.size();
    painter.galley(corner, galley, ink);
    response
}

/// A finite number as people type it: with a point or a comma, with a minus or a
/// hyphen.
#[must_use]
pub fn read_number(text: &str) -> Option<f32> {
    let text = text.trim().replace('−', "-").replace(',', ".");
    let number: f32 = text.parse().ok()?;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for (text, expected) in [
            (" 1.5 ", Some(1.5)),
            ("0,25", Some(0.25)),
            ("−3", Some(-3.0)),
            ("1e-3", Some(0.001)),
            ("abc", None),
            ("", None),
            ("inf", None),
            ("NaN", None),
            ("1e99", None),
        ] {
            assert_eq!(read_number(text), expected, "{text:?}");
        }
    }
}
