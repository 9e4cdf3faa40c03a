//! Groups and notes: what a person arranges on the canvas around the network.

use std::collections::{BTreeMap, BTreeSet};

use network::{Network, Node, NodeId, Position};
use serde::{Deserialize, Serialize};

/// The stable number of a group, unique in its project.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct GroupId(pub u32);

/// The stable number of a note, unique in its project.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct NoteId(pub u32);

/// Neurons that belong together and can be folded into one thing. It has no place
/// of its own: it is drawn at the middle of its members' bounds, and moving it
/// moves its members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its number.
    pub id: GroupId,
    /// What the person calls it: 1 to 40 characters on one line. Two groups may
    /// have the same name.
    pub name: String,
    /// At least one; none of them in another group.
    pub members: BTreeSet<NodeId>,
    /// Whether it is drawn as one thing instead of its members.
    #[serde(default)]
    pub is_folded: bool,
    /// How wide the picture of its members' values is when it is folded: from 1;
    /// `None`: as square as can be.
    #[serde(default)]
    pub columns: Option<u16>,
}

impl Group {
    /// The longest name, in characters: that of a neuron.
    pub const MAX_NAME: usize = Node::MAX_NAME;

    /// An unfolded group whose picture is as square as can be.
    #[must_use]
    pub fn new(
        id: GroupId,
        name: impl Into<String>,
        members: impl IntoIterator<Item = NodeId>,
    ) -> Self {
        Self {
            id,
            name: name.into(),
            members: members.into_iter().collect(),
            is_folded: false,
            columns: None,
        }
    }

    /// How many columns and rows the picture of its members' values has. Members
    /// fill it row by row, by number; the last row may be short.
    #[must_use]
    pub fn picture_size(&self) -> [usize; 2] {
        let count = self.members.len();
        let root = count.isqrt();
        let square = root + usize::from(root * root < count);
        let columns = self
            .columns
            .map_or(square, usize::from)
            .clamp(1, count.max(1));
        [columns, count.div_ceil(columns)]
    }

    /// Whether it can be a group of this network, of groups aside.
    fn check(&self, network: &Network) -> Result<(), ArrangementError> {
        let is_blank = self.name.trim().is_empty();
        let is_long = self.name.chars().count() > Self::MAX_NAME;
        if is_blank || is_long || self.name.chars().any(char::is_control) {
            let shown = self.name.chars().take(Self::MAX_NAME + 1);
            return Err(ArrangementError::BadName(
                shown
                    .map(|letter| if letter.is_control() { '�' } else { letter })
                    .collect(),
            ));
        }
        if self.members.is_empty() {
            return Err(ArrangementError::NoMembers(self.name.clone()));
        }
        if let Some(&node) = self.members.iter().find(|&&id| network.node(id).is_none()) {
            return Err(ArrangementError::UnknownMember {
                group: self.name.clone(),
                node,
            });
        }
        if self.columns == Some(0) {
            return Err(ArrangementError::NoColumns(self.name.clone()));
        }
        Ok(())
    }
}

/// A text on the canvas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// Its number.
    pub id: NoteId,
    /// What it says: up to [`Self::MAX_TEXT`] characters on any number of lines;
    /// may be empty, as it is before the first letter is typed.
    pub text: String,
    /// Where its top left corner is, in scene units. Finite.
    pub position: Position,
    /// Where its lines break, in scene units: [`Self::MIN_WIDTH`] to
    /// [`Self::MAX_WIDTH`]. Its height follows from its text.
    #[serde(default = "default_width")]
    pub width: f32,
}

impl Note {
    /// The longest text, in characters.
    pub const MAX_TEXT: usize = 10_000;
    /// The smallest width, in scene units.
    pub const MIN_WIDTH: f32 = 40.0;
    /// The width of a new note, in scene units.
    pub const WIDTH: f32 = 240.0;
    /// The largest width, in scene units.
    pub const MAX_WIDTH: f32 = 4_000.0;

    /// A note of the usual width.
    #[must_use]
    pub fn new(id: NoteId, text: impl Into<String>, position: Position) -> Self {
        Self {
            id,
            text: text.into(),
            position,
            width: Self::WIDTH,
        }
    }

