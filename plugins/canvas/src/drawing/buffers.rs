//! The GPU's copies: uploaded when a revision rose, only where something changed, never cloned on the way.

use bevy::prelude::*;
use bevy::render::render_resource::{
    BindGroup, BindGroupEntries, Buffer, BufferDescriptor, BufferId, BufferUsages, Extent3d,
    Origin3d, PipelineCache, TexelCopyBufferLayout, TexelCopyTextureInfo, Texture, TextureAspect,
    TextureDescriptor, TextureDimension, TextureFormat, TextureUsages, TextureView,
    TextureViewDescriptor,
};
use bevy::render::renderer::{RenderDevice, RenderQueue};
use bevy::render::view::ViewUniforms;
use bevy::render::{ExtractSchedule, MainWorld, Render, RenderStartup, RenderSystems};
use bytemuck::Pod;

use super::instances::Instances;
use super::maps::{ATLAS_WIDTH, AtlasPatch, COLUMNS, ResponseMaps, TILE};
use super::neurons::{NeuronInstances, NeuronValues};
use super::pipeline::{StagePipeline, init_pipeline};
use super::style::{Flow, StageTheme, StageUniform};
use super::wires::{OverlayWires, WireInstances, WireValues};

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

/// One list of instances on the GPU. It grows by doubling and is reused.
struct InstanceBuffer {
    label: &'static str,
    buffer: Option<Buffer>,
    /// Bytes it has room for.
    capacity: u64,
    /// Elements that were uploaded.
    len: usize,
    revision: u64,
}

impl InstanceBuffer {
    fn new(label: &'static str) -> Self {
        Self {
            label,
            buffer: None,
            capacity: 0,
            len: 0,
            revision: 0,
        }
    }

    /// Brings the list to the GPU as far as it changed. There is room for
    /// `room` elements at least; those that were never written are zero.
    fn upload<T: Pod>(
        &mut self,
        list: &mut Instances<T>,
        room: usize,
        device: &RenderDevice,
        queue: &RenderQueue,
    ) {
        let size = size_of::<T>() as u64;
        let most = (device.limits().max_buffer_size / size) as usize;
        let room = room.min(most);
        let needed = list.len().max(room).min(most) as u64 * size;
        let is_too_small = self.buffer.is_none() || self.capacity < needed;
        if self.revision == list.revision() && !is_too_small {
            return;
        }
        let items = &list.as_slice()[..list.len().min(most)];
        if is_too_small {
            self.capacity = grown(needed).min(most as u64 * size);
            let buffer = device.create_buffer(&BufferDescriptor {
                label: Some(self.label),
                size: self.capacity,
                usage: BufferUsages::VERTEX | BufferUsages::COPY_DST,
                mapped_at_creation: false,
            });
            queue.write_buffer(&buffer, 0, bytemuck::cast_slice(items));
            self.buffer = Some(buffer);
            self.len = items.len();
            list.take_dirty();
        } else if let Some(buffer) = &self.buffer {
            let (len, old_len) = (items.len(), self.len);
            if old_len > len {
                // What is not there any more is drawn as zero, should anyone read it.
                let gone = vec![0_u8; (old_len - len) * size_of::<T>()];
                queue.write_buffer(buffer, len as u64 * size, &gone);
            }
            self.len = len;
            for mut range in list.take_dirty() {
                range.end = range.end.min(most);
                if range.start < range.end {
                    let bytes = bytemuck::cast_slice(&list.as_slice()[range.clone()]);
                    queue.write_buffer(buffer, range.start as u64 * size, bytes);
                }
            }
        }
        self.revision = list.revision();
    }
}

/// The next power of two, and never so small that the first few edits make it grow.
fn grown(bytes: u64) -> u64 {
    bytes.max(4096).checked_next_power_of_two().unwrap_or(bytes)
}

/// One kind of thing on the GPU: where it is, and what it is worth.
struct Pair {
    structure: InstanceBuffer,
    values: InstanceBuffer,
}

impl Pair {
    fn new(structure: &'static str, values: &'static str) -> Self {
        Self {
            structure: InstanceBuffer::new(structure),
            values: InstanceBuffer::new(values),
        }
    }

    fn upload<S: Pod, V: Pod>(
        &mut self,
        structure: &mut Instances<S>,
        values: &mut Instances<V>,
        device: &RenderDevice,
        queue: &RenderQueue,
    ) {
        self.structure.upload(structure, 0, device, queue);
        self.values.upload(values, structure.len(), device, queue);
    }

    /// Both buffers and the number of instances; nothing if there is nothing to draw.
    fn ready(&self) -> Option<(&Buffer, &Buffer, u32)> {
        let structure = self.structure.buffer.as_ref()?;
        let values = self.values.buffer.as_ref()?;
        let count = u32::try_from(self.structure.len).unwrap_or(u32::MAX);
        (count > 0).then_some((structure, values, count))
    }
}

/// The response maps on the GPU. The texture grows by doubling its height.
struct Atlas {
    texture: Texture,
    view: TextureView,
    height: usize,
    revision: u64,
}

