//! The activation functions a node may apply to its weighted sum: one table of what each is.

use serde::{Deserialize, Serialize};

/// The share of a negative sum that leaky ReLU lets through: 0 to 1.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(try_from = "f32", into = "f32")]
pub struct Leak(f32);

/// A leak out of its range.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("found {0}, expected a leak from 0 to 1")]
pub struct LeakError(f32);

impl Leak {
    /// PyTorch's default.
    pub const STANDARD: Self = Self(0.01);

    /// A leak of this size.
    ///
    /// # Errors
    /// When it is not from 0 to 1.
    pub fn new(share: f32) -> Result<Self, LeakError> {
        if (0.0..=1.0).contains(&share) {
            // −0 and 0 are one leak.
            Ok(Self(share.abs()))
        } else {
            Err(LeakError(share))
        }
    }

    /// The share.
    #[must_use]
    pub fn get(self) -> f32 {
        self.0
    }

    fn bits(self) -> u32 {
        self.0.to_bits()
    }
}

// Never not-a-number and never −0, so bits are equal and ordered as numbers are.
impl PartialEq for Leak {
    fn eq(&self, other: &Self) -> bool {
        self.bits() == other.bits()
    }
}

impl Eq for Leak {}

impl std::hash::Hash for Leak {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.bits().hash(state);
    }
}

impl PartialOrd for Leak {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Leak {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.bits().cmp(&other.bits())
    }
}

impl TryFrom<f32> for Leak {
    type Error = LeakError;

    fn try_from(share: f32) -> Result<Self, LeakError> {
        Self::new(share)
    }
}

impl From<Leak> for f32 {
    fn from(leak: Leak) -> Self {
        leak.0
    }
}

/// An activation function, applied element by element (softmax: over the outputs of
/// its group).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub enum Activation {
    /// The sum itself.
    #[default]
    Linear,
    /// max(0, z).
    Relu,
    /// tanh z, in (−1, 1).
    Tanh,
    /// The logistic function 1 / (1 + e^−z), in (0, 1).
    Sigmoid,
    /// e^zᵢ / Σⱼ e^zⱼ over a group of outputs: probabilities that sum to one.
    Softmax,
    /// z above 0, leak · z below.
    LeakyRelu(Leak),
    /// z above 0, e^z − 1 below (Clevert, Unterthiner & Hochreiter 2016,
    /// arXiv:1511.07289, with α = 1).
    Elu,
    /// ELU scaled so that mean 0 and variance 1 are kept from layer to layer
    /// (Klambauer et al. 2017, arXiv:1706.02515).
    Selu,
    /// z · Φ(z), with Φ the distribution function of the standard normal
    /// distribution (Hendrycks & Gimpel 2016, arXiv:1606.08415).
    Gelu,
    /// GELU with Φ approximated by a tanh, as in the same paper.
    GeluTanh,
    /// z · sigmoid z, also called swish (Elfwing, Uchibe & Doya 2018,
    /// arXiv:1702.03118).
    Silu,
    /// ln(1 + e^z).
    Softplus,
    /// z kept within −1 and 1.
    HardTanh,
    /// sin z.
    Sine,
    /// e^(−z²).
    Gaussian,
    /// 1 above 0, else 0. Its slope is 0 wherever it has one, so learning uses a
    /// *straight-through* slope instead: 1 while |z| ≤ 1, else 0 (Bengio, Léonard &
    /// Courville 2013, arXiv:1308.3432; clipped as in Hubara et al. 2016,
    /// arXiv:1602.02830).
    Step,
}

/// What there is to say of an activation function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivationFacts {
    /// The name the field uses.
    pub name: &'static str,
    /// The value, of the sum z.
    pub formula: &'static str,
    /// Its derivative by z: what learning uses.
    pub derivative: &'static str,
    /// Where values lie.
    pub range: &'static str,
    /// What it does, in one sentence for a learner.
    pub explanation: &'static str,
}

/// √(2/π).
const ROOT_2_OVER_PI: f64 = 0.797_884_560_802_865_4;

/// The cubic part of tanh-GELU.
const GELU_CUBIC: f64 = 0.044_715;

