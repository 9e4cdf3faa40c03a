//! The data: a table that wears the neurons' colours, and how its rows are divided.

use bevy_egui::egui::{
    self, Align, Button, Layout, Painter, Pos2, ScrollArea, Sense, Shape, Stroke, TextEdit,
    TextStyle, Ui, WidgetInfo, WidgetType, vec2,
};
use datasets::{Column as TableColumn, Gate, Role, Split};
use egui_extras::{Column, TableBuilder};
use egui_phosphor::regular as icons;
use project::{Edit, Project, gesture, node_of};
use theme::{Rgba8, Theme};
use training::Part;

use crate::style::{CONTROL_HEIGHT, colour, small, strong};
use crate::widgets::{Change, checkbox, count, empty, icon_button, section, word_button};
use crate::{FileIntent, Intent};

/// The most columns shown at a time.
const COLUMNS_PER_PAGE: usize = 24;

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

/// The word for a part.
pub(crate) fn part_word(part: Part) -> &'static str {
    match part {
        Part::Train => "training",
        Part::Validation => "validation",
        Part::Test => "test",
    }
}

fn part_explanation(part: Part) -> &'static str {
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
    let value = column.values.get(row).copied().unwrap_or(0.0);
    let name = format!("{} row {}", column.name, row + 1);
    let room = vec2(ui.available_width(), CONTROL_HEIGHT - 2.0);
    let is_open = state
        .cell
        .as_ref()
        .is_some_and(|cell| cell.row == row && cell.column == column.id);
    if !is_open {
        let tone = column_tone(theme, column);
        let button = Button::new(value.to_string().replace('-', "−"))
            .fill(colour(theme.palette.control.mix(tone, 0.12)))
            .min_size(room)
            .truncate();
        let response = ui.add(button);
        response.widget_info(|| WidgetInfo {
            current_text_value: Some(value.to_string()),
            ..WidgetInfo::labeled(WidgetType::Button, true, &name)
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
        ..WidgetInfo::labeled(WidgetType::TextEdit, true, &name)
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
                "“{}” is no number: {name} keeps {value}.",
                typed.trim()
            ))),
        }
    }
}

/// A finite number as people type it: with a point or a comma, with a minus or a
/// hyphen.
#[must_use]
pub fn read_number(text: &str) -> Option<f32> {
    let text = text.trim().replace('−', "-").replace(',', ".");
    let number: f32 = text.parse().ok()?;
    number.is_finite().then_some(number)
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

fn split_ui(
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
            let change: Change = count(ui, names[index], &mut percent, 0..=100);
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
