//! The minimap: the whole network, small, while not all of it is in view.

use std::sync::Arc;

use bevy::prelude::*;
use bevy_egui::egui::{
    self, Color32, CornerRadius, Mesh, Pos2, Sense, Shape, Stroke, StrokeKind, WidgetInfo,
    WidgetType, pos2, vec2,
};
use bevy_egui::{EguiContexts, EguiPrimaryContextPass};
use canvas::drawing::StageTheme;
use controls::{CameraOrder, Lens, StageView};
use graph::Document;
use network::{Network, Position, Role};
use panels::FreeArea;
use panels::style::{colour, prepare};
use theme::{Rgba8, Theme};

pub(super) fn plugin(app: &mut App) {
    app.add_systems(EguiPrimaryContextPass, show_minimap);
}

/// The largest map, in logical pixels.
const LARGEST: egui::Vec2 = vec2(200.0, 140.0);

/// The least width and height of a map: also of a row of neurons.
const LEAST: f32 = 56.0;

/// With less free space than this a map would be in the way.
const LEAST_FREE: egui::Vec2 = vec2(420.0, 320.0);

/// From the sheet's edge to the map, and from the free area's edge to the sheet.
const GAP: f32 = 8.0;

/// With more neurons than this they are counted in cells.
const MOST_DOTS: usize = 400;

/// The side of such a cell, in logical pixels.
const CELL: f32 = 3.0;

/// Neurons farther apart than this from left to right stand in different layers, in
/// scene units.
const LAYERS_APART: f32 = 120.0;

/// With more layers than this there are none to be seen.
const MOST_LAYERS: usize = 24;

/// What is drawn of a network, until it changes.
struct Picture {
    revision: u64,
    theme: Theme,
    place: egui::Rect,
    bounds: geometry::Rect,
    shapes: Vec<Shape>,
}

/// The bounds of the neurons, until they change.
type Known = Option<(u64, Option<geometry::Rect>)>;

fn show_minimap(
    mut contexts: EguiContexts,
    document: Res<Document>,
    view: Res<StageView>,
    free: Res<FreeArea>,
    theme: Res<StageTheme>,
    mut known: Local<Known>,
    mut picture: Local<Option<Picture>>,
    mut orders: MessageWriter<CameraOrder>,
) {
    let Ok(context) = contexts.ctx_mut() else {
        return;
    };
    let network = document.project().network();
    let revision = document.revision();
    if known.is_none_or(|(of, _)| of != revision) {
        let points = network.nodes().map(|node| node.position);
        let bounds = geometry::Rect::enclosing(
            points.map(|point| geometry::Rect::around(point, theme.sizes.neuron_radius)),
        );
        *known = Some((revision, bounds));
    }
    let Some((_, Some(bounds))) = *known else {
        return;
    };
    let lens = Lens {
        centre: view.0.centre.into(),
        units_per_px: view.0.zoom.recip(),
        window_px: Vec2::from(<[f32; 2]>::from(context.content_rect().size())),
    };
    let seen = geometry::Rect::from_corners(
        lens.scene_from_px(free.0.min).into(),
        lens.scene_from_px(free.0.max).into(),
    );
    let room = vec2(free.0.width(), free.0.height());
    if !is_wanted(bounds, seen, theme.sizes.neuron_radius, room) || !prepare(context, &theme) {
        return;
    }
    let map = Map::of(bounds, pos2(free.0.min.x, free.0.max.y));
    let is_drawn = picture.as_ref().is_some_and(|picture| {
        picture.revision == revision
            && picture.theme == **theme
            && picture.place == map.place
            && picture.bounds == bounds
    });
    if !is_drawn {
        *picture = Some(Picture {
            revision,
            theme: **theme,
            place: map.place,
            bounds,
            shapes: shapes(network, &map, &theme),
        });
    }
    let shapes = picture.as_ref().map_or(&[][..], |picture| &picture.shapes);
    if let Some(point) = show(context, &map, &theme, shapes, seen) {
        orders.write(CameraOrder::Centre(point));
        context.request_repaint();
    }
}

/// Whether there is something out of sight, and room to show it.
fn is_wanted(bounds: geometry::Rect, seen: geometry::Rect, radius: f32, room: egui::Vec2) -> bool {
    // A rim that is cut off hides nothing.
    let is_all_seen = (0..2).all(|axis| {
        bounds.min[axis] + radius >= seen.min[axis] && bounds.max[axis] - radius <= seen.max[axis]
    });
    let is_drawable = bounds.size().iter().all(|side| side.is_finite());
    !is_all_seen && is_drawable && room.x >= LEAST_FREE.x && room.y >= LEAST_FREE.y
}

/// Where the map lies, and what of the scene.
#[derive(Clone, Copy, Debug)]
struct Map {
    /// In logical pixels of the window.
    place: egui::Rect,
    /// The middle of the network.
    centre: Position,
    /// Logical pixels per scene unit.
    scale: f32,
}

