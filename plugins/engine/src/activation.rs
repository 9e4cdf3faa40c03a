//! The activation functions on many numbers at a time, in a form the compiler can vectorise.

use network::Activation;

/// Replaces sums by activations. Softmax is left as it is: it is taken over a group
/// of outputs together, by the loss.
pub(crate) fn activate(activation: Activation, values: &mut [f32]) {
    match activation {
        Activation::Linear | Activation::Softmax => {}
        Activation::Relu => each(values, relu),
        Activation::LeakyRelu(leak) => {
            let leak = leak.get();
            each(values, |z| if z > 0.0 { z } else { leak * z });
        }
        Activation::Elu => each(values, |z| if z > 0.0 { z } else { exp(z) - 1.0 }),
        Activation::Selu => {
            let [alpha, lambda] = SELU;
            each(values, |z| {
                lambda * if z > 0.0 { z } else { alpha * (exp(z) - 1.0) }
            });
        }
        Activation::Gelu => each(values, |z| z * normal_below(z)),
        // ½·(1 + tanh u) is the logistic function of 2·u.
        Activation::GeluTanh => each(values, |z| z * logistic(2.0 * gelu_bend(z))),
        Activation::Silu => each(values, |z| z * logistic(z)),
        Activation::Softplus => each(values, softplus),
        Activation::Tanh => each(values, tanh),
        // What is not a number is kept by `clamp`.
        Activation::HardTanh => each(values, |z| z.clamp(-1.0, 1.0)),
        Activation::Sigmoid => each(values, sigmoid),
        Activation::Sine => each(values, libm::sinf),
        Activation::Gaussian => each(values, |z| exp(-z * z)),
        Activation::Step => each(values, |z| match z {
            z if z > 0.0 => 1.0,
            z if z.is_nan() => z,
            _ => 0.0,
        }),
    }
}

/// Whether the slope cannot be told from the activation, so that the sum must be
/// kept for [`chain_from_sums`].
pub(crate) fn needs_sums(activation: Activation) -> bool {
    matches!(
        activation,
        Activation::Gelu
            | Activation::GeluTanh
            | Activation::Silu
            | Activation::Sine
            | Activation::Gaussian
            | Activation::Step
    )
}

/// Turns gradients of activations into gradients of sums; `answers` are what
/// [`activate`] gave. At kinks the slope is that of the left side. Activations that
/// [`needs_sums`] names are left to [`chain_from_sums`].
pub(crate) fn chain(activation: Activation, answers: &[f32], gradients: &mut [f32]) {
    match activation {
        Activation::Relu => pairs(answers, gradients, |answer, gradient| {
            if answer > 0.0 { gradient } else { 0.0 }
        }),
        Activation::LeakyRelu(leak) => {
            let leak = leak.get();
            pairs(answers, gradients, |answer, gradient| {
                gradient * if answer > 0.0 { 1.0 } else { leak }
            });
        }
        Activation::Elu => pairs(answers, gradients, |answer, gradient| {
            gradient * if answer > 0.0 { 1.0 } else { answer + 1.0 }
        }),
        Activation::Selu => {
            let [alpha, lambda] = SELU;
            pairs(answers, gradients, |answer, gradient| {
                let below = answer + lambda * alpha;
                gradient * if answer > 0.0 { lambda } else { below }
            });
        }
        Activation::Softplus => pairs(answers, gradients, |answer, gradient| {
            gradient * (1.0 - exp(-answer))
        }),
        Activation::Tanh => pairs(answers, gradients, |answer, gradient| {
            gradient * (1.0 - answer * answer)
        }),
        Activation::HardTanh => pairs(answers, gradients, |answer, gradient| {
            if answer.abs() < 1.0 { gradient } else { 0.0 }
        }),
        Activation::Sigmoid => pairs(answers, gradients, |answer, gradient| {
            gradient * (answer * (1.0 - answer))
        }),
        Activation::Linear
        | Activation::Softmax
        | Activation::Gelu
        | Activation::GeluTanh
        | Activation::Silu
        | Activation::Sine
        | Activation::Gaussian
        | Activation::Step => {}
    }
}

