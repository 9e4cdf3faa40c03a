//! A whole app without a window: what a person asks for, and what comes of it.

use std::time::{Duration, Instant};

use bevy::prelude::*;
use datasets::{Gate, Split};
use engine::{Command, Trainer, WorkBudget};
use graph::{Document, GraphPlugin, Notice, NoticeKind, Request, Values};
use network::{Activation, EdgeId, ElementId, KindId, NodeId};
use project::{Edit, History, Optimizer, Project, TrainingSettings, gesture};

use crate::sync::Dispatch;
use crate::{Maps, Order, Part, Probe, Progress, Status, TrainingPlugin};

/// Only so that a fault fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(60);

fn create_test_app() -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, GraphPlugin, TrainingPlugin));
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
        (KindId::NEURON, hidden),
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

#[test]
fn xor_is_learned_from_open_and_train() {
    let mut app = create_test_app();
    open(&mut app, xor());
    order(&mut app, Order::Train);
    update_until(&mut app, "training to finish", |app| {
        progress(app).status == Status::Finished && !is_busy(app)
    });
    let progress = progress(&app);
    assert_eq!(progress.losses.len(), 300);
    assert!(
        progress
            .losses
            .iter()
            .zip(1..)
            .all(|(loss, epoch)| loss.epoch == epoch)
    );
    let last = progress.losses[299].train;
    assert!(last < 0.05, "the loss is {last}");
    assert_eq!(progress.rows, [4, 0, 0]);
    assert_eq!(app.world().resource::<Values>().epochs(), 300);
}

#[test]
fn pause_is_obeyed_within_a_few_slices() {
    let mut app = create_test_app();
    open(&mut app, endless_xor());
    start_training(&mut app);
    order(&mut app, Order::Pause);
    let began = Instant::now();
    let before = slices(&app);
    settle(&mut app);
    // The slice under way, one for each credit given back, and some chance.
    assert!(
        slices(&app) - before < 12,
        "{} slices",
        slices(&app) - before
    );
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(progress(&app).status, Status::Paused);
    let rested = values(&app);
    settle(&mut app);
    assert_eq!(values(&app), rested);
}

#[test]
fn a_number_set_and_frozen_while_training_stays_while_others_learn() {
    let mut app = create_test_app();
    open(&mut app, endless_xor());
    start_training(&mut app);
    let id = first_weight();
    edit(
        &mut app,
        Edit::Batch(vec![
            Edit::SetValue {
                id,
                value: 0.123_456_7,
                start: 0.5,
            },
            Edit::SetFrozen {
                id,
                is_frozen: true,
            },
        ]),
    );
    app.update();
    let at_edit = values(&app);
    let epochs = progress(&app).epochs;
    let mut seen = Vec::new();
    update_until(&mut app, "more epochs", |app| {
        seen.push(value_of(app, id).to_bits());
        progress(app).epochs > epochs + 200
    });
    assert!(seen.iter().all(|&bits| bits == 0.123_456_7_f32.to_bits()));
    assert_ne!(values(&app), at_edit);
    assert_eq!(progress(&app).status, Status::Training);
}

#[test]
fn a_slider_dragged_while_training_shows_the_others_learn() {
    let mut app = create_test_app();
    open(&mut app, endless_xor());
    start_training(&mut app);
    let id = first_weight();
    let mut last = values(&app);
    let mut moves = 0;
    for step in 0..200_u16 {
        let value = f32::from(step) / 100.0;
        edit(
            &mut app,
            Edit::SetValue {
                id,
                value,
                start: 0.0,
            },
        );
        app.update();
        assert_eq!(value_of(&app, id), value);
        let now = values(&app);
        moves += usize::from(now[1..] != last[1..]);
        last = now;
        std::thread::sleep(Duration::from_millis(4));
    }
    assert!(moves > 5, "other numbers moved {moves} times");
}

#[test]
fn reset_brings_back_the_starts_and_undo_what_was_learned() {
    let mut app = create_test_app();
    open(&mut app, xor());
    let starts = values(&app);
    order(&mut app, Order::Train);
    update_until(&mut app, "training to finish", |app| {
        progress(app).status == Status::Finished && !is_busy(app)
    });
    let learned = values(&app);
    assert_ne!(learned, starts);

    let reset = gesture::reset(project(&app));
    edit(&mut app, reset);
    settle(&mut app);
    assert_eq!(values(&app), starts);
    assert_eq!(progress(&app).epochs, 0);
    assert_eq!(progress(&app).losses, Vec::new());

    app.world_mut().write_message(Request::Undo);
    settle(&mut app);
    assert_eq!(values(&app), learned);
    assert_eq!(progress(&app).epochs, 300);

    // The same numbers go on from there: the engine has followed.
    order(&mut app, Order::TrainOneEpoch);
    update_until(&mut app, "one epoch", |app| progress(app).epochs == 301);
    settle(&mut app);
    let epochs: Vec<u32> = progress(&app)
        .losses
        .iter()
        .map(|loss| loss.epoch)
        .collect();
    assert_eq!(epochs, [301]);
    assert!(progress(&app).losses[0].train < 0.05);
}

