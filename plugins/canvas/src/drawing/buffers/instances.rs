//! Lists of instances on the GPU, which grow by doubling and are written where they changed.

use std::ops::Range;

use bevy::render::render_resource::{Buffer, BufferDescriptor, BufferUsages};
use bevy::render::renderer::{RenderDevice, RenderQueue};
use bytemuck::Pod;

/// One list of instances on the GPU. It grows by doubling and is reused.
pub(super) struct InstanceBuffer {
    label: &'static str,
    buffer: Option<Buffer>,
    /// Bytes it has room for.
    capacity: u64,
    /// Elements that were uploaded.
    pub(super) len: usize,
}

impl InstanceBuffer {
    pub(super) fn new(label: &'static str) -> Self {
        Self {
            label,
            buffer: None,
            capacity: 0,
            len: 0,
        }
    }

    /// Brings the changed parts of the list to the GPU. There is room for `room`
    /// elements at least; those that were never written are zero.
    pub(super) fn upload<T: Pod>(
        &mut self,
        items: &[T],
        changed: &[Range<usize>],
        room: usize,
        device: &RenderDevice,
        queue: &RenderQueue,
    ) {
        let size = size_of::<T>() as u64;
        let most = (device.limits().max_buffer_size / size) as usize;
        let items = &items[..items.len().min(most)];
        let needed = items.len().max(room).min(most) as u64 * size;
        match &self.buffer {
            Some(buffer) if self.capacity >= needed => {
                if self.len > items.len() {
                    // What is not there any more is drawn as zero, should anyone read it.
                    let gone = vec![0_u8; (self.len - items.len()) * size_of::<T>()];
                    queue.write_buffer(buffer, items.len() as u64 * size, &gone);
                }
                for range in changed {
                    if let Some(part) = items.get(range.start..range.end.min(items.len())) {
                        let bytes = bytemuck::cast_slice(part);
                        queue.write_buffer(buffer, range.start as u64 * size, bytes);
                    }
                }
            }
            _ => {
                self.capacity = grown(needed).min(most as u64 * size);
                let buffer = device.create_buffer(&BufferDescriptor {
                    label: Some(self.label),
                    size: self.capacity,
                    usage: BufferUsages::VERTEX | BufferUsages::COPY_DST,
                    mapped_at_creation: false,
                });
                queue.write_buffer(&buffer, 0, bytemuck::cast_slice(items));
                self.buffer = Some(buffer);
            }
        }
        self.len = items.len();
    }
}

/// The next power of two, and never so small that the first few edits make it grow.
fn grown(bytes: u64) -> u64 {
    bytes.max(4096).checked_next_power_of_two().unwrap_or(bytes)
}

/// The lists that lie one beside the other for one kind of thing: the first says
/// how many there are.
pub(super) struct Streams<const N: usize>(pub(super) [InstanceBuffer; N]);

impl<const N: usize> Streams<N> {
    pub(super) fn new(labels: [&'static str; N]) -> Self {
        Self(labels.map(InstanceBuffer::new))
    }

    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.0[0].len).unwrap_or(u32::MAX)
    }

    /// All buffers, once they are there.
    pub(super) fn ready(&self) -> Option<[&Buffer; N]> {
        let buffers: Vec<&Buffer> = self
            .0
            .iter()
            .filter_map(|stream| stream.buffer.as_ref())
            .collect();
        buffers.try_into().ok()
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
}
