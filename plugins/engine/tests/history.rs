//! The history of training: what is remembered, how near, and going back to it exactly.

mod common;

use common::{Asker, all_training, bits, curved, layered, project, xor};
use engine::{Checkpoint, HistoryRange, PastView, Report, Request, Status, TraceRow, WorkBudget};
use network::{Activation, EdgeId, ElementId, Learning, NodeId};
use project::{EarlyStopping, Edit, Optimizer, Penalty, Project, Schedule, TrainingSettings};
use proptest::prelude::*;

fn with_settings(mut project: Project, change: impl FnOnce(&mut TrainingSettings)) -> Project {
    let mut settings = project.training().clone();
    change(&mut settings);
    project::apply(&mut project, &Edit::SetTraining(settings)).expect("in their ranges");
    project
}

/// 3-20-17-2 with dropout in both hidden layers, two chunks in a batch, three batches
/// in an epoch, the last one smaller, and a validation.
fn noisy(optimizer: Optimizer) -> Project {
    let mut project = with_settings(curved(3), |settings| {
        settings.optimizer = optimizer;
        settings.schedule = Schedule::Plateau {
            factor: 0.5,
            patience: 1,
            threshold: 0.01,
            least: 1e-4,
        };
        settings.penalty = Penalty { l1: 1e-4, l2: 0.0 };
        settings.early_stopping = Some(EarlyStopping {
            patience: 3,
            ..EarlyStopping::default()
        });
    });
    for node in 3..40 {
        let learning = Learning {
            rate_factor: 1.0,
            dropout: 0.2,
        };
        project::apply(&mut project, &Edit::SetLearning(NodeId(node), learning)).expect("hidden");
    }
    project
}

fn checkpoint(asker: &mut Asker) -> Checkpoint {
    asker.ask(Request::Checkpoint);
    *asker.report().checkpoint.expect("it can be computed")
}

fn history(asker: &mut Asker) -> HistoryRange {
    // Anything is news; this changes nothing.
    asker.ask(Request::StopMaps);
    asker.report().history
}

fn look_back(asker: &mut Asker, step: u64) -> Result<PastView, String> {
    asker.ask(Request::LookBack(step));
    asker.trainer.advance(WorkBudget(1));
    let Report { past, fault, .. } = asker.report();
    past.map(|past| *past)
        .ok_or_else(|| fault.expect("one of both").sentence)
}

/// Goes to a step in slices of a budget.
fn go_back(asker: &mut Asker, step: u64, budget: u64) -> Result<(), String> {
    asker.ask(Request::GoBack(step));
    asker.finish(WorkBudget(budget));
    let report = asker.report();
    match report.fault {
        Some(fault) => Err(fault.sentence),
        None => {
            assert_eq!(
                (report.status, report.history.present),
                (Status::Paused, step)
            );
            Ok(())
        }
    }
}

/// Trains so many steps one by one, and notes what came of each, from the first state
/// on.
fn train_step_by_step(asker: &mut Asker, steps: u32, budget: u64) -> Vec<Checkpoint> {
    let mut states = vec![checkpoint(asker)];
    for _ in 0..steps {
        asker.ask(Request::Allow(Some(1)));
        asker.ask(Request::Train { epochs: None });
        asker.finish(WorkBudget(budget));
        states.push(checkpoint(asker));
    }
    states
}

