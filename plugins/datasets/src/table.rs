//! The table: rows and typed, shaped columns that can be edited and never broken.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::table_file::{TableFile, inline};

/// The most values one row of one column may hold.
///
/// Larger than any image a network here reads, and small enough that sizes never overflow a 32-bit target.
pub const MAX_COLUMN_SIZE: usize = 1 << 24;

/// Stable id of a column. In a project it is the number of the neuron the column is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ColumnId(pub u32);

impl fmt::Display for ColumnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// The values are fed into the network.
    Input,
    /// The values are what the network should answer.
    Target,
}

/// A column without its values: what a network asks a dataset for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnSpec {
    /// The id the filled column will carry.
    pub id: ColumnId,
    /// The name, also compared with the header of a file.
    pub name: String,
    /// What the column is for.
    pub role: Role,
    /// The shape of one row's value; `[]` is a scalar.
    pub shape: Vec<u32>,
}

impl ColumnSpec {
    /// A column of one number per row.
    pub fn scalar(id: ColumnId, name: impl Into<String>, role: Role) -> Self {
        Self {
            id,
            name: name.into(),
            role,
            shape: Vec::new(),
        }
    }

    /// The number of values in one row, as [`shape_size`].
    pub fn size(&self) -> Result<usize, TableError> {
        checked_size(&self.name, &self.shape)
    }

    /// The column with its values, `rows × size`, row-major.
    pub fn with_values(&self, values: Vec<f32>) -> Column {
        Column {
            id: self.id,
            name: self.name.clone(),
            role: self.role,
            shape: self.shape.clone(),
            values,
        }
    }
}

/// One column: `rows × size` values, row-major.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Stable id, unique in a table.
    pub id: ColumnId,
    /// The name a person reads.
    pub name: String,
    /// What the column is for.
    pub role: Role,
    /// The shape of one row's value; `[]` is a scalar, of size 1.
    #[serde(with = "inline")]
    pub shape: Vec<u32>,
    /// `rows × size` finite values, row-major.
    #[serde(with = "inline")]
    pub values: Vec<f32>,
}

impl Column {
    /// The column without its values.
    pub fn spec(&self) -> ColumnSpec {
        ColumnSpec {
            id: self.id,
            name: self.name.clone(),
            role: self.role,
            shape: self.shape.clone(),
        }
    }

    /// The number of values in one row, as [`shape_size`].
    pub fn size(&self) -> Result<usize, TableError> {
        checked_size(&self.name, &self.shape)
    }

    /// The size of a column that is already in a table.
    fn known_size(&self) -> usize {
        shape_size(&self.shape).expect("a column enters a table only with a checked shape")
    }

    /// Says what is wrong with the shape, the length or the values, if the table has `rows` rows.
    fn check(&self, rows: usize) -> Result<(), TableError> {
        let size = self.size()?;
        let expected = rows.saturating_mul(size);
        if self.values.len() != expected {
            return Err(TableError::Length {
                name: self.name.clone(),
                found: self.values.len(),
                expected,
            });
        }
        match self.values.iter().position(|value| !value.is_finite()) {
            Some(at) => Err(TableError::NotFinite {
                name: self.name.clone(),
                row: at / size + 1,
                found: self.values[at],
            }),
            None => Ok(()),
        }
    }
}

/// The number of values a shape holds: the product of its dimensions, 1 for `[]`.
///
/// `None` if a dimension is zero or the product exceeds [`MAX_COLUMN_SIZE`].
pub fn shape_size(shape: &[u32]) -> Option<usize> {
    let size = shape.iter().try_fold(1_usize, |size, &dimension| {
        size.checked_mul(usize::try_from(dimension).ok()?)
            .filter(|size| (1..=MAX_COLUMN_SIZE).contains(size))
    })?;
    Some(size)
}

fn checked_size(name: &str, shape: &[u32]) -> Result<usize, TableError> {
    shape_size(shape).ok_or_else(|| TableError::Shape {
        name: name.to_owned(),
        shape: shape.to_vec(),
    })
}

/// A number with its noun, as a sentence has it.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// One row across all columns, in column order, flattened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Row(#[serde(with = "inline")] pub Vec<f32>);

