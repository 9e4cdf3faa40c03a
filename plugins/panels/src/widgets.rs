//! Small things that several panels are made of.

use std::ops::RangeInclusive;

use bevy_egui::egui::{
    self, Button, DragValue, RichText, Sense, Slider, Stroke, TextEdit, Ui, WidgetInfo, WidgetType,
    text::{CCursor, CCursorRange},
    vec2,
};
use network::Role;
use project::Edit;
use theme::{Rgba8, Theme};

use crate::Intent;
use crate::style::{CONTROL_HEIGHT, colour, number as written, small, strong};

/// Width of a number to drag or to type.
const NUMBER_WIDTH: f32 = 76.0;

/// What became of a number in this pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    /// It is another number now.
    pub is_changed: bool,
    /// The gesture that changes it is over.
    pub is_released: bool,
}

impl Change {
    fn of(response: &egui::Response) -> Self {
        Self {
            is_changed: response.changed(),
            is_released: response.drag_stopped() || response.lost_focus(),
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            is_changed: self.is_changed || other.is_changed,
            is_released: self.is_released || other.is_released,
        }
    }

    /// Wishes for the edit, so that a whole drag is one step to undo.
    pub(crate) fn send(
        self,
        wishes: &mut Vec<Intent>,
        label: &'static str,
        edit: impl FnOnce() -> Edit,
    ) {
        if self.is_changed {
            wishes.push(Intent::Edit {
                label,
                edit: edit(),
                is_continued: true,
            });
        }
        if self.is_released {
            wishes.push(Intent::CloseStep);
        }
    }
}

/// A number to drag or to type, under a name for those who do not see it. While
/// it is typed into, it stands still, even if training changes it meanwhile.
pub(crate) fn number(
    ui: &mut Ui,
    name: &str,
    value: &mut f32,
    range: RangeInclusive<f32>,
    speed: f32,
) -> Change {
    let scope = ui.scope(|ui| {
        ui.spacing_mut().interact_size.x = NUMBER_WIDTH;
        let id = ui.next_auto_id();
        let key = id.with("the number before it is typed into");
        let ctx = ui.ctx().clone();
        let kept = ui.data_mut(|data| data.get_temp::<f32>(key));
        let before = kept.unwrap_or(*value);
        let mut shown = before;
        let drag = DragValue::new(&mut shown)
            .range(range)
            .speed(speed)
            .update_while_editing(false)
            .custom_formatter(move |number, _| {
                // All digits while it is typed into: looking at it loses nothing.
                if ctx.memory(|memory| memory.has_focus(id)) {
                    (number as f32).to_string()
                } else {
                    written(number as f32)
                }
            })
            .custom_parser(|text| crate::data::read_number(text).map(f64::from));
        let response = ui.add(drag);
        if response.clicked() {
            select_digits(ui, id, shown);
        }
        let is_changed = shown != before;
        if is_changed {
            *value = shown;
        }
        let is_typed_into = ui.memory(|memory| memory.has_focus(id));
        ui.data_mut(|data| {
            if is_typed_into {
                data.insert_temp(key, shown);
            } else {
                data.remove::<f32>(key);
            }
        });
        (response, is_changed)
    });
    let (response, is_changed) = scope.inner;
    let now = f64::from(*value);
    response.widget_info(|| WidgetInfo {
        label: Some(name.to_owned()),
        ..WidgetInfo::drag_value(true, now)
    });
    Change {
        is_changed,
        ..Change::of(&response)
    }
}

/// Selects all digits of a number that is about to be typed into, so that what is typed
/// takes their place. egui selects as many letters as were shown before, which are fewer.
fn select_digits(ui: &Ui, id: egui::Id, shown: f32) {
    let digits = shown.to_string().chars().count();
    let mut state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let all = CCursorRange::two(CCursor::default(), CCursor::new(digits));
    state.cursor.set_char_range(Some(all));
    state.store(ui.ctx(), id);
}

