//! A kind that is not scalar, added in one file and one line, trains, saves,
//! undoes and draws: the proof that nothing in the house assumes single numbers.

#[path = "tensor_kind/mixer.rs"]
mod mixer;

use bevy::prelude::*;
use canvas::CanvasPlugin;
use canvas::drawing::{NeuronInstances, WireInstances, WireValues};
use datasets::Row;
use engine::{Command, Report, Request as Ask, RunOptions, Trainer, WorkBudget};
use graph::{Document, GraphPlugin, Request};
use mixer::{MIXER, Mixer};
use network::{
    Activation, Edge, EdgeId, Endpoint, KindId, Kinds, NodeId, Parameter, ParameterId, PortId,
};
use project::{Edit, History, Project, file, gesture};

const X1: NodeId = NodeId(0);
const X2: NodeId = NodeId(1);
const M: NodeId = NodeId(2);
const Y: NodeId = NodeId(3);

/// The one line of registration.
fn kinds() -> Kinds {
    Kinds::default().with(Mixer)
}

/// x1 and x2 into the two ports of a mixer, its three values into y; the data
/// asks for y = x1 − 2·x2.
fn steps() -> Vec<Edit> {
    let mut project = Project::new(kinds());
    let mut steps = Vec::new();
    let mut perform = |project: &mut Project, edit: Edit| {
        project::apply(project, &edit).expect("each step fits the one before");
        steps.push(edit);
    };
    for (kind, x) in [
        (KindId::INPUT, -200.0),
        (KindId::INPUT, -200.0),
        (MIXER, 0.0),
        (KindId::OUTPUT, 200.0),
    ] {
        let edit = gesture::add_neuron(&project, kind, [x, 0.0]);
        perform(&mut project, edit);
    }
    let into = |from: NodeId, port: u16, id: u32| {
        let to = Endpoint(M, PortId(port));
        Edit::AddEdge(Edge::new(
            EdgeId(id),
            Endpoint::of(from),
            to,
            Parameter::scalar(1.0),
        ))
    };
    perform(&mut project, into(X1, 0, 0));
    perform(&mut project, into(X2, 1, 1));
    let edit = gesture::connect(&project, M, Y).expect("a mixer feeds an output");
    perform(&mut project, edit);
    perform(&mut project, Edit::SetActivation(Y, Activation::Linear));
    let rows = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.5, 0.2]]
        .map(|[a, b]| Row(vec![a, b, a - 2.0 * b]))
        .to_vec();
    perform(&mut project, Edit::InsertRows { at: 0, rows });
    let split = datasets::Split::new(100, 0, 0, false).expect("100 in all");
    perform(&mut project, Edit::SetSplit(split));
    steps
}

fn ready_project() -> Project {
    let mut project = Project::new(kinds());
    for step in steps() {
        project::apply(&mut project, &step).expect("each step fits the one before");
    }
    project
}

#[test]
fn the_weight_out_of_a_tensor_has_the_tensors_shape() {
    let project = ready_project();
    let network = project.network();
    let shape = |id| network.parameter(id).map(|p| p.shape().to_vec());
    assert_eq!(shape(ParameterId::Node(M, 0)), Some(vec![2, 3]));
    assert_eq!(shape(ParameterId::Edge(EdgeId(2))), Some(vec![3]));
    let refused = network
        .check_edge(Endpoint::of(X1), Endpoint(M, PortId(2)), 0)
        .unwrap_err();
    assert_eq!(refused.to_string(), "“h1” has no input port 2; it has 2");
}

#[test]
fn it_trains() {
    let outcome = engine::run(
        ready_project(),
        RunOptions {
            epochs: Some(600),
            ..RunOptions::default()
        },
        |_| std::ops::ControlFlow::Continue(()),
    )
    .expect("the project is ready to train");
    let (first, last) = (
        outcome.losses.first().expect("epochs were trained").train,
        outcome.losses.last().expect("epochs were trained").train,
    );
    assert!(first > 0.1, "nothing to learn: {first}");
    assert!(last < 1e-3, "it did not learn: {first} → {last}");
    let learned = outcome.project.network();
    let before = ready_project();
    for id in [ParameterId::Node(M, 0), ParameterId::Edge(EdgeId(2))] {
        assert_ne!(learned.parameter(id), before.network().parameter(id));
    }
}

