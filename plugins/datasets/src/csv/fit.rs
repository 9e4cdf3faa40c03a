//! From a table of cells to the columns of a network: matching by name or by position, classes to targets.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use super::{
    CsvError, CsvTable, MAX_CSV_CLASSES, MAX_CSV_COLUMNS, MAX_CSV_VALUES,
    error::{excerpt, list},
};
use crate::table::{ColumnSpec, Role, Table};

/// Turns a CSV table into the table of a network with these columns.
///
/// If the file has a header and it names every column (upper and lower case alike), columns are matched by name,
/// otherwise by position. An element of a shaped column is named `name[0]`, `name[1]`, … and, by position, takes one
/// column of the file after the other.
///
/// A text column of k classes fills k targets, one-hot: targets that bear the names of the classes, or any k in the
/// sorted order of the classes. If k is 2 it also fills one target, with 0 for the first class and 1 for the second.
pub fn fit(table: &CsvTable, columns: &[ColumnSpec]) -> Result<Table, CsvError> {
    check_consistency(table)?;
    check_size(table, columns)?;
    let slots = Slots::new(columns)?;
    let sources = match match_by_name(table, &slots)? {
        Some(sources) => sources,
        None => match_by_position(table, &slots)?,
    };
    let filled = columns.iter().zip(&slots.ranges).map(|(spec, range)| {
        let sources = &sources[range.clone()];
        let values = table.rows.iter().flat_map(|row| {
            sources.iter().map(|source| match *source {
                Source::Cell(column) => row[column],
                Source::Class { column, class } => f32::from(u8::from(row[column] == class)),
                Source::AbsentClass => 0.0,
            })
        });
        spec.with_values(values.collect())
    });
    Ok(Table::from_columns(filled.collect())?)
}

/// Where the values of one slot come from.
#[derive(Clone, Copy)]
enum Source {
    /// The number in this column of the file.
    Cell(usize),
    /// 1 where the column of the file has this class, else 0.
    Class { column: usize, class: f32 },
    /// A class the network knows and the file does not have.
    AbsentClass,
}

/// One element of one column of the network: what one column of numbers in a file fills.
struct Slot {
    name: String,
    key: String,
    role: Role,
}

struct Slots {
    slots: Vec<Slot>,
    /// The slots of each column of the network.
    ranges: Vec<Range<usize>>,
    /// The name of each column of the network, ready for comparison.
    keys: Vec<String>,
}

impl Slots {
    fn new(columns: &[ColumnSpec]) -> Result<Self, CsvError> {
        let mut slots = Vec::new();
        let mut ranges = Vec::with_capacity(columns.len());
        for spec in columns {
            let start = slots.len();
            for element in 0..spec.size()? {
                let name = if spec.shape.is_empty() {
                    spec.name.clone()
                } else {
                    format!("{}[{element}]", spec.name)
                };
                slots.push(Slot {
                    key: key(&name),
                    name,
                    role: spec.role,
                });
            }
            ranges.push(start..slots.len());
        }
        Ok(Self {
            slots,
            ranges,
            keys: columns.iter().map(|spec| key(&spec.name)).collect(),
        })
    }
}

/// A name ready for comparison.
fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Guards against a table that was put together by hand: the reader's own are always consistent.
fn check_consistency(table: &CsvTable) -> Result<(), CsvError> {
    let width = table.labels.len();
    let is_row_good = |row: &Vec<f32>| {
        row.len() == width
            && row.iter().zip(&table.labels).all(|(&value, labels)| {
                labels.as_ref().is_none_or(|classes| {
                    value >= 0.0 && value.fract() == 0.0 && value < classes.len() as f32
                })
            })
    };
    let bad_row = table.rows.iter().position(|row| !is_row_good(row));
    let has_good_headers = table
        .headers
        .as_ref()
        .is_none_or(|names| names.len() == width);
    match bad_row {
        None if has_good_headers => Ok(()),
        row => Err(CsvError::Inconsistent {
            row: row.unwrap_or(0) + 1,
            expected: width,
        }),
    }
}

/// Refuses what no file can fill and what no memory can hold, before either costs anything.
fn check_size(table: &CsvTable, columns: &[ColumnSpec]) -> Result<(), CsvError> {
    let mut width = 0_usize;
    for spec in columns {
        width = width.saturating_add(spec.size()?);
    }
    if width > MAX_CSV_COLUMNS + MAX_CSV_CLASSES {
        return Err(CsvError::MissingColumns {
            found: table.labels.len(),
            expected: width,
            missing: list(columns.iter().map(|spec| &spec.name)),
        });
    }
    if table.rows.len().saturating_mul(width) > MAX_CSV_VALUES {
        return Err(CsvError::TooManyValues {
            rows: table.rows.len(),
            width,
        });
    }
    Ok(())
}

