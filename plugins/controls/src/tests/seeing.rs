//! What the camera shows, and what belongs to panels and others.

use super::*;

#[test]
fn panning_moves_no_neuron_and_moving_a_neuron_pans_nothing() {
    with_each_pointer(|pointer| {
        let mut app = create_test_app();
        let (places, here) = (positions(&app), view(&app));
        drag(&mut app, pointer, [0.0, 200.0], [80.0, 150.0]);
        assert_eq!(positions(&app), places);
        let panned = Vec2::from(view(&app).centre) - Vec2::from(here.centre);
        assert!(panned.distance(Vec2::new(-80.0, 50.0)) < 0.01, "{panned}");
        let mut app = create_test_app();
        drag(&mut app, pointer, [0.0, 0.0], [80.0, 150.0]);
        assert_eq!(view(&app), here);
        assert_ne!(positions(&app), places);
    });
}

#[test]
fn two_fingers_zoom_about_their_middle() {
    let mut app = create_test_app();
    press(&mut app, FINGER, [-50.0, 200.0]);
    press(&mut app, THUMB, [50.0, 200.0]);
    move_to(&mut app, FINGER, [-100.0, 200.0]);
    move_to(&mut app, THUMB, [100.0, 200.0]);
    let now = view(&app);
    assert!((now.zoom - 2.0).abs() < 1e-3, "{now:?}");
    // (0, 200) was half way between the fingers, and still is.
    assert!((now.centre[0]).abs() < 0.1, "{now:?}");
    assert!((now.centre[1] - 100.0).abs() < 0.1, "{now:?}");
}

fn window_of(app: &mut App) -> Entity {
    let mut windows = app
        .world_mut()
        .query_filtered::<Entity, With<PrimaryWindow>>();
    windows.single(app.world()).expect("there is a window")
}

#[test]
fn the_wheel_zooms_to_the_pointer_but_not_while_a_neuron_is_carried() {
    let mut app = create_test_app();
    let window = window_of(&mut app);
    let turn = |app: &mut App| {
        let mut windows = app.world_mut().query::<&mut Window>();
        let mut found = windows.get_mut(app.world_mut(), window).expect("a window");
        found.set_cursor_position(Some(px([200.0, 0.0])));
        app.world_mut().write_message(MouseWheel {
            unit: MouseScrollUnit::Line,
            x: 0.0,
            y: 2.0,
            window,
            phase: TouchPhase::Moved,
        });
        app.update();
    };
    press(&mut app, MOUSE, [0.0, 0.0]);
    move_to(&mut app, MOUSE, [30.0, 0.0]);
    let here = view(&app);
    turn(&mut app);
    assert_eq!(view(&app), here);
    tap_key(&mut app, Key::Escape, KeyCode::Escape);
    app.update();
    app.update();
    turn(&mut app);
    let zoomed = view(&app);
    assert!(zoomed.zoom > 1.2, "{zoomed:?}");
    let under = zoomed.centre[0] + 200.0 / zoomed.zoom;
    assert!((under - 200.0).abs() < 0.1, "{zoomed:?}");
    for _ in 0..30 {
        turn(&mut app);
    }
    assert!((view(&app).zoom - ZOOM_MAX).abs() < 1e-3);
}

#[test]
fn a_trackpad_zooms_as_far_on_a_fine_screen_as_on_a_coarse_one() {
    let zoomed = |scale_factor: f32| {
        let mut app = create_test_app();
        let mut windows = app
            .world_mut()
            .query_filtered::<(Entity, &mut Window), With<PrimaryWindow>>();
        let (window, mut found) = windows
            .single_mut(app.world_mut())
            .expect("there is a window");
        found.resolution.set_scale_factor(scale_factor);
        found.set_cursor_position(Some(px([0.0, 0.0])));
        app.update();
        app.world_mut().write_message(MouseWheel {
            unit: MouseScrollUnit::Pixel,
            x: 0.0,
            y: 100.0 * scale_factor,
            window,
            phase: TouchPhase::Moved,
        });
        app.update();
        view(&app).zoom
    };
    let coarse = zoomed(1.0);
    assert!(coarse > 1.05, "{coarse}");
    assert!((zoomed(2.0) - coarse).abs() < 1e-5);
}

