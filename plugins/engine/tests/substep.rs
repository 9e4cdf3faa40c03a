//! A step of training phase by phase: it changes nothing until its update, and then what a step changes.

mod common;

use common::{Asker, bits, curved, make, with_settings, with_split, xor};
use engine::{
    Checkpoint, Phase, Report, Request, Status, SubStep, SubStepRequest, TraceRow, Trainer,
    WorkBudget,
};
use network::{ElementId, Learning, NodeId};
use project::{
    Clipping, EarlyStopping, Edit, Optimizer, Penalty, Project, Schedule, TrainingSettings,
};

fn ask(asker: &mut Asker, until: Phase) {
    let id = asker.seq;
    asker.ask(Request::SubStep(SubStepRequest { id, until }));
}

/// The report with the answer, once all work is done.
fn answered(asker: &mut Asker) -> (Report, SubStep) {
    asker.finish(WorkBudget(1));
    let mut report = asker.report();
    assert_eq!(report.fault, None);
    let answer = report.sub_step.take().expect("asked for");
    (report, *answer)
}

fn sub_step(asker: &mut Asker, until: Phase) -> SubStep {
    ask(asker, until);
    answered(asker).1
}

fn checkpoint(asker: &mut Asker) -> Checkpoint {
    asker.ask(Request::Checkpoint);
    *asker.report().checkpoint.expect("asked for")
}

/// One step of training as it is made without looking.
fn plain_step(asker: &mut Asker) -> Report {
    asker.ask(Request::Allow(Some(1)));
    asker.ask(Request::Train { epochs: None });
    asker.finish(WorkBudget::UNLIMITED);
    let report = asker.report();
    asker.ask(Request::Pause);
    asker.ask(Request::Allow(None));
    report
}

/// 270 training rows in batches of 100, 100 and 70, so chunks of 64, 36 and 6; 30 to
/// validate with; an optimiser that remembers, penalty, clipping, a plateau, dropout, a
/// frozen weight and neurons that learn faster: all that a step depends on.
fn involved(optimizer: Optimizer) -> Project {
    let mut project = with_split(curved(6), 90, 10);
    make(
        &mut project,
        Edit::SetFrozen {
            id: ElementId::bias(NodeId(4)),
            is_frozen: true,
        },
    );
    let learning = Learning {
        rate_factor: 2.5,
        dropout: 0.3,
    };
    make(&mut project, Edit::SetLearning(NodeId(7), learning));
    with_settings(project, |settings| {
        settings.optimizer = optimizer;
        settings.weight_decay = 0.01;
        settings.penalty = Penalty { l1: 1e-3, l2: 1e-2 };
        settings.clipping = Clipping::Norm(0.5);
        settings.schedule = Schedule::Plateau {
            factor: 0.5,
            patience: 0,
            threshold: 0.5,
            least: 0.0,
        };
        settings.early_stopping = Some(EarlyStopping {
            patience: 100,
            ..EarlyStopping::default()
        });
    })
}

#[test]
fn an_update_is_bit_for_bit_an_ordinary_step_whatever_the_optimiser() {
    for optimizer in Optimizer::ALL {
        let mut plain = Asker::with(involved(optimizer));
        let mut stepped = Asker::with(involved(optimizer));
        // Over the end of two epochs, with their validation.
        for step in 0..7 {
            let before = checkpoint(&mut stepped);
            let ordinary = plain_step(&mut plain);
            ask(&mut stepped, Phase::Update);
            let (report, answer) = answered(&mut stepped);
            assert_eq!((answer.epoch, answer.batch), (step / 3 + 1, step % 3 + 1));
            assert_eq!(bits(&answer.before), bits(&before.values));
            assert_eq!(bits(&report.gradients), bits(&ordinary.gradients));
            assert_eq!(report.batch_loss, ordinary.batch_loss);
            assert_eq!(answer.loss, ordinary.batch_loss);
            let after = checkpoint(&mut stepped);
            assert_eq!(after, checkpoint(&mut plain), "{optimizer:?} {step}");
            assert_eq!(bits(&answer.after), bits(&after.values));
            assert_ne!(answer.before, answer.after);
            assert_eq!(report.status, Status::Paused);
        }
        // And both go on alike.
        plain.train(2);
        stepped.train(2);
        assert_eq!(checkpoint(&mut plain), checkpoint(&mut stepped));
    }
}

