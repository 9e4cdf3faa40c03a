//! Training as a whole: it learns, and slices, pauses and edits change nothing they should not.

mod common;

use common::{Asker, all_training, bits, curved, layered, project, xor};
use engine::{Part, ProbeRequest, Request, RunOptions, Status, Trainer, WorkBudget, run};
use network::{Activation, EdgeId, ElementId, NodeId};
use project::{Edit, Learned, Loss, Objective, Optimizer, TrainingSettings};
use std::ops::ControlFlow;

fn settings(project: &project::Project, change: impl FnOnce(&mut TrainingSettings)) -> Edit {
    let mut settings = project.training().clone();
    change(&mut settings);
    Edit::SetTraining(settings)
}

#[test]
fn xor_is_learned_from_most_seeds() {
    let solved = (1..=20)
        .filter(|&seed| {
            let outcome = run(xor(seed), RunOptions::default(), |_| {
                ControlFlow::Continue(())
            });
            let outcome = outcome.expect("it trains");
            let last = outcome.losses.last().expect("300 epochs");
            assert_eq!(outcome.losses.len(), 300);
            assert_eq!(outcome.samples, 1_200);
            last.train_accuracy == Some(1.0)
        })
        .count();
    assert!(solved >= 18, "{solved} of 20");
}

#[test]
fn tiny_budgets_and_huge_ones_give_the_same_bits() {
    let trained = |budget| {
        let mut asker = Asker::with(curved(3));
        asker.ask(Request::Train { epochs: None });
        asker.finish(budget);
        let report = asker.report();
        assert_eq!(report.status, Status::Finished);
        assert_eq!(report.losses.len(), 10);
        let losses: Vec<u32> = report
            .losses
            .iter()
            .map(|loss| loss.train.to_bits())
            .collect();
        (bits(&asker.values()), losses)
    };
    let whole = trained(WorkBudget::UNLIMITED);
    assert_eq!(whole, trained(WorkBudget(1)));
    assert_eq!(whole, trained(WorkBudget(100_000)));
}

#[test]
fn another_seed_gives_another_training() {
    let trained = |seed| {
        let mut asker = Asker::with(curved(3));
        let edit = project::gesture::new_seed(&curved(3), seed);
        asker.patch(vec![edit]);
        asker.train(2);
        bits(&asker.values())
    };
    assert_ne!(trained(3), trained(4));
}

#[test]
fn instruments_do_not_change_what_is_learned() {
    let mut quiet = Asker::with(curved(1));
    quiet.train(3);
    let mut watched = Asker::with(curved(1));
    watched.ask(Request::Train { epochs: Some(3) });
    for part in [Part::Train, Part::Test] {
        watched.trainer.advance(WorkBudget(1));
        watched.ask(Request::Evaluate(part));
        watched.ask(Request::Probe(ProbeRequest::default()));
    }
    watched.finish(WorkBudget(1));
    assert_eq!(bits(&quiet.values()), bits(&watched.values()));
}

#[test]
fn frozen_numbers_keep_their_bits_over_a_thousand_steps() {
    let all = Optimizer::ALL.into_iter();
    for optimizer in all.chain([Optimizer::MOMENTUM]) {
        let mut asker = Asker::with(xor(2));
        let edit = settings(&xor(2), |s| {
            s.optimizer = optimizer;
            s.learning_rate = 0.01;
            s.weight_decay = 0.01;
        });
        asker.patch(vec![edit]);
        asker.train(5);
        let before = asker.values();
        let frozen = [ElementId::weight(EdgeId(1)), ElementId::bias(NodeId(3))];
        let layout = network::ParameterLayout::of(xor(2).network());
        let places = frozen.map(|id| layout.position(id).unwrap());
        asker.patch(
            frozen
                .map(|id| Edit::SetFrozen {
                    id,
                    is_frozen: true,
                })
                .to_vec(),
        );
        asker.train(1_000);
        let after = asker.values();
        for (place, (before, after)) in before.iter().zip(&after).enumerate() {
            let is_same = before.to_bits() == after.to_bits();
            assert_eq!(is_same, places.contains(&place), "{optimizer:?} {place}");
        }
        // What it remembers of them is as before too: thawing continues from there.
        asker.ask(Request::Checkpoint);
        let report = asker.report();
        let first = report.checkpoint.expect("asked for").optimizer.first;
        let remembers = optimizer != Optimizer::SGD;
        assert!(!remembers || places.iter().all(|&place| first[place] != 0.0));
    }
}

