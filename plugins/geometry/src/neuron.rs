//! Where a neuron's disc is hit: its body or its rim.

/// Where the rim begins, as a share of the radius.
pub const RIM_START: f32 = 0.72;

/// Which part of a neuron is hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NeuronHit {
    /// The body: a press here drags the neuron.
    Inside,
    /// The rim, from `RIM_START · radius` out to `radius + slop`: a press here starts a wire.
    Rim,
}

/// Which part of the disc the point hits, if any.
///
/// `slop` is how far beside the disc still counts, in scene units; less than 0 or NaN counts as 0.
pub fn hit_neuron(centre: [f32; 2], radius: f32, point: [f32; 2], slop: f32) -> Option<NeuronHit> {
    let distance = (point[0] - centre[0]).hypot(point[1] - centre[1]);
    if distance < RIM_START * radius {
        Some(NeuronHit::Inside)
    } else if distance <= radius + slop.max(0.0) {
        Some(NeuronHit::Rim)
    } else {
        None
    }
}

/// Where a wire between two neurons begins and ends: it leaves its source on the
/// right and enters its target on the left.
#[must_use]
pub fn wire_ends(from_centre: [f32; 2], to_centre: [f32; 2], radius: f32) -> ([f32; 2], [f32; 2]) {
    (
        [from_centre[0] + radius, from_centre[1]],
        [to_centre[0] - radius, to_centre[1]],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_drags_the_rim_connects_and_beyond_the_slop_is_nothing() {
        let hit = |x: f32| hit_neuron([10.0, -5.0], 26.0, [10.0 + x, -5.0], 6.0);
        assert_eq!(hit(0.0), Some(NeuronHit::Inside));
        assert_eq!(hit(-18.5), Some(NeuronHit::Inside));
        assert_eq!(hit(19.0), Some(NeuronHit::Rim));
        assert_eq!(hit(-31.9), Some(NeuronHit::Rim));
        assert_eq!(hit(32.1), None);
    }

    #[test]
    fn a_pointer_that_is_nowhere_hits_nothing() {
        assert_eq!(hit_neuron([0.0; 2], 26.0, [f32::NAN, 0.0], 6.0), None);
        assert_eq!(hit_neuron([0.0; 2], 26.0, [27.0, 0.0], f32::NAN), None);
        assert_eq!(hit_neuron([0.0; 2], 26.0, [f32::INFINITY, 0.0], 6.0), None);
    }
}
