//! The palette: three neurons and a note to drag onto the canvas.

use std::f32::consts::TAU;

use bevy_egui::egui::{
    self, Id, LayerId, Order, Painter, Pos2, Rect, Sense, Shape, Stroke, TextStyle, Ui, Vec2,
    WidgetInfo, WidgetType, pos2, vec2,
};
use network::{KindId, Role};
use theme::{Rgba8, Theme};

use crate::Intent;
use crate::layout::TILE;
use crate::style::colour;
use crate::widgets::{edge, role_colour};

/// What a tile of the palette shows.
#[derive(Clone, Copy)]
enum Face {
    Neuron(Role),
    Note,
}

/// What is said of the note.
const NOTE_HOVER: &str =
    "A text of yours on the canvas. Drag it onto the canvas, or press it, and write (N).";

/// The neurons of the palette.
const NEURONS: [(KindId, Role, &str, &str); 3] = [
    (
        KindId::INPUT,
        Role::Input,
        "Input neuron",
        "Brings one column of the data into the network. Drag it onto the canvas.",
    ),
    (
        KindId::HIDDEN,
        Role::Hidden,
        "Hidden neuron",
        "Adds up what comes in, each times its weight, and bends the sum. Drag it onto the canvas.",
    ),
    (
        KindId::OUTPUT,
        Role::Output,
        "Output neuron",
        "Gives an answer, which training compares with the data. Drag it onto the canvas.",
    ),
];

/// Shows the palette. What is let go over the canvas goes there, what is just
/// pressed near the middle of `free`, the part of the window no sheet covers.
pub fn palette_ui(ui: &mut Ui, theme: &Theme, free: Rect) -> Vec<Intent> {
    let mut wishes = Vec::new();
    let is_row = ui.available_width() > ui.available_height();
    let layout = if is_row {
        egui::Layout::left_to_right(egui::Align::Center)
    } else {
        egui::Layout::top_down(egui::Align::Center)
    };
    let gaps = 3.0 * ui.spacing().item_spacing;
    let size = if is_row {
        vec2((ui.available_width() - gaps.x) / 4.0, TILE[1] - 8.0)
    } else {
        let height = (ui.available_height() - gaps.y) / 4.0;
        vec2(TILE[0], height.min(TILE[1]))
    };
    ui.with_layout(layout, |ui| {
        for (kind, role, name, hover) in NEURONS {
            let face = Face::Neuron(role);
            wishes.extend(match tile(ui, theme, face, name, hover, size) {
                Some(Use::LetGo(at)) => Some(Intent::PlaceNeuron {
                    kind,
                    at_screen: at.into(),
                }),
                Some(Use::Pressed) => Some(Intent::AddNeuron {
                    kind,
                    near_screen: free.center().into(),
                }),
                None => None,
            });
        }
        wishes.extend(
            match tile(ui, theme, Face::Note, "Note", NOTE_HOVER, size) {
                Some(Use::LetGo(at)) => Some(Intent::PlaceNote {
                    at_screen: Some(at.into()),
                }),
                Some(Use::Pressed) => Some(Intent::PlaceNote { at_screen: None }),
                None => None,
            },
        );
    });
    wishes
}

/// What a person did with a tile of the palette.
enum Use {
    /// Dragged it over the canvas and let it go here.
    LetGo(Pos2),
    /// Pressed it.
    Pressed,
}

