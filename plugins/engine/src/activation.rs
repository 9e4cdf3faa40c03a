//! The activation functions on many numbers at a time, in a form the compiler can vectorise.

use network::Activation;

/// Replaces sums by activations. Softmax is left as it is: it is taken over all
/// outputs together, by the loss.
pub(crate) fn activate(activation: Activation, values: &mut [f32]) {
    match activation {
        Activation::Linear | Activation::Softmax => {}
        Activation::Relu => values.iter_mut().for_each(|value| *value = relu(*value)),
        Activation::Tanh => values.iter_mut().for_each(|value| *value = tanh(*value)),
        Activation::Sigmoid => values.iter_mut().for_each(|value| *value = sigmoid(*value)),
    }
}

/// Turns gradients of activations into gradients of sums; `answers` are what
/// [`activate`] gave. ReLU has the derivative 0 at 0.
pub(crate) fn chain(activation: Activation, answers: &[f32], gradients: &mut [f32]) {
    let pairs = gradients.iter_mut().zip(answers);
    match activation {
        Activation::Linear | Activation::Softmax => {}
        Activation::Relu => pairs.for_each(|(gradient, &answer)| {
            *gradient = if answer > 0.0 { *gradient } else { 0.0 };
        }),
        Activation::Tanh => pairs.for_each(|(gradient, &answer)| {
            *gradient *= 1.0 - answer * answer;
        }),
        Activation::Sigmoid => pairs.for_each(|(gradient, &answer)| {
            *gradient *= answer * (1.0 - answer);
        }),
    }
}

/// max(0, z), but what is not a number stays so: a fault must not be hidden.
fn relu(value: f32) -> f32 {
    if value < 0.0 { 0.0 } else { value }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest distance of a function from its f64 truth over ±20.
    fn worst(approximate: impl Fn(f32) -> f32, exact: impl Fn(f64) -> f64) -> f64 {
        (-200_000..=200_000)
            .map(|step| step as f32 * 1e-4)
            .map(|x| (f64::from(approximate(x)) - exact(f64::from(x))).abs())
            .fold(0.0, f64::max)
    }

    #[test]
    fn fast_tanh_and_sigmoid_are_within_their_stated_errors() {
        let of_tanh = worst(tanh, f64::tanh);
        assert!(of_tanh <= 4e-7, "{of_tanh}");
        let of_sigmoid = worst(sigmoid, |x| 1.0 / (1.0 + (-x).exp()));
        assert!(of_sigmoid <= 2.5e-7, "{of_sigmoid}");
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
