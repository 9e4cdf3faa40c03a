//! The project file: versioned RON out, checked RON in, faults told by place.

use datasets::{Split, Table};
use network::{Edge, Kinds, Network, Node};
use ron::ser::PrettyConfig;
use serde::{Deserialize, Deserializer, Serialize};

pub use crate::fault::FileError;
use crate::fault::{Place, Places, shorten};
use crate::{Group, Note, Project, ProjectError, TrainingSettings, View};

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

/// The file of a project. The same project gives the same bytes.
///
/// # Errors
/// When a value has no RON form; no project has such a value.
pub fn write(project: &Project) -> Result<String, ron::Error> {
    let (groups, notes) = project.arrangement.clone().into_lists();
    let arrangement = WrittenArrangement { groups, notes };
    let written = Written {
        format: FORMAT.to_owned(),
        version: VERSION,
        network: WrittenNetwork {
            nodes: project.network.nodes().collect::<Vec<_>>(),
            edges: project.network.edges().collect(),
        },
        data: WrittenData {
            table: project.table.clone(),
            split: project.split,
        },
        training: project.training.clone(),
        trained_epochs: project.trained_epochs,
        view: project.view,
        arrangement,
    };
    // Deeper than this, things stand in one line: one neuron, wire or row a line.
    let pretty = PrettyConfig::new()
        .depth_limit(3)
        .indentor("  ")
        .new_line("\n");
    let mut text = ron::ser::to_string_pretty(&written, pretty)?;
    text.push('\n');
    Ok(text)
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
        let WrittenNetwork { nodes, edges } = written.network;
        let network =
            Network::from_parts(Kinds::default(), nodes, edges).map_err(D::Error::custom)?;
        Project::from_parts(
            network,
            written.data.table,
            written.data.split,
            written.training,
            written.trained_epochs,
            written.view,
        )
        .map_err(D::Error::custom)?
        .arranged(written.arrangement.groups, written.arrangement.notes)
        .map(Self)
        .map_err(|(_, error)| D::Error::custom(error))
    }
}

/// Reads a project whose network may use these kinds.
///
/// # Errors
/// What is wrong with the file, and where.
pub fn read(bytes: &[u8], kinds: &Kinds) -> Result<Project, FileError> {
    if bytes.len() > MAX_BYTES {
        return Err(FileError::at_start(format!(
            "found a file of {} MiB, expected at most {} MiB",
            bytes.len() >> 20,
            MAX_BYTES >> 20
        )));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        FileError::at_byte(
            &valid,
            valid.len(),
            "found bytes that are no text, expected UTF-8",
        )
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(FileError::at_start(
            "found an empty file, expected a project",
        ));
    }
    // Where not even the header can be read, the whole form tells more of why.
    if let Ok(header) = ron::from_str::<Header>(text) {
        check_header(&header.format, header.version).map_err(FileError::at_start)?;
    }
    read_form(text, kinds)
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
    let WrittenNetwork { nodes, edges } = written.network;
    let network = Network::from_parts(kinds.clone(), nodes, edges)
        .map_err(|error| fault(&Place::Part(error.part), error.to_string()))?;
    Project::from_parts(
        network,
        written.data.table,
        written.data.split,
        written.training,
        written.trained_epochs,
        written.view,
    )
    .map_err(|error| {
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
    })?
    .arranged(written.arrangement.groups, written.arrangement.notes)
    .map_err(|(item, error)| fault(&Place::Item(item), error.to_string()))
}

/// The number after the word “row” in a sentence about a table.
fn row_named_in(sentence: &str) -> Option<usize> {
    let (_, after) = sentence.rsplit_once("row ")?;
    let end = after.find(|letter: char| !letter.is_ascii_digit())?;
    after[..end].parse().ok()
}
