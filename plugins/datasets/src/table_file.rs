//! How a table reads in a file: one line per column, one line per row.

use serde::{
    Deserialize, Serialize, Serializer,
    ser::{SerializeSeq, SerializeStruct},
};

use crate::table::{Column, ColumnId, Role, Row, Table, TableError};

/// What a file holds: the heads of the columns, then the rows across all of them.
#[derive(Deserialize)]
#[serde(rename = "Table", deny_unknown_fields)]
pub(crate) struct TableFile {
    columns: Vec<ColumnHead>,
    rows: Vec<Row>,
}

/// Id, name, role, shape: a tuple, because text formats keep a tuple on one line.
#[derive(Deserialize, Serialize)]
struct ColumnHead(ColumnId, String, Role, #[serde(with = "inline")] Vec<u32>);

impl TryFrom<TableFile> for Table {
    type Error = TableError;

    fn try_from(file: TableFile) -> Result<Self, TableError> {
        if file.columns.is_empty() {
            let mut table = Self::new(0);
            table.insert_rows(0, &file.rows)?;
            return Ok(table);
        }
        let mut columns = Vec::with_capacity(file.columns.len());
        for ColumnHead(id, name, role, shape) in file.columns {
            columns.push(Column {
                id,
                name,
                role,
                shape,
                values: Vec::new(),
            });
        }
        let mut table = Self::from_columns(columns)?;
        table.insert_rows(0, &file.rows)?;
        Ok(table)
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let heads: Vec<ColumnHead> = self
            .columns()
            .iter()
            .map(|column| {
                let spec = column.spec();
                ColumnHead(spec.id, spec.name, spec.role, spec.shape)
            })
            .collect();
        let mut file = serializer.serialize_struct("Table", 2)?;
        file.serialize_field("columns", &heads)?;
        file.serialize_field("rows", &Rows(self))?;
        file.end()
    }
}

/// The rows of a table, written one after the other so that a large table is never held twice.
struct Rows<'a>(&'a Table);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.0.rows()))?;
        for row in (0..self.0.rows()).filter_map(|row| self.0.row(row)) {
            rows.serialize_element(&row)?;
        }
        rows.end()
    }
}

/// Writes a list as a tuple where people read it, as a plain list where only programs do.
///
/// RON's pretty printer puts every element of a list on its own line and leaves a tuple on one line, so a row of a
/// table is a line of the file. A binary format needs the length that only a list carries.
pub(crate) mod inline {
    use std::{fmt, marker::PhantomData};

    use serde::{
        Deserialize, Deserializer, Serialize, Serializer,
        de::{SeqAccess, Visitor},
        ser::SerializeTuple,
    };

    /// The most values reserved on the word of a file, before it has delivered any.
    const MAX_RESERVED: usize = 4096;

    pub(crate) fn serialize<T: Serialize, S: Serializer>(
        values: &[T],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return serializer.collect_seq(values);
        }
        let mut tuple = serializer.serialize_tuple(values.len())?;
        for value in values {
            tuple.serialize_element(value)?;
        }
        tuple.end()
    }

    pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        let visitor = ListVisitor(PhantomData);
        if deserializer.is_human_readable() {
            // Text formats find the end themselves; the length is a hint that nothing reads.
            deserializer.deserialize_tuple(0, visitor)
        } else {
            deserializer.deserialize_seq(visitor)
        }
    }

    struct ListVisitor<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of values")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
            let mut values = Vec::with_capacity(list.size_hint().unwrap_or(0).min(MAX_RESERVED));
            while let Some(value) = list.next_element()? {
                values.push(value);
            }
            Ok(values)
        }
    }
}
