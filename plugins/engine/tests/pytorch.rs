//! Fifty steps and more of many networks against PyTorch (`tests/oracle/training.py`).

mod common;

use std::collections::BTreeSet;

use common::{Asker, all_training, project};
use engine::{EpochLoss, Route, Trainer};
use network::{
    Activation, Edge, EdgeId, Element, Endpoint, KindId, Network, Node, NodeId, Parameter,
    ParameterId,
};
use project::{Clipping, Loss, Objective, Optimizer, Project, Schedule, TrainingSettings};
use serde::Deserialize;

const FIXTURE: &str = include_str!("fixtures/pytorch.json");

/// What the script wrote.
#[derive(Deserialize)]
struct Fixture {
    /// Starting numbers and rows are whole numbers of one over this.
    unit: f64,
    tolerance: f64,
    cases: Vec<Case>,
}

/// One training.
#[derive(Deserialize)]
struct Case {
    name: String,
    settings: TrainingSettings,
    /// By number: what it is, its activation, its bias and its rate factor.
    nodes: Vec<(KindId, Activation, f64, f32)>,
    /// By number: where from, where to, and its weight.
    edges: Vec<(u32, u32, f64)>,
    x: Vec<Vec<f64>>,
    t: Vec<Vec<f64>>,
    #[serde(default)]
    frozen_biases: BTreeSet<u32>,
    #[serde(default)]
    frozen_weights: BTreeSet<u32>,
    #[serde(default)]
    pruned: BTreeSet<u32>,
    expected: Expected,
    /// How far PyTorch is off in f32, in tolerances.
    f32_off: f64,
}

/// What PyTorch made of it, in f64.
#[derive(Deserialize)]
struct Expected {
    /// By epoch, without the penalty.
    losses: Vec<f64>,
    /// By epoch, or one for all.
    rates: Vec<f64>,
    biases: Vec<f64>,
    weights: Vec<f64>,
    penalty: f64,
}

fn fixture() -> Fixture {
    serde_json::from_str(FIXTURE).expect("the fixture is as the script writes it")
}

impl Case {
    fn project(&self, unit: f64) -> Project {
        // All are small whole numbers of 1/1024: exact in f32.
        let number = |units: f64| (units / unit) as f32;
        let scalar = |units: f64, is_frozen: bool, is_pruned: bool| {
            let element = Element {
                is_frozen,
                is_pruned,
                ..Element::new(number(units))
            };
            Parameter::from_elements(&[], vec![element]).expect("one number")
        };
        let mut network = Network::default();
        for (id, (kind, activation, bias, factor)) in (0..).zip(&self.nodes) {
            let mut node =
                Node::new(NodeId(id), kind.clone(), format!("n{id}")).with_activation(*activation);
            if node.kind != KindId::INPUT {
                let is_frozen = self.frozen_biases.contains(&id);
                node.parameters = vec![scalar(*bias, is_frozen, false)];
                node.learning.rate_factor = *factor;
            }
            network.add_node(node).expect("the node fits");
        }
        for (id, &(from, to, weight)) in (0..).zip(&self.edges) {
            let is_frozen = self.frozen_weights.contains(&id);
            let weight = scalar(weight, is_frozen, self.pruned.contains(&id));
            let ends = [from, to].map(|node| Endpoint::of(NodeId(node)));
            let edge = Edge::new(EdgeId(id), ends[0], ends[1], weight);
            network.add_edge(edge).expect("the edge fits");
        }
        let row = |units: &[f64]| units.iter().map(|&one| number(one)).collect::<Vec<f32>>();
        let rows = self.x.iter().zip(&self.t);
        let rows: Vec<_> = rows.map(|(x, t)| (row(x), row(t))).collect();
        project(network, &rows, all_training(), self.settings.clone())
    }

