//! The lens: where a point of the window lies in the scene, and the camera behind it.

use bevy::ecs::system::SystemParam;
use bevy::math::{Rect, Vec2};
use bevy::prelude::*;
use bevy::window::PrimaryWindow;

use crate::gesture::Spot;

/// The least zoom, in logical pixels per scene unit.
pub const ZOOM_MIN: f32 = 0.02;

/// The greatest zoom, in logical pixels per scene unit.
pub const ZOOM_MAX: f32 = 4.0;

/// Marks the camera that shows the canvas. It fills the window.
#[derive(Component, Clone, Copy, Debug, Default)]
pub struct StageCamera;

/// What the camera shows, as numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lens {
    /// The scene point in the middle of the window.
    pub centre: Vec2,
    /// Scene units per logical pixel: one over the zoom.
    pub units_per_px: f32,
    /// The window, in logical pixels.
    pub window_px: Vec2,
}

impl Lens {
    /// Logical pixels per scene unit.
    #[must_use]
    pub fn zoom(&self) -> f32 {
        1.0 / self.units_per_px
    }

    /// The scene point under a point of the window.
    #[must_use]
    pub fn scene_from_px(&self, px: Vec2) -> Vec2 {
        self.centre + self.middle_to(px)
    }

    /// Both at once.
    #[must_use]
    pub fn spot(&self, px: Vec2) -> Spot {
        Spot {
            px,
            scene: self.scene_from_px(px),
        }
    }

    /// The lens after the scene was moved along with a pointer.
    #[must_use]
    pub fn panned(self, by_px: Vec2) -> Self {
        let by = Vec2::new(by_px.x, -by_px.y) * self.units_per_px;
        Self {
            centre: self.centre - by,
            ..self
        }
    }

    /// The lens with another zoom, within the limits, that leaves the scene where
    /// it is under a point of the window.
    #[must_use]
    pub fn zoomed(self, about_px: Vec2, factor: f32) -> Self {
        let fixed = self.scene_from_px(about_px);
        self.with_zoom(self.zoom() * factor).aimed(fixed, about_px)
    }

    /// The lens with this zoom, within the limits. What is no number changes nothing.
    #[must_use]
    pub fn with_zoom(self, zoom: f32) -> Self {
        if zoom.is_nan() {
            return self;
        }
        Self {
            units_per_px: 1.0 / zoom.clamp(ZOOM_MIN, ZOOM_MAX),
            ..self
        }
    }

    /// The lens moved so that a scene point lies under a point of the window.
    #[must_use]
    pub fn aimed(self, scene: Vec2, px: Vec2) -> Self {
        Self {
            centre: scene - self.middle_to(px),
            ..self
        }
    }

    /// The lens that shows all of `bounds` in a part of the window, with a margin.
    #[must_use]
    pub fn framing(self, bounds: geometry::Rect, area_px: Rect, margin_px: f32) -> Self {
        let framing = geometry::fit(bounds, area_px.size().into(), margin_px);
        self.with_zoom(framing.scale)
            .aimed(framing.centre.into(), area_px.center())
    }

    /// The lens on the way to another: the zoom goes evenly in steps of equal ratio.
    #[must_use]
    pub fn towards(self, to: Self, progress: f32) -> Self {
        if progress >= 1.0 {
            return to;
        }
        Self {
            centre: self.centre.lerp(to.centre, progress),
            units_per_px: self.units_per_px * (to.units_per_px / self.units_per_px).powf(progress),
            ..to
        }
    }

    /// From the middle of the window, in scene units.
    fn middle_to(&self, px: Vec2) -> Vec2 {
        let offset = px - 0.5 * self.window_px;
        Vec2::new(offset.x, -offset.y) * self.units_per_px
    }
}

/// The camera of the canvas with its window.
#[derive(SystemParam)]
pub(crate) struct Stage<'w, 's> {
    camera: Query<'w, 's, (&'static mut Transform, &'static mut Projection), With<StageCamera>>,
    window: Query<'w, 's, &'static Window, With<PrimaryWindow>>,
}

