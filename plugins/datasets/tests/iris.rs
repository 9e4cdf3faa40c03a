//! The shipped flowers, read and fitted as a person would.

use datasets::{ColumnId, ColumnSpec, HeaderRow, Role, fit, read_csv};

const IRIS: &[u8] = include_bytes!("../../../assets/data/iris.csv");
const INPUTS: [&str; 4] = ["sepal length", "sepal width", "petal length", "petal width"];

#[test]
fn iris_has_150_flowers_50_of_each_species_and_fishers_means() {
    let table = read_csv(IRIS, HeaderRow::Detected).expect("iris is a good file");
    assert_eq!(table.rows.len(), 150);
    assert_eq!(
        table.labels[4].as_deref(),
        Some(
            ["setosa", "versicolor", "virginica"]
                .map(String::from)
                .as_slice()
        )
    );
    for class in [0.0, 1.0, 2.0] {
        assert_eq!(table.rows.iter().filter(|row| row[4] == class).count(), 50);
    }
    for (column, expected) in [5.8433, 3.0573, 3.758, 1.1993].into_iter().enumerate() {
        let sum: f64 = table.rows.iter().map(|row| f64::from(row[column])).sum();
        assert!(
            (sum / 150.0 - expected).abs() < 1e-4,
            "column {column}: {}",
            sum / 150.0
        );
    }
    // Two flowers that the widespread copy of the data set has wrong.
    assert_eq!(table.rows[34], [4.9, 3.1, 1.5, 0.2, 0.0]);
    assert_eq!(table.rows[37], [4.9, 3.6, 1.4, 0.1, 0.0]);
}

#[test]
fn iris_fits_a_network_with_one_output_per_species_whatever_the_neurons_are_called() {
    let file = read_csv(IRIS, HeaderRow::Detected).expect("iris is a good file");
    for targets in [
        ["Setosa", "Versicolor", "Virginica"],
        ["output 1", "output 2", "output 3"],
    ] {
        let specs: Vec<ColumnSpec> = (1..)
            .zip(INPUTS.iter().chain(&targets))
            .map(|(id, &name)| {
                let role = if id <= 4 { Role::Input } else { Role::Target };
                ColumnSpec::scalar(ColumnId(id), name, role)
            })
            .collect();
        let table = fit(&file, &specs).expect("iris fits");
        assert_eq!(
            table.row(0).map(|row| row.0),
            Some(vec![5.1, 3.5, 1.4, 0.2, 1.0, 0.0, 0.0])
        );
        assert_eq!(
            table.row(149).map(|row| row.0),
            Some(vec![5.9, 3.0, 5.1, 1.8, 0.0, 0.0, 1.0])
        );
    }
}