    /// Trains on this route: all epochs, and the numbers in the canonical order with
    /// those at the start.
    fn train(&self, route: Route, unit: f64) -> Trained {
        let start = self.project(unit);
        let mut asker = Asker::of(Trainer::with_route(route), start.clone());
        asker.train(self.settings.epochs);
        let report = asker.report();
        assert_eq!(report.fault, None, "{}", self.name);
        Trained {
            before: start.network().snapshot().values,
            after: asker.values(),
            epochs: report.losses,
            start,
        }
    }
}

struct Trained {
    start: Project,
    before: Vec<f32>,
    after: Vec<f32>,
    epochs: Vec<EpochLoss>,
}

impl Trained {
    /// The numbers PyTorch found, and whether each is held still, in the canonical order.
    fn expected(&self, case: &Case) -> (Vec<f64>, Vec<bool>) {
        let is_input = |id: &usize| case.nodes[*id].0 == KindId::INPUT;
        let neurons: Vec<usize> = (0..case.nodes.len()).filter(|id| !is_input(id)).collect();
        let of = |id: ParameterId| match id {
            ParameterId::Node(NodeId(id), _) => {
                let place = neurons.iter().position(|&neuron| neuron == id as usize);
                let is_still = case.frozen_biases.contains(&id);
                let place = place.expect("inputs have no bias");
                (case.expected.biases[place], is_still, id)
            }
            ParameterId::Edge(EdgeId(id)) => {
                let is_still = case.frozen_weights.contains(&id) || case.pruned.contains(&id);
                let to = case.edges[id as usize].1;
                (case.expected.weights[id as usize], is_still, to)
            }
        };
        let parameters = self.start.network().parameters();
        let found = parameters.map(|(id, _)| of(id));
        let with_factor = |(value, is_still, node): (f64, bool, u32)| {
            (value, is_still || case.nodes[node as usize].3 == 0.0)
        };
        found.map(with_factor).unzip()
    }
}

/// The largest |a − b| / (|b| + rms b).
fn distance(found: impl IntoIterator<Item = f32>, exact: &[f64]) -> f64 {
    let rms = (exact.iter().map(|b| b * b).sum::<f64>() / exact.len().max(1) as f64).sqrt();
    let found: Vec<f32> = found.into_iter().collect();
    assert_eq!(found.len(), exact.len());
    let pairs = found.into_iter().zip(exact);
    pairs
        .map(|(a, b)| match (f64::from(a) - b).abs() {
            0.0 => 0.0,
            miss => miss / (b.abs() + rms),
        })
        // What is not a number is no small distance.
        .fold(0.0, |most, miss| if miss <= most { most } else { miss })
}

/// Compares every training, and gives the largest distance in tolerances.
fn agree_on(route: Route) {
    let Fixture {
        unit,
        tolerance,
        cases,
    } = fixture();
    let mut misses = Vec::new();
    for case in &cases {
        let trained = case.train(route, unit);
        let (expected, is_still) = trained.expected(case);
        let losses = trained.epochs.iter().map(|epoch| epoch.train);
        let rates = trained.epochs.iter().map(|epoch| epoch.rate);
        let mut expected_rates = case.expected.rates.clone();
        expected_rates.resize(trained.epochs.len(), case.expected.rates[0]);
        let penalty = trained.epochs.last().map(|epoch| epoch.penalty);
        let found = [
            distance(trained.after.iter().copied(), &expected),
            distance(losses, &case.expected.losses),
            distance(rates, &expected_rates),
            distance(penalty, &[case.expected.penalty]),
        ];
        let [numbers, losses, rates, penalty] = found.map(|one| one / tolerance);
        println!(
            "{:58} numbers {numbers:.4}, losses {losses:.4}, rates {rates:.4}, penalty {penalty:.4}; PyTorch's f32 {:.4}",
            case.name, case.f32_off
        );
        if found.iter().any(|one| one > &tolerance) {
            misses.push(case.name.clone());
        }
        let pairs = trained.before.iter().zip(&trained.after).zip(is_still);
        for (place, ((before, after), is_still)) in pairs.enumerate() {
            let has_stayed = before.to_bits() == after.to_bits();
            assert!(has_stayed || !is_still, "{}: number {place}", case.name);
        }
    }
    assert!(misses.is_empty(), "{misses:#?}");
}

