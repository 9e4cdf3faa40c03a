//! Where the camera must be to show a part of the scene.

use crate::Rect;

/// The closest that fitting zooms in, so that a lone neuron does not fill the window.
pub const FIT_SCALE_MAX: f32 = 2.0;

/// The farthest that fitting zooms out.
pub const FIT_SCALE_MIN: f32 = 0.01;

/// Where a camera looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Framing {
    /// The scene point in the middle of the viewport.
    pub centre: [f32; 2],
    /// Logical pixels per scene unit.
    pub scale: f32,
}

/// The framing that shows all of `bounds` in a viewport of `viewport_px` (width, height in logical
/// pixels) with at least `margin_px` on each side, as large as possible within
/// `FIT_SCALE_MIN..=FIT_SCALE_MAX`.
pub fn fit(bounds: Rect, viewport_px: [f32; 2], margin_px: f32) -> Framing {
    let size = bounds.size();
    let axis_scale = |axis: usize| {
        let room = (viewport_px[axis] - 2.0 * margin_px).max(0.0);
        if size[axis] > 0.0 {
            room / size[axis]
        } else {
            FIT_SCALE_MAX
        }
    };
    let scale = axis_scale(0).min(axis_scale(1));
    Framing {
        centre: bounds.centre(),
        // An endless network in an endless window: `clamp` would keep the NaN.
        scale: if scale.is_nan() {
            FIT_SCALE_MIN
        } else {
            scale.clamp(FIT_SCALE_MIN, FIT_SCALE_MAX)
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_network_fills_the_width_within_the_margins() {
        let bounds = Rect {
            min: [-100.0, 0.0],
            max: [1_900.0, 300.0],
        };
        let framing = fit(bounds, [1_080.0, 720.0], 40.0);
        assert_eq!(
            framing,
            Framing {
                centre: [900.0, 150.0],
                scale: 0.5
            }
        );
    }

    #[test]
    fn a_lone_point_is_shown_at_the_closest_zoom() {
        let bounds = Rect {
            min: [5.0, 6.0],
            max: [5.0, 6.0],
        };
        let framing = fit(bounds, [1_280.0, 720.0], 40.0);
        assert_eq!(
            framing,
            Framing {
                centre: [5.0, 6.0],
                scale: FIT_SCALE_MAX
            }
        );
    }

    #[test]
    fn a_window_without_room_still_has_a_scale() {
        let bounds = Rect {
            min: [0.0; 2],
            max: [100.0; 2],
        };
        assert_eq!(fit(bounds, [0.0, 0.0], 40.0).scale, FIT_SCALE_MIN);
    }
}
