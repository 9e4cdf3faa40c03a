//! What the person has selected and points at.

use std::collections::BTreeSet;

use bevy::prelude::*;
use network::{EdgeId, NodeId};
use project::{Group, GroupId, Project, Thing};

use crate::{Document, EditSystems, Edited};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Selection>();
    app.init_resource::<Hovered>();
    app.init_resource::<HoveredGroup>();
    app.init_resource::<Pinned>();
    app.init_resource::<HoveredBundle>();
    app.add_systems(Update, forget_what_is_gone.in_set(EditSystems::Follow));
}

/// Something on the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A neuron.
    Node(NodeId),
    /// A wire.
    Edge(EdgeId),
}

/// The selected neurons and wires.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Neurons.
    pub nodes: BTreeSet<NodeId>,
    /// Wires.
    pub edges: BTreeSet<EdgeId>,
}

impl Selection {
    /// Only this.
    #[must_use]
    pub fn only(subject: Subject) -> Self {
        let mut selection = Self::default();
        selection.toggle(subject);
        selection
    }

    /// Whether nothing is selected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.edges.is_empty()
    }

    /// Whether this is selected.
    #[must_use]
    pub fn contains(&self, subject: Subject) -> bool {
        match subject {
            Subject::Node(id) => self.nodes.contains(&id),
            Subject::Edge(id) => self.edges.contains(&id),
        }
    }

    /// Whether all members of a group are selected: that is how a group is.
    #[must_use]
    pub fn contains_group(&self, group: &Group) -> bool {
        group.members.is_subset(&self.nodes)
    }

    /// The group of which exactly the members are selected, and nothing else.
    #[must_use]
    pub fn single_group<'a>(&self, project: &'a Project) -> Option<&'a Group> {
        let group = project.group(project.group_of(*self.nodes.first()?)?)?;
        let is_all = self.edges.is_empty() && group.members == self.nodes;
        is_all.then_some(group)
    }

    /// Selects what is not selected, and the other way round.
    pub fn toggle(&mut self, subject: Subject) {
        match subject {
            Subject::Node(id) => {
                if !self.nodes.remove(&id) {
                    self.nodes.insert(id);
                }
            }
            Subject::Edge(id) => {
                if !self.edges.remove(&id) {
                    self.edges.insert(id);
                }
            }
        }
    }

    /// The one selected thing, if it is just one.
    #[must_use]
    pub fn single(&self) -> Option<Subject> {
        let mut all = self
            .nodes
            .iter()
            .map(|&id| Subject::Node(id))
            .chain(self.edges.iter().map(|&id| Subject::Edge(id)));
        let first = all.next()?;
        all.next().is_none().then_some(first)
    }
}

/// What the pointer is over, if any: a hint, never needed to do something.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hovered(pub Option<Subject>);

/// The folded group the pointer is over, if any: a hint like [`Hovered`].
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HoveredGroup(pub Option<GroupId>);

/// The neuron whose large map stays in sight, if any, until it is let go.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pinned(pub Option<NodeId>);

/// The bundle the pointer is over, if any, by where it comes from and where it goes: a
/// hint like [`Hovered`].
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HoveredBundle(pub Option<[Thing; 2]>);

fn forget_what_is_gone(
    mut edited: MessageReader<Edited>,
    document: Res<Document>,
    mut selection: ResMut<Selection>,
    mut hovered: ResMut<Hovered>,
    mut group: ResMut<HoveredGroup>,
    mut pinned: ResMut<Pinned>,
    mut bundle: ResMut<HoveredBundle>,
) {
    let (mut is_structure, mut is_group, mut is_other) = (false, false, false);
    for edited in edited.read() {
        is_other |= edited.edit.is_none();
        is_structure |= edited.touched.is_structure;
        is_group |= !edited.touched.groups.is_empty();
    }
    if (is_structure || is_group) && group.0.is_some() {
        group.0 = None;
    }
    if (is_structure || is_group) && bundle.0.is_some() {
        bundle.0 = None;
    }
    // What was pointed at may be folded away now.
    if is_group && hovered.0.is_some() {
        hovered.0 = None;
    }
    if !is_structure {
        return;
    }
    let network = document.project().network();
    let is_gone = |subject: Subject| match subject {
        Subject::Node(id) => network.node(id).is_none(),
        Subject::Edge(id) => network.edge(id).is_none(),
    };
    let kept = Selection {
        nodes: selection
            .nodes
            .iter()
            .copied()
            .filter(|&id| !is_gone(Subject::Node(id)))
            .collect(),
        edges: selection
            .edges
            .iter()
            .copied()
            .filter(|&id| !is_gone(Subject::Edge(id)))
            .collect(),
    };
    selection.set_if_neq(kept);
    if hovered.0.is_some_and(is_gone) {
        hovered.0 = None;
    }
    let is_let_go = |id| is_other || is_gone(Subject::Node(id));
    if pinned.0.is_some_and(is_let_go) {
        pinned.0 = None;
    }
}
