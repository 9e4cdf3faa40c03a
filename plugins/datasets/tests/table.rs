//! Tables: what is refused, what is undone, and how a table reads in a file.

use datasets::{Column, ColumnId, Role, Row, Table, TableError};
use proptest::prelude::*;
use ron::ser::PrettyConfig;
use serde::{Deserialize, Serialize};

fn column(id: u32, shape: &[u32], values: &[f32]) -> Column {
    Column {
        id: ColumnId(id),
        name: format!("c{id}"),
        role: if id < 2 { Role::Input } else { Role::Target },
        shape: shape.to_vec(),
        values: values.to_vec(),
    }
}

fn small() -> Table {
    Table::from_columns(vec![
        column(1, &[], &[0.0, 1.0, 2.0]),
        column(7, &[2], &[0.5, -0.5, 1.5, -1.5, 2.5, -2.5]),
    ])
    .expect("three rows each")
}

fn save(table: &Table) -> String {
    ron::ser::to_string_pretty(table, PrettyConfig::default()).expect("a table can be written")
}

#[test]
fn a_file_shows_one_line_per_column_and_one_line_per_row() {
    let text = save(&small());
    assert_eq!(
        text,
        r#"(
    columns: [
        (1, "c1", Input, ()),
        (7, "c7", Target, (2)),
    ],
    rows: [
        (0.0, 0.5, -0.5),
        (1.0, 1.5, -1.5),
        (2.0, 2.5, -2.5),
    ],
)"#
    );
    assert_eq!(ron::from_str(&text), Ok(small()));
}

#[test]
fn rows_without_columns_survive_a_file() {
    let table = Table::new(2);
    assert_eq!(ron::from_str(&save(&table)), Ok(table));
}

#[test]
fn a_broken_file_does_not_produce_a_table() {
    for (text, cause) in [
        (
            "(columns:[(1,\"a\",Input,())],rows:[(1.0),(1.0,2.0)])",
            "row 2 holds 2 values",
        ),
        (
            "(columns:[(1,\"a\",Input,()),(1,\"b\",Input,())],rows:[])",
            "column 1 appears twice",
        ),
        (
            "(columns:[(1,\"a\",Input,(0))],rows:[])",
            "has the shape [0]",
        ),
        (
            "(columns:[(1,\"a\",Input,(4294967295,4294967295))],rows:[])",
            "has the shape",
        ),
        ("(columns:[(1,\"a\",Input,())],rows:[(NaN)])", "found NaN"),
        ("(columns:[(1,\"a\",Input,())],rows:[(inf)])", "found inf"),
        ("(columns:[],rows:[],note:1)", "note"),
        ("(columns:[(1,\"a\",Output,())],rows:[])", "Output"),
        ("(columns:[(1,\"a\",Input,(),3)],rows:[])", "1:"),
        ("(columns:[])", "rows"),
    ] {
        let error = ron::from_str::<Table>(text).expect_err(text).to_string();
        assert!(error.contains(cause), "{text}: {error}");
    }
}

#[test]
fn columns_that_do_not_fit_together_are_refused() {
    let good = column(1, &[], &[1.0, 2.0]);
    for (other, sentence) in [
        (
            column(1, &[], &[1.0, 2.0]),
            "column 1 appears twice, expected every id once",
        ),
        (
            column(2, &[], &[1.0]),
            "column \"c2\" holds 1 value, expected 2 (rows × size)",
        ),
        (
            column(2, &[], &[1.0, f32::NAN]),
            "column \"c2\", row 2: found NaN, expected a finite number",
        ),
        (
            column(2, &[3, 0], &[]),
            "column \"c2\" has the shape [3, 0], expected dimensions of at least 1 and at most 16777216 values",
        ),
    ] {
        let from_columns = Table::from_columns(vec![good.clone(), other.clone()]);
        assert_eq!(
            from_columns.map_err(|error| error.to_string()),
            Err(sentence.to_owned())
        );
        let mut table = Table::from_columns(vec![good.clone()]).expect("one column is a table");
        let inserted = table.insert_column(0, other);
        assert_eq!(
            inserted.map_err(|error| error.to_string()),
            Err(sentence.to_owned())
        );
        assert_eq!(table.columns(), std::slice::from_ref(&good));
    }
    assert_eq!(
        Table::from_columns(vec![column(1, &[2], &[1.0])]),
        Err(TableError::PartialRow {
            name: "c1".into(),
            found: 1,
            size: 2
        })
    );
}

#[test]
fn a_value_is_replaced_only_by_a_finite_one_that_has_a_place() {
    let mut table = small();
    assert_eq!(table.set(2, ColumnId(7), 1, 9.0), Ok(-2.5));
    assert_eq!(table.value(2, ColumnId(7), 1), Some(9.0));
    let before = table.clone();
    let refused = [
        table.set(3, ColumnId(7), 0, 1.0),
        table.set(usize::MAX, ColumnId(7), 0, 1.0),
        table.set(0, ColumnId(7), 2, 1.0),
        table.set(0, ColumnId(3), 0, 1.0),
        table.set(0, ColumnId(1), 0, f32::INFINITY),
    ];
    assert!(refused.iter().all(Result::is_err), "{refused:?}");
    assert_eq!(table, before);
    assert_eq!(table.value(3, ColumnId(1), 0), None);
    assert_eq!(table.value(0, ColumnId(1), 1), None);
}

