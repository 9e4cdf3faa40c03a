//! What a wire looks like, as plain data: whom it joins, and the streams of its numbers.

use bevy::prelude::{Deref, DerefMut, Resource};
use bytemuck::{Pod, Zeroable};

use super::anchors::anchor_of;
use super::instances::{Instances, Marks};

/// Whom one wire joins and how it is marked. Its bytes are one element of a
/// vertex buffer. Where its ends are, and what flows on it, the shader looks up
/// at the neurons: moving one moves all its wires at no cost.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
pub struct WireInstance {
    source: u32,
    target: u32,
    /// Its marks.
    pub marks: Marks,
}

impl WireInstance {
    /// The place of a wire that is not there any more: nothing is drawn.
    pub const GONE: Self = Self {
        source: u32::MAX,
        target: u32::MAX,
        marks: Marks::NONE,
    };

    /// An unmarked wire from one neuron of
    /// [`NeuronInstances`](super::NeuronInstances) to another, both by index.
    #[must_use]
    pub fn between(source: usize, target: usize) -> Self {
        Self::joining(anchor_of(source), anchor_of(target), Marks::NONE)
    }

    /// A wire between two anchors.
    pub(super) fn joining(source: u32, target: u32, marks: Marks) -> Self {
        Self {
            source,
            target,
            marks,
        }
    }

    /// The place of a wire that is not drawn, but keeps its marks.
    #[must_use]
    pub fn hidden(marks: Marks) -> Self {
        Self::GONE.with_marks(marks)
    }

    /// The same wire with these marks instead of its own.
    #[must_use]
    pub fn with_marks(mut self, marks: Marks) -> Self {
        self.marks = marks;
        self
    }

    /// Whether anything is drawn.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.source != Self::GONE.source
    }

    /// The anchors it joins; `None` where nothing is drawn.
    pub(super) fn anchors(&self) -> Option<[u32; 2]> {
        self.is_there().then_some([self.source, self.target])
    }

    /// The wire between the two anchors that no neuron has.
    pub(super) fn loose(marks: Marks) -> Self {
        Self::joining(0, 1, marks)
    }
}

/// Every wire on the canvas, in drawing order. Change it only when the
/// structure or a mark changes.
#[derive(Resource, Default, Deref, DerefMut)]
pub struct WireInstances(pub Instances<WireInstance>);

/// The numbers of the wires, in the order of [`WireInstances`]: streams that go
/// to the GPU as they are. Missing ones are drawn as zero, and so is
/// not-a-number.
#[derive(Resource, Default)]
pub struct WireValues {
    /// The weight: its size is the width, its sign the colour and the dash.
    pub weights: Instances<f32>,
    /// The gradient of the loss that comes back from target to source.
    pub gradients: Instances<f32>,
}

/// The wire that is being pulled out of a neuron: drawn over everything else.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Deref, DerefMut)]
pub struct LooseWire(pub Option<Loose>);

/// A wire with loose ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loose {
    /// Where it leaves, in world units.
    pub from: [f32; 2],
    /// Where it enters, in world units.
    pub to: [f32; 2],
    /// What it is drawn as strong as.
    pub weight: f32,
    /// Its marks.
    pub marks: Marks,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::offset_of;

    #[test]
    fn the_bytes_of_a_wire_are_where_the_shader_reads_them() {
        assert_eq!(size_of::<WireInstance>(), 12);
        assert_eq!(offset_of!(WireInstance, source), 0);
        assert_eq!(offset_of!(WireInstance, target), 4);
        assert_eq!(offset_of!(WireInstance, marks), 8);
    }

    #[test]
    fn a_wire_that_is_gone_joins_nothing() {
        assert!(WireInstance::between(0, 1).is_there());
        assert_eq!(WireInstance::GONE.anchors(), None);
        let hidden = WireInstance::hidden(Marks::FROZEN);
        assert!(!hidden.is_there() && hidden.marks.contains(Marks::FROZEN));
        let ends = WireInstance::between(3, 5).anchors();
        assert_eq!(ends, Some([anchor_of(3), anchor_of(5)]));
    }
}
