//! The shipped digits, read and fitted as a person would.

use datasets::{ColumnId, ColumnSpec, HeaderRow, Role, fit, read_csv};

const DIGITS: &[u8] = include_bytes!("../../../assets/data/digits.csv");
/// In the order of the alphabet, as the classes of a file are.
const NAMES: [&str; 10] = [
    "eight", "five", "four", "nine", "one", "seven", "six", "three", "two", "zero",
];

#[test]
fn there_are_1797_digits_of_64_cells_as_many_of_each_as_scikit_learn_tells() {
    let table = read_csv(DIGITS, HeaderRow::Detected).expect("the digits are a good file");
    assert_eq!(table.rows.len(), 1_797);
    assert_eq!(
        table.labels[64].as_deref(),
        Some(NAMES.map(String::from).as_slice())
    );
    // 178 zeros, 182 ones … 180 nines, by `numpy.bincount(load_digits().target)`.
    let counts = [174, 182, 181, 180, 182, 179, 181, 183, 177, 178];
    for (class, expected) in counts.into_iter().enumerate() {
        let of_class = table.rows.iter().filter(|row| row[64] == class as f32);
        assert_eq!(of_class.count(), expected, "{}", NAMES[class]);
    }
    // `load_digits().data.sum()`: whole numbers from 0 to 16.
    let cells = || table.rows.iter().flat_map(|row| &row[..64]);
    assert!(cells().all(|cell| cell.fract() == 0.0 && (0.0..=16.0).contains(cell)));
    assert_eq!(cells().map(|&cell| f64::from(cell)).sum::<f64>(), 561_718.0);
}

#[test]
fn a_digit_fills_64_inputs_and_one_of_ten_targets() {
    let file = read_csv(DIGITS, HeaderRow::Detected).expect("the digits are a good file");
    let mut picture = ColumnSpec::scalar(ColumnId(0), "picture", Role::Input);
    picture.shape = vec![8, 8];
    let targets = (1..)
        .zip(NAMES)
        .map(|(id, name)| ColumnSpec::scalar(ColumnId(id), name, Role::Target));
    let specs: Vec<ColumnSpec> = [picture].into_iter().chain(targets).collect();
    let row = fit(&file, &specs).expect("the digits fit").row(0);
    let row = row.expect("there is a first").0;
    // A zero: its upper left corner is empty, its first row has 5, 13, 9 and 1.
    assert_eq!(row[..8], [0.0, 0.0, 5.0, 13.0, 9.0, 1.0, 0.0, 0.0]);
    let mut zero = [0.0; 10];
    zero[9] = 1.0;
    assert_eq!(row[64..], zero);
}
