//! What parameters start from: drawn from the seed, scaled by how many wires meet.

use serde::{Deserialize, Serialize};

use crate::random::{Purpose, Rng, stream, symmetric_unit, unit};
use crate::{EdgeId, Endpoint, Kinds, Network, Node, NodeId, Parameter, ParameterId, shape_size};

/// How a parameter of a kind's own starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initial {
    /// All zero.
    Zero,
    /// As a bias: zero, unless the initializer has biases start elsewhere.
    Bias,
    /// As weights do, with this fan-in and fan-out.
    Weights {
        /// Values that are summed.
        fan_in: u32,
        /// Sums a value goes into.
        fan_out: u32,
    },
}

/// What starting weights are drawn from. With n values summed (fan-in) and m sums a
/// value goes into (fan-out). Biases start at 0, but for the last one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Initializer {
    /// [`Self::HeUniform`] into rectifiers, else [`Self::XavierUniform`].
    #[default]
    Automatic,
    /// All zero: neurons of a layer then stay alike.
    Zero,
    /// All this.
    Constant(f32),
    /// Even in ±this.
    Uniform(f32),
    /// Normal with mean 0 and this standard deviation.
    Normal(f32),
    /// Even in ±√(6 / (n + m)) (Glorot & Bengio 2010, "Understanding the difficulty
    /// of training deep feedforward neural networks").
    XavierUniform,
    /// Normal with variance 2 / (n + m), likewise.
    XavierNormal,
    /// Even in ±√(6 / n) (He et al. 2015, "Delving Deep into Rectifiers").
    HeUniform,
    /// Normal with variance 2 / n, likewise.
    HeNormal,
    /// Even in ±½ and all biases 0.1, as TensorFlow Playground starts.
    Playground,
}

impl Initializer {
    /// Every initializer with usual values, in the order menus show them.
    pub const ALL: [Self; 10] = [
        Self::Automatic,
        Self::XavierUniform,
        Self::XavierNormal,
        Self::HeUniform,
        Self::HeNormal,
        Self::Uniform(0.5),
        Self::Normal(0.1),
        Self::Constant(0.1),
        Self::Zero,
        Self::Playground,
    ];

    /// The name the field uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Zero => "zero",
            Self::Constant(_) => "constant",
            Self::Uniform(_) => "uniform",
            Self::Normal(_) => "normal",
            Self::XavierUniform => "Xavier uniform",
            Self::XavierNormal => "Xavier normal",
            Self::HeUniform => "He uniform",
            Self::HeNormal => "He normal",
            Self::Playground => "as TensorFlow Playground",
        }
    }

    /// What it does, in one sentence for a learner.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Automatic => "He's for ReLU and its relatives, Xavier's for all others.",
            Self::Zero => "All weights zero: neurons of a layer stay alike and learn little.",
            Self::Constant(_) => "All weights the same: neurons of a layer stay alike.",
            Self::Uniform(_) => "Every weight in a range is as likely as any other.",
            Self::Normal(_) => "Most weights near zero, few far from it: the bell curve.",
            Self::XavierUniform | Self::XavierNormal => {
                "Small enough for the number of wires that meet, for tanh and sigmoid."
            }
            Self::HeUniform | Self::HeNormal => {
                "Small enough for the number of wires that come in, for ReLU."
            }
            Self::Playground => "Weights within ½ and biases of 0.1.",
        }
    }

    /// Whether its number is finite, and not negative where it is a spread.
    ///
    /// # Errors
    /// The number.
    pub fn check(self) -> Result<(), f32> {
        match self {
            Self::Constant(number) if !number.is_finite() => Err(number),
            Self::Uniform(number) | Self::Normal(number)
                if !(number >= 0.0 && number.is_finite()) =>
            {
                Err(number)
            }
            _ => Ok(()),
        }
    }

    /// What biases start from.
    fn bias(self) -> f32 {
        match self {
            Self::Playground => 0.1,
            _ => 0.0,
        }
    }

    /// What weights are drawn from, between a node of this fan-out and one of this
    /// fan-in.
    fn law(self, fan_in: u32, fan_out: u32, is_into_rectifier: bool) -> Law {
        let incoming = fan_in.max(1) as f32;
        let both = (fan_in + fan_out).max(1) as f32;
        match self {
            Self::Automatic if is_into_rectifier => Law::Even((6.0 / incoming).sqrt()),
            Self::Automatic | Self::XavierUniform => Law::Even((6.0 / both).sqrt()),
            Self::Zero => Law::All(0.0),
            Self::Constant(number) => Law::All(number),
            Self::Uniform(limit) => Law::Even(limit),
            Self::Normal(deviation) => Law::Normal(deviation),
            Self::XavierNormal => Law::Normal((2.0 / both).sqrt()),
            Self::HeUniform => Law::Even((6.0 / incoming).sqrt()),
            Self::HeNormal => Law::Normal((2.0 / incoming).sqrt()),
            Self::Playground => Law::Even(0.5),
        }
    }
}