impl Activation {
    /// α and λ of SELU, from its paper.
    pub const SELU: [f64; 2] = [1.673_263_242_354_377_2, 1.050_700_987_355_480_5];

    /// Every activation, in the order menus show them.
    pub const ALL: [Self; 16] = [
        Self::Linear,
        Self::Relu,
        Self::LeakyRelu(Leak::STANDARD),
        Self::Elu,
        Self::Selu,
        Self::Gelu,
        Self::GeluTanh,
        Self::Silu,
        Self::Softplus,
        Self::Tanh,
        Self::HardTanh,
        Self::Sigmoid,
        Self::Sine,
        Self::Gaussian,
        Self::Step,
        Self::Softmax,
    ];

    /// Its place in [`Self::ALL`], whatever its leak.
    #[must_use]
    pub fn index(self) -> usize {
        let kind = std::mem::discriminant(&self);
        let mut all = Self::ALL.iter();
        all.position(|other| std::mem::discriminant(other) == kind)
            .unwrap_or_default()
    }

    /// The name the field uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// What it does, in one sentence for a learner.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        self.facts().explanation
    }

    /// Its row of the table.
    #[must_use]
    pub fn facts(self) -> ActivationFacts {
        let row = |name, formula, derivative, range, explanation| ActivationFacts {
            name,
            formula,
            derivative,
            range,
            explanation,
        };
        match self {
            Self::Linear => row(
                "linear",
                "z",
                "1",
                "all numbers",
                "Passes the weighted sum on as it is.",
            ),
            Self::Relu => row(
                "ReLU",
                "max(0, z)",
                "1 if z > 0, else 0",
                "0 and above",
                "Passes positive sums on and turns negative ones into zero.",
            ),
            Self::LeakyRelu(_) => row(
                "leaky ReLU",
                "z if z > 0, else leak·z",
                "1 if z > 0, else the leak",
                "all numbers",
                "Passes positive sums on and lets a small share of negative ones through, so that it never dies.",
            ),
            Self::Elu => row(
                "ELU",
                "z if z > 0, else e^z − 1",
                "1 if z > 0, else e^z",
                "above −1",
                "Passes positive sums on and bends negative ones softly towards −1.",
            ),
            Self::Selu => row(
                "SELU",
                "λ·z if z > 0, else λ·α·(e^z − 1)",
                "λ if z > 0, else λ·α·e^z",
                "above −1.758",
                "An ELU scaled so that values keep their spread through many layers.",
            ),
            Self::Gelu => row(
                "GELU",
                "z·Φ(z)",
                "Φ(z) + z·φ(z)",
                "above −0.17",
                "Passes a sum on by how likely a random sum would be smaller: a soft ReLU.",
            ),
            Self::GeluTanh => row(
                "GELU (tanh)",
                "½·z·(1 + tanh(√(2/π)·(z + 0.044715·z³)))",
                "½·(1 + t) + ½·z·(1 − t²)·√(2/π)·(1 + 0.134145·z²), with t the tanh",
                "above −0.171",
                "GELU by a formula that is quicker to compute and nearly the same.",
            ),
            Self::Silu => row(
                "SiLU",
                "z·sigmoid(z)",
                "s·(1 + z·(1 − s)), with s = sigmoid(z)",
                "above −0.279",
                "The sum times its own sigmoid: a soft ReLU that dips a little below zero.",
            ),
            Self::Softplus => row(
                "softplus",
                "ln(1 + e^z)",
                "sigmoid(z)",
                "above 0",
                "A ReLU with its corner rounded off; it is always above zero.",
            ),
            Self::Tanh => row(
                "tanh",
                "tanh(z)",
                "1 − tanh²(z)",
                "−1 to 1",
                "Squeezes the sum smoothly into the range from −1 to 1.",
            ),
            Self::HardTanh => row(
                "hard tanh",
                "max(−1, min(1, z))",
                "1 if |z| < 1, else 0",
                "−1 to 1",
                "Passes the sum on and cuts it off at −1 and 1.",
            ),
            Self::Sigmoid => row(
                "sigmoid",
                "1 / (1 + e^−z)",
                "s·(1 − s), with s the sigmoid",
                "0 to 1",
                "Squeezes the sum smoothly into the range from 0 to 1.",
            ),
            Self::Sine => row(
                "sine",
                "sin(z)",
                "cos(z)",
                "−1 to 1",
                "A wave: good at patterns that repeat, hard to train with large weights.",
            ),
            Self::Gaussian => row(
                "Gaussian",
                "e^(−z²)",
                "−2·z·e^(−z²)",
                "0 to 1",
                "A bump: 1 where the sum is zero, near 0 far from there.",
            ),
            Self::Step => row(
                "step",
                "1 if z > 0, else 0",
                "straight-through: 1 if |z| ≤ 1, else 0",
                "0 or 1",
                "Yes or no. It has no slope, so learning borrows one (“straight-through”).",
            ),
            Self::Softmax => row(
                "softmax",
                "e^zᵢ / Σⱼ e^zⱼ",
                "pᵢ·(δᵢⱼ − pⱼ)",
                "0 to 1",
                "Turns the sums of a group of outputs into probabilities that add up to 1.",
            ),
        }
    }

    /// The value at a sum, by the formula of the table. Softmax, which needs its
    /// whole group, gives the sum itself.
    #[must_use]
    pub fn value(self, z: f64) -> f64 {
        match self {
            Self::Linear | Self::Softmax => z,
            Self::Relu => z.max(0.0),
            Self::LeakyRelu(_) if z > 0.0 => z,
            Self::LeakyRelu(leak) => f64::from(leak.get()) * z,
            Self::Elu if z > 0.0 => z,
            Self::Elu => z.exp_m1(),
            Self::Selu if z > 0.0 => Self::SELU[1] * z,
            Self::Selu => Self::SELU[1] * Self::SELU[0] * z.exp_m1(),
            Self::Gelu => z * normal_below(z),
            Self::GeluTanh => 0.5 * z * (1.0 + gelu_bend(z).tanh()),
            Self::Silu => z * logistic(z),
            Self::Softplus => z.max(0.0) + (-z.abs()).exp().ln_1p(),
            Self::Tanh => z.tanh(),
            Self::HardTanh => z.clamp(-1.0, 1.0),
            Self::Sigmoid => logistic(z),
            Self::Sine => z.sin(),
            Self::Gaussian => (-z * z).exp(),
            Self::Step => f64::from(u8::from(z > 0.0)),
        }
    }

    /// The slope that learning uses at a sum, by the table; at a kink the one of the
    /// left side, as PyTorch has it. Softmax gives 1.
    #[must_use]
    pub fn slope(self, z: f64) -> f64 {
        let when = |is_it: bool| f64::from(u8::from(is_it));
        match self {
            Self::Linear | Self::Softmax => 1.0,
            Self::Relu => when(z > 0.0),
            Self::LeakyRelu(_) | Self::Elu if z > 0.0 => 1.0,
            Self::LeakyRelu(leak) => f64::from(leak.get()),
            Self::Elu => z.exp(),
            Self::Selu if z > 0.0 => Self::SELU[1],
            Self::Selu => Self::SELU[1] * Self::SELU[0] * z.exp(),
            Self::Gelu => {
                let density = (-0.5 * z * z).exp() * 0.5 * ROOT_2_OVER_PI;
                normal_below(z) + z * density
            }
            Self::GeluTanh => {
                let bent = gelu_bend(z).tanh();
                let bend = ROOT_2_OVER_PI * (1.0 + 3.0 * GELU_CUBIC * z * z);
                0.5 * (1.0 + bent) + 0.5 * z * (1.0 - bent * bent) * bend
            }
            Self::Silu => {
                let share = logistic(z);
                share * (1.0 + z * (1.0 - share))
            }
            Self::Softplus => logistic(z),
            Self::Tanh => 1.0 - z.tanh() * z.tanh(),
            Self::HardTanh => when(z.abs() < 1.0),
            Self::Sigmoid => logistic(z) * (1.0 - logistic(z)),
            Self::Sine => z.cos(),
            Self::Gaussian => -2.0 * z * (-z * z).exp(),
            Self::Step => when(z.abs() <= 1.0),
        }
    }

    /// Whether it passes positive sums on and holds negative ones back, so that He's
    /// starting weights suit it.
    #[must_use]
    pub fn is_rectifier(self) -> bool {
        matches!(
            self,
            Self::Relu
                | Self::LeakyRelu(_)
                | Self::Elu
                | Self::Gelu
                | Self::GeluTanh
                | Self::Silu
                | Self::Softplus
        )
    }
}

