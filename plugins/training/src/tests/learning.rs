//! Learning, edits while it learns, and faults.

use super::*;

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
    assert!(progress(&app).losses.is_empty());

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
fn another_project_opened_while_training_sees_nothing_of_the_first() {
    let mut app = create_test_app();
    open(&mut app, endless_xor());
    start_training(&mut app);
    // The same structure, so that no length gives the first one away.
    let other = with_training(xor(), |settings| settings.seed = 5);
    let numbers = network::initial_values(other.network(), other.training().draw());
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
