//! The render pipelines of the canvas, one for each layer of it.

use bevy::core_pipeline::core_2d::CORE_2D_DEPTH_FORMAT;
use bevy::mesh::VertexBufferLayout;
use bevy::prelude::*;
use bevy::render::render_resource::binding_types::{
    texture_2d, uniform_buffer, uniform_buffer_sized,
};
use bevy::render::render_resource::{
    BindGroupLayoutDescriptor, BindGroupLayoutEntries, BlendState, ColorTargetState, ColorWrites,
    CompareFunction, DepthStencilState, FragmentState, MultisampleState, PrimitiveState,
    PrimitiveTopology, RenderPipelineDescriptor, ShaderStages, SpecializedRenderPipeline,
    TextureFormat, TextureSampleType, VertexAttribute, VertexFormat, VertexState, VertexStepMode,
};
use bevy::render::view::ViewUniform;
use std::num::NonZeroU64;

use super::groups::GroupInstance;
use super::neurons::{NeuronInstance, NeuronValue};
use super::style::StageUniform;
use super::wires::WireInstance;

/// What is drawn, from the back to the front. It sits on one entity of the
/// render world for each layer.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum StageLayer {
    Grid,
    Wires,
    Groups,
    Neurons,
    Overlay,
}

impl StageLayer {
    pub(super) const ALL: [Self; 5] = [
        Self::Grid,
        Self::Wires,
        Self::Groups,
        Self::Neurons,
        Self::Overlay,
    ];

    /// Its place among all transparent things: behind what lies at z = 0 or above.
    pub(super) fn sort_key(self) -> f32 {
        match self {
            Self::Grid => -400.0,
            Self::Wires => -300.0,
            Self::Groups => -250.0,
            Self::Neurons => -200.0,
            Self::Overlay => -100.0,
        }
    }
}

/// The shaders, compiled into the program so that it runs from any folder.
#[derive(Resource)]
pub(super) struct StageShaders {
    grid: Handle<Shader>,
    wire: Handle<Shader>,
    neuron: Handle<Shader>,
    group: Handle<Shader>,
    /// Imported by the others; the handle keeps it alive.
    _stage: Handle<Shader>,
}

pub(super) fn add_shaders(assets: &mut Assets<Shader>) -> StageShaders {
    let mut add =
        |source: &'static str, path: &'static str| assets.add(Shader::from_wgsl(source, path));
    StageShaders {
        grid: add(include_str!("../shaders/grid.wgsl"), "canvas/grid.wgsl"),
        wire: add(include_str!("../shaders/wire.wgsl"), "canvas/wire.wgsl"),
        neuron: add(include_str!("../shaders/neuron.wgsl"), "canvas/neuron.wgsl"),
        group: add(include_str!("../shaders/group.wgsl"), "canvas/group.wgsl"),
        _stage: add(include_str!("../shaders/stage.wgsl"), "canvas/stage.wgsl"),
    }
}

/// Makes the pipeline of each layer for each kind of target.
#[derive(Resource)]
pub(super) struct StagePipeline {
    pub(super) layout: BindGroupLayoutDescriptor,
    grid: Handle<Shader>,
    wire: Handle<Shader>,
    neuron: Handle<Shader>,
    group: Handle<Shader>,
}

