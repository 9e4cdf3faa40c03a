//! Pointers: what mouse, fingers, pens and cursors do, told to the gesture.

use bevy::ecs::system::SystemParam;
use bevy::picking::pointer::{PointerAction, PointerButton, PointerId, PointerInput};
use bevy::prelude::*;
use bevy::window::CursorLeft;
use graph::{EditSystems, Edited, Hovered, HoveredBundle, HoveredGroup};

use crate::ControlSystems;
use crate::gesture::{Act, Event, Gesture, Press, Under};
use crate::hands::Hands;
use crate::lens::Lens;
use crate::scene::follow_edits;
use crate::third_party::egui::Panels;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<CurrentGesture>();
    app.init_resource::<Resting>();
    app.add_message::<PointerInput>();
    app.add_message::<CursorLeft>();
    app.add_systems(
        Update,
        (
            read_pointers.run_if(on_message::<PointerInput>),
            notice_rest.run_if(may_rest),
            forget_hover.run_if(on_message::<CursorLeft>),
        )
            .chain()
            .in_set(ControlSystems::Read),
    );
    app.add_systems(
        Update,
        end_with_project
            .in_set(EditSystems::Follow)
            .after(follow_edits)
            .run_if(on_message::<Edited>),
    );
}

/// What is pointed at.
#[derive(SystemParam)]
pub(crate) struct Pointed<'w> {
    subject: ResMut<'w, Hovered>,
    group: ResMut<'w, HoveredGroup>,
    bundle: ResMut<'w, HoveredBundle>,
}

impl Pointed<'_> {
    fn set(&mut self, under: Under) {
        self.subject.set_if_neq(Hovered(under.subject()));
        let (group, bundle) = match under {
            Under::Group(id) => (Some(id), None),
            Under::Bundle(ends) => (None, Some(ends)),
            _ => (None, None),
        };
        self.group.set_if_neq(HoveredGroup(group));
        self.bundle.set_if_neq(HoveredBundle(bundle));
    }
}

/// What is going on on the canvas.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct CurrentGesture(pub Gesture);

/// How long the pointer that is down has not moved, in seconds.
#[derive(Resource, Clone, Copy, Debug, Default)]
pub(crate) struct Resting {
    secs: f32,
}

pub(crate) fn read_pointers(
    mut inputs: MessageReader<PointerInput>,
    keys: Option<Res<ButtonInput<KeyCode>>>,
    mut gesture: ResMut<CurrentGesture>,
    mut resting: ResMut<Resting>,
    mut pointed: Pointed,
    mut panels: Panels,
    mut hands: Hands,
) {
    let is_adding = keys.is_some_and(|keys| holds_adding_key(&keys));
    let mut hover_px = None;
    for input in inputs.read() {
        let px = input.location.position;
        // The lens is asked anew for each input: the one before may have moved it.
        let Some(lens) = hands.stage.lens().filter(|_| px.is_finite()) else {
            continue;
        };
        match input.pointer_id {
            PointerId::Mouse => hover_px = Some(px),
            PointerId::Touch(_) | PointerId::Custom(_) => {}
        }
        let Some(act) = act_of(input, &gesture.0) else {
            continue;
        };
        let is_press = matches!(act, Act::Press(_));
        if is_press && panels.cover(px) {
            continue;
        }
        let event = event(input, act, &lens, is_adding, &hands);
        let (next, effects) = gesture.0.after(&event);
        if is_press {
            resting.secs = 0.0;
        }
        gesture.set_if_neq(CurrentGesture(next));
        if input.pointer_id.is_touch() && !has_rested(&next) {
            // A finger points at something only while it rests on it.
            pointed.set(Under::Nothing);
        }
        for effect in effects {
            hands.carry_out(effect, input.pointer_id.is_touch());
        }
    }
    if let Some(px) = hover_px
        && gesture.0.is_idle()
        && let Some(lens) = hands.stage.lens()
    {
        let under = if panels.cover(px) {
            Under::Nothing
        } else {
            hands.under(&lens, lens.spot(px), false)
        };
        pointed.set(under);
    }
}

fn has_rested(gesture: &Gesture) -> bool {
    matches!(
        gesture,
        Gesture::Pressed {
            has_rested: true,
            ..
        }
    )
}

