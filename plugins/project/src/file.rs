//! The project file: versioned RON out, checked RON in, faults told by place.

use std::fmt::Write as _;

use datasets::{Split, Table};
use network::{Edge, Kinds, Network, Node, Part};
use ron::ser::PrettyConfig;
use ron::value::RawValue;
use serde::{Deserialize, Serialize};

use crate::{Project, ProjectError, TrainingSettings, View};

/// What the first field of every project file says.
const FORMAT: &str = "neurarium";

/// The version this program writes, and the highest it reads.
pub const VERSION: u32 = 1;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 512 * 1024 * 1024;

/// A file that is no project, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct FileError {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What was found and what was expected.
    pub message: String,
}

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
    let written = Written {
        format: FORMAT.to_owned(),
        version: VERSION,
        network: WrittenNetwork {
            nodes: project.network.nodes().collect::<Vec<_>>(),
            edges: project.network.edges().collect(),
        },
        data: WrittenData {
            table: project.table.clone(),
            split: project.split.clone(),
        },
        training: project.training.clone(),
        trained_epochs: project.trained_epochs,
        view: project.view,
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

/// Reads a project whose network may use these kinds.
///
/// # Errors
/// What is wrong with the file, and where.
pub fn read(bytes: &[u8], kinds: &Kinds) -> Result<Project, FileError> {
    if bytes.len() > MAX_BYTES {
        return Err(at_start(format!(
            "found a file of {} MiB, expected at most {} MiB",
            bytes.len() >> 20,
            MAX_BYTES >> 20
        )));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        locate(
            &valid,
            valid.len(),
            "found bytes that are no text, expected UTF-8",
        )
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(at_start("found an empty file, expected a project"));
    }
    let header: Header = parse(text)?;
    if header.format != FORMAT {
        return Err(at_start(format!(
            "found the format “{}”, expected “{FORMAT}”",
            shorten(&header.format)
        )));
    }
    match header.version {
        VERSION => read_version_1(text, kinds),
        0 => Err(at_start("found version 0, expected 1")),
        newer => Err(at_start(format!(
            "found version {newer}, which a newer Neurarium wrote; this one reads up to version {VERSION}"
        ))),
    }
}

fn read_version_1(text: &str, kinds: &Kinds) -> Result<Project, FileError> {
    let written: Written<Node, Edge> = parse(text)?;
    let WrittenNetwork { nodes, edges } = written.network;
    let network = Network::from_parts(kinds.clone(), nodes, edges)
        .map_err(|error| locate_part(text, error.part, &error.to_string()))?;
    let place = |name| text.find(name).unwrap_or_default();
    Project::from_parts(
        network,
        written.data.table,
        written.data.split,
        written.training,
        written.trained_epochs,
        written.view,
    )
    .map_err(|error| {
        let offset = match &error {
            ProjectError::UnboundColumn { .. }
            | ProjectError::ColumnMismatch { .. }
            | ProjectError::MissingColumn(_) => place("table:"),
            ProjectError::Split(_) => place("split:"),
            ProjectError::Settings(_) => place("training:"),
            ProjectError::View => place("view:"),
        };
        locate(text, offset, error.to_string())
    })
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, FileError> {
    ron::from_str(text).map_err(|error| {
        let start = error.span.start;
        let mut message = error.code.to_string();
        // RON's own sentences end without the text they stumbled over.
        let found = text
            .lines()
            .nth(start.line.saturating_sub(1))
            .map(|line| line.chars().skip(start.col.saturating_sub(1)))
            .map(|rest| shorten(rest.collect::<String>().trim_end()))
            .unwrap_or_default();
        if found.is_empty() {
            message.push_str(", found the end of the line");
        } else {
            let _ = write!(message, ", found `{found}`");
        }
        FileError {
            line: start.line.max(1),
            column: start.col.max(1),
            message,
        }
    })
}

/// The place of a node or an edge in the text: a second, cheap parse that keeps
/// each as the slice of the text it was read from.
fn locate_part(text: &str, part: Part, message: &str) -> FileError {
    let offset = ron::from_str::<Written<&RawValue, &RawValue>>(text)
        .ok()
        .and_then(|written| match part {
            Part::Node(index) => written.network.nodes.get(index).copied(),
            Part::Edge(index) => written.network.edges.get(index).copied(),
        })
        .map_or(0, |raw| {
            let slice = raw.get_ron();
            let before = slice.len() - slice.trim_start().len();
            slice.as_ptr() as usize - text.as_ptr() as usize + before
        });
    locate(text, offset, message)
}

fn locate(text: &str, offset: usize, message: impl Into<String>) -> FileError {
    let before = &text[..offset.min(text.len())];
    let line_start = before.rfind('\n').map_or(0, |place| place + 1);
    FileError {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        message: message.into(),
    }
}

fn at_start(message: impl Into<String>) -> FileError {
    FileError {
        line: 1,
        column: 1,
        message: message.into(),
    }
}

fn shorten(text: &str) -> String {
    const MOST: usize = 24;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain(['…']).collect()
}