/// One tile of the palette.
fn tile(
    ui: &mut Ui,
    theme: &Theme,
    face: Face,
    name: &str,
    hover: &str,
    size: Vec2,
) -> Option<Use> {
    let (place, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, name));
    if response.hovered() || response.has_focus() || response.dragged() {
        let fill = colour(theme.palette.control);
        let edge = edge(ui, &response);
        ui.painter()
            .rect(place, 12.0, fill, edge, egui::StrokeKind::Inside);
        ui.ctx().set_cursor_icon(egui::CursorIcon::Grab);
    }
    // The words stand at the bottom, the neuron takes what they leave.
    const LINE: f32 = 13.0;
    let (first, second) = name.split_once(' ').unwrap_or((name, ""));
    let mut words = vec![(first, theme.palette.text)];
    if size.y > 4.0 * LINE && !second.is_empty() {
        words.push((second, theme.palette.text_dim));
    }
    let text_top = place.bottom() - 2.0 - LINE * words.len() as f32;
    let room = text_top - place.top();
    let middle = pos2(place.center().x, place.top() + 0.5 * room);
    paint_face(ui.painter(), theme, face, middle, (0.38 * room).min(20.0));
    let font = TextStyle::Small.resolve(ui.style());
    for (line, (word, ink)) in words.into_iter().enumerate() {
        ui.painter().text(
            pos2(middle.x, text_top + LINE * line as f32),
            egui::Align2::CENTER_TOP,
            word,
            font.clone(),
            colour(ink),
        );
    }
    if response.dragged()
        && let Some(at) = response.interact_pointer_pos()
    {
        let ghost = LayerId::new(Order::Tooltip, Id::new("tile under the pointer"));
        let painter = ui.ctx().layer_painter(ghost);
        paint_face(&painter, theme, face, at, theme.sizes.neuron_radius);
        ui.ctx().set_cursor_icon(egui::CursorIcon::Grabbing);
    }
    let let_go = response
        .drag_stopped()
        .then(|| response.interact_pointer_pos())
        .flatten()
        .filter(|&at| is_canvas(ui.ctx(), at))
        .map(Use::LetGo);
    let pressed = response.clicked().then_some(Use::Pressed);
    response.on_hover_text(hover);
    let_go.or(pressed)
}

fn paint_face(painter: &Painter, theme: &Theme, face: Face, centre: Pos2, radius: f32) {
    match face {
        Face::Neuron(role) => paint_neuron(painter, theme, role, centre, radius),
        Face::Note => paint_note(painter, theme, centre, radius),
    }
}

/// A sheet with a few lines written on it.
fn paint_note(painter: &Painter, theme: &Theme, centre: Pos2, radius: f32) {
    let sheet = Rect::from_center_size(centre, radius * vec2(2.4, 1.7));
    let ink = theme.palette.text_dim;
    let paper = theme.palette.stage.mix(ink, 0.12);
    let edge = Stroke::new((radius * 0.08).max(1.0), colour(ink));
    painter.rect(sheet, 3.0, colour(paper), edge, egui::StrokeKind::Inside);
    for (line, share) in [(-0.42, 0.72), (0.0, 0.86), (0.42, 0.5)] {
        let from = centre + radius * vec2(-0.9, line);
        let to = from + radius * vec2(1.8 * share, 0.0);
        painter.line_segment([from, to], edge);
    }
}

/// Whether no sheet is under this place.
fn is_canvas(ctx: &egui::Context, at: Pos2) -> bool {
    ctx.content_rect().contains(at)
        && ctx
            .layer_id_at(at)
            .is_none_or(|layer| layer.order == Order::Background)
}

/// Paints a neuron as the canvas shows it: a disc of glass with a flat side where
/// nothing enters or leaves.
pub fn paint_neuron(painter: &Painter, theme: &Theme, role: Role, centre: Pos2, radius: f32) {
    let hue = role_colour(theme, role);
    let outline: Vec<Pos2> = (0..64)
        .map(|step| {
            let (sin, cos) = (TAU * step as f32 / 64.0).sin_cos();
            let is_flat = match role {
                Role::Input => cos < 0.0,
                Role::Hidden => false,
                Role::Output => cos > 0.0,
            };
            // On its flat side the disc becomes a square with round corners.
            let reach = if is_flat {
                (cos.powi(8) + sin.powi(8)).powf(-1.0 / 8.0)
            } else {
                1.0
            };
            centre + radius * reach * vec2(cos, sin)
        })
        .collect();
    // Solid colours: the renderer blends translucent ones darker than they are.
    let glass = theme.palette.stage.mix(hue, 0.30);
    let glow = colour(theme.palette.sheet.mix(hue, 0.14).with_alpha(255));
    painter.circle_filled(centre, radius * 1.28, glow);
    let rim = Stroke::new((radius * 0.11).max(1.5), colour(hue));
    painter.add(Shape::convex_polygon(outline, colour(glass), rim));
    let shine = colour(glass.mix(Rgba8::hex(0xFFFFFF), 0.24));
    painter.add(Shape::ellipse_filled(
        centre - vec2(0.0, 0.42 * radius),
        vec2(0.58, 0.30) * radius,
        shine,
    ));
}
