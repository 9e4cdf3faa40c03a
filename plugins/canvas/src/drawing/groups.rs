//! What folded groups and their bundles look like, as plain data.

use bevy::prelude::Resource;
use bytemuck::{Pod, Zeroable};

use super::anchors::{anchor_of, anchor_of_group};
use super::instances::{Instances, Marks};
use super::neurons::NeuronKind;
use super::wires::WireInstance;

/// One folded group. Its bytes are one element of a vertex buffer.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct GroupInstance {
    /// The centre, in world units.
    pub position: [f32; 2],
    /// Half the width and half the height, in world units.
    pub half_size: [f32; 2],
    kind: u32,
    /// Its marks.
    pub marks: Marks,
    columns: u32,
    cells: u32,
    first: u32,
    /// What leaves it, for the motes of its bundles.
    pub signal: f32,
}

impl GroupInstance {
    /// An unmarked group whose picture are so many cells of [`Groups::cells`] from
    /// `first` on, in rows of `columns`.
    #[must_use]
    pub fn new(kind: NeuronKind, columns: usize, cells: std::ops::Range<usize>) -> Self {
        Self {
            position: [0.0; 2],
            half_size: [0.0; 2],
            kind: kind as u32,
            marks: Marks::NONE,
            columns: columns.max(1) as u32,
            cells: cells.len() as u32,
            first: anchor_of(cells.start),
            signal: 0.0,
        }
    }

    /// Centre, half width and marks: what its bundles look up.
    pub(super) fn anchor(&self) -> [f32; 4] {
        let [x, y] = self.position;
        [x, y, self.half_size[0], self.marks.bits() as f32]
    }
}

/// One end of a bundle, by its index in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BundleEnd {
    /// A neuron.
    Neuron(usize),
    /// A folded group.
    Group(usize),
}

impl BundleEnd {
    fn anchor(self) -> Option<u32> {
        match self {
            Self::Neuron(index) => Some(anchor_of(index)),
            Self::Group(index) => anchor_of_group(index),
        }
    }
}

/// The bundle between two things, drawn as one ribbon; nothing, where one of them
/// has no place the ribbon could look up.
#[must_use]
pub fn bundle_between(from: BundleEnd, to: BundleEnd) -> WireInstance {
    match (from.anchor(), to.anchor()) {
        (Some(source), Some(target)) => WireInstance::joining(source, target, Marks::BUNDLE),
        _ => WireInstance::GONE,
    }
}

/// All folded groups on the canvas, in drawing order, and the bundles between them
/// and other things.
#[derive(Resource, Default)]
pub struct Groups {
    /// The groups.
    pub instances: Instances<GroupInstance>,
    /// The values of their members, one group behind the other: from −1 to 1.
    pub cells: Instances<f32>,
    /// The bundles, see [`bundle_between`].
    pub bundles: Instances<WireInstance>,
    /// Of each bundle how strong it is: the root mean square of its weights.
    pub strengths: Instances<f32>,
    /// Of each bundle the share of its strength that is of positive weights, from 0
    /// to 1.
    pub shares: Instances<f32>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::offset_of;

    #[test]
    fn the_bytes_of_a_group_are_where_the_shader_reads_them() {
        assert_eq!(size_of::<GroupInstance>(), 40);
        assert_eq!(offset_of!(GroupInstance, half_size), 8);
        assert_eq!(offset_of!(GroupInstance, kind), 16);
        assert_eq!(offset_of!(GroupInstance, cells), 28);
        assert_eq!(offset_of!(GroupInstance, first), 32);
        assert_eq!(offset_of!(GroupInstance, signal), 36);
    }

    #[test]
    fn a_bundle_joins_a_group_and_a_neuron_and_is_marked_as_one() {
        let bundle = bundle_between(BundleEnd::Group(0), BundleEnd::Neuron(5));
        assert_eq!(bundle.anchors(), Some([2, anchor_of(5)]));
        assert!(bundle.marks.contains(Marks::BUNDLE));
        let lost = bundle_between(BundleEnd::Neuron(0), BundleEnd::Group(100_000));
        assert!(!lost.is_there());
    }
}
