//! What pointers and keys change.

use super::*;

#[test]
fn dragging_a_body_moves_the_neuron_by_one_edit_that_can_be_undone() {
    with_each_pointer(|pointer| {
        let mut app = create_test_app();
        let before = revision(&app);
        drag(&mut app, pointer, [2.0, 3.0], [62.0, -37.0]);
        assert_eq!(position(&app, H), [60.0, -40.0], "{pointer:?}");
        assert_eq!(revision(&app), before + 1);
        assert_eq!(undo_label(&app), Some("move neuron"));
        assert_eq!(*selection(&app), Selection::only(Subject::Node(H)));
        ask(&mut app, Request::Undo);
        assert_eq!(position(&app, H), [0.0, 0.0]);
        assert_eq!(undo_label(&app), None);
    });
}

#[test]
fn a_carried_neuron_is_only_shown_elsewhere_until_it_is_put_down() {
    let mut app = create_test_app();
    let before = revision(&app);
    press(&mut app, MOUSE, [0.0, 0.0]);
    move_to(&mut app, MOUSE, [50.0, 0.0]);
    let shown = app.world().resource::<DragPreview>().offsets[&H];
    assert!(
        (shown[0] - 50.0).abs() < 0.01 && shown[1] == 0.0,
        "{shown:?}"
    );
    assert_eq!((position(&app, H), revision(&app)), ([0.0, 0.0], before));
    release(&mut app, MOUSE, [50.0, 0.0]);
    app.update();
    assert!(app.world().resource::<DragPreview>().offsets.is_empty());
}

#[test]
fn a_carried_neuron_swings_after_the_pointer_and_asks_for_frames_until_it_rests() {
    let mut app = create_test_app();
    app.world_mut()
        .resource_mut::<ControlTheme>()
        .0
        .motion
        .is_reduced = false;
    press(&mut app, MOUSE, [0.0, 0.0]);
    move_to(&mut app, MOUSE, [100.0, 0.0]);
    let lag = 100.0 - app.world().resource::<DragPreview>().offsets[&H][0];
    assert!(lag > 20.0 && lag < 100.0, "{lag}");
    release(&mut app, MOUSE, [100.0, 0.0]);
    assert_eq!(position(&app, H), [100.0, 0.0]);
    // On the canvas it is still on its way: nothing jumps.
    let rest = app.world().resource::<DragPreview>().offsets[&H][0];
    assert!(rest < 0.0 && rest > -lag, "{rest}");
    drain::<RequestRedraw>(&mut app);
    app.update();
    assert!(!drain::<RequestRedraw>(&mut app).is_empty());
    for _ in 0..60 {
        app.update();
    }
    assert!(app.world().resource::<DragPreview>().offsets.is_empty());
    drain::<RequestRedraw>(&mut app);
    app.update();
    assert!(drain::<RequestRedraw>(&mut app).is_empty());
}

#[test]
fn two_selected_neurons_are_dragged_together() {
    with_each_pointer(|pointer| {
        let mut app = create_test_app();
        *app.world_mut().resource_mut::<Selection>() = Selection {
            nodes: [X1, H].into(),
            ..Selection::default()
        };
        drag(&mut app, pointer, [0.0, 0.0], [0.0, 80.0]);
        assert_eq!(position(&app, H), [0.0, 80.0]);
        assert_eq!(position(&app, X1), [-200.0, 180.0]);
        assert_eq!(position(&app, Y), [200.0, 0.0]);
        assert_eq!(undo_label(&app), Some("move neurons"));
        ask(&mut app, Request::Undo);
        assert_eq!(position(&app, X1), [-200.0, 100.0]);
    });
}

#[test]
fn dragging_from_the_rim_connects() {
    with_each_pointer(|pointer| {
        let mut app = create_test_app();
        drag(&mut app, pointer, [26.0, 0.0], [200.0, 0.0]);
        let edge = network(&app).edges().last().expect("there are wires");
        assert_eq!((edge.from.node(), edge.to.node()), (H, Y), "{pointer:?}");
        assert_eq!(undo_label(&app), Some("connect"));
        assert_eq!(position(&app, H), [0.0, 0.0]);
        assert_eq!(*app.world().resource::<RubberBand>(), RubberBand::default());
    });
}

