//! The state machine of gestures: pure, without a world, a camera or a clock.

use bevy::math::{Rect, Vec2};
use bevy::picking::pointer::PointerId;
use graph::Subject;
use network::{EdgeId, NodeId};

/// What lies under a pointer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Under {
    /// Empty canvas.
    #[default]
    Nothing,
    /// The body of a neuron: it can be carried.
    Body(NodeId),
    /// The rim of a neuron: a wire can be drawn from it.
    Rim(NodeId),
    /// A wire.
    Wire(EdgeId),
}

impl Under {
    /// What would be selected.
    #[must_use]
    pub fn subject(self) -> Option<Subject> {
        match self {
            Self::Nothing => None,
            Self::Body(id) | Self::Rim(id) => Some(Subject::Node(id)),
            Self::Wire(id) => Some(Subject::Edge(id)),
        }
    }
}

/// Where a pointer is, said twice.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spot {
    /// In the window: logical pixels, y down.
    pub px: Vec2,
    /// In the scene: scene units, y up.
    pub scene: Vec2,
}

/// A pointer is pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Press {
    /// What is under it.
    pub under: Under,
    /// Whether that is selected.
    pub is_selected: bool,
    /// Whether the person holds the key that selects more.
    pub is_adding: bool,
}

/// What a pointer did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Act {
    /// Its main button or the finger went down.
    Press(Press),
    /// It moved.
    Move,
    /// Its main button or the finger went up.
    Release,
    /// It has rested, pressed, long enough to mean something else.
    Rest,
    /// It was taken away, or the person wants everything back.
    Cancel,
}

/// An act with its pointer and place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Whose.
    pub pointer: PointerId,
    /// Where.
    pub spot: Spot,
    /// What.
    pub act: Act,
    /// How far this pointer may tremble and still click, in logical pixels.
    pub click_slop_px: f32,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Effect {
    /// A neuron was taken hold of: it becomes selected, so that it can be carried.
    Grab {
        /// The neuron.
        node: NodeId,
        /// Whether the others stay selected.
        is_adding: bool,
    },
    /// Something was clicked or tapped.
    Click {
        /// What.
        under: Under,
        /// Whether the person selects more.
        is_adding: bool,
        /// Whether it was selected when the pointer went down.
        was_selected: bool,
    },
    /// The selected neurons are carried along, this far from where they were.
    Carry {
        /// In scene units.
        by: Vec2,
    },
    /// They are put down.
    PutDown {
        /// In scene units.
        by: Vec2,
    },
    /// A wire is pulled from a neuron to here.
    Pull {
        /// The neuron.
        from: NodeId,
        /// Where its loose end is.
        to: Spot,
    },
    /// The wire is let go here.
    LetGo {
        /// The neuron.
        from: NodeId,
        /// Where its loose end is.
        to: Spot,
    },
    /// A rectangle is pulled.
    Box(Rect),
    /// What the rectangle holds is selected.
    TakeBox {
        /// In scene units.
        rect: Rect,
        /// Whether the others stay selected.
        is_adding: bool,
    },
    /// The canvas moves under the pointer.
    Pan {
        /// In logical pixels, y down.
        by_px: Vec2,
    },
    /// The canvas grows under two fingers.
    Zoom {
        /// The middle between them, in logical pixels.
        about_px: Vec2,
        /// Above 1 to see things larger.
        factor: f32,
    },
    /// Everything goes back to where it was.
    PutBack,
}

/// What is going on. One pointer owns it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Gesture {
    /// Nothing.
    #[default]
    Idle,
    /// A pointer is down and has not moved yet.
    Pressed {
        /// Whose.
        pointer: PointerId,
        /// Where it went down.
        from: Spot,
        /// On what.
        press: Press,
        /// Whether resting has already done something, so that letting go does not.
        has_rested: bool,
    },
    /// Neurons are carried.
    Carrying {
        /// Whose.
        pointer: PointerId,
        /// Where they were taken.
        from: Spot,
    },
    /// A wire is drawn.
    Wiring {
        /// Whose.
        pointer: PointerId,
        /// The neuron at its other end.
        from: NodeId,
    },
    /// A selection rectangle is pulled.
    Boxing {
        /// Whose.
        pointer: PointerId,
        /// Its first corner, in scene units.
        corner: Vec2,
        /// Whether the others stay selected.
        is_adding: bool,
    },
    /// The canvas is moved.
    Panning {
        /// Whose.
        pointer: PointerId,
        /// Where the pointer was last, in logical pixels.
        last_px: Vec2,
    },
    /// The canvas is moved and scaled with two fingers.
    Pinching {
        /// Whose.
        pointers: [PointerId; 2],
        /// Where they were last, in logical pixels.
        last_px: [Vec2; 2],
    },
}

