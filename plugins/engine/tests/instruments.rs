//! One row by itself, followed and learned from.

mod common;

use common::{Asker, all_training, bits, curved, layered, project, xor};
use engine::{
    ProbeRequest, Report, Request, Status, Trace, TraceRequest, TraceRow, Trainer, WorkBudget,
};
use network::{Activation, EdgeId, ElementId, NodeId, ParameterLayout};
use project::{Edit, Optimizer, TrainingSettings};

const OPTIMIZERS: [Optimizer; 3] = [
    Optimizer::SGD,
    Optimizer::Sgd { momentum: 0.9 },
    Optimizer::ADAM,
];

fn with_settings(
    mut project: project::Project,
    change: impl FnOnce(&mut TrainingSettings),
) -> project::Project {
    let mut settings = project.training().clone();
    change(&mut settings);
    project::apply(&mut project, &Edit::SetTraining(settings)).expect("in their ranges");
    project
}

fn all_of(row: TraceRow) -> Request {
    Request::Trace(TraceRequest {
        id: 5,
        row,
        with_gradients: true,
        with_update: true,
    })
}

fn trace(asker: &mut Asker, row: TraceRow) -> Trace {
    asker.ask(all_of(row));
    asker.trainer.advance(WorkBudget(1));
    let report = asker.report();
    assert_eq!(report.fault, None);
    *report.trace.expect("asked for")
}

fn checkpoint(asker: &mut Asker) -> engine::Checkpoint {
    asker.ask(Request::Checkpoint);
    *asker.report().checkpoint.expect("asked for")
}

fn added(before: &[f32], after: &[f32]) -> Vec<u32> {
    let pairs = after.iter().zip(before);
    pairs
        .map(|(after, before)| (after - before).to_bits())
        .collect()
}

#[test]
fn a_trace_is_bit_for_bit_what_a_batch_of_that_row_computes_and_changes() {
    for optimizer in OPTIMIZERS {
        for start in [curved(4), xor(4)] {
            let mut asker = Asker::with(with_settings(start, |settings| {
                settings.optimizer = optimizer;
                settings.batch_size = 1;
                settings.is_shuffled = false;
            }));
            // Into an epoch, so that the optimiser remembers something.
            asker.ask(Request::Allow(Some(3)));
            asker.ask(Request::Train { epochs: Some(2) });
            asker.finish(WorkBudget::UNLIMITED);
            let before = checkpoint(&mut asker);
            assert_eq!(before.progress.batch, 3);
            let project = asker.trainer.project().unwrap().clone();
            let mut rng = network::random::stream(
                project.training().seed,
                network::random::Purpose::Split,
                0,
            );
            let parts = project.split().assign(project.table().rows(), &mut rng);
            let traced = trace(&mut asker, TraceRow::Table(parts.train[3]));
            assert_eq!(checkpoint(&mut asker), before);
            asker.ask(Request::Allow(Some(1)));
            asker.finish(WorkBudget::UNLIMITED);
            let report = asker.report();
            assert_eq!(bits(&report.gradients), bits(&traced.gradients));
            assert_eq!(report.batch_loss, traced.loss);
            let after = checkpoint(&mut asker);
            assert_eq!(added(&before.values, &after.values), bits(&traced.updates));
            assert!(traced.updates.iter().any(|&update| update != 0.0));
        }
    }
}

#[test]
fn learning_a_row_makes_the_very_step_that_its_trace_foretold() {
    for optimizer in OPTIMIZERS {
        let start = with_settings(xor(2), |settings| settings.optimizer = optimizer);
        let mut asker = Asker::with(start.clone());
        asker.train(7);
        let frozen = [ElementId::weight(EdgeId(1)), ElementId::bias(NodeId(3))];
        let layout = ParameterLayout::of(start.network());
        let places = frozen.map(|id| layout.position(id).unwrap());
        let edits = frozen.map(|id| Edit::SetFrozen {
            id,
            is_frozen: true,
        });
        asker.patch(edits.to_vec());
        for round in 0..4 {
            let row = match round {
                0 | 1 => TraceRow::Table(3),
                _ => TraceRow::ByHand {
                    inputs: vec![(NodeId(0), 0.5), (NodeId(1), -2.0)],
                    targets: vec![(NodeId(6), 1.0)],
                },
            };
            let before = checkpoint(&mut asker);
            let traced = trace(&mut asker, row.clone());
            asker.ask(Request::LearnRow(row));
            let report = asker.report();
            assert_eq!(added(&before.values, &report.values), bits(&traced.updates));
            assert_eq!(report.batch_loss, traced.loss);
            let after = checkpoint(&mut asker);
            assert_eq!(after.progress, before.progress);
            assert_eq!(after.optimizer.steps, before.optimizer.steps + 1);
            for place in 0..before.values.len() {
                let is_frozen = places.contains(&place);
                let is_still = before.values[place].to_bits() == after.values[place].to_bits();
                let keeps = before.optimizer.first.get(place) == after.optimizer.first.get(place);
                assert!(!is_frozen || is_still && keeps, "{optimizer:?} {place}");
                assert!(!is_frozen || traced.updates[place] == 0.0);
                // A person sees the true gradient, the optimiser none.
                assert!(!is_frozen || traced.gradients[place] != 0.0);
                assert!(!is_frozen || report.gradients[place] == 0.0);
            }
        }
    }
}

