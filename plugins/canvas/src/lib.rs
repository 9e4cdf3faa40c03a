//! The canvas: everything that is drawn between the panels.
#![doc = include_str!("../README.md")]

pub mod drawing;
pub mod glyph;
mod scene;
#[cfg(test)]
mod tests;

use bevy::prelude::*;

pub use scene::{
    Ailing, BINS, Band, Bundle, Drawn, DrawnGroup, Folds, Preview, SceneSystems, Shine, Slots,
    Tiles,
};

/// Draws the canvas. Add it after `GraphPlugin` and the plugins of the renderer; without a
/// renderer it keeps its resources and draws nothing.
pub struct CanvasPlugin;

impl Plugin for CanvasPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins((drawing::DrawingPlugin, scene::plugin));
    }
}

#[cfg(test)]
mod plugin_tests {
    use super::drawing::{Flow, NeuronInstances, StageTheme, WireInstance, WireInstances};
    use super::*;

    fn create_test_app() -> App {
        let mut app = App::new();
        app.add_plugins((MinimalPlugins, graph::GraphPlugin, CanvasPlugin));
        app
    }

    #[test]
    fn without_a_renderer_the_plugin_keeps_its_resources_and_runs() {
        let mut app = create_test_app();
        app.world_mut()
            .resource_mut::<WireInstances>()
            .push(WireInstance::between(0, 1));
        for _ in 0..3 {
            app.update();
        }
        assert_eq!(app.world().resource::<WireInstances>().len(), 1);
        assert!(app.world().resource::<NeuronInstances>().is_empty());
    }

    #[test]
    fn time_stands_still_while_nothing_flows_and_when_motion_is_reduced() {
        let mut app = create_test_app();
        let two_updates = |app: &mut App| {
            app.update();
            std::thread::sleep(std::time::Duration::from_millis(2));
            app.update();
            app.world().resource::<Flow>().time_secs
        };
        assert_eq!(two_updates(&mut app), 0.0);
        app.world_mut().resource_mut::<Flow>().is_running = true;
        let moved = two_updates(&mut app);
        assert!(moved > 0.0);
        app.world_mut()
            .resource_mut::<StageTheme>()
            .motion
            .is_reduced = true;
        assert_eq!(two_updates(&mut app), moved);
    }

    #[test]
    fn the_background_wears_the_colour_of_the_theme() {
        let mut app = create_test_app();
        app.world_mut().resource_mut::<StageTheme>().0 = theme::Theme::light();
        app.update();
        let clear = app.world().resource::<ClearColor>().0.to_srgba();
        let stage = theme::Theme::light().palette.stage.to_srgb_f32();
        assert!((clear.red - stage[0]).abs() < 1e-3);
    }
}
