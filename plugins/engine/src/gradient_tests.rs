//! Gradients of random networks against the f64 oracle, on both routes.

use network::{
    Activation, Endpoint, Face, Initial, Kind, KindId, Kinds, Network, Node, NodeId, Ops,
    Parameter, ParameterSpec, PortId, PortSpec, Role, Value,
};
use project::{Loss, Objective};
use proptest::prelude::*;

use crate::cases::{Case, Draw, STYLES, join, objective};
use crate::compile::Route;

fn rms(numbers: &[f64]) -> f64 {
    (numbers.iter().map(|g| g * g).sum::<f64>() / numbers.len().max(1) as f64).sqrt()
}

/// |g − g₆₄| ≤ 10⁻⁴ · (|g₆₄| + rms) + 10⁻⁷, number by number. The last term is
/// one rounding of an `f32` near 1: rows that pull with equal force in opposite
/// directions cancel exactly in f64, but leave a rounding in `f32`.
pub(crate) fn check(found: &[f32], exact: &[f64]) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.len(), exact.len());
    let rms = rms(exact);
    for (index, (&found, &exact)) in found.iter().zip(exact).enumerate() {
        let miss = (f64::from(found) - exact).abs();
        prop_assert!(
            miss <= 1e-4 * (exact.abs() + rms) + 1e-7,
            "number {index}: {found} instead of {exact}, rms {rms}"
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn gradients_are_those_of_scalar_backpropagation_in_f64(
        seed: u64,
        layers in proptest::collection::vec(1_usize..9, 2..6),
        density in 0.1_f32..1.0,
        style in 0..STYLES,
        rows in 1_usize..14,
    ) {
        let case = Case::random(seed, &layers, density, style, rows);
        let oracle = case.oracle();
        let parameters = case.parameters();
        let exact = oracle.backpropagation(&parameters);
        for route in [Route::Fused, Route::Levels, Route::PerNode] {
            let (loss, gradient) = case.engine(route);
            let exact_loss = oracle.loss(&parameters);
            prop_assert!((loss - exact_loss).abs() <= 1e-5 * (1.0 + exact_loss.abs()));
            check(&gradient, &exact)?;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn wide_layers_become_matrices_and_keep_their_gradients(
        seed: u64,
        density in 0.5_f32..1.0,
        style in 0..STYLES,
    ) {
        let case = Case::random(seed, &[20, 24, 17, 16, 3], density, style, 9);
        prop_assert!(case.matrices() > 0);
        let oracle = case.oracle();
        let exact = oracle.backpropagation(&case.parameters());
        let (_, gradient) = case.engine(Route::Fused);
        check(&gradient, &exact)?;
    }

    #[test]
    fn the_oracle_agrees_with_central_differences(seed: u64, style in 0..STYLES) {
        let mut case = Case::random(seed, &[3, 4, 3, 3], 0.7, style, 4);
        case.smooth();
        let oracle = case.oracle();
        let parameters = case.parameters();
        let exact = oracle.backpropagation(&parameters);
        let differences = oracle.differences(&parameters);
        let scale = rms(&exact) + 1e-3;
        for (a, b) in exact.iter().zip(&differences) {
            prop_assert!((a - b).abs() <= 1e-5 * scale.max(a.abs()), "{a} and {b}");
        }
    }
}

/// The outputs that a loss takes, and the style of its targets in [`Case::with_rows`].
fn fitting(loss: Loss) -> (Vec<Activation>, usize) {
    let any = || Activation::ALL.to_vec();
    match loss {
        Loss::BinaryCrossEntropy => (vec![Activation::Sigmoid], 2),
        Loss::CategoricalCrossEntropy => (vec![Activation::Softmax], 3),
        Loss::Hinge => (any(), 6),
        Loss::MeanSquaredError | Loss::MeanAbsoluteError | Loss::Huber { .. } => (any(), 0),
    }
}

#[test]
fn every_activation_within_and_at_the_end_has_the_gradient_of_the_oracle_under_every_loss() {
    let within = Activation::ALL;
    let within = within.iter().filter(|one| **one != Activation::Softmax);
    let mut pairs = 0;
    for loss in Loss::ALL {
        let (ends, style) = fitting(loss);
        for &hidden in within.clone() {
            for &end in &ends {
                let mut draw = Draw::new(pairs);
                let mut network = Network::default();
                let mut before: Vec<NodeId> = Vec::new();
                for (depth, size) in [3, 4, 3].into_iter().enumerate() {
                    let (kind, activation) = match depth {
                        0 => (KindId::INPUT, Activation::Linear),
                        1 => (KindId::HIDDEN, hidden),
                        _ => (KindId::OUTPUT, end),
                    };
                    let mut layer = Vec::new();
                    for _ in 0..size {
                        let id = network.free_node_id();
                        let node = Node::new(id, kind.clone(), format!("n{}", id.0));
                        let mut node = node.with_activation(activation);
                        if depth > 0 {
                            node.parameters = vec![Parameter::scalar(0.4 * draw.unit())];
                        }
                        network.add_node(node).expect("the parts fit");
                        for &from in &before {
                            let weight = Parameter::scalar(1.4 * draw.unit());
                            join(&mut network, from, Endpoint::of(id), weight);
                        }
                        layer.push(id);
                    }
                    before = layer;
                }
                let case = Case::with_rows(network, Objective::all(loss), style, 7, draw);
                let (oracle, parameters) = (case.oracle(), case.parameters());
                let exact = oracle.backpropagation(&parameters);
                let exact_loss = oracle.loss(&parameters);
                for route in [Route::Fused, Route::Levels, Route::PerNode] {
                    let about = format!("{hidden:?} {end:?} {loss:?} {route:?}");
                    let (loss, gradient) = case.engine(route);
                    assert!(
                        (loss - exact_loss).abs() <= 1e-5 * (1.0 + exact_loss),
                        "{about}"
                    );
                    check(&gradient, &exact).unwrap_or_else(|error| panic!("{about}: {error}"));
                }
                pairs += 1;
            }
        }
    }
    assert_eq!(pairs, 15 * (4 * 16 + 2));
}

/// Two scalars in, tanh of a 2×3 matrix of them out; the first enters twice.
struct Spread;

impl Kind for Spread {
    fn id(&self) -> KindId {
        KindId::new("spread")
    }
    fn role(&self) -> Role {
        Role::Hidden
    }
    fn title(&self) -> &'static str {
        "spread"
    }
    fn explanation(&self) -> &'static str {
        "For tests."
    }
    fn face(&self) -> Face {
        Face {
            letters: "S",
            is_left_flat: false,
            is_right_flat: false,
        }
    }
    fn inputs(&self, _: &Node) -> Vec<PortSpec> {
        ["a", "b"]
            .map(|name| PortSpec {
                name,
                shape: Vec::new(),
            })
            .to_vec()
    }
    fn outputs(&self, _: &Node) -> Vec<PortSpec> {
        vec![PortSpec {
            name: "out",
            shape: vec![3],
        }]
    }
    fn parameters(&self, _: &Node) -> Vec<ParameterSpec> {
        let spec = |name, shape| ParameterSpec {
            name,
            shape,
            initial: Initial::Zero,
        };
        vec![spec("matrix", vec![2, 3]), spec("bias", vec![3])]
    }
    fn activations(&self) -> &'static [Activation] {
        &[Activation::Tanh]
    }
    fn forward(
        &self,
        node: &Node,
        inputs: &[Value],
        parameters: &[Value],
        ops: &mut dyn Ops,
    ) -> Value {
        let joined = ops.concat(&[inputs[0], inputs[1]]);
        let product = ops.matmul(joined, parameters[0], 3);
        let sum = ops.add_bias(product, parameters[1]);
        ops.activate(sum, node.activation)
    }
}