fn logistic(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// Φ(z), the share of a standard normal distribution below z.
fn normal_below(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// What tanh-GELU takes the tanh of.
fn gelu_bend(z: f64) -> f64 {
    ROOT_2_OVER_PI * (z + GELU_CUBIC * z * z * z)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slope_is_the_derivative_of_its_value_away_from_kinks() {
        const STEP: f64 = 1e-6;
        for activation in Activation::ALL {
            if activation == Activation::Step {
                continue;
            }
            for at in [-6.0, -2.3, -0.7, -0.2, 0.3, 0.9, 1.7, 5.0] {
                let (above, below) = (activation.value(at + STEP), activation.value(at - STEP));
                let measured = (above - below) / (2.0 * STEP);
                let stated = activation.slope(at);
                assert!(
                    (measured - stated).abs() < 1e-8,
                    "{activation:?} at {at}: {measured} and {stated}"
                );
            }
        }
    }

    #[test]
    fn values_are_those_that_others_have_written_down() {
        // Of the papers' formulas, by PyTorch 2 in f64 (the step by hand).
        for (activation, at, expected) in [
            (Activation::Elu, -1.0, -0.632_120_558_828_557_7),
            (Activation::Selu, -1.0, -1.111_330_737_812_562_6),
            (Activation::Selu, 2.0, 2.101_401_974_710_961),
            (Activation::Gelu, -1.0, -0.158_655_253_931_457_05),
            (Activation::GeluTanh, -1.0, -0.158_808_009_391_724_38),
            (Activation::Silu, -1.0, -0.268_941_421_369_995_1),
            (Activation::Softplus, -1.0, 0.313_261_687_518_222_86),
            (Activation::Softplus, 800.0, 800.0),
            (Activation::Gaussian, 0.5, 0.778_800_783_071_404_9),
            (Activation::HardTanh, -3.0, -1.0),
            (Activation::Step, 0.0, 0.0),
            (Activation::Step, 1e-30, 1.0),
        ] {
            let found = activation.value(at);
            assert!((found - expected).abs() < 1e-14, "{activation:?}: {found}");
        }
    }

    #[test]
    fn every_activation_is_in_the_menu_once_and_knows_its_place() {
        for (index, activation) in Activation::ALL.into_iter().enumerate() {
            assert_eq!(activation.index(), index);
            let facts = activation.facts();
            let words = [facts.name, facts.formula, facts.derivative, facts.range];
            assert!(words.iter().all(|word| !word.is_empty()), "{activation:?}");
            assert!(facts.explanation.ends_with('.') || facts.explanation.ends_with(')'));
        }
        let leak = Leak::new(0.3).unwrap();
        assert_eq!(Activation::LeakyRelu(leak).index(), 2);
    }

    #[test]
    fn values_stay_within_the_stated_ranges() {
        for (activation, low, high) in [
            (Activation::Gelu, -0.17, f64::INFINITY),
            (Activation::GeluTanh, -0.171, f64::INFINITY),
            (Activation::Silu, -0.279, f64::INFINITY),
            (Activation::Selu, -1.758_1, f64::INFINITY),
            (Activation::Elu, -1.0, f64::INFINITY),
            (Activation::Softplus, 0.0, f64::INFINITY),
            (Activation::Gaussian, 0.0, 1.0),
        ] {
            let values = (-400..=400).map(|step| activation.value(f64::from(step) * 0.05));
            let least = values.clone().fold(f64::INFINITY, f64::min);
            let most = values.fold(f64::NEG_INFINITY, f64::max);
            assert!(
                least >= low && most <= high,
                "{activation:?}: {least} {most}"
            );
        }
    }

    #[test]
    fn a_leak_is_a_share() {
        for wrong in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
            assert!(Leak::new(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Leak::new(-0.0), Leak::new(0.0));
        assert!(Leak::new(0.2).unwrap() > Leak::STANDARD);
    }
}
