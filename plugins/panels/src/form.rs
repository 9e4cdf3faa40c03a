//! A form over the training settings: each control shows one of them and wishes for its change.

use std::ops::RangeInclusive;

use bevy_egui::egui::{ComboBox, Ui, WidgetInfo, WidgetType};
use project::{Edit, TrainingSettings};
use theme::Theme;

use crate::Intent;
use crate::style::CONTROL_HEIGHT;
use crate::widgets::{checkbox, count, number, slider, term};

/// The settings and where wishes go.
pub(crate) struct Form<'a> {
    pub(crate) theme: &'a Theme,
    pub(crate) settings: &'a TrainingSettings,
    pub(crate) wishes: &'a mut Vec<Intent>,
}

/// What a control is about.
#[derive(Clone, Copy)]
pub(crate) struct About {
    /// Its term, as it is shown.
    pub(crate) term: &'static str,
    /// Its name, for those who do not see it.
    pub(crate) name: &'static str,
    /// The sentence that explains it.
    pub(crate) hover: &'static str,
    /// What undo calls a change of it.
    pub(crate) label: &'static str,
}

/// One choice of a menu.
pub(crate) struct Choice<T> {
    pub(crate) value: T,
    pub(crate) name: &'static str,
    pub(crate) hover: &'static str,
}

impl Form<'_> {
    /// A number to drag or to type, behind its term.
    pub(crate) fn number(
        &mut self,
        ui: &mut Ui,
        about: About,
        shown: (f32, RangeInclusive<f32>, f32),
        set: impl FnOnce(&mut TrainingSettings, f32),
    ) {
        let settings = self.settings;
        self.number_by(ui, about, shown, |value| {
            with(settings, |settings| set(settings, value))
        });
    }

    /// A number whose change is this edit.
    pub(crate) fn number_by(
        &mut self,
        ui: &mut Ui,
        about: About,
        (mut value, range, speed): (f32, RangeInclusive<f32>, f32),
        edit: impl FnOnce(f32) -> Edit,
    ) {
        ui.horizontal(|ui| {
            term(ui, self.theme, about.term, about.hover);
            let (low, high) = (*range.start(), *range.end());
            let change = number(ui, about.name, &mut value, range, speed);
            let value = value.clamp(low, high);
            change.send(self.wishes, about.label, || edit(value));
        });
    }

    /// A slider and the exact number under its term.
    pub(crate) fn slider(
        &mut self,
        ui: &mut Ui,
        about: About,
        (mut value, range, is_logarithmic): (f32, RangeInclusive<f32>, bool),
        (least, most): (f32, f32),
        set: impl FnOnce(&mut TrainingSettings, f32),
    ) {
        term(ui, self.theme, about.term, about.hover);
        let change = slider(ui, about.name, &mut value, range, is_logarithmic);
        let value = value.clamp(least, most);
        let settings = self.settings;
        change.send(self.wishes, about.label, || {
            with(settings, |settings| set(settings, value))
        });
    }

    /// A whole number, behind its term.
    pub(crate) fn count(
        &mut self,
        ui: &mut Ui,
        about: About,
        (mut value, range): (u32, RangeInclusive<u32>),
        set: impl FnOnce(&mut TrainingSettings, u32),
    ) {
        ui.horizontal(|ui| {
            term(ui, self.theme, about.term, about.hover);
            let change = count(ui, about.name, &mut value, range);
            let settings = self.settings;
            change.send(self.wishes, about.label, || {
                with(settings, |settings| set(settings, value))
            });
        });
    }

    /// A checkbox.
    pub(crate) fn check(
        &mut self,
        ui: &mut Ui,
        about: About,
        is_on: bool,
        set: impl FnOnce(&mut TrainingSettings, bool),
    ) {
        if checkbox(ui, about.name, about.hover, is_on) {
            let edit = with(self.settings, |settings| set(settings, !is_on));
            self.wishes.push(Intent::edit(about.label, edit));
        }
    }

    /// A menu under its term; `chosen` is the name of what is chosen. What is pressed
    /// becomes an edit.
    pub(crate) fn menu<T>(
        &mut self,
        ui: &mut Ui,
        about: About,
        chosen: &str,
        choices: impl Iterator<Item = Choice<T>>,
        edit: impl Fn(&TrainingSettings, T) -> Edit,
    ) {
        term(ui, self.theme, about.term, about.hover);
        let width = ui.available_width();
        let response = ComboBox::from_id_salt(about.name)
            .selected_text(chosen)
            .width(width)
            .show_ui(ui, |ui| {
                ui.spacing_mut().interact_size.y = CONTROL_HEIGHT;
                for Choice { value, name, hover } in choices {
                    let is_chosen = name == chosen;
                    let row = ui.selectable_label(is_chosen, name).on_hover_text(hover);
                    if row.clicked() && !is_chosen {
                        let edit = edit(self.settings, value);
                        self.wishes.push(Intent::edit(about.label, edit));
                    }
                }
            })
            .response;
        response.widget_info(|| WidgetInfo {
            current_text_value: Some(chosen.to_owned()),
            ..WidgetInfo::labeled(WidgetType::ComboBox, true, about.name)
        });
    }
}

/// The edit that takes the settings with one thing changed.
pub(crate) fn with(
    settings: &TrainingSettings,
    change: impl FnOnce(&mut TrainingSettings),
) -> Edit {
    let mut settings = settings.clone();
    change(&mut settings);
    Edit::SetTraining(settings)
}
