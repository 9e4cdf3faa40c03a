//! A person at the program: sees the controls, moves the pointer, presses keys.

pub mod story;

use std::path::PathBuf;
use std::time::Duration;

use bevy::input::ButtonState;
use bevy::input::keyboard::{Key, KeyCode, KeyboardInput, NativeKey};
use bevy::input::mouse::{MouseButton, MouseButtonInput};
use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;
use bevy::window::{CursorMoved, PrimaryWindow, WindowEvent};
use neurarium::app::{AccessiblePlugin, Control, Controls, Surface};
use storage::StoragePlugin;

/// One frame of the headless program.
const FRAME: Duration = Duration::from_nanos(16_666_667);

/// The whole program without a window, and the person in front of it. All it can
/// do is what hands and eyes can.
pub struct Person {
    /// The program.
    pub app: App,
    pointer: Vec2,
}

impl Person {
    /// Starts the program with nothing but itself, 1280 × 720.
    pub fn at_a_fresh_start() -> Self {
        Self::keeping(None)
    }

    /// Starts the program, which keeps unsaved work in this file and what the person
    /// prefers beside it.
    pub fn keeping(recovery: Option<PathBuf>) -> Self {
        let surface = Surface::Headless {
            width: 1280,
            height: 720,
        };
        let mut app = neurarium::app::assemble(
            surface,
            StoragePlugin {
                recovery,
                ..StoragePlugin::default()
            },
        );
        app.add_plugins(AccessiblePlugin);
        app.insert_resource(TimeUpdateStrategy::ManualDuration(FRAME));
        app.finish();
        app.cleanup();
        let mut person = Self {
            app,
            pointer: Vec2::new(640.0, 360.0),
        };
        person.wait_frames(6);
        person
    }

    /// Lets time pass.
    pub fn wait_frames(&mut self, frames: usize) {
        for _ in 0..frames {
            self.app.update();
        }
    }

    /// The control of this name, if it is on screen.
    pub fn find(&self, name: &str) -> Option<Control> {
        self.app.world().resource::<Controls>().named(name).cloned()
    }

    /// Moves the pointer to a point of the window, in logical pixels.
    pub fn point_at(&mut self, to: Vec2) {
        let (entity, mut window) = self
            .app
            .world_mut()
            .query_filtered::<(Entity, &mut Window), With<PrimaryWindow>>()
            .single_mut(self.app.world_mut())
            .expect("the program has one window");
        window.set_cursor_position(Some(to));
        let moved = CursorMoved {
            window: entity,
            position: to,
            delta: Some(to - self.pointer),
        };
        self.pointer = to;
        self.tell(WindowEvent::CursorMoved(moved.clone()));
        self.app.world_mut().write_message(moved);
        self.wait_frames(1);
    }

    /// Presses or releases the main button of the mouse.
    pub fn button(&mut self, state: ButtonState) {
        let pressed = MouseButtonInput {
            button: MouseButton::Left,
            state,
            window: self.window(),
        };
        self.tell(WindowEvent::MouseButtonInput(pressed));
        self.app.world_mut().write_message(pressed);
        self.wait_frames(1);
    }

    /// Clicks at a point.
    pub fn click_at(&mut self, at: Vec2) {
        self.point_at(at);
        self.wait_frames(1);
        self.button(ButtonState::Pressed);
        self.button(ButtonState::Released);
        self.wait_frames(2);
    }

    /// Clicks at a point while Shift is held: selects more.
    pub fn click_more_at(&mut self, at: Vec2) {
        self.key_state(KeyCode::ShiftLeft, ButtonState::Pressed);
        self.click_at(at);
        self.key_state(KeyCode::ShiftLeft, ButtonState::Released);
    }

    /// Drags from one point to another, as a hand does: in several steps.
    pub fn drag(&mut self, from: Vec2, to: Vec2) {
        self.point_at(from);
        self.wait_frames(1);
        self.button(ButtonState::Pressed);
        for step in 1..=8 {
            self.point_at(from.lerp(to, step as f32 / 8.0));
        }
        self.wait_frames(1);
        self.button(ButtonState::Released);
        self.wait_frames(2);
    }

    /// Presses a key while others are held.
    pub fn key(&mut self, held: &[KeyCode], key: KeyCode) {
        for &code in held {
            self.key_state(code, ButtonState::Pressed);
        }
        self.key_state(key, ButtonState::Pressed);
        self.key_state(key, ButtonState::Released);
        for &code in held.iter().rev() {
            self.key_state(code, ButtonState::Released);
        }
        self.wait_frames(2);
    }

    /// Types text, one letter after the other.
    pub fn type_text(&mut self, text: &str) {
        for letter in text.chars() {
            for state in [ButtonState::Pressed, ButtonState::Released] {
                let event = KeyboardInput {
                    key_code: KeyCode::Unidentified(
                        bevy::input::keyboard::NativeKeyCode::Unidentified,
                    ),
                    logical_key: Key::Character(letter.to_string().into()),
                    state,
                    text: (state == ButtonState::Pressed).then(|| letter.to_string().into()),
                    repeat: false,
                    window: self.window(),
                };
                self.send_key(event);
            }
        }
        self.wait_frames(2);
    }

    fn key_state(&mut self, key_code: KeyCode, state: ButtonState) {
        let event = KeyboardInput {
            key_code,
            logical_key: logical(key_code),
            state,
            text: None,
            repeat: false,
            window: self.window(),
        };
        self.send_key(event);
    }

    fn send_key(&mut self, event: KeyboardInput) {
        self.tell(WindowEvent::KeyboardInput(event.clone()));
        self.app.world_mut().write_message(event);
        self.wait_frames(1);
    }

    /// The window system tells each event twice: by itself and among all.
    fn tell(&mut self, event: WindowEvent) {
        self.app.world_mut().write_message(event);
    }

    fn window(&mut self) -> Entity {
        self.app
            .world_mut()
            .query_filtered::<Entity, With<PrimaryWindow>>()
            .single(self.app.world())
            .expect("the program has one window")
    }
}

/// A point of the window as Bevy has it.
pub fn vec2([x, y]: story::Point) -> Vec2 {
    Vec2::new(x as f32, y as f32)
}

/// What a key means on the usual keyboard.
fn logical(key: KeyCode) -> Key {
    match key {
        KeyCode::Enter => Key::Enter,
        KeyCode::Escape => Key::Escape,
        KeyCode::Delete => Key::Delete,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Tab => Key::Tab,
        KeyCode::ControlLeft => Key::Control,
        KeyCode::ShiftLeft => Key::Shift,
        KeyCode::KeyA => Key::Character("a".into()),
        KeyCode::KeyF => Key::Character("f".into()),
        KeyCode::KeyG => Key::Character("g".into()),
        KeyCode::KeyL => Key::Character("l".into()),
        KeyCode::KeyM => Key::Character("m".into()),
        KeyCode::KeyN => Key::Character("n".into()),
        KeyCode::BracketLeft => Key::Character("[".into()),
        KeyCode::BracketRight => Key::Character("]".into()),
        KeyCode::Equal => Key::Character("=".into()),
        KeyCode::KeyY => Key::Character("y".into()),
        KeyCode::KeyZ => Key::Character("z".into()),
        _ => Key::Unidentified(NativeKey::Unidentified),
    }
}
