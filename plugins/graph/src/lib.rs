#![doc = include_str!("../README.md")]

mod components;
mod document;
mod folding;
mod mirror;
mod requests;
mod selection;
mod values;

use bevy::prelude::*;

pub use components::{Connection, Incoming, Neuron, Outgoing, Placement, Source, Target, Transfer};
pub use document::{Document, Snapshot};
pub use folding::Folding;
pub use mirror::{Backlog, Description, EntityIndex, describe};
pub use project::{Folded, Group, GroupId, Thing, Touched};
pub use requests::{Edited, Notice, NoticeKind, Request, Step, sentence};
pub use selection::{Hovered, HoveredBundle, HoveredGroup, Pinned, Selection, Subject};
pub use values::{Changed, Values};

/// When edits are made and followed, in `Update`.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EditSystems {
    /// Pointer, keys and panels have spoken: requests become edits here, and the
    /// entities follow.
    Apply,
    /// Others follow `Edited`: the engine is told, the canvas is rebuilt.
    Follow,
}

/// Holds the open project in the world.
pub struct GraphPlugin;

impl Plugin for GraphPlugin {
    fn build(&self, app: &mut App) {
        app.configure_sets(Update, (EditSystems::Apply, EditSystems::Follow).chain());
        app.add_plugins((
            document::plugin,
            folding::plugin,
            mirror::plugin,
            requests::plugin,
            selection::plugin,
            values::plugin,
        ));
    }
}
