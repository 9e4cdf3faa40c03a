//! The crate root: what `datasets` offers to the floors above.
#![doc = include_str!("../README.md")]

mod csv;
mod gates;
mod generators;
mod scaling;
mod split;
mod table;
mod table_file;

pub use crate::csv::{
    CsvError, CsvTable, HeaderRow, MAX_CSV_BYTES, MAX_CSV_CLASSES, MAX_CSV_COLUMNS, MAX_CSV_ROWS,
    MAX_CSV_VALUES, fit, read_csv,
};
pub use gates::{Gate, GateError, MAX_GATE_INPUTS};
pub use generators::{
    FRIEDMAN_INPUTS, GeneratorError, MAX_FRIEDMAN_NOISE, MAX_GENERATED_ROWS, MAX_POINT_NOISE,
    PointSet, friedman1, friedman1_table,
};
pub use scaling::Scaling;
pub use split::{Assignment, Split, SplitError, shuffle};
pub use table::{
    Column, ColumnId, ColumnSpec, MAX_COLUMN_SIZE, Role, Row, Table, TableError, shape_size,
};
