//! How neurons are, and how large the gradient is on its way back through them.

use serde::{Deserialize, Serialize};

/// How a neuron is, over the rows last looked at: the rows of one of the
/// last eight epochs of training, or 1,024 rows in a row of a longer one, each with the numbers
/// it was trained with; or the training rows when they were evaluated. What is true of a
/// whole level ([`GradientFlow`]) is said of its neurons that have no illness of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Health {
    /// Nothing is wrong, or there were fewer than two rows to tell.
    #[default]
    Fine,
    /// A ReLU that gave 0 for all rows. Its slope is 0 too, so it learns nothing
    /// (the dying ReLU: Lu, Shin, Su & Karniadakis 2019, arXiv:1903.06733).
    Dead,
    /// A tanh or sigmoid whose slope was below [`Health::LEAST_SLOPE`] of the
    /// function's largest for at least 95 % of the rows: what comes back through it
    /// is next to nothing (Glorot & Bengio 2010, "Understanding the difficulty of
    /// training deep feedforward neural networks", section 3). A sigmoid output
    /// under binary cross-entropy alone is never called saturated: that loss learns
    /// from the sum, so its gradient does not pass the slope.
    Saturated,
    /// A neuron of a level where next to nothing of the gradient arrives, see
    /// [`FlowVerdict::Vanishing`].
    Vanishing,
    /// A neuron of a level where the gradient is far too large, see
    /// [`FlowVerdict::Exploding`] and [`FlowVerdict::Growing`].
    Exploding,
}

impl Health {
    /// The share of the largest slope below which a neuron counts as saturated: a
    /// hundredth is reached at |z| ≈ 3 for tanh and |z| ≈ 6 for sigmoid.
    pub const LEAST_SLOPE: f32 = 0.01;
}

impl From<Health> for u8 {
    fn from(health: Health) -> Self {
        match health {
            Health::Fine => 0,
            Health::Dead => 1,
            Health::Saturated => 2,
            Health::Vanishing => 3,
            Health::Exploding => 4,
        }
    }
}

/// A number that stands for no [`Health`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} stands for no health of a neuron")]
pub struct UnknownHealth(u8);

impl TryFrom<u8> for Health {
    type Error = UnknownHealth;

    fn try_from(code: u8) -> Result<Self, UnknownHealth> {
        match code {
            0 => Ok(Self::Fine),
            1 => Ok(Self::Dead),
            2 => Ok(Self::Saturated),
            3 => Ok(Self::Vanishing),
            4 => Ok(Self::Exploding),
            other => Err(UnknownHealth(other)),
        }
    }
}

/// How large the gradient is on its way back, level by level, over the first rows of
/// the last look at training.
///
/// The size of a gradient is the root mean square of ∂L/∂z over the rows and the neurons
/// of a level, where L is the loss of one row (of a node without z, ∂L/∂a). These are the
/// back-propagated gradients that Glorot & Bengio 2010 compare layer by layer (their
/// figure 7). Those of weights would tell less: a network can shrink what goes forward as
/// much as what comes back, and then they are alike in all levels (their section 4.2.1).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GradientFlow {
    /// What it comes to.
    pub verdict: FlowVerdict,
    /// The rows it was measured over.
    pub rows: u32,
    /// Its size at the outputs, where it begins.
    pub at_outputs: f32,
    /// Its size in each level of hidden neurons with something that may be learned, from
    /// the inputs on.
    pub levels: Vec<LevelGradient>,
    /// How many times as large it is, over the outputs and those levels together, as when
    /// it was first looked at; `None` at that time. Training that begins with numbers
    /// already trained is compared with the largest of its first eight looks.
    pub growth: Option<f32>,
}

/// The gradient in one level of hidden neurons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LevelGradient {
    /// The most connections on a way here from an input: from 1.
    pub level: u32,
    /// How many neurons there are in it.
    pub neurons: u32,
    /// The size of the gradient there.
    pub size: f32,
}

/// What the gradient on its way back comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FlowVerdict {
    /// Nothing is wrong with it.
    #[default]
    Even,
    /// In the first level that may learn it is at most [`GradientFlow::LEAST_SHARE`] of
    /// what it is at the outputs (Hochreiter 1991; Bengio, Simard & Frasconi 1994,
    /// "Learning long-term dependencies with gradient descent is difficult").
    Vanishing,
    /// In the first level that may learn it is at least [`GradientFlow::MOST_SHARE`] times
    /// what it is at the outputs (likewise).
    Exploding,
    /// It is at least [`GradientFlow::MOST_GROWTH`] times as large as when training began,
    /// and so is the loss larger (Pascanu, Mikolov & Bengio 2013, arXiv:1211.5063: "the
    /// large increase in the norm of the gradient during training").
    Growing,
}

impl GradientFlow {
    /// A thousandth: a step that suits the outputs moves the first level a thousandth as
    /// far. The limits are ours; the literature gives the phenomenon, and no number.
    pub const LEAST_SHARE: f32 = 1e-3;

    /// A thousand times: a step that suits the outputs throws the first level about.
    pub const MOST_SHARE: f32 = 1e3;

    /// A gradient that grew this much is on its way out of the range of numbers.
    pub const MOST_GROWTH: f32 = 100.0;

