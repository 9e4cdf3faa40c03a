//! From text to a table of cells: header, numbers, names of classes.

use std::{
    borrow::Cow,
    collections::{BTreeMap, btree_map::Entry},
};

use csv::{Reader, ReaderBuilder, StringRecord};

use super::{
    CsvError, MAX_CSV_CLASSES, MAX_CSV_ROWS,
    error::excerpt,
    text::{LineCounter, check_records, decode, sniff_delimiter},
};

/// Whether the first row holds the names of the columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeaderRow {
    /// It does if none of its cells is a number while some cell below is one.
    #[default]
    Detected,
    /// It does.
    Present,
    /// It does not.
    Absent,
}

/// A CSV file as a table of numbers, not yet bound to a network.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CsvTable {
    /// The names of the columns, trimmed, if the file has a header.
    pub headers: Option<Vec<String>>,
    /// One list per row, of one number per column: the cell, or the index of its class in `labels`.
    pub rows: Vec<Vec<f32>>,
    /// Per column the sorted names of its classes if it holds text, `None` if it holds numbers.
    pub labels: Vec<Option<Vec<String>>>,
    /// The line of the file where the first row of values stands, from 1.
    pub first_line: u32,
}

/// Reads a CSV file: delimited by `,`, `;` or tab, with `.` or (beside `;` and tab) `,` as decimal mark, in any common
/// encoding.
///
/// Lines without any value are skipped. A column is either all numbers or all text, the names of classes.
///
/// ```
/// use datasets::{HeaderRow, read_csv};
///
/// let table = read_csv(b"size,kind\n1.5,cat\n2.5,ant\n", HeaderRow::Detected)?;
/// assert_eq!(table.rows, [[1.5, 1.0], [2.5, 0.0]]);
/// assert_eq!(table.labels[1], Some(vec!["ant".into(), "cat".into()]));
///
/// let error = read_csv(b"1,2\n3,x\n", HeaderRow::Detected).unwrap_err();
/// assert_eq!(error.to_string(), "line 2, column 2: found \"x\", expected a number");
/// # Ok::<(), datasets::CsvError>(())
/// ```
pub fn read_csv(bytes: &[u8], header: HeaderRow) -> Result<CsvTable, CsvError> {
    let text = decode(bytes)?;
    let delimiter = sniff_delimiter(&text);
    check_records(&text, delimiter)?;
    let has_header = match header {
        HeaderRow::Detected => detect_header(&text, delimiter)?,
        HeaderRow::Present => true,
        HeaderRow::Absent => false,
    };

    let mut records = Records::new(&text, delimiter);
    let mut record = StringRecord::new();
    let Some(mut line) = records.next(&mut record)? else {
        return Err(CsvError::Empty);
    };
    let (width, header_line) = (record.len(), line);
    let headers = if has_header {
        let headers: Vec<String> = record.iter().map(|cell| tidy(cell).to_owned()).collect();
        check_headers(&headers, line)?;
        line = records
            .next(&mut record)?
            .ok_or(CsvError::HeaderOnly { line })?;
        Some(headers)
    } else {
        None
    };

    let first_line = line;
    let mut cells = CellReader::new(width, delimiter);
    let mut rows = Vec::new();
    loop {
        if record.len() != width {
            return Err(CsvError::Ragged {
                line,
                found: record.len(),
                expected: width,
                first_line: header_line,
            });
        }
        if rows.len() == MAX_CSV_ROWS {
            return Err(CsvError::TooManyRows { line });
        }
        let row = record.iter().enumerate();
        rows.push(
            row.map(|(column, cell)| cells.read(line, column, cell))
                .collect::<Result<Vec<f32>, CsvError>>()?,
        );
        match records.next(&mut record)? {
            Some(next) => line = next,
            None => break,
        }
    }
    let labels = cells.finish(&mut rows)?;
    Ok(CsvTable {
        headers,
        rows,
        labels,
        first_line,
    })
}

