//! The health of neurons: dead and saturated ones are told, and sound ones are not.

mod common;

use common::{Asker, all_training, layered, project};
use engine::{Health, Part, Request, WorkBudget};
use network::{Activation, ElementId, NodeId};
use project::{Edit, Loss, Objective, TrainingSettings};

/// 1-3-1 and four rows; a ReLU, a tanh and a sigmoid.
fn three_kinds() -> Asker {
    let mut network = layered(&[1, 3, 1], Activation::Relu, Activation::Sigmoid, 1);
    network
        .set_activation(NodeId(2), Activation::Tanh)
        .expect("allowed");
    network
        .set_activation(NodeId(3), Activation::Sigmoid)
        .expect("allowed");
    let rows = [0.1, 0.4, 0.7, 1.0].map(|x| (vec![x], vec![x]));
    let training = TrainingSettings {
        learning_rate: 1e-6,
        batch_size: 1,
        ..TrainingSettings::default()
    };
    Asker::with(project(network, &rows, all_training(), training))
}

fn set(asker: &mut Asker, id: ElementId, value: f32) {
    asker.patch(vec![Edit::SetValue {
        id,
        value,
        start: 0.0,
    }]);
}

fn health_after(asker: &mut Asker, request: Request) -> Vec<Health> {
    asker.ask(request);
    asker.finish(WorkBudget::UNLIMITED);
    asker.report().health
}

#[test]
fn dead_and_saturated_neurons_are_told_from_training_and_from_measuring() {
    let weight_into = |node| {
        let (network, node) = (
            layered(&[1, 3, 1], Activation::Relu, Activation::Relu, 1),
            NodeId(node),
        );
        let mut edges = network.edges();
        ElementId::weight(edges.find(|edge| edge.to.node() == node).unwrap().id)
    };
    for request in [Request::TrainOneEpoch, Request::Evaluate(Part::Train)] {
        let mut asker = three_kinds();
        set(&mut asker, ElementId::bias(NodeId(1)), 0.5);
        let fine = [Health::Fine; 5];
        assert_eq!(health_after(&mut asker, request.clone()), fine);
        // As last sent: not sent again.
        assert!(health_after(&mut asker, request.clone()).is_empty());
        set(&mut asker, ElementId::bias(NodeId(1)), -1_000.0);
        set(&mut asker, weight_into(2), 1_000.0);
        set(&mut asker, weight_into(3), -1_000.0);
        let mut ill = fine;
        ill[1] = Health::Dead;
        ill[2] = Health::Saturated;
        ill[3] = Health::Saturated;
        assert_eq!(health_after(&mut asker, request.clone()), ill);
        set(&mut asker, ElementId::bias(NodeId(1)), 0.5);
        set(&mut asker, weight_into(2), 1.0);
        // One row of four with a slope is enough.
        set(&mut asker, weight_into(3), -30.0);
        assert_eq!(health_after(&mut asker, request), fine);
    }
}

#[test]
fn a_certain_output_is_saturated_only_where_its_loss_feels_the_slope() {
    for (loss, expected) in [
        (Loss::BinaryCrossEntropy, Health::Fine),
        (Loss::MeanSquaredError, Health::Saturated),
    ] {
        let mut asker = three_kinds();
        let project = asker.trainer.project().unwrap().clone();
        let mut settings = project.training().clone();
        settings.objective = Objective::all(loss);
        asker.patch(vec![Edit::SetTraining(settings)]);
        set(&mut asker, ElementId::bias(NodeId(4)), 40.0);
        let health = health_after(&mut asker, Request::TrainOneEpoch);
        assert_eq!(health[4], expected, "{loss:?}");
    }
}

#[test]
fn a_single_row_says_nothing_about_health() {
    let network = layered(&[1, 2, 1], Activation::Relu, Activation::Linear, 1);
    let rows = [(vec![1.0], vec![0.0])];
    let start = project(network, &rows, all_training(), TrainingSettings::default());
    let mut asker = Asker::with(start);
    set(&mut asker, ElementId::bias(NodeId(1)), -1_000.0);
    assert!(health_after(&mut asker, Request::TrainOneEpoch).is_empty());
    assert!(health_after(&mut asker, Request::Evaluate(Part::Train)).is_empty());
}

#[test]
fn health_is_looked_at_within_epochs_that_are_long() {
    let rows: Vec<_> = (0..3_000)
        .map(|i| (vec![i as f32 / 3e3], vec![0.0]))
        .collect();
    let network = layered(&[1, 2, 1], Activation::Relu, Activation::Linear, 1);
    let start = project(network, &rows, all_training(), TrainingSettings::default());
    let mut asker = Asker::with(start);
    set(&mut asker, ElementId::bias(NodeId(1)), -1_000.0);
    asker.report();
    asker.ask(Request::Allow(Some(127)));
    assert!(health_after(&mut asker, Request::TrainOneEpoch).is_empty());
    // 128 batches of 8 rows.
    let health = health_after(&mut asker, Request::Allow(Some(1)));
    assert_eq!((health[1], health[3]), (Health::Dead, Health::Fine));
}