#[test]
fn an_edit_keeps_the_memory_of_what_survives() {
    let mut asker = Asker::with(xor(2));
    asker.train(20);
    asker.ask(Request::Checkpoint);
    let before = asker.report().checkpoint.expect("asked for");
    asker.patch(vec![Edit::RemoveEdge(EdgeId(1))]);
    asker.ask(Request::Checkpoint);
    let report = asker.report();
    let after = report.checkpoint.expect("asked for");
    let layout = network::ParameterLayout::of(xor(2).network());
    let gone = layout.position(ElementId::weight(EdgeId(1))).unwrap();
    let without = |list: &[f32]| {
        let mut list = list.to_vec();
        list.remove(gone);
        bits(&list)
    };
    assert_eq!(after.optimizer.steps, 20);
    assert_eq!(without(&before.values), bits(&after.values));
    assert_eq!(
        without(&before.optimizer.first),
        bits(&after.optimizer.first)
    );
    assert_eq!(
        without(&before.optimizer.second),
        bits(&after.optimizer.second)
    );
    assert_eq!(report.revision, 1);
    assert_eq!(report.values.len(), after.values.len());
}

#[test]
fn an_edit_during_a_batch_goes_on_with_the_new_network() {
    let mut asker = Asker::with(curved(1));
    asker.ask(Request::Train { epochs: Some(2) });
    asker.trainer.advance(WorkBudget(1));
    let edit = project::gesture::connect(&curved(1), NodeId(0), NodeId(40)).unwrap();
    asker.patch(vec![edit]);
    asker.finish(WorkBudget(1));
    let report = asker.report();
    assert_eq!((report.status, report.epochs), (Status::Finished, 2));
    assert_eq!(report.fault, None);
    assert_eq!(
        report.values.len(),
        curved(1).network().parameter_count() + 1
    );
}

#[test]
fn a_reset_forgets_epochs_and_the_memory_of_the_optimiser() {
    let mut asker = Asker::with(xor(2));
    asker.train(50);
    let once = bits(&asker.values());
    let snapshot = xor(2).network().snapshot();
    asker.patch(vec![Edit::Restore(Box::new(Learned {
        snapshot,
        epochs: 0,
    }))]);
    let report = asker.report();
    assert_eq!((report.epochs, report.status), (0, Status::Idle));
    asker.train(50);
    assert_eq!(bits(&asker.values()), once);
}

#[test]
fn a_value_set_by_hand_is_where_training_goes_on() {
    let mut asker = Asker::with(xor(2));
    asker.train(3);
    let id = ElementId::weight(EdgeId(0));
    let place = network::ParameterLayout::of(xor(2).network())
        .position(id)
        .unwrap();
    let mut expected = asker.values();
    expected[place] = 1.25;
    asker.patch(vec![Edit::SetValue {
        id,
        value: 1.25,
        start: 0.0,
    }]);
    assert_eq!(bits(&asker.report().values), bits(&expected));
    asker.train(1);
    assert!((asker.values()[place] - 1.25).abs() < 0.2);
}

#[test]
fn a_rate_that_is_too_large_ends_training_at_the_step_and_is_explained() {
    let rows: Vec<_> = (0..8)
        .map(|i| (vec![i as f32 * 100.0], vec![i as f32]))
        .collect();
    let training = TrainingSettings {
        learning_rate: 50.0,
        batch_size: 1,
        optimizer: Optimizer::SGD,
        epochs: 100,
        ..TrainingSettings::default()
    };
    let network = layered(&[1, 3, 1], Activation::Linear, Activation::Linear, 1);
    let mut asker = Asker::with(project(network, &rows, all_training(), training));
    asker.ask(Request::Train { epochs: None });
    let mut before = asker.values();
    // Batch by batch.
    let report = loop {
        asker.trainer.advance(WorkBudget(1));
        let report = asker.report();
        if report.fault.is_some() {
            break report;
        }
        before = asker.values();
    };
    assert_eq!(report.status, Status::Faulted);
    let fault = report.fault.expect("it is told");
    assert!(!fault.needs_load);
    assert_eq!(
        fault.sentence,
        "Training left the range of numbers in epoch 1, batch 3: the value of “n4” became infinite. The learning rate 50 is probably too large; clipping gradients helps too. The weights are those from before this batch; a reset starts again."
    );
    assert_eq!(bits(&asker.values()), bits(&before));
    assert!(before.iter().all(|value| value.is_finite()));
    // After a reset and with a sound rate it goes on.
    let reset = project::gesture::reset(asker.trainer.project().unwrap());
    asker.patch(vec![reset]);
    let edit = settings(asker.trainer.project().unwrap(), |s| s.learning_rate = 1e-7);
    asker.patch(vec![edit]);
    asker.train(2);
    assert_eq!(asker.report().status, Status::Finished);
    assert!(asker.values().iter().all(|value| value.is_finite()));
}

#[test]
fn what_cannot_be_trained_is_said_and_not_tried() {
    let mut asker = Asker::default();
    asker.ask(Request::Train { epochs: None });
    let fault = asker.report().fault.expect("told");
    assert_eq!(fault.sentence, "There is no project to train yet.");

    let mut asker = Asker::with(xor(1));
    let edit = settings(&xor(1), |s| {
        s.objective = Objective::all(Loss::CategoricalCrossEntropy);
    });
    asker.patch(vec![edit]);
    asker.ask(Request::Train { epochs: None });
    let report = asker.report();
    assert_eq!(report.status, Status::Faulted);
    assert!(report.fault.expect("told").sentence.contains("softmax"));
    assert!(!asker.trainer.advance(WorkBudget::UNLIMITED).has_more);

    let mut delayed = xor(1);
    let mut edge = network::Edge::new(
        EdgeId(99),
        network::Endpoint::of(NodeId(3)),
        network::Endpoint::of(NodeId(2)),
        network::Parameter::scalar(1.0),
    );
    edge.delay = 1;
    project::apply(&mut delayed, &Edit::AddEdge(edge)).unwrap();
    let mut asker = Asker::with(delayed);
    asker.ask(Request::Train { epochs: None });
    let sentence = asker.report().fault.expect("told").sentence;
    assert!(sentence.ends_with("not trained yet."), "{sentence}");
}

