//! The properties of one group: its name, whether it is folded, how wide its picture is.

use bevy_egui::egui::{Align, Key, Slider, TextEdit, Ui, WidgetInfo, WidgetType, vec2};
use egui_phosphor::regular as icons;
use project::{Edit, Group, gesture};
use theme::Theme;

use crate::Intent;
use crate::properties::{PropertiesState, PropertiesView};
use crate::style::{CONTROL_HEIGHT, strong};
use crate::widgets::{term, word_button};

/// Shows one group, all of whose members are selected.
pub(crate) fn group_ui(
    ui: &mut Ui,
    theme: &Theme,
    view: &PropertiesView,
    group: &Group,
    state: &mut PropertiesState,
    wishes: &mut Vec<Intent>,
) {
    let count = group.members.len();
    let neurons = if count == 1 { "neuron" } else { "neurons" };
    ui.label(strong(format!("Group of {count} {neurons}")));
    name_ui(ui, group, state, wishes);
    let (icon, name, label, hover) = if group.is_folded {
        let hover = "Show its neurons and wires one by one.  ]";
        (icons::ARROWS_OUT, "Unfold", "unfold group", hover)
    } else {
        let hover = "Show it as one thing, with a picture of its values.  [";
        (icons::ARROWS_IN, "Fold", "fold group", hover)
    };
    ui.horizontal(|ui| {
        if word_button(ui, icon, name, hover)
            && let Some(edit) = gesture::fold(view.project, group.id, !group.is_folded)
        {
            wishes.push(Intent::edit(label, edit));
        }
        let hover = "Its neurons stay where they are.  Ctrl+Shift+G";
        if word_button(ui, icons::SELECTION_SLASH, "Ungroup", hover) {
            wishes.push(Intent::edit("ungroup", Edit::RemoveGroup(group.id)));
        }
    });
    if count > 1 {
        let hover = "How wide the picture of a folded group is. Its neurons fill it row by row.";
        term(ui, theme, "columns", hover);
        let [mut columns, _] = group.picture_size();
        let slider = ui.add(Slider::new(
            &mut columns,
            1..=count.min(usize::from(u16::MAX)),
        ));
        slider.widget_info(|| WidgetInfo::slider(true, columns as f64, "Columns"));
        if slider.changed() {
            let edit = Edit::SetGroup(Group {
                columns: u16::try_from(columns).ok(),
                ..group.clone()
            });
            wishes.push(Intent::Edit {
                label: "picture of a group",
                edit,
                is_continued: true,
            });
        }
        if slider.drag_stopped() {
            wishes.push(Intent::CloseStep);
        }
    }
}

/// The edit that gives a group another name; `None` where that is the same.
pub(crate) fn rename_group(group: &Group, name: &str) -> Option<Intent> {
    let name = name.trim();
    (name != group.name).then(|| {
        let edit = Edit::SetGroup(Group {
            name: name.to_owned(),
            ..group.clone()
        });
        Intent::edit("rename group", edit)
    })
}

fn name_ui(ui: &mut Ui, group: &Group, state: &mut PropertiesState, wishes: &mut Vec<Intent>) {
    let mut text = match &state.group_name {
        Some((id, text)) if *id == group.id => text.clone(),
        _ => group.name.clone(),
    };
    let width = ui.available_width();
    let field = ui.add(
        TextEdit::singleline(&mut text)
            .char_limit(Group::MAX_NAME)
            .desired_width(width)
            .vertical_align(Align::Center)
            .min_size(vec2(0.0, CONTROL_HEIGHT)),
    );
    field.widget_info(|| WidgetInfo {
        current_text_value: Some(text.clone()),
        ..WidgetInfo::labeled(WidgetType::TextEdit, true, "Group name")
    });
    if field.changed() {
        state.group_name = Some((group.id, text.clone()));
    }
    if field.lost_focus() {
        state.group_name = None;
        let is_cancelled = ui.input(|input| input.key_pressed(Key::Escape));
        if !is_cancelled {
            wishes.extend(rename_group(group, &text));
        }
    }
}