/// A whole number to drag or to type.
pub(crate) fn count(
    ui: &mut Ui,
    name: &str,
    value: &mut u32,
    range: RangeInclusive<u32>,
) -> Change {
    let response = ui
        .scope(|ui| {
            ui.spacing_mut().interact_size.x = NUMBER_WIDTH;
            let drag = DragValue::new(value)
                .range(range)
                .speed(0.25)
                .update_while_editing(false);
            ui.add(drag)
        })
        .inner;
    let now = f64::from(*value);
    response.widget_info(|| WidgetInfo {
        label: Some(name.to_owned()),
        ..WidgetInfo::drag_value(true, now)
    });
    Change::of(&response)
}

/// A slider of this width, and beside it the exact number.
pub(crate) fn slider(
    ui: &mut Ui,
    name: &str,
    value: &mut f32,
    range: RangeInclusive<f32>,
    is_logarithmic: bool,
) -> Change {
    let width = (ui.available_width() - NUMBER_WIDTH - 2.0 * ui.spacing().item_spacing.x).max(40.0);
    let (low, high) = (*range.start(), *range.end());
    ui.horizontal(|ui| {
        ui.spacing_mut().slider_width = width;
        let slider = Slider::new(value, range)
            .logarithmic(is_logarithmic)
            .clamping(egui::SliderClamping::Never)
            .smallest_positive(1e-6)
            .show_value(false);
        let response = ui.add(slider);
        let now = f64::from(*value);
        response.widget_info(|| WidgetInfo::slider(true, now, name));
        let speed = if is_logarithmic {
            (value.abs() * 0.02).max(1e-6)
        } else {
            (high - low).abs() / 200.0
        };
        let exact = format!("{name} value");
        let whole = f32::MIN..=f32::MAX;
        Change::of(&response).or(number(ui, &exact, value, whole, speed))
    })
    .inner
}

/// A button of an icon alone: its name says what it does, its hover why.
pub(crate) fn icon_button(
    ui: &mut Ui,
    icon: &str,
    name: &str,
    hover: &str,
    is_enabled: bool,
) -> bool {
    let side = vec2(CONTROL_HEIGHT, CONTROL_HEIGHT);
    let button = faded(ui, RichText::new(icon).size(18.0), is_enabled).min_size(side);
    let response = square(ui, |ui| ui.add_enabled(is_enabled, button));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, is_enabled, name));
    response.on_hover_text(hover).clicked()
}

/// A button that, when it is disabled, lies flat and dim on its sheet.
pub(crate) fn faded(ui: &Ui, text: RichText, is_enabled: bool) -> Button<'static> {
    if is_enabled {
        return Button::new(text);
    }
    let dim = ui.visuals().weak_text_color().gamma_multiply(0.7);
    Button::new(text.color(dim)).fill(egui::Color32::TRANSPARENT)
}

/// Without the room that words need at their sides.
fn square(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> egui::Response) -> egui::Response {
    ui.scope(|ui| {
        ui.spacing_mut().button_padding.x = 4.0;
        add(ui)
    })
    .inner
}

/// A button of an icon and a word; its name is the word.
pub(crate) fn word_button(ui: &mut Ui, icon: &str, word: &str, hover: &str) -> bool {
    let button = Button::new(format!("{icon} {word}")).min_size(vec2(0.0, CONTROL_HEIGHT));
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, word));
    response.on_hover_text(hover).clicked()
}

/// A lock to close and open.
pub(crate) fn lock(ui: &mut Ui, name: &str, is_frozen: bool) -> bool {
    let icon = if is_frozen {
        egui_phosphor::regular::LOCK_SIMPLE
    } else {
        egui_phosphor::regular::LOCK_SIMPLE_OPEN
    };
    let side = vec2(CONTROL_HEIGHT, CONTROL_HEIGHT);
    let button = Button::new(RichText::new(icon).size(18.0))
        .min_size(side)
        .selected(is_frozen);
    let response = square(ui, |ui| ui.add(button));
    response.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, true, is_frozen, name));
    let hover = if is_frozen {
        "Frozen: training and reset leave this number as it is. Press to thaw it."
    } else {
        "Freeze this number: training and reset will leave it as it is."
    };
    response.on_hover_text(hover).clicked()
}

