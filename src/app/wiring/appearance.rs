//! Panels, window → panels, canvas: the look a person chose, or the system's until then.

use bevy::prelude::*;
use bevy::window::{PrimaryWindow, WindowTheme, WindowThemeChanged};
use canvas::drawing::StageTheme;
use panels::{PanelTheme, SetTheme};
use theme::Theme;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(Update, take_first_look.run_if(any_new_window));
    app.add_systems(
        Update,
        (
            follow_desktop.run_if(on_message::<WindowThemeChanged>),
            follow_person.run_if(on_message::<SetTheme>),
        )
            .chain(),
    );
}

fn any_new_window(windows: Query<(), Added<PrimaryWindow>>) -> bool {
    !windows.is_empty()
}

/// The look the system had when the window opened.
fn take_first_look(
    windows: Query<&Window, With<PrimaryWindow>>,
    panels: ResMut<PanelTheme>,
    stage: ResMut<StageTheme>,
) {
    if let Ok(Window {
        window_theme: Some(look),
        ..
    }) = windows.single()
    {
        show(with_motion_of(theme_of(*look), &panels), panels, stage);
    }
}

fn follow_desktop(
    mut changes: MessageReader<WindowThemeChanged>,
    panels: ResMut<PanelTheme>,
    stage: ResMut<StageTheme>,
) {
    if let Some(change) = changes.read().last() {
        let theme = with_motion_of(theme_of(change.theme), &panels);
        show(theme, panels, stage);
    }
}

fn follow_person(
    mut wishes: MessageReader<SetTheme>,
    panels: ResMut<PanelTheme>,
    stage: ResMut<StageTheme>,
) {
    if let Some(wish) = wishes.read().last() {
        show(wish.0, panels, stage);
    }
}

fn theme_of(look: WindowTheme) -> Theme {
    match look {
        WindowTheme::Light => Theme::light(),
        WindowTheme::Dark => Theme::dark(),
    }
}

/// The system's look says nothing of how much may move.
fn with_motion_of(theme: Theme, panels: &PanelTheme) -> Theme {
    Theme {
        motion: panels.0.motion,
        ..theme
    }
}

fn show(theme: Theme, mut panels: ResMut<PanelTheme>, mut stage: ResMut<StageTheme>) {
    panels.set_if_neq(PanelTheme(theme));
    stage.set_if_neq(StageTheme(theme));
}