/// What numbers are drawn from.
#[derive(Clone, Copy)]
enum Law {
    All(f32),
    /// Uniform in ± this.
    Even(f32),
    /// Normal with mean 0 and this standard deviation.
    Normal(f32),
}

/// A draw of starting values: a seed and what they are drawn from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draw {
    /// Decides the numbers.
    pub seed: u64,
    /// Decides how they are spread.
    pub initializer: Initializer,
}

/// The starting values of all learnable numbers, in the canonical order. Bitwise
/// equal everywhere for the same draw.
#[must_use]
pub fn initial_values(network: &Network, how: Draw) -> Vec<f32> {
    let mut values = Vec::with_capacity(network.parameter_count());
    for node in network.nodes() {
        for parameter in initial_parameters(network.kinds(), node, how) {
            values.extend(parameter.elements().iter().map(|element| element.value));
        }
    }
    for edge in network.edges() {
        let size = edge.weight.elements().len();
        let law = weight_law(network, how, edge.from.node(), edge.to.node(), 0);
        values.extend(draw(how.seed, edge_key(edge.id), size, law));
    }
    values
}

/// The parameters a node starts with.
#[must_use]
pub fn initial_parameters(kinds: &Kinds, node: &Node, how: Draw) -> Vec<Parameter> {
    let specs = kinds.get(&node.kind).map(|kind| kind.parameters(node));
    (0..)
        .zip(specs.unwrap_or_default())
        .filter_map(|(index, spec)| {
            let size = shape_size(&spec.shape);
            let law = match spec.initial {
                Initial::Zero => Law::All(0.0),
                Initial::Bias => Law::All(how.initializer.bias()),
                Initial::Weights { fan_in, fan_out } => {
                    let is_rectifier = node.activation.is_rectifier();
                    how.initializer.law(fan_in, fan_out, is_rectifier)
                }
            };
            let key = parameter_key(ParameterId::Node(node.id, index));
            let values: Vec<f32> = draw(how.seed, key, size, law).collect();
            Parameter::tensor(&spec.shape, &values)
        })
        .collect()
}

/// The starting weight of an edge that is about to be added: `size` numbers.
#[must_use]
pub fn initial_weight(
    network: &Network,
    how: Draw,
    id: EdgeId,
    from: Endpoint,
    to: Endpoint,
    size: usize,
) -> Vec<f32> {
    let law = weight_law(network, how, from.node(), to.node(), 1);
    draw(how.seed, edge_key(id), size, law).collect()
}

/// What a weight between two nodes is drawn from when `more` edges are about to join
/// them.
fn weight_law(network: &Network, how: Draw, from: NodeId, to: NodeId, more: u32) -> Law {
    let fan_in = network.incoming(to).len() as u32 + more;
    let fan_out = network.outgoing(from).len() as u32 + more;
    let is_rectifier = network
        .node(to)
        .is_some_and(|node| node.activation.is_rectifier());
    how.initializer.law(fan_in, fan_out, is_rectifier)
}

fn draw(seed: u64, key: u64, size: usize, law: Law) -> impl Iterator<Item = f32> {
    let mut rng = stream(seed, Purpose::Initial, key);
    (0..size).map(move |_| match law {
        Law::All(number) => number,
        Law::Even(limit) => symmetric_unit(&mut rng) * limit,
        Law::Normal(deviation) => normal(&mut rng) * deviation,
    })
}

