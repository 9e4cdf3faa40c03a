//! Gradients through dropout, with the same values left out, against the f64 oracle on both routes.

use network::{Learning, NodeId, Role};
use proptest::prelude::*;

use crate::cases::{Case, Draw, STYLES, objective};
use crate::compile::Route;
use crate::gradient_tests::{check, network_of_kinds};

const CHANCES: [f32; 4] = [0.1, 0.5, 0.0, 0.3];

/// Gives the hidden nodes these chances in turn.
fn with_dropout(mut case: Case, seed: u64) -> Case {
    let nodes = case.network.nodes_of(Role::Hidden);
    let ids: Vec<NodeId> = nodes.map(|node| node.id).collect();
    for (id, dropout) in ids.into_iter().zip(CHANCES.into_iter().cycle()) {
        let learning = Learning {
            dropout,
            ..Learning::default()
        };
        let result = case.network.set_learning(id, learning);
        result.expect("hidden nodes may be left out");
    }
    case.dropout = Some(seed);
    case
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn gradients_with_dropout_are_those_of_the_same_mask_in_f64(
        seed: u64,
        layers in proptest::collection::vec(1_usize..9, 3..6),
        density in 0.1_f32..1.0,
        style in 0..STYLES,
        rows in 1_usize..14,
    ) {
        let case = with_dropout(Case::random(seed, &layers, density, style, rows), seed);
        let oracle = case.oracle();
        let parameters = case.parameters();
        let exact = oracle.backpropagation(&parameters);
        let exact_loss = oracle.loss(&parameters);
        // Neuron by neuron a cross-entropy knows the probability alone, and of one near 1
        // its `f32` does not hold how near.
        for (route, tolerance) in [(Route::Fused, 1e-5), (Route::Levels, 1e-5), (Route::PerNode, 1e-3)] {
            let (loss, gradient) = case.engine(route);
            prop_assert!((loss - exact_loss).abs() <= tolerance * (1.0 + exact_loss.abs()));
            check(&gradient, &exact)?;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn matrices_pass_gradients_through_dropout(seed: u64, style in 0..STYLES) {
        let case = Case::random(seed, &[20, 24, 17, 16, 3], 0.9, style, 9);
        let case = with_dropout(case, seed);
        let oracle = case.oracle();
        let exact = oracle.backpropagation(&case.parameters());
        check(&case.engine(Route::Fused).1, &exact)?;
    }

    #[test]
    fn the_gradient_of_a_mask_is_its_finite_difference(seed: u64, style in 0..STYLES) {
        let mut case = with_dropout(Case::random(seed, &[3, 4, 3, 3], 0.7, style, 6), seed);
        case.smooth();
        let differences = case.oracle().differences(&case.parameters());
        for route in [Route::Fused, Route::Levels, Route::PerNode] {
            check(&case.engine(route).1, &differences)?;
        }
    }

    #[test]
    fn general_kinds_pass_gradients_through_dropout(seed: u64) {
        let mut draw = Draw::new(seed);
        let network = network_of_kinds(&mut draw);
        let case = with_dropout(Case::with_rows(network, objective(2, &[]), 2, 7, draw), seed);
        let differences = case.oracle().differences(&case.parameters());
        for route in [Route::Fused, Route::Levels, Route::PerNode] {
            check(&case.engine(route).1, &differences)?;
        }
    }
}

#[test]
fn a_mask_changes_the_loss_and_another_mask_changes_it_otherwise() {
    let loss = |dropout: Option<u64>| {
        let mut case = with_dropout(Case::random(7, &[3, 8, 8, 2], 0.9, 0, 12), 0);
        case.dropout = dropout;
        case.engine(Route::Fused).0
    };
    let losses = [loss(None), loss(Some(1)), loss(Some(2))];
    assert!(
        losses[0] != losses[1] && losses[1] != losses[2],
        "{losses:?}"
    );
}
