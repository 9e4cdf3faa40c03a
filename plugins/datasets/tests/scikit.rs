//! Split sizes, scalings and Friedman's formula against scikit-learn (`tests/oracle/scikit_data.py`).

use datasets::{FRIEDMAN_INPUTS, Scaling, Split, friedman1};
use rand::SeedableRng;
use rand_pcg::Pcg32;
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/scikit_data.json")).expect("the fixture is JSON")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn list(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(number)
        .collect()
}

#[test]
fn a_split_has_the_sizes_of_train_test_split_or_nearer_ones() {
    let mut same = 0;
    let cases = fixture();
    let cases = cases["splits"].as_array().expect("a list");
    for case in cases {
        let (rows, test) = (number(&case["rows"]) as usize, number(&case["test"]) as u32);
        let split = Split::new(100 - test, 0, test, true).expect("sums to 100");
        let parts = split.assign(rows, &mut Pcg32::seed_from_u64(7));
        // Each row is in exactly one part.
        let mut all = [
            parts.train.clone(),
            parts.validation.clone(),
            parts.test.clone(),
        ]
        .concat();
        all.sort_unstable();
        assert_eq!(all, (0..rows as u32).collect::<Vec<_>>());
        assert!(parts.validation.is_empty());
        let what = format!("{rows} rows, {test} % test: {}", parts.test.len());
        if case["counts"].is_null() {
            // Where it refuses to train on nothing, one row is still trained on.
            assert!(!parts.train.is_empty(), "{what}");
            continue;
        }
        let theirs = list(&case["counts"])[1];
        let ours = parts.test.len() as f64;
        let exact = rows as f64 * f64::from(test) / 100.0;
        assert!(
            (ours - theirs).abs() <= 1.0,
            "{what}, {theirs} in scikit-learn"
        );
        assert!((ours - exact).abs() <= (theirs - exact).abs(), "{what}");
        let is_whole = (rows as u32 * test).is_multiple_of(100);
        if is_whole && case["is_exact"] == Value::Bool(true) {
            assert_eq!(ours, theirs, "{what}");
        }
        same += usize::from(ours == theirs);
    }
    println!("{same} of {} splits have the same sizes", cases.len());
}

#[test]
fn a_scaling_is_the_standard_scaler() {
    for case in fixture()["scalings"].as_array().expect("a list") {
        let values: Vec<f32> = list(&case["values"]).iter().map(|&x| x as f32).collect();
        let rows: Vec<u32> = (0..values.len() as u32).collect();
        let scaling = Scaling::fit(&values, &rows);
        let (mean, scale) = (number(&case["mean"]), number(&case["scale"]));
        let is_close = |found: f32, expected: f64, allowed: f64| {
            (f64::from(found) - expected).abs() <= allowed
        };
        assert!(
            is_close(scaling.mean, mean, 1e-7 * mean.abs()),
            "{scaling:?} {mean}"
        );
        assert!(
            is_close(scaling.scale, scale, 1e-7 * scale),
            "{scaling:?} {scale}"
        );
        // The mean is kept in f32: where values are close together far from 0, that shows.
        let allowed = 1e-6 + 1e-7 * mean.abs() / scale;
        for (&value, expected) in values.iter().zip(list(&case["scaled"])) {
            let found = scaling.standardise(value);
            let allowed = allowed + 1e-6 * expected.abs();
            assert!(is_close(found, expected, allowed), "{found} {expected}");
        }
    }
}

#[test]
fn friedmans_formula_gives_what_make_friedman1_gives_without_noise() {
    let fixture = fixture();
    let rows = fixture["friedman1"].as_array().expect("a list");
    assert_eq!(rows.len(), 50);
    for row in rows {
        let inputs: [f64; FRIEDMAN_INPUTS] = list(&row["inputs"]).try_into().expect("five numbers");
        let (ours, theirs) = (friedman1(inputs), number(&row["target"]));
        assert!(
            (ours - theirs).abs() < 1e-13 * 30.0,
            "{inputs:?}: {ours}, {theirs}"
        );
    }
}