#[test]
fn refused_rows_leave_the_table_as_it_was() {
    let mut table = small();
    let row = Row(vec![1.0, 2.0, 3.0]);
    assert_eq!(
        table.insert_rows(4, std::slice::from_ref(&row)),
        Err(TableError::RowPosition {
            at: 4,
            count: 1,
            rows: 3
        })
    );
    assert_eq!(
        table.insert_rows(0, &[row.clone(), Row(vec![1.0])]),
        Err(TableError::RowWidth {
            row: 2,
            found: 1,
            expected: 3
        })
    );
    assert_eq!(
        table.insert_rows(0, &[row, Row(vec![1.0, f32::INFINITY, 3.0])]),
        Err(TableError::NotFinite {
            name: "c7".into(),
            row: 2,
            found: f32::INFINITY
        })
    );
    assert_eq!(
        table.remove_rows(2, usize::MAX),
        Err(TableError::RowRange {
            at: 2,
            count: usize::MAX,
            rows: 3
        })
    );
    assert_eq!(table, small());
}

#[test]
fn a_renamed_column_gives_its_old_name_back() {
    let mut table = small();
    assert_eq!(table.rename_column(ColumnId(7), "answer"), Ok("c7".into()));
    assert_eq!(
        table.column(ColumnId(7)).map(|column| column.name.as_str()),
        Some("answer")
    );
    assert_eq!(
        table.rename_column(ColumnId(8), "nobody"),
        Err(TableError::UnknownColumn { id: ColumnId(8) })
    );
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Edit {
    Insert(Row),
    Put(usize, Row),
    Remove { rows: Vec<Row>, column: Column },
}

#[test]
fn rows_keep_their_length_inside_the_variants_of_an_edit() {
    for values in [vec![], vec![5.0], vec![5.0, 6.0]] {
        let row = Row(values);
        for edit in [
            Edit::Insert(row.clone()),
            Edit::Put(3, row.clone()),
            Edit::Remove {
                rows: vec![row.clone(), row.clone()],
                column: column(1, &[2], &row.0),
            },
        ] {
            let text = ron::to_string(&edit).expect("an edit can be written");
            assert_eq!(ron::from_str::<Edit>(&text).as_ref(), Ok(&edit), "{text}");
            let bytes = postcard::to_stdvec(&edit).expect("an edit can be packed");
            assert_eq!(postcard::from_bytes::<Edit>(&bytes).as_ref(), Ok(&edit));
        }
    }
}

fn any_table() -> impl Strategy<Value = Table> {
    let finite = prop::num::f32::NORMAL | prop::num::f32::SUBNORMAL | prop::num::f32::ZERO;
    let shapes = prop::collection::vec(prop::collection::vec(1_u32..4, 0..3), 0..4);
    (0_usize..6, shapes).prop_flat_map(move |(rows, shapes)| {
        let columns: Vec<_> = (0..)
            .zip(shapes)
            .map(|(id, shape)| {
                let size: u32 = shape.iter().product();
                let values = prop::collection::vec(finite, rows * size as usize);
                (Just((id, shape)), values, "\\PC{0,6}").prop_map(|((id, shape), values, name)| {
                    Column {
                        name,
                        ..column(id, &shape, &values)
                    }
                })
            })
            .collect();
        (Just(rows), columns).prop_map(|(rows, columns)| {
            let mut table = Table::new(rows);
            for column in columns {
                let index = table.columns().len();
                table.insert_column(index, column).expect("made to measure");
            }
            table
        })
    })
}

proptest! {
    #[test]
    fn a_saved_table_loads_as_it_was_and_saves_to_the_same_bytes(table in any_table()) {
        let plain = ron::to_string(&table).expect("a table can be written");
        prop_assert_eq!(ron::from_str::<Table>(&plain), Ok(table.clone()));
        let text = save(&table);
        let loaded: Table = ron::from_str(&text).expect("a saved table loads");
        prop_assert_eq!(save(&loaded), text);
        let bytes = postcard::to_stdvec(&table).expect("a table can be packed");
        prop_assert_eq!(postcard::from_bytes::<Table>(&bytes), Ok(table.clone()));
        prop_assert_eq!(loaded, table);
    }

    #[test]
    fn rows_and_columns_survive_a_file_on_their_own(table in any_table()) {
        let rows: Vec<Row> = (0..table.rows()).filter_map(|row| table.row(row)).collect();
        let text = ron::to_string(&(&rows, table.columns())).expect("parts can be written");
        let loaded: (Vec<Row>, Vec<Column>) = ron::from_str(&text).expect("saved parts load");
        prop_assert_eq!(loaded, (rows, table.columns().to_vec()));
    }

    #[test]
    fn removing_rows_and_inserting_them_again_changes_nothing(
        table in any_table(), a in 0_usize..6, b in 0_usize..6,
    ) {
        let (at, end) = (a.min(b).min(table.rows()), a.max(b).min(table.rows()));
        let mut edited = table.clone();
        let rows = edited.remove_rows(at, end - at).expect("the range is inside");
        prop_assert_eq!(rows.len(), end - at);
        prop_assert_eq!(edited.rows(), table.rows() - rows.len());
        edited.insert_rows(at, &rows).expect("the rows came from here");
        prop_assert_eq!(&edited, &table);
        edited.insert_rows(at, &rows).expect("the rows fit twice");
        prop_assert_eq!(edited.remove_rows(at, rows.len()), Ok(rows));
        prop_assert_eq!(edited, table);
    }

    #[test]
    fn removing_a_column_and_inserting_it_again_changes_nothing(table in any_table(), id in 0_u32..4) {
        let mut edited = table.clone();
        match edited.remove_column(ColumnId(id)) {
            Some((index, column)) => {
                prop_assert_eq!(table.position(ColumnId(id)), Some(index));
                prop_assert_eq!(edited.column(ColumnId(id)), None);
                prop_assert_eq!(edited.rows(), table.rows());
                edited.insert_column(index, column).expect("the column came from here");
            }
            None => prop_assert!(table.column(ColumnId(id)).is_none()),
        }
        prop_assert_eq!(edited, table);
    }
}
