//! What waits to be reported.

use crate::history::thinning::thin;
use crate::{
    Activations, Checkpoint, EarlyStop, EpochLoss, Evaluation, Fault, GradientFlow, Health,
    Histogram, PastView, Report, ResponseMaps, SubStep, Trace,
};

/// What waits to be reported.
#[derive(Default)]
pub(super) struct Outbox {
    pub(super) losses: Vec<EpochLoss>,
    pub(super) early_stop: Option<EarlyStop>,
    pub(super) probe: Option<Activations>,
    pub(super) trace: Option<Box<Trace>>,
    pub(super) sub_step: Option<Box<SubStep>>,
    pub(super) maps: Option<ResponseMaps>,
    pub(super) histogram: Option<Box<Histogram>>,
    pub(super) past: Option<Box<PastView>>,
    pub(super) evaluations: Vec<Evaluation>,
    pub(super) checkpoint: Option<Box<Checkpoint>>,
    pub(super) fault: Option<Fault>,
    /// The signals of a probe; those of training are taken when they are sent.
    pub(super) signals: Vec<f32>,
    /// Health that a trainer before this one had to say.
    pub(super) health: Vec<Health>,
    /// And what it had to say of the gradient.
    pub(super) gradient_flow: Option<Box<GradientFlow>>,
}

/// Whether an epoch is the better one: by validation if there is one, and sooner.
fn is_better(one: &EpochLoss, other: &EpochLoss) -> bool {
    let judged = |loss: &EpochLoss| (loss.validation.unwrap_or(loss.train), loss.epoch);
    judged(one) < judged(other)
}

impl Outbox {
    /// Adds an epoch. Nobody may take reports, so there are never more than
    /// [`Report::MOST_LOSSES`].
    pub(super) fn add_loss(&mut self, loss: EpochLoss) {
        if self.losses.len() >= Report::MOST_LOSSES {
            self.make_room();
        }
        self.losses.push(loss);
    }

    /// Forgets losses before training began anew or went back, and thins the others. The
    /// best of them stays, and so do the first, by which a run is known to go on, and the last.
    fn make_room(&mut self) {
        let runs_on = |pair: &[EpochLoss]| pair[0].epoch < pair[1].epoch;
        let before = self.losses.windows(2).rposition(|pair| !runs_on(pair));
        self.losses.drain(..before.map_or(0, |before| before + 1));
        if self.losses.len() < Report::MOST_LOSSES / 2 {
            return;
        }
        let mut best: Option<EpochLoss> = None;
        thin(
            &mut self.losses,
            |loss| u64::from(loss.epoch),
            |gone| {
                if best.is_none_or(|best| is_better(&gone, &best)) {
                    best = Some(gone);
                }
            },
        );
        if let Some(best) = best
            && self.losses.iter().all(|one| is_better(&best, one))
        {
            let place = self.losses.partition_point(|one| one.epoch < best.epoch);
            self.losses.insert(place, best);
        }
    }

    /// A report of this alone: it says nothing of the trainer's state.
    pub(super) fn into_report(self) -> Report {
        Report {
            losses: self.losses,
            early_stop: self.early_stop,
            probe: self.probe,
            trace: self.trace,
            sub_step: self.sub_step,
            maps: self.maps,
            histogram: self.histogram,
            past: self.past,
            evaluations: self.evaluations,
            checkpoint: self.checkpoint,
            fault: self.fault,
            signals: self.signals,
            health: self.health,
            gradient_flow: self.gradient_flow,
            ..Report::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loss(epoch: u32, validation: f32) -> EpochLoss {
        EpochLoss {
            epoch,
            train: 1.0,
            validation: Some(validation),
            ..EpochLoss::default()
        }
    }

    fn added(losses: impl Iterator<Item = EpochLoss>) -> Vec<EpochLoss> {
        let mut outbox = Outbox::default();
        for loss in losses {
            outbox.add_loss(loss);
            assert!(outbox.losses.len() <= Report::MOST_LOSSES);
        }
        assert!(outbox.losses.capacity() <= Report::MOST_LOSSES);
        outbox.losses
    }

    #[test]
    fn as_many_losses_as_there_is_room_for_are_all_kept() {
        let all = || (1..=Report::MOST_LOSSES as u32).map(|epoch| loss(epoch, epoch as f32));
        assert_eq!(added(all()), all().collect::<Vec<_>>());
    }

    #[test]
    fn a_run_nobody_listens_to_keeps_first_last_and_best_and_no_gap_is_wide() {
        let run = 3_000_000;
        for best in [2, 777, 400_001, 2_999_998] {
            // Another one is as good, but later.
            let validation = |epoch| f32::from(u8::from(epoch != best && epoch != run - 1));
            let kept = added((1..=run).map(|epoch| loss(epoch, validation(epoch))));
            let epochs: Vec<u32> = kept.iter().map(|loss| loss.epoch).collect();
            assert!(epochs.len() >= Report::MOST_LOSSES / 2 && epochs.is_sorted());
            assert_eq!((epochs[0], epochs[epochs.len() - 1]), (1, run));
            let place = epochs.binary_search(&best).expect("the best is there");
            assert_eq!(kept[place], loss(best, 0.0));
            let widest = epochs.windows(2).map(|pair| pair[1] - pair[0]).max();
            let even = run / Report::MOST_LOSSES as u32;
            assert!(widest.is_some_and(|widest| widest <= 8 * even));
        }
    }

    #[test]
    fn of_a_run_that_began_anew_what_was_before_makes_room() {
        let most = Report::MOST_LOSSES as u32;
        let kept = added((1..most).chain(1..=5).map(|epoch| loss(epoch, 1.0)));
        let epochs: Vec<u32> = kept.iter().map(|loss| loss.epoch).collect();
        assert_eq!(epochs, [1, 2, 3, 4, 5]);
    }
}
