//! Keys: what they mean on the canvas, and which are passed on to other crates.

use bevy::input::ButtonState;
use bevy::input::keyboard::{Key, KeyboardFocusLost, KeyboardInput};
use bevy::math::Vec2;
use bevy::prelude::*;
use graph::{Hovered, Notice, Pinned, Request, Selection, Subject};
use network::Role;
use project::Edit;
use project::gesture::remove;

use crate::carrying::move_request;
use crate::grouping::{fold_selected, group_selected, ungroup_selected};
use crate::hands::Hands;
use crate::pointers::notice_rest;
use crate::selecting::everything;
use crate::third_party::egui::Panels;
use crate::{CameraOrder, ConnectMode, ControlSystems, CurrentGesture, FreeArea, TidyUp};

/// By how much one press of a key makes things larger.
const ZOOM_STEP: f32 = 1.25;

pub(super) fn plugin(app: &mut App) {
    app.add_message::<KeyboardInput>();
    app.add_message::<Shortcut>();
    app.add_message::<KeyboardFocusLost>();
    app.add_message::<DropNote>();
    app.add_systems(
        Update,
        read_keys
            .in_set(ControlSystems::Read)
            .after(notice_rest)
            .run_if(on_message::<KeyboardInput>.or_eager(on_message::<KeyboardFocusLost>)),
    );
    app.add_systems(
        Update,
        drop_notes
            .in_set(ControlSystems::Read)
            .after(read_keys)
            .run_if(on_message::<DropNote>),
    );
}

/// A key was pressed for something that is not on the canvas.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortcut {
    /// Space: train or pause.
    TogglePlay,
    /// Full stop: train for one epoch.
    OneEpoch,
    /// Ctrl + N: a new project.
    New,
    /// Ctrl + O: open a project.
    Open,
    /// Ctrl + S: save.
    Save,
    /// Ctrl + Shift + S: save under another name.
    SaveAs,
    /// G: colour wires by their gradients, or by their weights again.
    ColourByGradient,
    /// F1: help.
    Help,
}

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Command {
    Escape,
    Remove,
    Undo,
    Redo,
    SelectAll,
    Nudge(Vec2),
    ToggleConnect,
    Note,
    Group,
    Ungroup,
    Fold(bool),
    PinMap,
    TidyUp,
    Order(CameraOrder),
    Pass(Shortcut),
}

impl Command {
    /// Whether holding the key does it again and again.
    fn repeats(self) -> bool {
        matches!(
            self,
            Self::Nudge(_) | Self::Undo | Self::Redo | Self::Order(CameraOrder::ZoomBy(_))
        )
    }
}

/// Keys held beside the one that was pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Modifiers {
    /// Ctrl, on a Mac Command.
    is_command: bool,
    is_shift: bool,
}

impl Modifiers {
    /// Goes along with the keys one by one: a quick hand presses and releases
    /// both keys of Ctrl + Z within one frame.
    fn follow(&mut self, key: KeyCode, state: ButtonState) {
        let held = match key {
            KeyCode::ControlLeft
            | KeyCode::ControlRight
            | KeyCode::SuperLeft
            | KeyCode::SuperRight => &mut self.is_command,
            KeyCode::ShiftLeft | KeyCode::ShiftRight => &mut self.is_shift,
            _ => return,
        };
        *held = state == ButtonState::Pressed;
    }
}

pub(crate) fn read_keys(
    mut inputs: MessageReader<KeyboardInput>,
    mut focus_lost: MessageReader<KeyboardFocusLost>,
    mut modifiers: Local<Modifiers>,
    panels: Panels,
    mut gesture: ResMut<CurrentGesture>,
    mut hands: Hands,
    hovered: Res<Hovered>,
    mut pinned: ResMut<Pinned>,
    free: Res<FreeArea>,
    mut orders: MessageWriter<CameraOrder>,
    mut tidying: MessageWriter<TidyUp>,
    mut shortcuts: MessageWriter<Shortcut>,
) {
    let is_taken = panels.want_keys();
    // Steps of one frame go together: each reads where the neurons are before it.
    let mut nudge = Vec2::ZERO;
    if focus_lost.read().count() > 0 {
        *modifiers = Modifiers::default();
    }
    for input in inputs.read() {
        modifiers.follow(input.key_code, input.state);
        if is_taken || input.state != ButtonState::Pressed {
            continue;
        }
        let Some(command) = command_of(&input.logical_key, input.key_code, *modifiers) else {
            continue;
        };
        if input.repeat && !command.repeats() {
            continue;
        }
        // While something is dragged, the only key is the one that puts it back.
        if gesture.0.is_editing() && command != Command::Escape {
            continue;
        }
        match command {
            Command::Escape => escape(&mut gesture, &mut pinned, &mut hands),
            Command::Remove => remove_selection(&mut hands),
            Command::Undo => {
                hands.requests.write(Request::Undo);
            }
            Command::Redo => {
                hands.requests.write(Request::Redo);
            }
            Command::SelectAll => {
                let all = everything(hands.document.project().network());
                hands.selection.set_if_neq(all);
            }
            Command::Nudge(direction) => nudge += direction * hands.theme.0.sizes.space,
            Command::ToggleConnect => hands.connect_mode.0 = !hands.connect_mode.0,
            Command::Note => drop_note(&mut hands, &free),
            Command::Group => {
                let asked = group_selected(hands.document.project(), &hands.selection);
                ask(&mut hands, asked);
            }
            Command::Ungroup => {
                let asked = ungroup_selected(hands.document.project(), &hands.selection);
                ask(&mut hands, asked);
            }
            Command::Fold(is_folded) => {
                let asked = fold_selected(hands.document.project(), &hands.selection, is_folded);
                ask(&mut hands, asked);
            }
            Command::PinMap => {
                let wanted = pinned_next(*pinned, *hovered, &hands);
                pinned.set_if_neq(wanted);
            }
            Command::TidyUp => {
                tidying.write(TidyUp);
            }
            Command::Order(order) => {
                orders.write(order);
            }
            Command::Pass(shortcut) => {
                shortcuts.write(shortcut);
            }
        }
    }
    let network = hands.document.project().network();
    if let Some(request) = move_request(network, &hands.selection.nodes, nudge, true) {
        hands.requests.write(request);
    }
}

