//! The state machine by itself: acts in, effects out.

use super::*;

const MOUSE: PointerId = PointerId::Mouse;
const FINGER: PointerId = PointerId::Touch(1);
const THUMB: PointerId = PointerId::Touch(2);
const NEURON: NodeId = NodeId(7);

/// Scene units are pixels with y up.
fn at(pointer: PointerId, x: f32, y: f32, act: Act) -> Event {
    Event {
        pointer,
        spot: Spot {
            px: Vec2::new(x, y),
            scene: Vec2::new(x, -y),
        },
        act,
        click_slop_px: 4.0,
    }
}

fn press(under: Under) -> Act {
    Act::Press(Press {
        under,
        ..Press::default()
    })
}

fn run(events: &[Event]) -> (Gesture, Vec<Effect>) {
    events
        .iter()
        .fold((Gesture::Idle, Vec::new()), |(gesture, mut all), event| {
            let (next, effects) = gesture.after(event);
            all.extend(effects);
            (next, all)
        })
}

#[test]
fn a_press_that_trembles_is_a_click_and_no_drag() {
    let (gesture, effects) = run(&[
        at(MOUSE, 0.0, 0.0, press(Under::Body(NEURON))),
        at(MOUSE, 2.0, 2.0, Act::Move),
        at(MOUSE, 2.0, 2.0, Act::Release),
    ]);
    assert!(gesture.is_idle());
    assert_eq!(
        effects,
        [
            Effect::Grab {
                node: NEURON,
                is_adding: false
            },
            Effect::Click {
                under: Under::Body(NEURON),
                is_adding: false,
                was_selected: false
            }
        ]
    );
}

#[test]
fn a_body_is_carried_the_whole_way_from_where_it_was_pressed() {
    let (gesture, effects) = run(&[
        at(MOUSE, 10.0, 10.0, press(Under::Body(NEURON))),
        at(MOUSE, 40.0, 10.0, Act::Move),
        at(MOUSE, 60.0, 30.0, Act::Release),
    ]);
    assert!(gesture.is_idle());
    assert_eq!(
        effects[1..],
        [
            Effect::Carry {
                by: Vec2::new(30.0, 0.0)
            },
            Effect::PutDown {
                by: Vec2::new(50.0, -20.0)
            }
        ]
    );
}

#[test]
fn a_rim_draws_a_wire_and_moves_nothing() {
    let (_, effects) = run(&[
        at(MOUSE, 0.0, 0.0, press(Under::Rim(NEURON))),
        at(MOUSE, 50.0, 0.0, Act::Move),
        at(MOUSE, 90.0, 0.0, Act::Release),
    ]);
    assert_eq!(effects.len(), 2, "{effects:?}");
    assert!(matches!(effects[0], Effect::Pull { from: NEURON, .. }));
    assert!(matches!(effects[1], Effect::LetGo { from: NEURON, to } if to.px.x == 90.0));
}

#[test]
fn the_empty_canvas_pans_by_what_the_pointer_moved() {
    let (gesture, effects) = run(&[
        at(FINGER, 0.0, 0.0, press(Under::Nothing)),
        at(FINGER, 20.0, 0.0, Act::Move),
        at(FINGER, 25.0, 5.0, Act::Move),
    ]);
    assert!(matches!(gesture, Gesture::Panning { .. }));
    let panned: Vec2 = effects
        .iter()
        .map(|effect| match effect {
            Effect::Pan { by_px } => *by_px,
            other => panic!("panning never does {other:?}"),
        })
        .sum();
    assert_eq!(panned, Vec2::new(25.0, 5.0));
}

#[test]
fn two_fingers_grow_the_canvas_about_their_middle_and_one_goes_on_panning() {
    let (gesture, effects) = run(&[
        at(FINGER, 100.0, 100.0, press(Under::Nothing)),
        at(THUMB, 200.0, 100.0, press(Under::Body(NEURON))),
        at(THUMB, 300.0, 100.0, Act::Move),
    ]);
    assert!(matches!(gesture, Gesture::Pinching { .. }));
    assert_eq!(
        effects,
        [
            Effect::Pan {
                by_px: Vec2::new(50.0, 0.0)
            },
            Effect::Zoom {
                about_px: Vec2::new(200.0, 100.0),
                factor: 2.0
            }
        ]
    );
    let (gesture, effects) = gesture.after(&at(FINGER, 100.0, 100.0, Act::Release));
    assert_eq!(gesture.owner(), Some(THUMB));
    assert_eq!(effects, []);
}

#[test]
fn a_second_finger_does_not_disturb_one_that_carries_a_neuron() {
    let carrying = [
        at(FINGER, 0.0, 0.0, press(Under::Body(NEURON))),
        at(FINGER, 30.0, 0.0, Act::Move),
    ];
    let (before, _) = run(&carrying);
    let (after, effects) = before.after(&at(THUMB, 90.0, 90.0, press(Under::Nothing)));
    assert_eq!((before, effects), (after, Vec::new()));
}

#[test]
fn cancelling_puts_everything_back_and_a_cancelled_click_is_none() {
    let (gesture, effects) = run(&[
        at(MOUSE, 0.0, 0.0, press(Under::Body(NEURON))),
        at(MOUSE, 30.0, 0.0, Act::Move),
        at(MOUSE, 30.0, 0.0, Act::Cancel),
        at(MOUSE, 30.0, 0.0, Act::Release),
    ]);
    assert!(gesture.is_idle());
    assert_eq!(effects.last(), Some(&Effect::PutBack));
    let (_, effects) = run(&[
        at(FINGER, 0.0, 0.0, press(Under::Nothing)),
        at(FINGER, 0.0, 0.0, Act::Cancel),
    ]);
    assert_eq!(effects, []);
}

#[test]
fn resting_selects_more_once_and_letting_go_then_does_nothing() {
    let (gesture, effects) = run(&[
        at(FINGER, 0.0, 0.0, press(Under::Body(NEURON))),
        at(FINGER, 0.0, 0.0, Act::Rest),
        at(FINGER, 0.0, 0.0, Act::Rest),
        at(FINGER, 0.0, 0.0, Act::Release),
    ]);
    assert!(gesture.is_idle());
    assert_eq!(effects.len(), 2, "{effects:?}");
    assert!(matches!(
        effects[1],
        Effect::Click {
            is_adding: true,
            ..
        }
    ));
}

#[test]
fn a_finger_that_rests_on_the_canvas_pulls_a_rectangle() {
    let (_, effects) = run(&[
        at(FINGER, 10.0, 0.0, press(Under::Nothing)),
        at(FINGER, 10.0, 0.0, Act::Rest),
        at(FINGER, 60.0, 40.0, Act::Move),
        at(FINGER, 60.0, 40.0, Act::Release),
    ]);
    let rect = Rect::from_corners(Vec2::new(10.0, 0.0), Vec2::new(60.0, -40.0));
    assert_eq!(
        effects.last(),
        Some(&Effect::TakeBox {
            rect,
            is_adding: true
        })
    );
}

#[test]
fn a_lost_release_is_made_up_for_by_the_next_press() {
    let (gesture, effects) = run(&[
        at(MOUSE, 0.0, 0.0, press(Under::Rim(NEURON))),
        at(MOUSE, 30.0, 0.0, Act::Move),
        at(MOUSE, 90.0, 0.0, press(Under::Nothing)),
    ]);
    assert_eq!(effects.last(), Some(&Effect::PutBack));
    assert!(matches!(gesture, Gesture::Pressed { .. }));
}
