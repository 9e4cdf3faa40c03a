//! Puts the layers of the canvas into the transparent 2D phase of each stage camera and draws them.

use std::ops::Range;

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
use bevy::render::render_resource::{BufferSlice, PipelineCache, SpecializedRenderPipelines};
use bevy::render::sync_world::MainEntity;
use bevy::render::view::{ExtractedView, ViewUniformOffset};
use bevy::render::{Render, RenderSystems};

use geometry::Rect;

use super::StageCamera;
use super::buffers::StageBuffers;
use super::pipeline::{StageLayer, StagePipeline, StagePipelineKey};
use super::style::StageReadiness;

pub(super) fn plugin(render_app: &mut SubApp) {
    render_app
        .add_render_command::<Transparent2d, DrawStage>()
        .init_resource::<SpecializedRenderPipelines<StagePipeline>>()
        .add_systems(
            Render,
            (look_around, queue_layers).in_set(RenderSystems::Queue),
        );
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
    // A camera that rests says nothing of what could be drawn.
    if views.is_empty() {
        return;
    }
    let mut is_ready = true;
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

/// The runs of wires that a view may see, and what they were found for.
#[derive(Component)]
struct WiresInSight {
    view: Rect,
    revision: u64,
    runs: Vec<Range<u32>>,
}

/// Finds the wires in sight, when the view or the scene has moved.
fn look_around(
    mut commands: Commands,
    buffers: Res<StageBuffers>,
    mut views: Query<(Entity, &ExtractedView, Option<&mut WiresInSight>), With<StageCamera>>,
) {
    let culling = buffers.culling();
    for (entity, view, known) in &mut views {
        let view = seen_by(view);
        let revision = culling.revision();
        if known
            .as_ref()
            .is_some_and(|known| known.view == view && known.revision == revision)
        {
            continue;
        }
        let runs = culling.in_sight(view);
        let now = WiresInSight {
            view,
            revision,
            runs,
        };
        match known {
            Some(mut known) => *known = now,
            None => {
                commands.entity(entity).insert(now);
            }
        }
    }
}

/// The part of the canvas that a view shows.
fn seen_by(view: &ExtractedView) -> Rect {
    let centre = view.world_from_view.translation();
    let half = [view.clip_from_view.x_axis.x, view.clip_from_view.y_axis.y]
        .map(|scale| scale.abs().recip());
    Rect::from_corners(
        [centre.x - half[0], centre.y - half[1]],
        [centre.x + half[0], centre.y + half[1]],
    )
}

/// Binds the stage and draws what is in sight of one layer.
struct DrawLayer;

impl<P: PhaseItem> RenderCommand<P> for DrawLayer {
    type Param = SRes<StageBuffers>;
    type ViewQuery = (Read<ViewUniformOffset>, Option<Read<WiresInSight>>);
    type ItemQuery = Read<StageLayer>;

    fn render<'w>(
        _item: &P,
        (view, in_sight): ROQueryItem<'w, '_, Self::ViewQuery>,
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
        match layer {
            StageLayer::Grid => pass.draw(0..4, 0..1),
            StageLayer::Neurons => {
                let Some((streams, count @ 1..)) = buffers.neurons() else {
                    return RenderCommandResult::Skip;
                };
                for (slot, stream) in streams.into_iter().enumerate() {
                    pass.set_vertex_buffer(slot, stream.slice(..));
                }
                pass.draw(0..4, 0..count);
            }
            StageLayer::Wires => {
                for run in in_sight.iter().flat_map(|wires| &wires.runs) {
                    let Some(streams) = buffers.wires(run.clone()) else {
                        return RenderCommandResult::Skip;
                    };
                    draw_wires(pass, streams, ribbon, run.end - run.start);
                }
                if let Some((streams, count @ 1..)) = buffers.bundles() {
                    draw_wires(pass, streams, ribbon, count);
                }
            }
            StageLayer::Groups => {
                if let Some((instances, count @ 1..)) = buffers.groups() {
                    pass.set_vertex_buffer(0, instances.slice(..));
                    pass.draw(0..4, 0..count);
                }
            }
            StageLayer::Overlay => {
                if let Some(streams) = buffers.loose() {
                    draw_wires(pass, streams, ribbon, 1);
                }
            }
        }
        RenderCommandResult::Success
    }
}

fn draw_wires<'w>(
    pass: &mut TrackedRenderPass<'w>,
    streams: [BufferSlice<'w>; 3],
    ribbon: u32,
    count: u32,
) {
    // The streams are cut off before the run: WebGL2 counts instances from zero only.
    for (slot, stream) in streams.into_iter().enumerate() {
        pass.set_vertex_buffer(slot, stream);
    }
    pass.draw(0..ribbon, 0..count);
}
