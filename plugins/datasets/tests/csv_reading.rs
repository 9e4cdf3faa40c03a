//! Good CSV files of every origin, and the promise that no file at all makes the reader panic.

use datasets::{ColumnId, ColumnSpec, CsvTable, HeaderRow, Role, Table, fit, read_csv};
use proptest::prelude::*;

fn read(text: &str) -> CsvTable {
    read_csv(text.as_bytes(), HeaderRow::Detected).expect("the file is good")
}

fn scalar(id: u32, name: &str, role: Role) -> ColumnSpec {
    ColumnSpec::scalar(ColumnId(id), name, role)
}

fn values(table: &Table, id: u32) -> &[f32] {
    &table
        .column(ColumnId(id))
        .expect("the column was asked for")
        .values
}

#[test]
fn delimiters_decimal_marks_quotes_blanks_and_line_ends_all_read_the_same() {
    for text in [
        "x,y\n1.5,2\n-3,4e1\n",
        "x;y\n1,5;2\n-3;4e1\n",
        "x\ty\n1,5\t2\n-3\t4e1\n",
        "x,y\r\n1.5,2\r\n-3,4e1",
        "x,y\r1.5,2\r-3,4e1\r",
        "\u{feff}\"x\",\"y\"\n\"1.5\",\"2\"\n\"-3\",\"4e1\"\n",
        "\n\n x , y \n\n 1.5 , 2 \n,\n   \n-3,40\n\n",
        "\"x\", \"y\"\n1.5, \"2\"\n-3, 40\n",
    ] {
        let table = read(text);
        assert_eq!(
            table.headers,
            Some(vec!["x".into(), "y".into()]),
            "{text:?}"
        );
        assert_eq!(table.rows, [[1.5, 2.0], [-3.0, 40.0]], "{text:?}");
        assert_eq!(table.labels, [None, None], "{text:?}");
    }
}

#[test]
fn a_first_row_of_numbers_is_no_header() {
    let table = read("1,2\n3,4\n");
    assert_eq!(table.headers, None);
    assert_eq!((table.rows.len(), table.first_line), (2, 1));
}

#[test]
fn the_person_decides_about_the_header_where_the_file_does_not() {
    let text = b"2019,2020\n1,2\n";
    let with = read_csv(text, HeaderRow::Present).expect("the file is good");
    assert_eq!(with.headers, Some(vec!["2019".into(), "2020".into()]));
    assert_eq!(with.rows, [[1.0, 2.0]]);
    let without = read_csv(b"red\nblue\n", HeaderRow::Absent).expect("the file is good");
    assert_eq!(without.rows, [[1.0], [0.0]]);
    assert_eq!(without.labels, [Some(vec!["blue".into(), "red".into()])]);
}

#[test]
fn a_quoted_cell_may_hold_delimiters_quotes_and_line_ends() {
    let table = read("n,kind\n1,\"a, \"\"b\"\"\nc\"\n2,d\n");
    assert_eq!(
        table.labels[1],
        Some(vec!["a, \"b\"\nc".into(), "d".into()])
    );
    assert_eq!(table.rows, [[1.0, 0.0], [2.0, 1.0]]);
}

#[test]
fn columns_are_matched_by_name_in_any_order_if_all_names_are_there() {
    let specs = [
        scalar(1, "Width", Role::Input),
        scalar(2, "y", Role::Target),
    ];
    let by_name = fit(&read(" Y ,width\n1,2\n"), &specs).expect("the file fits");
    assert_eq!(
        (values(&by_name, 1), values(&by_name, 2)),
        (&[2.0][..], &[1.0][..])
    );
    let by_position = fit(&read("Y,height\n1,2\n"), &specs).expect("the file fits");
    assert_eq!(
        (values(&by_position, 1), values(&by_position, 2)),
        (&[1.0][..], &[2.0][..])
    );
}

#[test]
fn two_classes_fill_one_target_with_0_and_1() {
    let specs = [
        scalar(1, "x", Role::Input),
        scalar(2, "answer", Role::Target),
    ];
    for text in ["x,answer\n1,yes\n2,no\n", "answer,x\nyes,1\nno,2\n"] {
        let table = fit(&read(text), &specs).expect("the file fits");
        assert_eq!(values(&table, 2), [1.0, 0.0]);
    }
}