#[test]
fn looking_at_any_phase_at_any_time_changes_nothing() {
    let mut quiet = Asker::with(involved(Optimizer::ADAM));
    quiet.train(3);
    let mut watched = Asker::with(involved(Optimizer::ADAM));
    let phases = [Phase::Forward, Phase::Loss, Phase::Backward];
    let mut looks = 0;
    // Between any two chunks of work, also within batches and validations; sometimes the
    // look is left before it is answered.
    loop {
        watched.ask(Request::Pause);
        let done = watched.report().epochs;
        if done == 3 {
            break;
        }
        watched.ask(Request::Train {
            epochs: Some(3 - done),
        });
        watched.trainer.advance(WorkBudget(1));
        ask(&mut watched, phases[looks % 3]);
        for _ in 0..looks % 4 {
            watched.trainer.advance(WorkBudget(1));
        }
        looks += 1;
        assert!(looks < 1_000);
    }
    assert!(looks > 15, "{looks}");
    assert_eq!(checkpoint(&mut quiet), checkpoint(&mut watched));
}

#[test]
fn an_update_that_is_left_in_the_middle_is_made_by_training_itself() {
    for chunks in 0..6 {
        let mut plain = Asker::with(curved(2));
        plain.train(2);
        let mut left = Asker::with(curved(2));
        ask(&mut left, Phase::Update);
        for _ in 0..chunks {
            left.trainer.advance(WorkBudget(1));
        }
        // Another wish takes its place; the step is made once, by whom is no matter.
        ask(&mut left, Phase::Forward);
        left.finish(WorkBudget(1));
        let done = left.report().epochs;
        left.train(2 - done);
        assert_eq!(checkpoint(&mut plain), checkpoint(&mut left), "{chunks}");
    }
}

#[test]
fn each_phase_tells_its_numbers_and_those_before_and_no_others() {
    let mut asker = Asker::with(xor(3));
    asker.train(5);
    let told: Vec<SubStep> = Phase::ALL.map(|until| sub_step(&mut asker, until)).into();
    for step in &told {
        assert_eq!((step.epoch, step.batch), (6, 1));
        assert_eq!(step.nodes.len(), 7);
        let mut rows = step.rows.clone();
        rows.sort_unstable();
        assert_eq!(rows, [0, 1, 2, 3]);
        assert_eq!(step.rate, asker.report_rate());
        let has_loss = step.until >= Phase::Loss;
        assert_eq!(step.loss.is_some(), has_loss);
        assert_eq!(step.penalty.is_some(), has_loss);
        assert_eq!(step.row_losses.len(), if has_loss { 4 } else { 0 });
        let has_gradient = step.until >= Phase::Backward;
        assert_eq!(step.gradients.len(), if has_gradient { 17 } else { 0 });
        assert_eq!(step.nodes[6].delta.is_some(), has_gradient);
        assert_eq!(step.nodes[0].delta, None);
        let has_update = step.until == Phase::Update;
        assert_eq!(step.before.len(), if has_update { 17 } else { 0 });
        assert_eq!(step.after.len(), step.before.len());
        // Forward numbers are the same in every phase.
        let forward = |step: &SubStep| {
            let of_nodes = step.nodes.iter().map(|node| (node.input, node.output));
            of_nodes.collect::<Vec<_>>()
        };
        assert_eq!(forward(step), forward(&told[0]));
    }
    // The inputs of the truth table are 1 in half of the rows.
    assert_eq!(told[0].nodes[0].output, 0.5);
}

