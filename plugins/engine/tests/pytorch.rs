//! Twenty steps of SGD and Adam against PyTorch (`fixtures/pytorch_steps.py`).

mod common;

use common::{Asker, all_training, layered, project};
use network::{Activation, EdgeId, ElementId, NodeId, ParameterLayout};
use project::{Loss, Objective, Optimizer, Project, TrainingSettings};
use serde_json::Value;

const FIXTURE: &str = include_str!("fixtures/pytorch_steps.json");

fn numbers(value: &Value) -> Vec<f32> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        other => vec![other.as_f64().expect("a number") as f32],
    }
}

/// PyTorch's parameters in the canonical order of a 3-4-2 network, whose edges were
/// added target by target as PyTorch's rows are.
fn canonical(project: &Project, flat: &[f32]) -> Vec<f32> {
    let layout = ParameterLayout::of(project.network());
    let mut values = vec![f32::NAN; layout.len()];
    let hidden = (0..12).map(|i| ElementId::weight(EdgeId(i)));
    let hidden_biases = (3..7).map(|i| ElementId::bias(NodeId(i)));
    let output = (12..20).map(|i| ElementId::weight(EdgeId(i)));
    let output_biases = (7..9).map(|i| ElementId::bias(NodeId(i)));
    let ids = hidden
        .chain(hidden_biases)
        .chain(output)
        .chain(output_biases);
    for (id, &value) in ids.zip(flat) {
        values[layout.position(id).expect("a 3-4-2 network has it")] = value;
    }
    values
}

/// Trains as the fixture says and gives the largest distance of a parameter, and
/// of a loss.
fn distance(name: &str, optimizer: Optimizer, rate: f32, loss: Loss) -> (f32, f32) {
    let fixture: Value = serde_json::from_str(FIXTURE).expect("the fixture is JSON");
    let run = &fixture[name];
    let (x, t) = (numbers(&run["x"]), numbers(&run["t"]));
    let rows: Vec<_> = x
        .chunks(3)
        .zip(t.chunks(2))
        .map(|(x, t)| (x.to_vec(), t.to_vec()))
        .collect();
    let training = TrainingSettings {
        epochs: 20,
        batch_size: 6,
        is_shuffled: false,
        learning_rate: rate,
        optimizer,
        objective: Objective::all(loss),
        ..TrainingSettings::default()
    };
    let network = layered(&[3, 4, 2], Activation::Tanh, Activation::Sigmoid, 1);
    let mut start = project(network, &rows, all_training(), training);
    let values = canonical(&start, &numbers(&fixture["start"]));
    start.learn(&values, 0).expect("all numbers are given");
    let mut asker = Asker::with(start.clone());
    asker.train(20);
    let losses: Vec<f32> = asker
        .report()
        .losses
        .iter()
        .map(|loss| loss.train)
        .collect();
    let largest = |found: &[f32], expected: &[f32]| {
        assert_eq!(found.len(), expected.len());
        let pairs = found.iter().zip(expected);
        pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    };
    let expected = canonical(&start, &numbers(&run["parameters"]));
    (
        largest(&asker.values(), &expected),
        largest(&losses, &numbers(&run["losses"])),
    )
}

const MOMENTUM: Optimizer = Optimizer::Sgd { momentum: 0.9 };

#[test]
fn sgd_with_momentum_goes_where_pytorch_goes() {
    for (name, rate, loss) in [
        ("sgd_mse", 0.5, Loss::MeanSquaredError),
        ("sgd_bce", 0.1, Loss::BinaryCrossEntropy),
    ] {
        let (parameters, losses) = distance(name, MOMENTUM, rate, loss);
        assert!(
            parameters < 1e-5 && losses < 1e-5,
            "{name}: {parameters} {losses}"
        );
    }
}

#[test]
fn adam_goes_where_pytorch_goes() {
    for (name, loss) in [
        ("adam_mse", Loss::MeanSquaredError),
        ("adam_bce", Loss::BinaryCrossEntropy),
    ] {
        let (parameters, losses) = distance(name, Optimizer::ADAM, 0.05, loss);
        assert!(
            parameters < 5e-5 && losses < 5e-5,
            "{name}: {parameters} {losses}"
        );
    }
}
