//! A whole app without a window: what a person asks for, and what comes of it.

mod instruments;
mod learning;
mod running;
mod shown;

use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;
use datasets::{Gate, Split};
use graph::{Document, GraphPlugin, Notice, NoticeKind, Request, Values};
use network::{Activation, EdgeId, ElementId, KindId, NodeId};
use project::{Edit, History, Optimizer, Project, TrainingSettings, gesture};

use crate::sync::Dispatch;
use crate::{
    FlowVerdict, GradientHealth, Health, MapRequest, Maps, NodeHealth, Order, Pace, Part, Probe,
    Progress, RowChoice, Shown, Slice, SlowMotion, Stage, Status, TraceState, TrainingPlugin,
    WalkOrder,
};

/// Only so that a fault fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// Trains as fast as it can.
fn create_test_app() -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, GraphPlugin, TrainingPlugin));
    app.insert_resource(Pace::Full);
    app
}

fn open(app: &mut App, project: Project) {
    app.world_mut()
        .write_message(Request::Open(Box::new(project)));
    settle(app);
}

fn edit(app: &mut App, edit: Edit) {
    app.world_mut().write_message(Request::edit("edit", edit));
}

fn order(app: &mut App, order: Order) {
    app.world_mut().write_message(order);
}

fn progress(app: &App) -> &Progress {
    app.world().resource()
}

fn values(app: &App) -> Vec<f32> {
    app.world().resource::<Values>().values().to_vec()
}

fn project(app: &App) -> &Project {
    app.world().resource::<Document>().project()
}

fn is_busy(app: &App) -> bool {
    app.world().resource::<Dispatch>().link.is_busy()
}

fn slices(app: &App) -> u64 {
    app.world().resource::<Dispatch>().link.slices()
}

#[track_caller]
fn update_until(app: &mut App, what: &str, mut is_so: impl FnMut(&App) -> bool) {
    let began = Instant::now();
    loop {
        app.update();
        if is_so(app) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "waited in vain for: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Updates until all that was asked for is done.
#[track_caller]
fn settle(app: &mut App) {
    let mut still = 0;
    update_until(app, "the engine to come to rest", |app| {
        still = if is_busy(app) { 0 } else { still + 1 };
        still > 3
    });
}

fn notices(app: &mut App) -> Vec<Notice> {
    app.world_mut()
        .resource_mut::<Messages<Notice>>()
        .drain()
        .collect()
}

/// Two inputs, hidden neurons, one output, all joined; the rows of a gate, all of
/// them for training.
fn gate_project(gate: Gate, hidden: u32, activation: Activation) -> Project {
    let mut project = Project::default();
    let mut history = History::default();
    let mut perform = |project: &mut Project, edit: Edit| {
        history
            .perform(project, "build", edit)
            .expect("the edits of this fixture fit together");
    };
    let kinds = [
        (KindId::INPUT, 2),
        (KindId::HIDDEN, hidden),
        (KindId::OUTPUT, 1),
    ];
    let mut layers: Vec<Vec<NodeId>> = Vec::new();
    for (kind, count) in kinds {
        let mut layer = Vec::new();
        for _ in 0..count {
            let id = project.network().free_node_id();
            let edit = gesture::add_neuron(&project, kind.clone(), [0.0, 0.0]);
            perform(&mut project, edit);
            if kind != KindId::INPUT {
                perform(&mut project, Edit::SetActivation(id, activation));
            }
            for &from in layers.last().into_iter().flatten() {
                let edit =
                    gesture::connect(&project, from, id).expect("layers are joined forwards only");
                perform(&mut project, edit);
            }
            layer.push(id);
        }
        if !layer.is_empty() {
            layers.push(layer);
        }
    }
    let data = gesture::fill_with(&project, gate).expect("two inputs fit a truth table");
    perform(&mut project, data);
    let split = Split::new(100, 0, 0, false).expect("the parts sum to 100");
    perform(&mut project, Edit::SetSplit(split));
    project
}

fn xor() -> Project {
    gate_project(Gate::Xor, 4, Activation::Tanh)
}

fn with_training(project: Project, change: impl FnOnce(&mut TrainingSettings)) -> Project {
    let mut project = project;
    let mut settings = project.training().clone();
    change(&mut settings);
    project::apply(&mut project, &Edit::SetTraining(settings)).expect("the settings are in range");
    project
}

/// XOR with more epochs than any test waits for.
fn endless_xor() -> Project {
    with_training(xor(), |settings| settings.epochs = 1_000_000)
}

fn start_training(app: &mut App) {
    order(app, Order::Train);
    update_until(app, "an epoch of training", |app| {
        progress(app).status == Status::Training && progress(app).epochs > 2
    });
}

fn first_weight() -> ElementId {
    ElementId::weight(EdgeId(1))
}

fn value_of(app: &App, id: ElementId) -> f32 {
    app.world()
        .resource::<Values>()
        .value(id)
        .expect("the fixture has this number")
}