pub(super) fn init_pipeline(mut commands: Commands, shaders: Res<StageShaders>) {
    let layout = BindGroupLayoutDescriptor::new(
        "stage_layout",
        &BindGroupLayoutEntries::sequential(
            ShaderStages::VERTEX_FRAGMENT,
            (
                uniform_buffer::<ViewUniform>(true),
                uniform_buffer_sized(false, NonZeroU64::new(size_of::<StageUniform>() as u64)),
                texture_2d(TextureSampleType::Float { filterable: false }),
                texture_2d(TextureSampleType::Float { filterable: false }),
                texture_2d(TextureSampleType::Float { filterable: false }),
                texture_2d(TextureSampleType::Float { filterable: false }),
            ),
        ),
    );
    commands.insert_resource(StagePipeline {
        layout,
        grid: shaders.grid.clone(),
        wire: shaders.wire.clone(),
        neuron: shaders.neuron.clone(),
        group: shaders.group.clone(),
    });
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct StagePipelineKey {
    pub(super) layer: StageLayer,
    pub(super) target_format: TextureFormat,
    pub(super) samples: u32,
}

impl SpecializedRenderPipeline for StagePipeline {
    type Key = StagePipelineKey;

    fn specialize(&self, key: Self::Key) -> RenderPipelineDescriptor {
        let (shader, buffers) = match key.layer {
            StageLayer::Grid => (&self.grid, Vec::new()),
            StageLayer::Wires | StageLayer::Overlay => (&self.wire, wire_layouts()),
            StageLayer::Groups => (&self.group, group_layouts()),
            StageLayer::Neurons => (&self.neuron, neuron_layouts()),
        };
        RenderPipelineDescriptor {
            label: Some(format!("stage_{:?}_pipeline", key.layer).into()),
            layout: vec![self.layout.clone()],
            vertex: VertexState {
                shader: shader.clone(),
                buffers,
                ..default()
            },
            fragment: Some(FragmentState {
                shader: shader.clone(),
                targets: vec![Some(ColorTargetState {
                    format: key.target_format,
                    blend: Some(BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                    write_mask: ColorWrites::ALL,
                })],
                ..default()
            }),
            // Quads and ribbons are strips counted off by the vertex index.
            primitive: PrimitiveState {
                topology: PrimitiveTopology::TriangleStrip,
                ..default()
            },
            // The layers are ordered by the phase, not by depth.
            depth_stencil: Some(DepthStencilState {
                format: CORE_2D_DEPTH_FORMAT,
                depth_write_enabled: Some(false),
                depth_compare: Some(CompareFunction::Always),
                stencil: default(),
                bias: default(),
            }),
            multisample: MultisampleState {
                count: key.samples,
                ..default()
            },
            ..default()
        }
    }
}

/// A buffer of which every instance reads one element, with its attributes one
/// behind the other from `first_location` on.
fn per_instance<T>(first_location: u32, formats: &[VertexFormat]) -> VertexBufferLayout {
    let mut offset = 0;
    let attributes = formats
        .iter()
        .zip(first_location..)
        .map(|(&format, shader_location)| {
            let attribute = VertexAttribute {
                format,
                offset,
                shader_location,
            };
            offset += format.size();
            attribute
        })
        .collect();
    VertexBufferLayout {
        array_stride: size_of::<T>() as u64,
        step_mode: VertexStepMode::Instance,
        attributes,
    }
}

fn neuron_layouts() -> Vec<VertexBufferLayout> {
    use VertexFormat::{Float32, Float32x2, Uint32x4};
    vec![
        per_instance::<NeuronInstance>(0, &[Float32x2, Float32, Uint32x4]),
        per_instance::<NeuronValue>(3, &[Float32x2]),
    ]
}

fn group_layouts() -> Vec<VertexBufferLayout> {
    use VertexFormat::{Float32, Float32x2, Uint32, Uint32x4};
    let formats = [Float32x2, Float32x2, Uint32x4, Uint32, Float32];
    vec![per_instance::<GroupInstance>(0, &formats)]
}

fn wire_layouts() -> Vec<VertexBufferLayout> {
    use VertexFormat::{Float32, Uint32, Uint32x2};
    vec![
        per_instance::<WireInstance>(0, &[Uint32x2, Uint32]),
        per_instance::<f32>(2, &[Float32]),
        per_instance::<f32>(3, &[Float32]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attributes_of_a_buffer_fill_exactly_one_instance() {
        let layouts = [neuron_layouts(), wire_layouts(), group_layouts()];
        for layout in layouts.into_iter().flatten() {
            let end = layout
                .attributes
                .last()
                .map(|attribute| attribute.offset + attribute.format.size());
            assert_eq!(end, Some(layout.array_stride));
            // WebGL2 wants strides and offsets in whole words.
            assert_eq!(layout.array_stride % 4, 0);
        }
    }

    #[test]
    fn attributes_lie_where_the_fields_lie() {
        let offsets = |layouts: Vec<VertexBufferLayout>| -> Vec<(u32, u64)> {
            layouts
                .iter()
                .flat_map(|layout| &layout.attributes)
                .map(|attribute| (attribute.shader_location, attribute.offset))
                .collect()
        };
        assert_eq!(offsets(neuron_layouts()), [(0, 0), (1, 8), (2, 12), (3, 0)]);
        assert_eq!(offsets(wire_layouts()), [(0, 0), (1, 8), (2, 0), (3, 0)]);
    }

    #[test]
    fn layers_lie_grid_wires_groups_neurons_overlay_below_everything_else() {
        let keys = StageLayer::ALL.map(StageLayer::sort_key);
        assert!(keys.is_sorted_by(|back, front| back < front));
        assert!(keys.iter().all(|key| *key < 0.0));
    }
}