/// The records of a text that hold any value, with their lines.
struct Records<'a> {
    reader: Reader<&'a [u8]>,
    lines: LineCounter<'a>,
}

impl<'a> Records<'a> {
    fn new(text: &'a str, delimiter: u8) -> Self {
        Self {
            reader: ReaderBuilder::new()
                .delimiter(delimiter)
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes()),
            lines: LineCounter::new(text),
        }
    }

    /// Reads the next record and says its line; `None` at the end.
    fn next(&mut self, record: &mut StringRecord) -> Result<Option<u32>, CsvError> {
        loop {
            let start = self.reader.position().byte();
            let line = self.lines.line_of_record(start);
            let is_some = self
                .reader
                .read_record(record)
                .map_err(|error| CsvError::Syntax {
                    line,
                    message: error.to_string(),
                })?;
            if !is_some {
                return Ok(None);
            }
            if record.iter().any(|cell| !tidy(cell).is_empty()) {
                return Ok(Some(line));
            }
        }
    }
}

/// The cell without blanks around it, nor the quotes that survive in `1, "2"`, where a blank precedes them.
fn tidy(cell: &str) -> &str {
    let cell = cell.trim();
    match cell
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(inner) => inner.trim(),
        None => cell,
    }
}

fn detect_header(text: &str, delimiter: u8) -> Result<bool, CsvError> {
    let is_numeric = |cell: &str| !matches!(parse(tidy(cell), delimiter), Cell::Empty | Cell::Text);
    let mut records = Records::new(text, delimiter);
    let mut record = StringRecord::new();
    let Some(line) = records.next(&mut record)? else {
        return Ok(false);
    };
    if record.iter().any(is_numeric) {
        return Ok(false);
    }
    let mut is_alone = true;
    while records.next(&mut record)?.is_some() {
        is_alone = false;
        if record.iter().any(is_numeric) {
            return Ok(true);
        }
    }
    if is_alone {
        return Err(CsvError::HeaderOnly { line });
    }
    Ok(false)
}

fn check_headers(headers: &[String], line: u32) -> Result<(), CsvError> {
    let mut seen = BTreeMap::new();
    for (column, name) in headers.iter().enumerate() {
        // Spreadsheets leave the name of a column of row numbers empty.
        if name.is_empty() {
            continue;
        }
        if let Some(first) = seen.insert(name.to_lowercase(), column) {
            return Err(CsvError::DuplicateHeader {
                line,
                column: column + 1,
                name: excerpt(name),
                first_column: first + 1,
            });
        }
    }
    Ok(())
}

/// What a cell holds.
enum Cell {
    Empty,
    Number(f32),
    NotFinite,
    OutOfRange,
    Text,
}

/// The decimal comma, if the delimiter leaves the comma free and the cell has exactly one and no point.
fn with_decimal_point(cell: &str, delimiter: u8) -> Cow<'_, str> {
    let is_comma_decimal =
        delimiter != b',' && cell.matches(',').count() == 1 && !cell.contains('.');
    if is_comma_decimal {
        Cow::Owned(cell.replace(',', "."))
    } else {
        Cow::Borrowed(cell)
    }
}

fn parse(cell: &str, delimiter: u8) -> Cell {
    if cell.is_empty() {
        return Cell::Empty;
    }
    match with_decimal_point(cell, delimiter).parse::<f32>() {
        Ok(number) if number.is_finite() => Cell::Number(number),
        // "inf" and "nan" are spelled with letters only, 1e39 begins with a digit and overflows.
        Ok(_) if cell.contains(|c: char| c.is_ascii_digit()) => Cell::OutOfRange,
        Ok(_) => Cell::NotFinite,
        Err(_) => Cell::Text,
    }
}

/// A cell to point at later.
struct Place {
    line: u32,
    text: String,
}

/// What is known of one column while it is read.
#[derive(Default)]
struct ColumnState {
    numbers: usize,
    texts: usize,
    first_number: Option<Place>,
    first_text: Option<Place>,
    /// Classes by name, with the number they are read as until all are known.
    classes: BTreeMap<String, u32>,
}