/// The sources of all slots if the header names every column of the network, else `None`.
fn match_by_name(table: &CsvTable, slots: &Slots) -> Result<Option<Vec<Source>>, CsvError> {
    let Some(headers) = &table.headers else {
        return Ok(None);
    };
    let by_name: BTreeMap<String, usize> = headers
        .iter()
        .enumerate()
        .map(|(column, name)| (key(name), column))
        .collect();
    let mut is_used = vec![false; table.labels.len()];
    let mut take = |name: &str| {
        let column = *by_name.get(name)?;
        (!std::mem::replace(&mut is_used[column], true)).then_some(column)
    };

    // Which column of the file fills which slots; the rest may be classes of a text column.
    let mut pairs: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut unnamed: Vec<usize> = Vec::new();
    for (range, name) in slots.ranges.iter().zip(&slots.keys) {
        if let Some(column) = take(name) {
            pairs.push((column, range.clone().collect()));
            continue;
        }
        for slot in range.clone() {
            match take(&slots.slots[slot].key) {
                Some(column) => pairs.push((column, vec![slot])),
                None => unnamed.push(slot),
            }
        }
    }
    if !unnamed.is_empty() {
        let mut text_columns =
            (0..is_used.len()).filter(|&c| !is_used[c] && table.labels[c].is_some());
        let (Some(column), None) = (text_columns.next(), text_columns.next()) else {
            return Ok(None);
        };
        if unnamed
            .iter()
            .any(|&slot| slots.slots[slot].role == Role::Input)
            || classes_by_name(table, column, &unnamed, slots).is_none()
        {
            return Ok(None);
        }
        is_used[column] = true;
        pairs.push((column, unnamed));
    }
    let extra: Vec<usize> = (0..is_used.len())
        .filter(|&column| !is_used[column])
        .collect();
    if !extra.is_empty() {
        return Err(extra_columns(
            table,
            &extra,
            table.labels.len() - extra.len(),
        ));
    }
    let mut sources = vec![Source::AbsentClass; slots.slots.len()];
    for (column, range) in pairs {
        for (slot, source) in range.iter().zip(fit_column(table, column, &range, slots)?) {
            sources[*slot] = source;
        }
    }
    Ok(Some(sources))
}

fn match_by_position(table: &CsvTable, slots: &Slots) -> Result<Vec<Source>, CsvError> {
    let mut sources = Vec::with_capacity(slots.slots.len());
    for (column, width) in widths_by_position(table, slots)?.into_iter().enumerate() {
        let range: Vec<usize> = (sources.len()..sources.len() + width).collect();
        sources.extend(fit_column(table, column, &range, slots)?);
    }
    Ok(sources)
}

/// How many slots each column of the file fills, in order; they sum to the number of slots.
fn widths_by_position(table: &CsvTable, slots: &Slots) -> Result<Vec<usize>, CsvError> {
    let (columns, wanted) = (table.labels.len(), slots.slots.len());
    let class_counts: Vec<Option<usize>> = table
        .labels
        .iter()
        .map(|labels| labels.as_ref().map(Vec::len))
        .collect();
    let text_columns: Vec<usize> = (0..columns)
        .filter(|&c| class_counts[c].is_some())
        .collect();
    match text_columns.as_slice() {
        [] if columns < wanted => Err(missing_columns(columns, wanted, &slots.slots[columns..])),
        [] if columns > wanted => {
            let extra: Vec<usize> = (wanted..columns).collect();
            Err(extra_columns(table, &extra, wanted))
        }
        [] => Ok(vec![1; columns]),
        // The only text column fills whatever the numbers leave.
        &[text] => {
            let inputs = slots
                .slots
                .iter()
                .take_while(|slot| slot.role == Role::Input)
                .count();
            let targets = wanted - inputs;
            let are_targets_last = slots.slots[inputs..]
                .iter()
                .all(|slot| slot.role == Role::Target);
            let classes = class_counts[text].unwrap_or(0);
            let would_fit = classes == targets || (classes == 2 && targets == 1);
            if text + 1 == columns && are_targets_last && would_fit && text != inputs {
                // The classes are right, so it is the inputs that are too few or too many.
                return Err(if text < inputs {
                    missing_columns(columns, inputs + 1, &slots.slots[text..inputs])
                } else {
                    let extra: Vec<usize> = (inputs..text).collect();
                    extra_columns(table, &extra, inputs + 1)
                });
            }
            if wanted < columns {
                let extra: Vec<usize> = (wanted..columns).collect();
                return Err(extra_columns(table, &extra, wanted));
            }
            let mut widths = vec![1; columns];
            widths[text] = wanted - (columns - 1);
            Ok(widths)
        }
        _ => {
            let one_hot = || class_counts.iter().map(|count| count.unwrap_or(1));
            let compact = || one_hot().map(|count| if count == 2 { 1 } else { count });
            if one_hot().sum::<usize>() == wanted {
                Ok(one_hot().collect())
            } else if compact().sum::<usize>() == wanted {
                Ok(compact().collect())
            } else {
                Err(CsvError::ClassesDoNotFit {
                    found: one_hot().sum(),
                    expected: wanted,
                })
            }
        }
    }
}