impl Gesture {
    /// Whether nothing is going on.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        *self == Self::Idle
    }

    /// Whether something on the canvas, rather than the view, is being changed.
    #[must_use]
    pub fn is_editing(&self) -> bool {
        matches!(
            self,
            Self::Carrying { .. } | Self::Wiring { .. } | Self::Boxing { .. }
        )
    }

    /// Whose it is; of two fingers the first.
    #[must_use]
    pub fn owner(&self) -> Option<PointerId> {
        match *self {
            Self::Idle => None,
            Self::Pressed { pointer, .. }
            | Self::Carrying { pointer, .. }
            | Self::Wiring { pointer, .. }
            | Self::Boxing { pointer, .. }
            | Self::Panning { pointer, .. } => Some(pointer),
            Self::Pinching { pointers, .. } => Some(pointers[0]),
        }
    }

    /// What comes after an event, and what is to be done.
    #[must_use]
    pub fn after(self, event: &Event) -> (Self, Vec<Effect>) {
        match self {
            Self::Idle => self.begin(event),
            Self::Pinching { pointers, last_px } => pinch(pointers, last_px, event),
            _ if self.owner() != Some(event.pointer) => self.meet(event),
            _ => self.go_on(event),
        }
    }

    /// Ends it without a result.
    #[must_use]
    pub fn cancelled(self) -> (Self, Vec<Effect>) {
        let effects = if self.is_editing() {
            vec![Effect::PutBack]
        } else {
            Vec::new()
        };
        (Self::Idle, effects)
    }

    fn begin(self, event: &Event) -> (Self, Vec<Effect>) {
        let Act::Press(press) = event.act else {
            return (self, Vec::new());
        };
        let pressed = Self::Pressed {
            pointer: event.pointer,
            from: event.spot,
            press,
            has_rested: false,
        };
        let effects = match press.under {
            Under::Body(node) if !press.is_selected => vec![Effect::Grab {
                node,
                is_adding: press.is_adding,
            }],
            _ => Vec::new(),
        };
        (pressed, effects)
    }

    /// Another pointer than the owner: two fingers that hold no neuron pinch.
    fn meet(self, event: &Event) -> (Self, Vec<Effect>) {
        let (pointer, last_px) = match self {
            Self::Pressed { pointer, from, .. } => (pointer, from.px),
            Self::Panning { pointer, last_px } => (pointer, last_px),
            _ => return (self, Vec::new()),
        };
        let is_finger = matches!(event.act, Act::Press(_)) && event.pointer.is_touch();
        if !is_finger || !pointer.is_touch() {
            return (self, Vec::new());
        }
        let pinching = Self::Pinching {
            pointers: [pointer, event.pointer],
            last_px: [last_px, event.spot.px],
        };
        (pinching, Vec::new())
    }

    fn go_on(self, event: &Event) -> (Self, Vec<Effect>) {
        let spot = event.spot;
        match (self, event.act) {
            (_, Act::Cancel) => self.cancelled(),
            // A button that went down twice: the release between was lost.
            (_, Act::Press(_)) => {
                let (idle, mut effects) = self.cancelled();
                let (next, begun) = idle.begin(event);
                effects.extend(begun);
                (next, effects)
            }
            (
                Self::Pressed {
                    pointer,
                    from,
                    press,
                    ..
                },
                Act::Move,
            ) => {
                if spot.px.distance(from.px) < event.click_slop_px {
                    return (self, Vec::new());
                }
                // The whole way counts, also that to here.
                start_drag(pointer, from, press).go_on(event)
            }
            (
                Self::Pressed {
                    press, has_rested, ..
                },
                Act::Release,
            ) => {
                let click = Effect::Click {
                    under: press.under,
                    is_adding: press.is_adding,
                    was_selected: press.is_selected,
                };
                let effects = if has_rested { Vec::new() } else { vec![click] };
                (Self::Idle, effects)
            }
            (
                Self::Pressed {
                    pointer,
                    from,
                    press,
                    has_rested: false,
                },
                Act::Rest,
            ) => rest(pointer, from, press),
            (Self::Carrying { from, .. }, Act::Move) => {
                let by = spot.scene - from.scene;
                (self, vec![Effect::Carry { by }])
            }
            (Self::Carrying { from, .. }, Act::Release) => {
                let by = spot.scene - from.scene;
                (Self::Idle, vec![Effect::PutDown { by }])
            }
            (Self::Wiring { from, .. }, Act::Move) => (self, vec![Effect::Pull { from, to: spot }]),
            (Self::Wiring { from, .. }, Act::Release) => {
                (Self::Idle, vec![Effect::LetGo { from, to: spot }])
            }
            (Self::Boxing { corner, .. }, Act::Move) => (
                self,
                vec![Effect::Box(Rect::from_corners(corner, spot.scene))],
            ),
            (
                Self::Boxing {
                    corner, is_adding, ..
                },
                Act::Release,
            ) => {
                let rect = Rect::from_corners(corner, spot.scene);
                (Self::Idle, vec![Effect::TakeBox { rect, is_adding }])
            }
            (Self::Panning { pointer, last_px }, Act::Move) => {
                let next = Self::Panning {
                    pointer,
                    last_px: spot.px,
                };
                let by_px = spot.px - last_px;
                (next, vec![Effect::Pan { by_px }])
            }
            (Self::Panning { .. }, Act::Release) => (Self::Idle, Vec::new()),
            _ => (self, Vec::new()),
        }
    }
}