/// Why a table, or a change of a table, was refused. Rows are counted from 1.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum TableError {
    /// Two columns share an id.
    #[error("column {id} appears twice, expected every id once")]
    DuplicateId {
        /// The shared id.
        id: ColumnId,
    },
    /// A shape has a zero dimension or too many values.
    #[error(
        "column \"{name}\" has the shape {shape:?}, expected dimensions of at least 1 and at most {MAX_COLUMN_SIZE} values"
    )]
    Shape {
        /// The name of the column.
        name: String,
        /// The shape that was found.
        shape: Vec<u32>,
    },
    /// A column is shorter or longer than `rows × size`.
    #[error("column \"{name}\" holds {}, expected {expected} (rows × size)", counted(*found, "value", "values"))]
    Length {
        /// The name of the column.
        name: String,
        /// How many values it holds.
        found: usize,
        /// How many it should hold.
        expected: usize,
    },
    /// The values of a column do not make whole rows.
    #[error("column \"{name}\" holds {}, expected a multiple of its size {size}", counted(*found, "value", "values"))]
    PartialRow {
        /// The name of the column.
        name: String,
        /// How many values it holds.
        found: usize,
        /// The number of values in one row.
        size: usize,
    },
    /// A value is infinite or not a number.
    #[error("column \"{name}\", row {row}: found {found}, expected a finite number")]
    NotFinite {
        /// The name of the column.
        name: String,
        /// The row, from 1.
        row: usize,
        /// The value.
        found: f32,
    },
    /// No column has this id.
    #[error("there is no column {id}, expected the id of a column of the table")]
    UnknownColumn {
        /// The id that was asked for.
        id: ColumnId,
    },
    /// A row beyond the end.
    #[error("there is no row {row}, expected one from 1 to {rows}")]
    UnknownRow {
        /// The row that was asked for, from 1.
        row: usize,
        /// How many rows there are.
        rows: usize,
    },
    /// An element beyond the size of its column.
    #[error("column \"{name}\" has no element {element}, expected one below its size {size}")]
    UnknownElement {
        /// The name of the column.
        name: String,
        /// The element that was asked for, from 0.
        element: usize,
        /// The number of values in one row.
        size: usize,
    },
    /// A column cannot be inserted there.
    #[error("a column cannot be inserted at position {index}, expected at most {columns}")]
    ColumnPosition {
        /// The position that was asked for, from 0.
        index: usize,
        /// How many columns there are.
        columns: usize,
    },
    /// A row has too few or too many values.
    #[error(
        "row {row} holds {}, expected {expected}, one for each element of each column", counted(*found, "value", "values")
    )]
    RowWidth {
        /// Which of the given rows, from 1.
        row: usize,
        /// How many values it holds.
        found: usize,
        /// How many it should hold.
        expected: usize,
    },
    /// Rows cannot be inserted there.
    #[error("{} cannot be inserted at position {at} of a table of {}", counted(*count, "row", "rows"), counted(*rows, "row", "rows"))]
    RowPosition {
        /// The position that was asked for, from 0.
        at: usize,
        /// How many rows were to be inserted.
        count: usize,
        /// How many rows there are.
        rows: usize,
    },
    /// A range of rows reaches beyond the end.
    #[error("{} from position {at} reach beyond a table of {}", counted(*count, "row", "rows"), counted(*rows, "row", "rows"))]
    RowRange {
        /// The first position, from 0.
        at: usize,
        /// How many rows were asked for.
        count: usize,
        /// How many rows there are.
        rows: usize,
    },
}

/// Rows and columns of finite numbers.
///
/// Every column holds `rows × size` finite values, ids are unique, and the order of columns is stored. Every way to
/// make or change a table keeps this; a refused change leaves the table as it was.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "TableFile")]
pub struct Table {
    columns: Vec<Column>,
    rows: usize,
}

impl Table {
    /// A table of `rows` rows and no columns yet.
    pub fn new(rows: usize) -> Self {
        Self {
            columns: Vec::new(),
            rows,
        }
    }