/// Equal to the last digit, NaN and the sign of zero included.
#[track_caller]
fn assert_same(found: &Checkpoint, expected: &Checkpoint) {
    let lists = |state: &Checkpoint| {
        [
            bits(&state.values),
            bits(&state.optimizer.first),
            bits(&state.optimizer.second),
            bits(&state.best),
        ]
    };
    assert_eq!(lists(found), lists(expected));
    assert_eq!(found, expected);
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(48)
    })]

    #[test]
    fn any_step_comes_back_bit_for_bit_and_goes_on_as_the_first_time(
        optimizer in prop::sample::select(Optimizer::ALL.to_vec()),
        budget in 1_u64..2_000_000,
        // From plenty down to the few keyframes there is room for.
        bytes in prop::sample::select(vec![1 << 20, 60_000, 25_000]),
        visits in prop::collection::vec((0_u64..=25, 1_u64..3_000_000), 1..6),
    ) {
        let mut asker = Asker::with(noisy(optimizer));
        asker.ask(Request::SetHistoryBudget(bytes));
        let states = train_step_by_step(&mut asker, 25, budget);
        let range = history(&mut asker);
        prop_assert_eq!((range.present, range.last, range.exact_from), (25, 25, Some(0)));
        prop_assert!(range.bytes <= bytes && range.keyframes > 0);
        let mut at = 25;
        for (step, budget) in visits {
            prop_assert_eq!(go_back(&mut asker, step, budget), Ok(()));
            assert_same(&checkpoint(&mut asker), &states[step as usize]);
            prop_assert_eq!(history(&mut asker).last, 25);
            at = step;
        }
        // Training on from the last one is what it was.
        let again = train_step_by_step(&mut asker, 25 - at as u32, budget);
        for (found, expected) in again.iter().zip(&states[at as usize..]) {
            assert_same(found, expected);
        }
        prop_assert_eq!(history(&mut asker).last, 25);
    }

    #[test]
    fn views_are_as_near_as_they_say(
        optimizer in prop::sample::select(Optimizer::ALL.to_vec()),
        bytes in prop::sample::select(vec![1 << 20, 12_000]),
        steps in prop::collection::vec(0_u64..30, 1..8),
    ) {
        let mut asker = Asker::with(noisy(optimizer));
        asker.ask(Request::SetHistoryBudget(bytes));
        let states = train_step_by_step(&mut asker, 25, u64::MAX);
        let before = checkpoint(&mut asker);
        for step in steps {
            let view = look_back(&mut asker, step).expect("it is known");
            prop_assert!(view.step <= step);
            let then = &states[view.step as usize];
            prop_assert_eq!((view.epochs, view.batch), (then.progress.epochs, then.progress.batch));
            prop_assert_eq!(view.values.len(), then.values.len());
            for (seen, was) in view.values.iter().zip(&then.values) {
                prop_assert!((seen - was).abs() <= view.error_bound);
            }
            let (least, most) = then.values.iter().fold((0.0_f32, 0.0_f32), |(least, most), &x| {
                (least.min(x), most.max(x))
            });
            prop_assert!(view.error_bound <= (most - least) / 499.0, "{}", view.error_bound);
        }
        assert_same(&checkpoint(&mut asker), &before);
    }
}

#[test]
fn every_step_of_a_small_network_is_viewed() {
    let mut asker = Asker::with(xor(1));
    asker.train(200);
    let range = history(&mut asker);
    assert_eq!((range.first, range.last), (0, 200));
    assert!(range.views > 190, "{range:?}");
    assert_eq!(range.budget, HistoryRange::DEFAULT_BUDGET);
    let view = look_back(&mut asker, 120).expect("it is known");
    assert_eq!((view.step, view.epochs, view.batch), (120, 120, 0));
}

#[test]
fn looking_back_while_training_disturbs_nothing_and_the_latest_wins() {
    let mut plain = Asker::with(curved(1));
    plain.train(10);
    let mut asker = Asker::with(curved(1));
    asker.ask(Request::Train { epochs: Some(10) });
    let mut seen = 0;
    while asker.trainer.advance(WorkBudget(1)).has_more {
        asker.ask(Request::LookBack(0));
        asker.ask(Request::LookBack(u64::MAX));
        asker.trainer.advance(WorkBudget(1));
        let past = asker.report().past.expect("answered at once");
        seen += u32::from(past.step > 0);
    }
    assert!(seen > 10, "{seen}");
    assert_same(&checkpoint(&mut asker), &checkpoint(&mut plain));
}

