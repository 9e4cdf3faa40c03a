//! The state machine of gestures: pure, without a world, a camera or a clock.

mod events;

use bevy::math::{Rect, Vec2};
use bevy::picking::pointer::PointerId;
use network::NodeId;
use project::NoteId;

pub use self::events::{Act, Effect, Event, Press, Spot, Under};

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
    /// A note is carried, or its edge.
    CarryingNote {
        /// Whose.
        pointer: PointerId,
        /// Where it was taken.
        from: Spot,
        /// The note.
        note: NoteId,
        /// Whether it is its edge.
        is_edge: bool,
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
            Self::Carrying { .. }
                | Self::CarryingNote { .. }
                | Self::Wiring { .. }
                | Self::Boxing { .. }
        )
    }

    /// Whose it is; of two fingers the first.
    #[must_use]
    pub fn owner(&self) -> Option<PointerId> {
        match *self {
            Self::Idle => None,
            Self::Pressed { pointer, .. }
            | Self::Carrying { pointer, .. }
            | Self::CarryingNote { pointer, .. }
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
            Under::Group(group) | Under::Label(group) if !press.is_selected => {
                vec![Effect::GrabGroup {
                    group,
                    is_adding: press.is_adding,
                }]
            }
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
            (
                Self::CarryingNote {
                    from,
                    note,
                    is_edge,
                    ..
                },
                Act::Move,
            ) => {
                let by = spot.scene - from.scene;
                (self, vec![Effect::CarryNote { note, is_edge, by }])
            }
            (Self::CarryingNote { from, .. }, Act::Release) => {
                let by = spot.scene - from.scene;
                (Self::Idle, vec![Effect::PutNoteDown { by }])
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
        Under::Body(_) | Under::Group(_) | Under::Label(_) => Gesture::Carrying { pointer, from },
        Under::Note(note) | Under::NoteEdge(note) => Gesture::CarryingNote {
            pointer,
            from,
            note,
            is_edge: matches!(press.under, Under::NoteEdge(_)),
        },
        Under::Rim(node) => Gesture::Wiring {
            pointer,
            from: node,
        },
        Under::Nothing if press.is_adding => Gesture::Boxing {
            pointer,
            corner: from.scene,
            is_adding: true,
        },
        Under::Nothing | Under::Wire(_) | Under::Bundle(_) | Under::FoldButton(_) => {
            Gesture::Panning {
                pointer,
                last_px: from.px,
            }
        }
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
    let more = match (press.under, press.under.group()) {
        // A finger rests where a mouse clicks twice.
        (_, Some(group)) => Effect::Fold { group },
        (Under::Note(note), _) => Effect::Write { note },
        _ => Effect::Click {
            under: press.under,
            is_adding: true,
            was_selected: press.is_selected,
        },
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
mod tests;
