//! Which rows train, which validate and which test.

use rand::Rng;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How the rows of a table are divided, in percent that sum to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SplitFile")]
pub struct Split {
    /// Percent of the rows the network learns from, 0 to 100.
    pub train: u32,
    /// Percent of the rows that are watched while it learns, 0 to 100.
    pub validation: u32,
    /// Percent of the rows kept for the end, 0 to 100.
    pub test: u32,
    /// Whether rows are drawn at random; otherwise the first rows train and the last ones test.
    pub is_shuffled: bool,
}

/// A split as a file holds it, before it is checked.
#[derive(Deserialize)]
#[serde(rename = "Split", deny_unknown_fields)]
struct SplitFile {
    train: u32,
    validation: u32,
    test: u32,
    is_shuffled: bool,
}

impl TryFrom<SplitFile> for Split {
    type Error = SplitError;

    fn try_from(file: SplitFile) -> Result<Self, SplitError> {
        Self::new(file.train, file.validation, file.test, file.is_shuffled)
    }
}

/// Why a split was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SplitError {
    /// The parts are not a whole.
    #[error(
        "the split {train} % training, {validation} % validation, {test} % test sums to {sum} %, expected 100 %"
    )]
    Sum {
        /// Percent of the rows that train.
        train: u32,
        /// Percent of the rows that validate.
        validation: u32,
        /// Percent of the rows that test.
        test: u32,
        /// What they sum to.
        sum: u64,
    },
}

/// The rows of each part, as indices into the table; each row is in exactly one part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// Rows the network learns from.
    pub train: Vec<u32>,
    /// Rows that are watched while it learns.
    pub validation: Vec<u32>,
    /// Rows kept for the end.
    pub test: Vec<u32>,
}

impl Default for Split {
    fn default() -> Self {
        Self {
            train: 70,
            validation: 15,
            test: 15,
            is_shuffled: true,
        }
    }
}

impl Split {
    /// A split whose percentages sum to 100.
    pub fn new(
        train: u32,
        validation: u32,
        test: u32,
        is_shuffled: bool,
    ) -> Result<Self, SplitError> {
        let split = Self {
            train,
            validation,
            test,
            is_shuffled,
        };
        split.validate()?;
        Ok(split)
    }

    /// Checks that the percentages sum to 100.
    pub fn validate(&self) -> Result<(), SplitError> {
        match self.sum() {
            100 => Ok(()),
            sum => Err(SplitError::Sum {
                train: self.train,
                validation: self.validation,
                test: self.test,
                sum,
            }),
        }
    }

    /// Divides `rows` rows (at most 2³² − 1; later ones are left out).
    ///
    /// The counts follow the method of the largest remainder, ties in the order training, validation, test; training
    /// gets at least one row if it has any percentage and there is any row. A shuffled part keeps its random order,
    /// an unshuffled one is ascending. A split that does not sum to 100 is taken in proportion, and one that is all
    /// zero trains on every row. Draws from `rng` only if shuffled.
    pub fn assign<R: Rng + ?Sized>(&self, rows: usize, rng: &mut R) -> Assignment {
        let mut order: Vec<u32> = (0..as_u32(rows)).collect();
        if self.is_shuffled {
            shuffle(&mut order, rng);
        }
        let [train, validation, _] = self.counts(rows);
        let test = order.split_off(train + validation);
        let validation = order.split_off(train);
        Assignment {
            train: order,
            validation,
            test,
        }
    }

    fn sum(&self) -> u64 {
        u64::from(self.train) + u64::from(self.validation) + u64::from(self.test)
    }

    /// How many of `rows` rows go to training, validation and test; see [`Self::assign`].
    #[must_use]
    pub fn counts(&self, rows: usize) -> [usize; 3] {
        let rows = as_u32(rows);
        let sum = self.sum();
        if sum == 0 {
            return [rows as usize, 0, 0];
        }
        // A product of two 32-bit numbers fits 64 bits.
        let products = [self.train, self.validation, self.test]
            .map(|percent| u64::from(rows) * u64::from(percent));
        let mut counts = products.map(|product| product / sum);
        let mut by_remainder = [0, 1, 2];
        by_remainder.sort_by_key(|&part| std::cmp::Reverse(products[part] % sum));
        let left = u64::from(rows) - counts.iter().sum::<u64>();
        for &part in by_remainder.iter().take(left as usize) {
            counts[part] += 1;
        }
        if rows > 0 && self.train > 0 && counts[0] == 0 {
            let donor = if counts[1] >= counts[2] { 1 } else { 2 };
            counts[donor] -= 1;
            counts[0] = 1;
        }
        counts.map(|count| count as usize)
    }
}

/// Puts the items in a random order, each order equally likely (Fisher–Yates; Durstenfeld 1964, Algorithm 235).
///
/// Written against the stream of `u32` words rather than taken from `rand`, which draws in `usize` and may change its
/// method between versions: here the order, and the number of words it uses up, is bitwise equal on 32- and 64-bit
/// targets and stays so, which a saved project relies on.
pub fn shuffle<R: Rng + ?Sized>(items: &mut [u32], rng: &mut R) {
    for last in (1..items.len()).rev() {
        let bound = u32::try_from(last + 1).unwrap_or(u32::MAX);
        items.swap(last, below(bound, rng) as usize);
    }
}