/// What an input means for a gesture, if anything.
fn act_of(input: &PointerInput, gesture: &Gesture) -> Option<Act> {
    match input.action {
        PointerAction::Press(PointerButton::Primary) => Some(Act::Press(Press::default())),
        PointerAction::Release(PointerButton::Primary) => Some(Act::Release),
        PointerAction::Move { .. } => Some(Act::Move),
        PointerAction::Cancel => Some(Act::Cancel),
        PointerAction::Press(PointerButton::Secondary) if !gesture.is_idle() => Some(Act::Cancel),
        PointerAction::Press(_) | PointerAction::Release(_) | PointerAction::Scroll { .. } => None,
    }
}

fn event(input: &PointerInput, act: Act, lens: &Lens, is_adding: bool, hands: &Hands) -> Event {
    let is_finger = input.pointer_id.is_touch();
    let spot = lens.spot(input.location.position);
    let act = match act {
        Act::Press(_) => {
            let under = match hands.under(lens, spot, is_finger) {
                Under::Body(id) if hands.connect_mode.0 && !is_adding => Under::Rim(id),
                under => under,
            };
            Act::Press(Press {
                under,
                is_selected: is_selected(under, hands),
                is_adding,
            })
        }
        act => act,
    };
    Event {
        pointer: input.pointer_id,
        spot,
        act,
        click_slop_px: hands.reach(lens, is_finger).click_slop_px,
    }
}

/// Whether what would be selected is.
fn is_selected(under: Under, hands: &Hands) -> bool {
    if let Under::Bundle([from, to]) = under {
        let wires = hands.folding.folded().bundle(from, to);
        let selected = &hands.selection.edges;
        return wires.len() <= selected.len() && wires.iter().all(|id| selected.contains(id));
    }
    let group = under
        .group()
        .and_then(|id| hands.document.project().group(id));
    match (under.subject(), group) {
        (Some(subject), _) => hands.selection.contains(subject),
        (None, Some(group)) => hands.selection.contains_group(group),
        (None, None) => false,
    }
}

/// Shift and Ctrl (on a Mac Command) select more.
fn holds_adding_key(keys: &ButtonInput<KeyCode>) -> bool {
    keys.any_pressed([
        KeyCode::ShiftLeft,
        KeyCode::ShiftRight,
        KeyCode::ControlLeft,
        KeyCode::ControlRight,
        KeyCode::SuperLeft,
        KeyCode::SuperRight,
    ])
}

/// Whether a pointer is down that has no keys beside it. A mouse that rests is only
/// a slow mouse.
pub(crate) fn may_rest(gesture: Res<CurrentGesture>) -> bool {
    matches!(
        gesture.0,
        Gesture::Pressed { pointer, has_rested: false, .. } if !pointer.is_mouse()
    )
}

pub(crate) fn notice_rest(
    time: Res<Time<Real>>,
    mut gesture: ResMut<CurrentGesture>,
    mut resting: ResMut<Resting>,
    mut pointed: Pointed,
    mut hands: Hands,
) {
    let Gesture::Pressed {
        pointer,
        from,
        press,
        ..
    } = gesture.0
    else {
        return;
    };
    resting.secs += time.delta_secs();
    // A pointer that rests asks for more: on a panel an explanation, here more of the
    // selection. Both come after the same time.
    if resting.secs * 1000.0 < hands.theme.0.motion.hover_delay_ms {
        return;
    }
    pointed.set(press.under);
    let (next, effects) = gesture.0.after(&Event {
        pointer,
        spot: from,
        act: Act::Rest,
        click_slop_px: 0.0,
    });
    gesture.set_if_neq(CurrentGesture(next));
    for effect in effects {
        hands.carry_out(effect, pointer.is_touch());
    }
}

fn forget_hover(mut pointed: Pointed) {
    pointed.set(Under::Nothing);
}

/// A gesture does not outlive the project it began in, nor a wire the neuron it
/// hangs on.
pub(crate) fn end_with_project(
    mut edited: MessageReader<Edited>,
    mut gesture: ResMut<CurrentGesture>,
    mut hands: Hands,
) {
    let is_other = edited.read().any(|edited| edited.edit.is_none());
    let network = hands.document.project().network();
    let is_orphaned = match gesture.0 {
        Gesture::Wiring { from, .. } => network.node(from).is_none(),
        _ => false,
    };
    if is_other || is_orphaned {
        let (idle, effects) = gesture.0.cancelled();
        gesture.set_if_neq(CurrentGesture(idle));
        for effect in effects {
            hands.carry_out(effect, false);
        }
    }
}
