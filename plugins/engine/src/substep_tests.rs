//! The numbers of sub-steps of random networks, against the f64 oracle and finite differences.

use network::{Activation, ElementId, Kind, ParameterLayout, Role};
use project::{Edit, Project, apply};
use proptest::prelude::*;

use crate::cases::{Case, Draw, STYLES, objective};
use crate::gradient_tests::{check, network_of_kinds};
use crate::{Command, Phase, Request, Route, SubStep, SubStepRequest, Trainer, WorkBudget};

fn full_batch(case: &Case) -> Project {
    let mut project = case.project();
    let mut settings = project.training().clone();
    settings.batch_size = case.rows as u32;
    settings.is_shuffled = false;
    apply(&mut project, &Edit::SetTraining(settings)).expect("in range");
    project
}

fn sub_step(case: &Case, route: Route, until: Phase) -> SubStep {
    let mut trainer = Trainer::with_route(route);
    let requests = [
        Request::Load {
            project: Box::new(full_batch(case)),
            revision: 0,
        },
        Request::SubStep(SubStepRequest { id: 4, until }),
    ];
    for (seq, request) in (1..).zip(requests) {
        trainer.handle(Command { seq, request });
    }
    trainer.advance(WorkBudget::UNLIMITED);
    let report = trainer.take_report().expect("there is news");
    assert_eq!(report.fault, None);
    *report.sub_step.expect("asked for")
}

/// Every number of the sub-step against the oracle, and against each other.
fn check_sub_step(case: &Case, route: Route, by_differences: bool) -> Result<(), TestCaseError> {
    // What training refuses is not followed: that is told elsewhere.
    if full_batch(case).check_training().is_err() {
        return Ok(());
    }
    let oracle = case.oracle();
    let parameters = case.parameters();
    let gradient = if by_differences {
        oracle.differences(&parameters)
    } else {
        oracle.backpropagation(&parameters)
    };
    let loss = oracle.loss(&parameters);
    let step = sub_step(case, route, Phase::Backward);
    prop_assert_eq!(step.rows.len(), case.rows);
    let found = f64::from(step.loss.expect("it was compared"));
    prop_assert!((found - loss).abs() <= 1e-5 * (1.0 + loss.abs()));
    check(&step.gradients, &gradient)?;
    let mean = step
        .row_losses
        .iter()
        .map(|&loss| f64::from(loss))
        .sum::<f64>();
    prop_assert!((mean / case.rows as f64 - loss).abs() <= 1e-5 * (1.0 + loss.abs()));
    let layout = ParameterLayout::of(&case.network);
    prop_assert_eq!(step.nodes.len(), case.network.nodes().count());
    for traced in &step.nodes {
        let node = case.network.node(traced.node).expect("it is there");
        if case.network.role(node) == Role::Input {
            prop_assert_eq!((traced.input, traced.delta), (None, None));
            let place = case
                .inputs
                .iter()
                .position(|&input| input == node.id)
                .expect("an input");
            let values = case.x.iter().skip(place).step_by(case.inputs.len());
            let mean = values.map(|&x| f64::from(x)).sum::<f64>() / case.rows as f64;
            prop_assert!((f64::from(traced.output) - mean).abs() < 1e-6);
            continue;
        }
        if route != Route::Fused || !case.network.kind(node).is_some_and(Kind::is_plain_neuron) {
            continue;
        }
        // A bias adds 1 to the sum of every row.
        let place = layout.position(ElementId::bias(node.id)).expect("a bias");
        let (delta, by_bias) = (traced.delta.expect("a loss"), step.gradients[place]);
        prop_assert!((delta - by_bias).abs() <= 1e-5 * (by_bias.abs() + 1e-2));
        if node.activation == Activation::Linear {
            let z = traced.input.expect("a neuron");
            prop_assert!((traced.output - z).abs() <= 1e-5 * (1.0 + z.abs()));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_sub_step_is_the_scalar_backpropagation_of_its_batch(
        seed: u64,
        layers in proptest::collection::vec(1_usize..9, 2..6),
        density in 0.1_f32..1.0,
        style in 0..STYLES,
        rows in 1_usize..14,
    ) {
        let case = Case::random(seed, &layers, density, style, rows);
        for route in [Route::Fused, Route::Levels, Route::PerNode] {
            check_sub_step(&case, route, false)?;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_sub_step_of_several_chunks_is_the_same(seed: u64, style in 0..STYLES) {
        let case = Case::random(seed, &[5, 24, 17, 3], 0.9, style, 150);
        check_sub_step(&case, Route::Fused, false)?;
    }

    #[test]
    fn a_sub_step_agrees_with_finite_differences_of_the_loss_of_its_batch(
        seed: u64,
        style in 0..STYLES,
    ) {
        let mut case = Case::random(seed, &[3, 4, 3, 3], 0.7, style, 5);
        case.smooth();
        check_sub_step(&case, Route::Fused, true)?;
    }

    #[test]
    fn a_sub_step_passes_through_general_kinds(seed: u64) {
        let mut draw = Draw::new(seed);
        let network = network_of_kinds(&mut draw);
        let case = Case::with_rows(network, objective(2, &[]), 2, 3, draw);
        for route in [Route::Fused, Route::Levels, Route::PerNode] {
            check_sub_step(&case, route, true)?;
        }
    }
}