impl Atlas {
    fn new(device: &RenderDevice, height: usize) -> Self {
        let texture = device.create_texture(&TextureDescriptor {
            label: Some("response_maps"),
            size: Extent3d {
                width: ATLAS_WIDTH as u32,
                height: height as u32,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: TextureDimension::D2,
            format: TextureFormat::R8Unorm,
            usage: TextureUsages::TEXTURE_BINDING | TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let view = texture.create_view(&TextureViewDescriptor::default());
        Self {
            texture,
            view,
            height,
            revision: 0,
        }
    }

    fn write(&self, texels: &[u8], patch: AtlasPatch, queue: &RenderQueue) {
        let Some(bytes) = texels.get(patch.span()) else {
            return;
        };
        queue.write_texture(
            TexelCopyTextureInfo {
                texture: &self.texture,
                mip_level: 0,
                origin: Origin3d {
                    x: patch.x as u32,
                    y: patch.y as u32,
                    z: 0,
                },
                aspect: TextureAspect::All,
            },
            bytes,
            TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(ATLAS_WIDTH as u32),
                rows_per_image: None,
            },
            Extent3d {
                width: patch.width as u32,
                height: patch.height as u32,
                depth_or_array_layers: 1,
            },
        );
    }
}

/// The height of a texture that holds `needed` rows: doubled from one row of
/// tiles on, and no more than the device can have.
fn atlas_height(needed: usize, height_max: usize) -> usize {
    needed
        .max(TILE)
        .next_power_of_two()
        .min(height_max / TILE * TILE)
}

/// Everything the canvas keeps on the GPU.
#[derive(Resource)]
pub(super) struct StageBuffers {
    neurons: Pair,
    wires: Pair,
    overlay: Pair,
    atlas: Option<Atlas>,
    /// Tiles that fit on this device and exist.
    tiles: u32,
    /// What the theme decides, made again only when it changes.
    themed: Option<(StageTheme, StageUniform)>,
    uniform: Option<(Buffer, StageUniform)>,
    bind_group: Option<(BufferId, BindGroup)>,
}

impl Default for StageBuffers {
    fn default() -> Self {
        Self {
            neurons: Pair::new("neuron_instances", "neuron_values"),
            wires: Pair::new("wire_instances", "wire_values"),
            overlay: Pair::new("overlay_instances", "overlay_values"),
            atlas: None,
            tiles: 0,
            themed: None,
            uniform: None,
            bind_group: None,
        }
    }
}

impl StageBuffers {
    pub(super) fn bind_group(&self) -> Option<&BindGroup> {
        self.bind_group.as_ref().map(|(_, group)| group)
    }

    pub(super) fn neurons(&self) -> Option<(&Buffer, &Buffer, u32)> {
        self.neurons.ready()
    }

    pub(super) fn wires(&self) -> Option<(&Buffer, &Buffer, u32)> {
        self.wires.ready()
    }

    pub(super) fn overlay(&self) -> Option<(&Buffer, &Buffer, u32)> {
        self.overlay.ready()
    }

    /// Pieces each ribbon is made of: fewer when there are very many wires.
    pub(super) fn segments(&self) -> u32 {
        segments_for(self.wires.structure.len)
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
        device: &RenderDevice,
        queue: &RenderQueue,
    ) {
        let themed = match self.themed {
            Some((known, uniform)) if known == *theme => uniform,
            _ => StageUniform::new(theme),
        };
        self.themed = Some((*theme, themed));
        let uniform = themed.with_flow(flow, theme.motion.is_reduced).with_counts(
            self.segments(),
            self.wires.structure.len,
            self.tiles,
        );
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
    // Taking the dirty ranges is no change anyone should react to.
    main_world.resource_scope(|world, mut structure: Mut<NeuronInstances>| {
        let mut values = world.resource_mut::<NeuronValues>();
        let structure = structure.bypass_change_detection();
        let values = values.bypass_change_detection();
        buffers.neurons.upload(structure, values, &device, &queue);
    });
    main_world.resource_scope(|world, mut structure: Mut<WireInstances>| {
        let mut values = world.resource_mut::<WireValues>();
        let structure = structure.bypass_change_detection();
        let values = values.bypass_change_detection();
        buffers.wires.upload(structure, values, &device, &queue);
    });
    let mut overlay = main_world.resource_mut::<OverlayWires>();
    let OverlayWires { wires, values } = overlay.bypass_change_detection();
    buffers.overlay.upload(wires, values, &device, &queue);

    let mut maps = main_world.resource_mut::<ResponseMaps>();
    buffers.upload_maps(maps.bypass_change_detection(), &device, &queue);

    let theme = *main_world.resource::<StageTheme>();
    let flow = *main_world.resource::<Flow>();
    buffers.upload_uniform(&theme, &flow, &device, &queue);
}

/// Binds view, stage and maps; again only when one of the three was replaced.
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
    let (Some((stage, _)), Some(atlas)) = (&buffers.uniform, &buffers.atlas) else {
        return;
    };
    if buffers.bind_group.as_ref().map(|(id, _)| *id) == Some(view_buffer.id()) {
        return;
    }
    let group = device.create_bind_group(
        "stage_bind_group",
        &pipeline_cache.get_bind_group_layout(&pipeline.layout),
        &BindGroupEntries::sequential((view, stage.as_entire_binding(), &atlas.view)),
    );
    buffers.bind_group = Some((view_buffer.id(), group));
}

fn segments_for(wires: usize) -> u32 {
    match wires {
        0..=2_000 => 32,
        2_001..=10_000 => 20,
        _ => 12,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_grow_by_doubling_from_a_page_on() {
        assert_eq!(grown(0), 4096);
        assert_eq!(grown(4097), 8192);
        assert_eq!(grown(u64::MAX), u64::MAX);
    }

    #[test]
    fn the_atlas_doubles_its_height_up_to_what_the_device_can_have() {
        assert_eq!(atlas_height(0, 8192), 32);
        assert_eq!(atlas_height(96, 8192), 128);
        assert_eq!(atlas_height(100_000, 8192), 8192);
        assert_eq!(atlas_height(100_000, 2049), 2048);
    }

    #[test]
    fn ribbons_get_coarser_as_wires_get_more() {
        assert!(segments_for(100) > segments_for(5_000));
        assert!(segments_for(5_000) > segments_for(20_000));
        assert!(segments_for(usize::MAX) >= 8);
    }
}