    fn check(&self) -> Result<(), ArrangementError> {
        let length = self.text.chars().count();
        if length > Self::MAX_TEXT {
            return Err(ArrangementError::LongText(length));
        }
        if let Some(&found) = self.position.iter().find(|number| !number.is_finite()) {
            return Err(ArrangementError::NotePosition(found));
        }
        if !(Self::MIN_WIDTH..=Self::MAX_WIDTH).contains(&self.width) {
            return Err(ArrangementError::NoteWidth(self.width));
        }
        Ok(())
    }
}

fn default_width() -> f32 {
    Note::WIDTH
}

/// Why a change to groups or notes was refused. Nothing was changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ArrangementError {
    /// No group has this number.
    #[error("there is no group number {}", .0.0)]
    UnknownGroup(GroupId),
    /// No note has this number.
    #[error("there is no note number {}", .0.0)]
    UnknownNote(NoteId),
    /// The number is taken.
    #[error("the groups “{name}” and “{taken_by}” have the same number {}", .id.0)]
    DuplicateGroup {
        /// The number.
        id: GroupId,
        /// The newcomer.
        name: String,
        /// Who has it.
        taken_by: String,
    },
    /// The number is taken.
    #[error("two notes have the same number {}", .0.0)]
    DuplicateNote(NoteId),
    /// A name is empty, too long or has control characters.
    #[error("“{0}” is no name for a group; expected 1 to 40 characters on one line")]
    BadName(
        /// What was found.
        String,
    ),
    /// A group without members.
    #[error("the group “{0}” has no neurons; expected at least one")]
    NoMembers(
        /// The group.
        String,
    ),
    /// A member that does not exist.
    #[error("the group “{group}” holds neuron number {}, which does not exist", .node.0)]
    UnknownMember {
        /// The group.
        group: String,
        /// The number.
        node: NodeId,
    },
    /// A neuron cannot be in two groups.
    #[error("“{node}” is already in the group “{group}”; a neuron can be in one group only")]
    InGroup {
        /// The neuron.
        node: String,
        /// The group it is in.
        group: String,
    },
    /// The neuron is in no group that it could leave.
    #[error("“{0}” is in no group")]
    InNoGroup(
        /// The neuron.
        String,
    ),
    /// A picture without columns.
    #[error("the picture of the group “{0}” has 0 columns; expected at least 1")]
    NoColumns(
        /// The group.
        String,
    ),
    /// The text is too long.
    #[error("a note has {0} characters; expected at most {max}", max = Note::MAX_TEXT)]
    LongText(
        /// How many it has.
        usize,
    ),
    /// The position of a note is infinite or not a number.
    #[error("the position of a note is {0}; expected a finite number")]
    NotePosition(
        /// What was found.
        f32,
    ),
    /// The width of a note is out of its range.
    #[error(
        "the width of a note is {0}; expected a number from {least} to {most}",
        least = Note::MIN_WIDTH,
        most = Note::MAX_WIDTH
    )]
    NoteWidth(
        /// What was found.
        f32,
    ),
}

/// A group or a note, by its place in the lists they were made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// The group at this index.
    Group(usize),
    /// The note at this index.
    Note(usize),
}

/// How a node left its group.
pub(crate) enum Left {
    /// Others are still in it.
    Others(GroupId),
    /// It was the last one, so the group is gone too.
    Last(Group),
}

/// Groups and notes by number. Each change is checked against the network before
/// it is made: members exist, and none is in two groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Arrangement {
    groups: BTreeMap<GroupId, Group>,
    /// The group of each node that is in one.
    group_of: BTreeMap<NodeId, GroupId>,
    notes: BTreeMap<NoteId, Note>,
}

impl Arrangement {
    /// These groups of this network, and these notes; otherwise the first that
    /// does not fit, and why.
    pub(crate) fn of(
        network: &Network,
        groups: Vec<Group>,
        notes: Vec<Note>,
    ) -> Result<Self, (Item, ArrangementError)> {
        let mut arrangement = Self::default();
        for (index, group) in groups.into_iter().enumerate() {
            let added = arrangement.add_group(network, group);
            added.map_err(|error| (Item::Group(index), error))?;
        }
        for (index, note) in notes.into_iter().enumerate() {
            let added = arrangement.add_note(note);
            added.map_err(|error| (Item::Note(index), error))?;
        }
        Ok(arrangement)
    }

    /// Its groups and its notes, by number.
    pub(crate) fn into_lists(self) -> (Vec<Group>, Vec<Note>) {
        (
            self.groups.into_values().collect(),
            self.notes.into_values().collect(),
        )
    }

    pub(crate) fn groups(&self) -> &BTreeMap<GroupId, Group> {
        &self.groups
    }

