//! The colours, named by what they mean, for each theme.

use crate::Rgba8;

/// Colours named by what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Behind everything on the canvas.
    pub stage: Rgba8,
    /// The dots of the stage's grid.
    pub grid: Rgba8,
    /// A floating panel, slightly translucent.
    pub sheet: Rgba8,
    /// A panel's edge, and the lines that part its sections.
    pub sheet_border: Rgba8,
    /// A field, slot or button at rest, on a sheet.
    pub control: Rgba8,
    /// The one shadow under a sheet.
    pub shadow: Rgba8,
    /// What is to be read.
    pub text: Rgba8,
    /// What may be read: labels, units, hints.
    pub text_dim: Rgba8,
    /// What to press next, links, the focus ring.
    pub accent: Rgba8,
    /// Text and icons on `accent`.
    pub on_accent: Rgba8,
    /// Something is broken, or will be lost.
    pub danger: Rgba8,
    /// Something deserves a look.
    pub warning: Rgba8,
    /// Input neurons and columns.
    pub input: Rgba8,
    /// Hidden neurons.
    pub hidden: Rgba8,
    /// Output neurons and target columns.
    pub output: Rgba8,
    /// Positive weights, biases and values.
    pub positive: Rgba8,
    /// Negative weights, biases and values.
    pub negative: Rgba8,
    /// Zero on a response map.
    pub neutral: Rgba8,
    /// Gradients, which flow backward; on a wire, that the loss rises with its weight.
    pub gradient: Rgba8,
    /// On a wire, that the loss falls as its weight rises.
    pub gradient_falling: Rgba8,
    /// The core of what is frozen.
    pub frost: Rgba8,
    /// The outline of what is selected.
    pub selection: Rgba8,
    /// A dragged wire may end here.
    pub target_valid: Rgba8,
    /// A dragged wire may not end here.
    pub target_invalid: Rgba8,
    /// Training examples: the strongest tone, a filled mark.
    pub split_training: Rgba8,
    /// Validation examples: the middle tone, a half-filled mark.
    pub split_validation: Rgba8,
    /// Test examples: the faintest tone, a hollow mark.
    pub split_test: Rgba8,
    /// The lines of a plot, in the order they are given out (after Okabe and Ito, 2008).
    pub plot_lines: [Rgba8; 6],
}

impl Palette {
    /// Deep ink stage.
    pub const DARK: Self = Self {
        stage: Rgba8::hex(0x0E1220),
        grid: Rgba8::hex(0x242B40),
        sheet: Rgba8::hex(0x171D30).with_alpha(240),
        sheet_border: Rgba8::hex(0x2C3550),
        control: Rgba8::hex(0x232B43),
        shadow: Rgba8::hex(0x000000).with_alpha(96),
        text: Rgba8::hex(0xE9EDF7),
        text_dim: Rgba8::hex(0x9AA5BF),
        accent: Rgba8::hex(0x7AA8FF),
        on_accent: Rgba8::hex(0x0E1220),
        danger: Rgba8::hex(0xFF5D4D),
        warning: Rgba8::hex(0xFFD166),
        input: Rgba8::hex(0x4C8DFF),
        hidden: Rgba8::hex(0xA66BFF),
        output: Rgba8::hex(0x36C98F),
        positive: Rgba8::hex(0xFFB454),
        negative: Rgba8::hex(0x7FD1FF),
        neutral: Rgba8::hex(0x151A2B),
        gradient: Rgba8::hex(0xFF6F91),
        gradient_falling: Rgba8::hex(0x63E0C4),
        frost: Rgba8::hex(0xD8ECF7),
        selection: Rgba8::hex(0xFFFFFF),
        target_valid: Rgba8::hex(0x5AE0A8),
        target_invalid: Rgba8::hex(0xFF5D4D),
        split_training: Rgba8::hex(0xDCE3F2),
        split_validation: Rgba8::hex(0x97A3BF),
        split_test: Rgba8::hex(0x65718F),
        plot_lines: [
            Rgba8::hex(0x56B4E9),
            Rgba8::hex(0xE69F00),
            Rgba8::hex(0x2FC59A),
            Rgba8::hex(0xCC79A7),
            Rgba8::hex(0xF0E442),
            Rgba8::hex(0xEE7733),
        ],
    };

