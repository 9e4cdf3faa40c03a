//! Metrics by way of commands and reports: what counts as a class, groups, penalties.

mod common;

use common::{Asker, all_training, layered, project, xor};
use engine::{Evaluation, MetricName, Part, Request, WorkBudget};
use network::{Activation, NodeId};
use project::{Edit, Loss, LossTerm, Objective, OutputGroup, Penalty, TrainingSettings};

fn evaluated(asker: &mut Asker) -> Evaluation {
    asker.ask(Request::Evaluate(Part::Train));
    asker.finish(WorkBudget::UNLIMITED);
    let mut report = asker.report();
    assert_eq!(report.fault, None);
    report.evaluations.pop().expect("asked for")
}

fn names(evaluation: &Evaluation) -> Vec<&'static str> {
    let metrics = evaluation.metrics.iter();
    metrics.map(|metric| metric.name.name()).collect()
}

/// Two inputs, and what is asked of each row.
fn rows(targets: impl Fn(f32, f32) -> Vec<f32>) -> Vec<(Vec<f32>, Vec<f32>)> {
    let at = |i: u32, k: u32| ((i * 37 + k * 61) % 199) as f32 / 99.5 - 1.0;
    let inputs = (0..90).map(|i| (at(i, 1), at(i, 2)));
    inputs.map(|(a, b)| (vec![a, b], targets(a, b))).collect()
}

fn settings(objective: Objective) -> TrainingSettings {
    TrainingSettings {
        objective,
        batch_size: 16,
        ..TrainingSettings::default()
    }
}

#[test]
fn under_the_hinge_loss_any_answer_above_zero_says_yes() {
    let side = |a: f32, b: f32| vec![if a + b > 0.0 { 1.0 } else { -1.0 }];
    let network = layered(&[2, 1], Activation::Tanh, Activation::Linear, 1);
    let training = settings(Objective::all(Loss::Hinge));
    let mut asker = Asker::with(project(network, &rows(side), all_training(), training));
    asker.train(60);
    let evaluation = evaluated(&mut asker);
    assert_eq!(
        names(&evaluation),
        ["accuracy", "precision", "recall", "F1", "ROC-AUC"]
    );
    assert!(evaluation.metric(MetricName::Accuracy) > Some(0.95));
    assert!(evaluation.metric(MetricName::RocAuc) > Some(0.99));
    let confusion = evaluation.confusion.as_ref().expect("two classes");
    assert_eq!(confusion.classes, ["−1", "1"]);
    let of_class: Vec<u32> = evaluation.classes.iter().map(|class| class.rows).collect();
    assert_eq!(of_class.iter().sum::<u32>(), 90);
    // The same answers are mere numbers to another loss, from the next evaluation on.
    let squared = settings(Objective::all(Loss::MeanSquaredError));
    asker.patch(vec![Edit::SetTraining(squared)]);
    let evaluation = evaluated(&mut asker);
    assert_eq!(
        names(&evaluation),
        [
            "mean absolute error",
            "mean squared error",
            "root mean squared error",
            "R²"
        ]
    );
    assert!(evaluation.confusion.is_none() && evaluation.classes.is_empty());
}

#[test]
fn groups_of_outputs_are_measured_each_by_its_own_question() {
    // Which side, as two classes of softmax; and the sum, as a number.
    let both = |a: f32, b: f32| {
        let side = if a > b { [1.0, 0.0] } else { [0.0, 1.0] };
        vec![side[0], side[1], a + b]
    };
    let mut network = layered(&[2, 6, 3], Activation::Tanh, Activation::Softmax, 1);
    network
        .set_activation(NodeId(10), Activation::Linear)
        .expect("an output may be linear");
    let group = |nodes: &[u32], loss| {
        let nodes = nodes.iter().map(|&id| NodeId(id)).collect();
        LossTerm::new(OutputGroup::Nodes(nodes), loss)
    };
    let training = settings(Objective::Supervised {
        terms: vec![
            group(&[8, 9], Loss::CategoricalCrossEntropy),
            group(&[10], Loss::MeanSquaredError),
        ],
    });
    let mut asker = Asker::with(project(network, &rows(both), all_training(), training));
    asker.train(80);
    let losses = asker.report().losses;
    assert!(losses.iter().all(|loss| loss.train_accuracy.is_none()));
    let evaluation = evaluated(&mut asker);
    // All outputs together are no class and no number.
    assert!(evaluation.metrics.is_empty() && evaluation.confusion.is_none());
    assert!(
        evaluation
            .predictions
            .iter()
            .all(|row| row.is_right.is_none())
    );
    let [classes, number] = evaluation.groups.as_slice() else {
        panic!("two groups: {:?}", evaluation.groups);
    };
    assert_eq!(classes.outputs, [NodeId(8), NodeId(9)]);
    assert_eq!(classes.metrics[0].name, MetricName::Accuracy);
    assert!(classes.metrics[0].value > 0.9, "{classes:?}");
    assert_eq!(classes.confusion.as_ref().map(|c| c.counts.len()), Some(4));
    assert_eq!(number.outputs, [NodeId(10)]);
    let explained = number.metrics.last().expect("it has several");
    assert_eq!(explained.name, MetricName::RSquared);
    assert!(explained.value > 0.9, "{number:?}");
}

#[test]
fn outputs_that_each_say_yes_or_no_are_classes_of_their_own() {
    let yes = |is_so: bool| if is_so { 1.0 } else { 0.0 };
    let both = |a: f32, b: f32| vec![yes(a > 0.0), yes(b > 0.3)];
    let network = layered(&[2, 2], Activation::Tanh, Activation::Sigmoid, 1);
    let training = settings(Objective::all(Loss::BinaryCrossEntropy));
    let mut asker = Asker::with(project(network, &rows(both), all_training(), training));
    asker.train(60);
    let evaluation = evaluated(&mut asker);
    assert!(evaluation.confusion.is_none());
    let classes: Vec<&str> = evaluation.classes.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(classes, ["n2", "n3"]);
    // The mean over classes is what is told of all; a row is right when both are.
    let mean = evaluation.classes.iter().map(|class| class.f1).sum::<f32>() / 2.0;
    let told = evaluation.metric(MetricName::F1).expect("classes");
    assert!((mean - told).abs() < 1e-6);
    let right = evaluation
        .predictions
        .iter()
        .filter(|row| row.is_right == Some(true));
    let share = right.count() as f32 / 90.0;
    assert_eq!(evaluation.metric(MetricName::Accuracy), Some(share));
}

#[test]
fn the_loss_is_told_with_and_without_what_large_weights_cost() {
    let mut plain = Asker::with(xor(1));
    let mut costly = xor(1);
    let training = TrainingSettings {
        penalty: Penalty { l1: 0.5, l2: 2.0 },
        ..costly.training().clone()
    };
    project::apply(&mut costly, &Edit::SetTraining(training)).expect("in range");
    let weights = costly
        .network()
        .edges()
        .map(|edge| f64::from(edge.weight.elements()[0].value));
    let expected: f64 = weights.map(|w| 0.5 * w.abs() + w * w).sum();
    let with = evaluated(&mut Asker::with(costly));
    let without = evaluated(&mut plain);
    assert_eq!(without.penalty, 0.0);
    assert_eq!(without.loss_with_penalty(), without.loss);
    assert_eq!(with.loss, without.loss);
    let sum = with.loss_with_penalty().expect("rows");
    let found = f64::from(sum - with.loss.expect("rows"));
    assert!((found - expected).abs() < 1e-5, "{found} {expected}");
}
