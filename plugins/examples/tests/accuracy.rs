//! The shipped examples learn what they promise: the median of ten seeds, on rows they have not seen.

use std::ops::ControlFlow;
use std::time::Instant;

use engine::experiment::{Experiment, Measure, Quantity, Variant, VariantOutcome, conduct};
use engine::{MetricName, Outcome, Part, RunOptions};
use project::Project;

/// How many seeds an example is trained from. Weights, split and order all follow the
/// seed.
const SEEDS: u32 = 10;

fn example(name: &str) -> Project {
    let mut examples = examples::all().into_iter();
    let found = examples.find(|example| example.name == name);
    found.expect("there is an example of this name").project
}

/// Trains an example from all seeds, as `neurarium experiment` does.
fn experiment(name: &str) -> VariantOutcome {
    let experiment = Experiment {
        base: example(name),
        variants: vec![Variant {
            label: name.to_owned(),
            change: None,
        }],
        seeds: SEEDS,
        epochs: None,
    };
    let outcome = conduct(&experiment, |_| ControlFlow::Continue(()));
    let [variant] = outcome
        .expect("an example can be trained")
        .variants
        .try_into()
        .expect("one was asked for");
    assert_eq!(variant.diverged, [], "{name}");
    variant
}

/// A measure of each seed's run, the least first.
fn sorted(outcome: &VariantOutcome, part: Part, quantity: Quantity) -> Vec<f32> {
    let measure = Measure { part, quantity };
    let values = outcome.runs.iter().map(|run| run.measure(measure));
    let mut values: Vec<f32> = values.map(|value| value.expect("it is measured")).collect();
    values.sort_by(f32::total_cmp);
    values
}

fn median(sorted: &[f32]) -> f32 {
    let middle = sorted.len() / 2;
    f32::midpoint(sorted[sorted.len() - 1 - middle], sorted[middle])
}

/// Trains an example from ten seeds, prints what came of it, and holds it to the least
/// median of a metric on the test rows that is stated for it.
fn reaches(name: &str, layers: &[usize], metric: MetricName, least: f32) {
    let project = example(name);
    let widths = layers.windows(2);
    let parameters: usize = widths.map(|pair| (pair[0] + 1) * pair[1]).sum();
    assert_eq!(project.network().parameter_count(), parameters, "{name}");
    let begun = Instant::now();
    let outcome = experiment(name);
    let values = sorted(&outcome, Part::Test, Quantity::Metric(metric));
    assert_eq!(values.len(), SEEDS as usize);
    let median = median(&values);
    let layers: Vec<String> = layers.iter().map(usize::to_string).collect();
    println!(
        "{name}: {} rows, {}, {} epochs, {SEEDS} seeds in {:.1} s: test {} median {median:.4}, least {:.4}, most {:.4}",
        project.table().rows(),
        layers.join("-"),
        project.training().epochs,
        begun.elapsed().as_secs_f64(),
        metric.name(),
        values[0],
        values[values.len() - 1],
    );
    assert!(
        median >= least,
        "{name}: {median} is below {least}: {values:?}"
    );
}

#[test]
fn two_clouds_are_told_apart_by_two_hidden_neurons() {
    reaches("gauss", &[2, 2, 1], MetricName::Accuracy, 0.99);
}

#[test]
fn a_circle_is_closed_by_six_hidden_neurons() {
    reaches("circle", &[2, 4, 2, 1], MetricName::Accuracy, 0.99);
}

#[test]
fn xor_clouds_are_told_apart_by_six_hidden_neurons() {
    reaches("xor", &[2, 4, 2, 1], MetricName::Accuracy, 0.99);
}

#[test]
fn a_spiral_is_unwound_by_two_layers_of_eight() {
    reaches("spiral", &[2, 8, 8, 1], MetricName::Accuracy, 0.97);
}

#[test]
fn iris_is_classified_on_flowers_it_has_not_seen() {
    reaches("iris", &[4, 8, 3], MetricName::Accuracy, 0.95);
}

#[test]
fn digits_are_read_that_were_not_learned() {
    reaches("digits", &[64, 32, 10], MetricName::Accuracy, 0.96);
}

#[test]
fn friedmans_function_is_found_through_its_noise() {
    reaches("regression", &[10, 8, 8, 1], MetricName::RSquared, 0.85);
}

#[test]
fn the_truth_table_of_xor_is_learned_from_nearly_every_start() {
    let losses = sorted(&experiment("xor-table"), Part::Train, Quantity::Loss);
    println!("xor-table: training losses {losses:?}");
    assert!(losses[SEEDS as usize - 2] < 0.05, "{losses:?}");
}

#[test]
fn and_and_the_sine_are_learned_from_every_start() {
    for (name, limit) in [("and", 0.05), ("sine", 0.03)] {
        let losses = sorted(&experiment(name), Part::Train, Quantity::Loss);
        println!("{name}: training losses {losses:?}");
        assert!(losses[losses.len() - 1] < limit, "{name}: {losses:?}");
    }
}

#[test]
fn the_same_seed_learns_the_same_to_the_bit() {
    let train = |seed| -> Outcome {
        let options = RunOptions {
            seed: Some(seed),
            ..RunOptions::default()
        };
        engine::run(example("iris"), options, |_| ControlFlow::Continue(()))
            .expect("an example can be trained")
    };
    let [one, other] = [train(5), train(5)];
    assert_eq!(one.losses, other.losses);
    assert_eq!(one.project, other.project);
    assert_ne!(train(6).losses, one.losses);
}
