//! What gestures are told of a pointer, and what they ask for.

use bevy::math::{Rect, Vec2};
use bevy::picking::pointer::PointerId;
use graph::{GroupId, Subject, Thing};
use network::{EdgeId, NodeId};
use project::NoteId;

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
    /// A bundle of wires, by where it comes from and where it goes.
    Bundle([Thing; 2]),
    /// A folded group: it can be carried.
    Group(GroupId),
    /// The label of an open group: with it all its members are carried.
    Label(GroupId),
    /// The button that folds an open group.
    FoldButton(GroupId),
    /// A note: it can be carried.
    Note(NoteId),
    /// The edge by which a note is made wider.
    NoteEdge(NoteId),
}

impl Under {
    /// What would be selected.
    #[must_use]
    pub fn subject(self) -> Option<Subject> {
        match self {
            Self::Nothing
            | Self::Bundle(_)
            | Self::Group(_)
            | Self::Label(_)
            | Self::FoldButton(_)
            | Self::Note(_)
            | Self::NoteEdge(_) => None,
            Self::Body(id) | Self::Rim(id) => Some(Subject::Node(id)),
            Self::Wire(id) => Some(Subject::Edge(id)),
        }
    }

    /// The group of which all members would be selected.
    #[must_use]
    pub fn group(self) -> Option<GroupId> {
        match self {
            Self::Group(id) | Self::Label(id) | Self::FoldButton(id) => Some(id),
            _ => None,
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
    /// A group was taken hold of: its members become selected, so that they can be
    /// carried.
    GrabGroup {
        /// The group.
        group: GroupId,
        /// Whether the others stay selected.
        is_adding: bool,
    },
    /// A group is to be folded, or unfolded if it is.
    Fold {
        /// The group.
        group: GroupId,
    },
    /// A note is carried along, or its edge, this far from where it was.
    CarryNote {
        /// The note.
        note: NoteId,
        /// Whether it is its edge.
        is_edge: bool,
        /// In scene units.
        by: Vec2,
    },
    /// It is put down.
    PutNoteDown {
        /// In scene units.
        by: Vec2,
    },
    /// A note is to be written on.
    Write {
        /// The note.
        note: NoteId,
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
