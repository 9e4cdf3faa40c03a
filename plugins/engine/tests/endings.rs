//! Early stopping: when training ends by itself, and which numbers it leaves.

mod common;

use common::{Asker, bits, curved, make, with_settings, with_split};
use datasets::Split;
use engine::{EarlyStop, EpochLoss, Request, Status};
use network::NodeId;
use project::{EarlyStopping, Edit, Optimizer, Project, Schedule, gesture};

const EPOCHS: u32 = 120;

/// Steps so large that the loss of validation goes up and down.
fn restless() -> Project {
    with_settings(curved(4), |settings| {
        settings.epochs = EPOCHS;
        settings.learning_rate = 0.05;
        settings.optimizer = Optimizer::ADAM;
        settings.schedule = Schedule::Exponential { factor: 0.99 };
    })
}

fn with(project: Project, stopping: EarlyStopping) -> Project {
    with_settings(project, |settings| settings.early_stopping = Some(stopping))
}

/// What each epoch came to without early stopping, and its numbers.
fn epochs() -> Vec<(EpochLoss, Vec<u32>)> {
    let mut asker = Asker::with(restless());
    (0..EPOCHS)
        .map(|_| {
            asker.train(1);
            (asker.report().losses[0], bits(&asker.values()))
        })
        .collect()
}

/// The epochs, from 1, of the end and of the best before it, by the definition: the
/// end is the first epoch that is `patience` epochs after the last better one.
fn end_of(losses: &[f32], patience: usize, least_gain: f32) -> Option<(usize, usize)> {
    let mut better = vec![0];
    for at in 1..losses.len() {
        if losses[at] < losses[better[better.len() - 1]] - least_gain {
            better.push(at);
        }
    }
    let next = better.iter().skip(1).chain([&usize::MAX]);
    let mut pairs = better.iter().zip(next);
    let (&best, _) = pairs.find(|&(&best, &next)| next > best + patience)?;
    (best + patience < losses.len()).then_some((best + patience + 1, best + 1))
}

#[test]
fn training_ends_when_patience_does_and_puts_the_best_numbers_back() {
    let epochs = epochs();
    let losses: Vec<f32> = epochs
        .iter()
        .map(|(loss, _)| loss.validation.unwrap())
        .collect();
    let mut ends = Vec::new();
    for (patience, least_gain) in [
        (1, 0.0),
        (3, 0.0),
        (6, 0.0),
        (2, 1e-3),
        (5, 2e-2),
        (1, 10.0),
    ] {
        let (end, best) = end_of(&losses, patience, least_gain).expect("it gets no better");
        for restores_best in [true, false] {
            let stopping = EarlyStopping {
                patience: patience as u32,
                least_gain,
                restores_best,
            };
            let mut asker = Asker::with(with(restless(), stopping));
            asker.ask(Request::Train { epochs: None });
            asker.finish(engine::WorkBudget(1));
            let report = asker.report();
            assert_eq!(report.status, Status::Finished);
            assert_eq!(
                (report.epochs, report.losses.len()),
                (end as u32, end),
                "{stopping:?}"
            );
            let expected = EarlyStop {
                epoch: end as u32,
                best_epoch: best as u32,
                best_loss: losses[best - 1],
                is_restored: restores_best,
            };
            assert_eq!(report.early_stop, Some(expected), "{stopping:?}");
            let kept = if restores_best { best } else { end };
            assert_eq!(bits(&asker.values()), epochs[kept - 1].1, "{stopping:?}");
            assert_eq!(bits(&report.values), epochs[kept - 1].1);
        }
        ends.push((end, best));
    }
    // They end at different epochs, some long after the best.
    ends.dedup();
    assert!(ends.len() >= 4, "{ends:?}");
}

#[test]
fn without_a_plateau_of_patience_epochs_training_goes_on_to_its_last() {
    let stopping = EarlyStopping {
        patience: EPOCHS,
        ..EarlyStopping::default()
    };
    let mut asker = Asker::with(with(restless(), stopping));
    asker.train(EPOCHS);
    let report = asker.report();
    assert_eq!((report.epochs, report.early_stop), (EPOCHS, None));
    assert_eq!(bits(&asker.values()), epochs()[EPOCHS as usize - 1].1);
}

#[test]
fn whoever_trains_on_after_the_end_is_given_the_whole_patience_again() {
    let stopping = EarlyStopping {
        patience: 2,
        least_gain: 10.0,
        restores_best: true,
    };
    let mut asker = Asker::with(with(restless(), stopping));
    asker.train(EPOCHS);
    assert_eq!(asker.report().epochs, 3);
    asker.train(EPOCHS);
    let report = asker.report();
    assert_eq!(report.epochs, 6);
    assert_eq!(report.early_stop.map(|stop| stop.best_epoch), Some(4));
}

#[test]
fn the_best_numbers_of_a_network_before_an_edit_are_not_put_into_the_one_after_it() {
    let stopping = EarlyStopping {
        patience: 4,
        least_gain: 10.0,
        restores_best: true,
    };
    let project = with(restless(), stopping);
    let edge = gesture::connect(&project, NodeId(0), NodeId(40)).unwrap();
    let mut asker = Asker::with(project);
    asker.train(3);
    asker.patch(vec![edge]);
    let after_edit = asker.values().len();
    asker.train(EPOCHS);
    let report = asker.report();
    let stop = report.early_stop.expect("nothing gains that much");
    assert_eq!((stop.best_epoch, stop.epoch), (4, 8));
    assert_eq!((report.fault, report.values.len()), (None, after_edit));
}

#[test]
fn early_stopping_without_a_single_validation_row_is_refused() {
    // 5 % of 8 rows is none.
    let mut project = with(restless(), EarlyStopping::default());
    let count = project.table().rows() as u32 - 8;
    make(&mut project, Edit::RemoveRows { at: 8, count });
    let project = with_split(project, 95, 5);
    let mut asker = Asker::with(project);
    asker.train(1);
    let report = asker.report();
    assert_eq!((report.status, report.epochs), (Status::Faulted, 0));
    let sentence = report.fault.expect("it is told").sentence;
    assert!(sentence.contains("validation"), "{sentence}");
    // With rows to watch it goes.
    asker.patch(vec![Edit::SetSplit(Split::new(50, 50, 0, false).unwrap())]);
    asker.train(1);
    assert_eq!(asker.report().epochs, 1);
}
