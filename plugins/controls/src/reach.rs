//! Reach: what lies under a pointer, with targets large enough for it at every zoom.

use bevy::math::Vec2;
use geometry::{Hit, RIM_START, SpatialIndex};
use network::{EdgeId, NodeId};
use theme::Sizes;

use crate::gesture::Under;

/// What a pointer can hit, in logical pixels at one zoom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// From a neuron's centre: the body.
    pub body_px: f32,
    /// From a neuron's centre: body and rim.
    pub rim_px: f32,
    /// Beside a wire.
    pub wire_px: f32,
    /// Beside the middle of a bundle.
    pub bundle_px: f32,
    /// How far a press may tremble and still be a click.
    pub click_slop_px: f32,
}

impl Reach {
    /// The reach of a mouse, a pen, or a cursor: precise.
    #[must_use]
    pub fn of_mouse(zoom: f32, sizes: &Sizes) -> Self {
        let radius_px = sizes.neuron_radius * zoom;
        let slop_px = sizes.pick_slop_mouse;
        let body_px = (RIM_START * radius_px).max(slop_px);
        Self {
            body_px,
            rim_px: (radius_px + slop_px).max(body_px + slop_px),
            // The thickest wires are thicker than the slop when they are near.
            wire_px: slop_px.max(0.5 * sizes.wire_width_max * zoom),
            bundle_px: slop_px.max(0.5 * widest_bundle(sizes) * zoom),
            click_slop_px: sizes.space_half,
        }
    }

    /// The reach of a finger: body and wires are at least a touch target across,
    /// and the rim is as wide as half of one, also where neurons are drawn small.
    #[must_use]
    pub fn of_finger(zoom: f32, sizes: &Sizes) -> Self {
        let half_target_px = 0.5 * sizes.touch_target;
        let radius_px = sizes.neuron_radius * zoom;
        let body_px = (RIM_START * radius_px).max(half_target_px);
        Self {
            body_px,
            rim_px: (radius_px + sizes.pick_slop_touch).max(body_px + half_target_px),
            wire_px: half_target_px.max(0.5 * sizes.wire_width_max * zoom),
            bundle_px: half_target_px.max(0.5 * widest_bundle(sizes) * zoom),
            click_slop_px: 0.25 * sizes.touch_target,
        }
    }

    /// What lies under a point of the scene: the nearest neuron before any wire.
    #[must_use]
    pub fn under(&self, index: &SpatialIndex, point: Vec2, zoom: f32, sizes: &Sizes) -> Under {
        let slop_px = (self.rim_px - sizes.neuron_radius * zoom).max(self.wire_px);
        match index.pick(point.into(), slop_px / zoom) {
            Some(Hit::Node { id, distance, .. }) if distance * zoom <= self.body_px => {
                Under::Body(NodeId(id))
            }
            Some(Hit::Node { id, .. }) => Under::Rim(NodeId(id)),
            Some(Hit::Wire { id, distance, .. }) if distance * zoom <= self.wire_px => {
                Under::Wire(EdgeId(id))
            }
            _ => Under::Nothing,
        }
    }
}

/// As wide as a bundle can be, in scene units: what is seen is hit.
fn widest_bundle(sizes: &Sizes) -> f32 {
    sizes.bundle_width(f32::INFINITY, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Sizes = Sizes::STANDARD;

    #[test]
    fn a_finger_finds_targets_of_44_pixels_at_every_zoom() {
        for zoom in [0.1, 0.25, 0.5, 1.0, 2.0, 4.0] {
            let reach = Reach::of_finger(zoom, &SIZES);
            assert!(2.0 * reach.body_px >= 44.0, "{zoom}: {reach:?}");
            assert!(2.0 * reach.wire_px >= 44.0, "{zoom}: {reach:?}");
            assert!(2.0 * reach.bundle_px >= 44.0, "{zoom}: {reach:?}");
            assert!(reach.rim_px - reach.body_px >= 22.0, "{zoom}: {reach:?}");
            assert!(reach.click_slop_px >= 10.0);
        }
    }

    #[test]
    fn a_mouse_can_hit_body_and_rim_at_every_zoom() {
        for zoom in [0.1, 0.25, 0.5, 1.0, 2.0, 4.0] {
            let reach = Reach::of_mouse(zoom, &SIZES);
            assert!(reach.body_px >= 6.0, "{zoom}: {reach:?}");
            assert!(reach.rim_px - reach.body_px >= 6.0, "{zoom}: {reach:?}");
            assert!(reach.click_slop_px >= 4.0);
        }
    }

    #[test]
    fn the_body_is_hit_within_and_the_rim_around_it() {
        let mut index = SpatialIndex::default();
        index
            .insert_node(3, [0.0, 0.0], SIZES.neuron_radius)
            .expect("within the scene");
        let under = |x: f32, reach: Reach, zoom: f32| {
            reach.under(&index, Vec2::new(x / zoom, 0.0), zoom, &SIZES)
        };
        let mouse = Reach::of_mouse(1.0, &SIZES);
        assert_eq!(under(10.0, mouse, 1.0), Under::Body(NodeId(3)));
        assert_eq!(under(28.0, mouse, 1.0), Under::Rim(NodeId(3)));
        assert_eq!(under(40.0, mouse, 1.0), Under::Nothing);
        let far = Reach::of_finger(0.2, &SIZES);
        assert_eq!(under(20.0, far, 0.2), Under::Body(NodeId(3)));
        assert_eq!(under(40.0, far, 0.2), Under::Rim(NodeId(3)));
        assert_eq!(under(60.0, far, 0.2), Under::Nothing);
    }

    #[test]
    fn a_wire_is_hit_beside_it_but_a_neuron_goes_before() {
        let mut index = SpatialIndex::default();
        let curve = geometry::WireCurve::between([0.0, 0.0], [400.0, 0.0]);
        index.insert_wire(9, curve).expect("within the scene");
        index
            .insert_node(3, [400.0, 0.0], SIZES.neuron_radius)
            .expect("within the scene");
        let mouse = Reach::of_mouse(1.0, &SIZES);
        let under = |x, y| mouse.under(&index, Vec2::new(x, y), 1.0, &SIZES);
        assert_eq!(under(200.0, 5.0), Under::Wire(EdgeId(9)));
        assert_eq!(under(200.0, 9.0), Under::Nothing);
        assert_eq!(under(395.0, 0.0), Under::Body(NodeId(3)));
    }
}