    /// How many levels from the inputs on are concerned.
    #[must_use]
    pub fn levels_concerned(&self) -> usize {
        let is_concerned = |level: &&LevelGradient| match self.verdict {
            FlowVerdict::Even => false,
            FlowVerdict::Growing => true,
            FlowVerdict::Vanishing => level.size <= Self::LEAST_SHARE * self.at_outputs,
            FlowVerdict::Exploding => level.size >= Self::MOST_SHARE * self.at_outputs,
        };
        self.levels.iter().take_while(is_concerned).count()
    }

    /// What was seen, and what usually helps, each in a sentence; `None` when nothing is
    /// wrong.
    #[must_use]
    pub fn sentences(&self) -> Option<[String; 2]> {
        let first = self.levels.first();
        let place = || {
            let Some(first) = first else {
                return String::new();
            };
            let neurons: u32 = self
                .levels
                .iter()
                .take(self.levels_concerned())
                .map(|level| level.neurons)
                .sum();
            let last = self.levels_concerned().saturating_sub(1);
            let last = self.levels.get(last).map_or(first.level, |one| one.level);
            let levels = if last == first.level {
                format!("level {last}")
            } else {
                format!("levels {} to {last}", first.level)
            };
            match neurons {
                1 => format!("the neuron in {levels}"),
                neurons => format!("the {neurons} neurons in {levels}"),
            }
        };
        let share = first.map_or(0.0, |first| first.size / self.at_outputs);
        match self.verdict {
            FlowVerdict::Even => None,
            FlowVerdict::Vanishing => Some([
                match share {
                    0.0 => format!(
                        "The gradient vanishes: nothing of it reaches the first level, so {} cannot learn.",
                        place()
                    ),
                    share => format!(
                        "The gradient vanishes: in the first level it is {} of what it is at the outputs, so {} hardly learn.",
                        a_part(share),
                        place()
                    ),
                },
                "Fewer levels, ReLU or tanh instead of sigmoid, larger starting weights (Xavier, He), or connections that skip levels usually help.".to_owned(),
            ]),
            FlowVerdict::Exploding => Some([
                format!(
                    "The gradient explodes: in the first level it is {} times what it is at the outputs, so one learning rate cannot suit both it and {}.",
                    times(share),
                    place()
                ),
                "Smaller starting weights (Xavier, He), fewer levels, or clipping gradients by norm usually help.".to_owned(),
            ]),
            FlowVerdict::Growing => Some([
                format!(
                    "The gradient explodes: it is {} times as large as when training began, and the loss is larger too.",
                    times(self.growth.unwrap_or_default())
                ),
                "A reset with a smaller learning rate, or clipping gradients by norm usually helps.".to_owned(),
            ]),
        }
    }
}

/// A small share as one speaks of it: the number it is one part in.
fn a_part(share: f32) -> String {
    let parts = 1.0 / share;
    if parts.is_finite() {
        format!("one part in {}", times(parts))
    } else {
        "next to nothing".to_owned()
    }
}

/// A large number of times: two digits count.
fn times(number: f32) -> String {
    if number < 995_000.0 {
        let tens = 10_f32.powf(number.max(1.0).log10().floor() - 1.0);
        let rounded = ((number / tens).round() * tens) as u32;
        let digits = rounded.to_string();
        match digits.len().checked_sub(3) {
            Some(thousands @ 1..) => format!("{},{}", &digits[..thousands], &digits[thousands..]),
            _ => digits,
        }
    } else {
        format!("{number:.0e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(verdict: FlowVerdict, at_outputs: f32, sizes: &[f32]) -> GradientFlow {
        let level = |(level, &size)| LevelGradient {
            level,
            neurons: 4,
            size,
        };
        GradientFlow {
            verdict,
            rows: 64,
            at_outputs,
            levels: (1..).zip(sizes).map(level).collect(),
            growth: Some(341.0),
        }
    }

    #[test]
    fn each_verdict_is_told_with_its_numbers_and_what_helps() {
        let seen = |flow: GradientFlow| flow.sentences().expect("something is wrong")[0].clone();
        let vanishing = flow(FlowVerdict::Vanishing, 0.5, &[2e-5, 4e-4, 0.1]);
        assert_eq!(
            seen(vanishing),
            "The gradient vanishes: in the first level it is one part in 25,000 of what it is at the outputs, so the 8 neurons in levels 1 to 2 hardly learn."
        );
        let nothing = flow(FlowVerdict::Vanishing, 0.5, &[0.0, 0.1]);
        assert_eq!(
            seen(nothing),
            "The gradient vanishes: nothing of it reaches the first level, so the 4 neurons in level 1 cannot learn."
        );
        let exploding = flow(FlowVerdict::Exploding, 0.5, &[1093.0, 1.0]);
        assert!(seen(exploding).contains("it is 2,200 times what it is at the outputs"));
        let growing = flow(FlowVerdict::Growing, 0.5, &[1.0, 1.0]);
        assert_eq!(growing.levels_concerned(), 2);
        assert!(seen(growing).contains("it is 340 times as large as when training began"));
        assert_eq!(flow(FlowVerdict::Even, 0.5, &[1.0]).sentences(), None);
    }

    #[test]
    fn numbers_of_any_size_can_be_spoken() {
        let spoken = [1.0, 99.6, 999.6, 123_456.0, 999_999.0, 1e6, f32::MAX].map(times);
        let expected = ["1", "100", "1,000", "120,000", "1e6", "1e6", "3e38"];
        assert_eq!(spoken, expected);
        assert_eq!(a_part(1e-40), "next to nothing");
        // Without a level there is nothing to name, and nothing to fall over.
        let none = flow(FlowVerdict::Exploding, 0.0, &[]);
        assert!(none.sentences().is_some());
    }
}