/// Turns gradients of activations into gradients of these sums, for any activation.
pub(crate) fn chain_from_sums(activation: Activation, sums: &[f32], gradients: &mut [f32]) {
    match activation {
        Activation::Gelu => pairs(sums, gradients, |z, gradient| {
            let density = exp(-0.5 * z * z) * (0.5 * ROOT_2_OVER_PI);
            gradient * (normal_below(z) + z * density)
        }),
        Activation::GeluTanh => pairs(sums, gradients, |z, gradient| {
            let share = logistic(2.0 * gelu_bend(z));
            let bend = ROOT_2_OVER_PI * (1.0 + 3.0 * GELU_CUBIC * z * z);
            gradient * share * (1.0 + 2.0 * z * (1.0 - share) * bend)
        }),
        Activation::Silu => pairs(sums, gradients, |z, gradient| {
            let share = logistic(z);
            gradient * share * (1.0 + z * (1.0 - share))
        }),
        Activation::Sine => pairs(sums, gradients, |z, gradient| gradient * libm::cosf(z)),
        Activation::Gaussian => pairs(sums, gradients, |z, gradient| {
            gradient * (-2.0 * z * exp(-z * z))
        }),
        Activation::Step => pairs(
            sums,
            gradients,
            |z, gradient| {
                if z.abs() <= 1.0 { gradient } else { 0.0 }
            },
        ),
        _ => {
            let mut answers = sums.to_vec();
            activate(activation, &mut answers);
            chain(activation, &answers, gradients);
        }
    }
}

fn each(values: &mut [f32], function: impl Fn(f32) -> f32) {
    for value in values {
        *value = function(*value);
    }
}

fn pairs(known: &[f32], gradients: &mut [f32], slope: impl Fn(f32, f32) -> f32) {
    for (gradient, &known) in gradients.iter_mut().zip(known) {
        *gradient = slope(known, *gradient);
    }
}

/// α and λ.
const SELU: [f32; 2] = [Activation::SELU[0] as f32, Activation::SELU[1] as f32];

const ROOT_2_OVER_PI: f32 = 0.797_884_6;

const GELU_CUBIC: f32 = 0.044_715;

/// max(0, z), but what is not a number stays so: a fault must not be hidden.
fn relu(value: f32) -> f32 {
    if value < 0.0 { 0.0 } else { value }
}

/// What tanh-GELU takes the tanh of.
fn gelu_bend(z: f32) -> f32 {
    ROOT_2_OVER_PI * (z + GELU_CUBIC * z * z * z)
}

/// max(z, 0) + ln(1 + e^−|z|).
fn softplus(z: f32) -> f32 {
    // Not `max`, which would turn what is not a number into 0.
    relu(z) + libm::log1pf(exp(-z.abs()))
}

/// tanh within 4·10⁻⁷: the ratio of two polynomials that Eigen uses
/// (`Eigen/src/Core/MathFunctionsImpl.h`, `ptanh_float`), without branches. The
/// standard library's takes 9 ns a number and cannot be vectorised.
pub(crate) fn tanh(value: f32) -> f32 {
    const LIMIT: f32 = 7.905_311;
    let x = value.clamp(-LIMIT, LIMIT);
    let y = x * x;
    let mut p = -2.760_768_5e-16;
    for coefficient in [
        2.000_188e-13,
        -8.604_672e-11,
        5.122_297_3e-8,
        1.485_722_4e-5,
        6.372_619_4e-4,
        4.893_524_6e-3,
    ] {
        p = p * y + coefficient;
    }
    let mut q = 1.198_258_4e-6;
    for coefficient in [1.185_347_1e-4, 2.268_434_6e-3, 4.893_525e-3] {
        q = q * y + coefficient;
    }
    x * p / q
}

/// The logistic function within 2.5·10⁻⁷: (1 + tanh(z / 2)) / 2.
pub(crate) fn sigmoid(value: f32) -> f32 {
    0.5 + 0.5 * tanh(0.5 * value)
}

/// The logistic function within 3·10⁻⁷ of itself: for small values [`sigmoid`] is
/// quicker, but only right to so many digits after the point.
fn logistic(z: f32) -> f32 {
    1.0 / (1.0 + exp(-z))
}