    /// Warm paper stage.
    pub const LIGHT: Self = Self {
        stage: Rgba8::hex(0xF6F4EE),
        grid: Rgba8::hex(0xDCD8CC),
        sheet: Rgba8::hex(0xFFFEFB).with_alpha(240),
        sheet_border: Rgba8::hex(0xD9D5CA),
        control: Rgba8::hex(0xEEEBE2),
        shadow: Rgba8::hex(0x3A3320).with_alpha(48),
        text: Rgba8::hex(0x1B2133),
        text_dim: Rgba8::hex(0x586076),
        accent: Rgba8::hex(0x2459C4),
        on_accent: Rgba8::hex(0xFFFFFF),
        danger: Rgba8::hex(0xC4281C),
        warning: Rgba8::hex(0x8A6100),
        input: Rgba8::hex(0x2363D6),
        hidden: Rgba8::hex(0x9A4DEB),
        output: Rgba8::hex(0x0B7A52),
        positive: Rgba8::hex(0xB06000),
        negative: Rgba8::hex(0x1A78B4),
        neutral: Rgba8::hex(0xF1EEE6),
        gradient: Rgba8::hex(0xC9305F),
        gradient_falling: Rgba8::hex(0x00463C),
        frost: Rgba8::hex(0x5E8AA3),
        selection: Rgba8::hex(0x10131C),
        target_valid: Rgba8::hex(0x0B7A52),
        target_invalid: Rgba8::hex(0xC4281C),
        split_training: Rgba8::hex(0x2B3348),
        split_validation: Rgba8::hex(0x586076),
        split_test: Rgba8::hex(0x838CA2),
        plot_lines: [
            Rgba8::hex(0x0072B2),
            Rgba8::hex(0xB35900),
            Rgba8::hex(0x00805F),
            Rgba8::hex(0xAA4A85),
            Rgba8::hex(0x857500),
            Rgba8::hex(0xB8431A),
        ],
    };

    /// Black stage; text has at least 7:1, what is drawn 4.5:1, edges of controls 3:1.
    pub const HIGH_CONTRAST: Self = Self {
        stage: Rgba8::hex(0x000000),
        grid: Rgba8::hex(0x2A2A2A),
        sheet: Rgba8::hex(0x000000),
        sheet_border: Rgba8::hex(0xA8A8A8),
        control: Rgba8::hex(0x262626),
        shadow: Rgba8::hex(0x000000).with_alpha(96),
        text: Rgba8::hex(0xFFFFFF),
        text_dim: Rgba8::hex(0xD6D6D6),
        accent: Rgba8::hex(0x9CC9FF),
        on_accent: Rgba8::hex(0x000000),
        danger: Rgba8::hex(0xFF8C7D),
        warning: Rgba8::hex(0xFFE08A),
        input: Rgba8::hex(0x5AA9FF),
        hidden: Rgba8::hex(0xE3A0FF),
        output: Rgba8::hex(0x5CFFB4),
        positive: Rgba8::hex(0xFFC21A),
        negative: Rgba8::hex(0x6FDCFF),
        neutral: Rgba8::hex(0x0A0A0A),
        gradient: Rgba8::hex(0xFF7FA8),
        gradient_falling: Rgba8::hex(0x6BFFE0),
        frost: Rgba8::hex(0xFFFFFF),
        selection: Rgba8::hex(0xFFFFFF),
        target_valid: Rgba8::hex(0x5CFFB4),
        target_invalid: Rgba8::hex(0xFF7866),
        split_training: Rgba8::hex(0xFFFFFF),
        split_validation: Rgba8::hex(0xB4B4B4),
        split_test: Rgba8::hex(0x7D7D7D),
        plot_lines: [
            Rgba8::hex(0x6FC6FF),
            Rgba8::hex(0xFFB84D),
            Rgba8::hex(0x4DE0B4),
            Rgba8::hex(0xF0A0CC),
            Rgba8::hex(0xFFF36B),
            Rgba8::hex(0xFF8A4D),
        ],
    };

