//! What each loss says of one number of the answer.

use project::Loss;

use crate::compile::Head;

/// Probabilities are kept this far from 0 and 1 where only they, and not the sums
/// behind them, are known.
const LEAST_PROBABILITY: f64 = 1e-7;

/// The loss of one element, with its derivatives by the answer and by the sum.
#[derive(Default)]
pub(super) struct Measured {
    pub(super) loss: f64,
    pub(super) by_answer: f64,
    pub(super) by_sum: f64,
}

/// What a loss says of one element: m², |m|, Huber's of the miss m = y − t;
/// −w·t·ln p − (1−t)·ln(1−p), −w·t·ln p; or max(0, 1 − t·y), times w where t is
/// positive. Its slope at a kink is 0.
pub(super) fn measure(
    loss: Loss,
    head: Head,
    class_weight: f64,
    (sum, answer): (f64, f64),
    target: f64,
) -> Measured {
    let of_answer = |loss, by_answer| Measured {
        loss,
        by_answer,
        by_sum: 0.0,
    };
    let miss = answer - target;
    match (loss, head) {
        (Loss::MeanSquaredError, _) => of_answer(miss * miss, 2.0 * miss),
        (Loss::MeanAbsoluteError, _) if miss == 0.0 => Measured::default(),
        (Loss::MeanAbsoluteError, _) => of_answer(miss.abs(), miss.signum()),
        (Loss::Huber { delta }, _) => {
            let delta = f64::from(delta);
            if miss.abs() <= delta {
                of_answer(0.5 * miss * miss, miss)
            } else {
                let distance = delta * (miss.abs() - 0.5 * delta);
                of_answer(distance, delta * miss.signum())
            }
        }
        (Loss::Hinge, _) => {
            let counted = if target > 0.0 { class_weight } else { 1.0 };
            let short = 1.0 - target * answer;
            if short > 0.0 {
                of_answer(counted * short, -counted * target)
            } else {
                // What is not a number is not hidden.
                of_answer(short.max(0.0) + 0.0 * answer, 0.0)
            }
        }
        (Loss::BinaryCrossEntropy, Head::Sigmoid) => {
            // −ln σ(z) and −ln(1 − σ(z)) without overflow.
            let softplus = (-sum.abs()).exp().ln_1p();
            let (of_yes, of_no) = ((-sum).max(0.0) + softplus, sum.max(0.0) + softplus);
            let yes = class_weight * target;
            let no = 1.0 - target;
            let p = 1.0 / (1.0 + (-sum).exp());
            Measured {
                loss: yes * of_yes + no * of_no,
                by_answer: 0.0,
                by_sum: no * p - yes * (1.0 - p),
            }
        }
        (Loss::BinaryCrossEntropy, _) => {
            let p = answer.clamp(LEAST_PROBABILITY, 1.0 - LEAST_PROBABILITY);
            let (yes, no) = (class_weight * target, 1.0 - target);
            of_answer(
                -(yes * p.ln() + no * (1.0 - p).ln()),
                no / (1.0 - p) - yes / p,
            )
        }
        (Loss::CategoricalCrossEntropy, _) => {
            let p = answer.max(LEAST_PROBABILITY);
            let yes = class_weight * target;
            of_answer(-yes * p.ln(), -yes / p)
        }
    }
}
