//! The edits: everything that can be changed in a project, as values.

use std::collections::BTreeSet;

use datasets::{Column, Row, Split, Table};
use network::{
    Activation, Edge, EdgeId, ElementId, Learning, NetworkError, Node, NodeId, Position, Snapshot,
};
use serde::{Deserialize, Serialize};

use crate::{
    ArrangementError, Group, GroupId, Note, NoteId, ProjectError, SettingsError, TrainingSettings,
};

/// A column and its place among the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlacedColumn {
    /// How many columns are left of it.
    pub index: u32,
    /// The column, with as many rows as the table.
    pub column: Column,
}

/// What training has found so far, all of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// Values and starts of all learnable numbers.
    pub snapshot: Snapshot,
    /// The epochs behind them.
    pub epochs: u32,
}

/// One change to a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Edit {
    /// Adds a node with edges from and to it, and its column; without a column,
    /// an input or output gets one of zeros behind the others of its role.
    AddNode {
        /// The node.
        node: Node,
        /// Its edges.
        edges: Vec<Edge>,
        /// Its column.
        column: Option<PlacedColumn>,
    },
    /// Removes a node with its edges and its column, and takes it out of its group
    /// as [`Self::Leave`] does.
    RemoveNode(NodeId),
    /// Adds an edge.
    AddEdge(Edge),
    /// Removes an edge.
    RemoveEdge(EdgeId),
    /// Puts nodes elsewhere on the canvas.
    Move(Vec<(NodeId, Position)>),
    /// Renames a node and its column.
    Rename(NodeId, String),
    /// Gives a node another activation.
    SetActivation(NodeId, Activation),
    /// Has a node learn otherwise.
    SetLearning(NodeId, Learning),
    /// Sets a learnable number, and what a reset brings back.
    SetValue {
        /// Which.
        id: ElementId,
        /// The number now.
        value: f32,
        /// The number after a reset.
        start: f32,
    },
    /// Freezes or thaws a learnable number.
    SetFrozen {
        /// Which.
        id: ElementId,
        /// Whether it is frozen from now on.
        is_frozen: bool,
    },
    /// Cuts a learnable number out, which makes it 0, or gives it back, at 0.
    SetPruned {
        /// Which.
        id: ElementId,
        /// Whether it is cut out from now on.
        is_pruned: bool,
    },
    /// Replaces all learnable numbers: a reset, a new start, a rescue.
    Restore(Box<Learned>),
    /// Replaces the training settings.
    SetTraining(TrainingSettings),
    /// Divides the rows otherwise.
    SetSplit(Split),
    /// Sets one number of the data.
    SetCell {
        /// From 0.
        row: u32,
        /// The neuron of the column.
        node: NodeId,
        /// Index within the value, row-major; 0 for a scalar.
        element: u32,
        /// The number.
        value: f32,
    },
    /// Adds rows before the row of this index.
    InsertRows {
        /// From 0 to the number of rows.
        at: u32,
        /// The rows.
        rows: Vec<Row>,
    },
    /// Removes rows from this index on.
    RemoveRows {
        /// From 0.
        at: u32,
        /// How many.
        count: u32,
    },
    /// Replaces the data; columns may come in another order.
    SetTable(Box<Table>),
    /// Adds a group; its members are in no other.
    AddGroup(Group),
    /// Removes a group; its members stay.
    RemoveGroup(GroupId),
    /// Replaces the group of the same number: its name, its members, its fold.
    SetGroup(Group),
    /// Puts a node that is in no group into one.
    Join(NodeId, GroupId),
    /// Takes a node out of its group. A group whose last member leaves is removed.
    Leave(NodeId),
    /// Adds a note.
    AddNote(Note),
    /// Removes a note.
    RemoveNote(NoteId),
    /// Replaces the note of the same number.
    SetNote(Note),
    /// Several edits that are done and undone together.
    Batch(#[serde(deserialize_with = "crate::nested::read")] Vec<Edit>),
}

impl Edit {
    /// How many lists of edits may lie in each other in a message or a file; the app makes
    /// three at most. Each costs stack and up to a mebibyte while it is read.
    pub const MOST_NESTED: usize = 16;