/// The sources of these slots, all filled by one column of the file.
fn fit_column(
    table: &CsvTable,
    column: usize,
    range: &[usize],
    slots: &Slots,
) -> Result<Vec<Source>, CsvError> {
    let Some(classes) = &table.labels[column] else {
        // Numbers fill one slot, or by name the first of a shaped column whose others are then missing.
        return match range {
            [_] => Ok(vec![Source::Cell(column)]),
            _ => Err(missing_columns(
                1,
                range.len(),
                range.iter().skip(1).map(|&slot| &slots.slots[slot]),
            )),
        };
    };
    if let Some(&slot) = range
        .iter()
        .find(|&&slot| slots.slots[slot].role == Role::Input)
    {
        let first_class = table.rows.first().map_or(0, |row| row[column] as usize);
        return Err(CsvError::TextForNumber {
            line: table.first_line,
            column: column + 1,
            found: classes
                .get(first_class)
                .map_or_else(String::new, |name| excerpt(name)),
            name: excerpt(&slots.slots[slot].name),
        });
    }
    if let Some(sources) = classes_by_name(table, column, range, slots) {
        return Ok(sources);
    }
    // One target tells two classes apart.
    let expected = if range.len() == 1 { 2 } else { range.len() };
    let targets = || list(range.iter().map(|&slot| &slots.slots[slot].name));
    match classes.len() {
        found if found > expected => Err(CsvError::TooManyClassesForTargets {
            column: column + 1,
            found,
            classes: list(classes),
            expected,
            targets: targets(),
        }),
        found if found < expected => Err(CsvError::TooFewClassesForTargets {
            column: column + 1,
            found,
            classes: list(classes),
            expected,
            targets: targets(),
        }),
        _ if range.len() == 1 => Ok(vec![Source::Cell(column)]),
        found => Ok((0..found)
            .map(|class| Source::Class {
                column,
                class: class as f32,
            })
            .collect()),
    }
}

/// The sources of these slots if every class of the text column bears the name of one of them.
fn classes_by_name(
    table: &CsvTable,
    column: usize,
    range: &[usize],
    slots: &Slots,
) -> Option<Vec<Source>> {
    let classes = table.labels[column].as_ref()?;
    let by_name: BTreeMap<String, usize> = classes
        .iter()
        .enumerate()
        .map(|(class, name)| (key(name), class))
        .collect();
    let names: BTreeSet<&str> = range
        .iter()
        .map(|&slot| slots.slots[slot].key.as_str())
        .collect();
    let is_complete = by_name.len() == classes.len()
        && names.len() == range.len()
        && by_name.keys().all(|name| names.contains(name.as_str()));
    is_complete.then(|| {
        let source = |&slot: &usize| match by_name.get(&slots.slots[slot].key) {
            Some(&class) => Source::Class {
                column,
                class: class as f32,
            },
            None => Source::AbsentClass,
        };
        range.iter().map(source).collect()
    })
}

fn missing_columns<'a>(
    found: usize,
    expected: usize,
    missing: impl IntoIterator<Item = &'a Slot>,
) -> CsvError {
    CsvError::MissingColumns {
        found,
        expected,
        missing: list(missing.into_iter().map(|slot| &slot.name)),
    }
}

fn extra_columns(table: &CsvTable, extra: &[usize], expected: usize) -> CsvError {
    let names = extra.iter().map(|&column| {
        let name = table.headers.as_ref().map_or("", |names| &names[column]);
        if name.is_empty() {
            format!("column {}", column + 1)
        } else {
            name.to_owned()
        }
    });
    CsvError::ExtraColumns {
        found: table.labels.len(),
        expected,
        extra: list(names),
    }
}