#[test]
fn a_reset_while_training_starts_the_curve_anew() {
    let mut app = create_test_app();
    open(&mut app, endless_xor());
    start_training(&mut app);
    let reset = gesture::reset(project(&app));
    edit(&mut app, reset);
    app.update();
    update_until(&mut app, "a new curve", |app| {
        progress(app).losses.len() > 3
    });
    let losses = &progress(&app).losses;
    assert!(
        losses
            .iter()
            .zip(1..)
            .all(|(loss, epoch)| loss.epoch == epoch)
    );
}

#[test]
fn a_refused_edit_leaves_all_as_it_was() {
    let mut app = create_test_app();
    open(&mut app, endless_xor());
    start_training(&mut app);
    let before = project(&app).network().edges().len();
    edit(&mut app, Edit::RemoveNode(NodeId(999)));
    app.update();
    let epochs = progress(&app).epochs;
    update_until(&mut app, "more epochs", |app| {
        progress(app).epochs > epochs + 50
    });
    assert_eq!(progress(&app).status, Status::Training);
    assert_eq!(progress(&app).fault, None);
    assert_eq!(project(&app).network().edges().len(), before);
}

#[test]
fn moving_a_neuron_is_no_concern_of_the_engine_and_later_edits_still_reach_it() {
    let mut app = create_test_app();
    open(&mut app, xor());
    let before = slices(&app);
    edit(&mut app, Edit::Move(vec![(NodeId(1), [9.0, 9.0])]));
    settle(&mut app);
    assert_eq!(slices(&app), before);
    let id = first_weight();
    edit(
        &mut app,
        Edit::SetValue {
            id,
            value: 2.0,
            start: 2.0,
        },
    );
    edit(
        &mut app,
        Edit::SetFrozen {
            id,
            is_frozen: true,
        },
    );
    order(&mut app, Order::TrainOneEpoch);
    update_until(&mut app, "one epoch", |app| progress(app).epochs == 1);
    settle(&mut app);
    assert_eq!(value_of(&app, id), 2.0);
    assert_eq!(progress(&app).fault, None);
}

#[test]
fn training_without_data_is_refused_with_a_sentence() {
    let mut app = create_test_app();
    order(&mut app, Order::Train);
    app.update();
    let told = notices(&mut app);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].kind, NoticeKind::Refused);
    assert_eq!(progress(&app).fault.as_ref(), Some(&told[0].text));
    assert_eq!(slices(&app), 0);
}

#[test]
fn a_probe_is_answered_and_again_when_numbers_change() {
    let mut app = create_test_app();
    open(&mut app, gate_project(Gate::And, 1, Activation::Linear));
    let input = project(&app).table().columns()[0].id.0;
    let output = project(&app).table().columns()[2].id.0;
    app.world_mut()
        .resource_mut::<Probe>()
        .inputs
        .insert(NodeId(input), 3.0);
    settle(&mut app);
    let answer = |app: &App| app.world().resource::<Probe>().value(NodeId(output));
    let by_hand = |app: &App| {
        // x1 → h → y, all linear, biases zero, x2 left at 0.
        let network = project(app).network();
        let hidden = network
            .edge(network.outgoing(NodeId(input))[0])
            .expect("x1 → h");
        let out = network
            .edge(network.incoming(NodeId(output))[0])
            .expect("h → y");
        3.0 * hidden.weight.first() * out.weight.first()
    };
    let first = answer(&app).expect("the probe is answered");
    assert!((first - by_hand(&app)).abs() < 1e-5);
    let id = first_weight();
    edit(
        &mut app,
        Edit::SetValue {
            id,
            value: 7.0,
            start: 7.0,
        },
    );
    settle(&mut app);
    let second = answer(&app).expect("the probe is answered again");
    assert!((second - by_hand(&app)).abs() < 1e-4);
    assert_ne!(first, second);
    app.world_mut().resource_mut::<Probe>().inputs.clear();
    settle(&mut app);
    assert_eq!(answer(&app), None);
}

