//! The experiment against runs made one by one, and what holds for any of them.

use std::ops::ControlFlow;

use datasets::{Column, ColumnId, Split, Table};
use network::{Activation, KindId, NodeId, Role};
use project::{Optimizer, TrainingSettings};
use proptest::prelude::*;

use super::*;
use crate::{MetricName, Part};

/// Two inputs, three hidden neurons, one output; which side of a line a point is on.
fn base(seed: u64) -> Project {
    let mut project = Project::default();
    let kinds = [
        KindId::INPUT,
        KindId::INPUT,
        KindId::HIDDEN,
        KindId::HIDDEN,
        KindId::OUTPUT,
    ];
    let mut edits: Vec<Edit> = Vec::new();
    for kind in kinds {
        let edit = gesture::add_neuron(&project, kind, [0.0, 0.0]);
        apply(&mut project, &edit).expect("a neuron can be added");
    }
    for (from, to) in [(0, 2), (0, 3), (1, 2), (1, 3), (2, 4), (3, 4)] {
        let edit = gesture::connect(&project, NodeId(from), NodeId(to));
        let edit = edit.expect("they are not connected yet");
        apply(&mut project, &edit).expect("they can be");
    }
    let at = |i: u32, k: u32| ((i * 37 + k * 61) % 199) as f32 / 99.5 - 1.0;
    let values = |of: &dyn Fn(u32) -> f32| (0..40).map(of).collect::<Vec<f32>>();
    let column = |id: u32, role, values| Column {
        id: ColumnId(id),
        name: format!("c{id}"),
        role,
        shape: Vec::new(),
        values,
    };
    let side = |i| f32::from(at(i, 1) > at(i, 2));
    let names = project.table().columns().iter();
    let names: Vec<String> = names.map(|column| column.name.clone()).collect();
    let mut columns = vec![
        column(0, datasets::Role::Input, values(&|i| at(i, 1))),
        column(1, datasets::Role::Input, values(&|i| at(i, 2))),
        column(4, datasets::Role::Target, values(&side)),
    ];
    for (column, name) in columns.iter_mut().zip(names) {
        column.name = name;
    }
    let table = Table::from_columns(columns).expect("three columns of 40");
    edits.push(Edit::SetTable(Box::new(table)));
    edits.push(Edit::SetSplit(
        Split::new(60, 20, 20, true).expect("sums to 100"),
    ));
    edits.push(Edit::SetActivation(NodeId(4), Activation::Sigmoid));
    edits.push(Edit::SetTraining(TrainingSettings {
        seed,
        epochs: 7,
        ..TrainingSettings::default()
    }));
    for edit in edits {
        apply(&mut project, &edit).expect("it fits");
    }
    assert_eq!(project.network().nodes_of(Role::Hidden).count(), 2);
    project
}

fn with_rate(project: &Project, learning_rate: f32) -> Variant {
    Variant {
        label: learning_rate.to_string(),
        change: Some(Edit::SetTraining(TrainingSettings {
            learning_rate,
            ..project.training().clone()
        })),
    }
}

fn unchanged(label: &str) -> Variant {
    Variant {
        label: label.to_owned(),
        change: None,
    }
}

fn experiment(base: Project, variants: Vec<Variant>, seeds: u32) -> Experiment {
    Experiment {
        base,
        variants,
        seeds,
        epochs: None,
    }
}

fn conducted(experiment: &Experiment) -> ExperimentOutcome {
    conduct(experiment, |_| ControlFlow::Continue(())).expect("it can be conducted")
}

const VALIDATION_LOSS: Measure = Measure {
    part: Part::Validation,
    quantity: Quantity::Loss,
};

fn assert_close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() <= 1e-9 * (1.0 + expected.abs()),
        "{found} instead of {expected}"
    );
}

