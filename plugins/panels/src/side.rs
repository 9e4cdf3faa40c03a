//! The sheet beside the canvas: the decision boundary, and tabs of all else.

use bevy_egui::egui::{
    Align, Align2, Button, CollapsingHeader, Layout, RichText, ScrollArea, Ui, UiBuilder,
    WidgetInfo, WidgetType, vec2,
};
use egui_phosphor::regular as icons;
use theme::Theme;

use crate::Intent;
use crate::boundary::{BoundaryView, boundary_ui};
use crate::data::{DataState, DataView, data_ui};
use crate::layout::Form;
use crate::properties::{PropertiesState, PropertiesView, properties_ui};
use crate::settings::{TrainingState, TrainingView, training_ui};
use crate::style::{CONTROL_HEIGHT, strong};
use crate::trial::{TestView, test_ui};
use crate::widgets::icon_button;

/// A tab of the sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// The table and the split.
    #[default]
    Data,
    /// Settings and the loss.
    Training,
    /// Values by hand, evaluation.
    Test,
    /// What is selected.
    Properties,
}

impl Tab {
    const ALL: [Self; 4] = [Self::Data, Self::Training, Self::Test, Self::Properties];

    fn word(self) -> &'static str {
        match self {
            Self::Data => "Data",
            Self::Training => "Training",
            Self::Test => "Test",
            Self::Properties => "Properties",
        }
    }

    fn icon(self) -> &'static str {
        match self {
            Self::Data => icons::TABLE,
            Self::Training => icons::CHART_LINE_DOWN,
            Self::Test => icons::EXAM,
            Self::Properties => icons::SLIDERS_HORIZONTAL,
        }
    }
}

/// What the sheet shows.
#[derive(Clone)]
pub struct SideView<'a> {
    /// The decision boundary.
    pub boundary: BoundaryView<'a>,
    /// The data.
    pub data: DataView<'a>,
    /// Training.
    pub training: TrainingView<'a>,
    /// The test.
    pub test: TestView<'a>,
    /// What is selected.
    pub properties: PropertiesView<'a>,
}

/// What the sheet remembers between passes.
#[derive(Clone, Debug, Default)]
pub struct SideState {
    /// Whether it is unfolded; until the person says, as the window has room.
    pub is_open: Option<bool>,
    /// The tab on top.
    pub tab: Tab,
    data: DataState,
    training: TrainingState,
    properties: PropertiesState,
}

impl SideState {
    /// Whether the sheet is unfolded in a window of this form.
    #[must_use]
    pub fn is_open(&self, form: Form) -> bool {
        self.is_open.unwrap_or(!form.is_compact())
    }
}

/// Shows the sheet, folded or not.
pub fn side_ui(
    ui: &mut Ui,
    theme: &Theme,
    form: Form,
    view: &SideView,
    state: &mut SideState,
) -> Vec<Intent> {
    let mut wishes = Vec::new();
    match (state.is_open(form), form) {
        (false, Form::Narrow) => tabs(ui, form, state),
        (false, _) => strip(ui, state),
        (true, Form::Narrow | Form::Low) => {
            tabs(ui, form, state);
            scrolled(ui, state, |ui, state| {
                boundary_section(ui, theme, view, false, &mut wishes);
                wishes.extend(tab_ui(ui, theme, view, state));
            });
        }
        (true, _) => {
            let whole = ui.available_rect_before_wrap();
            boundary_section(ui, theme, view, true, &mut wishes);
            let side = vec2(CONTROL_HEIGHT, CONTROL_HEIGHT);
            let corner = Align2::RIGHT_TOP.align_size_within_rect(side, whole);
            let mut beside = ui.new_child(UiBuilder::new().max_rect(corner));
            fold_button(&mut beside, icons::CARET_DOUBLE_RIGHT, state);
            tabs(ui, form, state);
            scrolled(ui, state, |ui, state| {
                wishes.extend(tab_ui(ui, theme, view, state));
            });
        }
    }
    wishes
}

/// The map under a heading that folds it.
fn boundary_section(
    ui: &mut Ui,
    theme: &Theme,
    view: &SideView,
    is_open: bool,
    wishes: &mut Vec<Intent>,
) {
    let section = CollapsingHeader::new(strong("Decision boundary"))
        .default_open(is_open)
        .show_unindented(ui, |ui| {
            wishes.extend(boundary_ui(ui, theme, &view.boundary));
        });
    // The name alone belongs to the map itself.
    section.header_response.widget_info(|| {
        WidgetInfo::labeled(WidgetType::CollapsingHeader, true, "Fold decision boundary")
    });
}

fn scrolled(ui: &mut Ui, state: &mut SideState, contents: impl FnOnce(&mut Ui, &mut SideState)) {
    ScrollArea::vertical()
        .id_salt(state.tab.word())
        .auto_shrink(false)
        .show(ui, |ui| {
            // Room for the scroll bar, so that it never covers a number.
            ui.set_max_width(ui.available_width() - 8.0);
            contents(ui, state);
            ui.add_space(8.0);
        });
}

fn tab_ui(ui: &mut Ui, theme: &Theme, view: &SideView, state: &mut SideState) -> Vec<Intent> {
    match state.tab {
        Tab::Data => data_ui(ui, theme, &view.data, &mut state.data),
        Tab::Training => training_ui(ui, theme, &view.training, &mut state.training),
        Tab::Test => test_ui(ui, theme, &view.test),
        Tab::Properties => properties_ui(ui, theme, &view.properties, &mut state.properties),
    }
}

fn tabs(ui: &mut Ui, form: Form, state: &mut SideState) {
    let is_open = state.is_open(form);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        ui.spacing_mut().button_padding.x = 8.0;
        for tab in Tab::ALL {
            let is_shown = is_open && state.tab == tab;
            let ink = ui.visuals().text_color();
            let text = if is_shown {
                strong(tab.word()).color(ink)
            } else {
                RichText::new(tab.word())
            };
            let button = Button::selectable(is_shown, text).min_size(vec2(0.0, 36.0));
            if ui.add(button).clicked() {
                // On a phone, pressing the open tab folds the sheet.
                let folds = is_shown && form.is_compact();
                state.is_open = Some(!folds);
                state.tab = tab;
            }
        }
        if form.is_compact() && is_open {
            let icon = if form == Form::Narrow {
                icons::CARET_DOWN
            } else {
                icons::CARET_DOUBLE_RIGHT
            };
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                fold_button(ui, icon, state);
            });
        }
    });
}

fn fold_button(ui: &mut Ui, icon: &str, state: &mut SideState) {
    if icon_button(ui, icon, "Fold panel", "Give the canvas more room.", true) {
        state.is_open = Some(false);
    }
}

fn strip(ui: &mut Ui, state: &mut SideState) {
    ui.vertical_centered(|ui| {
        if icon_button(
            ui,
            icons::CARET_DOUBLE_LEFT,
            "Unfold panel",
            "Show the panel again.",
            true,
        ) {
            state.is_open = Some(true);
        }
        for tab in Tab::ALL {
            let button =
                Button::new(RichText::new(tab.icon()).size(20.0)).min_size(vec2(36.0, 44.0));
            let response = ui.add(button);
            response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, tab.word()));
            if response.on_hover_text(tab.word()).clicked() {
                state.is_open = Some(true);
                state.tab = tab;
            }
        }
    });
}
