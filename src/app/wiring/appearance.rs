//! Panels, window → panels, canvas, controls: the look a person chose, and whether things move, now
//! or in an earlier run.

use bevy::prelude::*;
use bevy::window::{PrimaryWindow, WindowTheme, WindowThemeChanged};
use canvas::drawing::StageTheme;
use controls::ControlTheme;
use panels::{ChosenLook, PanelTheme, ReduceMotion, SetLook};
use storage::Preferences;
use theme::Look;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<SystemLook>();
    app.init_resource::<ReducedMotion>();
    app.add_systems(Startup, remember_look);
    app.add_systems(
        Update,
        (
            take_first_look.run_if(any_new_window),
            follow_desktop.run_if(on_message::<WindowThemeChanged>),
            follow_person.run_if(on_message::<SetLook>),
            calm_down.run_if(on_message::<ReduceMotion>),
            wear.run_if(
                resource_changed::<ChosenLook>
                    .or_eager(resource_changed::<SystemLook>)
                    .or_eager(resource_changed::<ReducedMotion>),
            ),
        )
            .chain(),
    );
}

/// The name the look is kept under.
const KEPT_AS: &str = "look";
/// The name it is kept under that nothing is to move.
const CALM_KEPT_AS: &str = "motion";
/// What is kept there.
const CALM: &str = "reduced";

/// Whether nothing is to move, in any look.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
struct ReducedMotion(bool);

/// Whether the system is light; dark where it does not say.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
struct SystemLook {
    is_light: bool,
}

impl From<WindowTheme> for SystemLook {
    fn from(theme: WindowTheme) -> Self {
        Self {
            is_light: theme == WindowTheme::Light,
        }
    }
}

/// The look that was chosen in an earlier run.
fn remember_look(
    preferences: Res<Preferences>,
    mut chosen: ResMut<ChosenLook>,
    mut reduced: ResMut<ReducedMotion>,
) {
    reduced.0 = preferences.get(CALM_KEPT_AS).as_deref() == Some(CALM);
    let kept = preferences.get(KEPT_AS);
    if let Some(look) = kept.and_then(|word| Look::of_word(&word)) {
        chosen.0 = look;
    }
}

fn any_new_window(windows: Query<(), Added<PrimaryWindow>>) -> bool {
    !windows.is_empty()
}

/// The look the system had when the window opened.
fn take_first_look(windows: Query<&Window, With<PrimaryWindow>>, mut system: ResMut<SystemLook>) {
    let look = windows.single().ok().and_then(|window| window.window_theme);
    if let Some(look) = look {
        system.set_if_neq(look.into());
    }
}

fn follow_desktop(mut changes: MessageReader<WindowThemeChanged>, mut system: ResMut<SystemLook>) {
    if let Some(change) = changes.read().last() {
        system.set_if_neq(change.theme.into());
    }
}

fn follow_person(
    mut wishes: MessageReader<SetLook>,
    preferences: Res<Preferences>,
    mut chosen: ResMut<ChosenLook>,
) {
    if let Some(&SetLook(look)) = wishes.read().last()
        && chosen.set_if_neq(ChosenLook(look))
    {
        preferences.set(KEPT_AS, look.word());
    }
}

fn calm_down(
    mut wishes: MessageReader<ReduceMotion>,
    preferences: Res<Preferences>,
    mut reduced: ResMut<ReducedMotion>,
) {
    if let Some(&ReduceMotion(is_reduced)) = wishes.read().last()
        && reduced.set_if_neq(ReducedMotion(is_reduced))
    {
        preferences.set(CALM_KEPT_AS, if is_reduced { CALM } else { "full" });
    }
}

fn wear(
    chosen: Res<ChosenLook>,
    reduced: Res<ReducedMotion>,
    system: Res<SystemLook>,
    mut panels: ResMut<PanelTheme>,
    mut stage: ResMut<StageTheme>,
    mut controls: ResMut<ControlTheme>,
) {
    let mut theme = chosen.0.theme(system.is_light);
    theme.motion.is_reduced |= reduced.0;
    panels.set_if_neq(PanelTheme(theme));
    stage.set_if_neq(StageTheme(theme));
    controls.set_if_neq(ControlTheme(theme));
}