#[test]
fn a_wire_may_be_drawn_backwards_out_of_an_output_or_into_an_input() {
    let mut app = create_test_app();
    drag(&mut app, MOUSE, [174.0, 0.0], [0.0, 0.0]);
    let edge = network(&app).edges().last().expect("there are wires");
    assert_eq!((edge.from.node(), edge.to.node()), (H, Y));
    drag(&mut app, MOUSE, [0.0, -26.0], [-200.0, -100.0]);
    let edge = network(&app).edges().last().expect("there are wires");
    assert_eq!((edge.from.node(), edge.to.node()), (X2, H));
}

#[test]
fn a_wire_that_cannot_be_says_why_while_it_is_drawn_and_makes_no_edit() {
    let mut app = create_test_app();
    let before = revision(&app);
    drain::<Notice>(&mut app);
    press(&mut app, MOUSE, [-200.0, 126.0]);
    move_to(&mut app, MOUSE, [-200.0, -100.0]);
    let band = app.world().resource::<RubberBand>().0.clone();
    let band = band.expect("a wire is drawn");
    let sentence = "“x2” is an input: it takes its values from the data, so nothing can be \
                    connected into it.";
    assert_eq!(band.from, X1);
    assert_eq!(band.target, Some((X2, Err(sentence.to_owned()))));
    release(&mut app, MOUSE, [-200.0, -100.0]);
    assert_eq!(drain::<Notice>(&mut app), [Notice::refused(sentence)]);
    assert_eq!(revision(&app), before);
}

#[test]
fn a_wire_over_a_neuron_it_may_join_is_welcome_and_beside_it_hangs_free() {
    let mut app = create_test_app();
    press(&mut app, MOUSE, [26.0, 0.0]);
    move_to(&mut app, MOUSE, [190.0, 0.0]);
    let target = |app: &App| {
        let band = app.world().resource::<RubberBand>().0.clone();
        band.expect("a wire is drawn").target
    };
    assert_eq!(target(&app), Some((Y, Ok(()))));
    move_to(&mut app, MOUSE, [100.0, 90.0]);
    assert_eq!(target(&app), None);
    let before = revision(&app);
    release(&mut app, MOUSE, [100.0, 90.0]);
    assert_eq!(revision(&app), before);
    assert_eq!(drain::<Notice>(&mut app), []);
}

#[test]
fn joining_what_is_joined_says_so_also_when_drawn_backwards() {
    let mut app = create_test_app();
    drag(&mut app, MOUSE, [0.0, 26.0], [-200.0, 100.0]);
    let notices = drain::<Notice>(&mut app);
    assert_eq!(
        notices,
        [Notice::refused("“x1” is already connected to “h”.")]
    );
}

#[test]
fn escape_puts_back_what_is_carried_and_keeps_it_selected() {
    let mut app = create_test_app();
    let before = revision(&app);
    press(&mut app, MOUSE, [0.0, 0.0]);
    move_to(&mut app, MOUSE, [90.0, 40.0]);
    tap_key(&mut app, Key::Escape, KeyCode::Escape);
    release(&mut app, MOUSE, [90.0, 40.0]);
    app.update();
    assert_eq!((position(&app, H), revision(&app)), ([0.0, 0.0], before));
    assert!(app.world().resource::<DragPreview>().offsets.is_empty());
    assert!(selection(&app).contains(Subject::Node(H)));
    tap_key(&mut app, Key::Escape, KeyCode::Escape);
    assert!(selection(&app).is_empty());
}

#[test]
fn the_right_button_and_a_cancelled_pointer_put_back_too() {
    let actions = [
        PointerAction::Press(PointerButton::Secondary),
        PointerAction::Cancel,
    ];
    for action in actions {
        for from in [[0.0, 0.0], [26.0, 0.0]] {
            let mut app = create_test_app();
            let before = revision(&app);
            press(&mut app, MOUSE, from);
            move_to(&mut app, MOUSE, [200.0, 0.0]);
            send(&mut app, MOUSE, px([200.0, 0.0]), action);
            release(&mut app, MOUSE, [200.0, 0.0]);
            app.update();
            assert_eq!(revision(&app), before);
            assert_eq!(*app.world().resource::<RubberBand>(), RubberBand::default());
            assert!(app.world().resource::<DragPreview>().offsets.is_empty());
        }
    }
}