#[test]
fn ten_turns_of_the_wheel_zoom_as_far_in_one_frame_as_in_ten_and_back_again() {
    let mut app = create_test_app();
    let window = window_of(&mut app);
    let turn = |app: &mut App, y: f32| {
        app.world_mut().write_message(MouseWheel {
            unit: MouseScrollUnit::Line,
            x: 0.0,
            y,
            window,
            phase: TouchPhase::Moved,
        });
    };
    let before = view(&app).zoom;
    for _ in 0..10 {
        turn(&mut app, 1.0);
    }
    app.update();
    // Ten lines of a hundred pixels each: the factor e.
    let near = view(&app).zoom;
    assert!((near / before - 1_f32.exp()).abs() < 1e-3, "{near}");
    for _ in 0..10 {
        turn(&mut app, -1.0);
        app.update();
    }
    let after = view(&app).zoom;
    assert!((after / before - 1.0).abs() < 1e-3, "{after}");
}

#[test]
fn only_a_mouse_hovers() {
    let mut app = create_test_app();
    let hovered = |app: &App| app.world().resource::<Hovered>().0;
    move_to(&mut app, FINGER, [0.0, 0.0]);
    assert_eq!(hovered(&app), None);
    move_to(&mut app, MOUSE, [0.0, 0.0]);
    assert_eq!(hovered(&app), Some(Subject::Node(H)));
    move_to(&mut app, MOUSE, [-100.0, 50.0]);
    assert_eq!(hovered(&app), Some(Subject::Edge(WIRE)));
    move_to(&mut app, MOUSE, [0.0, 300.0]);
    assert_eq!(hovered(&app), None);
}

#[test]
fn a_press_on_a_panel_is_not_for_the_canvas() {
    let mut app = create_test_app();
    let whole = Rect::new(0.0, 0.0, 1280.0, 720.0);
    app.world_mut().resource_mut::<TakenAreas>().0.push(whole);
    let places = positions(&app);
    drag(&mut app, FINGER, [0.0, 0.0], [90.0, 90.0]);
    move_to(&mut app, MOUSE, [0.0, 0.0]);
    assert_eq!(positions(&app), places);
    assert!(selection(&app).is_empty());
    assert_eq!(app.world().resource::<Hovered>().0, None);
}

#[test]
fn a_finger_on_a_window_of_egui_is_not_for_the_canvas_even_in_its_first_frame() {
    let mut app = create_test_app();
    let mut context = bevy_egui::EguiContext::default();
    let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1280.0, 720.0));
    for _ in 0..2 {
        context.get_mut().begin_pass(egui::RawInput {
            screen_rect: Some(screen),
            ..egui::RawInput::default()
        });
        // Over the hidden neuron, beside all others.
        egui::Area::new(egui::Id::new("sheet"))
            .fixed_pos(egui::pos2(560.0, 280.0))
            .show(context.get_mut(), |ui| {
                ui.allocate_space(egui::vec2(160.0, 160.0));
            });
        // Nothing is drawn here.
        context.get_mut().end_pass().textures_delta.clear();
    }
    app.world_mut().spawn(context);
    drag(&mut app, FINGER, [0.0, 0.0], [90.0, 90.0]);
    assert_eq!(position(&app, H), [0.0, 0.0]);
    assert!(selection(&app).is_empty());
    drag(&mut app, FINGER, [200.0, 0.0], [200.0, 90.0]);
    assert_eq!(position(&app, Y), [200.0, 90.0]);
}

#[test]
fn space_and_ctrl_s_are_passed_on() {
    let mut app = create_test_app();
    tap_key(&mut app, Key::Space, KeyCode::Space);
    let mut passed = drain::<Shortcut>(&mut app);
    // A message lives for two frames: letting go of the keys takes longer.
    with_control(&mut app, |app| {
        letter(app, "s", KeyCode::KeyS);
        passed.extend(drain::<Shortcut>(app));
    });
    assert_eq!(passed, [Shortcut::TogglePlay, Shortcut::Save]);
}

#[test]
fn an_opened_project_is_seen_as_it_was_left() {
    let mut app = create_empty_app();
    let mut left = project();
    let seen = View {
        centre: [30.0, -20.0],
        zoom: 0.5,
    };
    left.set_view(seen);
    ask(&mut app, Request::Open(Box::new(left)));
    assert_eq!(view(&app), seen);
}

#[test]
fn a_new_project_is_framed_into_what_panels_leave_free_until_the_person_looks_elsewhere() {
    let mut app = create_empty_app();
    let mut fresh = project();
    fresh.set_view(View::default());
    ask(&mut app, Request::Open(Box::new(fresh)));
    let whole = view(&app);
    assert_eq!(whole.centre, [0.0, 0.0]);
    app.world_mut().resource_mut::<FreeArea>().0 = Some(Rect::new(640.0, 0.0, 1280.0, 720.0));
    app.update();
    let beside = view(&app);
    assert!(
        beside.centre[0] < -50.0 && beside.zoom < whole.zoom,
        "{beside:?}"
    );
    drag(&mut app, MOUSE, [300.0, 300.0], [340.0, 300.0]);
    let panned = view(&app);
    assert_ne!(panned, beside);
    app.world_mut().resource_mut::<FreeArea>().0 = None;
    app.update();
    assert_eq!(view(&app), panned);
}