#[test]
fn forward_again_is_the_way_back() {
    let mut asker = Asker::with(noisy(Optimizer::ADAM));
    // In the midst of an epoch, in the midst of a batch.
    asker.ask(Request::Train { epochs: None });
    asker.trainer.advance(WorkBudget(1_500_000));
    asker.ask(Request::Pause);
    let last = history(&mut asker).last;
    assert!(last > 3);
    let mut twin = Asker::with(noisy(Optimizer::ADAM));
    twin.ask(Request::Train { epochs: None });
    twin.finish(WorkBudget::UNLIMITED);
    go_back(&mut asker, 1, 10).expect("it is known");
    go_back(&mut asker, last, 10).expect("it is known");
    asker.ask(Request::Train { epochs: None });
    asker.finish(WorkBudget(777));
    assert_same(&checkpoint(&mut asker), &checkpoint(&mut twin));
    assert_eq!(asker.trainer.status(), twin.trainer.status());
}

#[test]
fn what_comes_while_a_step_is_being_gone_to_is_of_that_step() {
    let mut asker = Asker::with(curved(2));
    let states = train_step_by_step(&mut asker, 20, u64::MAX);
    for request in [Request::GoBack(17), Request::GoBack(11)] {
        asker.ask(request);
        asker.trainer.advance(WorkBudget(1));
        assert_eq!(asker.trainer.take_report(), None);
        assert_eq!(asker.trainer.checkpoint(), None);
    }
    // A patch in the midst of it waits, and is of step 11.
    let id = ElementId::bias(NodeId(5));
    asker.patch(vec![Edit::SetFrozen {
        id,
        is_frozen: true,
    }]);
    assert_same(&checkpoint(&mut asker), &states[11]);
    let range = history(&mut asker);
    assert_eq!(
        (range.present, range.last, range.exact_from),
        (11, 11, None)
    );
    asker.ask(Request::GoBack(11));
    asker.ask(Request::Train { epochs: Some(1) });
    asker.finish(WorkBudget::UNLIMITED);
    assert_eq!(asker.report().fault, None);
}

#[test]
fn edits_that_change_training_end_exactness_and_others_do_not() {
    let mut asker = Asker::with(curved(2));
    let states = train_step_by_step(&mut asker, 9, u64::MAX);
    let settings = |asker: &mut Asker, change: &dyn Fn(&mut TrainingSettings)| {
        let project = asker.trainer.project().expect("one is loaded");
        let mut settings = project.training().clone();
        change(&mut settings);
        Edit::SetTraining(settings)
    };
    let harmless = settings(&mut asker, &|settings| settings.epochs = 77);
    asker.patch(vec![harmless, Edit::Rename(NodeId(4), "four".to_owned())]);
    go_back(&mut asker, 4, 500).expect("nothing changed");
    assert_same(&checkpoint(&mut asker), &states[4]);
    go_back(&mut asker, 9, 500).expect("nothing changed");
    let rate = settings(&mut asker, &|settings| settings.learning_rate = 0.02);
    let before = look_back(&mut asker, 4).expect("it is known");
    asker.patch(vec![rate]);
    assert_eq!(look_back(&mut asker, 4), Ok(before));
    let after = train_step_by_step(&mut asker, 4, u64::MAX);
    assert_eq!(
        go_back(&mut asker, 4, 500),
        Err(
            "Training cannot go back to step 4: it was edited, or its history begins, at step 9."
                .to_owned()
        )
    );
    for (step, state) in (9..).zip(&after) {
        go_back(&mut asker, step, 500).expect("since the edit");
        assert_same(&checkpoint(&mut asker), state);
    }
    assert_eq!(
        go_back(&mut asker, 99, 500),
        Err("There is no step 99 to go to: training has made 13.".to_owned())
    );
    // Another structure begins anew.
    asker.patch(vec![Edit::RemoveEdge(EdgeId(0))]);
    assert_eq!(history(&mut asker).views, 0);
    let view = look_back(&mut asker, 4).expect("the present one");
    let range = history(&mut asker);
    assert_eq!((view.step, range.first, range.last), (13, 13, 13));
}

