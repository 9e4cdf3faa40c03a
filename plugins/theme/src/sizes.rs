//! Lengths in logical pixels, and the laws that turn a weight or a bias into a width.

/// Lengths in logical pixels; one scene unit is one logical pixel at zoom 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sizes {
    /// The step of all spacing.
    pub space: f32,
    /// Half a step: between things that belong together.
    pub space_half: f32,
    /// Two steps: between groups, and inside a sheet's edge.
    pub space_double: f32,
    /// Three steps: between a sheet and the window's edge on a wide window.
    pub space_triple: f32,
    /// Small text: units, axis labels, badges.
    pub text_small: f32,
    /// Body text.
    pub text_body: f32,
    /// Titles.
    pub text_title: f32,
    /// An icon beside body text.
    pub icon: f32,
    /// The smallest width and height of what a finger presses.
    pub touch_target: f32,
    /// The corner radius of a sheet.
    pub corner_radius: f32,
    /// The corner radius of a control on a sheet.
    pub corner_radius_control: f32,
    /// The blur of a sheet's shadow.
    pub shadow_blur: f32,
    /// A side panel on a wide window.
    pub panel_width: f32,
    /// The narrowest a side panel may be dragged.
    pub panel_width_min: f32,
    /// The widest a side panel may be dragged.
    pub panel_width_max: f32,
    /// Windows narrower than this show one panel at a time, from below.
    pub narrow_window_width: f32,
    /// Distance of the grid's dots at zoom 1.
    pub grid_spacing: f32,
    /// Radius of a grid dot.
    pub grid_dot_radius: f32,
    /// A neuron's outer radius.
    pub neuron_radius: f32,
    /// How far from the others a new neuron goes that nobody aimed.
    pub neuron_spacing: f32,
    /// The thinnest rim, of a neuron without bias.
    pub rim_width_min: f32,
    /// The thickest rim.
    pub rim_width_max: f32,
    /// Rim width per unit of |bias|, between the two.
    pub rim_width_per_bias: f32,
    /// The thinnest wire, so that a weight of zero can still be seen and picked.
    pub wire_width_min: f32,
    /// The thickest wire.
    pub wire_width_max: f32,
    /// Wire width per unit of |weight|, between the two.
    pub wire_width_per_weight: f32,
    /// How wide a strong wire of a network is where widths fit themselves to it.
    pub wire_width_fitted: f32,
    /// Dash of a negative wire.
    pub wire_dash: f32,
    /// Gap of a negative wire.
    pub wire_gap: f32,
    /// The radius of the dots of a wire that is cut off, and half the width of the two strokes
    /// through its middle. Between two dots there is a gap.
    pub wire_dot: f32,
    /// From one tick beside a wire to the next, where they tell the sign of its gradient.
    pub tick_spacing: f32,
    /// How far such a tick stands out.
    pub tick_length: f32,
    /// How far beside a wire or a neuron a mouse still hits it.
    pub pick_slop_mouse: f32,
    /// How far beside a wire or a neuron a finger still hits it.
    pub pick_slop_touch: f32,
    /// Outline of what is selected.
    pub selection_width: f32,
    /// Radius of the faintest particle.
    pub particle_radius_min: f32,
    /// Radius of the strongest particle.
    pub particle_radius_max: f32,
}

impl Sizes {
    /// The sizes of both themes.
    pub const STANDARD: Self = Self {
        space: 8.0,
        space_half: 4.0,
        space_double: 16.0,
        space_triple: 24.0,
        text_small: 13.0,
        text_body: 15.0,
        text_title: 20.0,
        icon: 20.0,
        touch_target: 44.0,
        corner_radius: 16.0,
        corner_radius_control: 8.0,
        shadow_blur: 24.0,
        panel_width: 320.0,
        panel_width_min: 264.0,
        panel_width_max: 480.0,
        narrow_window_width: 720.0,
        grid_spacing: 32.0,
        grid_dot_radius: 1.25,
        neuron_radius: 26.0,
        neuron_spacing: 96.0,
        rim_width_min: 1.75,
        rim_width_max: 7.0,
        rim_width_per_bias: 3.5,
        wire_width_min: 0.75,
        wire_width_max: 9.0,
        wire_width_per_weight: 3.0,
        wire_width_fitted: 4.5,
        wire_dash: 8.0,
        wire_gap: 6.0,
        wire_dot: 1.1,
        tick_spacing: 22.0,
        tick_length: 6.0,
        pick_slop_mouse: 6.0,
        pick_slop_touch: 18.0,
        selection_width: 2.0,
        particle_radius_min: 1.5,
        particle_radius_max: 4.0,
    };