/// Puts back what is dragged; else leaves the connect mode; else lets the large map go;
/// else selects nothing.
fn escape(gesture: &mut CurrentGesture, pinned: &mut Pinned, hands: &mut Hands) {
    if !gesture.0.is_idle() {
        let (idle, effects) = gesture.0.cancelled();
        gesture.0 = idle;
        for effect in effects {
            hands.carry_out(effect, false);
        }
    } else if hands.connect_mode.0 {
        *hands.connect_mode = ConnectMode(false);
    } else if pinned.0.is_some() {
        pinned.0 = None;
    } else {
        hands.notes.selected = None;
        hands.selection.set_if_neq(Selection::default());
    }
}

/// Whose map is pinned next: that of the neuron pointed at, else of the one selected,
/// else of the first output. The same key lets it go again.
fn pinned_next(pinned: Pinned, hovered: Hovered, hands: &Hands) -> Pinned {
    let node = |subject| match subject {
        Some(Subject::Node(id)) => Some(id),
        _ => None,
    };
    let pointed = node(hovered.0);
    let is_same = pointed.is_none() || pointed == pinned.0;
    if pinned.0.is_some() && is_same {
        return Pinned(None);
    }
    let first_output = || {
        let mut outputs = hands.document.project().ordered(Role::Output);
        outputs.next().map(|node| node.id)
    };
    let selected = node(hands.selection.single());
    Pinned(pointed.or(selected).or_else(first_output))
}

fn ask(hands: &mut Hands, asked: Result<Request, Notice>) {
    match asked {
        Ok(request) => {
            hands.requests.write(request);
        }
        Err(notice) => {
            hands.notices.write(notice);
        }
    }
}

/// Someone wants a note that is written on at once.
#[derive(Message, Clone, Copy, Debug, PartialEq)]
pub struct DropNote {
    /// Where, in logical pixels of the window; `None`: in the middle of what is seen.
    pub at_px: Option<Vec2>,
}

pub(crate) fn drop_notes(
    mut wishes: MessageReader<DropNote>,
    mut hands: Hands,
    free: Res<FreeArea>,
) {
    for wish in wishes.read() {
        let Some(lens) = hands.stage.lens() else {
            continue;
        };
        let middle = free.in_window(&lens).center();
        let at_px = wish.at_px.filter(|px| px.is_finite()).unwrap_or(middle);
        hands.drop_note(lens.scene_from_px(at_px));
    }
}

/// At the mouse, if it is over the canvas; else in the middle of what is seen.
fn drop_note(hands: &mut Hands, free: &FreeArea) {
    let Some(lens) = hands.stage.lens() else {
        return;
    };
    let area = free.in_window(&lens);
    let cursor = hands.stage.cursor_px().filter(|&px| area.contains(px));
    let at = lens.scene_from_px(cursor.unwrap_or(area.center()));
    hands.drop_note(at);
}

fn remove_selection(hands: &mut Hands) {
    if let Some(note) = hands.notes.selected {
        let edit = Edit::RemoveNote(note);
        hands.requests.write(Request::edit("remove note", edit));
        return;
    }
    if hands.selection.is_empty() {
        return;
    }
    let nodes: Vec<_> = hands.selection.nodes.iter().copied().collect();
    let edges: Vec<_> = hands.selection.edges.iter().copied().collect();
    let is_group = hands
        .selection
        .single_group(hands.document.project())
        .is_some();
    let label = match (nodes.len(), edges.len()) {
        (1, 0) => "remove neuron",
        (0, 1) => "remove connection",
        _ if is_group => "remove group",
        _ => "remove selection",
    };
    let edit = remove(hands.document.project(), &nodes, &edges);
    hands.requests.write(Request::edit(label, edit));
}