#[test]
fn maps_of_the_first_two_inputs_are_asked_for_and_answered() {
    let mut app = create_test_app();
    open(&mut app, xor());
    let nodes: Vec<NodeId> = project(&app)
        .network()
        .nodes()
        .map(|node| node.id)
        .collect();
    let maps = app.world().resource::<Maps>();
    let request = maps.request.as_ref().expect("XOR has two inputs");
    for end in [request.x_range, request.y_range] {
        assert!((end[0] + 0.2).abs() < 1e-6 && (end[1] - 1.2).abs() < 1e-6);
    }
    for &node in &nodes {
        assert_eq!(maps.cells(node).map(<[f32]>::len), Some(32 * 32));
    }
    // An input's own map rises from left to right.
    let cells = maps.cells(request.x).expect("inputs have maps too");
    assert!(cells[0] < cells[31]);
    let revision = maps.revision;

    let id = first_weight();
    edit(
        &mut app,
        Edit::SetValue {
            id,
            value: 7.0,
            start: 7.0,
        },
    );
    settle(&mut app);
    assert!(app.world().resource::<Maps>().revision > revision);

    let input = app
        .world()
        .resource::<Maps>()
        .request
        .as_ref()
        .map(|request| request.x);
    edit(&mut app, Edit::RemoveNode(input.expect("it was asked for")));
    settle(&mut app);
    assert_eq!(app.world().resource::<Maps>().request, None);
    assert_eq!(app.world().resource::<Maps>().maps, None);
}

#[test]
fn a_plane_that_a_person_chose_is_kept_when_the_data_changes() {
    let mut app = create_test_app();
    open(&mut app, xor());
    let mut maps = app.world_mut().resource_mut::<Maps>();
    let mut chosen = maps.request.clone().expect("XOR has two inputs");
    chosen.x_range = [-5.0, 5.0];
    maps.request = Some(chosen.clone());
    settle(&mut app);
    let row = gesture::add_row(project(&app));
    edit(&mut app, row);
    settle(&mut app);
    let maps = app.world().resource::<Maps>();
    assert_eq!(maps.request, Some(chosen.clone()));
    assert_eq!(maps.maps.as_ref().map(|maps| &maps.request), Some(&chosen));
}

#[test]
fn each_part_keeps_its_last_evaluation_until_an_edit_makes_it_stale() {
    let mut app = create_test_app();
    open(&mut app, xor());
    order(&mut app, Order::Evaluate(Part::Train));
    order(&mut app, Order::Evaluate(Part::Train));
    settle(&mut app);
    assert_eq!(progress(&app).evaluations.len(), 1);
    let evaluation = progress(&app).evaluation(Part::Train);
    assert_eq!(evaluation.map(|evaluation| evaluation.rows), Some(4));
    let mut settings = project(&app).training().clone();
    settings.learning_rate = 0.1;
    edit(&mut app, Edit::SetTraining(settings.clone()));
    settle(&mut app);
    assert_eq!(progress(&app).evaluations.len(), 1);
    settings.seed += 1;
    edit(&mut app, Edit::SetTraining(settings));
    settle(&mut app);
    assert_eq!(progress(&app).evaluations.len(), 0);
}

#[test]
fn numbers_out_of_range_are_explained_and_never_shown() {
    let mut app = create_test_app();
    let project = gate_project(Gate::And, 3, Activation::Linear);
    open(
        &mut app,
        with_training(project, |settings| {
            settings.learning_rate = 1_000.0;
            settings.optimizer = Optimizer::SGD;
            settings.epochs = 1_000;
        }),
    );
    order(&mut app, Order::Train);
    update_until(&mut app, "a fault", |app| {
        assert!(values(app).iter().all(|value| value.is_finite()));
        progress(app).fault.is_some()
    });
    settle(&mut app);
    assert_eq!(progress(&app).status, Status::Faulted);
    let fault = progress(&app).fault.clone().unwrap_or_default();
    assert!(fault.contains("learning rate"), "{fault}");
    assert!(values(&app).iter().all(|value| value.is_finite()));
}

#[test]
fn nothing_runs_and_nothing_changes_while_idle() {
    let mut app = create_test_app();
    open(&mut app, xor());
    order(&mut app, Order::TrainOneEpoch);
    update_until(&mut app, "one epoch", |app| progress(app).epochs == 1);
    settle(&mut app);
    #[derive(Resource, Default)]
    struct Changes(u32);
    app.init_resource::<Changes>();
    app.add_systems(
        Last,
        |progress: Res<Progress>,
         probe: Res<Probe>,
         maps: Res<Maps>,
         values: Res<Values>,
         mut changes: ResMut<Changes>| {
            let is_changed = [
                progress.is_changed(),
                probe.is_changed(),
                maps.is_changed(),
                values.is_changed(),
            ];
            changes.0 += u32::from(is_changed.contains(&true));
        },
    );
    app.update();
    app.world_mut().resource_mut::<Changes>().0 = 0;
    let before = slices(&app);
    for _ in 0..100 {
        app.update();
    }
    assert_eq!(slices(&app), before);
    assert_eq!(app.world().resource::<Changes>().0, 0);
    assert!(!is_busy(&app));
}