    pub(crate) fn notes(&self) -> &BTreeMap<NoteId, Note> {
        &self.notes
    }

    pub(crate) fn group_of(&self, node: NodeId) -> Option<GroupId> {
        self.group_of.get(&node).copied()
    }

    pub(crate) fn add_group(
        &mut self,
        network: &Network,
        group: Group,
    ) -> Result<(), ArrangementError> {
        if let Some(other) = self.groups.get(&group.id) {
            return Err(ArrangementError::DuplicateGroup {
                id: group.id,
                name: group.name,
                taken_by: other.name.clone(),
            });
        }
        self.check_group(network, &group)?;
        self.insert_group(group);
        Ok(())
    }

    pub(crate) fn remove_group(&mut self, id: GroupId) -> Result<Group, ArrangementError> {
        let group = self
            .groups
            .remove(&id)
            .ok_or(ArrangementError::UnknownGroup(id))?;
        for member in &group.members {
            self.group_of.remove(member);
        }
        Ok(group)
    }

    /// Replaces a group by another of its number; gives back what it was.
    pub(crate) fn set_group(
        &mut self,
        network: &Network,
        group: Group,
    ) -> Result<Group, ArrangementError> {
        if !self.groups.contains_key(&group.id) {
            return Err(ArrangementError::UnknownGroup(group.id));
        }
        self.check_group(network, &group)?;
        let before = self.remove_group(group.id)?;
        self.insert_group(group);
        Ok(before)
    }

    /// Puts a node into a group.
    pub(crate) fn join(
        &mut self,
        network: &Network,
        node: NodeId,
        id: GroupId,
    ) -> Result<(), ArrangementError> {
        let Some(group) = self.groups.get(&id) else {
            return Err(ArrangementError::UnknownGroup(id));
        };
        if network.node(node).is_none() {
            return Err(ArrangementError::UnknownMember {
                group: group.name.clone(),
                node,
            });
        }
        self.check_free(network, node, None)?;
        if let Some(group) = self.groups.get_mut(&id) {
            group.members.insert(node);
            self.group_of.insert(node, id);
        }
        Ok(())
    }

    /// Takes a node out of its group; `None` when it is in none.
    pub(crate) fn leave(&mut self, node: NodeId) -> Option<Left> {
        let id = self.group_of.remove(&node)?;
        let group = self.groups.get_mut(&id)?;
        if group.members.len() > 1 {
            group.members.remove(&node);
            return Some(Left::Others(id));
        }
        self.groups.remove(&id).map(Left::Last)
    }

    pub(crate) fn add_note(&mut self, note: Note) -> Result<(), ArrangementError> {
        if self.notes.contains_key(&note.id) {
            return Err(ArrangementError::DuplicateNote(note.id));
        }
        note.check()?;
        self.notes.insert(note.id, note);
        Ok(())
    }

    pub(crate) fn remove_note(&mut self, id: NoteId) -> Result<Note, ArrangementError> {
        self.notes
            .remove(&id)
            .ok_or(ArrangementError::UnknownNote(id))
    }

    /// Replaces a note by another of its number; gives back what it was.
    pub(crate) fn set_note(&mut self, note: Note) -> Result<Note, ArrangementError> {
        let Some(slot) = self.notes.get_mut(&note.id) else {
            return Err(ArrangementError::UnknownNote(note.id));
        };
        note.check()?;
        Ok(std::mem::replace(slot, note))
    }

    fn check_group(&self, network: &Network, group: &Group) -> Result<(), ArrangementError> {
        group.check(network)?;
        group
            .members
            .iter()
            .try_for_each(|&node| self.check_free(network, node, Some(group.id)))
    }

    /// Whether a node is in no group, or in this one.
    fn check_free(
        &self,
        network: &Network,
        node: NodeId,
        own: Option<GroupId>,
    ) -> Result<(), ArrangementError> {
        match self.group_of(node).filter(|&id| Some(id) != own) {
            Some(other) => Err(ArrangementError::InGroup {
                node: network.name(node),
                group: self
                    .groups
                    .get(&other)
                    .map_or_else(String::new, |group| group.name.clone()),
            }),
            None => Ok(()),
        }
    }

    fn insert_group(&mut self, group: Group) {
        let members = group.members.iter();
        self.group_of.extend(members.map(|&node| (node, group.id)));
        self.groups.insert(group.id, group);
    }
}
