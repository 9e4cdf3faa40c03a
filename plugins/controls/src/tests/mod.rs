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
use bevy::window::{PrimaryWindow, RequestRedraw, WindowPlugin, WindowResized};
use bevy_egui::egui;
use graph::{Document, GraphPlugin, Hovered, Notice, Pinned, Request, Selection, Subject};
use network::KindId;
use network::{Edge, EdgeId, Endpoint, Kinds, Network, Node, NodeId, Parameter, Position};
use project::{Edit, Project, View};

use super::*;

mod arranging;
mod editing;
mod pointing;
mod seeing;

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
    write_key(app, logical_key, key_code, state);
    app.update();
}

fn write_key(app: &mut App, logical_key: Key, key_code: KeyCode, state: ButtonState) {
    app.world_mut().write_message(KeyboardInput {
        key_code,
        logical_key,
        state,
        text: None,
        repeat: false,
        window: Entity::PLACEHOLDER,
    });
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