impl Map {
    /// In the lower left corner of the free area.
    fn of(bounds: geometry::Rect, corner: Pos2) -> Self {
        let [width, height] = bounds.size().map(|side| side.max(1.0));
        let scale = (LARGEST.x / width).min(LARGEST.y / height);
        let size = (scale * vec2(width, height)).max(egui::Vec2::splat(LEAST));
        let min = corner + vec2(2.0 * GAP, -2.0 * GAP - size.y);
        Self {
            place: egui::Rect::from_min_size(min, size),
            centre: bounds.centre(),
            scale,
        }
    }

    fn on_map(&self, point: Position) -> Pos2 {
        let [x, y] = [0, 1].map(|axis| (point[axis] - self.centre[axis]) * self.scale);
        self.place.center() + vec2(x, -y)
    }

    fn to_scene(self, px: Pos2) -> Position {
        let from_middle = (px - self.place.center()) / self.scale;
        [
            self.centre[0] + from_middle.x,
            self.centre[1] - from_middle.y,
        ]
    }
}

/// Shows the map; gives the scene point a person wants to see.
fn show(
    context: &egui::Context,
    map: &Map,
    theme: &Theme,
    shapes: &[Shape],
    seen: geometry::Rect,
) -> Option<Position> {
    let sheet = map.place.expand(GAP);
    egui::Area::new(egui::Id::new("minimap"))
        .fixed_pos(sheet.min)
        .constrain(false)
        .fade_in(false)
        .show(context, |ui| {
            let response = ui.allocate_rect(sheet, Sense::click_and_drag());
            response.widget_info(|| WidgetInfo::labeled(WidgetType::Other, true, "Minimap"));
            let painter = ui.painter_at(sheet);
            painter.rect(
                sheet,
                CornerRadius::from(theme.sizes.corner_radius_control),
                colour(theme.palette.sheet.with_alpha(224)),
                Stroke::new(1.0, colour(theme.palette.sheet_border)),
                StrokeKind::Inside,
            );
            painter.extend(shapes.iter().cloned());
            let view = egui::Rect::from_two_pos(map.on_map(seen.min), map.on_map(seen.max));
            let ink = colour(theme.palette.accent);
            painter.rect(
                view.intersect(sheet.shrink(1.0)),
                CornerRadius::same(2),
                ink.gamma_multiply(0.12),
                Stroke::new(1.5, ink),
                StrokeKind::Inside,
            );
            let is_held = response.is_pointer_button_down_on() || response.clicked();
            let wanted = response.interact_pointer_pos().filter(|_| is_held);
            response.on_hover_text("Press or drag to look elsewhere; F shows everything.");
            wanted.map(|px| map.to_scene(map.place.clamp(px)))
        })
        .inner
}

/// Layers as bands, neurons as dots, or many of them as cells.
fn shapes(network: &Network, map: &Map, theme: &Theme) -> Vec<Shape> {
    let neurons: Vec<(Pos2, Role)> = network
        .nodes()
        .map(|node| (map.on_map(node.position), network.role(node)))
        .collect();
    let veil = theme.palette.sheet.mix(theme.palette.text_dim, 0.28);
    let mut shapes = bands(&neurons, LAYERS_APART * map.scale, colour(veil));
    if neurons.len() > MOST_DOTS {
        shapes.push(Shape::Mesh(Arc::new(cells(&neurons, map, theme))));
        return shapes;
    }
    let radius = (theme.sizes.neuron_radius * map.scale).clamp(2.0, 5.0);
    shapes.extend(neurons.into_iter().map(|(at, role)| {
        let round = radius.ceil() as u8;
        let (west, east) = match role {
            Role::Input => (0, round),
            Role::Hidden => (round, round),
            Role::Output => (round, 0),
        };
        let corners = CornerRadius {
            nw: west,
            sw: west,
            ne: east,
            se: east,
        };
        let square = egui::Rect::from_center_size(at, egui::Vec2::splat(2.0 * radius));
        Shape::rect_filled(square, corners, colour(hue(theme, role)))
    }));
    shapes
}

fn hue(theme: &Theme, role: Role) -> Rgba8 {
    match role {
        Role::Input => theme.palette.input,
        Role::Hidden => theme.palette.hidden,
        Role::Output => theme.palette.output,
    }
}

/// From each layer to the next a band as high as they are: where the wires run.
fn bands(neurons: &[(Pos2, Role)], apart: f32, ink: Color32) -> Vec<Shape> {
    let mut places: Vec<Pos2> = neurons.iter().map(|&(at, _)| at).collect();
    places.sort_unstable_by(|one, other| one.x.total_cmp(&other.x));
    let layers: Vec<egui::Rect> = places
        .chunk_by(|one, other| other.x - one.x < apart)
        .map(egui::Rect::from_points)
        .collect();
    if layers.len() > MOST_LAYERS {
        return Vec::new();
    }
    layers
        .windows(2)
        .map(|pair| {
            let corners = vec![
                pair[0].right_top() - vec2(0.0, 1.0),
                pair[1].left_top() - vec2(0.0, 1.0),
                pair[1].left_bottom() + vec2(0.0, 1.0),
                pair[0].right_bottom() + vec2(0.0, 1.0),
            ];
            Shape::convex_polygon(corners, ink, Stroke::NONE)
        })
        .collect()
}

