//! A project file read piece by piece, so that whoever waits can be told how far it is.

use std::ops::Range;

use network::{Assembly, Edge, Kinds, Network, Node};
use serde::de::DeserializeOwned;

use super::lists::{List, PIECE, Scanner};
use super::{FileError, MAX_BYTES, Written, check_header, project_of, read_whole};
use crate::Project;

/// So many bytes are looked through for lists in one step.
const STRETCH: usize = 1024 * 1024;

/// What finding the lists, reading them, and putting the network together take of
/// the time, roughly: so that the share rises evenly.
const SHARES: [f32; 3] = [0.05, 0.75, 0.2];

/// A file being read. Each [`step`](Self::step) takes a few milliseconds, but for
/// those of a file that is not of the plain form this program writes, or is faulty:
/// that one is read at once.
pub struct Reading<'a> {
    bytes: &'a [u8],
    text: &'a str,
    kinds: &'a Kinds,
    stage: Stage<'a>,
    share: f32,
}

enum Stage<'a> {
    Begin,
    Whole,
    Scan(Scanner<'a>),
    Parse(Box<Parse>),
    Assemble(Box<(Assembly, Form)>),
}

/// The file without what is in its long lists.
type Form = Written<Node, Edge>;

/// The lists on their way.
struct Parse {
    form: Form,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// Pieces still to be read, the next one last.
    waiting: Vec<Piece>,
    bytes: usize,
    bytes_read: usize,
}

struct Piece {
    range: Range<usize>,
    /// Whether it is of nodes.
    is_nodes: bool,
    is_last_of_list: bool,
}

/// It cannot be read in pieces; as a whole it can be, or its fault be told.
struct Odd;

impl<'a> Reading<'a> {
    /// Begins to read a project whose network may use these kinds.
    #[must_use]
    pub fn new(bytes: &'a [u8], kinds: &'a Kinds) -> Self {
        Self {
            bytes,
            text: "",
            kinds,
            stage: Stage::Begin,
            share: 0.0,
        }
    }

    /// How much of the work is done, 0 to 1. Never falls.
    #[must_use]
    pub fn share(&self) -> f32 {
        self.share
    }

    /// Does the next piece of work; what the file is, once that is known.
    pub fn step(&mut self) -> Option<Result<Project, FileError>> {
        match self.advance() {
            Ok(Some(project)) => {
                self.share = 1.0;
                return Some(Ok(project));
            }
            Ok(None) => {}
            Err(Fault::Odd) => self.stage = Stage::Whole,
            Err(Fault::Told(error)) => return Some(Err(error)),
        }
        let [scan, parse, assemble] = SHARES;
        let share = match &self.stage {
            Stage::Begin | Stage::Whole => 0.0,
            Stage::Scan(scanner) => scan * scanner.share(),
            Stage::Parse(lists) => {
                scan + parse * lists.bytes_read as f32 / lists.bytes.max(1) as f32
            }
            Stage::Assemble(rest) => scan + parse + assemble * rest.0.share(),
        };
        self.share = self.share.max(share);
        None
    }

    fn advance(&mut self) -> Result<Option<Project>, Fault> {
        match &mut self.stage {
            Stage::Begin => {
                self.text = text_of(self.bytes).map_err(Fault::Told)?;
                self.stage = if self.text.len() < PIECE {
                    Stage::Whole
                } else {
                    Stage::Scan(Scanner::new(self.text))
                };
            }
            Stage::Whole => {
                let read = read_whole(self.text, self.kinds);
                return read.map(Some).map_err(Fault::Told);
            }
            Stage::Scan(scanner) => {
                if let Some(lists) = scanner.step(STRETCH).map_err(|_| Fault::Odd)? {
                    self.stage = Stage::Parse(Box::new(Parse::of(self.text, &lists)?));
                }
            }
            Stage::Parse(parse) => {
                if parse.read_next(self.text)? {
                    return Ok(None);
                }
                let Parse {
                    form, nodes, edges, ..
                } = take_box(&mut self.stage)?;
                let assembly =
                    Assembly::new(self.kinds.clone(), nodes, edges).map_err(|_| Fault::Odd)?;
                self.stage = Stage::Assemble(Box::new((assembly, form)));
            }
            Stage::Assemble(rest) => {
                let Some(network) = rest.0.step().map_err(|_| Fault::Odd)? else {
                    return Ok(None);
                };
                let Stage::Assemble(rest) = std::mem::replace(&mut self.stage, Stage::Whole) else {
                    return Err(Fault::Odd);
                };
                return finish(network, rest.1).map(Some);
            }
        }
        Ok(None)
    }
}

/// Why it does not go on.
enum Fault {
    Odd,
    Told(FileError),
}

impl From<Odd> for Fault {
    fn from(_: Odd) -> Self {
        Self::Odd
    }
}

/// The lists that are read, out of their stage.
fn take_box(stage: &mut Stage<'_>) -> Result<Parse, Odd> {
    match std::mem::replace(stage, Stage::Whole) {
        Stage::Parse(parse) => Ok(*parse),
        _ => Err(Odd),
    }
}

fn finish(network: Network, form: Form) -> Result<Project, Fault> {
    // What does not fit together is told with its place by whoever reads it whole.
    project_of(network, form).map_err(|_| Fault::Odd)
}

impl Parse {
    fn of(text: &str, lists: &[List; 2]) -> Result<Self, Odd> {
        let mut skeleton = String::new();
        let mut end = 0;
        let mut in_order: Vec<&List> = lists.iter().collect();
        in_order.sort_by_key(|list| list.inside.start);
        for list in in_order {
            skeleton.push_str(&text[end..list.inside.start]);
            end = list.inside.end;
        }
        skeleton.push_str(&text[end..]);
        let form: Form = ron::from_str(&skeleton).map_err(|_| Odd)?;
        check_header(&form.format, form.version).map_err(|_| Odd)?;
        let mut waiting: Vec<Piece> = lists
            .iter()
            .zip([true, false])
            .flat_map(|(list, is_nodes)| {
                let last = list.pieces.len().saturating_sub(1);
                let pieces = list.pieces.iter().cloned().enumerate();
                pieces.map(move |(index, range)| Piece {
                    range,
                    is_nodes,
                    is_last_of_list: index == last,
                })
            })
            .collect();
        waiting.reverse();
        Ok(Self {
            form,
            nodes: Vec::new(),
            edges: Vec::new(),
            bytes: waiting.iter().map(|piece| piece.range.len()).sum(),
            bytes_read: 0,
            waiting,
        })
    }

    /// Reads the next piece; whether there was one.
    fn read_next(&mut self, text: &str) -> Result<bool, Odd> {
        let Some(piece) = self.waiting.pop() else {
            return Ok(false);
        };
        self.bytes_read += piece.range.len();
        let (is_last, inside) = (piece.is_last_of_list, &text[piece.range]);
        if piece.is_nodes {
            read_items(inside, is_last, &mut self.nodes)?;
        } else {
            read_items(inside, is_last, &mut self.edges)?;
        }
        Ok(true)
    }
}

fn read_items<T: DeserializeOwned>(
    inside: &str,
    is_last: bool,
    items: &mut Vec<T>,
) -> Result<(), Odd> {
    let read: Vec<T> = ron::from_str(&format!("[{inside}]")).map_err(|_| Odd)?;
    // Nothing stands before a comma: that is a fault, which the cut would hide.
    if read.is_empty() && !is_last {
        return Err(Odd);
    }
    items.extend(read);
    Ok(())
}

/// The text of a file that is of a sound size.
fn text_of(bytes: &[u8]) -> Result<&str, FileError> {
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
    Ok(text)
}
