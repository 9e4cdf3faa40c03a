//! The history of training: views of one byte a number, and keyframes to go back exactly.

mod keyframes;
mod quantise;
mod saved;
mod session;
#[cfg(test)]
mod tests;
pub(crate) mod thinning;
mod views;

use crate::{Checkpoint, HistoryRange, PastView};
use keyframes::Keyframes;
use views::Views;

pub use keyframes::Keyframe;
pub use saved::SavedHistory;

/// Training counts so many times as much as the views it pays for: 2.5 %.
const TRAINING_PER_VIEWS: u64 = 40;

/// Likewise for keyframes: 1 %. So between two keyframes, while none were given up,
/// lies at most 100 times the work of one.
const TRAINING_PER_KEYFRAMES: u64 = 100;

/// What a step costs beside its multiply-adds, in multiply-adds of a matrix product
/// (0.02 to 0.03 ns): about 3 µs.
const STEP_WORK: u64 = 125_000;

/// What a view costs in the same unit, at all and for each number, most of it for
/// memory that was not used before; and a keyframe (`benches/history.rs`).
const VIEW_WORK: [u64; 2] = [16_000, 50];
const KEYFRAME_WORK: [u64; 2] = [40_000, 300];

/// What is paid at the beginning, about a millisecond: so the first few thousand steps
/// of a small network are all viewed.
const HEAD_START: u64 = 40_000_000 * TRAINING_PER_VIEWS;

/// What training has paid for.
#[derive(Clone, Copy, Debug, Default)]
struct Savings(u64);

impl Savings {
    fn earn(&mut self, work: u64) {
        self.0 = self.0.saturating_add(work);
    }

    /// Pays a price, if there is enough.
    fn pay(&mut self, price: u64) -> bool {
        let is_enough = self.0 >= price;
        if is_enough {
            self.0 -= price;
        }
        is_enough
    }
}

/// What is remembered of a training.
pub(crate) struct History {
    budget: u64,
    views: Views,
    keyframes: Keyframes,
    present: u64,
    last: u64,
    /// The last step of the stretch the present one is of; `None`: that is the last
    /// stretch.
    reach: Option<u64>,
    /// Training goes on from a state that no keyframe leads to.
    is_cut: bool,
    /// The last step whose end was seen.
    noted: u64,
    of_views: Savings,
    of_keyframes: Savings,
}

impl History {
    /// Remembers nothing yet.
    pub(crate) fn new(budget: u64) -> Self {
        Self {
            budget: budget.min(HistoryRange::MAX_BUDGET),
            views: Views::new(0, 0),
            keyframes: Keyframes::default(),
            present: 0,
            last: 0,
            reach: None,
            is_cut: true,
            noted: 0,
            of_views: Savings(HEAD_START),
            of_keyframes: Savings::default(),
        }
    }

    /// Forgets everything before the present step; from now on there are so many
    /// numbers.
    pub(crate) fn begin(&mut self, numbers: usize) {
        // Half of the budget is for views, half for keyframes.
        let half = usize::try_from(self.budget / 2).unwrap_or(usize::MAX);
        *self = Self {
            views: Views::new(numbers, half),
            keyframes: Keyframes::new(half),
            present: self.present,
            last: self.present,
            ..Self::new(self.budget)
        };
    }

    /// Changes the budget, which forgets everything; whether it is another one.
    pub(crate) fn set_budget(&mut self, budget: u64) -> bool {
        let budget = budget.min(HistoryRange::MAX_BUDGET);
        std::mem::replace(&mut self.budget, budget) != budget
    }

    /// What is known.
    pub(crate) fn range(&self) -> HistoryRange {
        HistoryRange {
            present: self.present,
            first: self.views.first().map_or(self.present, |view| view.step),
            last: self.last,
            exact_from: self.keyframes.first(),
            views: self.views.len() as u32,
            keyframes: self.keyframes.len() as u32,
            bytes: (self.views.bytes() + self.keyframes.bytes()) as u64,
            budget: self.budget,
        }
    }

    /// Training made a step. One that was made before, from here, is known already.
    pub(crate) fn step(&mut self) {
        let end = self.reach.unwrap_or(self.last);
        if self.present >= end {
            self.forget_future();
            self.last = self.last.saturating_add(1);
        }
        self.present = self.present.saturating_add(1);
    }

    /// The present was changed by something else than training, or what training does
    /// was: what leads here leads no further.
    pub(crate) fn cut(&mut self) {
        self.forget_future();
        self.keyframes.set_reach(None, Some(self.present));
        self.is_cut = true;
    }