/// Cells as strong as they are full, in the colour of what most of their neurons are.
fn cells(neurons: &[(Pos2, Role)], map: &Map, theme: &Theme) -> Mesh {
    let columns = (map.place.width() / CELL).ceil().max(1.0) as usize;
    let rows = (map.place.height() / CELL).ceil().max(1.0) as usize;
    let mut counts = vec![[0_u32; 3]; columns * rows];
    for &(at, role) in neurons {
        let offset = (at - map.place.min) / CELL;
        // `as` saturates, and what is just outside counts to the edge.
        let column = (offset.x as usize).min(columns - 1);
        let row = (offset.y as usize).min(rows - 1);
        let kind = match role {
            Role::Input => 0,
            Role::Hidden => 1,
            Role::Output => 2,
        };
        counts[row * columns + column][kind] += 1;
    }
    let fullest = counts.iter().map(|kinds| kinds.iter().sum::<u32>()).max();
    let fullest = fullest.unwrap_or(0).max(1) as f32;
    let mut mesh = Mesh::default();
    for (index, kinds) in counts.iter().enumerate() {
        let all: u32 = kinds.iter().sum();
        if all == 0 {
            continue;
        }
        // Few outputs among many hidden neurons are still to be seen.
        let role = match *kinds {
            [0, 0, _] => Role::Output,
            [0, hidden, outputs] if outputs >= hidden => Role::Output,
            [0, ..] => Role::Hidden,
            [inputs, hidden, _] if inputs >= hidden => Role::Input,
            _ => Role::Hidden,
        };
        let strength = 0.45 + 0.55 * (all as f32 / fullest).sqrt();
        let ink = theme.palette.sheet.mix(hue(theme, role), strength);
        let [column, row] = [index % columns, index / columns].map(|place| place as f32);
        let corner = map.place.min + CELL * vec2(column, row);
        let cell = egui::Rect::from_min_size(corner, egui::Vec2::splat(CELL - 0.5));
        mesh.add_colored_rect(cell, colour(ink.with_alpha(255)));
    }
    mesh
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: geometry::Rect = geometry::Rect {
        min: [-500.0, -100.0],
        max: [500.0, 300.0],
    };

    #[test]
    fn a_point_of_the_map_is_the_scene_point_that_is_drawn_there() {
        let map = Map::of(BOUNDS, pos2(112.0, 712.0));
        assert!(map.place.max.y < 712.0 && map.place.width() <= LARGEST.x);
        for point in [BOUNDS.min, BOUNDS.max, [12.0, 34.0]] {
            let px = map.on_map(point);
            assert!(map.place.expand(0.01).contains(px), "{px}");
            let back = map.to_scene(px);
            assert!(
                (0..2).all(|axis| (back[axis] - point[axis]).abs() < 0.1),
                "{back:?} for {point:?}"
            );
        }
        assert!(map.on_map([0.0, 300.0]).y < map.on_map([0.0, -100.0]).y);
    }

    #[test]
    fn the_map_is_there_while_something_is_out_of_sight_and_there_is_room_for_it() {
        let room = vec2(800.0, 600.0);
        let part = geometry::Rect::from_corners([-400.0, -300.0], [400.0, 300.0]);
        let all = geometry::Rect::from_corners([-480.0, -80.0], [480.0, 280.0]);
        assert!(is_wanted(BOUNDS, part, 26.0, room));
        assert!(!is_wanted(BOUNDS, all, 26.0, room), "a cut rim is no loss");
        assert!(!is_wanted(BOUNDS, part, 26.0, vec2(300.0, 600.0)));
    }

    #[test]
    fn ten_thousand_neurons_are_drawn_as_no_more_cells_than_the_map_has() {
        let map = Map::of(BOUNDS, pos2(112.0, 712.0));
        let neurons: Vec<(Pos2, Role)> = (0..10_000_u16)
            .map(|index| {
                let share = f32::from(index) / 10_000.0;
                let at = [-500.0 + 1000.0 * share, (7.0 * share).sin() * 100.0];
                (map.on_map(at), Role::Hidden)
            })
            .collect();
        let mesh = cells(&neurons, &map, &Theme::dark());
        let most = (map.place.area() / (CELL * CELL)) as usize + 200;
        assert!(!mesh.is_empty() && mesh.vertices.len() / 4 < most);
        assert!(
            bands(&neurons, 24.0, Color32::WHITE).is_empty(),
            "one layer"
        );
    }
}