/// A number below `bound`, which is at least 1, each equally likely.
///
/// Lemire 2019, *Fast random integer generation in an interval*, ACM TOMACS 29(1): multiply, keep the high word, and
/// redraw in the few cases that would favour some numbers.
fn below<R: Rng + ?Sized>(bound: u32, rng: &mut R) -> u32 {
    let threshold = bound.wrapping_neg() % bound;
    loop {
        let product = u64::from(rng.next_u32()) * u64::from(bound);
        if product as u32 >= threshold {
            return (product >> 32) as u32;
        }
    }
}

/// As many as there can be, at most.
fn as_u32(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_pcg::Pcg32;

    use super::*;

    fn rng() -> Pcg32 {
        Pcg32::seed_from_u64(7)
    }

    #[test]
    fn ten_rows_split_by_largest_remainder() {
        // 7, 1.5 and 1.5: the tie goes to validation.
        let parts = Split::default().assign(10, &mut rng());
        assert_eq!(
            [parts.train.len(), parts.validation.len(), parts.test.len()],
            [7, 2, 1]
        );
    }

    #[test]
    fn an_unshuffled_split_keeps_the_order_and_draws_nothing() {
        let split = Split::new(50, 25, 25, false).expect("sums to 100");
        let mut rng = rng();
        let parts = split.assign(8, &mut rng);
        assert_eq!(parts.train, [0, 1, 2, 3]);
        assert_eq!(parts.validation, [4, 5]);
        assert_eq!(parts.test, [6, 7]);
        assert_eq!(rng, self::rng());
    }

    #[test]
    fn a_single_row_trains_even_when_training_has_the_smallest_share() {
        let split = Split::new(1, 98, 1, true).expect("sums to 100");
        assert_eq!(split.assign(1, &mut rng()).train, [0]);
        let no_training = Split::new(0, 100, 0, true).expect("sums to 100");
        assert_eq!(no_training.assign(1, &mut rng()).validation, [0]);
    }

    #[test]
    fn percentages_that_miss_100_are_refused_with_their_sum() {
        assert_eq!(
            Split::new(70, 20, 20, true).map_err(|error| error.to_string()),
            Err(
                "the split 70 % training, 20 % validation, 20 % test sums to 110 %, expected 100 %"
                    .into()
            )
        );
        assert!(ron::from_str::<Split>("(train:1,validation:1,test:1,is_shuffled:true)").is_err());
        let split = ron::from_str::<Split>("(train:70,validation:15,test:15,is_shuffled:true)");
        assert_eq!(split, Ok(Split::default()));
    }

    #[test]
    fn the_order_of_a_seed_never_changes() {
        // Computed apart in Python integers, from the reference stream 42, 54 of pcg-random.org.
        let mut items: Vec<u32> = (0..10).collect();
        shuffle(&mut items, &mut Pcg32::new(42, 54));
        assert_eq!(items, [0, 7, 1, 2, 9, 8, 3, 5, 4, 6]);
    }

    #[test]
    fn every_order_of_three_is_equally_likely() {
        let mut rng = rng();
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..60_000 {
            let mut items = [0, 1, 2];
            shuffle(&mut items, &mut rng);
            *counts.entry(items).or_insert(0_i32) += 1;
        }
        assert_eq!(counts.len(), 6);
        // Standard deviation of a count is 91: five of them.
        assert!(counts.values().all(|count| (count - 10_000).abs() < 460));
    }

    proptest! {
        #[test]
        fn every_row_is_in_exactly_one_part(
            rows in 0_usize..2_000,
            a in 0_u32..=100,
            b in 0_u32..=100,
            is_shuffled: bool,
        ) {
            let (low, high) = (a.min(b), a.max(b));
            let split = Split::new(low, high - low, 100 - high, is_shuffled).expect("sums to 100");
            let parts = split.assign(rows, &mut rng());
            prop_assert!(rows == 0 || split.train == 0 || !parts.train.is_empty());
            for (part, percent) in [
                (&parts.train, split.train),
                (&parts.validation, split.validation),
                (&parts.test, split.test),
            ] {
                let exact = rows as f64 * f64::from(percent) / 100.0;
                prop_assert!((part.len() as f64 - exact).abs() <= 1.0 || rows < 100);
                prop_assert!(percent > 0 || part.is_empty());
            }
            let mut all = [parts.train, parts.validation, parts.test].concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..rows as u32).collect::<Vec<_>>());
        }

        #[test]
        fn no_unchecked_split_panics_or_loses_a_row(
            train: u32, validation: u32, test: u32, rows in 0_usize..100,
        ) {
            let split = Split { train, validation, test, is_shuffled: true };
            let parts = split.assign(rows, &mut rng());
            prop_assert_eq!(parts.train.len() + parts.validation.len() + parts.test.len(), rows);
        }
    }
}
