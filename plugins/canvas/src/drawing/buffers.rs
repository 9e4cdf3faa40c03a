//! The GPU's copies: uploaded when a revision rose, only where something changed, never cloned on the way.

mod atlas;
mod instances;

use std::ops::Range;

use bevy::prelude::*;
use bevy::render::render_resource::{
    BindGroup, BindGroupEntries, Buffer, BufferDescriptor, BufferId, BufferSlice, BufferUsages,
    PipelineCache, TextureFormat,
};
use bevy::render::renderer::{RenderDevice, RenderQueue};
use bevy::render::view::ViewUniforms;
use bevy::render::{ExtractSchedule, MainWorld, Render, RenderStartup, RenderSystems};

use self::atlas::{Atlas, atlas_height};
use self::instances::Streams;
use super::anchors::{Anchors, Table};
use super::culling::Culling;
use super::groups::Groups;
use super::maps::{ATLAS_WIDTH, AtlasPatch, COLUMNS, ResponseMaps, TILE};
use super::neurons::{NeuronInstances, NeuronValues};
use super::pipeline::{StagePipeline, init_pipeline};
use super::style::{Flow, Spotlight, StageTheme, StageUniform, WireStyle};
use super::wires::{Loose, LooseWire, WireInstance, WireInstances, WireValues};

pub(super) fn plugin(render_app: &mut SubApp) {
    render_app
        .init_resource::<StageBuffers>()
        .add_systems(RenderStartup, (forget_buffers, init_pipeline))
        .add_systems(ExtractSchedule, upload_changes)
        .add_systems(
            Render,
            prepare_bind_group.in_set(RenderSystems::PrepareBindGroups),
        );
}

/// The bytes of one wire in each of its streams.
const WIRE_SIZES: [u64; 3] = [
    size_of::<WireInstance>() as u64,
    size_of::<f32>() as u64,
    size_of::<f32>() as u64,
];

/// Everything the canvas keeps on the GPU.
#[derive(Resource)]
pub(super) struct StageBuffers {
    neurons: Streams<2>,
    wires: Streams<3>,
    loose: Streams<3>,
    groups: Streams<1>,
    bundles: Streams<3>,
    /// The pictures of the groups.
    cells: Table<1>,
    shown_loose: Option<Loose>,
    anchors: Anchors,
    culling: Culling,
    atlas: Option<Atlas>,
    /// Tiles that fit on this device and exist.
    tiles: u32,
    /// What the theme decides, made again only when it changes.
    themed: Option<(StageTheme, StageUniform)>,
    uniform: Option<(Buffer, StageUniform)>,
    bind_group: Option<(BufferId, BindGroup)>,
    /// How far each list of the main world was taken over.
    seen: Seen,
}

/// The revisions that were taken over.
#[derive(Default)]
struct Seen {
    neurons: u64,
    neuron_values: u64,
    wires: u64,
    weights: u64,
    gradients: u64,
    groups: u64,
    cells: u64,
    bundles: u64,
    strengths: u64,
    shares: u64,
}

impl Default for StageBuffers {
    fn default() -> Self {
        Self {
            neurons: Streams::new(["neuron_instances", "neuron_values"]),
            wires: Streams::new(["wire_instances", "wire_weights", "wire_gradients"]),
            loose: Streams::new(["loose_instances", "loose_weights", "loose_gradients"]),
            groups: Streams::new(["group_instances"]),
            bundles: Streams::new(["bundle_instances", "bundle_strengths", "bundle_shares"]),
            cells: Table::new("group_cells", TextureFormat::R32Float),
            shown_loose: None,
            anchors: Anchors::default(),
            culling: Culling::default(),
            atlas: None,
            tiles: 0,
            themed: None,
            uniform: None,
            bind_group: None,
            seen: Seen::default(),
        }
    }
}

impl StageBuffers {
    pub(super) fn bind_group(&self) -> Option<&BindGroup> {
        self.bind_group.as_ref().map(|(_, group)| group)
    }

    /// Both streams of the neurons, and how many there are.
    pub(super) fn neurons(&self) -> Option<([&Buffer; 2], u32)> {
        Some((self.neurons.ready()?, self.neurons.len()))
    }