#[test]
fn rows_learned_by_hand_and_faults_are_steps_that_come_back() {
    let mut asker = Asker::with(noisy(Optimizer::ADAM));
    let mut states = train_step_by_step(&mut asker, 5, u64::MAX);
    for row in [3, 250] {
        asker.ask(Request::LearnRow(TraceRow::Table(row)));
        states.push(checkpoint(&mut asker));
    }
    states.extend(train_step_by_step(&mut asker, 4, u64::MAX).drain(1..));
    assert_eq!(history(&mut asker).last, 11);
    for step in [11, 6, 2, 7, 9, 5, 0, 10] {
        go_back(&mut asker, step, 100).expect("it is known");
        assert_same(&checkpoint(&mut asker), &states[step as usize]);
    }
    // From before the first row by hand, training takes its own way.
    go_back(&mut asker, 4, 100).expect("it is known");
    asker.ask(Request::Allow(Some(2)));
    asker.ask(Request::Train { epochs: None });
    asker.finish(WorkBudget::UNLIMITED);
    let range = history(&mut asker);
    assert_eq!((range.present, range.last), (6, 6));
}

#[test]
fn training_that_left_the_range_of_numbers_is_gone_back_from() {
    let rows: Vec<_> = (0..12)
        .map(|i| (vec![i as f32], vec![-3.0 * i as f32]))
        .collect();
    let network = layered(&[1, 3, 1], Activation::Linear, Activation::Linear, 1);
    let settings = TrainingSettings {
        learning_rate: 0.3,
        batch_size: 2,
        optimizer: Optimizer::MOMENTUM,
        ..TrainingSettings::default()
    };
    let mut asker = Asker::with(project(network, &rows, all_training(), settings));
    asker.ask(Request::Train { epochs: None });
    asker.finish(WorkBudget::UNLIMITED);
    assert_eq!(asker.trainer.status(), Status::Faulted);
    let range = asker.report().history;
    assert!(range.last > 1, "{range:?}");
    let after = checkpoint(&mut asker);
    go_back(&mut asker, 1, 100).expect("it is known");
    asker.ask(Request::Train { epochs: None });
    asker.finish(WorkBudget::UNLIMITED);
    assert_eq!(asker.trainer.status(), Status::Faulted);
    assert_same(&checkpoint(&mut asker), &after);
}

#[test]
fn without_a_budget_nothing_is_remembered_and_with_a_small_one_it_is_said() {
    let mut asker = Asker::with(xor(1));
    asker.ask(Request::SetHistoryBudget(0));
    asker.train(20);
    let range = history(&mut asker);
    let nothing = HistoryRange {
        present: 20,
        last: 20,
        first: 20,
        ..HistoryRange::default()
    };
    assert_eq!(range, nothing);
    let off = "Nothing is remembered of training: the history is switched off.";
    assert_eq!(look_back(&mut asker, 3), Err(off.to_owned()));
    assert_eq!(go_back(&mut asker, 3, 100), Err(off.to_owned()));
    // Room for views only, then for nothing.
    asker.ask(Request::SetHistoryBudget(1_000));
    asker.train(20);
    assert_eq!(look_back(&mut asker, 40).map(|view| view.step), Ok(40));
    let refused = go_back(&mut asker, 30, 100).expect_err("no room");
    assert!(
        refused.contains("budget of 1000 bytes has no room for a whole state"),
        "{refused}"
    );
    asker.ask(Request::SetHistoryBudget(90));
    asker.train(1);
    let refused = look_back(&mut asker, 30).expect_err("no room");
    assert!(
        refused.contains("budget of 90 bytes has no room for a view"),
        "{refused}"
    );
}

#[test]
fn a_history_is_handed_over_with_the_training() {
    let mut asker = Asker::with(noisy(Optimizer::ADAM));
    asker.ask(Request::SetHistoryBudget(2 << 20));
    let states = train_step_by_step(&mut asker, 12, u64::MAX);
    let view = look_back(&mut asker, 6);
    asker.ask(Request::GoBack(8));
    asker.trainer.advance(WorkBudget(1));
    let handover = asker.trainer.hand_over().expect("a project is loaded");
    asker.trainer = engine::Trainer::take_over(handover);
    let range = history(&mut asker);
    assert_eq!((range.present, range.last, range.budget), (8, 12, 2 << 20));
    assert_eq!(look_back(&mut asker, 6), view);
    for step in [8, 3, 12] {
        go_back(&mut asker, step, 100).expect("it is known");
        assert_same(&checkpoint(&mut asker), &states[step as usize]);
    }
}