    /// A table of these columns, in this order; the first one says how many rows there are.
    pub fn from_columns(columns: Vec<Column>) -> Result<Self, TableError> {
        let rows = match columns.first() {
            Some(first) => {
                let size = first.size()?;
                if first.values.len() % size != 0 {
                    return Err(TableError::PartialRow {
                        name: first.name.clone(),
                        found: first.values.len(),
                        size,
                    });
                }
                first.values.len() / size
            }
            None => 0,
        };
        let mut ids = BTreeSet::new();
        for column in &columns {
            if !ids.insert(column.id) {
                return Err(TableError::DuplicateId { id: column.id });
            }
            column.check(rows)?;
        }
        Ok(Self { columns, rows })
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns in their stored order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column with this id.
    pub fn column(&self, id: ColumnId) -> Option<&Column> {
        self.columns.iter().find(|column| column.id == id)
    }

    /// Where the column with this id stands, from 0.
    pub fn position(&self, id: ColumnId) -> Option<usize> {
        self.columns.iter().position(|column| column.id == id)
    }

    /// The number of values in one row: the sum of the columns' sizes.
    pub fn row_width(&self) -> usize {
        self.columns.iter().map(Column::known_size).sum()
    }

    /// One row across all columns; `None` beyond the end.
    pub fn row(&self, row: usize) -> Option<Row> {
        (row < self.rows).then(|| {
            let mut values = Vec::with_capacity(self.row_width());
            for column in &self.columns {
                let size = column.known_size();
                values.extend_from_slice(&column.values[row * size..(row + 1) * size]);
            }
            Row(values)
        })
    }

    /// One value; `row` and `element` count from 0, a scalar has only element 0.
    pub fn value(&self, row: usize, id: ColumnId, element: usize) -> Option<f32> {
        let column = self.column(id)?;
        let size = column.known_size();
        (row < self.rows && element < size).then(|| column.values[row * size + element])
    }

    /// Replaces one value by a finite one and returns the old one.
    pub fn set(
        &mut self,
        row: usize,
        id: ColumnId,
        element: usize,
        value: f32,
    ) -> Result<f32, TableError> {
        let rows = self.rows;
        let column = self.column_mut(id)?;
        let size = column.known_size();
        if row >= rows {
            return Err(TableError::UnknownRow {
                row: row.saturating_add(1),
                rows,
            });
        }
        if element >= size {
            return Err(TableError::UnknownElement {
                name: column.name.clone(),
                element,
                size,
            });
        }
        if !value.is_finite() {
            return Err(TableError::NotFinite {
                name: column.name.clone(),
                row: row + 1,
                found: value,
            });
        }
        let slot = &mut column.values[row * size + element];
        Ok(std::mem::replace(slot, value))
    }

    /// Inserts a column that already has a value for every row.
    pub fn insert_column(&mut self, index: usize, column: Column) -> Result<(), TableError> {
        if index > self.columns.len() {
            return Err(TableError::ColumnPosition {
                index,
                columns: self.columns.len(),
            });
        }
        if self.column(column.id).is_some() {
            return Err(TableError::DuplicateId { id: column.id });
        }
        column.check(self.rows)?;
        self.columns.insert(index, column);
        Ok(())
    }

    /// Removes a column and says where it stood; the rows stay, even if it was the last column.
    pub fn remove_column(&mut self, id: ColumnId) -> Option<(usize, Column)> {
        let index = self.position(id)?;
        Some((index, self.columns.remove(index)))
    }

    /// Inserts rows before position `at` (`at == rows()` appends).
    pub fn insert_rows(&mut self, at: usize, rows: &[Row]) -> Result<(), TableError> {
        let Some(new_rows) = self
            .rows
            .checked_add(rows.len())
            .filter(|_| at <= self.rows)
        else {
            return Err(TableError::RowPosition {
                at,
                count: rows.len(),
                rows: self.rows,
            });
        };
        let expected = self.row_width();
        for (index, row) in rows.iter().enumerate() {
            if row.0.len() != expected {
                return Err(TableError::RowWidth {
                    row: index + 1,
                    found: row.0.len(),
                    expected,
                });
            }
            if let Some(element) = row.0.iter().position(|value| !value.is_finite()) {
                return Err(TableError::NotFinite {
                    name: self.name_of_element(element),
                    row: index + 1,
                    found: row.0[element],
                });
            }
        }
        let mut offset = 0;
        for column in &mut self.columns {
            let size = column.known_size();
            let here = at * size;
            let values = rows.iter().flat_map(|row| &row.0[offset..offset + size]);
            column.values.splice(here..here, values.copied());
            offset += size;
        }
        self.rows = new_rows;
        Ok(())
    }

    /// Removes `count` rows from position `at` on and returns them.
    pub fn remove_rows(&mut self, at: usize, count: usize) -> Result<Vec<Row>, TableError> {
        let Some(end) = at.checked_add(count).filter(|&end| end <= self.rows) else {
            return Err(TableError::RowRange {
                at,
                count,
                rows: self.rows,
            });
        };
        let removed = (at..end).filter_map(|row| self.row(row)).collect();
        for column in &mut self.columns {
            let size = column.known_size();
            column.values.drain(at * size..end * size);
        }
        self.rows -= count;
        Ok(removed)
    }

    /// Gives a column another name and returns the old one.
    pub fn rename_column(
        &mut self,
        id: ColumnId,
        name: impl Into<String>,
    ) -> Result<String, TableError> {
        let column = self.column_mut(id)?;
        Ok(std::mem::replace(&mut column.name, name.into()))
    }

    fn column_mut(&mut self, id: ColumnId) -> Result<&mut Column, TableError> {
        self.columns
            .iter_mut()
            .find(|column| column.id == id)
            .ok_or(TableError::UnknownColumn { id })
    }

    /// The name of the column that holds this element of a flattened row.
    fn name_of_element(&self, element: usize) -> String {
        let mut end = 0;
        let owner = self.columns.iter().find(|column| {
            end += column.known_size();
            element < end
        });
        owner.map_or_else(String::new, |column| column.name.clone())
    }
}