/// What a press becomes once it moves.
fn start_drag(pointer: PointerId, from: Spot, press: Press) -> Gesture {
    match press.under {
        Under::Body(_) => Gesture::Carrying { pointer, from },
        Under::Rim(node) => Gesture::Wiring {
            pointer,
            from: node,
        },
        Under::Nothing if press.is_adding => Gesture::Boxing {
            pointer,
            corner: from.scene,
            is_adding: true,
        },
        Under::Nothing | Under::Wire(_) => Gesture::Panning {
            pointer,
            last_px: from.px,
        },
    }
}

/// What a press becomes when it rests: what a key would have made of it.
fn rest(pointer: PointerId, from: Spot, press: Press) -> (Gesture, Vec<Effect>) {
    if press.under == Under::Nothing {
        let boxing = Gesture::Boxing {
            pointer,
            corner: from.scene,
            is_adding: true,
        };
        let rect = Rect::from_corners(from.scene, from.scene);
        return (boxing, vec![Effect::Box(rect)]);
    }
    let rested = Gesture::Pressed {
        pointer,
        from,
        press,
        has_rested: true,
    };
    let more = Effect::Click {
        under: press.under,
        is_adding: true,
        was_selected: press.is_selected,
    };
    (rested, vec![more])
}

fn pinch(pointers: [PointerId; 2], last_px: [Vec2; 2], event: &Event) -> (Gesture, Vec<Effect>) {
    let same = Gesture::Pinching { pointers, last_px };
    let Some(moved) = pointers.iter().position(|&id| id == event.pointer) else {
        return (same, Vec::new());
    };
    let other = 1 - moved;
    match event.act {
        Act::Move => {
            let mut now_px = last_px;
            now_px[moved] = event.spot.px;
            let (old, new) = (
                last_px[0].distance(last_px[1]),
                now_px[0].distance(now_px[1]),
            );
            let about_px = now_px[0].midpoint(now_px[1]);
            let mut effects = vec![Effect::Pan {
                by_px: about_px - last_px[0].midpoint(last_px[1]),
            }];
            // Two fingers at one point have no distance to grow from.
            if old > 0.0 && new > 0.0 {
                effects.push(Effect::Zoom {
                    about_px,
                    factor: new / old,
                });
            }
            let next = Gesture::Pinching {
                pointers,
                last_px: now_px,
            };
            (next, effects)
        }
        Act::Release | Act::Cancel => {
            let panning = Gesture::Panning {
                pointer: pointers[other],
                last_px: last_px[other],
            };
            (panning, Vec::new())
        }
        Act::Press(_) | Act::Rest => (same, Vec::new()),
    }
}

#[cfg(test)]
mod tests {
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
}
