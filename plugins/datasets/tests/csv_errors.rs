//! Broken CSV files, each with the exact sentence a person reads.

use datasets::{
    ColumnId, ColumnSpec, CsvTable, HeaderRow, MAX_CSV_BYTES, MAX_CSV_CLASSES, MAX_CSV_COLUMNS,
    MAX_CSV_ROWS, Role, Table, fit, read_csv,
};

fn specs(inputs: &[&str], targets: &[&str]) -> Vec<ColumnSpec> {
    let inputs = inputs.iter().map(|&name| (name, Role::Input));
    let targets = targets.iter().map(|&name| (name, Role::Target));
    (1..)
        .zip(inputs.chain(targets))
        .map(|(id, (name, role))| ColumnSpec::scalar(ColumnId(id), name, role))
        .collect()
}

fn sentence_of_reading(bytes: &[u8]) -> String {
    match read_csv(bytes, HeaderRow::Detected) {
        Ok(table) => format!("no error: {table:?}"),
        Err(error) => error.to_string(),
    }
}

fn sentence_of_fitting(bytes: &[u8], specs: &[ColumnSpec]) -> String {
    let result = read_csv(bytes, HeaderRow::Detected).and_then(|table| fit(&table, specs));
    result.map_or_else(
        |error| error.to_string(),
        |table: Table| format!("no error: {table:?}"),
    )
}

#[test]
fn every_broken_file_is_refused_with_its_own_sentence() {
    let cases: &[(&[u8], &str)] = &[
        (b"", "the file is empty, expected rows of values"),
        (b"\n \r\n\t\n", "the file is empty, expected rows of values"),
        (
            b"\xEF\xBB\xBF",
            "the file is empty, expected rows of values",
        ),
        (
            b"x,y\n",
            "line 1: found only a header, expected rows of values below it",
        ),
        (
            b"\n\nx,y\n\n",
            "line 3: found only a header, expected rows of values below it",
        ),
        (
            b"1,2\n3\n",
            "line 2: found 1 column, expected 2 as in line 1",
        ),
        (
            b"x,y\n1,2\n\n\n3,4,5\n",
            "line 5: found 3 columns, expected 2 as in line 1",
        ),
        (
            b"x,y\r\n1,2\r\n\r\n3\r\n",
            "line 4: found 1 column, expected 2 as in line 1",
        ),
        (
            b"1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,abc\n",
            "line 7, column 3: found \"abc\", expected a number",
        ),
        (
            b"x\nabc\n1\n2\n",
            "line 2, column 1: found \"abc\", expected a number",
        ),
        (
            b"1;2\n1.234,5;2\n",
            "line 2, column 1: found \"1.234,5\", expected a number",
        ),
        (
            b"1,\"a\nlong text that goes on and on and on and on\"\n2,3\n4,5\n",
            "line 1, column 2: found \"a long text that goes on and on and on a…\", expected a number",
        ),
        (
            b"x,y\n1,a\n2,3\n3,b\n",
            "line 3, column 2: found the number 3, expected the name of a class like \"a\"",
        ),
        (
            b"1,2\n,4\n",
            "line 2, column 1: found an empty cell, expected a value",
        ),
        (
            b"1,2\n3,\"\"\n",
            "line 2, column 2: found an empty cell, expected a value",
        ),
        (
            b"1,2\n3,inf\n",
            "line 2, column 2: found inf, expected a finite number",
        ),
        (
            b"1,2\n-Infinity,4\n",
            "line 2, column 1: found -Infinity, expected a finite number",
        ),
        (
            b"1,NaN\n3,4\n",
            "line 1, column 2: found NaN, expected a finite number",
        ),
        (
            b"1,2\n3,-1e39\n",
            "line 2, column 2: found -1e39, expected a number between -3.4028235e38 and 3.4028235e38",
        ),
        (
            b"1,5;2\n3;1.25\n",
            "line 2, column 2: found 1.25, expected the decimal mark of line 1, column 1",
        ),
        (
            b"1,2\n\"3,4\n5,6\n",
            "line 2, column 1: found a quote that is never closed, expected a second \"",
        ),
        (
            b"x,\"y\n1,2\n",
            "line 1, column 2: found a quote that is never closed, expected a second \"",
        ),
        (
            b"1,2\n3,\x004\n",
            "byte 7: found binary data, expected a text file",
        ),
        (
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d",
            "byte 9: found binary data, expected a text file",
        ),
        (
            b"a,b, A \n1,2,3\n",
            "line 1, column 3: found the name \"A\" again, expected one that differs from column 1",
        ),
    ];
    for (bytes, sentence) in cases {
        assert_eq!(
            sentence_of_reading(bytes),
            *sentence,
            "{:?}",
            String::from_utf8_lossy(bytes)
        );
    }
}

