//! The large map of one neuron, floating over the canvas: its points with their errors, and the choice of its slice.

use bevy_egui::egui::{
    Align, Align2, ComboBox, Context, Label, Layout, Popup, Rect, ScrollArea, Sense, TextStyle, Ui,
    Vec2, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icons;
use graph::Pinned;
use network::{NodeId, Role};
use theme::Theme;
use training::{Part, Spread};

use crate::Intent;
use crate::gaze::{Gaze, Pointing, anchor, corner};
use crate::map::{AXIS_ROOM, MapView, map_ui, tidy};
use crate::points::{Point, paint_point};
use crate::style::{CONTROL_HEIGHT, colour, floating, small, strong};
use crate::widgets::{icon_button, role_colour, slider};

/// The side of the map as a share of the width and height of the free area: beside a
/// neuron in its middle there is room for it,
const SHARES: Vec2 = vec2(0.32, 0.42);
/// and within these limits, in logical pixels.
const SIDES: [f32; 2] = [200.0, 520.0];

/// With less room than this for a map it is not shown.
const LEAST: f32 = 110.0;

/// Height of what stands above and below the map at least.
const AROUND: f32 = 132.0;

/// From the sheet's edge to what is in it.
const MARGIN: f32 = 12.0;

/// Room for a mark in the legend.
const MARK: f32 = 24.0;

/// The most inputs that can be held by hand.
const MOST_HELD: usize = 32;

/// What the large map shows.
#[derive(Clone, Debug)]
pub struct PortraitView<'a> {
    /// The neuron.
    pub node: NodeId,
    /// What it is called.
    pub name: &'a str,
    /// What it is for.
    pub role: Role,
    /// Whether it stays until it is let go.
    pub is_pinned: bool,
    /// Its map, once there is one.
    pub map: Option<MapView<'a>>,
    /// The inputs that may span it, with what they are called.
    pub inputs: Vec<(NodeId, &'a str)>,
    /// The inputs that do not.
    pub others: Vec<OtherView<'a>>,
}

/// An input that does not span the map.
#[derive(Clone, Copy, Debug)]
pub struct OtherView<'a> {
    /// The input.
    pub node: NodeId,
    /// What it is called.
    pub name: &'a str,
    /// Where it is held.
    pub value: f32,
    /// Whether a person chose that; else it is at its mean.
    pub is_chosen: bool,
    /// How its values are spread.
    pub spread: Spread,
}

/// What the large map remembers between passes.
#[derive(Clone, Copy, Debug)]
pub struct PortraitState {
    gaze: Gaze,
    corner: Align2,
    /// Where it was last, and whose it was.
    place: Rect,
    node: Option<NodeId>,
}

impl Default for PortraitState {
    fn default() -> Self {
        Self {
            gaze: Gaze::default(),
            corner: Align2::RIGHT_TOP,
            place: Rect::NOTHING,
            node: None,
        }
    }
}

impl PortraitState {
    /// Whose map is shown: that of the neuron pinned, else of the one a pointer rests on.
    pub fn subject(
        &mut self,
        ctx: &Context,
        theme: &Theme,
        pinned: Pinned,
        pointed: Option<NodeId>,
    ) -> Option<NodeId> {
        if pinned.0.is_some() {
            self.gaze = Gaze::default();
            return pinned.0;
        }
        let is_inside = |at| self.gaze.shown().is_some() && self.place.contains(at);
        let pointing = ctx.input(|input| Pointing {
            now: input.time,
            rest_secs: f64::from(theme.motion.hover_delay_ms) / 1000.0,
            node: pointed,
            is_on_map: input.pointer.hover_pos().is_some_and(is_inside),
            is_dragging: input.pointer.is_decidedly_dragging(),
        });
        let pointing = Pointing {
            is_on_map: pointing.is_on_map || Popup::is_any_open(ctx),
            ..pointing
        };
        if let Some(wait) = self.gaze.follow(&pointing) {
            ctx.request_repaint_after_secs(wait as f32);
        }
        if self.gaze.shown().is_none() {
            self.node = None;
        }
        self.gaze.shown()
    }
}