#[test]
fn training_with_traces_is_bit_for_bit_training_without() {
    let mut quiet = Asker::with(curved(1));
    quiet.train(4);
    let mut watched = Asker::with(curved(1));
    watched.ask(Request::Train { epochs: Some(4) });
    let mut traces = 0;
    while watched.trainer.advance(WorkBudget(1)).has_more {
        watched.ask(all_of(TraceRow::Table(traces % 300)));
        watched.trainer.advance(WorkBudget(1));
        assert!(watched.report().trace.is_some());
        traces += 1;
    }
    assert!(traces > 20, "{traces}");
    assert_eq!(checkpoint(&mut quiet), checkpoint(&mut watched));
}

#[test]
fn the_latest_trace_is_answered_at_once_while_training_runs() {
    let mut asker = Asker::with(xor(1));
    asker.ask(Request::Train { epochs: None });
    asker.trainer.advance(WorkBudget(1));
    asker.ask(all_of(TraceRow::Table(0)));
    asker.ask(Request::Trace(TraceRequest {
        id: 9,
        row: TraceRow::Table(3),
        with_gradients: false,
        with_update: false,
    }));
    asker.trainer.advance(WorkBudget(1));
    let report = asker.report();
    let traced = report.trace.expect("the latest");
    assert_eq!((traced.id, report.status), (9, Status::Training));
    assert!(traced.loss.is_some());
    assert!(traced.gradients.is_empty() && traced.updates.is_empty());
    assert_eq!(traced.nodes.len(), 7);
    assert_eq!(traced.nodes[1].output, 1.0);
    asker.trainer.advance(WorkBudget(1));
    assert_eq!(asker.report().trace, None);
}

#[test]
fn a_row_put_in_by_hand_is_traced_like_one_of_the_table() {
    let scaled = with_settings(curved(1), |settings| {
        settings.input_scaling = project::InputScaling::Standardise;
    });
    let value = |node| {
        let column = project::column_of(NodeId(node));
        (NodeId(node), scaled.table().value(11, column, 0).unwrap())
    };
    let (inputs, targets): (Vec<_>, Vec<_>) =
        ([0, 1, 2].map(value).to_vec(), [40, 41].map(value).to_vec());
    let mut asker = Asker::with(scaled.clone());
    let of_table = trace(&mut asker, TraceRow::Table(11));
    let by_hand = TraceRow::ByHand {
        inputs: inputs.clone(),
        targets,
    };
    assert_eq!(trace(&mut asker, by_hand), of_table);
    // It says what a probe says.
    asker.ask(Request::Probe(ProbeRequest {
        id: 1,
        inputs: inputs.clone(),
    }));
    asker.finish(WorkBudget::UNLIMITED);
    let probed = asker.report().probe.expect("asked for");
    for ((node, values), traced) in probed.nodes.iter().zip(&of_table.nodes) {
        assert_eq!((*node, values[0]), (traced.node, traced.output));
    }
    // Without a target there is the way forward only; a hidden neuron has none.
    for targets in [Vec::new(), vec![(NodeId(5), 1.0)]] {
        let inputs = inputs.clone();
        let forward = trace(&mut asker, TraceRow::ByHand { inputs, targets });
        assert_eq!(forward.loss, None);
        assert!(forward.gradients.is_empty() && forward.updates.is_empty());
        for (forward, whole) in forward.nodes.iter().zip(&of_table.nodes) {
            assert_eq!((forward.input, forward.output), (whole.input, whole.output));
            assert_eq!(forward.delta, None);
        }
    }
}

