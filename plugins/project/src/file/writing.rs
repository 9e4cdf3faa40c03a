//! A project file written piece by piece, so that whoever waits can be told how far it is.

use network::{Edge, Node};
use ron::ser::PrettyConfig;
use serde::Serialize;

use super::{form_of, pretty};
use crate::Project;

/// So many neurons or wires are written in one piece: a few milliseconds.
const ITEMS: usize = 1_000;

/// The pieces of a project's file, one after the other: together they are its text.
/// The same project gives the same text.
pub struct Writing<'a> {
    nodes: Items<'a, Node>,
    edges: Items<'a, Edge>,
    /// The text around the lists, the first part last.
    around: Vec<String>,
    stage: Stage,
    items: usize,
    written: usize,
    is_done: bool,
}

type Items<'a, T> = std::iter::Peekable<Box<dyn Iterator<Item = &'a T> + Send + 'a>>;

/// What comes next.
#[derive(Clone, Copy)]
enum Stage {
    /// What stands around the lists, before the list of this stage.
    Around(Next),
    Nodes,
    Edges,
}

#[derive(Clone, Copy)]
enum Next {
    Nodes,
    Edges,
    End,
}

/// How the lists stand in a file without neurons and wires.
const EMPTY: [&str; 2] = ["nodes: []", "edges: []"];

impl<'a> Writing<'a> {
    /// Begins to write a project.
    ///
    /// # Errors
    /// When a value has no RON form; no project has such a value.
    pub fn of(project: &'a Project) -> Result<Self, ron::Error> {
        let network = project.network();
        let frame = pretty(&form_of::<&Node, &Edge>(project, Vec::new(), Vec::new()))?;
        // The lists stand before all names a person gave.
        let mut around = Vec::new();
        let mut rest = frame.as_str();
        for empty in EMPTY {
            let (before, after) = rest
                .split_once(empty)
                .ok_or_else(|| ron::Error::Message(format!("no place for the list `{empty}`")))?;
            around.push(before.to_owned());
            rest = after;
        }
        around.push(rest.to_owned());
        around.reverse();
        let nodes: Box<dyn Iterator<Item = &Node> + Send> = Box::new(network.nodes());
        let edges: Box<dyn Iterator<Item = &Edge> + Send> = Box::new(network.edges());
        Ok(Self {
            nodes: nodes.peekable(),
            edges: edges.peekable(),
            around,
            stage: Stage::Around(Next::Nodes),
            items: network.nodes().len() + network.edges().len(),
            written: 0,
            is_done: false,
        })
    }

    /// How much of it is written, 0 to 1. Never falls.
    #[must_use]
    pub fn share(&self) -> f32 {
        match (self.is_done, self.items) {
            (true, _) => 1.0,
            (false, 0) => 0.0,
            (false, items) => self.written as f32 / items as f32,
        }
    }

    fn next_piece(&mut self) -> Result<String, ron::Error> {
        match self.stage {
            Stage::Around(next) => {
                let mut text = self.around.pop().unwrap_or_default();
                match next {
                    Next::Nodes => {
                        text.push_str(&opening(EMPTY[0], self.nodes.peek().is_some()));
                        self.stage = Stage::Nodes;
                    }
                    Next::Edges => {
                        text.push_str(&opening(EMPTY[1], self.edges.peek().is_some()));
                        self.stage = Stage::Edges;
                    }
                    Next::End => {
                        text.push('\n');
                        self.is_done = true;
                    }
                }
                Ok(text)
            }
            Stage::Nodes => {
                let (text, count) = items(&mut self.nodes)?;
                self.written += count;
                if self.nodes.peek().is_none() {
                    self.stage = Stage::Around(Next::Edges);
                }
                Ok(closed(text, self.nodes.peek().is_none()))
            }
            Stage::Edges => {
                let (text, count) = items(&mut self.edges)?;
                self.written += count;
                if self.edges.peek().is_none() {
                    self.stage = Stage::Around(Next::End);
                }
                Ok(closed(text, self.edges.peek().is_none()))
            }
        }
    }
}

impl Iterator for Writing<'_> {
    type Item = Result<String, ron::Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let piece = self.next_piece();
        // After a fault there is nothing to go on with.
        self.is_done |= piece.is_err();
        Some(piece)
    }
}

/// `nodes: [` and, where something follows, the end of its line.
fn opening(empty: &str, has_items: bool) -> String {
    let open = empty.trim_end_matches(']');
    format!("{open}{}", if has_items { "\n" } else { "" })
}

/// The items, and after the last of them the closing bracket.
fn closed(mut items: String, is_last: bool) -> String {
    if is_last {
        if !items.is_empty() {
            items.push_str("    ");
        }
        items.push(']');
    }
    items
}

/// The next items, each on a line as deep as it is in the file.
fn items<T: Serialize>(list: &mut Items<'_, T>) -> Result<(String, usize), ron::Error> {
    let next: Vec<&T> = list.by_ref().take(ITEMS).collect();
    if next.is_empty() {
        return Ok((String::new(), 0));
    }
    let lines = PrettyConfig::new()
        .depth_limit(1)
        .indentor("      ")
        .new_line("\n");
    let text = ron::ser::to_string_pretty(&next, lines)?;
    let inside = text
        .strip_prefix("[\n")
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or_default();
    Ok((inside.to_owned(), next.len()))
}