/// Shows the large map in a corner of the free area, away from its neuron and from
/// others, which are here in the window. While it is not pinned, and there is no such
/// corner, it is not shown.
pub fn portrait_sheet(
    ctx: &Context,
    theme: &Theme,
    view: &PortraitView,
    free: Rect,
    neuron: Option<Rect>,
    neurons: &[Rect],
    state: &mut PortraitState,
) -> Vec<Intent> {
    let [least, most] = SIDES;
    let side = (SHARES * free.size())
        .min_elem()
        .clamp(least, most)
        .min(free.height() - AROUND)
        .min(free.width() - AXIS_ROOM.x - 4.0 * MARGIN)
        .floor();
    if side < LEAST {
        state.place = Rect::NOTHING;
        return Vec::new();
    }
    let before = state.place.size();
    let size = if state.place.is_positive() {
        before
    } else {
        vec2(side + AXIS_ROOM.x, side + AROUND)
    };
    // A pinned map stays where it appeared.
    if !view.is_pinned || state.node != Some(view.node) {
        match corner(free, size, neuron, neurons, state.corner) {
            Some(corner) => state.corner = corner,
            None if view.is_pinned => {}
            // In a small window a map nobody asked for would only be in the way.
            None => {
                state.place = Rect::NOTHING;
                return Vec::new();
            }
        }
        state.node = Some(view.node);
    }
    let at = anchor(free, state.corner);
    let shown = floating(ctx, theme, "large map", state.corner, at, MARGIN, |ui| {
        ui.set_width(side + AXIS_ROOM.x);
        portrait_ui(ui, theme, view, side, free.height() - 4.0 * MARGIN)
    });
    state.place = shown.response.rect;
    shown.inner
}

fn portrait_ui(
    ui: &mut Ui,
    theme: &Theme,
    view: &PortraitView,
    side: f32,
    most_height: f32,
) -> Vec<Intent> {
    let mut wishes = Vec::new();
    let top = ui.cursor().top();
    ui.spacing_mut().item_spacing.y = theme.sizes.space_half;
    header(ui, theme, view, &mut wishes);
    let whole = vec2(side + AXIS_ROOM.x, side + AXIS_ROOM.y);
    let (place, _) = ui.allocate_exact_size(whole, Sense::hover());
    let square = Rect::from_min_size(
        pos2(place.left() + AXIS_ROOM.x, place.top()),
        Vec2::splat(side),
    );
    let Some(map) = &view.map else {
        let dim = colour(theme.palette.text_dim);
        let font = TextStyle::Body.resolve(ui.style());
        ui.painter().text(
            square.center(),
            Align2::CENTER_CENTER,
            "Looking closely …",
            font,
            dim,
        );
        return wishes;
    };
    wishes.extend(map_ui(
        ui,
        theme,
        map,
        &format!("Map of {}", view.name),
        square,
    ));
    let left = (most_height - (ui.cursor().top() - top)).max(CONTROL_HEIGHT);
    ScrollArea::vertical()
        .id_salt("below the large map")
        .max_height(left)
        .min_scrolled_height(left)
        .show(ui, |ui| {
            // Room for the scroll bar.
            ui.set_width(side + AXIS_ROOM.x - theme.sizes.space);
            ui.label(small(map.summary.sentence(), theme));
            if view.is_pinned {
                slice_ui(ui, theme, view, map, &mut wishes);
            }
            legend(ui, theme, map);
        });
    wishes
}

fn header(ui: &mut Ui, theme: &Theme, view: &PortraitView, wishes: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        let tone = colour(role_colour(theme, view.role));
        let title = Label::new(strong(view.name).color(tone)).truncate();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (icon, name, hover, next) = if view.is_pinned {
                let hover = "Let this map go (M or Esc).";
                (icons::PUSH_PIN_SLASH, "Release map", hover, Pinned(None))
            } else {
                let hover = "Keep this map in sight and choose its inputs (M).";
                (icons::PUSH_PIN, "Pin map", hover, Pinned(Some(view.node)))
            };
            if icon_button(ui, icon, name, hover, true) {
                wishes.push(Intent::Pin(next));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(title);
            });
        });
    });
}

/// What the points are, in words and marks.
fn legend(ui: &mut Ui, theme: &Theme, map: &MapView) {
    let summary = &map.summary;
    let is_output = summary.mean_error.is_some();
    let mark = |tone, part| Point::mark(tone, part);
    let mut marks = Vec::new();
    if summary.shown > 0 {
        let words = if is_output {
            ["high target", "low target"]
        } else {
            ["gives much", "gives little"]
        };
        marks.push((mark(1.0, Part::Train), words[0]));
        marks.push((mark(-1.0, Part::Train), words[1]));
    }
    for (part, word) in [(Part::Validation, "validation"), (Part::Test, "test")] {
        if map.points.iter().any(|point| point.part == part) {
            marks.push((mark(1.0, part), word));
        }
    }
    let off = format!("off by {}", tidy(summary.largest_error));
    if is_output && !map.is_line {
        let sized = |share| Point {
            error: Some(0.0),
            error_share: share,
            ..mark(1.0, Part::Train)
        };
        marks.push((sized(0.0), "right"));
        marks.push((sized(1.0), off.as_str()));
    }
    if summary.wrong.is_some() {
        let wrong = Point {
            is_wrong: true,
            ..mark(1.0, Part::Train)
        };
        marks.push((wrong, "wrong class"));
    }
    let rows = |ui: &mut Ui| {
        for (point, word) in marks {
            let font = TextStyle::Small.resolve(ui.style());
            let ink = colour(theme.palette.text_dim);
            let text = ui.painter().layout_no_wrap(word.to_owned(), font, ink);
            let size = vec2(MARK + text.size().x, MARK);
            let (place, response) = ui.allocate_exact_size(size, Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, word));
            let middle = place.left_center() + vec2(0.5 * MARK, 0.0);
            paint_point(ui.painter(), theme, &point, middle, 1.0);
            let at = pos2(place.left() + MARK, middle.y - 0.5 * text.size().y);
            ui.painter().galley(at, text, ink);
        }
    };
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = MARK;
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.horizontal_wrapped(rows);
    });
    let sentence = match (map.others.len(), map.is_line) {
        (_, true) if is_output => {
            "One input: the line is what it gives; a row's distance from it is its error."
                .to_owned()
        }
        (_, true) => "One input: the line is what it gives.".to_owned(),
        (0, false) => return,
        (others, false) => {
            let held = match others {
                1 => "1 other input is held still".to_owned(),
                others => format!("{others} other inputs are held still"),
            };
            format!("{held}: points lie as if on this slice, fainter the farther they are from it.")
        }
    };
    ui.label(small(sentence, theme));
}

