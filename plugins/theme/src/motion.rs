//! How fast things move, and what reduced motion changes.

/// Durations, particles, and what reduced motion changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion {
    /// The person asked for less movement.
    ///
    /// Every change is then at once and particles stand still on their wires, as marks that keep
    /// their place, size and brightness: nothing is shown by movement alone, so no piece of
    /// information is lost.
    pub is_reduced: bool,
    /// Hover, press, focus; in milliseconds.
    pub quick_ms: f32,
    /// Something appears, disappears or changes size; in milliseconds.
    pub settle_ms: f32,
    /// The camera moves, a sheet opens; in milliseconds.
    pub travel_ms: f32,
    /// Many things on the canvas go to new places at once, so that eyes can follow; in
    /// milliseconds.
    pub rearrange_ms: f32,
    /// How long a pointer rests before an explanation appears; in milliseconds.
    pub hover_delay_ms: f32,
    /// Nothing flashes more often than this a second (WCAG 2.2, criterion 2.3.1).
    pub flash_max_hz: f32,
    /// The slow breathing of what waits for the person, a second.
    pub pulse_hz: f32,
    /// Speed of particles along a wire, in scene units a second.
    pub particle_speed: f32,
    /// Distance between particles of one wire, in scene units.
    pub particle_spacing: f32,
    /// The most particles on one wire, so that they never cover it.
    pub particles_per_wire_max: u32,
    /// How eagerly a dragged thing follows the pointer: its distance shrinks by `exp(-rate · dt)`,
    /// with the rate in 1/second.
    pub drag_decay_rate: f32,
}

impl Motion {
    /// The motion of both themes.
    pub const STANDARD: Self = Self {
        is_reduced: false,
        quick_ms: 120.0,
        settle_ms: 160.0,
        travel_ms: 200.0,
        rearrange_ms: 300.0,
        hover_delay_ms: 400.0,
        flash_max_hz: 3.0,
        pulse_hz: 0.5,
        particle_speed: 120.0,
        particle_spacing: 56.0,
        particles_per_wire_max: 24,
        drag_decay_rate: 20.0,
    };

    /// The time a change takes, in seconds: 0 when motion is reduced.
    ///
    /// Pass one of the durations, such as `motion.settle_ms`.
    pub fn duration_secs(&self, duration_ms: f32) -> f32 {
        if self.is_reduced {
            0.0
        } else {
            duration_ms / 1000.0
        }
    }

    /// How far a change has come (0..=1) after `elapsed_secs`, easing out as a cubic:
    /// `1 - (1 - t)³`. At once when motion is reduced.
    pub fn progress(&self, elapsed_secs: f32, duration_ms: f32) -> f32 {
        let duration_secs = self.duration_secs(duration_ms);
        if elapsed_secs >= duration_secs {
            return 1.0;
        }
        let left = 1.0 - (elapsed_secs / duration_secs).max(0.0);
        1.0 - left * left * left
    }

    /// How far particles have come after `time_secs`, in scene units: always 0 when motion is
    /// reduced, so that they rest at even places.
    pub fn particle_offset(&self, time_secs: f32) -> f32 {
        if self.is_reduced {
            0.0
        } else {
            time_secs * self.particle_speed
        }
    }

    /// How many particles a wire of this length carries: one for each spacing, at least one, at
    /// most `particles_per_wire_max`.
    pub fn particle_count(&self, wire_length: f32) -> u32 {
        // `as` saturates, and NaN becomes 0.
        ((wire_length / self.particle_spacing) as u32).clamp(1, self.particles_per_wire_max.max(1))
    }
}

impl Default for Motion {
    fn default() -> Self {
        Self::STANDARD
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REDUCED: Motion = Motion {
        is_reduced: true,
        ..Motion::STANDARD
    };

    #[test]
    fn interface_changes_take_120_to_200_milliseconds() {
        let motion = Motion::STANDARD;
        for duration_ms in [motion.quick_ms, motion.settle_ms, motion.travel_ms] {
            assert!((0.12..=0.2).contains(&motion.duration_secs(duration_ms)));
        }
    }

    #[test]
    fn nothing_passes_or_pulses_faster_than_the_flash_limit() {
        let motion = Motion::STANDARD;
        assert!(motion.flash_max_hz <= 3.0);
        assert!(motion.particle_speed / motion.particle_spacing < motion.flash_max_hz);
        assert!(motion.pulse_hz < motion.flash_max_hz);
    }

    #[test]
    fn a_change_starts_fast_ends_at_one_and_never_goes_back() {
        let motion = Motion::STANDARD;
        let mut last = 0.0;
        for step in 1..=40 {
            let now = motion.progress(step as f32 * 0.005, 160.0);
            assert!(now >= last && now <= 1.0, "step {step}: {now} after {last}");
            last = now;
        }
        assert_eq!(last, 1.0);
        assert!(motion.progress(0.08, 160.0) > 0.8);
        assert_eq!(motion.progress(-1.0, 160.0), 0.0);
    }

    #[test]
    fn with_reduced_motion_changes_are_at_once_and_particles_rest() {
        assert_eq!(REDUCED.progress(0.0, 200.0), 1.0);
        assert_eq!(REDUCED.particle_offset(12.5), 0.0);
        assert!(Motion::STANDARD.particle_offset(1.0) > 0.0);
        assert_eq!(
            REDUCED.particle_count(600.0),
            Motion::STANDARD.particle_count(600.0)
        );
    }

    #[test]
    fn a_wire_is_never_covered_by_its_particles() {
        let motion = Motion::STANDARD;
        assert_eq!(motion.particle_count(0.0), 1);
        assert_eq!(motion.particle_count(560.0), 10);
        assert_eq!(
            motion.particle_count(f32::INFINITY),
            motion.particles_per_wire_max
        );
        assert_eq!(motion.particle_count(f32::NAN), 1);
        let widest = 2.0 * crate::Sizes::STANDARD.particle_radius_max;
        assert!(widest < motion.particle_spacing / 4.0);
    }
}
