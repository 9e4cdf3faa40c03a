//! The controls a person can see, by their accessible names: for screen readers'
//! testers and for the tests of the whole program.

use bevy::prelude::*;
use bevy_egui::egui::accesskit;
use bevy_egui::{EguiContext, EguiOutput, PrimaryEguiContext};
use serde::{Deserialize, Serialize};

/// One control as a screen reader would tell it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Control {
    /// What it is called.
    pub name: String,
    /// What kind of control it is: "Button", "Slider", …
    pub role: String,
    /// What it says or holds.
    pub value: String,
    /// Left, top, right, bottom, in logical pixels of the window.
    pub bounds: [f64; 4],
    /// Whether it can be used now.
    pub is_enabled: bool,
}

impl Control {
    /// The point a person would press.
    #[must_use]
    pub fn centre(&self) -> [f64; 2] {
        let [left, top, right, bottom] = self.bounds;
        [left.midpoint(right), top.midpoint(bottom)]
    }
}

/// All controls of the last frame, in reading order. Kept up only where
/// [`AccessiblePlugin`] is added.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Controls(pub Vec<Control>);

impl Controls {
    /// The control of this name; the first, if there are several.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Control> {
        self.0.iter().find(|control| control.name == name)
    }
}

/// Keeps [`Controls`] up.
pub struct AccessiblePlugin;

impl Plugin for AccessiblePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Controls>();
        app.add_systems(PreUpdate, enable_names);
        app.add_systems(Last, list_controls.in_set(AccessibleSystems));
    }
}

/// When [`Controls`] are brought up to date, in `Last`.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccessibleSystems;

/// egui builds the tree of names only when somebody asks for it.
fn enable_names(mut contexts: Query<&mut EguiContext, Added<PrimaryEguiContext>>) {
    for mut context in &mut contexts {
        context.get_mut().enable_accesskit();
    }
}

fn list_controls(
    outputs: Query<&EguiOutput, With<PrimaryEguiContext>>,
    mut controls: ResMut<Controls>,
) {
    let Ok(output) = outputs.single() else {
        return;
    };
    let Some(update) = &output.platform_output.accesskit_update else {
        return;
    };
    let found = update
        .nodes
        .iter()
        .filter_map(|(_, node)| control(node))
        .collect();
    controls.set_if_neq(Controls(found));
}

/// A node of the tree of names, if a person can see it.
fn control(node: &accesskit::Node) -> Option<Control> {
    let bounds = node.bounds()?;
    let value = match (node.value(), node.numeric_value(), node.toggled()) {
        (Some(text), _, _) => text.to_owned(),
        (None, Some(number), _) => number.to_string(),
        (None, None, Some(toggled)) => format!("{toggled:?}"),
        (None, None, None) => String::new(),
    };
    let name = node.label().unwrap_or_default().to_owned();
    if name.is_empty() && value.is_empty() {
        return None;
    }
    Some(Control {
        name,
        role: format!("{:?}", node.role()),
        value,
        // egui says bounds in points; the tree's root has the scale.
        bounds: [bounds.x0, bounds.y0, bounds.x1, bounds.y1],
        is_enabled: !node.is_disabled(),
    })
}