    /// The streams of a run of wires.
    pub(super) fn wires(&self, run: Range<u32>) -> Option<[BufferSlice<'_>; 3]> {
        slices(&self.wires, run)
    }

    /// The streams of the loose wire, if there is one.
    pub(super) fn loose(&self) -> Option<[BufferSlice<'_>; 3]> {
        slices(&self.loose, 0..self.loose.len())
    }

    /// The stream of the folded groups, and how many there are.
    pub(super) fn groups(&self) -> Option<(&Buffer, u32)> {
        let [instances] = self.groups.ready()?;
        Some((instances, self.groups.len()))
    }

    /// The streams of the bundles, and how many there are: at least one.
    pub(super) fn bundles(&self) -> Option<([BufferSlice<'_>; 3], u32)> {
        let count = self.bundles.len();
        if count == 0 {
            return None;
        }
        Some((slices(&self.bundles, 0..count)?, count))
    }

    pub(super) fn culling(&self) -> &Culling {
        &self.culling
    }

    /// Pieces each ribbon is made of: fewer when there are very many wires.
    pub(super) fn segments(&self) -> u32 {
        segments_for(self.wires.0[0].len)
    }

    fn upload_neurons(
        &mut self,
        instances: &mut NeuronInstances,
        values: &mut NeuronValues,
        groups: &mut Groups,
        loose: Option<Loose>,
        device: &RenderDevice,
        queue: &RenderQueue,
    ) {
        let before = self.seen.groups;
        let regrouped = groups.instances.take_news(&mut self.seen.groups);
        let are_groups_new = before != self.seen.groups;
        let [shown] = &mut self.groups.0;
        shown.upload(groups.instances.as_slice(), &regrouped, 0, device, queue);
        let groups = (groups.instances.as_slice(), are_groups_new);
        let moved = instances.take_news(&mut self.seen.neurons);
        let changed = values.take_news(&mut self.seen.neuron_values);
        let (instances, values) = (instances.as_slice(), values.as_slice());
        let [structure, numbers] = &mut self.neurons.0;
        structure.upload(instances, &moved, 0, device, queue);
        numbers.upload(values, &changed, instances.len(), device, queue);
        let neurons = (instances, moved.as_slice());
        if self
            .anchors
            .upload(neurons, (values, &changed), groups, loose, device, queue)
        {
            self.bind_group = None;
        }
        self.culling.follow_neurons(instances, &moved);
    }

    fn upload_wires(
        &mut self,
        wires: &mut WireInstances,
        values: &mut WireValues,
        device: &RenderDevice,
        queue: &RenderQueue,
    ) {
        let changed = wires.take_news(&mut self.seen.wires);
        let [structure, weights, gradients] = &mut self.wires.0;
        let room = wires.len();
        structure.upload(wires.as_slice(), &changed, 0, device, queue);
        self.culling.follow_wires(wires.as_slice(), &changed);
        let WireValues {
            weights: weight_list,
            gradients: gradient_list,
        } = values;
        for (stream, list, seen) in [
            (weights, weight_list, &mut self.seen.weights),
            (gradients, gradient_list, &mut self.seen.gradients),
        ] {
            let changed = list.take_news(seen);
            stream.upload(list.as_slice(), &changed, room, device, queue);
        }
    }

    fn upload_bundles(&mut self, groups: &mut Groups, device: &RenderDevice, queue: &RenderQueue) {
        let changed = groups.cells.take_news(&mut self.seen.cells);
        let cells = groups.cells.as_slice();
        let texel = |index: usize| [cells.get(index).copied().unwrap_or_default()];
        if self.cells.fit(cells.len(), device) {
            self.bind_group = None;
            self.cells.write(0..cells.len(), texel, queue);
        } else {
            for range in changed {
                self.cells.write(range, texel, queue);
            }
        }
        let changed = groups.bundles.take_news(&mut self.seen.bundles);
        let [structure, strengths, shares] = &mut self.bundles.0;
        let room = groups.bundles.len();
        structure.upload(groups.bundles.as_slice(), &changed, 0, device, queue);
        for (stream, list, seen) in [
            (strengths, &mut groups.strengths, &mut self.seen.strengths),
            (shares, &mut groups.shares, &mut self.seen.shares),
        ] {
            let changed = list.take_news(seen);
            stream.upload(list.as_slice(), &changed, room, device, queue);
        }
    }

    fn upload_loose(&mut self, loose: Option<Loose>, device: &RenderDevice, queue: &RenderQueue) {
        let wires: Vec<WireInstance> = loose
            .iter()
            .map(|loose| WireInstance::loose(loose.marks))
            .collect();
        let weights: Vec<f32> = loose.iter().map(|loose| loose.weight).collect();
        let all = 0..wires.len();
        let [structure, numbers, gradients] = &mut self.loose.0;
        structure.upload(&wires, std::slice::from_ref(&all), 0, device, queue);
        numbers.upload(&weights, std::slice::from_ref(&all), 0, device, queue);
        gradients.upload(&[0.0_f32; 1], &[], 0, device, queue);
    }

    fn upload_maps(&mut self, maps: &mut ResponseMaps, device: &RenderDevice, queue: &RenderQueue) {
        let height_max = device.limits().max_texture_dimension_2d as usize;
        let needed = atlas_height(maps.height(), height_max);
        let atlas = match self.atlas.take() {
            Some(atlas) if atlas.height >= needed => {
                if atlas.revision != maps.revision() {
                    for mut patch in maps.take_dirty() {
                        let end = (patch.y + patch.height).min(atlas.height);
                        if patch.y < end {
                            patch.height = end - patch.y;
                            atlas.write(maps.texels(), patch, queue);
                        }
                    }
                }
                atlas
            }
            _ => {
                self.bind_group = None;
                let atlas = Atlas::new(device, needed);
                maps.take_dirty();
                let height = maps.height().min(needed);
                if height > 0 {
                    let all = AtlasPatch {
                        x: 0,
                        y: 0,
                        width: ATLAS_WIDTH,
                        height,
                    };
                    atlas.write(maps.texels(), all, queue);
                }
                atlas
            }
        };
        self.tiles = maps.len().min(atlas.height / TILE * COLUMNS) as u32;
        self.atlas = Some(Atlas {
            revision: maps.revision(),
            ..atlas
        });
    }

    fn upload_uniform(
        &mut self,
        theme: &StageTheme,
        flow: &Flow,
        (spotlight, wires): (Spotlight, &WireStyle),
        device: &RenderDevice,
        queue: &RenderQueue,
    ) {
        let themed = match self.themed {
            Some((known, uniform)) if known == *theme => uniform,
            _ => StageUniform::new(theme),
        };
        self.themed = Some((*theme, themed));
        let uniform = themed
            .with_flow(flow, theme.motion.is_reduced)
            .with_spotlight(spotlight)
            .with_wires(wires)
            .with_counts(self.segments(), self.wires.0[0].len, self.tiles);
        match &mut self.uniform {
            Some((_, known)) if *known == uniform => {}
            Some((buffer, known)) => {
                *known = uniform;
                queue.write_buffer(buffer, 0, bytemuck::bytes_of(&uniform));
            }
            None => {
                let buffer = device.create_buffer(&BufferDescriptor {
                    label: Some("stage_uniform"),
                    size: size_of::<StageUniform>() as u64,
                    usage: BufferUsages::UNIFORM | BufferUsages::COPY_DST,
                    mapped_at_creation: false,
                });
                queue.write_buffer(&buffer, 0, bytemuck::bytes_of(&uniform));
                self.uniform = Some((buffer, uniform));
                self.bind_group = None;
            }
        }
    }
}

/// A new device starts with nothing: everything is uploaded again.
fn forget_buffers(mut buffers: ResMut<StageBuffers>) {
    *buffers = StageBuffers::default();
}

/// Copies what changed straight from the main world into the queue's staging
/// memory: this is the one moment at which both worlds may be touched, so no
/// list is cloned. When nothing changed it compares a few revisions.
fn upload_changes(
    mut main_world: ResMut<MainWorld>,
    mut buffers: ResMut<StageBuffers>,
    device: Option<Res<RenderDevice>>,
    queue: Option<Res<RenderQueue>>,
) {
    let (Some(device), Some(queue)) = (device, queue) else {
        return;
    };
    let buffers = &mut *buffers;
    let loose = main_world.resource::<LooseWire>().0;
    if buffers.loose.ready().is_none() || buffers.shown_loose != loose {
        buffers.shown_loose = loose;
        buffers.upload_loose(loose, &device, &queue);
    }
    // Taking the dirty ranges is no change anyone should react to.
    main_world.resource_scope(|world, mut instances: Mut<NeuronInstances>| {
        world.resource_scope(|world, mut groups: Mut<Groups>| {
            let mut values = world.resource_mut::<NeuronValues>();
            let instances = instances.bypass_change_detection();
            let values = values.bypass_change_detection();
            let groups = groups.bypass_change_detection();
            buffers.upload_neurons(instances, values, groups, loose, &device, &queue);
            buffers.upload_bundles(groups, &device, &queue);
        });
    });
    main_world.resource_scope(|world, mut wires: Mut<WireInstances>| {
        let mut values = world.resource_mut::<WireValues>();
        let wires = wires.bypass_change_detection();
        let values = values.bypass_change_detection();
        buffers.upload_wires(wires, values, &device, &queue);
    });

    let mut maps = main_world.resource_mut::<ResponseMaps>();
    buffers.upload_maps(maps.bypass_change_detection(), &device, &queue);

    let theme = *main_world.resource::<StageTheme>();
    let flow = *main_world.resource::<Flow>();
    let spotlight = *main_world.resource::<Spotlight>();
    let wires = *main_world.resource::<WireStyle>();
    buffers.upload_uniform(&theme, &flow, (spotlight, &wires), &device, &queue);
}

/// Binds view, stage and textures; again only when one of them was replaced.
fn prepare_bind_group(
    mut buffers: ResMut<StageBuffers>,
    pipeline: Res<StagePipeline>,
    pipeline_cache: Res<PipelineCache>,
    views: Res<ViewUniforms>,
    device: Res<RenderDevice>,
) {
    let (Some(view_buffer), Some(view)) = (views.uniforms.buffer(), views.uniforms.binding())
    else {
        return;
    };
    let buffers = &mut *buffers;
    let (Some((stage, _)), Some(atlas), Some([places, signals]), Some(cells)) = (
        &buffers.uniform,
        &buffers.atlas,
        buffers.anchors.views(),
        buffers.cells.view(),
    ) else {
        return;
    };
    if buffers.bind_group.as_ref().map(|(id, _)| *id) == Some(view_buffer.id()) {
        return;
    }
    let group = device.create_bind_group(
        "stage_bind_group",
        &pipeline_cache.get_bind_group_layout(&pipeline.layout),
        &BindGroupEntries::sequential((
            view,
            stage.as_entire_binding(),
            &atlas.view,
            places,
            signals,
            cells,
        )),
    );
    buffers.bind_group = Some((view_buffer.id(), group));
}

/// The parts of the streams that a run of wires reads; `None` for an empty one.
fn slices(streams: &Streams<3>, run: Range<u32>) -> Option<[BufferSlice<'_>; 3]> {
    // There is no slice of nothing.
    let buffers = streams.ready().filter(|_| !run.is_empty())?;
    Some(std::array::from_fn(|stream| {
        let size = WIRE_SIZES[stream];
        buffers[stream].slice(u64::from(run.start) * size..u64::from(run.end) * size)
    }))
}

fn segments_for(wires: usize) -> u32 {
    match wires {
        0..=2_000 => 32,
        2_001..=10_000 => 20,
        10_001..=200_000 => 12,
        _ => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ribbons_get_coarser_as_wires_get_more() {
        assert!(segments_for(100) > segments_for(5_000));
        assert!(segments_for(5_000) > segments_for(20_000));
        assert!(segments_for(usize::MAX) >= 8);
    }
}
