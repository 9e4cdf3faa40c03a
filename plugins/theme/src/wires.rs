//! How wires fit what is there: the scale of their widths, the gain of their gradients, and round numbers for a legend.

use crate::Sizes;

/// So many numbers at most are looked at: a list of a million costs no more.
const SAMPLE: usize = 1024;

/// The share of the numbers that are not larger than a strong one.
const STRONG: f32 = 0.95;

/// How far from a step the wish may go before the step is left, as a factor: more than half a
/// step of two, so that nothing goes to and fro.
const STAYS_WITHIN: f32 = 1.7;

/// The size of a strong number: of all that are neither zero nor infinite, 95 % are not larger.
/// Of a long list evenly spread ones are looked at. 0 where there is none.
pub fn strong_size(numbers: &[f32]) -> f32 {
    let stride = numbers.len().div_ceil(SAMPLE).max(1);
    let mut sizes: Vec<f32> = numbers
        .iter()
        .step_by(stride)
        .map(|number| number.abs())
        .filter(|size| *size > 0.0 && size.is_finite())
        .collect();
    sizes.sort_unstable_by(f32::total_cmp);
    let last = sizes.len().saturating_sub(1) as f32;
    sizes
        .get((STRONG * last).round() as usize)
        .copied()
        .unwrap_or_default()
}

/// The scale of [`Sizes::wire_width`] at which a strong weight is about
/// `wire_width_fitted` wide: a power of two, and the one before as long as that fits too, so
/// that widths do not pulse while the network learns.
pub fn fitted_scale(sizes: &Sizes, strong: f32, before: f32) -> f32 {
    let wanted = sizes.wire_width_fitted / (sizes.wire_width_per_weight * strong);
    stepped(wanted, before)
}

/// The gain at which a strong gradient has about two thirds of the full tone: a power of two,
/// and the one before as long as that fits too.
pub fn gradient_gain(strong: f32, before: f32) -> f32 {
    stepped(2.0 / strong, before)
}

/// The tone of a gradient, −1 to 1: x / (1 + |x|) of gain times gradient. NaN gives 0.
pub fn gradient_tone(gradient: f32, gain: f32) -> f32 {
    let x = gradient * gain;
    if x.is_infinite() {
        x.signum()
    } else if x.is_nan() {
        0.0
    } else {
        x / (1.0 + x.abs())
    }
}

/// Three round numbers of the series 1, 2, 5, 10 …, ascending: the largest not above `most`.
/// `None` unless `most` is a number above zero.
pub fn round_numbers(most: f32) -> Option<[f32; 3]> {
    if !(most.is_normal() && most > 0.0) {
        return None;
    }
    let decade = most.log10().floor() as i32;
    let series = (decade - 2..=decade + 1)
        .flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(power)));
    // A number that is itself round is not above itself, whatever its last bit is.
    let fitting: Vec<f64> = series
        .filter(|number| *number <= f64::from(most) * (1.0 + 1e-6))
        .collect();
    let first = fitting.len().checked_sub(3)?;
    let chosen: [f64; 3] = fitting[first..].try_into().ok()?;
    Some(chosen.map(|number| number as f32))
}

/// The power of two nearest to what is wanted, or `before` while that is near enough.
fn stepped(wanted: f32, before: f32) -> f32 {
    let before = if before.is_normal() && before > 0.0 {
        before
    } else {
        1.0
    };
    if !(wanted.is_normal() && wanted > 0.0) {
        return before;
    }
    let apart = wanted / before;
    if (STAYS_WITHIN.recip()..=STAYS_WITHIN).contains(&apart) {
        return before;
    }
    wanted.log2().round().clamp(-100.0, 100.0).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Sizes = Sizes::STANDARD;

    #[test]
    fn a_strong_number_is_larger_than_nearly_all_whatever_their_signs_and_number() {
        let few: Vec<f32> = (0..=100).map(|at| -(at as f32)).collect();
        assert_eq!(strong_size(&few), 95.0);
        let many: Vec<f32> = (0..=1_000_000_u32).map(|at| at as f32 * 1e-6).collect();
        assert!((strong_size(&many) - 0.95).abs() < 0.01);
        assert_eq!(strong_size(&[f32::NAN, 0.0, f32::INFINITY, 2.0]), 2.0);
        assert_eq!(strong_size(&[]), 0.0);
        assert_eq!(strong_size(&[0.0; 9]), 0.0);
    }

    #[test]
    fn strong_wires_are_about_as_wide_as_stated_whatever_the_weights_are() {
        for strong in [0.003, 0.05, 0.4, 1.5, 9.0, 400.0] {
            let scale = fitted_scale(&SIZES, strong, 1.0);
            let width = SIZES.wire_width(strong, scale);
            let share = width / SIZES.wire_width_fitted;
            assert!((0.55..=1.75).contains(&share), "{strong}: {width}");
        }
        assert_eq!(fitted_scale(&SIZES, 0.0, 4.0), 4.0);
        assert_eq!(fitted_scale(&SIZES, 0.0, f32::NAN), 1.0);
    }

    #[test]
    fn the_scale_moves_in_steps_and_never_to_and_fro() {
        let mut scale = fitted_scale(&SIZES, 1.0, 1.0);
        let mut steps = Vec::new();
        // Weights that grow, and tremble on their way.
        for step in 0..2_000 {
            let tremble = 1.0 + 0.08 * (step as f32 * 1.7).sin();
            let now = fitted_scale(&SIZES, (1.0 + step as f32 * 0.005) * tremble, scale);
            if now != scale {
                steps.push(now / scale);
            }
            scale = now;
        }
        assert!((2..=4).contains(&steps.len()), "{steps:?}");
        assert!(steps.iter().all(|step| *step == 0.5), "{steps:?}");
    }

    #[test]
    fn the_tone_of_a_gradient_has_its_sign_and_grows_with_its_size() {
        let gain = gradient_gain(1e-4, 1.0);
        assert!((gradient_tone(1e-4, gain) - 2.0 / 3.0).abs() < 0.13);
        assert_eq!(gradient_tone(-1e-4, gain), -gradient_tone(1e-4, gain));
        let mut last = -1.0;
        for step in -40..=40 {
            let tone = gradient_tone(step as f32 * 1e-5, gain);
            assert!(tone > last && tone < 1.0);
            last = tone;
        }
        assert_eq!(gradient_tone(f32::NAN, 1.0), 0.0);
        assert_eq!(gradient_tone(f32::NEG_INFINITY, 1.0), -1.0);
    }

    #[test]
    fn the_numbers_of_a_legend_are_round() {
        assert_eq!(round_numbers(3.0), Some([0.5, 1.0, 2.0]));
        assert_eq!(round_numbers(12.0), Some([2.0, 5.0, 10.0]));
        assert_eq!(round_numbers(0.1), Some([0.02, 0.05, 0.1]));
        assert_eq!(round_numbers(0.000_49), Some([0.000_05, 0.000_1, 0.000_2]));
        for none in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert_eq!(round_numbers(none), None);
        }
    }
}
