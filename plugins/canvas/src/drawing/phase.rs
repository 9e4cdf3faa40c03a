//! Puts the layers of the canvas into the transparent 2D phase of each stage camera and draws them.

use bevy::core_pipeline::core_2d::Transparent2d;
use bevy::ecs::query::ROQueryItem;
use bevy::ecs::system::SystemParamItem;
use bevy::ecs::system::lifetimeless::{Read, SRes};
use bevy::math::FloatOrd;
use bevy::prelude::*;
use bevy::render::render_phase::{
    AddRenderCommand, DrawFunctions, PhaseItem, PhaseItemExtraIndex, RenderCommand,
    RenderCommandResult, SetItemPipeline, TrackedRenderPass, ViewSortedRenderPhases,
};
use bevy::render::render_resource::{PipelineCache, SpecializedRenderPipelines};
use bevy::render::sync_world::MainEntity;
use bevy::render::view::{ExtractedView, ViewUniformOffset};
use bevy::render::{Render, RenderSystems};

use super::StageCamera;
use super::buffers::StageBuffers;
use super::pipeline::{StageLayer, StagePipeline, StagePipelineKey};
use super::style::StageReadiness;

pub(super) fn plugin(render_app: &mut SubApp) {
    render_app
        .add_render_command::<Transparent2d, DrawStage>()
        .init_resource::<SpecializedRenderPipelines<StagePipeline>>()
        .add_systems(Render, queue_layers.in_set(RenderSystems::Queue));
    // A phase keeps one item for each entity, so each layer is one.
    render_app.world_mut().spawn_batch(StageLayer::ALL);
}

fn queue_layers(
    draw_functions: Res<DrawFunctions<Transparent2d>>,
    pipeline: Res<StagePipeline>,
    mut pipelines: ResMut<SpecializedRenderPipelines<StagePipeline>>,
    pipeline_cache: Res<PipelineCache>,
    mut phases: ResMut<ViewSortedRenderPhases<Transparent2d>>,
    layers: Query<(Entity, &StageLayer)>,
    views: Query<(&ExtractedView, &Msaa), With<StageCamera>>,
    readiness: Res<StageReadiness>,
) {
    let mut is_ready = !views.is_empty();
    let draw_function = draw_functions.read().id::<DrawStage>();
    for (view, msaa) in &views {
        let Some(phase) = phases.get_mut(&view.retained_view_entity) else {
            continue;
        };
        for (entity, &layer) in &layers {
            let key = StagePipelineKey {
                layer,
                target_format: view.target_format,
                samples: msaa.samples(),
            };
            let pipeline_id = pipelines.specialize(&pipeline_cache, &pipeline, key);
            is_ready &= pipeline_cache.get_render_pipeline(pipeline_id).is_some();
            phase.add_transient(Transparent2d {
                sort_key: FloatOrd(layer.sort_key()),
                // No entity of the main world stands behind a layer.
                entity: (entity, MainEntity::from(Entity::PLACEHOLDER)),
                pipeline: pipeline_id,
                draw_function,
                batch_range: 0..1,
                extracted_index: usize::MAX,
                extra_index: PhaseItemExtraIndex::None,
                indexed: false,
            });
        }
    }
    readiness.set(is_ready);
}

type DrawStage = (SetItemPipeline, DrawLayer);

/// Binds the stage and draws all instances of one layer at once.
struct DrawLayer;

impl<P: PhaseItem> RenderCommand<P> for DrawLayer {
    type Param = SRes<StageBuffers>;
    type ViewQuery = Read<ViewUniformOffset>;
    type ItemQuery = Read<StageLayer>;

    fn render<'w>(
        _item: &P,
        view: ROQueryItem<'w, '_, Self::ViewQuery>,
        layer: Option<ROQueryItem<'w, '_, Self::ItemQuery>>,
        buffers: SystemParamItem<'w, '_, Self::Param>,
        pass: &mut TrackedRenderPass<'w>,
    ) -> RenderCommandResult {
        let buffers = buffers.into_inner();
        let (Some(layer), Some(bind_group)) = (layer, buffers.bind_group()) else {
            return RenderCommandResult::Skip;
        };
        pass.set_bind_group(0, bind_group, &[view.offset]);
        let ribbon = 2 * (buffers.segments() + 1);
        let (instances, vertices) = match layer {
            StageLayer::Grid => {
                pass.draw(0..4, 0..1);
                return RenderCommandResult::Success;
            }
            StageLayer::Wires => (buffers.wires(), ribbon),
            StageLayer::Neurons => (buffers.neurons(), 4),
            StageLayer::Overlay => (buffers.overlay(), ribbon),
        };
        let Some((structure, values, count)) = instances else {
            return RenderCommandResult::Skip;
        };
        pass.set_vertex_buffer(0, structure.slice(..));
        pass.set_vertex_buffer(1, values.slice(..));
        pass.draw(0..vertices, 0..count);
        RenderCommandResult::Success
    }
}
