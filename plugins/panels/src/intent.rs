//! What a person wants, as panels say it, and what is said to those who keep files.

use bevy::prelude::*;
use graph::{Pinned, Subject};
use network::{KindId, NodeId};
use project::Edit;
use theme::Look;
use training::{Order, Pace, RowChoice, WalkOrder};

use crate::flow::FlowSettings;
use crate::wires::WireSettings;

/// What a person wants. Panels return it and change nothing themselves.
#[expect(
    clippy::large_enum_variant,
    reason = "there are a few a second, and each is moved once or twice"
)]
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Make an edit.
    Edit {
        /// In the person's words: "rename neuron".
        label: &'static str,
        /// The edit.
        edit: Edit,
        /// Whether it goes on with the last one, as a slider being dragged does.
        is_continued: bool,
    },
    /// What was dragged is released: the next edit is a step of its own.
    CloseStep,
    /// Undo the last step.
    Undo,
    /// Do the last undone step again.
    Redo,
    /// Bring all unfrozen numbers back to their starts.
    Reset,
    /// Draw new starts from another seed.
    NewSeed,
    /// Train, pause, evaluate.
    Order(Order),
    /// Train at another pace.
    SetPace(Pace),
    /// Something about files.
    File(FileIntent),
    /// Put a neuron where the pointer let it go.
    PlaceNeuron {
        /// What it is.
        kind: KindId,
        /// Logical pixels from the window's upper left corner.
        at_screen: [f32; 2],
    },
    /// Put a neuron near a place, where it covers no other.
    AddNeuron {
        /// What it is.
        kind: KindId,
        /// Logical pixels from the window's upper left corner.
        near_screen: [f32; 2],
    },
    /// Put a note on the canvas, to be written on at once.
    PlaceNote {
        /// Logical pixels from the window's upper left corner; `None`: in the middle of
        /// what is seen.
        at_screen: Option<[f32; 2]>,
    },
    /// Draw wires in another way.
    SetWires(WireSettings),
    /// Show everything in another look.
    SetLook(Look),
    /// Let nothing move, or let things move again.
    ReduceMotion(bool),
    /// Arrange or show the network.
    View(ViewIntent),
    /// Feed these values to the inputs by hand, in the data's own units.
    Probe(Vec<(NodeId, f32)>),
    /// Keep a neuron's large map in sight, or let it go.
    Pin(Pinned),
    /// Span the maps by these inputs: from left to right, from bottom to top.
    SpanMap([NodeId; 2]),
    /// Hold an input that does not span the maps here; `None`: at its mean.
    HoldInput(NodeId, Option<f32>),
    /// Show another row on the canvas.
    Show(RowChoice),
    /// Let values flow in another way.
    SetFlow(FlowSettings),
    /// Something about slow motion.
    Walk(WalkOrder),
    /// Select only this.
    Select(Subject),
    /// Tell the person why something did not happen.
    Refuse(String),
}

impl Intent {
    /// An edit that is a step of its own.
    #[must_use]
    pub fn edit(label: &'static str, edit: Edit) -> Self {
        Self::Edit {
            label,
            edit,
            is_continued: false,
        }
    }
}

/// What a person wants of files. Whoever keeps files reads it.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileIntent {
    /// An empty project.
    New,
    /// Open a project.
    Open,
    /// Save to the known file.
    Save,
    /// Save to another file.
    SaveAs,
    /// Load data from a CSV file.
    LoadCsv,
    /// Open the example of this index in [`FileState::examples`].
    OpenExample(usize),
    /// End what [`Undertaking`](crate::Undertaking) tells of.
    Cancel,
}

/// What panels show of files. Whoever keeps files fills it.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct FileState {
    /// What the open file is called; `None` for a project never saved.
    pub name: Option<String>,
    /// Title and one sentence of each shipped example.
    pub examples: Vec<(String, String)>,
}

/// The person wants another look, in the panels and on the canvas.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetLook(pub Look);

/// The person wants less movement, or movement again, in the panels and on the
/// canvas.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReduceMotion(pub bool);

/// What a person wants of the canvas as a whole. Whoever has the camera reads it.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewIntent {
    /// Lay the network out in layers.
    TidyUp,
    /// Show all of it.
    ShowAll,
    /// Show what is selected.
    ShowSelection,
    /// Save a picture of it, in dots.
    SavePicture,
    /// Save a drawing of it, in lines.
    SaveDrawing,
    /// Open or close the legend.
    ToggleLegend,
}

/// The person wants a note on the canvas, here in logical pixels of the window or where
/// they look.
#[derive(Message, Clone, Copy, Debug, PartialEq)]
pub struct PlaceNote(pub Option<[f32; 2]>);

/// The question that is asked just now, if any. Whoever asked takes it away when
/// the [`Answer`] comes.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked(pub Option<crate::Question>);

/// The answer to the question in [`Asked`].
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Do what is proposed first.
    Yes,
    /// Do the other thing.
    No,
    /// Do nothing.
    Cancel,
}