#[test]
fn classes_find_the_targets_that_bear_their_names() {
    let specs = [
        scalar(1, "x", Role::Input),
        scalar(2, "Cat", Role::Target),
        scalar(3, "ant", Role::Target),
        scalar(4, "bee", Role::Target),
    ];
    for header in ["x,kind\n", "length,kind\n", ""] {
        let table = fit(&read(&format!("{header}1,cat\n2,ant\n")), &specs).expect("the file fits");
        assert_eq!(values(&table, 2), [1.0, 0.0], "{header}");
        assert_eq!(values(&table, 3), [0.0, 1.0], "{header}");
        assert_eq!(values(&table, 4), [0.0, 0.0], "{header}");
    }
}

#[test]
fn a_shaped_column_takes_as_many_columns_as_it_has_elements() {
    let mut specs = [scalar(1, "p", Role::Input), scalar(2, "kind", Role::Target)];
    specs[0].shape = vec![2];
    specs[1].shape = vec![3];
    for text in [
        "p[1],kind,p[0]\n2,a,1\n4,b,3\n6,c,5\n",
        "first,second,kind\n1,2,a\n3,4,b\n5,6,c\n",
    ] {
        let table = fit(&read(text), &specs).expect("the file fits");
        assert_eq!(values(&table, 1), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(
            values(&table, 2),
            [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
        );
    }
}

#[test]
fn several_text_columns_fill_targets_one_hot_or_as_0_and_1() {
    let text = "1,red,big\n2,blue,small\n3,green,big\n";
    let names = ["r", "s", "t", "u", "v"];
    for (targets, size) in [
        (5, vec![vec![1.0, 0.0, 1.0], vec![0.0, 1.0, 0.0]]),
        (4, vec![vec![0.0, 1.0, 0.0]]),
    ] {
        let mut specs = vec![scalar(0, "x", Role::Input)];
        specs.extend(
            (1..)
                .zip(&names[..targets])
                .map(|(id, name)| scalar(id, name, Role::Target)),
        );
        let table = fit(&read(text), &specs).expect("the file fits");
        assert_eq!(
            values(&table, 3),
            [1.0, 0.0, 0.0],
            "red is the last of three"
        );
        for (id, expected) in (4..).zip(size) {
            assert_eq!(values(&table, id), expected);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_csv(&bytes, HeaderRow::Detected);
    }

    #[test]
    fn nothing_that_resembles_csv_makes_reader_or_fit_panic(
        text in r#"(\PC|[0-9a-c,;.\t\r\n" -]){0,80}"#,
        inputs in 0_usize..4,
        targets in 0_usize..4,
        shape in prop::collection::vec(0_u32..4, 0..2),
    ) {
        for header in [HeaderRow::Detected, HeaderRow::Present, HeaderRow::Absent] {
            let Ok(table) = read_csv(text.as_bytes(), header) else { continue };
            prop_assert!(!table.rows.is_empty());
            prop_assert!(table.rows.iter().all(|row| row.len() == table.labels.len()));
            prop_assert!(table.rows.iter().flatten().all(|value| value.is_finite()));
            let mut specs: Vec<ColumnSpec> = (0..).zip(["a", "b", "c", "a", "b", "1"].iter().take(inputs + targets))
                .map(|(id, name)| {
                    scalar(id, name, if (id as usize) < inputs { Role::Input } else { Role::Target })
                })
                .collect();
            if let Some(last) = specs.last_mut() {
                last.shape = shape.clone();
            }
            if let Ok(fitted) = fit(&table, &specs) {
                prop_assert!(specs.is_empty() || fitted.rows() == table.rows.len());
            }
        }
    }

    #[test]
    fn written_numbers_are_read_back_exactly(
        (is_german, rows) in (any::<bool>(), 1_usize..5, 1_usize..8).prop_flat_map(|(is_german, width, rows)| {
            // A single column of decimal commas cannot be told from two columns.
            let width = width + usize::from(is_german);
            let number = prop::num::f32::NORMAL | prop::num::f32::ZERO;
            (Just(is_german), prop::collection::vec(prop::collection::vec(number, width), rows))
        }),
    ) {
        let (delimiter, mark) = if is_german { (";", ",") } else { (",", ".") };
        let text: String = rows.iter()
            .map(|row| {
                let cells: Vec<String> = row.iter().map(|value| format!("{value:e}").replace('.', mark)).collect();
                cells.join(delimiter) + "\n"
            })
            .collect();
        prop_assert_eq!(read(&text).rows, rows);
    }
}