    /// Whether both set the same one thing, so that the later makes the earlier
    /// a mere step on the way (a slider being dragged).
    #[must_use]
    pub fn sets_the_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::SetValue { id: a, .. }, Self::SetValue { id: b, .. }) => a == b,
            (Self::Rename(a, _), Self::Rename(b, _)) => a == b,
            (Self::SetGroup(a), Self::SetGroup(b)) => a.id == b.id,
            (Self::SetNote(a), Self::SetNote(b)) => a.id == b.id,
            (Self::SetTraining(_), Self::SetTraining(_))
            | (Self::SetSplit(_), Self::SetSplit(_)) => true,
            (
                Self::SetCell {
                    row: a,
                    node: b,
                    element: c,
                    ..
                },
                Self::SetCell {
                    row: x,
                    node: y,
                    element: z,
                    ..
                },
            ) => (a, b, c) == (x, y, z),
            _ => false,
        }
    }

    /// Whether the engine has anything to do with it: what is moved, grouped or
    /// noted down changes nothing that is computed.
    #[must_use]
    pub fn concerns_engine(&self) -> bool {
        match self {
            Self::Move(_)
            | Self::AddGroup(_)
            | Self::RemoveGroup(_)
            | Self::SetGroup(_)
            | Self::Join(..)
            | Self::Leave(_)
            | Self::AddNote(_)
            | Self::RemoveNote(_)
            | Self::SetNote(_) => false,
            Self::Batch(edits) => edits.iter().any(Self::concerns_engine),
            _ => true,
        }
    }

    /// What of it the engine has to be told; `None` when it has nothing to do with
    /// it. The engine is never told of groups and notes, so of a batch it must get
    /// the rest only: it could not follow a neuron into a group it never heard of.
    #[must_use]
    pub fn for_engine(&self) -> Option<Self> {
        match self {
            Self::Batch(edits) => {
                let edits: Vec<_> = edits.iter().filter_map(Self::for_engine).collect();
                (!edits.is_empty()).then_some(Self::Batch(edits))
            }
            edit => edit.concerns_engine().then(|| edit.clone()),
        }
    }
}

/// What an edit has touched, so that others follow at the cost of the change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Nodes added, removed or changed.
    pub nodes: BTreeSet<NodeId>,
    /// Edges added, removed or changed.
    pub edges: BTreeSet<EdgeId>,
    /// Groups added, removed or changed, be it by the removal or return of a member.
    pub groups: BTreeSet<GroupId>,
    /// Notes added, removed or changed.
    pub notes: BTreeSet<NoteId>,
    /// Whether nodes or edges came or went.
    pub is_structure: bool,
    /// Whether all learnable numbers may have changed.
    pub is_learned: bool,
    /// Whether the data changed.
    pub is_table: bool,
    /// Whether settings or the split changed.
    pub is_settings: bool,
}

impl Touched {
    pub(crate) fn add(&mut self, other: Self) {
        self.nodes.extend(other.nodes);
        self.edges.extend(other.edges);
        self.groups.extend(other.groups);
        self.notes.extend(other.notes);
        self.is_structure |= other.is_structure;
        self.is_learned |= other.is_learned;
        self.is_table |= other.is_table;
        self.is_settings |= other.is_settings;
    }
}

/// An edit that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// The edit that undoes it.
    pub inverse: Edit,
    /// What it touched.
    pub touched: Touched,
}

/// Why an edit was refused. Nothing was changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EditError {
    /// The network does not allow it.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The data does not allow it.
    #[error(transparent)]
    Table(#[from] datasets::TableError),
    /// It would not fit the rest of the project.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// The groups and notes do not allow it.
    #[error(transparent)]
    Arrangement(#[from] ArrangementError),
    /// A setting out of its range.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// There are no such rows.
    #[error("there is no row {}; the table has {rows} rows", row + 1)]
    NoSuchRow {
        /// The one asked for, from 0.
        row: u32,
        /// How many there are.
        rows: usize,
    },
    /// An edge of another node came with a node.
    #[error("the connection number {} does not touch “{node}”", edge.0)]
    ForeignEdge {
        /// The edge.
        edge: EdgeId,
        /// The node.
        node: String,
    },
}