fn command_of(key: &Key, code: KeyCode, modifiers: Modifiers) -> Option<Command> {
    if let Key::Character(_) = key {
        return letter_command(letter(key, code)?, modifiers);
    }
    if modifiers.is_command {
        return None;
    }
    Some(match key {
        Key::Escape => Command::Escape,
        Key::Delete | Key::Backspace => Command::Remove,
        Key::ArrowLeft => Command::Nudge(Vec2::NEG_X),
        Key::ArrowRight => Command::Nudge(Vec2::X),
        Key::ArrowUp => Command::Nudge(Vec2::Y),
        Key::ArrowDown => Command::Nudge(Vec2::NEG_Y),
        Key::Home => Command::Order(CameraOrder::FrameAll),
        Key::Space => Command::Pass(Shortcut::TogglePlay),
        Key::F1 => Command::Pass(Shortcut::Help),
        _ => return None,
    })
}

fn letter_command(letter: char, modifiers: Modifiers) -> Option<Command> {
    let Modifiers {
        is_command,
        is_shift,
    } = modifiers;
    Some(match (is_command, letter) {
        (true, 'z') if is_shift => Command::Redo,
        (true, 'z') => Command::Undo,
        (true, 'y') => Command::Redo,
        (true, 'a') => Command::SelectAll,
        (true, 'g') if is_shift => Command::Ungroup,
        (true, 'g') => Command::Group,
        (true, 'n') => Command::Pass(Shortcut::New),
        (true, 'o') => Command::Pass(Shortcut::Open),
        (true, 's') if is_shift => Command::Pass(Shortcut::SaveAs),
        (true, 's') => Command::Pass(Shortcut::Save),
        (false, '[') => Command::Fold(true),
        (false, ']') => Command::Fold(false),
        (false, 'g') => Command::Pass(Shortcut::ColourByGradient),
        (false, 'n') => Command::Note,
        (false, 'c') => Command::ToggleConnect,
        (false, 'm') => Command::PinMap,
        (false, 'l') => Command::TidyUp,
        (false, 'f') if is_shift => Command::Order(CameraOrder::FrameSelection),
        (false, 'f') => Command::Order(CameraOrder::FrameAll),
        (false, '+' | '=') => Command::Order(CameraOrder::ZoomBy(ZOOM_STEP)),
        (false, '-') => Command::Order(CameraOrder::ZoomBy(1.0 / ZOOM_STEP)),
        (false, '.') => Command::Pass(Shortcut::OneEpoch),
        _ => return None,
    })
}

/// The character on the key; on keyboards without Latin letters, the one a Latin
/// keyboard has in that place.
fn letter(key: &Key, code: KeyCode) -> Option<char> {
    let Key::Character(text) = key else {
        return None;
    };
    let character = text.chars().next()?.to_ascii_lowercase();
    if character.is_ascii() {
        return Some(character);
    }
    Some(match code {
        KeyCode::KeyA => 'a',
        KeyCode::KeyC => 'c',
        KeyCode::KeyF => 'f',
        KeyCode::KeyG => 'g',
        KeyCode::KeyL => 'l',
        KeyCode::KeyM => 'm',
        KeyCode::KeyN => 'n',
        KeyCode::KeyO => 'o',
        KeyCode::KeyS => 's',
        KeyCode::KeyY => 'y',
        KeyCode::KeyZ => 'z',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Modifiers = Modifiers {
        is_command: false,
        is_shift: false,
    };
    const CTRL: Modifiers = Modifiers {
        is_command: true,
        is_shift: false,
    };

    fn typed(text: &str, code: KeyCode, modifiers: Modifiers) -> Option<Command> {
        command_of(&Key::Character(text.into()), code, modifiers)
    }

    #[test]
    fn undo_is_on_the_letter_z_wherever_the_keyboard_has_it() {
        // On a German keyboard Z is where Y is on an American one.
        assert_eq!(typed("z", KeyCode::KeyY, CTRL), Some(Command::Undo));
        assert_eq!(typed("y", KeyCode::KeyZ, CTRL), Some(Command::Redo));
        // On a Russian one there is no Z: its place counts.
        assert_eq!(typed("я", KeyCode::KeyZ, CTRL), Some(Command::Undo));
        let shifted = Modifiers {
            is_shift: true,
            ..CTRL
        };
        assert_eq!(typed("Z", KeyCode::KeyZ, shifted), Some(Command::Redo));
        assert_eq!(typed("z", KeyCode::KeyZ, PLAIN), None);
    }

    #[test]
    fn training_and_files_are_passed_on() {
        let space = command_of(&Key::Space, KeyCode::Space, PLAIN);
        assert_eq!(space, Some(Command::Pass(Shortcut::TogglePlay)));
        let save = typed("s", KeyCode::KeyS, CTRL);
        assert_eq!(save, Some(Command::Pass(Shortcut::Save)));
        assert_eq!(typed("s", KeyCode::KeyS, PLAIN), None);
    }

    #[test]
    fn a_key_held_down_removes_once_but_goes_on_nudging() {
        assert!(!Command::Remove.repeats());
        assert!(!Command::Pass(Shortcut::TogglePlay).repeats());
        assert!(Command::Nudge(Vec2::X).repeats());
    }
}
