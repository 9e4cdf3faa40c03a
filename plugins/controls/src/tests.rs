//! The controls as a whole: synthetic pointers and keys in, edits and camera out.

use std::time::Duration;

use bevy::camera::{ImageRenderTarget, NormalizedRenderTarget};
use bevy::input::keyboard::{Key, KeyboardInput};
use bevy::input::mouse::{MouseScrollUnit, MouseWheel};
use bevy::input::touch::TouchPhase;
use bevy::input::{ButtonState, InputPlugin};
use bevy::math::{Rect, Vec2};
use bevy::picking::pointer::{Location, PointerAction, PointerButton, PointerId, PointerInput};
use bevy::prelude::*;
use bevy::render::camera::camera_system;
use bevy::render::texture::ManualTextureViews;
use bevy::time::TimeUpdateStrategy;
use bevy::window::{PrimaryWindow, RequestRedraw, WindowPlugin};
use bevy_egui::egui;
use graph::{Document, GraphPlugin, Hovered, Notice, Request, Selection, Subject};
use network::KindId;
use network::{Edge, EdgeId, Endpoint, Kinds, Network, Node, NodeId, Parameter, Position};
use project::{Edit, Project, View};

use super::*;

const MOUSE: PointerId = PointerId::Mouse;
const FINGER: PointerId = PointerId::Touch(4);
const THUMB: PointerId = PointerId::Touch(5);

/// Two inputs on the left, a hidden neuron in the middle, an output on the right.
const X1: NodeId = NodeId(0);
const X2: NodeId = NodeId(1);
const H: NodeId = NodeId(2);
const Y: NodeId = NodeId(3);
const WIRE: EdgeId = EdgeId(0);

fn project() -> Project {
    let node = |id: NodeId, kind, name: &str, position: Position| Edit::AddNode {
        node: Node::new(id, kind, name.to_owned()).at(position),
        edges: Vec::new(),
        column: None,
    };
    let mut project = Project::new(Kinds::default());
    let edits = [
        node(X1, KindId::INPUT, "x1", [-200.0, 100.0]),
        node(X2, KindId::INPUT, "x2", [-200.0, -100.0]),
        node(H, KindId::HIDDEN, "h", [0.0, 0.0]),
        node(Y, KindId::OUTPUT, "y", [200.0, 0.0]),
        Edit::AddEdge(Edge::new(
            WIRE,
            Endpoint::of(X1),
            Endpoint::of(H),
            Parameter::scalar(0.5),
        )),
    ];
    for edit in edits {
        project::apply(&mut project, &edit).expect("the project is sound");
    }
    // A view that is not the default is taken as it is: pixels are easy to reckon.
    project.set_view(View {
        centre: [0.0, 0.0],
        zoom: 1.000_001,
    });
    project
}

fn create_empty_app() -> App {
    let mut app = App::new();
    app.add_plugins((
        MinimalPlugins,
        InputPlugin,
        WindowPlugin::default(),
        AssetPlugin::default(),
        ImagePlugin::default(),
        GraphPlugin,
        ControlsPlugin,
    ));
    app.init_resource::<ManualTextureViews>();
    app.add_systems(PostUpdate, camera_system);
    let frame = Duration::from_millis(16);
    app.insert_resource(TimeUpdateStrategy::ManualDuration(frame));
    app.world_mut()
        .resource_mut::<ControlTheme>()
        .0
        .motion
        .is_reduced = true;
    app.update();
    app
}

fn create_test_app() -> App {
    let mut app = create_empty_app();
    ask(&mut app, Request::Open(Box::new(project())));
    app.update();
    app
}

fn ask(app: &mut App, request: Request) {
    app.world_mut().write_message(request);
    app.update();
}

/// A point of the 1280×720 window over a point of the scene, at zoom 1.
fn px(scene: [f32; 2]) -> Vec2 {
    Vec2::new(640.0 + scene[0], 360.0 - scene[1])
}