#[test]
fn mean_and_spread_are_those_of_runs_made_one_by_one() {
    let project = base(11);
    let variants = vec![with_rate(&project, 0.05), with_rate(&project, 0.5)];
    let tried = experiment(project.clone(), variants, 3);
    let outcome = conducted(&tried);
    let mut losses: Vec<Vec<f64>> = Vec::new();
    for (variant, found) in tried.variants.iter().zip(&outcome.variants) {
        let mut of_variant = Vec::new();
        let mut curves = Vec::new();
        for (seed, found) in [11, 12, 13].into_iter().zip(&found.runs) {
            let mut project = project.clone();
            let change = variant.change.as_ref().expect("both change the rate");
            apply(&mut project, change).expect("it fits");
            let options = RunOptions {
                epochs: None,
                seed: Some(seed),
            };
            let alone = run(project, options, |_| ControlFlow::Continue(())).expect("it runs");
            assert_eq!((found.seed, found.epochs), (seed, 7));
            assert_eq!(found.measures, Measure::all_of(&alone.evaluations));
            of_variant.push(f64::from(alone.evaluations[1].loss.expect("rows")));
            curves.push(alone.losses);
        }
        let mean = of_variant.iter().sum::<f64>() / 3.0;
        let variance = of_variant.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 2.0;
        let spread = found.measure(VALIDATION_LOSS).expect("rows").spread;
        assert_eq!(spread.count, 3);
        assert_close(spread.mean, mean);
        assert_close(spread.deviation.expect("three"), variance.sqrt());
        let sorted = of_variant.iter().copied();
        assert_eq!(spread.least, sorted.clone().fold(f64::INFINITY, f64::min));
        assert_eq!(spread.most, sorted.fold(f64::NEG_INFINITY, f64::max));
        assert_eq!(found.curve.len(), 7);
        for (epoch, point) in found.curve.iter().enumerate() {
            let trains = curves.iter().map(|losses| f64::from(losses[epoch].train));
            assert_eq!(point.epoch as usize, epoch + 1);
            assert_close(point.train.mean, trains.sum::<f64>() / 3.0);
            assert_eq!(point.validation.map(|spread| spread.count), Some(3));
        }
        losses.push(of_variant);
    }
    // The paired difference, and its standard error, by the book.
    let pairs: Vec<f64> = losses[1]
        .iter()
        .zip(&losses[0])
        .map(|(b, a)| b - a)
        .collect();
    let mean = pairs.iter().sum::<f64>() / 3.0;
    let variance = pairs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 2.0;
    let second = outcome.variants[1].measure(VALIDATION_LOSS).expect("rows");
    let difference = second.difference.expect("three pairs");
    assert_eq!(difference.count, 3);
    assert_close(difference.mean, mean);
    assert_close(
        difference.standard_error.expect("three"),
        (variance / 3.0).sqrt(),
    );
    assert_ne!(difference.mean, 0.0);
}

#[test]
fn a_variant_that_diverges_is_told_and_in_no_mean() {
    let project = base(1);
    let mut wild = project.training().clone();
    wild.learning_rate = 1_000.0;
    wild.optimizer = Optimizer::Sgd { momentum: 0.0 };
    let linear = Edit::Batch(vec![
        Edit::SetActivation(NodeId(4), Activation::Linear),
        Edit::SetTraining(wild),
    ]);
    let wild = Variant {
        label: "wild".to_owned(),
        change: Some(linear),
    };
    let outcome = conducted(&experiment(project, vec![unchanged("calm"), wild], 2));
    let [calm, wild] = outcome.variants.as_slice() else {
        panic!("two variants");
    };
    assert_eq!((calm.runs.len(), calm.diverged.len()), (2, 0));
    assert_eq!((wild.runs.len(), wild.diverged.len()), (0, 2));
    assert!(wild.measures.is_empty() && wild.curve.is_empty());
    assert_eq!(wild.diverged[1].seed, 2);
    assert!(
        wild.diverged[0].sentence.ends_with('.'),
        "{:?}",
        wild.diverged
    );
}

