//! The project file: versioned RON out, checked RON in, faults told by place.

mod lists;
mod reading;
#[cfg(test)]
mod tests;
mod writing;

use datasets::{Split, Table};
use network::{Edge, Kinds, Network, Node};
use ron::ser::PrettyConfig;
use serde::{Deserialize, Deserializer, Serialize};

pub use self::reading::Reading;
pub use self::writing::Writing;
use crate::arrangement::Item;
pub use crate::fault::FileError;
use crate::fault::{Place, Places, shorten};
use crate::{ArrangementError, Group, Note, Project, ProjectError, TrainingSettings, View};

/// What the first field of every project file says.
const FORMAT: &str = "neurarium";

/// The version this program writes, and the highest it reads.
///
/// Version 2 came with groups and notes, version 3 with all that can be chosen of
/// training. All versions are read as one form, of which the later parts may be
/// missing; told of a later version, a program can say in a sentence that it is too
/// old.
pub const VERSION: u32 = 3;

/// The lowest version this program reads.
const FIRST_VERSION: u32 = 1;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 512 * 1024 * 1024;

#[derive(Serialize, Deserialize)]
#[serde(rename = "Project", deny_unknown_fields)]
struct Written<N, E> {
    format: String,
    version: u32,
    network: WrittenNetwork<N, E>,
    data: WrittenData,
    training: TrainingSettings,
    trained_epochs: u32,
    view: View,
    #[serde(default, skip_serializing_if = "WrittenArrangement::is_empty")]
    arrangement: WrittenArrangement,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename = "Arrangement", deny_unknown_fields)]
struct WrittenArrangement {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    groups: Vec<Group>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Note>,
}