fn send(app: &mut App, pointer_id: PointerId, position: Vec2, action: PointerAction) {
    let location = Location {
        target: NormalizedRenderTarget::Image(ImageRenderTarget::from(Handle::default())),
        position,
    };
    app.world_mut()
        .write_message(PointerInput::new(pointer_id, location, action));
    app.update();
}

fn press(app: &mut App, pointer: PointerId, at: [f32; 2]) {
    let action = PointerAction::Press(PointerButton::Primary);
    send(app, pointer, px(at), action);
}

fn move_to(app: &mut App, pointer: PointerId, at: [f32; 2]) {
    let action = PointerAction::Move { delta: Vec2::ZERO };
    send(app, pointer, px(at), action);
}

fn release(app: &mut App, pointer: PointerId, at: [f32; 2]) {
    let action = PointerAction::Release(PointerButton::Primary);
    send(app, pointer, px(at), action);
}

fn drag(app: &mut App, pointer: PointerId, from: [f32; 2], to: [f32; 2]) {
    press(app, pointer, from);
    move_to(app, pointer, to);
    release(app, pointer, to);
    app.update();
}

fn click(app: &mut App, pointer: PointerId, at: [f32; 2]) {
    press(app, pointer, at);
    release(app, pointer, at);
}

fn key_event(app: &mut App, logical_key: Key, key_code: KeyCode, state: ButtonState) {
    app.world_mut().write_message(KeyboardInput {
        key_code,
        logical_key,
        state,
        text: None,
        repeat: false,
        window: Entity::PLACEHOLDER,
    });
    app.update();
}

fn tap_key(app: &mut App, key: Key, code: KeyCode) {
    key_event(app, key.clone(), code, ButtonState::Pressed);
    key_event(app, key, code, ButtonState::Released);
}

fn letter(app: &mut App, text: &str, code: KeyCode) {
    tap_key(app, Key::Character(text.into()), code);
}

fn with_key(app: &mut App, key: Key, code: KeyCode, act: impl FnOnce(&mut App)) {
    key_event(app, key.clone(), code, ButtonState::Pressed);
    act(app);
    key_event(app, key, code, ButtonState::Released);
}

fn with_shift(app: &mut App, act: impl FnOnce(&mut App)) {
    with_key(app, Key::Shift, KeyCode::ShiftLeft, act);
}

fn with_control(app: &mut App, act: impl FnOnce(&mut App)) {
    with_key(app, Key::Control, KeyCode::ControlLeft, act);
}

fn network(app: &App) -> &Network {
    app.world().resource::<Document>().project().network()
}

fn position(app: &App, id: NodeId) -> Position {
    let [x, y] = network(app).node(id).expect("the neuron is there").position;
    // The view is one millionth off zoom 1.
    [(x * 100.0).round() / 100.0, (y * 100.0).round() / 100.0]
}

fn positions(app: &App) -> Vec<Position> {
    network(app).nodes().map(|node| node.position).collect()
}

fn selection(app: &App) -> &Selection {
    app.world().resource::<Selection>()
}

fn undo_label(app: &App) -> Option<&str> {
    app.world().resource::<Document>().undo_label()
}

fn revision(app: &App) -> u64 {
    app.world().resource::<Document>().revision()
}

fn view(app: &App) -> View {
    app.world().resource::<StageView>().0
}

fn drain<M: Message + Clone>(app: &mut App) -> Vec<M> {
    app.world_mut()
        .resource_mut::<Messages<M>>()
        .drain()
        .collect()
}

/// What is done with a mouse must be possible with a finger and with any cursor.
fn with_each_pointer(test: impl Fn(PointerId)) {
    let cursor = PointerId::Custom(bevy::asset::uuid::Uuid::from_u128(9));
    for pointer in [MOUSE, FINGER, cursor] {
        test(pointer);
    }
}

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

#[test]
fn the_wheel_zooms_to_the_pointer_but_not_while_a_neuron_is_carried() {
    let mut app = create_test_app();
    let window = app
        .world_mut()
        .query_filtered::<Entity, With<PrimaryWindow>>()
        .single(app.world())
        .expect("there is a window");
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
