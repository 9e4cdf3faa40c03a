//! The glue to the keyboard of `bevy_egui`: each key goes with what was held when it was pressed.
//!
//! `bevy_egui` 0.42 gives all keys of a frame the modifiers of its end: of a quick Ctrl + V
//! a text field would get a “v”.

use bevy::input::keyboard::{Key, KeyboardFocusLost, KeyboardInput};
use bevy::prelude::*;
#[cfg(not(target_family = "wasm"))]
use bevy_egui::EguiClipboard;
use bevy_egui::helpers::{bevy_to_egui_key, bevy_to_egui_physical_key};
use bevy_egui::input::{EguiInputEvent, ModifierKeysState};
use bevy_egui::{EguiContextSettings, EguiInputSet, EguiPreUpdateSet, PrimaryEguiContext, egui};

pub(crate) fn plugin(app: &mut App) {
    app.add_message::<EguiInputEvent>();
    app.add_systems(
        PreUpdate,
        (
            take_over
                .after(EguiPreUpdateSet::InitContexts)
                .before(EguiInputSet::InitReading),
            write_keys
                .in_set(EguiInputSet::ReadBevyMessages)
                .run_if(on_message::<KeyboardInput>.or_eager(on_message::<KeyboardFocusLost>)),
        ),
    );
}

/// Keys come from here alone.
fn take_over(mut contexts: Query<&mut EguiContextSettings, Added<EguiContextSettings>>) {
    for mut settings in &mut contexts {
        let systems = &mut settings.input_system_settings;
        systems.run_write_keyboard_input_messages_system = false;
    }
}

fn write_keys(
    mut inputs: MessageReader<KeyboardInput>,
    mut focus_lost: MessageReader<KeyboardFocusLost>,
    mut held: Local<ModifierKeysState>,
    contexts: Query<Entity, With<PrimaryEguiContext>>,
    #[cfg(not(target_family = "wasm"))] mut clipboard: Option<ResMut<EguiClipboard>>,
    mut events: MessageWriter<EguiInputEvent>,
) {
    if focus_lost.read().count() > 0 {
        *held = ModifierKeysState::default();
    }
    for input in inputs.read() {
        follow(&mut held, input);
        for context in contexts {
            for event in events_of(&held, input) {
                events.write(EguiInputEvent { context, event });
            }
            // A page is told of its clipboard by the browser.
            #[cfg(not(target_family = "wasm"))]
            if let Some(event) = clipboard_event(&held, input, clipboard.as_deref_mut()) {
                events.write(EguiInputEvent { context, event });
            }
        }
    }
}

fn follow(held: &mut ModifierKeysState, input: &KeyboardInput) {
    let key = match input.logical_key {
        Key::Shift => &mut held.shift,
        Key::Control => &mut held.ctrl,
        Key::Alt => &mut held.alt,
        Key::Super | Key::Meta => &mut held.win,
        _ => return,
    };
    *key = input.state.is_pressed();
}

/// A key as text, where it is any, and as a key.
fn events_of(held: &ModifierKeysState, input: &KeyboardInput) -> Vec<egui::Event> {
    let mut events = Vec::new();
    if input.state.is_pressed() && held.text_input_is_allowed() {
        match &input.logical_key {
            Key::Character(text) if !text.contains(char::is_control) => {
                events.push(egui::Event::Text(text.to_string()));
            }
            Key::Space => events.push(egui::Event::Text(" ".to_owned())),
            _ => {}
        }
    }
    events.extend(key_of(input).map(|key| egui::Event::Key {
        key,
        physical_key: bevy_to_egui_physical_key(&input.key_code),
        pressed: input.state.is_pressed(),
        repeat: input.repeat,
        modifiers: held.to_egui_modifiers(),
    }));
    events
}

/// The key by what it says; on keyboards without Latin letters by its place.
fn key_of(input: &KeyboardInput) -> Option<egui::Key> {
    bevy_to_egui_key(&input.logical_key).or_else(|| bevy_to_egui_physical_key(&input.key_code))
}

#[cfg(not(target_family = "wasm"))]
fn clipboard_event(
    held: &ModifierKeysState,
    input: &KeyboardInput,
    clipboard: Option<&mut EguiClipboard>,
) -> Option<egui::Event> {
    if !held.to_egui_modifiers().command || !input.state.is_pressed() {
        return None;
    }
    match key_of(input)? {
        egui::Key::C => Some(egui::Event::Copy),
        egui::Key::X => Some(egui::Event::Cut),
        egui::Key::V => clipboard?.get_text().map(egui::Event::Paste),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use bevy::input::ButtonState;

    use super::*;

    /// What egui is told of these keys when they are pressed (`true`) and released
    /// within one frame.
    fn told(keys: &[(Key, KeyCode, bool)]) -> Vec<egui::Event> {
        let mut app = App::new();
        app.add_plugins((MinimalPlugins, plugin));
        app.add_message::<KeyboardInput>();
        app.add_message::<KeyboardFocusLost>();
        let window = app.world_mut().spawn(PrimaryEguiContext).id();
        for (logical_key, key_code, is_pressed) in keys {
            app.world_mut().write_message(KeyboardInput {
                key_code: *key_code,
                logical_key: logical_key.clone(),
                state: if *is_pressed {
                    ButtonState::Pressed
                } else {
                    ButtonState::Released
                },
                text: None,
                repeat: false,
                window,
            });
        }
        app.update();
        let mut messages = app.world_mut().resource_mut::<Messages<EguiInputEvent>>();
        messages.drain().map(|message| message.event).collect()
    }

    fn letter(letter: &str, code: KeyCode, is_pressed: bool) -> (Key, KeyCode, bool) {
        (Key::Character(letter.into()), code, is_pressed)
    }

    #[test]
    fn a_quick_shortcut_is_no_letter_and_a_letter_after_it_is_one() {
        let control = |is_pressed| (Key::Control, KeyCode::ControlLeft, is_pressed);
        let events = told(&[
            control(true),
            letter("a", KeyCode::KeyA, true),
            letter("a", KeyCode::KeyA, false),
            control(false),
            letter("b", KeyCode::KeyB, true),
        ]);
        let texts: Vec<&egui::Event> = events
            .iter()
            .filter(|event| matches!(event, egui::Event::Text(_)))
            .collect();
        assert_eq!(texts, [&egui::Event::Text("b".to_owned())]);
        let is_select_all = |event: &egui::Event| {
            matches!(event, egui::Event::Key { key: egui::Key::A, pressed: true, modifiers, .. }
                if modifiers.ctrl)
        };
        assert!(events.iter().any(is_select_all), "{events:?}");
    }

    #[test]
    fn letters_typed_in_the_frame_in_which_a_modifier_goes_down_are_letters() {
        let events = told(&[
            letter("a", KeyCode::KeyA, true),
            (Key::Control, KeyCode::ControlLeft, true),
        ]);
        assert!(events.contains(&egui::Event::Text("a".to_owned())));
    }
}