    /// A step was made that training alone would not make.
    pub(crate) fn step_aside(&mut self) {
        self.cut();
        self.present = self.present.saturating_add(1);
        self.last = self.present;
    }

    /// Training goes on otherwise than before: the steps so far cannot be made again,
    /// but looked at.
    pub(crate) fn turn(&mut self) {
        self.cut();
        self.keyframes.retain(|_| false);
    }

    fn forget_future(&mut self) {
        if self.present < self.last {
            self.views.forget_from(self.present + 1);
            let (present, reach) = (self.present, self.reach);
            self.keyframes.retain(|frame| {
                frame.step < present || frame.step == present && frame.reach == reach
            });
            self.keyframes.set_reach(reach, None);
        }
        self.reach = None;
        self.last = self.present;
    }

    /// Whether [`Self::found`] is due.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut && self.budget > 0
    }

    /// Notes the state that training goes on from after a cut: these numbers, after so
    /// many epochs and batches. Whether there is room for its keyframe, which holds
    /// `size` numbers.
    #[must_use]
    pub(crate) fn found(&mut self, counts: (u32, u32), numbers: &[f32], size: usize) -> bool {
        self.is_cut = false;
        self.noted = self.present;
        self.views.forget_from(self.present);
        self.views.push(self.present, counts, numbers);
        self.keyframes.make_room(keyframes::bytes_of(size), true)
    }

    /// Training did so much work.
    pub(crate) fn earn(&mut self, work: u64) {
        self.of_views.earn(work);
        self.of_keyframes.earn(work);
    }

    /// Notes the state at the end of a step if training has paid for it; the rest as
    /// in [`Self::found`].
    #[must_use]
    pub(crate) fn note(&mut self, counts: (u32, u32), numbers: &[f32], size: usize) -> bool {
        if self.budget == 0 || self.present < self.last || self.noted == self.present {
            return false;
        }
        self.noted = self.present;
        self.earn(STEP_WORK);
        let price = |[once, each]: [u64; 2], numbers: usize| once + each * numbers as u64;
        let price_of_view = price(VIEW_WORK, numbers.len()) * TRAINING_PER_VIEWS;
        if self.of_views.pay(price_of_view) {
            self.views.push(self.present, counts, numbers);
        }
        let price_of_keyframe = price(KEYFRAME_WORK, size) * TRAINING_PER_KEYFRAMES;
        self.of_keyframes.pay(price_of_keyframe)
            && self.keyframes.make_room(keyframes::bytes_of(size), false)
    }

    /// Takes the keyframe there is room for.
    pub(crate) fn keep(&mut self, checkpoint: Checkpoint) {
        self.keyframes.push(Keyframe {
            step: self.present,
            reach: None,
            checkpoint,
        });
    }

    /// What the exact state of a step is made from, which then is the present one;
    /// `Err` says why it cannot be.
    pub(crate) fn go_to(&mut self, step: u64) -> Result<Checkpoint, String> {
        self.check_budget()?;
        if step > self.last {
            let last = self.last;
            return Err(format!(
                "There is no step {step} to go to: training has made {last}."
            ));
        }
        let Some(base) = self.keyframes.base(step) else {
            return Err(match self.keyframes.first() {
                None => format!(
                    "Training cannot go back exactly: the history's budget of {} bytes has no room for a whole state of it.",
                    self.budget
                ),
                Some(first) if step < first => format!(
                    "Training cannot go back to step {step}: it was edited, or its history begins, at step {first}."
                ),
                Some(_) => format!(
                    "Training cannot go back to step {step}: what led to it is no longer in the history."
                ),
            });
        };
        self.present = base.step;
        self.reach = base.reach;
        Ok(base.checkpoint.clone())
    }

    /// The present step.
    pub(crate) fn present(&self) -> u64 {
        self.present
    }

    /// The view at a step, in the order of its numbers; `Err` says why there is none.
    pub(crate) fn view(&self, step: u64) -> Result<PastView, String> {
        self.check_budget()?;
        let Some(stamp) = self.views.at(step) else {
            return Err(format!(
                "The history's budget of {} bytes has no room for a view of this network's numbers.",
                self.budget
            ));
        };
        let (values, error_bound) = self.views.read(stamp);
        Ok(PastView {
            step: stamp.step,
            epochs: stamp.epochs,
            batch: stamp.batch,
            values,
            error_bound,
        })
    }

    fn check_budget(&self) -> Result<(), String> {
        if self.budget == 0 {
            return Err(
                "Nothing is remembered of training: the history is switched off.".to_owned(),
            );
        }
        Ok(())
    }
}