#[test]
fn another_project_opened_while_training_sees_nothing_of_the_first() {
    let mut app = create_test_app();
    open(&mut app, endless_xor());
    start_training(&mut app);
    // The same structure, so that no length gives the first one away.
    let other = with_training(xor(), |settings| settings.seed = 5);
    let numbers = network::initial_values(other.network(), 5);
    let mut other = other;
    other
        .learn(&numbers, 0)
        .expect("as many as the network has");
    app.world_mut()
        .write_message(Request::Open(Box::new(other)));
    for _ in 0..50 {
        app.update();
        assert_eq!(values(&app), numbers);
        assert_eq!(progress(&app).losses.len(), 0);
        assert_eq!(progress(&app).epochs, 0);
        std::thread::sleep(Duration::from_millis(1));
    }
    settle(&mut app);
    assert_eq!(values(&app), numbers);
    assert_eq!(progress(&app).status, Status::Idle);
}

#[test]
fn an_engine_that_breaks_down_is_started_again_with_the_network() {
    let mut app = create_test_app();
    open(&mut app, endless_xor());
    start_training(&mut app);
    app.world().resource::<Dispatch>().link.break_engine();
    update_until(&mut app, "a fault", |app| progress(app).fault.is_some());
    settle(&mut app);
    let told = notices(&mut app);
    assert!(told.iter().any(|notice| notice.kind == NoticeKind::Failed
        && notice.text.contains("a test broke the engine")));
    assert_eq!(progress(&app).status, Status::Paused);
    let epochs = progress(&app).epochs;
    assert!(epochs > 0, "what was learned is kept");
    order(&mut app, Order::Train);
    update_until(&mut app, "more epochs", |app| {
        progress(app).epochs > epochs + 20
    });
    assert_eq!(progress(&app).fault, None);
}

#[test]
fn an_app_that_is_gone_leaves_no_slice_behind() {
    let mut app = create_test_app();
    open(&mut app, endless_xor());
    start_training(&mut app);
    let count = app.world().resource::<Dispatch>().link.counter();
    drop(app);
    let began = Instant::now();
    // The last slice drops what it shares with the app.
    while std::sync::Weak::strong_count(&count) > 0 {
        assert!(began.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Prints how fast training is beside the app, compared to a bare loop.
/// `cargo test -p training -p neurarium --lib -- --ignored --nocapture throughput`
#[test]
#[ignore = "a measurement, not a check"]
fn throughput_beside_the_app() {
    let measured = Duration::from_secs(3);
    let mut trainer = Trainer::new();
    let requests = [
        engine::Request::Load {
            project: Box::new(endless_xor()),
            revision: 1,
        },
        engine::Request::Train { epochs: None },
    ];
    for (request, seq) in requests.into_iter().zip(1..) {
        trainer.handle(Command { seq, request });
    }
    let began = Instant::now();
    while began.elapsed() < measured {
        trainer.advance(WorkBudget(100_000));
    }
    let bare_secs = began.elapsed().as_secs_f64();
    trainer.handle(Command {
        seq: 3,
        request: engine::Request::Pause,
    });
    trainer.take_report();
    let bare = f64::from(trainer.project().map_or(0, Project::trained_epochs)) / bare_secs;
    for (label, has_maps) in [("with maps", true), ("without maps", false)] {
        let mut app = create_test_app();
        open(&mut app, endless_xor());
        if !has_maps {
            app.world_mut().resource_mut::<Maps>().request = None;
        }
        start_training(&mut app);
        let first = progress(&app).epochs;
        let (began, slices_before) = (Instant::now(), slices(&app));
        let mut frames = 0;
        while began.elapsed() < measured {
            app.update();
            frames += 1;
            std::thread::sleep(Duration::from_micros(16_000));
        }
        let secs = began.elapsed().as_secs_f64();
        let beside = f64::from(progress(&app).epochs - first) / secs;
        let slice_ms = 1e3 * secs / (slices(&app) - slices_before) as f64;
        order(&mut app, Order::Pause);
        let asked = Instant::now();
        while progress(&app).status == Status::Training {
            app.update();
            std::thread::sleep(Duration::from_micros(500));
        }
        println!(
            "{label}: {beside:.0} batches/s beside {frames} frames, bare {bare:.0}, ratio {:.2}; {slice_ms:.1} ms a slice; pause after {:.1} ms",
            beside / bare,
            asked.elapsed().as_secs_f64() * 1e3,
        );
    }
}
