//! What a wire looks like, as plain data: one instance for its structure, one for its values.

use bevy::prelude::{Deref, DerefMut, Resource};
use bytemuck::{Pod, Zeroable};

use super::instances::{Instances, Marks};

/// Where one wire runs and how it is marked. Its bytes are one element of a
/// vertex buffer.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct WireInstance {
    /// Where it leaves its source, in world units.
    pub from: [f32; 2],
    /// Where it enters its target, in world units.
    pub to: [f32; 2],
    /// Its marks.
    pub marks: Marks,
    /// Shifts its motes along it, 0 to 1, so that wires side by side do not
    /// beat together.
    pub phase: f32,
}

impl WireInstance {
    /// An unmarked wire. Its phase follows from its ends, so the same wire
    /// always looks the same.
    #[must_use]
    pub fn new(from: [f32; 2], to: [f32; 2]) -> Self {
        let mixed = from.iter().chain(&to).fold(0_u32, |hash, value| {
            (hash ^ value.to_bits())
                .wrapping_mul(0x9E37_79B1)
                .rotate_left(13)
        });
        Self {
            from,
            to,
            marks: Marks::NONE,
            phase: (mixed >> 8) as f32 / (1_u32 << 24) as f32,
        }
    }

    /// The same wire with these marks instead of its own.
    #[must_use]
    pub fn with_marks(mut self, marks: Marks) -> Self {
        self.marks = marks;
        self
    }
}

/// The learned and live numbers of one wire. Not-a-number is drawn as zero.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
pub struct WireValue {
    /// The weight: its size is the width, its sign the colour and the dash.
    pub weight: f32,
    /// The value carried from source to target.
    pub signal: f32,
    /// The gradient of the loss that comes back from target to source.
    pub gradient: f32,
    /// Room for one more number; the shader does not read it.
    pub spare: f32,
}

/// Every wire on the canvas, in drawing order. Change it only when the
/// structure, a position or a mark changes.
#[derive(Resource, Default, Deref, DerefMut)]
pub struct WireInstances(pub Instances<WireInstance>);

/// The values of the wires, in the order of [`WireInstances`]; missing ones are
/// drawn as zero.
#[derive(Resource, Default, Deref, DerefMut)]
pub struct WireValues(pub Instances<WireValue>);

/// The few wires that are drawn over everything else: the one being pulled out
/// of a neuron.
#[derive(Resource, Default)]
pub struct OverlayWires {
    /// Where they run.
    pub wires: Instances<WireInstance>,
    /// What they carry, in the same order.
    pub values: Instances<WireValue>,
}

impl OverlayWires {
    /// Shows exactly these wires; an empty slice hides the overlay.
    pub fn show(&mut self, wires: &[(WireInstance, WireValue)]) {
        self.wires
            .replace(wires.iter().map(|(wire, _)| *wire).collect());
        self.values
            .replace(wires.iter().map(|(_, value)| *value).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::offset_of;

    #[test]
    fn the_bytes_of_a_wire_are_where_the_shader_reads_them() {
        assert_eq!(size_of::<WireInstance>(), 24);
        assert_eq!(offset_of!(WireInstance, from), 0);
        assert_eq!(offset_of!(WireInstance, to), 8);
        assert_eq!(offset_of!(WireInstance, marks), 16);
        assert_eq!(offset_of!(WireInstance, phase), 20);
        assert_eq!(size_of::<WireValue>(), 16);
        assert_eq!(offset_of!(WireValue, signal), 4);
        assert_eq!(offset_of!(WireValue, gradient), 8);
    }

    #[test]
    fn wires_side_by_side_have_different_phases_and_the_same_wire_has_the_same() {
        let wire = |y: f32| WireInstance::new([0.0, y], [100.0, 0.0]).phase;
        let phases: Vec<f32> = (0..50).map(|row| wire(row as f32)).collect();
        assert!(phases.iter().all(|phase| (0.0..1.0).contains(phase)));
        let mean = phases.iter().sum::<f32>() / 50.0;
        assert!((0.3..0.7).contains(&mean), "mean phase {mean}");
        assert_eq!(wire(3.0), wire(3.0));
        assert_ne!(wire(3.0), wire(4.0));
    }

    #[test]
    fn showing_nothing_empties_the_overlay() {
        let mut overlay = OverlayWires::default();
        overlay.show(&[(WireInstance::new([0.0; 2], [1.0; 2]), WireValue::default())]);
        assert_eq!(overlay.wires.len(), 1);
        overlay.show(&[]);
        assert!(overlay.wires.is_empty() && overlay.values.is_empty());
    }
}
