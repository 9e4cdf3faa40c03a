//! Working by the clock: how much work fills a step of time, on any machine with any network.

use std::time::Duration;

use crate::{Trainer, WorkBudget};

/// Finds the [`WorkBudget`] that fills a step of time, and works in such steps.
/// The clock is the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkPace {
    /// In the unit of [`WorkBudget`].
    budget: u64,
}

impl Default for WorkPace {
    fn default() -> Self {
        Self { budget: 20_000 }
    }
}

impl WorkPace {
    /// How long the engine works before it looks for new commands.
    pub const STEP: Duration = Duration::from_micros(1_500);

    const MOST: u64 = 1 << 40;

    /// Works for about as long as a slice says; whether there is more to do.
    /// `clock` is the time since any moment; `obey` gives the trainer its
    /// commands, before each step.
    pub fn work(
        &mut self,
        trainer: &mut Trainer,
        slice: Duration,
        clock: impl Fn() -> Duration,
        mut obey: impl FnMut(&mut Trainer),
    ) -> bool {
        let began = clock();
        let mut step_began = began;
        loop {
            obey(trainer);
            let advance = trainer.advance(WorkBudget(self.budget));
            let now = clock();
            self.follow(advance.work, now.saturating_sub(step_began));
            if !advance.has_more || now.saturating_sub(began) >= slice {
                return advance.has_more;
            }
            step_began = now;
        }
    }

    /// Takes account of a step. A step that ran out of work says nothing.
    fn follow(&mut self, work: u64, took: Duration) {
        if work < self.budget {
            return;
        }
        let ratio = Self::STEP.as_secs_f64() / took.as_secs_f64().max(1e-9);
        let wanted = self.budget as f64 * ratio.clamp(0.25, 2.0);
        self.budget = (wanted as u64).clamp(1, Self::MOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_finds_the_budget_that_fills_a_step() {
        let mut pace = WorkPace::default();
        for _ in 0..60 {
            // A machine that does 300 units in a microsecond.
            let took = Duration::from_nanos(pace.budget * 10 / 3);
            pace.follow(pace.budget, took);
        }
        let ideal = 300.0 * WorkPace::STEP.as_micros() as f64;
        let error = (pace.budget as f64 - ideal).abs() / ideal;
        assert!(error < 0.01, "{} instead of {ideal}", pace.budget);
    }

    #[test]
    fn a_step_that_ran_out_of_work_leaves_the_pace_as_it_was() {
        let mut pace = WorkPace::default();
        pace.follow(3, Duration::from_nanos(1));
        assert_eq!(pace, WorkPace::default());
    }

    #[test]
    fn a_machine_that_stood_still_does_not_stop_the_pace_for_good() {
        let mut pace = WorkPace { budget: 1 };
        pace.follow(50, Duration::from_secs(10));
        assert_eq!(pace.budget, 1);
        pace.follow(50, Duration::ZERO);
        assert_eq!(pace.budget, 2);
    }

    #[test]
    fn a_clock_that_goes_backwards_ends_nothing_and_breaks_nothing() {
        let mut pace = WorkPace::default();
        let has_more = pace.work(
            &mut Trainer::new(),
            Duration::from_millis(8),
            || Duration::ZERO,
            |_| (),
        );
        assert!(!has_more);
    }
}