/// Reads cells into numbers, and remembers what later rows must agree with.
struct CellReader {
    delimiter: u8,
    columns: Vec<ColumnState>,
    classes: usize,
    /// The first decimal mark of the file, and where it stands.
    decimal_mark: Option<(char, u32, usize)>,
}

impl CellReader {
    fn new(width: usize, delimiter: u8) -> Self {
        Self {
            delimiter,
            columns: (0..width).map(|_| ColumnState::default()).collect(),
            classes: 0,
            decimal_mark: None,
        }
    }

    fn read(&mut self, line: u32, index: usize, cell: &str) -> Result<f32, CsvError> {
        let cell = tidy(cell);
        let column = index + 1;
        let state = &mut self.columns[index];
        match parse(cell, self.delimiter) {
            Cell::Number(number) => {
                state.numbers += 1;
                state.first_number.get_or_insert_with(|| Place {
                    line,
                    text: excerpt(cell),
                });
                self.check_decimal_mark(line, column, cell)?;
                Ok(number)
            }
            Cell::Text => {
                state.texts += 1;
                state.first_text.get_or_insert_with(|| Place {
                    line,
                    text: excerpt(cell),
                });
                let next = state.classes.len() as u32;
                let class = match state.classes.entry(cell.to_owned()) {
                    Entry::Occupied(known) => *known.get(),
                    Entry::Vacant(_) if self.classes == MAX_CSV_CLASSES => {
                        return Err(CsvError::TooManyClasses { line, column });
                    }
                    Entry::Vacant(new) => {
                        self.classes += 1;
                        *new.insert(next)
                    }
                };
                // Exact: there are far fewer classes than the 2²⁴ whole numbers of an f32.
                Ok(class as f32)
            }
            Cell::Empty => Err(CsvError::EmptyCell { line, column }),
            Cell::NotFinite => Err(CsvError::NotFinite {
                line,
                column,
                found: excerpt(cell),
            }),
            Cell::OutOfRange => Err(CsvError::OutOfRange {
                line,
                column,
                found: excerpt(cell),
            }),
        }
    }

    /// `1,234` beside `5.6` may be a thousand, so a file that mixes the marks is not guessed at.
    fn check_decimal_mark(&mut self, line: u32, column: usize, cell: &str) -> Result<(), CsvError> {
        let Some(mark) = cell.chars().find(|c| matches!(c, '.' | ',')) else {
            return Ok(());
        };
        let (first, first_line, first_column) =
            *self.decimal_mark.get_or_insert((mark, line, column));
        if first == mark {
            return Ok(());
        }
        Err(CsvError::MixedDecimalMarks {
            line,
            column,
            found: excerpt(cell),
            first_line,
            first_column,
        })
    }

    /// Checks that every column is of one kind, and numbers the classes in sorted order.
    fn finish(self, rows: &mut [Vec<f32>]) -> Result<Vec<Option<Vec<String>>>, CsvError> {
        let mut labels = Vec::with_capacity(self.columns.len());
        for (index, state) in self.columns.into_iter().enumerate() {
            let column = index + 1;
            match (state.first_number, state.first_text) {
                (Some(number), Some(text)) => {
                    // The rarer kind is the mistake.
                    return Err(if state.texts <= state.numbers {
                        CsvError::NotANumber {
                            line: text.line,
                            column,
                            found: text.text,
                        }
                    } else {
                        CsvError::NotAClass {
                            line: number.line,
                            column,
                            found: number.text,
                            example: text.text,
                        }
                    });
                }
                (_, None) => labels.push(None),
                (None, Some(_)) => {
                    let mut sorted = vec![0.0; state.classes.len()];
                    for (rank, &as_read) in state.classes.values().enumerate() {
                        sorted[as_read as usize] = rank as f32;
                    }
                    for row in &mut *rows {
                        row[index] = sorted[row[index] as usize];
                    }
                    labels.push(Some(state.classes.into_keys().collect()));
                }
            }
        }
        Ok(labels)
    }
}