/// e^x within 2·10⁻⁷ of itself for x up to 88, and 0 below −87: a power of two times
/// a polynomial of the rest, with the coefficients of Cephes (`expf`, S. Moshier).
fn exp(x: f32) -> f32 {
    let x = x.clamp(-87.0, 88.0);
    let power = (x * std::f32::consts::LOG2_E + 0.5).floor();
    // ln 2 in two parts, so that the rest loses no digit.
    let rest = x - power * 0.693_359_4 + power * 2.121_944_4e-4;
    let mut sum = 1.987_569_1e-4;
    for coefficient in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ] {
        sum = sum * rest + coefficient;
    }
    let sum = sum * rest * rest + rest + 1.0;
    let scaled = sum * f32::from_bits(((power as i32 + 127) << 23) as u32);
    if x <= -87.0 { 0.0 } else { scaled }
}

/// Φ(z), the share of a standard normal distribution below z, within 1.5·10⁻⁷:
/// formula 7.1.26 of Abramowitz & Stegun 1964, "Handbook of Mathematical Functions".
fn normal_below(z: f32) -> f32 {
    let x = z.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let mut sum = 1.061_405_4;
    for coefficient in [-1.453_152, 1.421_413_7, -0.284_496_73, 0.254_829_6] {
        sum = sum * t + coefficient;
    }
    let above = 0.5 * sum * t * exp(-x * x);
    if z < 0.0 { above } else { 1.0 - above }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums over ±20.
    fn sums() -> Vec<f32> {
        (-20_000..=20_000).map(|step| step as f32 * 1e-3).collect()
    }

    /// The largest distance from the truth in f64, as a share of it where it is
    /// above 1.
    fn worst(found: &[f32], exact: impl Fn(f64) -> f64) -> f64 {
        let pairs = sums().into_iter().zip(found);
        pairs
            .map(|(z, &found)| {
                let exact = exact(f64::from(z));
                (f64::from(found) - exact).abs() / exact.abs().max(1.0)
            })
            .fold(0.0, f64::max)
    }

    #[test]
    fn every_activation_is_within_a_millionth_of_its_formula() {
        for activation in Activation::ALL {
            let mut values = sums();
            activate(activation, &mut values);
            let worst = worst(&values, |z| activation.value(z));
            assert!(worst <= 1e-6, "{activation:?}: {worst}");
        }
    }

    #[test]
    fn every_slope_is_within_two_millionths_of_its_formula() {
        for activation in Activation::ALL {
            let mut answers = sums();
            activate(activation, &mut answers);
            // At 0 a sum too small to be told from the kink by its answer.
            let exact = |z: f64| activation.slope(z);
            let mut gradients = vec![1.0; answers.len()];
            if !needs_sums(activation) {
                chain(activation, &answers, &mut gradients);
                let worst = worst(&gradients, exact);
                assert!(worst <= 2e-6, "{activation:?} from answers: {worst}");
                gradients.fill(1.0);
            }
            chain_from_sums(activation, &sums(), &mut gradients);
            let worst = worst(&gradients, exact);
            assert!(worst <= 2e-6, "{activation:?} from sums: {worst}");
        }
    }

    #[test]
    fn fast_tanh_and_sigmoid_are_within_their_stated_errors() {
        let worst = |approximate: fn(f32) -> f32, exact: fn(f64) -> f64| {
            let found: Vec<f32> = sums().into_iter().map(approximate).collect();
            worst(&found, exact)
        };
        let of_tanh = worst(tanh, f64::tanh);
        assert!(of_tanh <= 4e-7, "{of_tanh}");
        let of_sigmoid = worst(sigmoid, |x| 1.0 / (1.0 + (-x).exp()));
        assert!(of_sigmoid <= 2.5e-7, "{of_sigmoid}");
    }

    #[test]
    fn the_exponential_is_right_to_the_last_digits_where_it_counts() {
        let all = (-86_000..=87_900).map(|step| step as f32 * 1e-3);
        for x in all {
            let exact = f64::from(x).exp();
            let share = (f64::from(exp(x)) - exact).abs() / exact;
            assert!(share < 2e-7, "{x}: {share}");
        }
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp(0.0), 1.0);
    }

    #[test]
    fn what_is_not_a_number_stays_so_and_infinity_saturates() {
        for activation in Activation::ALL {
            let mut values = [f32::NAN];
            activate(activation, &mut values);
            assert!(values[0].is_nan(), "{activation:?}");
        }
        assert!((tanh(f32::INFINITY) - 1.0).abs() < 3e-7);
        assert!((tanh(f32::NEG_INFINITY) + 1.0).abs() < 3e-7);
        assert!(tanh(f32::MAX) <= 1.0 && sigmoid(f32::MIN) >= 0.0);
    }
}
