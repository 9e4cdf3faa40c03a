//! Panels, keys → canvas: how wide wires are, what their colour tells, and whether the legend is open.

use bevy::prelude::*;
use canvas::drawing::{Tells, WireStyle};
use canvas::{SceneSystems, Shine};
use controls::Shortcut;
use graph::{Document, Values};
use panels::wires::{Gradients, WireFacts, WireSettings, WireTells};
use panels::{PanelTheme, ViewIntent};
use storage::Preferences;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<WireSettings>()
        .init_resource::<WireFacts>();
    app.add_systems(Startup, remember_settings);
    app.add_systems(
        Update,
        (
            follow_key.run_if(on_message::<Shortcut>),
            toggle_legend.run_if(on_message::<ViewIntent>),
            keep_settings.run_if(resource_changed::<WireSettings>),
        )
            .chain(),
    );
    app.add_systems(
        PostUpdate,
        (fit_widths, choose_colours)
            .chain()
            .run_if(
                resource_changed::<WireSettings>
                    .or_eager(resource_changed::<Values>)
                    .or_eager(resource_changed::<Shine>),
            )
            .before(SceneSystems::Structure),
    );
}

/// The names the settings are kept under.
const WIDTH_KEPT_AS: &str = "wirewidth";
const FIT_KEPT_AS: &str = "wirefit";
const LEGEND_KEPT_AS: &str = "legend";

/// The words of a choice between two.
const FIT: [&str; 2] = ["by-hand", "automatic"];
const LEGEND: [&str; 2] = ["closed", "open"];

/// What was chosen in an earlier run.
fn remember_settings(preferences: Res<Preferences>, mut settings: ResMut<WireSettings>) {
    let is_second = |name: &str, words: [&str; 2]| {
        let kept = preferences.get(name)?;
        words
            .iter()
            .position(|word| *word == kept)
            .map(|at| at == 1)
    };
    let width = preferences.get(WIDTH_KEPT_AS);
    let width = width.and_then(|word| word.parse::<f32>().ok());
    let before = width.map_or(*settings, |width| settings.with_width(width));
    settings.set_if_neq(WireSettings {
        is_fitted: is_second(FIT_KEPT_AS, FIT).unwrap_or(before.is_fitted),
        is_legend_open: is_second(LEGEND_KEPT_AS, LEGEND).or(before.is_legend_open),
        ..before
    });
}

fn keep_settings(
    settings: Res<WireSettings>,
    preferences: Res<Preferences>,
    mut kept: Local<Option<(f32, bool)>>,
) {
    let now = (settings.width, settings.is_fitted);
    let Some(before) = kept.replace(now) else {
        return;
    };
    if before.0 != now.0 {
        preferences.set(WIDTH_KEPT_AS, &now.0.to_string());
    }
    if before.1 != now.1 {
        preferences.set(FIT_KEPT_AS, FIT[usize::from(now.1)]);
    }
}

fn follow_key(mut shortcuts: MessageReader<Shortcut>, mut settings: ResMut<WireSettings>) {
    for shortcut in shortcuts.read() {
        if *shortcut == Shortcut::ColourByGradient {
            *settings = settings.recoloured();
        }
    }
}

fn toggle_legend(
    mut intents: MessageReader<ViewIntent>,
    preferences: Res<Preferences>,
    mut settings: ResMut<WireSettings>,
) {
    for intent in intents.read() {
        if *intent == ViewIntent::ToggleLegend {
            let is_open = settings.is_legend_open != Some(true);
            settings.is_legend_open = Some(is_open);
            preferences.set(LEGEND_KEPT_AS, LEGEND[usize::from(is_open)]);
        }
    }
}

/// The scale that was found to fit, of which project, and of which numbers.
struct Fitted {
    scale: f32,
    revision: u64,
    project: u64,
}

fn fit_widths(
    settings: Res<WireSettings>,
    values: Res<Values>,
    document: Res<Document>,
    theme: Res<PanelTheme>,
    mut fitted: Local<Option<Fitted>>,
    mut style: ResMut<WireStyle>,
    mut facts: ResMut<WireFacts>,
) {
    let mut scale = settings.width;
    if settings.is_fitted {
        let project = document.project().network().edges().len() as u64;
        let is_known = fitted
            .as_ref()
            .is_some_and(|known| known.revision == values.revision());
        if !is_known {
            // Another network starts anew: only one that learns has something to keep.
            let before = fitted
                .as_ref()
                .filter(|known| known.project == project)
                .map_or(1.0, |known| known.scale);
            let strong = theme::strong_size(weights(&values, values.values()));
            *fitted = Some(Fitted {
                scale: theme::fitted_scale(&theme.0.sizes, strong, before),
                revision: values.revision(),
                project,
            });
        }
        scale *= fitted.as_ref().map_or(1.0, |known| known.scale);
    } else if fitted.is_some() {
        *fitted = None;
    }
    style.set_if_neq(WireStyle { scale, ..*style });
    facts.set_if_neq(WireFacts { scale, ..*facts });
}

/// What is told of gradients is what is drawn: those of the shown row, or of the last batch.
fn choose_colours(
    settings: Res<WireSettings>,
    values: Res<Values>,
    shine: Res<Shine>,
    mut seen: Local<Option<(u64, u64)>>,
    mut style: ResMut<WireStyle>,
    mut facts: ResMut<WireFacts>,
) {
    if settings.tells == WireTells::Weight {
        *seen = None;
        style.set_if_neq(WireStyle {
            tells: Tells::Weight,
            ..*style
        });
        return;
    }
    let now = Some((values.measured(), shine.revision));
    if *seen == now {
        return;
    }
    let before = seen.map_or(1.0, |_| facts.gain);
    *seen = now;
    let is_of_row = !shine.gradients.is_empty() && shine.gradients.len() == values.layout().len();
    let (numbers, gradients) = if is_of_row {
        (shine.gradients.as_slice(), Gradients::OfRow)
    } else if values.gradients().is_empty() {
        (values.gradients(), Gradients::None)
    } else {
        (values.gradients(), Gradients::OfBatch)
    };
    let strong = theme::strong_size(weights(&values, numbers));
    let gain = theme::gradient_gain(strong, before);
    style.set_if_neq(WireStyle {
        tells: Tells::Gradient { gain },
        ..*style
    });
    facts.set_if_neq(WireFacts {
        gain,
        gradients,
        are_zero: strong == 0.0,
        ..*facts
    });
}

/// Of a flat list the numbers that belong to wires.
fn weights<'a>(values: &Values, numbers: &'a [f32]) -> &'a [f32] {
    numbers
        .get(values.layout().edge_numbers())
        .unwrap_or_default()
}
