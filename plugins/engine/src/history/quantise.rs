//! Numbers in a byte each: groups of 64 share a least number and a step.

/// Numbers that share a range.
pub(super) const GROUP: usize = 64;

/// What a byte stands for in one group: `least + byte · step`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Scale {
    pub(super) least: f32,
    pub(super) step: f32,
}

impl Scale {
    pub(super) fn decode(self, code: u8) -> f32 {
        // In f64, because a range may be wider than the largest f32.
        (f64::from(self.least) + f64::from(code) * f64::from(self.step)) as f32
    }

    /// How far a number of a group may be from what is given back: half a step, and
    /// the rounding of the step and of the result.
    pub(super) fn error_bound(self) -> f32 {
        let most = self.least.abs().max(self.decode(u8::MAX).abs());
        0.501 * self.step + most * f32::EPSILON + f32::MIN_POSITIVE
    }
}

/// Writes a group of finite numbers as bytes, as many as there are numbers.
pub(super) fn encode(numbers: &[f32], codes: &mut [u8]) -> Scale {
    let (least, most) = range(numbers);
    let step = (most - least) / 255.0;
    let per_step = step.recip();
    if step == 0.0 {
        codes.fill(0);
    } else if step.is_finite() && per_step.is_finite() {
        // Adding 2²³ rounds to a whole number, which then is the lowest bits.
        for (code, number) in codes.iter_mut().zip(numbers) {
            *code = ((number - least) * per_step + 8_388_608.0).to_bits() as u8;
        }
    } else {
        return encode_extreme(numbers, codes, least, most);
    }
    Scale { least, step }
}

/// A range that is wider than the largest f32, or next to nothing.
fn encode_extreme(numbers: &[f32], codes: &mut [u8], least: f32, most: f32) -> Scale {
    let (least_wide, most) = (f64::from(least), f64::from(most));
    let step = ((most - least_wide) / 255.0) as f32;
    for (code, &number) in codes.iter_mut().zip(numbers) {
        *code = match step {
            0.0 => 0,
            _ => ((f64::from(number) - least_wide) / f64::from(step)).round() as u8,
        };
    }
    Scale { least, step }
}

/// The least and the largest number, in lanes.
fn range(numbers: &[f32]) -> (f32, f32) {
    const LANES: usize = 8;
    let first = numbers.first().copied().unwrap_or(0.0);
    let (mut least, mut most) = ([first; LANES], [first; LANES]);
    let chunks = numbers.chunks_exact(LANES);
    let rest = chunks.remainder();
    let mut take = |lane: usize, number: f32| {
        least[lane] = if number < least[lane] {
            number
        } else {
            least[lane]
        };
        most[lane] = if number > most[lane] {
            number
        } else {
            most[lane]
        };
    };
    for chunk in chunks {
        for (lane, &number) in chunk.iter().enumerate() {
            take(lane, number);
        }
    }
    for (lane, &number) in rest.iter().enumerate() {
        take(lane, number);
    }
    (
        least.into_iter().fold(first, f32::min),
        most.into_iter().fold(first, f32::max),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(numbers: &[f32]) -> Result<(), TestCaseError> {
        let mut codes = vec![7; numbers.len()];
        let scale = encode(numbers, &mut codes);
        let bound = f64::from(scale.error_bound());
        for (&number, &code) in numbers.iter().zip(&codes) {
            let back = scale.decode(code);
            let error = (f64::from(back) - f64::from(number)).abs();
            prop_assert!(
                back.is_finite() && error <= bound,
                "{number} came back as {back}, beyond {bound}"
            );
        }
        let (least, most) = range(numbers);
        let range = f64::from(most) - f64::from(least);
        let largest = f64::from(least.abs().max(most.abs()));
        // What the documentation promises.
        let promised = range / 500.0 + 2.5e-7 * largest + 1.2e-38;
        prop_assert!(bound <= promised, "{bound} is more than {promised}");
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn numbers_of_training_come_back_within_the_bound(
            numbers in prop::collection::vec(-3.0_f32..3.0, 1..=GROUP),
            offset in prop::sample::select(vec![0.0_f32, 1.0, 1e4, -1e7]),
            scale in prop::sample::select(vec![1.0_f32, 1e-4, 1e-20, 1e20]),
        ) {
            let numbers: Vec<f32> = numbers.iter().map(|x| offset + scale * x).collect();
            check(&numbers)?;
        }

        #[test]
        fn any_finite_numbers_come_back_within_the_bound(
            bits in prop::collection::vec(any::<u32>(), 1..=GROUP),
        ) {
            let numbers: Vec<f32> = bits
                .into_iter()
                .map(f32::from_bits)
                .filter(|x| x.is_finite())
                .collect();
            check(&numbers)?;
        }
    }

    #[test]
    fn equal_numbers_and_the_ends_of_a_range_come_back_exactly() {
        let mut codes = [9; 3];
        let scale = encode(&[0.3, 0.3, 0.3], &mut codes);
        assert_eq!(codes.map(|code| scale.decode(code)), [0.3; 3]);
        let scale = encode(&[-1.0, 0.1, 1.0], &mut codes);
        assert_eq!((codes[0], codes[2]), (0, 255));
        assert!((scale.decode(codes[1]) - 0.1).abs() < 0.004);
    }
}