/// x, y → plain h → spread ↔ another spread in series → plain → output, with a
/// skip around.
pub(crate) fn network_of_kinds(draw: &mut Draw) -> Network {
    let mut network = Network::new(Kinds::default().with(Spread));
    let spread = KindId::new("spread");
    let mut add = |id: u32, kind: &KindId, activation, draw: &mut Draw| {
        let mut node =
            Node::new(NodeId(id), kind.clone(), format!("n{id}")).with_activation(activation);
        if *kind == KindId::new("spread") {
            let mut numbers = |n: usize| (0..n).map(|_| draw.unit()).collect::<Vec<f32>>();
            node.parameters = vec![
                Parameter::tensor(&[2, 3], &numbers(6)).expect("six"),
                Parameter::tensor(&[3], &numbers(3)).expect("three"),
            ];
        }
        network.add_node(node).expect("the parts fit");
    };
    add(0, &KindId::INPUT, Activation::Linear, draw);
    add(1, &KindId::INPUT, Activation::Linear, draw);
    add(2, &KindId::HIDDEN, Activation::Tanh, draw);
    add(3, &spread, Activation::Tanh, draw);
    add(4, &spread, Activation::Tanh, draw);
    add(5, &KindId::HIDDEN, Activation::Sigmoid, draw);
    add(6, &KindId::OUTPUT, Activation::Sigmoid, draw);
    let port = |id, port| Endpoint(NodeId(id), PortId(port));
    let wires = [
        (0, port(2, 0), 1),
        (1, port(2, 0), 1),
        (2, port(3, 0), 1),
        (0, port(3, 1), 1),
        (3, port(4, 0), 3),
        (1, port(4, 1), 1),
        (3, port(5, 0), 3),
        (4, port(5, 0), 3),
        (5, port(6, 0), 1),
        (4, port(6, 0), 3),
        (0, port(6, 0), 1),
    ];
    for (from, to, size) in wires {
        let numbers: Vec<f32> = (0..size).map(|_| draw.unit()).collect();
        let weight = match size {
            1 => Parameter::scalar(numbers[0]),
            _ => Parameter::tensor(&[3], &numbers).expect("three"),
        };
        join(&mut network, NodeId(from), to, weight);
    }
    network
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]

    #[test]
    fn general_kinds_learn_between_plain_neurons(seed: u64) {
        let mut draw = Draw::new(seed);
        let network = network_of_kinds(&mut draw);
        let case = Case::with_rows(network, objective(2, &[]), 2, 7, draw);
        let oracle = case.oracle();
        let exact = oracle.differences(&case.parameters());
        for route in [Route::Fused, Route::Levels, Route::PerNode] {
            let (_, gradient) = case.engine(route);
            check(&gradient, &exact)?;
        }
    }
}
