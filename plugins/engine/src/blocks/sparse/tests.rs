//! Sparse connections beside the same, one by one in f64.

use super::*;
use network::random::{Purpose, Rng, stream, symmetric_unit};
use proptest::prelude::*;

/// Random connections between rows, and numbers for all that is computed.
struct Sample {
    rows: usize,
    stride: usize,
    /// Rows that hold data.
    data: usize,
    pairs: Vec<(u32, u32)>,
    edges: SparseEdges,
    /// Which weight is whose.
    places: Vec<u32>,
    parameters: Vec<f32>,
    values: Vec<f32>,
    gradients: Vec<f32>,
}

/// Numbers before the weights, which belong to others.
const OTHERS: usize = 3;

impl Sample {
    fn new(seed: u64, (rows, data): (usize, usize), stride: usize, count: usize) -> Self {
        let mut rng = stream(seed, Purpose::Initial, 0);
        let mut pair = || {
            let target = 1 + rng.next_u32() % (rows as u32 - 1);
            (rng.next_u32() % target, target)
        };
        let pairs: Vec<_> = (0..count).map(|_| pair()).collect();
        let mut numbers = |count| -> Vec<f32> {
            let number = |_| symmetric_unit(&mut rng);
            (0..count).map(number).collect()
        };
        let (edges, places) = SparseEdges::new(rows, OTHERS, &pairs);
        Self {
            rows,
            stride,
            data,
            pairs,
            edges,
            places,
            parameters: numbers(OTHERS + count),
            values: numbers(rows * stride),
            gradients: numbers(rows * stride),
        }
    }

    fn weight(&self, edge: usize) -> f64 {
        f64::from(self.parameters[OTHERS + self.places[edge] as usize])
    }

    /// Source, target and weight of every connection.
    fn each(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        let pairs = self.pairs.iter().enumerate();
        pairs.map(|(edge, &(from, to))| (from as usize, to as usize, self.weight(edge)))
    }

    /// The numbers of a row.
    fn of<'a>(&self, list: &'a [f32], row: usize) -> &'a [f32] {
        &list[row * self.stride..(row + 1) * self.stride]
    }

    /// What the sums of each row become, with a bias of ½.
    fn forward(&self) -> Vec<f32> {
        let mut all = Vec::with_capacity(self.values.len());
        for row in 0..self.rows {
            let mut sums = self.of(&self.gradients, row).to_vec();
            let before = &self.values[..row * self.stride];
            let (edges, parameters) = (&self.edges, &self.parameters);
            edges.gather(row, 0.5, parameters, before, &mut sums);
            all.extend(sums);
        }
        all
    }

    /// The same, connection by connection.
    fn plain_forward(&self) -> Vec<f64> {
        let start = |&number: &f32| f64::from(number) + 0.5;
        let mut all: Vec<f64> = self.gradients.iter().map(start).collect();
        for (from, to, weight) in self.each() {
            let sums = all[to * self.stride..].iter_mut();
            for (sum, &value) in sums.zip(self.of(&self.values, from)) {
                *sum += weight * f64::from(value);
            }
        }
        all
    }

    /// The gradients of all rows and of the parameters.
    fn backward(&self) -> (Vec<f32>, Vec<f32>) {
        let mut all = self.gradients.clone();
        let mut learned = vec![0.25; self.parameters.len()];
        for row in (0..self.rows).rev() {
            let (until, after) = all.split_at_mut((row + 1) * self.stride);
            let (edges, parameters) = (&self.edges, &self.parameters);
            let value = self.of(&self.values, row);
            if row < self.data {
                edges.learn(row, parameters, &mut learned, value, after);
            } else {
                let gradients = (&mut until[row * self.stride..], &*after);
                edges.gather_back(row, parameters, &mut learned, value, gradients);
            }
        }
        (all, learned)
    }

    /// The same, connection by connection.
    fn plain_backward(&self) -> (Vec<f64>, Vec<f64>) {
        let mut all: Vec<f64> = self.gradients.iter().map(|&it| f64::from(it)).collect();
        let mut learned = vec![0.25; self.parameters.len()];
        let mut order: Vec<(usize, (usize, usize, f64))> = self.each().enumerate().collect();
        // A row is done when all after it are.
        order.sort_by_key(|&(_, (_, to, _))| std::cmp::Reverse(to));
        for (edge, (from, to, weight)) in order {
            let (before, sums) = all.split_at_mut(to * self.stride);
            let value = self.of(&self.values, from);
            let products = sums.iter().zip(value).map(|(s, &v)| s * f64::from(v));
            learned[OTHERS + self.places[edge] as usize] += products.sum::<f64>();
            if from >= self.data {
                let gradient = before[from * self.stride..].iter_mut();
                for (gradient, sum) in gradient.zip(&*sums).take(self.stride) {
                    *gradient += weight * sum;
                }
            }
        }
        (all, learned)
    }

    fn check(&self) -> Result<(), TestCaseError> {
        is_near(&self.forward(), &self.plain_forward())?;
        let (found, plain) = (self.backward(), self.plain_backward());
        is_near(&found.0, &plain.0)?;
        is_near(&found.1, &plain.1)
    }
}

fn is_near(found: &[f32], plain: &[f64]) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.len(), plain.len());
    for (at, (&found, plain)) in found.iter().zip(plain).enumerate() {
        let error = (f64::from(found) - plain).abs();
        prop_assert!(
            error <= 1e-4 * plain.abs().max(1.0),
            "{}: {} and not {}",
            at,
            found,
            plain
        );
    }
    Ok(())
}

proptest! {
    // Strides on both sides of every size of tile.
    #[test]
    fn both_ways_come_to_what_connections_one_by_one_come_to(
        seed: u64,
        rows in 2_usize..24,
        data in 0_usize..4,
        lanes in 1_usize..10,
        per_row in 0_usize..5,
    ) {
        let count = rows * per_row;
        Sample::new(seed, (rows, data.min(rows)), lanes * LANES, count).check()?;
    }

    #[test]
    fn every_connection_has_a_weight_of_its_own(seed: u64, rows in 2_usize..24, count in 0_usize..80) {
        let sample = Sample::new(seed, (rows, 0), LANES, count);
        let mut places = sample.places.clone();
        places.sort_unstable();
        prop_assert_eq!(places, (0..count as u32).collect::<Vec<_>>());
        prop_assert_eq!(sample.edges.len(), count);
    }
}

#[test]
fn rows_that_are_asked_for_ahead_come_to_the_same() {
    let sample = Sample::new(3, (65_600, 10), WIDE, 120_000);
    assert!(sample.edges.is_far(WIDE));
    sample.check().expect("as one by one");
}