    /// Deep ink stage, and colours told apart by lightness where hues are confused: all
    /// that means different things is at least 0.12 apart in OKLab for every eye.
    pub const COLOUR_SAFE: Self = Self {
        input: Rgba8::hex(0x3E7BFA),
        hidden: Rgba8::hex(0xE48CC8),
        output: Rgba8::hex(0xB9F5C4),
        positive: Rgba8::hex(0xFFB000),
        negative: Rgba8::hex(0x7FC8FF),
        gradient: Rgba8::hex(0xD6448F),
        gradient_falling: Rgba8::hex(0xBFF3E4),
        frost: Rgba8::hex(0xE6F4FF),
        danger: Rgba8::hex(0xFF7A4D),
        target_valid: Rgba8::hex(0x8FE3FF),
        target_invalid: Rgba8::hex(0xE0602A),
        split_training: Rgba8::hex(0xFFFFFF),
        split_validation: Rgba8::hex(0xA5B0CC),
        split_test: Rgba8::hex(0x66718C),
        ..Self::DARK
    };

    /// The colour of a value in -1..=1 on a response map: `negative` through `neutral` to `positive`.
    ///
    /// Values outside are clamped; NaN shows as `danger`, since nothing should hide it.
    /// Contrast with `neutral` rises with |value|, so the map reads without hue too.
    pub fn heat(&self, value: f32) -> Rgba8 {
        if value.is_nan() {
            return self.danger;
        }
        let end = if value < 0.0 {
            self.negative
        } else {
            self.positive
        };
        self.neutral.mix(end, value.abs())
    }

    /// The colour of a wire by its gradient: `gradient` where the loss rises with the weight,
    /// `gradient_falling` where it falls, and `wire_at_rest` without one. `tone` is what
    /// [`gradient_tone`](crate::gradient_tone) gives.
    pub fn slope(&self, tone: f32) -> Rgba8 {
        let end = if tone < 0.0 {
            self.gradient_falling
        } else {
            self.gradient
        };
        self.wire_at_rest().mix(end, tone.abs())
    }

    /// A wire of which nothing is told by colour.
    pub fn wire_at_rest(&self) -> Rgba8 {
        self.stage.mix(self.text_dim, 0.45)
    }

