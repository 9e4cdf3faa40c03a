//! The decision boundary on the side sheet: the map of the selected neuron or the output, and its legend.

use bevy_egui::egui::{Align2, Rect, Sense, TextStyle, Ui, UiBuilder, pos2, vec2};
use graph::Pinned;
use network::NodeId;
use theme::Theme;
use training::Part;

use crate::Intent;
use crate::map::{AXIS_ROOM, MapView, map_ui};
use crate::points::{Point, paint_point};
use crate::style::{colour, number};
use crate::widgets::{empty, icon_button};

/// Room for the legend beside the map.
const LEGEND_ROOM: f32 = 104.0;

/// From one line of it to the next.
const LINE: f32 = 20.0;

/// What the section shows.
#[derive(Clone, Copy, Debug)]
pub struct BoundaryView<'a> {
    /// The neuron whose answers are shown, if there is one.
    pub subject: Option<NodeId>,
    /// How many inputs the network has.
    pub inputs: usize,
    /// The map, once there is one.
    pub map: Option<MapView<'a>>,
}

/// Shows the map; a press on it puts its point into the inputs.
pub fn boundary_ui(ui: &mut Ui, theme: &Theme, view: &BoundaryView) -> Vec<Intent> {
    let Some(map) = &view.map else {
        let sentence = match view.inputs {
            0 => "The map needs an input: what it varies along.",
            _ => "The map appears with an output neuron and some rows of data.",
        };
        empty(ui, theme, egui_phosphor::regular::MAP_TRIFOLD, sentence);
        return Vec::new();
    };
    let side = (ui.available_width() - AXIS_ROOM.x - LEGEND_ROOM).clamp(96.0, 168.0);
    let whole = vec2(ui.available_width(), side + AXIS_ROOM.y);
    let (place, _) = ui.allocate_exact_size(whole, Sense::hover());
    let corner = pos2(place.left() + AXIS_ROOM.x, place.top());
    let square = Rect::from_min_size(corner, vec2(side, side));
    let beside = Rect::from_min_max(pos2(square.right() + 14.0, square.top()), place.max);
    paint_legend(ui, theme, map, beside);
    let mut wishes = map_ui(ui, theme, map, "Decision boundary", square);
    let button = Rect::from_min_max(pos2(beside.left(), beside.bottom() - 36.0), beside.max);
    let mut below = ui.new_child(UiBuilder::new().max_rect(button));
    let (icon, name) = (egui_phosphor::regular::ARROWS_OUT, "Show map large");
    let hover =
        "Show this map large, with the errors of its rows and the choice of its inputs (M).";
    if icon_button(&mut below, icon, name, hover, true) {
        wishes.push(Intent::Pin(Pinned(view.subject)));
    }
    wishes
}

/// What is shown, and what the marks mean.
fn paint_legend(ui: &Ui, theme: &Theme, map: &MapView, place: Rect) {
    let font = TextStyle::Small.resolve(ui.style());
    let painter = ui.painter_at(place);
    let palette = &theme.palette;
    let line = |row: f32, indent: f32, text: &str, tone| {
        let at = pos2(place.left() + indent, place.top() + LINE * row);
        painter.text(at, Align2::LEFT_TOP, text, font.clone(), colour(tone));
    };
    line(0.0, 0.0, map.subject, palette.text);
    let marks = [
        (1.0, 1.0, Part::Train, "high"),
        (2.0, -1.0, Part::Train, "low"),
        (3.2, 1.0, Part::Validation, "validation"),
        (4.2, 1.0, Part::Test, "test"),
    ];
    for (row, tone, part, text) in marks {
        let at = pos2(place.left() + 9.0, place.top() + LINE * row + 8.0);
        paint_point(&painter, theme, &Point::mark(tone, part), at, 1.0);
        line(row, 24.0, text, palette.text_dim);
    }
    if let Some(error) = map.summary.mean_error {
        line(
            5.4,
            0.0,
            &format!("error {}", number(error)),
            palette.text_dim,
        );
    }
    if !map.others.is_empty() {
        line(6.4, 0.0, "others held", palette.text_dim);
    }
}
