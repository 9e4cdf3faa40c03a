//! How wires are drawn, as a person chose it, and what came of that.

use bevy::prelude::Resource;

/// How wires are drawn, as a person chose it, and whether the legend is open.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct WireSettings {
    /// What widths are multiplied by: 1 as the theme has it, within
    /// [`WireSettings::WIDTHS`].
    pub width: f32,
    /// Whether widths also fit themselves to the weights that are there.
    pub is_fitted: bool,
    /// What the colour of a wire tells.
    pub tells: WireTells,
    /// Whether the legend is open; `None` before the size of the window is known.
    pub is_legend_open: Option<bool>,
}

impl Default for WireSettings {
    fn default() -> Self {
        Self {
            width: 1.0,
            is_fitted: false,
            tells: WireTells::default(),
            is_legend_open: None,
        }
    }
}

impl WireSettings {
    /// The narrowest and the widest.
    pub const WIDTHS: [f32; 2] = [0.25, 4.0];

    /// The same with this width, within its limits; what is no number changes nothing.
    #[must_use]
    pub fn with_width(self, width: f32) -> Self {
        let [least, most] = Self::WIDTHS;
        if width.is_nan() {
            return self;
        }
        Self {
            width: width.clamp(least, most),
            ..self
        }
    }

    /// The same with colours that tell the other of the two.
    #[must_use]
    pub fn recoloured(self) -> Self {
        let tells = match self.tells {
            WireTells::Weight => WireTells::Gradient,
            WireTells::Gradient => WireTells::Weight,
        };
        Self { tells, ..self }
    }
}

/// What the colour of a wire tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WireTells {
    /// The sign of its weight.
    #[default]
    Weight,
    /// Its gradient.
    Gradient,
}

/// What is drawn of wires just now. Whoever draws them fills it.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct WireFacts {
    /// What widths are multiplied by, all in all.
    pub scale: f32,
    /// What gradients are multiplied by before `theme::gradient_tone` makes them a tone.
    pub gain: f32,
    /// Whose gradients are shown.
    pub gradients: Gradients,
    /// Whether they are all zero.
    pub are_zero: bool,
}

impl Default for WireFacts {
    fn default() -> Self {
        Self {
            scale: 1.0,
            gain: 1.0,
            gradients: Gradients::None,
            are_zero: false,
        }
    }
}

/// Whose gradients are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gradients {
    /// There are none yet.
    #[default]
    None,
    /// Those of the row that is shown on the canvas.
    OfRow,
    /// Those of the batch that was trained on last.
    OfBatch,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_stays_within_its_limits_and_is_always_a_number() {
        let settings = WireSettings::default();
        for (asked, kept) in [(9.0, 4.0), (-1.0, 0.25), (2.0, 2.0), (f32::NAN, 1.0)] {
            assert_eq!(settings.with_width(asked).width, kept);
        }
        assert_eq!(settings.recoloured().recoloured(), settings);
        assert_eq!(settings.recoloured().tells, WireTells::Gradient);
    }
}