impl WrittenArrangement {
    fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.notes.is_empty()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Network", deny_unknown_fields)]
struct WrittenNetwork<N, E> {
    nodes: Vec<N>,
    edges: Vec<E>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Data", deny_unknown_fields)]
struct WrittenData {
    table: Table,
    split: Split,
}

/// What is read before the rest, from files of any version.
#[derive(Deserialize)]
#[serde(rename = "Project")]
struct Header {
    format: String,
    version: u32,
}

/// The file of a project. The same project gives the same bytes. [`Writing`] gives
/// them piece by piece.
///
/// # Errors
/// When a value has no RON form; no project has such a value.
pub fn write(project: &Project) -> Result<String, ron::Error> {
    Writing::of(project)?.collect()
}

/// A project in the form of its file, with these lists.
fn form_of<N, E>(project: &Project, nodes: Vec<N>, edges: Vec<E>) -> Written<N, E> {
    let (groups, notes) = project.arrangement.clone().into_lists();
    let arrangement = WrittenArrangement { groups, notes };
    Written {
        format: FORMAT.to_owned(),
        version: VERSION,
        network: WrittenNetwork { nodes, edges },
        data: WrittenData {
            table: project.table.clone(),
            split: project.split,
        },
        training: project.training.clone(),
        trained_epochs: project.trained_epochs,
        view: project.view,
        arrangement,
    }
}

/// A form as text, but for the end of its last line.
fn pretty<N: Serialize, E: Serialize>(form: &Written<N, E>) -> Result<String, ron::Error> {
    // Deeper than this, things stand in one line: one neuron, wire or row a line.
    let pretty = PrettyConfig::new()
        .depth_limit(3)
        .indentor("  ")
        .new_line("\n");
    ron::ser::to_string_pretty(form, pretty)
}

/// A project in the form of a file, for readers that bring a RON parser of their
/// own. Their errors are less clear than those of [`read`].
#[derive(Clone, Debug, PartialEq)]
pub struct Saved(pub Project);

impl<'de> Deserialize<'de> for Saved {
    /// Reads a project of the kinds Neurarium ships.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let written = Written::<Node, Edge>::deserialize(deserializer)?;
        check_header(&written.format, written.version).map_err(D::Error::custom)?;
        let (nodes, edges, written) = written.without_lists();
        let network =
            Network::from_parts(Kinds::default(), nodes, edges).map_err(D::Error::custom)?;
        project_of(network, written)
            .map(Self)
            .map_err(|misfit| match misfit {
                Misfit::Project(error) => D::Error::custom(error),
                Misfit::Item(_, error) => D::Error::custom(error),
            })
    }
}

impl<N, E> Written<N, E> {
    /// The lists, and what is left.
    fn without_lists(mut self) -> (Vec<N>, Vec<E>, Self) {
        let nodes = std::mem::take(&mut self.network.nodes);
        let edges = std::mem::take(&mut self.network.edges);
        (nodes, edges, self)
    }
}

/// What does not fit to the rest of a file.
enum Misfit {
    Project(ProjectError),
    Item(Item, ArrangementError),
}

/// The project of a network and the rest of its file.
fn project_of<N, E>(network: Network, form: Written<N, E>) -> Result<Project, Misfit> {
    Project::from_parts(
        network,
        form.data.table,
        form.data.split,
        form.training,
        form.trained_epochs,
        form.view,
    )
    .map_err(Misfit::Project)?
    .arranged(form.arrangement.groups, form.arrangement.notes)
    .map_err(|(item, error)| Misfit::Item(item, error))
}

/// Reads a project whose network may use these kinds. [`Reading`] does it piece by
/// piece.
///
/// # Errors
/// What is wrong with the file, and where.
pub fn read(bytes: &[u8], kinds: &Kinds) -> Result<Project, FileError> {
    let mut reading = Reading::new(bytes, kinds);
    loop {
        if let Some(read) = reading.step() {
            return read;
        }
    }
}

/// Reads a text at once, and tells what is wrong with it.
fn read_whole(text: &str, kinds: &Kinds) -> Result<Project, FileError> {
    // Where not even the header can be read, the whole form tells more of why.
    if let Ok(header) = ron::from_str::<Header>(text) {
        check_header(&header.format, header.version).map_err(FileError::at_start)?;
    }
    // A project that somebody broke names its format; anything else is most likely another file.
    let names_format = text.contains(&format!("\"{FORMAT}\""));
    read_form(text, kinds).map_err(|mut error| {
        if !names_format {
            error.message = format!("this is no project of Neurarium: {}", error.message);
        }
        error
    })
}

fn check_header(format: &str, version: u32) -> Result<(), String> {
    if format != FORMAT {
        return Err(format!(
            "found the format “{}”, expected “{FORMAT}”",
            shorten(format)
        ));
    }
    match version {
        FIRST_VERSION..=VERSION => Ok(()),
        0 => Err(format!(
            "found version 0, expected {FIRST_VERSION} to {VERSION}"
        )),
        newer => Err(format!(
            "found version {newer} of a newer Neurarium, expected at most version {VERSION}"
        )),
    }
}

fn read_form(text: &str, kinds: &Kinds) -> Result<Project, FileError> {
    let at = |place: &Place| Places::of(text).and_then(|places| places.byte(text, place));
    let written: Written<Node, Edge> = ron::from_str(text).map_err(|error| {
        // The table is checked as a whole: find the row its sentence names.
        let place = match &error.code {
            ron::Error::Message(sentence) => row_named_in(sentence).map(Place::Row),
            _ => None,
        };
        match place.as_ref().and_then(at) {
            Some(offset) => FileError::at_byte(text, offset, error.code.to_string()),
            None => FileError::from_ron(text, &error),
        }
    })?;
    let fault = |place: &Place, sentence: String| {
        FileError::at_byte(text, at(place).unwrap_or_default(), sentence)
    };
    let (nodes, edges, written) = written.without_lists();
    let network = Network::from_parts(kinds.clone(), nodes, edges)
        .map_err(|error| fault(&Place::Part(error.part), error.to_string()))?;
    project_of(network, written).map_err(|misfit| match misfit {
        Misfit::Project(error) => {
            let place = match &error {
                ProjectError::UnboundColumn { column, .. }
                | ProjectError::ColumnName { column, .. }
                | ProjectError::ColumnMismatch { column, .. } => Place::Column(column),
                ProjectError::MissingColumn(_) => Place::Table,
                ProjectError::Split(_) => Place::Split,
                ProjectError::Settings(_) => Place::Training,
                ProjectError::View => Place::View,
            };
            fault(&place, error.to_string())
        }
        Misfit::Item(item, error) => fault(&Place::Item(item), error.to_string()),
    })
}

/// The number after the word “row” in a sentence about a table.
fn row_named_in(sentence: &str) -> Option<usize> {
    let (_, after) = sentence.rsplit_once("row ")?;
    let end = after.find(|letter: char| !letter.is_ascii_digit())?;
    after[..end].parse().ok()
}