#[test]
fn what_cannot_be_followed_or_learned_is_said_and_changes_nothing() {
    let mut asker = Asker::with(xor(1));
    let before = checkpoint(&mut asker);
    let mut sentence = |request| {
        asker.ask(request);
        asker.finish(WorkBudget::UNLIMITED);
        let report: Report = asker.report();
        assert_eq!((report.trace, report.status), (None, Status::Idle));
        let fault = report.fault.expect("it is told");
        assert!(!fault.needs_load);
        fault.sentence
    };
    let by_hand = |input| TraceRow::ByHand {
        inputs: vec![(NodeId(0), input)],
        targets: Vec::new(),
    };
    let none = "There is no row 5 in the data: it has 4 rows.";
    assert_eq!(sentence(all_of(TraceRow::Table(4))), none);
    assert_eq!(sentence(Request::LearnRow(TraceRow::Table(4))), none);
    sentence(all_of(TraceRow::Table(u32::MAX)));
    assert_eq!(
        sentence(Request::LearnRow(by_hand(1.0))),
        "Nothing can be learned from a row without a target."
    );
    assert_eq!(checkpoint(&mut asker), before);
    // A number that is none counts as 0; one that is too large is told.
    asker.ask(all_of(by_hand(f32::NAN)));
    asker.finish(WorkBudget::UNLIMITED);
    let traced = asker.report().trace.expect("asked for");
    assert_eq!(traced.nodes[0].output, 0.0);
    let network = layered(&[1, 2, 1], Activation::Linear, Activation::Linear, 1);
    let rows = [(vec![1.0], vec![0.0])];
    let start = project(network, &rows, all_training(), TrainingSettings::default());
    let mut asker = Asker::with(start);
    asker.ask(all_of(TraceRow::ByHand {
        inputs: vec![(NodeId(0), f32::MAX)],
        targets: vec![(NodeId(3), -f32::MAX)],
    }));
    asker.finish(WorkBudget::UNLIMITED);
    let report = asker.report();
    assert_eq!(
        report.fault.expect("it is told").sentence,
        "This row cannot be followed: it leads out of the range of numbers."
    );
    // Without a project nothing happens, and nothing breaks.
    let mut empty = Asker::default();
    empty.ask(all_of(TraceRow::Table(0)));
    empty.ask(Request::LearnRow(TraceRow::Table(0)));
    empty.finish(WorkBudget::UNLIMITED);
    let fault = empty.report().fault.expect("told");
    assert_eq!(fault.sentence, "There is no project to train yet.");
}

#[test]
fn a_row_learned_out_of_the_range_of_numbers_is_rescued() {
    let rows = [(vec![300.0], vec![1.0]), (vec![1.0], vec![1.0])];
    let training = TrainingSettings {
        learning_rate: 50.0,
        optimizer: Optimizer::SGD,
        ..TrainingSettings::default()
    };
    let network = layered(&[1, 3, 1], Activation::Linear, Activation::Linear, 1);
    let mut asker = Asker::with(project(network, &rows, all_training(), training));
    let mut before = asker.values();
    let report = loop {
        asker.ask(Request::LearnRow(TraceRow::Table(0)));
        let report = asker.report();
        if report.fault.is_some() {
            break report;
        }
        assert_eq!(report.epochs, 0);
        before = asker.values();
    };
    assert_eq!(report.status, Status::Faulted);
    assert_eq!(
        report.fault.expect("told").sentence,
        "Learning this row left the range of numbers: the learning rate 50 is probably too large. The weights are those from before it."
    );
    assert_eq!(bits(&asker.values()), bits(&before));
}

#[test]
fn a_row_learned_in_the_middle_of_a_batch_lets_it_begin_again() {
    let mut asker = Asker::with(curved(3));
    asker.ask(Request::Train { epochs: Some(2) });
    // One chunk of two.
    asker.trainer.advance(WorkBudget(1));
    let before = checkpoint(&mut asker);
    let foretold = trace(&mut asker, TraceRow::Table(7));
    asker.ask(Request::LearnRow(TraceRow::Table(7)));
    let learned = checkpoint(&mut asker);
    assert_eq!(
        added(&before.values, &learned.values),
        bits(&foretold.updates)
    );
    // It goes on as one that never began that batch.
    let mut fresh = Asker::with(curved(3));
    fresh.ask(Request::LearnRow(TraceRow::Table(7)));
    assert_eq!(checkpoint(&mut fresh), learned);
    fresh.ask(Request::Train { epochs: Some(2) });
    asker.finish(WorkBudget(1));
    fresh.finish(WorkBudget(1));
    assert_eq!(checkpoint(&mut fresh), checkpoint(&mut asker));
}

#[test]
fn a_trace_asked_before_a_row_was_learned_is_of_the_numbers_before() {
    let mut asker = Asker::with(xor(3));
    let expected = trace(&mut asker, TraceRow::Table(1));
    asker.ask(all_of(TraceRow::Table(1)));
    asker.ask(Request::LearnRow(TraceRow::Table(1)));
    let report = asker.report();
    assert_eq!(report.trace.as_deref(), Some(&expected));
    assert_ne!(trace(&mut asker, TraceRow::Table(1)), expected);
}

#[test]
fn a_trace_that_waits_is_handed_over() {
    let mut asker = Asker::with(xor(1));
    asker.ask(all_of(TraceRow::Table(2)));
    let handover = std::mem::take(&mut asker.trainer).hand_over().unwrap();
    let bytes = postcard::to_stdvec(&handover).unwrap();
    asker.trainer = Trainer::take_over(postcard::from_bytes(&bytes).unwrap());
    asker.finish(WorkBudget(1));
    assert_eq!(asker.report().trace.map(|trace| trace.id), Some(5));
}