#[test]
fn a_quick_ctrl_z_within_one_frame_is_an_undo() {
    let mut app = create_test_app();
    drag(&mut app, MOUSE, [0.0, 0.0], [60.0, 0.0]);
    assert_eq!(undo_label(&app), Some("move neuron"));
    let keys = [
        (Key::Control, KeyCode::ControlLeft),
        (Key::Character("z".into()), KeyCode::KeyZ),
    ];
    for state in [ButtonState::Pressed, ButtonState::Released] {
        for (key, code) in keys.clone() {
            write_key(&mut app, key, code, state);
        }
    }
    app.update();
    assert_eq!(undo_label(&app), None);
}

#[test]
fn delete_removes_the_selected_neuron_with_its_wires_and_undo_brings_all_back() {
    let mut app = create_test_app();
    click(&mut app, MOUSE, [0.0, 0.0]);
    tap_key(&mut app, Key::Delete, KeyCode::Delete);
    assert!(network(&app).node(H).is_none() && network(&app).edge(WIRE).is_none());
    assert!(selection(&app).is_empty());
    with_control(&mut app, |app| letter(app, "z", KeyCode::KeyZ));
    assert!(network(&app).node(H).is_some() && network(&app).edge(WIRE).is_some());
    with_control(&mut app, |app| letter(app, "y", KeyCode::KeyY));
    assert!(network(&app).node(H).is_none());
    with_control(&mut app, |app| letter(app, "z", KeyCode::KeyZ));
    with_control(&mut app, |app| {
        with_shift(app, |app| letter(app, "Z", KeyCode::KeyZ));
    });
    assert!(network(&app).node(H).is_none());
}

#[test]
fn a_removed_neuron_can_no_longer_be_hit_and_a_restored_one_can() {
    let mut app = create_test_app();
    let count = |app: &App| app.world().resource::<Scene>().index().len();
    assert_eq!(count(&app), 5);
    click(&mut app, MOUSE, [0.0, 0.0]);
    tap_key(&mut app, Key::Backspace, KeyCode::Backspace);
    assert_eq!(count(&app), 3);
    ask(&mut app, Request::Undo);
    assert_eq!(count(&app), 5);
    click(&mut app, MOUSE, [0.0, 0.0]);
    assert!(selection(&app).contains(Subject::Node(H)));
}

#[test]
fn wires_follow_their_neurons_in_what_can_be_hit() {
    let mut app = create_test_app();
    drag(&mut app, MOUSE, [0.0, 0.0], [0.0, 200.0]);
    click(&mut app, MOUSE, [-100.0, 150.0]);
    assert_eq!(*selection(&app), Selection::only(Subject::Edge(WIRE)));
    tap_key(&mut app, Key::Delete, KeyCode::Delete);
    assert!(network(&app).edge(WIRE).is_none());
    assert_eq!(undo_label(&app), Some("remove connection"));
}

#[test]
fn a_click_on_a_wire_selects_it_and_one_on_the_canvas_selects_nothing() {
    with_each_pointer(|pointer| {
        let mut app = create_test_app();
        click(&mut app, pointer, [-100.0, 50.0]);
        assert_eq!(*selection(&app), Selection::only(Subject::Edge(WIRE)));
        click(&mut app, pointer, [0.0, 250.0]);
        assert!(selection(&app).is_empty());
    });
}

#[test]
fn shift_selects_more_and_a_finger_does_it_by_resting() {
    let both: Selection = Selection {
        nodes: [H, Y].into(),
        ..Selection::default()
    };
    let mut app = create_test_app();
    click(&mut app, MOUSE, [0.0, 0.0]);
    with_shift(&mut app, |app| click(app, MOUSE, [200.0, 0.0]));
    assert_eq!(*selection(&app), both);
    with_shift(&mut app, |app| click(app, MOUSE, [200.0, 0.0]));
    assert_eq!(*selection(&app), Selection::only(Subject::Node(H)));

    let mut app = create_test_app();
    click(&mut app, FINGER, [0.0, 0.0]);
    press(&mut app, FINGER, [200.0, 26.0]);
    for _ in 0..40 {
        app.update();
    }
    release(&mut app, FINGER, [200.0, 26.0]);
    assert_eq!(*selection(&app), both);
}

