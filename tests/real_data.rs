//! The shipped examples learn what they promise, whatever the seed.

use std::ops::ControlFlow;
use std::path::Path;

use engine::{MetricName, Outcome, Part, RunOptions};
use network::Kinds;
use storage::disk::read_project;

/// Weights, split and order all follow the seed.
fn train(name: &str, seed: u64) -> Outcome {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("assets/examples/{name}.ron"));
    let mut project = read_project(&path, &Kinds::default()).expect("the example is sound");
    let edit = project::gesture::new_seed(&project, seed);
    project::apply(&mut project, &edit).expect("an example can begin anew");
    engine::run(
        project,
        RunOptions::default(),
        |_| ControlFlow::Continue(()),
    )
    .expect("an example can be trained")
}

fn last_loss(outcome: &Outcome) -> f32 {
    outcome.losses.last().expect("epochs were trained").train
}

fn sorted(mut numbers: Vec<f32>) -> Vec<f32> {
    numbers.sort_by(f32::total_cmp);
    numbers
}

#[test]
fn xor_is_learned_from_nearly_every_start() {
    let losses = sorted(
        (1..=20)
            .map(|seed| last_loss(&train("xor", seed)))
            .collect(),
    );
    let learned = losses.iter().filter(|&&loss| loss < 0.05).count();
    println!("XOR: loss below 0.05 for {learned} of 20 seeds; {losses:?}");
    assert!(learned >= 18, "{learned} of 20: {losses:?}");
}

#[test]
fn iris_is_classified_on_flowers_it_has_not_seen() {
    let accuracies = sorted(
        (1..=20)
            .map(|seed| {
                let outcome = train("iris", seed);
                let test = outcome.evaluations.iter().find(|e| e.part == Part::Test);
                test.and_then(|test| test.metric(MetricName::Accuracy))
                    .expect("classes have an accuracy")
            })
            .collect(),
    );
    let median = f32::midpoint(accuracies[9], accuracies[10]);
    println!(
        "Iris: test accuracy median {median}, worst {}; {accuracies:?}",
        accuracies[0]
    );
    assert!(median >= 0.93, "{accuracies:?}");
    assert!(accuracies[0] >= 0.85, "{accuracies:?}");
}

#[test]
fn and_and_the_sine_are_learned_from_every_start() {
    for (name, limit) in [("and", 0.05), ("sine", 0.03)] {
        let losses = sorted((1..=20).map(|seed| last_loss(&train(name, seed))).collect());
        println!("{name}: {losses:?}");
        assert!(losses[19] < limit, "{name}: {losses:?}");
    }
}

#[test]
fn the_same_seed_learns_the_same_to_the_bit() {
    let [one, other] = [train("iris", 5), train("iris", 5)];
    assert_eq!(one.losses, other.losses);
    assert_eq!(one.project, other.project);
    assert_ne!(train("iris", 6).losses, one.losses);
}
