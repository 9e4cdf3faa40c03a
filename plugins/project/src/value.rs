//! The project as a value: network, data, settings and view, always consistent.

use datasets::{Column, ColumnId, Split, Table};
use network::{Kinds, Network, Node, NodeId, Role, shape_size};
use serde::{Deserialize, Serialize};

use crate::arrangement::{Arrangement, Item};
use crate::{
    ArrangementError, EditError, Group, GroupId, Note, NoteId, SettingsError, TrainingSettings,
};

/// The part of the canvas a person looks at.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// The scene point in the middle. Finite.
    pub centre: [f32; 2],
    /// Logical pixels per scene unit. Above 0.
    pub zoom: f32,
}

impl Default for View {
    fn default() -> Self {
        Self {
            centre: [0.0, 0.0],
            zoom: 1.0,
        }
    }
}

/// Everything a person makes. The table has exactly one column for each input
/// and each output neuron; the order of its columns is the order of the inputs
/// and outputs everywhere.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "Parts", try_from = "Parts")]
pub struct Project {
    pub(crate) network: Network,
    pub(crate) table: Table,
    pub(crate) split: Split,
    pub(crate) training: TrainingSettings,
    pub(crate) trained_epochs: u32,
    pub(crate) view: View,
    pub(crate) arrangement: Arrangement,
}

/// The column a neuron is bound to has the neuron's number.
#[must_use]
pub fn column_of(node: NodeId) -> ColumnId {
    ColumnId(node.0)
}

/// The neuron a column is bound to.
#[must_use]
pub fn node_of(column: ColumnId) -> NodeId {
    NodeId(column.0)
}

impl Project {
    /// An empty project whose network knows these kinds.
    #[must_use]
    pub fn new(kinds: Kinds) -> Self {
        Self {
            network: Network::new(kinds),
            ..Self::default()
        }
    }

    /// A project of these parts, without groups and notes.
    ///
    /// # Errors
    /// When they do not belong together: a column without its neuron or the other
    /// way round, or a number out of its range.
    pub fn from_parts(
        network: Network,
        table: Table,
        split: Split,
        training: TrainingSettings,
        trained_epochs: u32,
        view: View,
    ) -> Result<Self, ProjectError> {
        let project = Self {
            network,
            table,
            split,
            training,
            trained_epochs,
            view,
            arrangement: Arrangement::default(),
        };
        project.check()?;
        Ok(project)
    }

    /// The same project with these groups and notes instead of its own.
    pub(crate) fn arranged(
        self,
        groups: Vec<Group>,
        notes: Vec<Note>,
    ) -> Result<Self, (Item, ArrangementError)> {
        Ok(Self {
            arrangement: Arrangement::of(&self.network, groups, notes)?,
            ..self
        })
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The data.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// How the rows are divided.
    #[must_use]
    pub fn split(&self) -> &Split {
        &self.split
    }

    /// How it is trained.
    #[must_use]
    pub fn training(&self) -> &TrainingSettings {
        &self.training
    }

    /// How many epochs the weights have behind them.
    #[must_use]
    pub fn trained_epochs(&self) -> u32 {
        self.trained_epochs
    }

    /// Where the person looks.
    #[must_use]
    pub fn view(&self) -> View {
        self.view
    }

    /// Remembers where the person looks. Looking is no edit: it is not undone.
    pub fn set_view(&mut self, view: View) {
        if view_is_sound(view) {
            self.view = view;
        }
    }

    /// Takes over what training has learned: values in the canonical order.
    /// Learning is no edit: it makes no step in the history.
    ///
    /// # Errors
    /// When the values are not those of this network.
    pub fn learn(&mut self, values: &[f32], epochs: u32) -> Result<(), network::NetworkError> {
        self.network.set_values(values)?;
        self.trained_epochs = epochs;
        Ok(())
    }

    /// The neurons of a role in the order of their columns.
    pub fn ordered(&self, role: Role) -> impl Iterator<Item = &Node> {
        let wanted = column_role(role);
        let columns = self.table.columns().iter();
        columns
            .filter(move |column| wanted == Some(column.role))
            .filter_map(|column| self.network.node(node_of(column.id)))
    }

    /// The groups, by number.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = &Group> + DoubleEndedIterator {
        self.arrangement.groups().values()
    }

    /// The group of this number.
    #[must_use]
    pub fn group(&self, id: GroupId) -> Option<&Group> {
        self.arrangement.groups().get(&id)
    }

    /// The group a neuron is in.
    #[must_use]
    pub fn group_of(&self, node: NodeId) -> Option<GroupId> {
        self.arrangement.group_of(node)
    }

    /// A number no group has.
    #[must_use]
    pub fn free_group_id(&self) -> GroupId {
        let last = self.arrangement.groups().keys().next_back();
        GroupId(last.map_or(0, |id| id.0.wrapping_add(1)))
    }

    /// The notes, by number.
    pub fn notes(&self) -> impl ExactSizeIterator<Item = &Note> + DoubleEndedIterator {
        self.arrangement.notes().values()
    }

