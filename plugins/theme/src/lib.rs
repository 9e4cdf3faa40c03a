//! The theme: a palette, sizes and motion in one value.
#![doc = include_str!("../README.md")]

mod colour;
mod look;
mod motion;
mod palette;
mod sizes;
mod wires;

pub use colour::{Rgba8, contrast_ratio};
pub use look::Look;
pub use motion::Motion;
pub use palette::Palette;
pub use sizes::Sizes;
pub use wires::{fitted_scale, gradient_gain, gradient_tone, round_numbers, strong_size};

/// Everything the look is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theme {
    /// Colours, named by what they mean.
    pub palette: Palette,
    /// Lengths, in logical pixels.
    pub sizes: Sizes,
    /// Durations, particles, reduced motion.
    pub motion: Motion,
}

impl Theme {
    /// Deep ink stage, glowing wires: the default.
    pub const fn dark() -> Self {
        Self {
            palette: Palette::DARK,
            sizes: Sizes::STANDARD,
            motion: Motion::STANDARD,
        }
    }

    /// Warm paper stage, darker inks.
    pub const fn light() -> Self {
        Self {
            palette: Palette::LIGHT,
            ..Self::dark()
        }
    }

    /// White and strong colours on black: text has at least 7:1, what is drawn 4.5:1.
    pub const fn high_contrast() -> Self {
        Self {
            palette: Palette::HIGH_CONTRAST,
            ..Self::dark()
        }
    }

    /// Ink, and colours that stay apart for every eye.
    pub const fn colour_safe() -> Self {
        Self {
            palette: Palette::COLOUR_SAFE,
            ..Self::dark()
        }
    }

    /// Whether its stage is lighter than what stands on it.
    #[must_use]
    pub fn is_light(&self) -> bool {
        self.palette == Palette::LIGHT
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::dark()
    }
}