#[test]
fn a_rectangle_selects_what_it_touches() {
    let both = [X1, X2].into();
    let mut app = create_test_app();
    with_shift(&mut app, |app| {
        press(app, MOUSE, [-260.0, 160.0]);
        move_to(app, MOUSE, [-150.0, -150.0]);
        assert!(app.world().resource::<SelectionBox>().0.is_some());
        release(app, MOUSE, [-150.0, -150.0]);
    });
    assert_eq!(selection(&app).nodes, both);
    assert_eq!(*app.world().resource::<SelectionBox>(), SelectionBox(None));

    let mut app = create_test_app();
    press(&mut app, FINGER, [-280.0, 180.0]);
    for _ in 0..40 {
        app.update();
    }
    move_to(&mut app, FINGER, [-150.0, -150.0]);
    release(&mut app, FINGER, [-150.0, -150.0]);
    assert_eq!(selection(&app).nodes, both);
}

#[test]
fn in_connect_mode_two_taps_connect() {
    let mut app = create_test_app();
    letter(&mut app, "c", KeyCode::KeyC);
    click(&mut app, FINGER, [-200.0, -100.0]);
    click(&mut app, FINGER, [0.0, 0.0]);
    let edge = network(&app).edges().last().expect("there are wires");
    assert_eq!((edge.from.node(), edge.to.node()), (X2, H));
    assert_eq!(*selection(&app), Selection::only(Subject::Node(X2)));
    tap_key(&mut app, Key::Escape, KeyCode::Escape);
    assert_eq!(*app.world().resource::<ConnectMode>(), ConnectMode(false));
    assert!(!selection(&app).is_empty());
}

#[test]
fn select_all_and_the_arrow_keys_move_everything_a_step() {
    let mut app = create_test_app();
    with_control(&mut app, |app| letter(app, "a", KeyCode::KeyA));
    assert_eq!(selection(&app).nodes.len(), 4);
    tap_key(&mut app, Key::ArrowRight, KeyCode::ArrowRight);
    tap_key(&mut app, Key::ArrowUp, KeyCode::ArrowUp);
    assert_eq!(position(&app, H), [8.0, 8.0]);
    assert_eq!(position(&app, Y), [208.0, 8.0]);
}

#[test]
fn while_something_is_dragged_only_escape_counts() {
    let mut app = create_test_app();
    press(&mut app, MOUSE, [0.0, 0.0]);
    move_to(&mut app, MOUSE, [90.0, 40.0]);
    tap_key(&mut app, Key::Delete, KeyCode::Delete);
    assert!(network(&app).node(H).is_some());
}

#[test]
fn another_project_ends_the_gesture() {
    let mut app = create_test_app();
    press(&mut app, MOUSE, [0.0, 0.0]);
    move_to(&mut app, MOUSE, [90.0, 40.0]);
    ask(&mut app, Request::Open(Box::new(project())));
    let before = revision(&app);
    assert!(app.world().resource::<CurrentGesture>().0.is_idle());
    release(&mut app, MOUSE, [90.0, 40.0]);
    app.update();
    assert_eq!(revision(&app), before);
    assert!(app.world().resource::<DragPreview>().offsets.is_empty());
}

#[test]
fn a_pointer_that_is_nowhere_does_nothing() {
    let mut app = create_test_app();
    let (before, here) = (revision(&app), view(&app));
    press(&mut app, MOUSE, [0.0, 0.0]);
    for nowhere in [f32::NAN, f32::INFINITY] {
        move_to(&mut app, MOUSE, [nowhere, 0.0]);
        release(&mut app, MOUSE, [nowhere, 0.0]);
    }
    app.update();
    assert_eq!((revision(&app), view(&app)), (before, here));
    assert!(app.world().resource::<DragPreview>().offsets.is_empty());
}