impl Asker {
    /// The learning rate of the epoch under way.
    fn report_rate(&mut self) -> f32 {
        self.ask(Request::Pause);
        self.report().rate
    }
}

#[test]
fn a_batch_half_done_is_followed_whole() {
    let start = with_settings(curved(2), |settings| settings.is_shuffled = true);
    let mut whole = Asker::with(start.clone());
    let expected = sub_step(&mut whole, Phase::Backward);
    let mut half = Asker::with(start);
    half.ask(Request::Train { epochs: None });
    half.trainer.advance(WorkBudget(1));
    let found = sub_step(&mut half, Phase::Backward);
    assert_eq!(bits(&found.gradients), bits(&expected.gradients));
    assert_eq!((found.rows, found.loss), (expected.rows, expected.loss));
    let [mut whole, mut half] = [whole, half].map(|mut asker| {
        sub_step(&mut asker, Phase::Update);
        asker
    });
    assert_eq!(checkpoint(&mut whole), checkpoint(&mut half));
}

#[test]
fn a_change_before_the_answer_begins_the_batch_anew() {
    let change = |settings: &mut TrainingSettings| {
        settings.learning_rate = 0.5;
        settings.batch_size = 70;
    };
    let mut direct = Asker::with(with_settings(curved(2), change));
    let expected = sub_step(&mut direct, Phase::Update);
    for chunks in 0..5 {
        let mut asker = Asker::with(curved(2));
        ask(&mut asker, Phase::Update);
        for _ in 0..chunks {
            asker.trainer.advance(WorkBudget(1));
        }
        let settings = with_settings(curved(2), change).training().clone();
        asker.patch(vec![Edit::SetTraining(settings)]);
        if chunks == 4 {
            // Two chunks followed, two trained: the step was made before the change.
            asker.finish(WorkBudget(1));
            let answer = asker.report().sub_step.expect("it was made");
            assert_eq!(answer.rows.len(), 100);
            continue;
        }
        let (_, answer) = answered(&mut asker);
        assert_eq!(answer.rows, expected.rows, "{chunks}");
        assert_eq!(bits(&answer.after), bits(&expected.after));
        assert_eq!(answer.rate, 0.5);
    }
}

#[test]
fn a_row_learned_before_the_answer_is_part_of_it() {
    let mut asker = Asker::with(curved(2));
    ask(&mut asker, Phase::Backward);
    asker.trainer.advance(WorkBudget(1));
    asker.ask(Request::LearnRow(TraceRow::Table(3)));
    let (_, answer) = answered(&mut asker);
    let anew = sub_step(&mut asker, Phase::Backward);
    assert_eq!(bits(&answer.gradients), bits(&anew.gradients));
}

#[test]
fn what_cannot_be_followed_is_said() {
    let told = |asker: &mut Asker| {
        ask(asker, Phase::Loss);
        asker.finish(WorkBudget(1));
        let report = asker.report();
        assert_eq!(report.sub_step, None);
        report.fault.expect("a sentence").sentence
    };
    assert!(told(&mut Asker::default()).contains("no project"));
    let mut asker = Asker::with(xor(1));
    asker.patch(vec![Edit::RemoveRows { at: 0, count: 4 }]);
    assert!(told(&mut asker).starts_with("There are no training rows"));
    // A batch that leads out of the range of numbers is told by phases, and stops at the
    // update as any step does.
    let mut asker = Asker::with(xor(1));
    let huge = |edge| Edit::SetValue {
        id: ElementId::weight(network::EdgeId(edge)),
        value: 3e38,
        start: 0.0,
    };
    let tanh_is_bounded = network::Activation::Linear;
    let linear = (2..6).map(|node| Edit::SetActivation(NodeId(node), tanh_is_bounded));
    asker.patch(linear.chain((0..12).map(huge)).collect());
    assert!(told(&mut asker).contains("out of the range of numbers"));
    let before = checkpoint(&mut asker).values;
    ask(&mut asker, Phase::Update);
    asker.finish(WorkBudget(1));
    let report = asker.report();
    let fault = report.fault.expect("it left the range").sentence;
    assert!(fault.contains("in epoch 1, batch 1"), "{fault}");
    assert_eq!((report.status, report.sub_step), (Status::Faulted, None));
    assert_eq!(checkpoint(&mut asker).values, before);
}