/// Scissors to cut a number out and to give it back.
pub(crate) fn scissors(ui: &mut Ui, name: &str, is_pruned: bool) -> bool {
    let side = vec2(CONTROL_HEIGHT, CONTROL_HEIGHT);
    let button = Button::new(RichText::new(egui_phosphor::regular::SCISSORS).size(18.0))
        .min_size(side)
        .selected(is_pruned);
    let response = square(ui, |ui| ui.add(button));
    response.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, true, is_pruned, name));
    let hover = if is_pruned {
        "Pruned: this wire carries nothing and learns nothing. Press to give it back."
    } else {
        "Prune this wire: it will carry nothing and learn nothing, but stay where it is."
    };
    response.on_hover_text(hover).clicked()
}

/// A checkbox whose name is its word.
pub(crate) fn checkbox(ui: &mut Ui, word: &str, hover: &str, is_on: bool) -> bool {
    let mut now = is_on;
    ui.checkbox(&mut now, word).on_hover_text(hover).changed()
}

/// A term of the field with the sentence that explains it.
pub(crate) fn term(ui: &mut Ui, theme: &Theme, word: &str, hover: &str) {
    ui.add(egui::Label::new(small(word, theme)).sense(Sense::hover()))
        .on_hover_text(hover);
}

/// The heading of a section.
pub(crate) fn section(ui: &mut Ui, word: &str) {
    ui.label(strong(word));
}

/// A sentence where there is nothing yet, that says what to do next.
pub(crate) fn empty(ui: &mut Ui, theme: &Theme, icon: &str, sentence: &str) {
    ui.vertical_centered(|ui| {
        ui.add_space(theme.sizes.space_double);
        let dim = colour(theme.palette.text_dim);
        ui.label(RichText::new(icon).size(28.0).color(dim));
        ui.label(RichText::new(sentence).color(dim));
        ui.add_space(theme.sizes.space_double);
    });
}

/// A sentence with an icon in front, in the colour of its gravity.
pub(crate) fn remark(ui: &mut Ui, icon: &str, tone: Rgba8, sentence: &str) {
    ui.horizontal_top(|ui| {
        ui.label(RichText::new(icon).size(18.0).color(colour(tone)));
        ui.add(egui::Label::new(sentence).wrap());
    });
}

/// The colour of a role.
pub(crate) fn role_colour(theme: &Theme, role: Role) -> Rgba8 {
    match role {
        Role::Input => theme.palette.input,
        Role::Hidden => theme.palette.hidden,
        Role::Output => theme.palette.output,
    }
}

/// A thin bar that is filled from the left to this share.
pub(crate) fn bar(
    ui: &mut Ui,
    theme: &Theme,
    width: f32,
    share: f32,
    tone: Rgba8,
) -> egui::Response {
    let (place, response) = ui.allocate_exact_size(vec2(width, 6.0), Sense::hover());
    let share = if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    };
    let painter = ui.painter();
    painter.rect_filled(place, 3.0, colour(theme.palette.control));
    if share > 0.0 {
        let mut full = place;
        full.set_width((place.width() * share).max(6.0).min(place.width()));
        painter.rect_filled(full, 3.0, colour(tone));
    }
    response
}

/// The edge of something pressed or focused.
pub(crate) fn edge(ui: &Ui, response: &egui::Response) -> Stroke {
    if response.has_focus() {
        ui.visuals().selection.stroke
    } else {
        ui.style().interact(response).bg_stroke
    }
}
