//! Anchors: where wires end and what leaves there, as textures the wires' shader looks up.

use std::ops::Range;

use bevy::render::render_resource::{
    Extent3d, Origin3d, TexelCopyBufferLayout, TexelCopyTextureInfo, Texture, TextureAspect,
    TextureDescriptor, TextureDimension, TextureFormat, TextureUsages, TextureView,
    TextureViewDescriptor,
};
use bevy::render::renderer::{RenderDevice, RenderQueue};

use super::groups::GroupInstance;
use super::neurons::{NeuronInstance, NeuronValue};
use super::wires::Loose;

/// Anchors in one row of the texture; every device has textures of this width.
pub(super) const COLUMNS: usize = 1024;

/// The first anchors: the ends of the loose wire.
const LOOSE_ENDS: usize = 2;

/// Anchors before those of the neurons, one row: the loose ends and the folded groups.
const RESERVED: usize = COLUMNS;

/// So many folded groups have an anchor; bundles of those behind them are not drawn.
pub(super) const MOST_GROUPS: usize = RESERVED - LOOSE_ENDS;

/// The anchor of the neuron at an index of the list.
pub(super) fn anchor_of(index: usize) -> u32 {
    (index + RESERVED) as u32
}

/// The anchor of the folded group at an index of the list.
pub(super) fn anchor_of_group(index: usize) -> Option<u32> {
    (index < MOST_GROUPS).then_some((index + LOOSE_ENDS) as u32)
}

/// What is looked up of each anchor.
pub(super) struct Anchors {
    /// Centre, half width, and marks as a number.
    places: Table<4>,
    /// What leaves there.
    signals: Table<1>,
    loose: Option<Loose>,
}

impl Default for Anchors {
    fn default() -> Self {
        Self {
            places: Table::new("anchor_places", TextureFormat::Rgba32Float),
            signals: Table::new("anchor_signals", TextureFormat::R32Float),
            loose: None,
        }
    }
}

impl Anchors {
    /// Brings what changed of the neurons and the loose wire. True if a texture
    /// was replaced.
    pub(super) fn upload(
        &mut self,
        neurons: (&[NeuronInstance], &[Range<usize>]),
        values: (&[NeuronValue], &[Range<usize>]),
        groups: (&[GroupInstance], bool),
        loose: Option<Loose>,
        device: &RenderDevice,
        queue: &RenderQueue,
    ) -> bool {
        let (groups, are_groups_new) = groups;
        let (instances, moved) = neurons;
        let (values, changed) = values;
        let count = instances.len();
        let place = |index: usize| {
            instances
                .get(index)
                .map_or([0.0; 4], NeuronInstance::anchor)
        };
        let signal = |index: usize| [values.get(index).map_or(0.0, |value| value.activation)];
        let is_new = self.places.fit(count, device) | self.signals.fit(count, device);
        if is_new {
            self.places.write(0..count, place, queue);
            self.signals.write(0..count, signal, queue);
        } else {
            for range in moved {
                self.places.write(range.clone(), place, queue);
            }
            for range in changed {
                let end = range.end.min(count);
                self.signals.write(range.start..end, signal, queue);
            }
        }
        if is_new || self.loose != loose {
            self.loose = loose;
            let ends = loose.map_or([[0.0; 2]; LOOSE_ENDS], |loose| [loose.from, loose.to]);
            let texels = ends.map(|[x, y]| [x, y, 0.0, 0.0]);
            self.places.write_row(0, 0, &texels, queue);
            self.signals.write_row(0, 0, &[[0.0]; LOOSE_ENDS], queue);
        }
        if (is_new || are_groups_new) && !groups.is_empty() {
            let groups = &groups[..groups.len().min(MOST_GROUPS)];
            let texels: Vec<_> = groups.iter().map(GroupInstance::anchor).collect();
            self.places.write_row(0, LOOSE_ENDS, &texels, queue);
            let texels: Vec<_> = groups.iter().map(|group| [group.signal]).collect();
            self.signals.write_row(0, LOOSE_ENDS, &texels, queue);
        }
        is_new
    }

    /// Both textures, once they are there.
    pub(super) fn views(&self) -> Option<[&TextureView; 2]> {
        let (_, places) = self.places.texture.as_ref()?;
        let (_, signals) = self.signals.texture.as_ref()?;
        Some([places, signals])
    }
}