#[test]
fn a_sub_step_pauses_training_and_takes_it_no_further_than_its_batch() {
    let mut asker = Asker::with(xor(1));
    asker.ask(Request::Train { epochs: None });
    asker.trainer.advance(WorkBudget(1));
    ask(&mut asker, Phase::Update);
    let (report, answer) = answered(&mut asker);
    assert_eq!(report.status, Status::Paused);
    assert_eq!((report.epochs, report.batch), (answer.epoch, 0));
    // The epoch that it ended was told.
    assert_eq!(
        report.losses.last().map(|loss| loss.epoch),
        Some(answer.epoch)
    );
    // Beyond the last epoch it goes on as well, and is at an end after each.
    asker.train(2);
    assert_eq!(asker.report().status, Status::Finished);
    for further in 3..5 {
        let epoch = sub_step(&mut asker, Phase::Update).epoch;
        assert_eq!(asker.trainer.status(), Status::Finished);
        assert_eq!(epoch, answer.epoch + further);
    }
}

#[test]
fn a_sub_step_that_waits_is_handed_over() {
    for chunks in 0..7 {
        let mut plain = Asker::with(involved(Optimizer::ADAM));
        let mut asker = Asker::with(involved(Optimizer::ADAM));
        for _ in 0..2 {
            plain_step(&mut plain);
            plain_step(&mut asker);
        }
        plain_step(&mut plain);
        ask(&mut asker, Phase::Update);
        for _ in 0..chunks {
            asker.trainer.advance(WorkBudget(1));
        }
        let handover = std::mem::take(&mut asker.trainer)
            .hand_over()
            .expect("a project");
        let bytes = postcard::to_stdvec(&handover).expect("it can be written");
        asker.trainer = Trainer::take_over(postcard::from_bytes(&bytes).expect("and read"));
        let (_, answer) = answered(&mut asker);
        assert_eq!((answer.epoch, answer.batch), (1, 3), "{chunks}");
        // The validation of the epoch was made, too.
        assert_eq!(checkpoint(&mut asker), checkpoint(&mut plain), "{chunks}");
    }
}

#[test]
fn an_epoch_passes_every_row_once_in_a_new_order_or_the_old_and_the_last_batch_counts_by_its_rows()
{
    for is_shuffled in [true, false] {
        // 270 training rows: 100, 100 and 70.
        let start = with_split(curved(3), 90, 10);
        let mut asker = Asker::with(with_settings(start, |settings| {
            settings.is_shuffled = is_shuffled;
        }));
        let mut orders: Vec<Vec<u32>> = Vec::new();
        for epoch in 1..=3 {
            let (mut order, mut total) = (Vec::new(), 0.0);
            let mut told = None;
            for size in [100, 100, 70] {
                ask(&mut asker, Phase::Update);
                let (report, answer) = answered(&mut asker);
                assert_eq!((answer.epoch, answer.rows.len()), (epoch, size));
                total += size as f32 * answer.loss.expect("it was compared");
                order.extend(answer.rows);
                told = report.losses.last().copied();
            }
            let told = told.expect("the epoch ended");
            assert!((told.train - total / 270.0).abs() <= 1e-6 * told.train);
            orders.push(order);
        }
        let [first, second, third] = &orders[..] else {
            panic!("three epochs were made");
        };
        let sorted = |order: &[u32]| {
            let mut rows = order.to_vec();
            rows.sort_unstable();
            rows.dedup();
            rows
        };
        assert_eq!(sorted(first).len(), 270);
        assert!(sorted(second) == sorted(first) && sorted(third) == sorted(first));
        assert_eq!(first == second, !is_shuffled);
        assert_eq!(second == third, !is_shuffled);
    }
}