/// Which inputs span the map, and where the others are held.
fn slice_ui(
    ui: &mut Ui,
    theme: &Theme,
    view: &PortraitView,
    map: &MapView,
    wishes: &mut Vec<Intent>,
) {
    if map.is_line {
        return;
    }
    let axes = [map.x.node, map.y.node];
    ui.horizontal(|ui| {
        let width = 0.5 * (ui.available_width() - CONTROL_HEIGHT - 2.0 * theme.sizes.space);
        let across = axis_menu(ui, "Across", icons::ARROW_RIGHT, view, axes, 0, width);
        let hover = "Swap the two inputs.";
        if icon_button(ui, icons::SWAP, "Swap inputs", hover, true) {
            wishes.push(Intent::SpanMap([axes[1], axes[0]]));
        }
        let up = axis_menu(ui, "Up", icons::ARROW_UP, view, axes, 1, width);
        wishes.extend(across.or(up).map(Intent::SpanMap));
    });
    for other in view.others.iter().take(MOST_HELD) {
        other_ui(ui, theme, other, wishes);
    }
    if let Some(more) = view
        .others
        .len()
        .checked_sub(MOST_HELD)
        .filter(|more| *more > 0)
    {
        ui.label(small(
            format!("{more} more inputs are at their mean."),
            theme,
        ));
    }
}

fn axis_menu(
    ui: &mut Ui,
    name: &str,
    icon: &str,
    view: &PortraitView,
    axes: [NodeId; 2],
    index: usize,
    width: f32,
) -> Option<[NodeId; 2]> {
    let mut wanted = None;
    let chosen = view.inputs.iter().find(|(id, _)| *id == axes[index]);
    let word = chosen.map_or("", |(_, word)| *word);
    let choose = |ui: &mut Ui| {
        ui.set_max_width(width);
        let menu = ComboBox::from_id_salt(name).selected_text(format!("{icon} {word}"));
        menu.width(width).truncate().show_ui(ui, |ui| {
            for &(id, word) in &view.inputs {
                let is_chosen = id == axes[index];
                if ui.selectable_label(is_chosen, word).clicked() && !is_chosen {
                    // The other axis' input: they change places.
                    let mut next = axes;
                    if id == axes[1 - index] {
                        next[1 - index] = axes[index];
                    }
                    next[index] = id;
                    wanted = Some(next);
                }
            }
        })
    };
    let menu = ui.scope(choose).inner;
    menu.response.widget_info(|| WidgetInfo {
        current_text_value: Some(word.to_owned()),
        ..WidgetInfo::labeled(WidgetType::ComboBox, true, name)
    });
    wanted
}

fn other_ui(ui: &mut Ui, theme: &Theme, other: &OtherView, wishes: &mut Vec<Intent>) {
    let state = if other.is_chosen {
        ""
    } else {
        " · at its mean"
    };
    let tone = colour(theme.palette.input);
    ui.label(small(format!("{}{state}", other.name), theme).color(tone));
    ui.horizontal(|ui| {
        let mut value = other.value;
        let [low, high] = other.spread.range;
        let range = low..=high.max(low + f32::EPSILON);
        let name = format!("Hold {}", other.name);
        let room = ui.available_width() - CONTROL_HEIGHT - theme.sizes.space;
        let change = ui.scope(|ui| {
            ui.set_max_width(room);
            slider(ui, &name, &mut value, range, false)
        });
        if change.inner.is_changed && value.is_finite() {
            wishes.push(Intent::HoldInput(other.node, Some(value)));
        }
        let name = format!("{} at mean", other.name);
        let hover = "Hold it at the mean of its column again.";
        let icon = icons::ARROW_COUNTER_CLOCKWISE;
        if icon_button(ui, icon, &name, hover, other.is_chosen) {
            wishes.push(Intent::HoldInput(other.node, None));
        }
    });
}