/// A texture with one texel of `N` numbers for each place of a list, row by row.
pub(super) struct Table<const N: usize> {
    label: &'static str,
    format: TextureFormat,
    texture: Option<(Texture, TextureView)>,
    rows: usize,
}

impl<const N: usize> Table<N> {
    pub(super) fn new(label: &'static str, format: TextureFormat) -> Self {
        Self {
            label,
            format,
            texture: None,
            rows: 0,
        }
    }

    /// Makes room for so many of the list. True if the texture is a new, empty one.
    pub(super) fn fit(&mut self, neurons: usize, device: &RenderDevice) -> bool {
        let rows_max = device.limits().max_texture_dimension_2d as usize;
        let rows = rows_for(neurons).min(rows_max);
        if self.texture.is_some() && self.rows >= rows {
            return false;
        }
        let texture = device.create_texture(&TextureDescriptor {
            label: Some(self.label),
            size: extent(COLUMNS, rows),
            mip_level_count: 1,
            sample_count: 1,
            dimension: TextureDimension::D2,
            format: self.format,
            usage: TextureUsages::TEXTURE_BINDING | TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let view = texture.create_view(&TextureViewDescriptor::default());
        self.texture = Some((texture, view));
        self.rows = rows;
        true
    }

    /// Writes the texels of these, as far as there is room.
    pub(super) fn write(
        &self,
        neurons: Range<usize>,
        texel: impl Fn(usize) -> [f32; N],
        queue: &RenderQueue,
    ) {
        let end = neurons
            .end
            .min((self.rows * COLUMNS).saturating_sub(RESERVED));
        let mut start = neurons.start;
        while start < end {
            let (row, column) = place_of(start);
            // To the end of the row; then as many whole rows as there are.
            let until = match column {
                0 => end - (end - start) % COLUMNS,
                _ => end.min(start + COLUMNS - column),
            };
            let until = if until > start { until } else { end };
            let texels: Vec<[f32; N]> = (start..until).map(&texel).collect();
            self.write_row(row, column, &texels, queue);
            start = until;
        }
    }

    /// The texture, once it is there.
    pub(super) fn view(&self) -> Option<&TextureView> {
        self.texture.as_ref().map(|(_, view)| view)
    }

    /// Writes part of one row, or several whole rows.
    fn write_row(&self, row: usize, column: usize, texels: &[[f32; N]], queue: &RenderQueue) {
        let Some((texture, _)) = &self.texture else {
            return;
        };
        let width = texels.len().min(COLUMNS - column);
        queue.write_texture(
            TexelCopyTextureInfo {
                texture,
                mip_level: 0,
                origin: Origin3d {
                    x: column as u32,
                    y: row as u32,
                    z: 0,
                },
                aspect: TextureAspect::All,
            },
            bytemuck::cast_slice(texels),
            TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some((width * N * size_of::<f32>()) as u32),
                rows_per_image: None,
            },
            extent(width, texels.len().div_ceil(COLUMNS)),
        );
    }
}

fn extent(width: usize, height: usize) -> Extent3d {
    Extent3d {
        width: width as u32,
        height: height as u32,
        depth_or_array_layers: 1,
    }
}

/// Row and column of a neuron's anchor.
fn place_of(neuron: usize) -> (usize, usize) {
    let anchor = anchor_of(neuron) as usize;
    (anchor / COLUMNS, anchor % COLUMNS)
}

/// Rows for so many neurons: a power of two, so that it seldom grows.
fn rows_for(neurons: usize) -> usize {
    (neurons + RESERVED).div_ceil(COLUMNS).next_power_of_two()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_run_along_a_row_and_then_begin_the_next() {
        assert_eq!(place_of(0), (1, 0));
        assert_eq!(place_of(COLUMNS - 1), (1, COLUMNS - 1));
        assert_eq!(place_of(COLUMNS), (2, 0));
    }

    #[test]
    fn folded_groups_have_the_anchors_between_the_loose_ends_and_the_neurons() {
        assert_eq!(anchor_of_group(0), Some(2));
        assert_eq!(anchor_of_group(MOST_GROUPS - 1), Some(anchor_of(0) - 1));
        assert_eq!(anchor_of_group(MOST_GROUPS), None);
    }

    #[test]
    fn a_texture_has_room_for_all_neurons_and_the_loose_ends() {
        assert_eq!(rows_for(0), 1);
        assert_eq!(rows_for(COLUMNS), 2);
        assert_eq!(rows_for(COLUMNS + 1), 4);
        assert_eq!(rows_for(10_000), 16);
    }
}
