//! Dropout as a whole: the same whatever the slices, only in training, and fair to the mean.

mod common;

use common::{Asker, all_training, bits, curved, layered, make, project, with_settings};
use engine::{
    Activations, Evaluation, MapRequest, Mapped, Part, ProbeRequest, Request, ResponseMaps, Route,
    Trace, TraceRequest, TraceRow, Trainer, WorkBudget,
};
use network::{Activation, Learning, NodeId, Role};
use project::{Edit, Loss, Objective, Optimizer, Project, TrainingSettings};

/// The same project with hidden neurons left out with this chance.
fn with_dropout(mut project: Project, dropout: f32) -> Project {
    let hidden: Vec<NodeId> = {
        let nodes = project.network().nodes_of(Role::Hidden);
        nodes.map(|node| node.id).collect()
    };
    for id in hidden {
        let learning = Learning {
            dropout,
            ..Learning::default()
        };
        make(&mut project, Edit::SetLearning(id, learning));
    }
    project
}

#[test]
fn slices_change_no_bit_of_a_training_with_dropout() {
    let trained = |budget| {
        let mut asker = Asker::with(with_dropout(curved(3), 0.4));
        asker.ask(Request::Train { epochs: Some(5) });
        asker.finish(budget);
        (bits(&asker.values()), asker.report().losses)
    };
    let whole = trained(WorkBudget::UNLIMITED);
    assert_eq!(whole, trained(WorkBudget(1)));
    assert_eq!(whole, trained(WorkBudget(50_000)));
    let mut without = Asker::with(curved(3));
    without.train(5);
    assert_ne!(whole.0, bits(&without.values()));
}

#[test]
fn both_routes_leave_the_same_values_out() {
    let trained = |route| {
        let mut asker = Asker::of(Trainer::with_route(route), with_dropout(curved(3), 0.4));
        asker.train(2);
        asker.report().losses
    };
    for (fused, other) in trained(Route::Fused).iter().zip(trained(Route::PerNode)) {
        assert!(
            (fused.train - other.train).abs() < 1e-4,
            "{fused:?} {other:?}"
        );
    }
}

#[test]
fn what_is_left_out_follows_the_seed_of_the_settings() {
    // Two trainings that differ in the seed of dropout alone: the numbers at the start and
    // the rows are the same, and their order too.
    let trained = |seed| {
        let mut project = with_settings(with_dropout(curved(3), 0.4), |settings| {
            settings.seed = seed;
            settings.is_shuffled = false;
        });
        make(&mut project, Edit::SetSplit(all_training()));
        let mut asker = Asker::with(project);
        asker.train(1);
        bits(&asker.values())
    };
    assert_eq!(trained(8), trained(8));
    assert_ne!(trained(8), trained(9));
}

/// What instruments say of a project.
#[derive(Debug, PartialEq)]
struct Answers {
    evaluations: Vec<Evaluation>,
    probe: Option<Activations>,
    maps: Option<ResponseMaps>,
    traces: Vec<Option<Box<Trace>>>,
}

fn answers(project: Project) -> Answers {
    let mut asker = Asker::with(project);
    for part in [Part::Train, Part::Validation, Part::Test] {
        asker.ask(Request::Evaluate(part));
    }
    asker.ask(Request::Probe(ProbeRequest {
        id: 1,
        inputs: vec![(NodeId(0), 0.7), (NodeId(2), -0.3)],
    }));
    asker.ask(Request::Maps(MapRequest {
        x: NodeId(0),
        y: NodeId(1),
        x_range: [-1.0, 1.0],
        y_range: [-1.0, 1.0],
        resolution: 8,
        fixed: Vec::new(),
        nodes: Mapped::All,
        close: None,
    }));
    asker.finish(WorkBudget::UNLIMITED);
    let report = asker.report();
    let mut trace = |row| {
        asker.ask(Request::Trace(TraceRequest {
            id: 2,
            row: TraceRow::Table(row),
            with_gradients: true,
            with_update: true,
        }));
        asker.finish(WorkBudget::UNLIMITED);
        asker.report().trace
    };
    Answers {
        evaluations: report.evaluations,
        probe: report.probe,
        maps: report.maps,
        traces: (0..3).map(&mut trace).collect(),
    }
}

#[test]
fn evaluations_probes_maps_and_traces_are_without_dropout() {
    let without = answers(curved(3));
    assert_eq!(without.evaluations.len(), 3);
    assert!(without.probe.is_some() && without.maps.is_some());
    assert!(without.traces.iter().all(Option::is_some));
    assert_eq!(answers(with_dropout(curved(3), 0.9)), without);
}

#[test]
fn the_loss_of_validation_is_without_dropout() {
    let mut asker = Asker::with(with_dropout(curved(3), 0.5));
    asker.train(3);
    let last = asker.report().losses[2];
    asker.ask(Request::Evaluate(Part::Validation));
    asker.finish(WorkBudget::UNLIMITED);
    let evaluation = &asker.report().evaluations[0];
    assert_eq!(evaluation.loss, last.validation);
    assert!(evaluation.loss.is_some());
}

#[test]
fn the_mean_of_an_output_stays_when_neurons_are_left_out() {
    // Linear all the way, and a hinge on its straight side: the loss is 1 + the output,
    // which a step this small does not change.
    let rows: Vec<_> = (0..200)
        .map(|i| (vec![1.0 + i as f32 / 200.0], vec![-1.0]))
        .collect();
    let training = TrainingSettings {
        batch_size: 200,
        learning_rate: 1e-30,
        optimizer: Optimizer::SGD,
        objective: Objective::all(Loss::Hinge),
        ..TrainingSettings::default()
    };
    let mut network = layered(&[1, 6, 6, 1], Activation::Linear, Activation::Linear, 1);
    let values = vec![0.4; network.parameter_count()];
    let starts = values.clone();
    let snapshot = network::Snapshot { values, starts };
    network.restore(&snapshot).unwrap();
    let start = project(network, &rows, all_training(), training);
    let means = |project: Project| {
        let mut asker = Asker::with(project);
        asker.train(200);
        let losses = asker.report().losses;
        losses.iter().map(|epoch| epoch.train).collect::<Vec<f32>>()
    };
    let exact = means(start.clone())[0];
    for chance in [0.2, 0.5, 0.8] {
        let found = means(with_dropout(start.clone(), chance));
        let mean = found.iter().sum::<f32>() / found.len() as f32;
        // 40,000 rows; the deviation of a row is about its value, and of the mean 1/200 of it.
        assert!(
            (mean / exact - 1.0).abs() < 0.03,
            "{chance}: {mean} {exact}"
        );
        let are_all_other = found.windows(2).all(|pair| pair[0] != pair[1]);
        assert!(are_all_other, "an epoch left out what the one before did");
    }
}