#[test]
fn every_misfit_between_file_and_network_is_refused_with_its_own_sentence() {
    let cases: &[(&[u8], &[&str], &[&str], &str)] = &[
        (
            b"1,2\n",
            &["a", "b"],
            &["y"],
            "the file has 2 columns, expected 3: nothing fills \"y\"",
        ),
        (
            b"1,2,3,4\n",
            &["a"],
            &["y"],
            "the file has 4 columns, expected 2: the network has no place for \"column 3\", \"column 4\"",
        ),
        (
            b"a,note,y\n1,2,3\n",
            &["a"],
            &["y"],
            "the file has 3 columns, expected 2: the network has no place for \"note\"",
        ),
        (
            b"1,2,3,4,5,6,7,8,9\n",
            &["a"],
            &["y"],
            "the file has 9 columns, expected 2: the network has no place for \"column 3\", \"column 4\", \"column 5\", \"column 6\", \"column 7\" and 2 more",
        ),
        (
            b"a,b,y\nred,1,2\nblue,3,4\n",
            &["a", "b"],
            &["y"],
            "line 2, column 1: found \"red\", expected a number for \"a\"",
        ),
        (
            b"1,red\n2,blue\n3,green\n",
            &["a"],
            &["y", "z"],
            "column 2: found 3 classes (\"blue\", \"green\", \"red\"), expected at most 2 for \"y\", \"z\"",
        ),
        (
            b"x,y\n1,red\n2,blue\n3,green\n",
            &["x"],
            &["y"],
            "column 2: found 3 classes (\"blue\", \"green\", \"red\"), expected at most 2 for \"y\"",
        ),
        (
            b"x,y\n1,red\n2,blue\n",
            &["x"],
            &["u", "v", "w"],
            "column 2: found 2 classes (\"blue\", \"red\"), expected 3 for \"u\", \"v\", \"w\"",
        ),
        (
            b"x,y\n1,yes\n2,yes\n",
            &["x"],
            &["y"],
            "column 2: found 1 class (\"yes\"), expected 2 for \"y\"",
        ),
        (
            b"1,red\n2,blue\n3,green\n",
            &["a", "b"],
            &["u", "v", "w"],
            "the file has 2 columns, expected 3: nothing fills \"b\"",
        ),
        (
            b"p,q,kind\n1,1,red\n2,2,blue\n3,3,green\n",
            &["a"],
            &["u", "v", "w"],
            "the file has 3 columns, expected 2: the network has no place for \"q\"",
        ),
        (
            b"1,red,big\n2,blue,small\n3,green,big\n",
            &["a"],
            &["u", "v", "w"],
            "the file has 6 columns once every class is a column of its own, expected 4",
        ),
    ];
    for (bytes, inputs, targets, sentence) in cases {
        assert_eq!(
            sentence_of_fitting(bytes, &specs(inputs, targets)),
            *sentence,
            "{:?}",
            String::from_utf8_lossy(bytes)
        );
    }
}

#[test]
fn a_file_beyond_the_limits_is_refused_with_the_limit() {
    assert_eq!(
        sentence_of_reading(&vec![b'1'; MAX_CSV_BYTES + 1]),
        "the file holds 268435457 bytes, expected at most 268435456 (256 MiB)"
    );
    assert_eq!(
        sentence_of_reading(&b"1\n".repeat(MAX_CSV_ROWS + 1)),
        "line 1000001: found one more row, expected at most 1000000 rows"
    );
    assert_eq!(
        sentence_of_reading(&b"1,".repeat(MAX_CSV_COLUMNS)),
        "line 1: found 100001 columns, expected at most 100000"
    );
    let names: String = (0..=MAX_CSV_CLASSES)
        .map(|class| format!("{class},c{class}\n"))
        .collect();
    assert_eq!(
        sentence_of_reading(names.as_bytes()),
        "line 65537, column 2: found one more text, expected at most 65536 different class names"
    );
}

#[test]
fn a_network_no_file_can_fill_is_refused_before_it_costs_memory() {
    let mut wide = specs(&["image"], &[]);
    wide[0].shape = vec![4096, 4096];
    assert_eq!(
        sentence_of_fitting(b"1\n", &wide),
        "the file has 1 column, expected 16777216: nothing fills \"image\""
    );
    wide[0].shape = vec![0];
    assert_eq!(
        sentence_of_fitting(b"1\n", &wide),
        "column \"image\" has the shape [0], expected dimensions of at least 1 and at most 16777216 values"
    );
    wide[0].shape = vec![100_000];
    let table = CsvTable {
        rows: vec![Vec::new(); 10_000],
        ..CsvTable::default()
    };
    assert_eq!(
        fit(&table, &wide).map_err(|error| error.to_string()),
        Err(
            "the table would hold 10000 rows of 100000 values each, expected at most 268435456 values"
                .into()
        )
    );
}

#[test]
fn a_table_put_together_by_hand_is_checked() {
    let broken = [
        CsvTable {
            rows: vec![vec![1.0], vec![1.0, 2.0]],
            labels: vec![None],
            ..CsvTable::default()
        },
        CsvTable {
            rows: vec![vec![0.0], vec![1.5]],
            labels: vec![Some(vec!["a".into(), "b".into()])],
            ..CsvTable::default()
        },
    ];
    for table in broken {
        assert_eq!(
            fit(&table, &specs(&["x"], &[])).map_err(|error| error.to_string()),
            Err(
                "row 2 does not agree with the table's headers and classes, expected 1 cell".into()
            )
        );
    }
    let infinite = CsvTable {
        rows: vec![vec![f32::INFINITY]],
        labels: vec![None],
        ..CsvTable::default()
    };
    assert_eq!(
        fit(&infinite, &specs(&["x"], &[])).map_err(|error| error.to_string()),
        Err("column \"x\", row 1: found inf, expected a finite number".into())
    );
}
