//! What the history of training is asked and what it answers.

use serde::{Deserialize, Serialize};

/// What is remembered of training. Steps count the optimiser's steps since the project
/// was loaded; a step is at its end when the validation that ends an epoch is too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRange {
    /// The step the values are of now.
    pub present: u64,
    /// The first step there is a view of; the present one without views.
    pub first: u64,
    /// The last step that is known: after going back, later than the present.
    pub last: u64,
    /// The first step that can be gone back to exactly; `None` without keyframes.
    pub exact_from: Option<u64>,
    /// Views between them.
    pub views: u32,
    /// Keyframes, from which exact values are made again.
    pub keyframes: u32,
    /// Bytes in use; never more than the budget.
    pub bytes: u64,
    /// The most bytes it may use; 0: nothing is remembered.
    pub budget: u64,
}

impl HistoryRange {
    /// The budget of a trainer that was told no other: 64 MiB.
    pub const DEFAULT_BUDGET: u64 = 64 << 20;

    /// The largest budget: 1 GiB. A larger one counts as this.
    pub const MAX_BUDGET: u64 = 1 << 30;
}

/// All learnable numbers at an earlier step, nearly.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PastView {
    /// The step: the one asked for, or the last before it that there is a view of, or
    /// the first of all.
    pub step: u64,
    /// Whole epochs done then.
    pub epochs: u32,
    /// Batches done in the epoch then.
    pub batch: u32,
    /// The numbers in the canonical order, from one byte each.
    pub values: Vec<f32>,
    /// How far any of them may be from what it was: of 64 numbers beside each other
    /// in the engine's order, at most (largest − least) / 500 + 2.5·10⁻⁷ times the
    /// largest magnitude. This is the largest of these bounds.
    pub error_bound: f32,
}
