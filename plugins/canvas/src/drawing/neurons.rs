//! What a neuron looks like, as plain data: one instance for its structure, one for its values.

use bevy::prelude::{Deref, DerefMut, Resource};
use bytemuck::{Pod, Zeroable};
use network::Activation;

use super::instances::{Instances, Marks};

/// The face of a node: recognisable by its outline, not by its colour alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u32)]
pub enum NeuronKind {
    /// Flat on the left: data comes in from outside.
    Input = 0,
    /// A full disc.
    #[default]
    Hidden = 1,
    /// Flat on the right: the answer leaves here.
    Output = 2,
}

/// What the badge of a neuron shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Glyph(u32);

impl Glyph {
    /// No badge.
    pub const NONE: Self = Self(0);

    /// The curve of an activation function.
    #[must_use]
    pub fn of(activation: Activation) -> Self {
        // The code of the shader: from 1, in the order of the table.
        Self(activation.index() as u32 + 1)
    }
}

/// Where one neuron is and how it is marked. Its bytes are one element of a
/// vertex buffer.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct NeuronInstance {
    /// The centre, in world units.
    pub position: [f32; 2],
    /// The radius of the disc, in world units.
    pub radius: f32,
    kind: u32,
    marks: Marks,
    tile: u32,
    glyph: u32,
}

impl NeuronInstance {
    /// The tile that means: no response map, show the live activation.
    pub const NO_TILE: u32 = u32::MAX;

    /// The place of a neuron that is not there any more: nothing is drawn.
    pub const GONE: Self = Self {
        position: [0.0; 2],
        radius: 0.0,
        kind: NeuronKind::Hidden as u32,
        marks: Marks::NONE,
        tile: Self::NO_TILE,
        glyph: Glyph::NONE.0,
    };

    /// Whether anything is drawn.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.radius > 0.0
    }

    /// Centre, half width and marks: what its wires look up.
    pub(super) fn anchor(&self) -> [f32; 4] {
        let [x, y] = self.position;
        // Marks are few bits: a float holds them exactly.
        [x, y, self.radius, self.marks.bits() as f32]
    }

    /// An unmarked neuron without a response map.
    #[must_use]
    pub fn new(position: [f32; 2], radius: f32, kind: NeuronKind, glyph: Glyph) -> Self {
        Self {
            position,
            radius,
            kind: kind as u32,
            marks: Marks::NONE,
            tile: Self::NO_TILE,
            glyph: glyph.0,
        }
    }

    /// The same neuron with these marks instead of its own.
    #[must_use]
    pub fn with_marks(mut self, marks: Marks) -> Self {
        self.marks = marks;
        self
    }

    /// The same neuron showing this tile of the response maps.
    #[must_use]
    pub fn with_tile(mut self, tile: Option<u32>) -> Self {
        self.tile = tile.unwrap_or(Self::NO_TILE);
        self
    }

    /// The same neuron, but not drawn: its place, marks and tile stay.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.radius = 0.0;
        self
    }

    /// The tile of the response maps it shows.
    #[must_use]
    pub fn tile(&self) -> Option<u32> {
        (self.tile != Self::NO_TILE).then_some(self.tile)
    }

    /// The same face with the marks and the tile of another.
    #[must_use]
    pub fn dressed_like(self, other: &Self) -> Self {
        Self {
            marks: other.marks,
            tile: other.tile,
            ..self
        }
    }

    /// Its marks.
    #[must_use]
    pub fn marks(&self) -> Marks {
        self.marks
    }
}

/// The learned and live numbers of one neuron. Not-a-number is drawn as zero.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub struct NeuronValue {
    /// The bias: its size is the width of the rim.
    pub bias: f32,
    /// The output of the neuron for the example shown: the tone inside when
    /// there is no response map.
    pub activation: f32,
}

/// Every neuron on the canvas, in drawing order. Change it only when the
/// structure, a position or a mark changes.
#[derive(Resource, Default, Deref, DerefMut)]
pub struct NeuronInstances(pub Instances<NeuronInstance>);

/// The values of the neurons, in the order of [`NeuronInstances`]; missing ones
/// are drawn as zero.
#[derive(Resource, Default, Deref, DerefMut)]
pub struct NeuronValues(pub Instances<NeuronValue>);

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::offset_of;

    #[test]
    fn the_bytes_of_a_neuron_are_where_the_shader_reads_them() {
        assert_eq!(size_of::<NeuronInstance>(), 28);
        assert_eq!(offset_of!(NeuronInstance, position), 0);
        assert_eq!(offset_of!(NeuronInstance, radius), 8);
        assert_eq!(offset_of!(NeuronInstance, kind), 12);
        assert_eq!(offset_of!(NeuronInstance, marks), 16);
        assert_eq!(offset_of!(NeuronInstance, tile), 20);
        assert_eq!(offset_of!(NeuronInstance, glyph), 24);
        assert_eq!(size_of::<NeuronValue>(), 8);
        assert_eq!(offset_of!(NeuronValue, activation), 4);
    }

    #[test]
    fn a_new_neuron_carries_its_kind_and_glyph_and_no_mark() {
        let neuron = NeuronInstance::new(
            [1.0, 2.0],
            20.0,
            NeuronKind::Output,
            Glyph::of(Activation::Softmax),
        );
        let words: &[u32] = bytemuck::cast_slice(std::slice::from_ref(&neuron));
        assert_eq!(words[3..], [2, 0, u32::MAX, 16]);
        let marked = neuron.with_marks(Marks::FROZEN).with_tile(Some(7));
        let words: &[u32] = bytemuck::cast_slice(std::slice::from_ref(&marked));
        assert_eq!(words[3..], [2, Marks::FROZEN.bits(), 7, 16]);
    }
}