/// Gives the window another size, as the system does.
fn resize(app: &mut App, width: f32, height: f32) {
    let mut windows = app
        .world_mut()
        .query_filtered::<(Entity, &mut Window), With<PrimaryWindow>>();
    let (window, mut found) = windows
        .single_mut(app.world_mut())
        .expect("there is a window");
    found.resolution.set(width, height);
    app.world_mut().write_message(WindowResized {
        window,
        width,
        height,
    });
    app.update();
}

#[test]
fn a_phone_that_is_turned_still_shows_everything_or_what_was_in_the_middle() {
    let mut app = create_test_app();
    resize(&mut app, 500.0, 300.0);
    let small = view(&app);
    assert!(small.zoom < 1.0, "all that was seen fits: {small:?}");
    // The panels come a frame later.
    app.world_mut().resource_mut::<FreeArea>().0 = Some(Rect::new(100.0, 100.0, 400.0, 300.0));
    app.update();
    let beside = view(&app);
    assert!(
        beside.zoom < small.zoom && beside.centre[1] > 10.0,
        "{beside:?}"
    );

    // So near that not all is seen.
    let mut app = create_test_app();
    let mut near = project();
    near.set_view(View {
        centre: [200.0, 40.0],
        zoom: 3.0,
    });
    ask(&mut app, Request::Open(Box::new(near)));
    resize(&mut app, 300.0, 700.0);
    let turned = view(&app);
    assert!((turned.zoom - 3.0).abs() < 1e-3, "{turned:?}");
    assert!((turned.centre[0] - 200.0).abs() < 0.1 && (turned.centre[1] - 40.0).abs() < 0.1);
}

#[test]
fn f_flies_to_everything_and_whoever_takes_the_camera_keeps_it() {
    let mut app = create_test_app();
    app.world_mut()
        .resource_mut::<ControlTheme>()
        .0
        .motion
        .is_reduced = false;
    drag(&mut app, MOUSE, [0.0, 300.0], [500.0, 300.0]);
    let away = view(&app);
    letter(&mut app, "f", KeyCode::KeyF);
    let under_way = view(&app);
    assert_ne!(under_way, away);
    for _ in 0..20 {
        app.update();
    }
    let framed = view(&app);
    assert_eq!(framed.centre, [0.0, 0.0]);
    assert_ne!(under_way, framed);
    letter(&mut app, "-", KeyCode::Minus);
    press(&mut app, MOUSE, [600.0, 300.0]);
    move_to(&mut app, MOUSE, [500.0, 300.0]);
    let taken = view(&app);
    for _ in 0..20 {
        app.update();
    }
    assert_eq!(view(&app), taken);
}

#[test]
fn a_still_canvas_asks_for_no_frame() {
    let mut app = create_test_app();
    app.update();
    drain::<RequestRedraw>(&mut app);
    app.update();
    assert!(drain::<RequestRedraw>(&mut app).is_empty());
}

#[test]
fn m_keeps_the_map_of_the_neuron_pointed_at_and_escape_lets_it_go_before_the_selection() {
    let mut app = create_test_app();
    let pinned = |app: &App| app.world().resource::<Pinned>().0;
    let m = |app: &mut App| letter(app, "m", KeyCode::KeyM);
    m(&mut app);
    assert_eq!(pinned(&app), Some(Y), "with nothing pointed at the output");
    m(&mut app);
    assert_eq!(pinned(&app), None);
    click(&mut app, MOUSE, [-200.0, 100.0]);
    move_to(&mut app, MOUSE, [300.0, 300.0]);
    m(&mut app);
    assert_eq!(pinned(&app), Some(X1), "the one selected");
    move_to(&mut app, MOUSE, [0.0, 0.0]);
    m(&mut app);
    assert_eq!(
        pinned(&app),
        Some(H),
        "another one pointed at takes its place"
    );
    tap_key(&mut app, Key::Escape, KeyCode::Escape);
    assert_eq!(pinned(&app), None);
    assert!(selection(&app).contains(Subject::Node(X1)));
    m(&mut app);
    ask(&mut app, Request::edit("remove", Edit::RemoveNode(H)));
    assert_eq!(pinned(&app), None, "it is gone");
}