    /// The colour of a plot's n-th line; they repeat after the last.
    pub fn plot_line(&self, index: usize) -> Rgba8 {
        self.plot_lines[index % self.plot_lines.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contrast_ratio;

    const EACH: [(&str, Palette); 4] = [
        ("dark", Palette::DARK),
        ("light", Palette::LIGHT),
        ("high contrast", Palette::HIGH_CONTRAST),
        ("colour safe", Palette::COLOUR_SAFE),
    ];

    #[test]
    fn text_reads_on_a_sheet_whatever_lies_behind_it() {
        for (name, palette) in EACH {
            let behind = [
                palette.stage,
                palette.positive,
                palette.selection,
                Rgba8::hex(0x000000),
                Rgba8::hex(0xFFFFFF),
            ];
            for background in behind {
                let sheet = palette.sheet.over(background);
                for text in [palette.text, palette.text_dim, palette.danger] {
                    let ratio = contrast_ratio(text, sheet);
                    assert!(ratio >= 4.5, "{name}: {text:?} on {sheet:?} has {ratio}");
                }
            }
        }
    }

    #[test]
    fn text_reads_on_controls_on_the_stage_and_on_the_accent() {
        for (name, palette) in EACH {
            let pairs = [
                (palette.text, palette.control),
                (palette.text_dim, palette.control),
                (palette.text, palette.stage),
                (palette.text_dim, palette.stage),
                (palette.on_accent, palette.accent),
            ];
            for (text, background) in pairs {
                let ratio = contrast_ratio(text, background);
                assert!(
                    ratio >= 4.5,
                    "{name}: {text:?} on {background:?} has {ratio}"
                );
            }
        }
    }

    #[test]
    fn what_is_drawn_on_the_stage_stands_out_from_it() {
        for (name, palette) in EACH {
            let drawn = [
                ("input", palette.input),
                ("hidden", palette.hidden),
                ("output", palette.output),
                ("positive", palette.positive),
                ("negative", palette.negative),
                ("gradient", palette.gradient),
                ("gradient_falling", palette.gradient_falling),
                ("frost", palette.frost),
                ("selection", palette.selection),
                ("target_valid", palette.target_valid),
                ("target_invalid", palette.target_invalid),
                ("accent", palette.accent),
                ("warning", palette.warning),
                ("split_training", palette.split_training),
                ("split_validation", palette.split_validation),
                ("split_test", palette.split_test),
            ];
            for (meaning, colour) in drawn {
                let ratio = contrast_ratio(colour, palette.stage);
                assert!(ratio >= 3.0, "{name}: {meaning} has {ratio}");
            }
        }
    }

    #[test]
    fn plot_lines_stand_out_from_the_sheet_and_repeat_after_the_last() {
        for (name, palette) in EACH {
            let sheet = palette.sheet.over(palette.stage);
            for line in palette.plot_lines {
                let ratio = contrast_ratio(line, sheet);
                assert!(ratio >= 3.0, "{name}: {line:?} has {ratio}");
            }
            assert_eq!(palette.plot_line(7), palette.plot_line(1));
        }
    }

    #[test]
    fn high_contrast_goes_beyond_what_the_other_themes_must_have() {
        let palette = Palette::HIGH_CONTRAST;
        for text in [palette.text, palette.text_dim, palette.danger] {
            for behind in [palette.sheet, palette.stage, palette.control] {
                let ratio = contrast_ratio(text, behind);
                assert!(ratio >= 6.5, "{text:?} on {behind:?} has {ratio}");
            }
            assert!(contrast_ratio(text, palette.sheet) >= 7.0);
        }
        assert_eq!(palette.sheet.a, 255, "nothing shines through a sheet");
        let drawn = [
            palette.input,
            palette.hidden,
            palette.output,
            palette.positive,
            palette.negative,
            palette.gradient,
            palette.split_test,
        ];
        for colour in drawn {
            assert!(contrast_ratio(colour, palette.stage) >= 4.5, "{colour:?}");
        }
        assert!(contrast_ratio(palette.sheet_border, palette.sheet) >= 3.0);
    }

    #[test]
    fn the_grid_stays_in_the_background() {
        for (name, palette) in EACH {
            let ratio = contrast_ratio(palette.grid, palette.stage);
            assert!((1.1..2.0).contains(&ratio), "{name}: {ratio}");
        }
    }

    #[test]
    fn a_heat_map_gains_contrast_with_the_size_of_the_value_on_both_sides() {
        for (name, palette) in EACH {
            for sign in [-1.0, 1.0] {
                let mut last = 0.0;
                for step in 0..=16 {
                    let value = sign * step as f32 / 16.0;
                    let ratio = contrast_ratio(palette.heat(value), palette.neutral);
                    assert!(ratio > last, "{name} at {value}: {ratio} after {last}");
                    last = ratio;
                }
            }
        }
    }

    #[test]
    fn a_wire_stands_out_the_more_the_larger_its_gradient_is() {
        for (name, palette) in EACH {
            for sign in [-1.0, 1.0] {
                let mut last = 1.3;
                for step in 0..=16 {
                    let tone = sign * step as f32 / 16.0;
                    let ratio = contrast_ratio(palette.slope(tone), palette.stage);
                    assert!(ratio > last, "{name} at {tone}: {ratio} after {last}");
                    last = ratio;
                }
            }
            assert_eq!(palette.slope(f32::NAN), palette.wire_at_rest());
        }
    }

    #[test]
    fn a_heat_map_clamps_and_shows_what_is_not_a_number() {
        for (_, palette) in EACH {
            assert_eq!(palette.heat(0.0), palette.neutral);
            assert_eq!(palette.heat(-0.0), palette.neutral);
            assert_eq!(palette.heat(f32::INFINITY), palette.positive);
            assert_eq!(palette.heat(-7.0), palette.negative);
            assert_eq!(palette.heat(f32::NAN), palette.danger);
        }
    }
}
