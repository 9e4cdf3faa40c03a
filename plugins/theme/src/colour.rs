//! One colour as four bytes, its conversions, and the contrast of two of them.

/// A colour: gamma-encoded sRGB bytes with straight (not premultiplied) alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgba8 {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
    /// Opacity: 0 is invisible, 255 is solid.
    pub a: u8,
}

impl Rgba8 {
    /// A solid colour from `0xRRGGBB`; higher bits are ignored.
    pub const fn hex(rgb: u32) -> Self {
        let [_, r, g, b] = rgb.to_be_bytes();
        Self { r, g, b, a: 255 }
    }

    /// The same colour at another opacity.
    pub const fn with_alpha(self, a: u8) -> Self {
        Self { a, ..self }
    }

    /// Gamma-encoded sRGB and straight alpha, each in 0..=1.
    pub fn to_srgb_f32(self) -> [f32; 4] {
        [self.r, self.g, self.b, self.a].map(|byte| f32::from(byte) / 255.0)
    }

    /// Linear light and straight alpha, each in 0..=1: what shaders compute with.
    ///
    /// The sRGB transfer function of IEC 61966-2-1:1999.
    pub fn to_linear(self) -> [f32; 4] {
        let [r, g, b, a] = self.to_srgb_f32();
        [
            linear_from_srgb(r),
            linear_from_srgb(g),
            linear_from_srgb(b),
            a,
        ]
    }

    /// From `self` (amount 0) to `other` (amount 1), channel by channel in gamma-encoded sRGB,
    /// whose steps look more even than those of linear light.
    ///
    /// The amount is clamped to 0..=1; NaN counts as 0.
    pub fn mix(self, other: Self, amount: f32) -> Self {
        let amount = if amount.is_nan() {
            0.0
        } else {
            amount.clamp(0.0, 1.0)
        };
        let channel = |from: u8, to: u8| {
            let (from, to) = (f32::from(from), f32::from(to));
            // In 0..=255 by construction, and `as` saturates.
            (from + (to - from) * amount).round() as u8
        };
        Self {
            r: channel(self.r, other.r),
            g: channel(self.g, other.g),
            b: channel(self.b, other.b),
            a: channel(self.a, other.a),
        }
    }

    /// The solid colour seen when `self` lies over a solid `background`,
    /// blended in gamma-encoded sRGB as egui and browsers do.
    pub fn over(self, background: Self) -> Self {
        background
            .mix(self.with_alpha(255), f32::from(self.a) / 255.0)
            .with_alpha(255)
    }

    /// Relative luminance in 0..=1, alpha ignored.
    ///
    /// WCAG 2.2, definition of *relative luminance* (<https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>).
    pub fn relative_luminance(self) -> f32 {
        let [r, g, b, _] = self.to_linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

/// How well two solid colours stand apart: 1 (equal) to 21 (black on white).
///
/// WCAG 2.2, definition of *contrast ratio* (<https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>).
pub fn contrast_ratio(one: Rgba8, other: Rgba8) -> f32 {
    let (one, other) = (one.relative_luminance(), other.relative_luminance());
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn linear_from_srgb(encoded: f32) -> f32 {
    if encoded <= 0.04045 {
        encoded / 12.92
    } else {
        ((encoded + 0.055) / 1.055).powf(2.4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLACK: Rgba8 = Rgba8::hex(0x000000);
    const WHITE: Rgba8 = Rgba8::hex(0xFFFFFF);

    #[test]
    fn hex_reads_red_green_blue_in_that_order() {
        let expected = Rgba8 {
            r: 0x12,
            g: 0x34,
            b: 0x56,
            a: 255,
        };
        assert_eq!(Rgba8::hex(0x123456), expected);
    }

    #[test]
    fn linear_light_agrees_with_values_published_for_srgb() {
        // 0x80 is 21.586 % and 0xBC is 50.289 % of full light; 0x0A lies on the straight part.
        let grey = |byte| {
            Rgba8 {
                r: byte,
                g: byte,
                b: byte,
                a: 255,
            }
            .to_linear()[0]
        };
        assert!((grey(0x80) - 0.215_860_5).abs() < 1e-5);
        assert!((grey(0xBC) - 0.502_886_5).abs() < 1e-5);
        assert!((grey(0x0A) - 10.0 / 255.0 / 12.92).abs() < 1e-7);
        assert_eq!(WHITE.to_linear(), [1.0; 4]);
    }

    #[test]
    fn black_on_white_has_the_highest_contrast_and_equals_have_none() {
        assert!((contrast_ratio(BLACK, WHITE) - 21.0).abs() < 1e-3);
        assert_eq!(contrast_ratio(WHITE, BLACK), contrast_ratio(BLACK, WHITE));
        assert_eq!(contrast_ratio(WHITE, WHITE), 1.0);
        // A well-known grey: #767676 is the lightest that reads on white.
        let grey = contrast_ratio(Rgba8::hex(0x767676), WHITE);
        assert!((4.5..4.6).contains(&grey), "{grey}");
    }

    #[test]
    fn mixing_starts_and_ends_at_its_colours_and_stops_there() {
        let (one, other) = (Rgba8::hex(0x102030), Rgba8::hex(0xF0E0D0).with_alpha(7));
        assert_eq!(one.mix(other, 0.0), one);
        assert_eq!(one.mix(other, 1.0), other);
        assert_eq!(one.mix(other, 5.0), other);
        assert_eq!(one.mix(other, f32::NEG_INFINITY), one);
        assert_eq!(one.mix(other, f32::NAN), one);
        assert_eq!(BLACK.mix(WHITE, 0.5), Rgba8::hex(0x808080));
    }

    #[test]
    fn an_invisible_colour_lets_its_background_through() {
        assert_eq!(WHITE.with_alpha(0).over(BLACK), BLACK);
        assert_eq!(WHITE.with_alpha(255).over(BLACK), WHITE);
        assert_eq!(WHITE.with_alpha(51).over(BLACK), Rgba8::hex(0x333333));
    }
}
