//! What can be wrong with a CSV file, each in one sentence: where, what was found, what was expected.

use thiserror::Error;

use super::{MAX_CSV_BYTES, MAX_CSV_CLASSES, MAX_CSV_COLUMNS, MAX_CSV_ROWS, MAX_CSV_VALUES};
use crate::table::{TableError, counted};

/// Why a CSV file was refused. Lines and columns are counted from 1, lines as a text editor counts them.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum CsvError {
    /// No bytes, or nothing but blank lines.
    #[error("the file is empty, expected rows of values")]
    Empty,
    /// The file exceeds [`MAX_CSV_BYTES`].
    #[error("the file holds {found} bytes, expected at most {MAX_CSV_BYTES} (256 MiB)")]
    TooLarge {
        /// The size in bytes.
        found: usize,
    },
    /// A zero byte: not a text file.
    #[error("byte {byte}: found binary data, expected a text file")]
    Binary {
        /// The first offending byte, from 1.
        byte: usize,
    },
    /// Names of columns and nothing below.
    #[error("line {line}: found only a header, expected rows of values below it")]
    HeaderOnly {
        /// The line of the header.
        line: u32,
    },
    /// A row is shorter or longer than the first one.
    #[error("line {line}: found {}, expected {expected} as in line {first_line}", counted(*found, "column", "columns"))]
    Ragged {
        /// The line of the row.
        line: u32,
        /// How many cells it has.
        found: usize,
        /// How many the first row has.
        expected: usize,
        /// The line of the first row.
        first_line: u32,
    },
    /// A quoted cell never ends.
    #[error(
        "line {line}, column {column}: found a quote that is never closed, expected a second \""
    )]
    UnclosedQuote {
        /// The line where the quote opens.
        line: u32,
        /// The column of the cell.
        column: usize,
    },
    /// Text among numbers.
    #[error("line {line}, column {column}: found \"{found}\", expected a number")]
    NotANumber {
        /// The line of the cell.
        line: u32,
        /// The column of the cell.
        column: usize,
        /// The text, shortened.
        found: String,
    },
    /// A number among names of classes.
    #[error(
        "line {line}, column {column}: found the number {found}, expected the name of a class like \"{example}\""
    )]
    NotAClass {
        /// The line of the cell.
        line: u32,
        /// The column of the cell.
        column: usize,
        /// The cell as it is written.
        found: String,
        /// A class of the same column, shortened.
        example: String,
    },
    /// Nothing between two delimiters.
    #[error("line {line}, column {column}: found an empty cell, expected a value")]
    EmptyCell {
        /// The line of the cell.
        line: u32,
        /// The column of the cell.
        column: usize,
    },
    /// An infinity or NaN, spelled out.
    #[error("line {line}, column {column}: found {found}, expected a finite number")]
    NotFinite {
        /// The line of the cell.
        line: u32,
        /// The column of the cell.
        column: usize,
        /// The cell as it is written.
        found: String,
    },
    /// A number too large for 32-bit floating point.
    #[error(
        "line {line}, column {column}: found {found}, expected a number between -3.4028235e38 and 3.4028235e38"
    )]
    OutOfRange {
        /// The line of the cell.
        line: u32,
        /// The column of the cell.
        column: usize,
        /// The cell as it is written, shortened.
        found: String,
    },
    /// Both a decimal comma and a decimal point in one file: one of them may separate thousands.
    #[error(
        "line {line}, column {column}: found {found}, expected the decimal mark of line {first_line}, column {first_column}"
    )]
    MixedDecimalMarks {
        /// The line of the cell.
        line: u32,
        /// The column of the cell.
        column: usize,
        /// The cell as it is written, shortened.
        found: String,
        /// The line of the first cell with a decimal mark.
        first_line: u32,
        /// The column of that cell.
        first_column: usize,
    },
    /// Two columns share a name.
    #[error(
        "line {line}, column {column}: found the name \"{name}\" again, expected one that differs from column {first_column}"
    )]
    DuplicateHeader {
        /// The line of the header.
        line: u32,
        /// The second column of that name.
        column: usize,
        /// The name, shortened.
        name: String,
        /// The first column of that name.
        first_column: usize,
    },
    /// More rows than [`MAX_CSV_ROWS`].
    #[error("line {line}: found one more row, expected at most {MAX_CSV_ROWS} rows")]
    TooManyRows {
        /// The line of the first row too many.
        line: u32,
    },
    /// A row wider than [`MAX_CSV_COLUMNS`].
    #[error("line {line}: found {found} columns, expected at most {MAX_CSV_COLUMNS}")]
    TooManyColumns {
        /// The line of the row.
        line: u32,
        /// How many cells it has.
        found: usize,
    },
    /// More different texts than [`MAX_CSV_CLASSES`].
    #[error(
        "line {line}, column {column}: found one more text, expected at most {MAX_CSV_CLASSES} different class names"
    )]
    TooManyClasses {
        /// The line of the cell.
        line: u32,
        /// The column of the cell.
        column: usize,
    },
    /// The parser refused a record that passed every check before.
    #[error("line {line}: {message}, expected delimited text")]
    Syntax {
        /// The line of the record.
        line: u32,
        /// What the parser says.
        message: String,
    },
    /// The network wants more columns than the file has.
    #[error("the file has {}, expected {expected}: nothing fills {missing}", counted(*found, "column", "columns"))]
    MissingColumns {
        /// How many columns the file has.
        found: usize,
        /// How many the network wants.
        expected: usize,
        /// The columns of the network that stay empty.
        missing: String,
    },
    /// The file has more columns than the network wants.
    #[error(
        "the file has {}, expected {expected}: the network has no place for {extra}", counted(*found, "column", "columns")
    )]
    ExtraColumns {
        /// How many columns the file has.
        found: usize,
        /// How many the network wants.
        expected: usize,
        /// The columns of the file that are left over.
        extra: String,
    },
    /// A text column stands where numbers are needed.
    #[error("line {line}, column {column}: found \"{found}\", expected a number for \"{name}\"")]
    TextForNumber {
        /// The first line of values.
        line: u32,
        /// The column of the file.
        column: usize,
        /// The text, shortened.
        found: String,
        /// The column of the network.
        name: String,
    },
    /// A text column has more classes than there are targets.
    #[error(
        "column {column}: found {} ({classes}), expected at most {expected} for {targets}", counted(*found, "class", "classes")
    )]
    TooManyClassesForTargets {
        /// The column of the file.
        column: usize,
        /// How many classes it has.
        found: usize,
        /// The classes.
        classes: String,
        /// How many the targets can tell apart.
        expected: usize,
        /// The targets.
        targets: String,
    },
    /// A text column has fewer classes than there are targets, and the names do not say which are meant.
    #[error(
        "column {column}: found {} ({classes}), expected {expected} for {targets}", counted(*found, "class", "classes")
    )]
    TooFewClassesForTargets {
        /// The column of the file.
        column: usize,
        /// How many classes it has.
        found: usize,
        /// The classes.
        classes: String,
        /// How many the targets tell apart.
        expected: usize,
        /// The targets.
        targets: String,
    },
    /// Several text columns, whose classes do not add up to the columns of the network.
    #[error(
        "the file has {found} columns once every class is a column of its own, expected {expected}"
    )]
    ClassesDoNotFit {
        /// How many columns the file makes.
        found: usize,
        /// How many the network wants.
        expected: usize,
    },
    /// One-hot classes would make the table larger than [`MAX_CSV_VALUES`].
    #[error(
        "the table would hold {rows} rows of {width} values each, expected at most {MAX_CSV_VALUES} values"
    )]
    TooManyValues {
        /// How many rows the file has.
        rows: usize,
        /// How many values a row of the network has.
        width: usize,
    },
    /// A table of cells that the reader did not make: its rows, headers and labels disagree.
    #[error(
        "row {row} does not agree with the table's headers and classes, expected {}", counted(*expected, "cell", "cells")
    )]
    Inconsistent {
        /// The row, from 1.
        row: usize,
        /// How many columns have a label entry.
        expected: usize,
    },
    /// The columns of the network do not make a table.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// At most this many characters of a cell are quoted in a sentence.
const MAX_EXCERPT_CHARS: usize = 40;
/// At most this many names are listed in a sentence.
const MAX_LISTED: usize = 5;

/// A cell as it can stand in a sentence: on one line, and not too long.
pub(super) fn excerpt(cell: &str) -> String {
    let mut text: String = cell
        .chars()
        .take(MAX_EXCERPT_CHARS)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if cell.chars().nth(MAX_EXCERPT_CHARS).is_some() {
        text.push('…');
    }
    text
}

/// Names as a list in a sentence, quoted, the first few of them.
pub(super) fn list<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let mut text = String::new();
    let mut left = 0_usize;
    for (index, name) in names.into_iter().enumerate() {
        if index >= MAX_LISTED {
            left += 1;
            continue;
        }
        if index > 0 {
            text.push_str(", ");
        }
        text.push('"');
        text.push_str(&excerpt(name.as_ref()));
        text.push('"');
    }
    if left > 0 {
        text.push_str(&format!(" and {left} more"));
    }
    text
}