    /// The note of this number.
    #[must_use]
    pub fn note(&self, id: NoteId) -> Option<&Note> {
        self.arrangement.notes().get(&id)
    }

    /// A number no note has.
    #[must_use]
    pub fn free_note_id(&self) -> NoteId {
        let last = self.arrangement.notes().keys().next_back();
        NoteId(last.map_or(0, |id| id.0.wrapping_add(1)))
    }

    fn check(&self) -> Result<(), ProjectError> {
        for column in self.table.columns() {
            check_column(&self.network, column)?;
        }
        for role in [Role::Input, Role::Output] {
            for node in self.network.nodes_of(role) {
                if self.table.column(column_of(node.id)).is_none() {
                    return Err(ProjectError::MissingColumn(node.name.clone()));
                }
            }
        }
        self.split.validate()?;
        self.training.check()?;
        if !view_is_sound(self.view) {
            return Err(ProjectError::View);
        }
        Ok(())
    }
}

/// Whether a column is what its neuron asks for.
pub(crate) fn check_column(network: &Network, column: &Column) -> Result<(), ProjectError> {
    let unbound = || ProjectError::UnboundColumn {
        column: column.name.clone(),
        node: node_of(column.id),
    };
    let node = network.node(node_of(column.id)).ok_or_else(unbound)?;
    let (role, shape) = column_spec(network, node).ok_or_else(unbound)?;
    if column.name != node.name {
        return Err(ProjectError::ColumnName {
            column: column.name.clone(),
            node: node.name.clone(),
        });
    }
    if role != column.role || shape != column.shape {
        return Err(ProjectError::ColumnMismatch {
            column: column.name.clone(),
            node: node.name.clone(),
        });
    }
    Ok(())
}

/// What the columns of nodes of a role are for; `None` where they have none.
fn column_role(role: Role) -> Option<datasets::Role> {
    match role {
        Role::Input => Some(datasets::Role::Input),
        Role::Output => Some(datasets::Role::Target),
        Role::Hidden => None,
    }
}

/// What the column of a node is for, and its shape; `None` for a node that has
/// no column.
pub(crate) fn column_spec(network: &Network, node: &Node) -> Option<(datasets::Role, Vec<u32>)> {
    let role = column_role(network.role(node))?;
    let port = network.kind(node)?.outputs(node).into_iter().next()?;
    Some((role, port.shape))
}

/// An all-zero column for a node, if it is one that has a column.
pub(crate) fn empty_column(network: &Network, node: &Node, rows: usize) -> Option<Column> {
    let (role, shape) = column_spec(network, node)?;
    Some(Column {
        id: column_of(node.id),
        name: node.name.clone(),
        role,
        values: vec![0.0; rows * shape_size(&shape)],
        shape,
    })
}

fn view_is_sound(view: View) -> bool {
    let is_finite = view.centre.iter().all(|number| number.is_finite());
    is_finite && view.zoom.is_finite() && view.zoom > 0.0
}

/// Parts that do not belong together.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ProjectError {
    /// A column whose neuron does not exist or has no data.
    #[error("the column “{column}” belongs to neuron number {}, which is no input or output", .node.0)]
    UnboundColumn {
        /// The column.
        column: String,
        /// The number it is bound to.
        node: NodeId,
    },
    /// A column of another role or shape than its neuron.
    #[error("the column “{column}” has not the role and shape of its neuron “{node}”")]
    ColumnMismatch {
        /// The column.
        column: String,
        /// The neuron.
        node: String,
    },
    /// A column that is called otherwise than its neuron.
    #[error("the column “{column}” belongs to the neuron “{node}”; expected the same name")]
    ColumnName {
        /// The column.
        column: String,
        /// The neuron.
        node: String,
    },
    /// A neuron without its column.
    #[error("“{0}” has no column in the data")]
    MissingColumn(String),
    /// The split.
    #[error(transparent)]
    Split(#[from] datasets::SplitError),
    /// A training setting.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The view.
    #[error("the view is out of range; expected a finite centre and a zoom above 0")]
    View,
}

/// The form a project has in a message.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parts {
    network: Network,
    table: Table,
    split: Split,
    training: TrainingSettings,
    trained_epochs: u32,
    view: View,
    groups: Vec<Group>,
    notes: Vec<Note>,
}

impl From<Project> for Parts {
    fn from(project: Project) -> Self {
        let Project {
            network,
            table,
            split,
            training,
            trained_epochs,
            view,
            arrangement,
        } = project;
        let (groups, notes) = arrangement.into_lists();
        Self {
            network,
            table,
            split,
            training,
            trained_epochs,
            view,
            groups,
            notes,
        }
    }
}

impl TryFrom<Parts> for Project {
    type Error = EditError;

    fn try_from(parts: Parts) -> Result<Self, EditError> {
        let project = Self::from_parts(
            parts.network,
            parts.table,
            parts.split,
            parts.training,
            parts.trained_epochs,
            parts.view,
        )?;
        let arranged = project.arranged(parts.groups, parts.notes);
        arranged.map_err(|(_, error)| error.into())
    }
}