impl Stage<'_, '_> {
    /// `None` without a window or a camera.
    pub fn lens(&self) -> Option<Lens> {
        let (transform, projection) = self.camera.single().ok()?;
        let window = self.window.single().ok()?;
        let Projection::Orthographic(projection) = projection else {
            return None;
        };
        Some(Lens {
            centre: transform.translation.truncate(),
            units_per_px: projection.scale,
            window_px: window.size(),
        })
    }

    /// Where the mouse is in the window, in logical pixels.
    pub fn cursor_px(&self) -> Option<Vec2> {
        self.window.single().ok()?.cursor_position()
    }

    /// Points the camera. What is not finite is not followed.
    pub fn look(&mut self, lens: Lens) {
        let is_sound =
            lens.centre.is_finite() && lens.units_per_px.is_finite() && lens.units_per_px > 0.0;
        let Ok((mut transform, mut projection)) = self.camera.single_mut() else {
            return;
        };
        if !is_sound {
            return;
        }
        if transform.translation.truncate() != lens.centre {
            transform.translation = lens.centre.extend(transform.translation.z);
        }
        if let Projection::Orthographic(before) = &*projection
            && before.scale != lens.units_per_px
            && let Projection::Orthographic(projection) = &mut *projection
        {
            projection.scale = lens.units_per_px;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENS: Lens = Lens {
        centre: Vec2::new(100.0, 50.0),
        units_per_px: 0.5,
        window_px: Vec2::new(1280.0, 720.0),
    };

    #[test]
    fn the_middle_of_the_window_shows_the_centre_and_up_is_up() {
        assert_eq!(LENS.scene_from_px(Vec2::new(640.0, 360.0)), LENS.centre);
        let above = LENS.scene_from_px(Vec2::new(650.0, 350.0));
        assert_eq!(above, Vec2::new(105.0, 55.0));
    }

    #[test]
    fn panning_keeps_the_scene_under_the_pointer() {
        let (before, after) = (Vec2::new(200.0, 300.0), Vec2::new(260.0, 250.0));
        let panned = LENS.panned(after - before);
        let difference = panned.scene_from_px(after) - LENS.scene_from_px(before);
        assert!(difference.length() < 1e-3, "{difference}");
    }

    #[test]
    fn zooming_keeps_the_scene_under_the_pointer_and_within_the_limits() {
        let px = Vec2::new(1000.0, 100.0);
        for factor in [1.5, 0.2, 1e9, 0.0, f32::INFINITY] {
            let zoomed = LENS.zoomed(px, factor);
            let difference = zoomed.scene_from_px(px) - LENS.scene_from_px(px);
            assert!(difference.length() < 1e-2, "{factor}: {difference}");
            let limits = ZOOM_MIN * 0.999..=ZOOM_MAX * 1.001;
            assert!(limits.contains(&zoomed.zoom()), "{factor}");
        }
        assert_eq!(LENS.zoomed(px, f32::NAN), LENS);
    }

    #[test]
    fn framing_puts_the_network_into_the_free_part_of_the_window() {
        let bounds = geometry::Rect::around([0.0, 0.0], 100.0);
        let area = Rect::new(320.0, 0.0, 1280.0, 720.0);
        let lens = LENS.framing(bounds, area, 60.0);
        assert!(lens.scene_from_px(area.center()).length() < 1e-3);
        assert_eq!(lens.zoom(), geometry::FIT_SCALE_MAX);
    }

    #[test]
    fn a_flight_begins_here_and_ends_exactly_there() {
        let to = LENS.with_zoom(0.5);
        assert_eq!(LENS.towards(to, 0.0), LENS);
        assert_eq!(LENS.towards(to, 1.0), to);
        assert!((LENS.towards(to, 0.5).zoom() - 1.0).abs() < 1e-5);
    }
}
