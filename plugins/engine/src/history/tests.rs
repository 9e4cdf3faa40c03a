//! What is remembered, forgotten and known of steps, without a network.

use super::*;
use crate::OptimizerState;

/// A history of so many numbers whose steps all pay for views and keyframes.
struct Bench {
    history: History,
    numbers: Vec<f32>,
}

impl Bench {
    fn new(budget: u64, numbers: usize) -> Self {
        let mut history = History::new(budget);
        history.begin(numbers);
        let mut bench = Self {
            history,
            numbers: vec![0.0; numbers],
        };
        bench.found();
        bench
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            values: vec![self.history.present as f32; self.numbers.len()],
            optimizer: OptimizerState::default(),
            ..Checkpoint::default()
        }
    }

    fn found(&mut self) {
        let size = self.numbers.len();
        self.numbers.fill(self.history.present as f32);
        if self.history.is_cut() && self.history.found((0, 0), &self.numbers, size) {
            self.history.keep(self.checkpoint());
        }
    }

    fn train(&mut self, steps: u64) {
        for _ in 0..steps {
            self.found();
            self.history.step();
            self.history.earn(u64::MAX / 4);
            self.numbers.fill(self.history.present as f32);
            if self.history.note((0, 0), &self.numbers, self.numbers.len()) {
                self.history.keep(self.checkpoint());
            }
            let range = self.history.range();
            assert!(range.bytes <= range.budget, "{range:?}");
        }
    }

    /// Goes to a step and says from which.
    fn go_to(&mut self, step: u64) -> Result<u64, String> {
        let checkpoint = self.history.go_to(step)?;
        let from = checkpoint.values[0] as u64;
        assert_eq!(from, self.history.present);
        for _ in from..step {
            self.history.step();
        }
        assert_eq!(self.history.present, step);
        Ok(from)
    }

    fn steps(&self) -> Vec<u64> {
        let stamps = self.history.views.stamps().iter();
        stamps.map(|stamp| stamp.step).collect()
    }
}

#[test]
fn old_times_get_coarser_and_the_whole_run_stays() {
    let mut bench = Bench::new(40_000, 100);
    bench.train(100_000);
    let steps = bench.steps();
    let most = bench.history.range().views as usize;
    assert!(steps.len() > 50 && steps.len() == most, "{}", steps.len());
    assert_eq!((steps[0], steps[steps.len() - 1]), (0, 100_000));
    let gaps: Vec<u64> = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // The newest are beside each other, and nothing is forgotten altogether.
    assert_eq!(gaps[gaps.len() - 1], 1);
    let largest = gaps.iter().max().copied().unwrap_or_default();
    assert!(largest < 8 * 100_000 / most as u64, "{gaps:?}");
    let quarter = gaps.len() / 4;
    let sum = |gaps: &[u64]| gaps.iter().sum::<u64>();
    assert!(
        sum(&gaps[..quarter]) > 10 * sum(&gaps[3 * quarter..]),
        "{gaps:?}"
    );
    // Views give back what was, at the step asked for or before.
    for step in [0, 1, 777, 50_000, 99_999, 100_000, 1 << 40] {
        let view = bench.history.view(step).expect("it is known");
        assert!(view.step <= step);
        assert_eq!(view.values, vec![view.step as f32; 100]);
        assert!(
            steps
                .iter()
                .all(|&known| known <= view.step || known > step)
        );
    }
}

#[test]
fn every_budget_is_kept_for_any_number_of_parameters() {
    for numbers in [0, 1, 63, 64, 65, 1_000, 100_000] {
        for budget in [0, 1, 100, 1_000, 10_000, 1_000_000, 3_000_000] {
            let mut bench = Bench::new(budget, numbers);
            bench.train(300);
            let range = bench.history.range();
            // What is promised to fit does.
            let of_view = numbers + numbers / 8 + 80;
            assert!(
                budget / 2 < of_view as u64 || range.views > 0,
                "{numbers} {range:?}"
            );
            let of_keyframe = 4 * numbers + 600;
            assert!(
                budget / 2 < of_keyframe as u64 || range.keyframes > 0,
                "{numbers} {range:?}"
            );
        }
    }
}

#[test]
fn steps_made_again_are_known_and_others_take_the_place_of_those_that_were() {
    let mut bench = Bench::new(1 << 20, 10);
    bench.train(50);
    assert_eq!(bench.go_to(20), Ok(20));
    bench.train(5);
    assert_eq!(
        (bench.history.range().present, bench.history.range().last),
        (25, 50)
    );
    assert_eq!(bench.go_to(50), Ok(50));
    assert_eq!(bench.go_to(30), Ok(30));
    bench.history.cut();
    assert_eq!(bench.history.range().last, 30);
    assert_eq!(bench.steps().last(), Some(&30));
    assert!(bench.go_to(31).is_err());
    bench.train(3);
    assert_eq!(bench.history.range().last, 33);
    assert_eq!(bench.go_to(12), Ok(12));
}

#[test]
fn a_step_aside_is_gone_to_from_itself_and_training_past_it_begins_another_future() {
    // Keyframes only where they are needed.
    let mut bench = Bench::new(1 << 20, 10);
    let aside = |bench: &mut Bench| {
        bench.found();
        bench.history.step_aside();
        bench.found();
    };
    let plain = |bench: &mut Bench, steps| {
        for _ in 0..steps {
            bench.found();
            bench.history.step();
        }
    };
    plain(&mut bench, 10);
    aside(&mut bench);
    plain(&mut bench, 5);
    assert_eq!(bench.history.range().last, 16);
    for (step, from) in [(3, 0), (10, 0), (11, 11), (14, 11), (16, 11), (9, 0)] {
        assert_eq!(bench.go_to(step), Ok(from), "{step}");
    }
    // From 9 on, training makes step 10, but not the one aside.
    plain(&mut bench, 1);
    assert_eq!(bench.history.range().last, 16);
    plain(&mut bench, 1);
    assert_eq!(
        (bench.history.range().present, bench.history.range().last),
        (11, 11)
    );
    assert_eq!(bench.go_to(11), Ok(0));
}

#[test]
fn after_a_turn_the_past_is_looked_at_and_not_gone_to() {
    let mut bench = Bench::new(1 << 20, 10);
    bench.train(10);
    bench.history.turn();
    assert_eq!(bench.history.view(4).map(|view| view.step), Ok(4));
    bench.train(5);
    assert_eq!(bench.history.range().exact_from, Some(10));
    let refused = bench.go_to(9).expect_err("it was edited");
    assert_eq!(
        refused,
        "Training cannot go back to step 9: it was edited, or its history begins, at step 10."
    );
    assert_eq!(bench.go_to(12), Ok(12));
}

#[test]
fn a_history_that_travelled_knows_the_same() {
    let mut bench = Bench::new(30_000, 70);
    bench.train(500);
    bench.go_to(450).expect("it is known");
    let (range, view) = (bench.history.range(), bench.history.view(300));
    let saved = bench.history.save();
    let mut there = History::load(saved.clone(), 70);
    assert_eq!(
        HistoryRange {
            bytes: 0,
            ..there.range()
        },
        HistoryRange { bytes: 0, ..range }
    );
    assert!(there.range().bytes <= 30_000);
    assert_eq!(there.view(300), view);
    there.go_to(499).expect("it is known");
    // That of another network is not taken, nor one that contradicts itself.
    let mut strange = saved.clone();
    strange.stamps.reverse();
    for (saved, numbers) in [(saved, 71), (strange, 70)] {
        let range = History::load(saved, numbers).range();
        assert_eq!((range.present, range.last, range.views), (450, 450, 0));
    }
}
