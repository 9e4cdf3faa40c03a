//! Faults of a project file, told as one sentence: where, what was found, what was expected.

use ron::error::{Error, Position, SpannedError};
use ron::value::RawValue;
use serde::Deserialize;

use network::Part;

use crate::arrangement::Item;

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

/// The most characters of a file that a sentence quotes.
const MAX_QUOTED: usize = 24;

impl FileError {
    /// A fault of the file as a whole.
    pub(crate) fn at_start(message: impl Into<String>) -> Self {
        Self {
            line: 1,
            column: 1,
            message: message.into(),
        }
    }

    /// A fault at this byte of the text.
    pub(crate) fn at_byte(text: &str, offset: usize, message: impl Into<String>) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |place| place + 1);
        // A name from the file may hold anything; a sentence stays on one line.
        let message = message.into().replace(char::is_control, "�");
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message,
        }
    }

    /// What RON stumbled over, in words for a person.
    pub(crate) fn from_ron(text: &str, error: &SpannedError) -> Self {
        let place = match &error.code {
            // RON has read these before it refuses them.
            Error::DuplicateStructField { .. }
            | Error::ExpectedDifferentStructName { .. }
            | Error::IntegerOutOfBounds
            | Error::InvalidEscape(_)
            | Error::Message(_)
            | Error::NoSuchEnumVariant { .. }
            | Error::NoSuchExtension(_)
            | Error::NoSuchStructField { .. }
            | Error::UnclosedBlockComment => error.span.start,
            _ => error.span.end,
        };
        let mut offset = byte_of(text, place);
        offset += blanks(&text[offset..]);
        let mut found = token(&text[offset..]);
        // RON has stepped over the sign when it finds a number too small.
        if error.code == Error::IntegerOutOfBounds && text[..offset].ends_with('-') {
            offset -= 1;
            found = format!("`-{}", found.trim_start_matches('`'));
        }
        let message = match &error.code {
            Error::Message(sentence) => sentence.clone(),
            Error::ExpectedDifferentLength { expected, found } => format!(
                "found {found} {} in these brackets, expected {}",
                if *found == 1 { "value" } else { "values" },
                first_number(expected).unwrap_or_else(|| "another number".to_owned())
            ),
            Error::InvalidEscape(_) => {
                "found a single backslash in a text, expected two".to_owned()
            }
            Error::IntegerOutOfBounds if found.starts_with("`-") => {
                format!("found {found}, expected a whole number that is not negative")
            }
            Error::DuplicateStructField { field, .. } => {
                format!("found the field `{field}` a second time, expected it once")
            }
            Error::UnclosedBlockComment => {
                "found a comment that is never closed, expected `*/`".to_owned()
            }
            Error::TrailingCharacters => {
                format!("found {found} after the end of the project, expected nothing more")
            }
            Error::ExceededRecursionLimit => {
                format!("found {found} too deep inside other brackets, expected a project")
            }
            Error::UnexpectedChar(found) => {
                format!("found `{found}`, expected a value")
            }
            code => format!("found {found}, expected {}", expected(code)),
        };
        Self::at_byte(text, offset, message)
    }
}