    /// A wire's width in scene units: `scale · wire_width_per_weight · |weight|`, held
    /// between `wire_width_min` and `wire_width_max`. The scale is what a person chose, or
    /// what [`fitted_scale`](crate::fitted_scale) found.
    ///
    /// At a scale of 1 truly proportional for |weight| in 0.25..=3: twice the weight is twice
    /// the width. Outside that range the width stays at its limit. NaN gives the thinnest wire.
    pub fn wire_width(&self, weight: f32, scale: f32) -> f32 {
        proportional(
            scale * self.wire_width_per_weight,
            weight,
            self.wire_width_min,
            self.wire_width_max,
        )
    }

    /// The width in scene units of a bundle of wires whose weights have this root mean
    /// square: broad enough to be seen as many.
    pub fn bundle_width(&self, strength: f32, scale: f32) -> f32 {
        2.0 * self.wire_width(strength, scale) + self.wire_width_max
    }

    /// A rim's width in scene units: `rim_width_per_bias · |bias|`, held between
    /// `rim_width_min` and `rim_width_max`.
    ///
    /// Truly proportional for |bias| in 0.5..=2. The thickest rim stays within the ring from which
    /// a wire is drawn. NaN gives the thinnest rim.
    pub fn rim_width(&self, bias: f32) -> f32 {
        proportional(
            self.rim_width_per_bias,
            bias,
            self.rim_width_min,
            self.rim_width_max,
        )
    }
}

impl Default for Sizes {
    fn default() -> Self {
        Self::STANDARD
    }
}

/// `slope · |value|` between two limits. `max` and `min` instead of `clamp`: they pass over NaN,
/// and a shader has the same two.
fn proportional(slope: f32, value: f32, least: f32, most: f32) -> f32 {
    (slope * value.abs()).max(least).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Sizes = Sizes::STANDARD;

    #[test]
    fn twice_the_weight_is_twice_the_width_between_the_limits() {
        for weight in [0.25, 0.5, 1.0, 1.5] {
            assert_eq!(
                SIZES.wire_width(2.0 * weight, 1.0),
                2.0 * SIZES.wire_width(weight, 1.0)
            );
            assert_eq!(
                SIZES.wire_width(-weight, 1.0),
                SIZES.wire_width(weight, 1.0)
            );
            assert_eq!(
                SIZES.wire_width(weight, 2.0),
                SIZES.wire_width(2.0 * weight, 1.0)
            );
        }
        for bias in [0.5, 0.75, 1.0] {
            assert_eq!(SIZES.rim_width(2.0 * bias), 2.0 * SIZES.rim_width(bias));
            assert_eq!(SIZES.rim_width(-bias), SIZES.rim_width(bias));
        }
    }

    #[test]
    fn widths_never_shrink_as_values_grow_and_stay_within_their_limits() {
        let (mut wire, mut rim) = (0.0, 0.0);
        for step in 0..1_000 {
            let value = step as f32 * 0.01;
            let (next_wire, next_rim) = (SIZES.wire_width(value, 1.0), SIZES.rim_width(value));
            assert!(next_wire >= wire && next_rim >= rim, "at {value}");
            assert!((0.75..=9.0).contains(&next_wire), "at {value}");
            assert!((1.75..=7.0).contains(&next_rim), "at {value}");
            (wire, rim) = (next_wire, next_rim);
        }
        assert_eq!((wire, rim), (9.0, 7.0));
    }

    #[test]
    fn a_diverged_weight_still_has_a_width() {
        assert_eq!(SIZES.wire_width(f32::NAN, 1.0), SIZES.wire_width_min);
        assert_eq!(SIZES.rim_width(f32::NAN), SIZES.rim_width_min);
        assert_eq!(
            SIZES.wire_width(f32::NEG_INFINITY, 1.0),
            SIZES.wire_width_max
        );
    }

    #[test]
    fn everything_a_finger_presses_is_large_enough() {
        // WCAG 2.2, criterion 2.5.5 (level AAA): 44 by 44 CSS pixels.
        let neuron = 2.0 * SIZES.neuron_radius;
        let wire = 2.0 * SIZES.pick_slop_touch + SIZES.wire_width(10.0, 1.0);
        for size in [SIZES.touch_target, neuron, wire] {
            assert!(size >= 44.0, "{size}");
        }
    }

    #[test]
    fn spacing_keeps_to_the_eight_point_scale() {
        let steps = [
            SIZES.space,
            SIZES.space_double,
            SIZES.space_triple,
            SIZES.panel_width,
        ];
        assert!(steps.iter().all(|length| length % 8.0 == 0.0));
        assert_eq!(SIZES.space_half * 2.0, SIZES.space);
    }
}