#[test]
fn an_experiment_that_is_stopped_keeps_its_whole_runs() {
    let project = base(1);
    let tried = experiment(project, vec![unchanged("a"), unchanged("b")], 4);
    let mut epochs = 0;
    let outcome = conduct(&tried, |progress| {
        epochs += 1;
        assert_eq!(progress.of_runs, 8);
        assert_eq!(progress.runs as usize, (epochs - 1) / 7);
        // In the fourth epoch of the fourth run: seed 2 of variant b.
        if epochs == 3 * 7 + 4 {
            assert_eq!((progress.variant, progress.seed), (1, 2));
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })
    .expect("it can be conducted");
    assert!(outcome.was_stopped);
    let runs: Vec<usize> = outcome.variants.iter().map(|v| v.runs.len()).collect();
    assert_eq!(runs, [2, 1]);
    // Only seed 1 is in both.
    let difference = outcome.variants[1].measure(VALIDATION_LOSS);
    let difference = difference.and_then(|measure| measure.difference);
    assert_eq!(
        difference.map(|d| (d.count, d.mean, d.standard_error)),
        Some((1, 0.0, None))
    );
}

#[test]
fn what_cannot_be_tried_is_refused_before_any_training() {
    let project = base(1);
    let refused = |variants: Vec<Variant>, seeds| {
        let tried = experiment(project.clone(), variants, seeds);
        let never = |_: &ExperimentProgress<'_>| -> ControlFlow<()> { panic!("it trained") };
        conduct(&tried, never).expect_err("refused").to_string()
    };
    assert!(refused(Vec::new(), 1).starts_with("There are 0 variants"));
    assert!(refused(vec![unchanged("a")], 0).starts_with("There are 0 seeds"));
    let negative = vec![unchanged("a"), with_rate(&project, -1.0)];
    let sentence = refused(negative, 1);
    assert!(
        sentence.contains("“-1”") && sentence.contains("the learning rate"),
        "{sentence}"
    );
    let gone = Variant {
        label: "no output".to_owned(),
        change: Some(Edit::RemoveNode(NodeId(4))),
    };
    let sentence = refused(vec![unchanged("a"), gone], 1);
    assert!(sentence.contains("no output neuron"), "{sentence}");
}

#[test]
fn a_long_run_keeps_a_bounded_curve() {
    let mut curve = Curve::new(10_000);
    let losses: Vec<EpochLoss> = (1..=10_000)
        .map(|epoch| EpochLoss {
            epoch,
            train: epoch as f32,
            validation: None,
            train_accuracy: None,
            validation_accuracy: None,
            penalty: 0.0,
            rate: 0.1,
        })
        .collect();
    curve.add(&losses);
    // A run that ended early ends its part of the curve early.
    curve.add(&losses[..5_000]);
    let points = curve.finish();
    assert_eq!(points.len(), 2_000);
    assert_eq!((points[0].epoch, points[1_999].epoch), (5, 10_000));
    assert_eq!((points[999].train.count, points[1_000].train.count), (2, 1));
    assert_eq!(points[999].train.mean, 5_000.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn identical_variants_differ_by_exactly_nothing(
        seed: u64, seeds in 1_u32..4, epochs in 1_u32..5, rate in 0.001_f32..1.0,
    ) {
        let project = base(seed);
        let same = with_rate(&project, rate);
        let tried = Experiment {
            epochs: Some(epochs),
            ..experiment(project, vec![same.clone(), same], seeds)
        };
        let outcome = conducted(&tried);
        let [one, other] = outcome.variants.as_slice() else {
            panic!("two variants");
        };
        prop_assert_eq!(one, other);
        prop_assert!(one.measure(VALIDATION_LOSS).is_some());
        let accuracy = Measure {
            part: Part::Test,
            quantity: Quantity::Metric(MetricName::Accuracy),
        };
        prop_assert!(other.measure(accuracy).is_some());
        for measure in &other.measures {
            let difference = measure.difference.expect("all seeds are in both");
            prop_assert_eq!(difference.mean, 0.0);
            prop_assert!(difference.standard_error.is_none_or(|error| error == 0.0));
        }
    }
}