#[test]
fn unfinished_graphs_train_what_can_be_trained() {
    // An input without wires, a hidden neuron nothing reaches, an output alone.
    let mut network = layered(&[2, 3, 2], Activation::Tanh, Activation::Linear, 1);
    let wires: Vec<EdgeId> = network
        .edges()
        .filter(|edge| {
            let (from, to) = (edge.from.node().0, edge.to.node().0);
            from == 1 || to == 3 || to == 6 || from == 4
        })
        .map(|edge| edge.id)
        .collect();
    for id in wires {
        network.remove_edge(id).unwrap();
    }
    let rows: Vec<_> = (0..10)
        .map(|i| (vec![i as f32 / 10.0, 1.0], vec![i as f32 / 10.0, 0.5]))
        .collect();
    let training = TrainingSettings {
        epochs: 300,
        ..TrainingSettings::default()
    };
    let outcome = run(
        project(network, &rows, all_training(), training),
        RunOptions::default(),
        |_| ControlFlow::Continue(()),
    )
    .expect("it trains");
    let last = outcome.losses.last().expect("300 epochs");
    assert!(last.train < 1e-2, "{last:?}");
    // The lonely output has learned the constant by its bias.
    let bias = outcome
        .project
        .network()
        .element(ElementId::bias(NodeId(6)))
        .unwrap();
    assert!((bias.value - 0.5).abs() < 0.05, "{bias:?}");
}

#[test]
fn a_run_can_be_stopped_from_outside() {
    let outcome = run(xor(1), RunOptions::default(), |loss| match loss.epoch {
        7 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    })
    .expect("it trains");
    assert!(outcome.was_stopped);
    assert_eq!(outcome.losses.len(), 7);
    assert_eq!(outcome.project.trained_epochs(), 7);
    assert_eq!(outcome.parameters, 17);
}

/// Hands its training over to a new trainer, through a message.
fn hand_over(asker: &mut Asker) {
    let trainer = std::mem::take(&mut asker.trainer);
    let handover = trainer.hand_over().expect("a project is loaded");
    let bytes = postcard::to_stdvec(&handover).expect("all of it can be written");
    let handover = postcard::from_bytes(&bytes).expect("it was just written");
    asker.trainer = Trainer::take_over(handover);
}

#[test]
fn a_training_handed_over_at_any_time_goes_on_bit_for_bit() {
    let momentum = Optimizer::Sgd { momentum: 0.9 };
    for optimizer in [momentum, Optimizer::ADAM] {
        let [mut whole, mut passed] = [(); 2].map(|()| {
            let project = curved(5);
            let edit = settings(&project, |settings| settings.optimizer = optimizer);
            let mut asker = Asker::with(project);
            asker.patch(vec![edit]);
            asker.ask(Request::Train { epochs: Some(6) });
            asker
        });
        whole.finish(WorkBudget(1));
        let (mut slices, mut losses) = (0, Vec::new());
        while passed.trainer.advance(WorkBudget(1)).has_more {
            slices += 1;
            // In the middle of a batch, of an epoch, of a validation.
            if slices % 5 == 0 {
                hand_over(&mut passed);
            }
            if slices % 7 == 0 {
                losses.extend(passed.report().losses);
            }
        }
        losses.extend(passed.report().losses);
        assert!(slices > 30, "{slices} slices");
        assert_eq!(passed.trainer.checkpoint(), whole.trainer.checkpoint());
        assert_eq!(losses, whole.report().losses);
        assert_eq!(passed.trainer.status(), Status::Finished);
    }
}

#[test]
fn what_was_asked_and_not_yet_answered_is_handed_over() {
    let mut asker = Asker::with(xor(1));
    asker.ask(Request::Evaluate(Part::Train));
    asker.ask(Request::Probe(ProbeRequest {
        id: 7,
        inputs: Vec::new(),
    }));
    asker.ask(Request::Allow(Some(3)));
    asker.ask(Request::Train { epochs: Some(20) });
    hand_over(&mut asker);
    asker.finish(WorkBudget(1));
    let report = asker.report();
    assert_eq!(report.evaluations.len(), 1);
    assert_eq!(report.probe.map(|answer| answer.id), Some(7));
    assert_eq!((report.epochs, report.target_epochs), (3, 20));
    assert_eq!(report.ack_seq, asker.seq);
    assert_eq!(report.status, Status::Training);
}