/// A number of the standard normal distribution, by the transform of Box & Muller
/// 1958 ("A Note on the Generation of Random Normal Deviates"). The functions are
/// `libm`'s on every machine: the standard library's differ in the last bit.
fn normal(rng: &mut impl Rng) -> f32 {
    // In (0, 1], so that the logarithm is finite.
    let radius = (-2.0 * libm::log(1.0 - unit(rng))).sqrt();
    let angle = std::f64::consts::TAU * unit(rng);
    (radius * libm::cos(angle)) as f32
}

fn edge_key(id: EdgeId) -> u64 {
    parameter_key(ParameterId::Edge(id))
}

/// A number of its own for each parameter.
fn parameter_key(id: ParameterId) -> u64 {
    match id {
        ParameterId::Node(node, index) => 1 << 63 | u64::from(node.0) << 16 | u64::from(index),
        ParameterId::Edge(edge) => u64::from(edge.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(law: Law) -> Vec<f64> {
        draw(1, 0, 100_000, law).map(f64::from).collect()
    }

    fn moments(numbers: &[f64]) -> [f64; 2] {
        let count = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / count;
        let square = numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
        [mean, square.sqrt()]
    }

    #[test]
    fn normal_numbers_have_the_spread_they_should_and_the_tails() {
        let numbers = drawn(Law::Normal(2.0));
        let [mean, deviation] = moments(&numbers);
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((deviation - 2.0).abs() < 0.02, "{deviation}");
        let share = |limit: f64| {
            let inside = numbers.iter().filter(|x| x.abs() < 2.0 * limit).count();
            inside as f64 / numbers.len() as f64
        };
        for (limit, expected) in [(1.0, 0.682_69), (2.0, 0.954_50), (3.0, 0.997_30)] {
            let found = share(limit);
            assert!((found - expected).abs() < 0.005, "{limit}: {found}");
        }
    }

    #[test]
    fn normal_numbers_are_the_same_on_every_machine() {
        let bits: Vec<u32> = draw(7, 3, 3, Law::Normal(1.0)).map(f32::to_bits).collect();
        assert_eq!(bits, RECORDED);
    }

    /// Written down once; a change would give every saved seed another meaning.
    const RECORDED: [u32; 3] = [3_193_854_664, 3_184_531_237, 1_068_358_335];

    #[test]
    fn every_initializer_has_the_spread_of_its_paper() {
        // 30 values summed, 20 sums a value goes into.
        for (initializer, is_rectifier, deviation) in [
            (Initializer::Automatic, false, (2.0_f64 / 50.0).sqrt()),
            (Initializer::Automatic, true, (2.0_f64 / 30.0).sqrt()),
            (Initializer::XavierUniform, true, (2.0_f64 / 50.0).sqrt()),
            (Initializer::XavierNormal, true, (2.0_f64 / 50.0).sqrt()),
            (Initializer::HeUniform, false, (2.0_f64 / 30.0).sqrt()),
            (Initializer::HeNormal, false, (2.0_f64 / 30.0).sqrt()),
            (Initializer::Uniform(0.3), false, 0.3 / 3.0_f64.sqrt()),
            (Initializer::Normal(0.3), false, 0.3),
            (Initializer::Playground, false, 0.5 / 3.0_f64.sqrt()),
            (Initializer::Zero, false, 0.0),
            (Initializer::Constant(0.7), false, 0.0),
        ] {
            let [_, found] = moments(&drawn(initializer.law(30, 20, is_rectifier)));
            assert!(
                (found - deviation).abs() <= 0.01 * deviation + 1e-7,
                "{initializer:?}: {found} {deviation}"
            );
        }
        assert_eq!(drawn(Initializer::Constant(0.5).law(1, 1, false))[0], 0.5);
    }

    #[test]
    fn playground_alone_starts_biases_elsewhere_than_at_zero() {
        for initializer in Initializer::ALL {
            let expected = if initializer == Initializer::Playground {
                0.1
            } else {
                0.0
            };
            assert_eq!(initializer.bias(), expected, "{initializer:?}");
        }
    }
}