/// What RON wanted instead.
fn expected(code: &Error) -> String {
    let words = match code {
        Error::ExpectedArray => "`[`",
        Error::ExpectedArrayEnd => "a comma or `]`",
        Error::ExpectedAttribute | Error::ExpectedAttributeEnd | Error::NoSuchExtension(_) => {
            "a project, which begins with `(`"
        }
        Error::ExpectedBoolean => "true or false",
        Error::ExpectedComma | Error::ExpectedStructLikeEnd => "a comma or a closing bracket",
        Error::ExpectedFloat | Error::FloatUnderscore | Error::UnderscoreAtBeginning => "a number",
        Error::ExpectedInteger | Error::InvalidIntegerDigit { .. } => "a whole number",
        Error::IntegerOutOfBounds => "a smaller whole number",
        Error::ExpectedMapColon => "a colon",
        Error::ExpectedStructLike | Error::ExpectedNamedStructLike(_) => "`(`",
        Error::ExpectedString => "a text in quotes",
        Error::ExpectedStringEnd => "a text that ends with a quote",
        Error::ExpectedIdentifier
        | Error::InvalidIdentifier(_)
        | Error::SuggestRawIdentifier(_) => "a name without quotes",
        Error::Eof => "the rest of the project",
        Error::ExpectedDifferentStructName { .. } => "`(`",
        Error::MissingStructField { field, .. } => {
            return format!("the field `{field}` before it");
        }
        Error::NoSuchEnumVariant { expected, .. } | Error::NoSuchStructField { expected, .. } => {
            return one_of(expected);
        }
        _ => "a value that fits here",
    };
    words.to_owned()
}

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => "nothing here".to_owned(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

fn first_number(words: &str) -> Option<String> {
    let digits: String = words
        .chars()
        .skip_while(|letter| !letter.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    (!digits.is_empty()).then_some(digits)
}

/// The byte at a line and a column; the end of the text when there is no such place.
fn byte_of(text: &str, place: Position) -> usize {
    let line_start: usize = text
        .split_inclusive('\n')
        .take(place.line.saturating_sub(1))
        .map(str::len)
        .sum();
    let line = &text[line_start..];
    line.char_indices()
        .nth(place.col.saturating_sub(1))
        .map_or(text.len(), |(byte, _)| line_start + byte)
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// The word, number, text or sign that begins here, as a sentence quotes it.
fn token(text: &str) -> String {
    let Some(first) = text.chars().next() else {
        return "the end of the file".to_owned();
    };
    let is_word = |letter: char| letter.is_alphanumeric() || "_+-.".contains(letter);
    let length = match first {
        '"' => text[1..]
            .find(['"', '\n'])
            .map_or(text.len(), |end| end + 2),
        first if is_word(first) => text.find(|c| !is_word(c)).unwrap_or(text.len()),
        first => first.len_utf8(),
    };
    let token = text.get(..length).unwrap_or(text).trim_end();
    format!("`{}`", shorten(token))
}

/// A text as a sentence quotes it: on one line, and not too long.
pub(crate) fn shorten(text: &str) -> String {
    let mut short: String = text
        .chars()
        .take(MAX_QUOTED)
        .map(|letter| if letter.is_control() { '�' } else { letter })
        .collect();
    if text.chars().nth(MAX_QUOTED).is_some() {
        short.push('…');
    }
    short
}

/// Where the parts of a project stand in its file: a second, cheap parse that
/// keeps each as the slice of the text it was read from.
#[derive(Deserialize)]
#[serde(rename = "Project")]
pub(crate) struct Places<'a> {
    #[serde(borrow)]
    network: NetworkPlaces<'a>,
    #[serde(borrow)]
    data: DataPlaces<'a>,
    #[serde(borrow)]
    training: &'a RawValue,
    #[serde(borrow)]
    view: &'a RawValue,
    #[serde(borrow, default)]
    arrangement: ArrangementPlaces<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename = "Arrangement")]
struct ArrangementPlaces<'a> {
    #[serde(borrow, default)]
    groups: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    notes: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename = "Network")]
struct NetworkPlaces<'a> {
    #[serde(borrow)]
    nodes: Vec<&'a RawValue>,
    #[serde(borrow)]
    edges: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename = "Data")]
struct DataPlaces<'a> {
    #[serde(borrow)]
    table: TablePlaces<'a>,
    #[serde(borrow)]
    split: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename = "Table")]
struct TablePlaces<'a> {
    #[serde(borrow)]
    columns: Vec<&'a RawValue>,
    #[serde(borrow)]
    rows: Vec<&'a RawValue>,
}

/// Something that has a place in the file.
pub(crate) enum Place<'a> {
    /// A node or an edge.
    Part(Part),
    /// The column of this name.
    Column(&'a str),
    /// The row of this number, from 1.
    Row(usize),
    /// The data as a whole.
    Table,
    /// The split.
    Split,
    /// The training settings.
    Training,
    /// The view.
    View,
    /// A group or a note.
    Item(Item),
}

impl<'a> Places<'a> {
    /// The places of a file; `None` when it is not even of the outer form.
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        ron::from_str(text).ok()
    }

    /// The byte where something begins in the text the places were read from.
    pub(crate) fn byte(&self, text: &str, place: &Place) -> Option<usize> {
        let table = &self.data.table;
        let raw = match place {
            Place::Part(Part::Node(index)) => self.network.nodes.get(*index).copied(),
            Place::Part(Part::Edge(index)) => self.network.edges.get(*index).copied(),
            Place::Column(name) => {
                let name = format!("{name:?}");
                let bears = |raw: &&&RawValue| raw.get_ron().contains(&name);
                table.columns.iter().find(bears).copied()
            }
            Place::Row(number) => table.rows.get(number.checked_sub(1)?).copied(),
            Place::Table => table.columns.first().or(table.rows.first()).copied(),
            Place::Split => Some(self.data.split),
            Place::Training => Some(self.training),
            Place::View => Some(self.view),
            Place::Item(Item::Group(index)) => self.arrangement.groups.get(*index).copied(),
            Place::Item(Item::Note(index)) => self.arrangement.notes.get(*index).copied(),
        }?;
        let slice = raw.get_ron();
        let before = (slice.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
        Some(before + blanks(slice))
    }
}
