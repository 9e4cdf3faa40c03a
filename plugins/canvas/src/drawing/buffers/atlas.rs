//! The texture that holds all response maps, tile beside tile.

use bevy::render::render_resource::{
    Extent3d, Origin3d, TexelCopyBufferLayout, TexelCopyTextureInfo, Texture, TextureAspect,
    TextureDescriptor, TextureDimension, TextureFormat, TextureUsages, TextureView,
    TextureViewDescriptor,
};
use bevy::render::renderer::{RenderDevice, RenderQueue};

use crate::drawing::maps::{ATLAS_WIDTH, AtlasPatch, TILE};

/// The response maps on the GPU. The texture grows by doubling its height.
pub(super) struct Atlas {
    pub(super) texture: Texture,
    pub(super) view: TextureView,
    pub(super) height: usize,
    pub(super) revision: u64,
}

impl Atlas {
    pub(super) fn new(device: &RenderDevice, height: usize) -> Self {
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

    pub(super) fn write(&self, texels: &[u8], patch: AtlasPatch, queue: &RenderQueue) {
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
pub(super) fn atlas_height(needed: usize, height_max: usize) -> usize {
    needed
        .max(TILE)
        .next_power_of_two()
        .min(height_max / TILE * TILE)
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_atlas_doubles_its_height_up_to_what_the_device_can_have() {
        assert_eq!(atlas_height(0, 8192), 32);
        assert_eq!(atlas_height(96, 8192), 128);
        assert_eq!(atlas_height(100_000, 8192), 8192);
        assert_eq!(atlas_height(100_000, 2049), 2048);
    }
}
