//! The drawing core: plain-data resources in, pixels out; it knows nothing of the project.

mod anchors;
mod buffers;
mod culling;
mod groups;
mod instances;
mod maps;
mod neurons;
mod phase;
mod pipeline;
mod stamp;
mod style;
mod wires;

pub use groups::{BundleEnd, GroupInstance, Groups, bundle_between};
pub use instances::{DirtyRanges, Instances, Marks};
pub use maps::{AtlasPatch, ResponseMaps, TILE, encode as encode_response};
pub use neurons::{Glyph, NeuronInstance, NeuronInstances, NeuronKind, NeuronValue, NeuronValues};
pub use stamp::{Scene, Stamp};
pub use style::{Flow, Spotlight, StageReadiness, StageTheme, Tells, WireStyle};
pub use wires::{Loose, LooseWire, WireInstance, WireInstances, WireValues};

use bevy::prelude::*;
use bevy::render::RenderApp;
use bevy::render::extract_component::{ExtractComponent, ExtractComponentPlugin};
use bevy::window::RequestRedraw;

/// Draws the canvas on the camera that carries it, whatever its target: a
/// window or an image of any size.
///
/// Multisampling is off: every outline is smoothed analytically in its shader,
/// which costs a fraction and looks the same on WebGL2.
#[derive(Component, Clone, Copy, Debug, Default, ExtractComponent)]
#[require(Camera2d, Msaa::Off)]
pub struct StageCamera;

/// Draws what the resources of this module hold, and nothing else: enough for a
/// picture without a project. Without a renderer (headless tests) it keeps the
/// resources and draws nothing. Add it after the plugins of the renderer.
pub struct DrawingPlugin;

impl Plugin for DrawingPlugin {
    fn build(&self, app: &mut App) {
        plugin(app);
    }
}

fn plugin(app: &mut App) {
    app.init_resource::<NeuronInstances>()
        .init_resource::<NeuronValues>()
        .init_resource::<WireInstances>()
        .init_resource::<WireValues>()
        .init_resource::<LooseWire>()
        .init_resource::<Groups>()
        .init_resource::<ResponseMaps>()
        .init_resource::<StageTheme>()
        .init_resource::<Flow>()
        .init_resource::<Spotlight>()
        .init_resource::<WireStyle>()
        .init_resource::<StageReadiness>()
        .init_resource::<ClearColor>()
        .add_message::<RequestRedraw>()
        .add_systems(
            PostUpdate,
            (
                style::advance_flow.run_if(style::flow_moves),
                style::paint_background.run_if(resource_changed::<StageTheme>),
            ),
        );

    if app.get_sub_app(RenderApp).is_none() {
        return;
    }
    app.add_plugins(ExtractComponentPlugin::<StageCamera>::default())
        .add_systems(PostUpdate, style::ask_for_frames_until_ready);
    let readiness = app.world().resource::<StageReadiness>().clone();
    let shaders = pipeline::add_shaders(&mut app.world_mut().resource_mut::<Assets<Shader>>());
    if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
        render_app
            .insert_resource(shaders)
            .insert_resource(readiness);
        buffers::plugin(render_app);
        phase::plugin(render_app);
    }
}