#[test]
fn training_goes_where_pytorch_goes_in_f64() {
    agree_on(Route::Fused);
}

#[test]
fn training_level_by_level_on_dfdx_goes_where_pytorch_goes() {
    agree_on(Route::Levels);
}

#[test]
fn training_neuron_by_neuron_goes_where_pytorch_goes_too() {
    agree_on(Route::PerNode);
}

/// Which of all variants these are, by a name of them.
fn assert_covers<T>(what: &str, all: &[T], found: &BTreeSet<String>, name: impl Fn(&T) -> String) {
    let missing: Vec<String> = all
        .iter()
        .map(name)
        .filter(|n| !found.contains(n))
        .collect();
    assert!(
        missing.is_empty(),
        "no training with this {what}: {missing:?}"
    );
}

#[test]
fn the_fixtures_have_every_activation_loss_optimiser_schedule_and_circumstance() {
    let cases = fixture().cases;
    assert!(cases.len() >= 40, "{}", cases.len());
    let mut found: [BTreeSet<String>; 5] = Default::default();
    let [activations, losses, optimizers, schedules, others] = &mut found;
    for case in &cases {
        let settings = &case.settings;
        let steps = settings.epochs * (case.x.len() as u32).div_ceil(settings.batch_size);
        assert!(steps >= 50, "{}: {steps} steps", case.name);
        activations.extend(case.nodes.iter().map(|node| node.1.name().to_owned()));
        optimizers.insert(settings.optimizer.name().to_owned());
        schedules.insert(settings.schedule.name().to_owned());
        let Objective::Supervised { terms } = &settings.objective;
        losses.extend(terms.iter().map(|term| term.loss.name().to_owned()));
        let decay = format!("weight decay of {}", settings.optimizer.name());
        let held = format!("frozen and pruned under {}", settings.optimizer.name());
        let is_partial = !(case.x.len() as u32).is_multiple_of(settings.batch_size);
        for (is_there, what) in [
            (settings.weight_decay > 0.0, decay.as_str()),
            (
                !case.frozen_weights.is_empty() && !case.pruned.is_empty(),
                held.as_str(),
            ),
            (terms.len() > 1, "several losses"),
            (
                terms.iter().any(|term| !term.class_weights.is_empty()),
                "class weights",
            ),
            (settings.penalty.l1 > 0.0, "L1"),
            (settings.penalty.l2 > 0.0, "L2"),
            (
                matches!(settings.clipping, Clipping::Value(_)),
                "clipping by value",
            ),
            (
                matches!(settings.clipping, Clipping::Norm(_)),
                "clipping by the norm",
            ),
            (settings.warm_up.epochs > 0, "a warm-up"),
            (case.nodes.iter().any(|node| node.3 != 1.0), "rate factors"),
            (is_partial, "a partial last batch"),
        ] {
            if is_there {
                others.insert(what.to_owned());
            }
        }
    }
    let [activations, losses, optimizers, schedules, others] = &found;
    assert_covers("activation", &Activation::ALL, activations, |one| {
        one.name().to_owned()
    });
    assert_covers("loss", &Loss::ALL, losses, |one| one.name().to_owned());
    assert_covers("optimiser", &Optimizer::ALL, optimizers, |one| {
        one.name().to_owned()
    });
    assert_covers("schedule", &Schedule::ALL, schedules, |one| {
        one.name().to_owned()
    });
    let of_rules = ["weight decay of", "frozen and pruned under"];
    for what in of_rules {
        let name = |one: &Optimizer| format!("{what} {}", one.name());
        assert_covers("circumstance", &Optimizer::ALL, others, name);
    }
    let rest = [
        "several losses",
        "class weights",
        "L1",
        "L2",
        "clipping by value",
        "clipping by the norm",
        "a warm-up",
        "rate factors",
        "a partial last batch",
    ];
    assert_covers("circumstance", &rest, others, |one| (*one).to_owned());
}