#[test]
fn its_gradient_is_that_of_finite_differences() {
    let project = ready_project();
    let report = one_step(&project);
    let layout = network::ParameterLayout::of(project.network());
    let place = layout
        .offset(ParameterId::Node(M, 0))
        .expect("the mixer has a matrix");
    for index in 0..6 {
        let numeric = difference(&project, place + index);
        let exact = f64::from(report.gradients[place + index]);
        assert!(
            (numeric - exact).abs() < 1e-4 * (exact.abs() + 1.0),
            "element {index}: {exact} by backpropagation, {numeric} by differences"
        );
    }
}

#[test]
fn it_saves_and_loads() {
    let project = ready_project();
    let text = file::write(&project).expect("a project can be written");
    let read = file::read(text.as_bytes(), &kinds()).expect("what was written can be read");
    assert_eq!(read, project);
    assert_eq!(file::write(&read).expect("a project can be written"), text);
    let stranger = file::read(text.as_bytes(), &Kinds::default()).unwrap_err();
    assert!(
        stranger.message.contains("unknown kind “mixer”"),
        "{stranger}"
    );
}

#[test]
fn it_is_undone_and_done_again() {
    let mut project = Project::new(kinds());
    let mut history = History::default();
    for step in steps() {
        history
            .perform(&mut project, "step", step)
            .expect("each step fits the one before");
    }
    let all = project.clone();
    while history
        .undo(&mut project)
        .expect("undo never fails")
        .is_some()
    {}
    assert_eq!(project, Project::new(kinds()));
    while history
        .redo(&mut project)
        .expect("redo never fails")
        .is_some()
    {}
    assert_eq!(project, all);
}

#[test]
fn it_is_drawn_with_its_wires() {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, GraphPlugin, CanvasPlugin));
    app.world_mut()
        .write_message(Request::Open(Box::new(ready_project())));
    app.update();
    assert_eq!(app.world().resource::<NeuronInstances>().len(), 4);
    assert_eq!(app.world().resource::<WireInstances>().len(), 3);
    let expected: Vec<f32> = app
        .world()
        .resource::<Document>()
        .project()
        .network()
        .edges()
        .map(|edge| edge.weight.first())
        .collect();
    let shown = &app.world().resource::<WireValues>().weights;
    assert_eq!(shown.as_slice(), expected);
}

/// One epoch of one batch over all rows.
fn one_step(project: &Project) -> Report {
    let mut project = project.clone();
    let settings = project::TrainingSettings {
        batch_size: 100,
        ..project.training().clone()
    };
    project::apply(&mut project, &Edit::SetTraining(settings)).expect("sound settings");
    let mut trainer = Trainer::new();
    let requests = [
        Ask::Load {
            project: Box::new(project),
            revision: 1,
        },
        Ask::TrainOneEpoch,
    ];
    for (seq, request) in (1..).zip(requests) {
        trainer.handle(Command { seq, request });
    }
    while trainer.advance(WorkBudget::UNLIMITED).has_more {}
    trainer.take_report().expect("a credit was left")
}

/// (loss(θ + h) − loss(θ − h)) / 2h in one learnable number.
fn difference(project: &Project, place: usize) -> f64 {
    const STEP: f32 = 1e-2;
    let loss = |shift: f32| {
        let mut project = project.clone();
        let mut values: Vec<f32> = project.network().elements().map(|e| e.value).collect();
        values[place] += shift;
        project.learn(&values, 0).expect("the values fit");
        let report = one_step(&project);
        f64::from(report.losses[0].train)
    };
    (loss(STEP) - loss(-STEP)) / f64::from(2.0 * STEP)
}
