//! What the benchmark of the engine makes of its numbers.

#[path = "../benches/engine/figures.rs"]
mod figures;

use figures::{Reading, exponent, growth, short};

#[test]
fn a_number_is_told_with_three_digits() {
    let told = [0.0, 0.061, 1.264, 12.34, 99.94, 123.4, 20_500.0].map(short);
    assert_eq!(
        told,
        ["0.00", "0.06", "1.26", "12.3", "99.9", "123", "20500"]
    );
}

#[test]
fn the_exponent_is_that_of_the_law_the_points_follow() {
    for law in [0.5, 1.0, 1.26] {
        let points = [1e3, 1e4, 3e5, 1e6].map(|x: f64| (x, 7.0 * x.powf(law)));
        assert!((exponent(&points) - law).abs() < 1e-9, "{law}");
    }
    assert!(exponent(&[(1e3, 5.0)]).is_nan());
}

#[test]
fn growth_is_the_most_beyond_the_first_reading_that_counts() {
    let of = |bytes: &[f64]| -> Vec<Reading> {
        let steps = (1..).map(f64::from);
        steps
            .zip(bytes)
            .map(|(steps, &bytes)| Reading { steps, bytes })
            .collect()
    };
    // Filling up before counts for nothing.
    assert_eq!(growth(&of(&[10.0, 50.0, 50.0, 50.0]), 2.0), Some(0.0));
    assert_eq!(growth(&of(&[10.0, 50.0, 57.0, 52.0]), 2.0), Some(7.0));
    assert_eq!(growth(&of(&[10.0, 50.0, 40.0, 45.0]), 2.0), Some(0.0));
    assert_eq!(growth(&of(&[10.0, 50.0]), 2.0), None);
    assert_eq!(growth(&[], 0.0), None);
}
