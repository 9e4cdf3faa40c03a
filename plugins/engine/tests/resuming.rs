//! Pause, write down, read again, go on: bit for bit as if nothing had happened.

mod common;

use common::{Asker, bits, curved, make, with_settings, with_split, xor};
use engine::{Checkpoint, EarlyStop, EpochLoss, Request, Status, WorkBudget};
use network::{Learning, NodeId};
use project::{Clipping, EarlyStopping, Edit, Optimizer, Penalty, Project, Schedule, WarmUp};

const EPOCHS: u32 = 7;

/// Everything that has a memory or draws lots: 3-20-17-2 on 180 rows in two batches,
/// the last of them partial, and 120 validation rows, all of several chunks.
fn everything(optimizer: Optimizer, schedule: Schedule) -> Project {
    let project = with_settings(curved(5), |settings| {
        settings.epochs = EPOCHS;
        settings.learning_rate = 0.02;
        settings.optimizer = optimizer;
        settings.schedule = schedule;
        settings.warm_up = WarmUp {
            epochs: 2,
            start: 0.25,
        };
        settings.penalty = Penalty { l1: 1e-4, l2: 1e-3 };
        settings.weight_decay = 0.01;
        settings.clipping = Clipping::Norm(0.5);
        // It ends one epoch early, and puts numbers back that are in the checkpoint.
        settings.early_stopping = Some(EarlyStopping {
            patience: EPOCHS - 2,
            least_gain: 100.0,
            restores_best: true,
        });
    });
    let mut project = with_split(project, 60, 40);
    for id in 3..40 {
        let learning = Learning {
            dropout: 0.3,
            ..Learning::default()
        };
        make(&mut project, Edit::SetLearning(NodeId(id), learning));
    }
    project
}

fn schedules() -> [Schedule; 5] {
    [
        Schedule::Constant,
        Schedule::Step {
            every: 2,
            factor: 0.5,
        },
        Schedule::Exponential { factor: 0.9 },
        Schedule::Cosine {
            epochs: 4,
            least: 0.001,
        },
        // A loss must fall by nine tenths to count: so it drops every second epoch.
        Schedule::Plateau {
            factor: 0.5,
            patience: 1,
            threshold: 0.9,
            least: 0.0,
        },
    ]
}

/// What a training came to in the end.
#[derive(Debug, PartialEq)]
struct End {
    checkpoint: Checkpoint,
    values: Vec<u32>,
    stop: Option<EarlyStop>,
    losses: Vec<EpochLoss>,
}

/// Trains to the end from a checkpoint.
fn end(project: &Project, checkpoint: Option<&[u8]>) -> End {
    let mut asker = Asker::with(project.clone());
    if let Some(bytes) = checkpoint {
        let checkpoint: Checkpoint = postcard::from_bytes(bytes).expect("it was just written");
        asker.ask(Request::Resume(Box::new(checkpoint)));
    }
    asker.ask(Request::Train { epochs: None });
    asker.finish(WorkBudget(1));
    asker.ask(Request::Checkpoint);
    let report = asker.report();
    assert_eq!((report.status, report.fault), (Status::Finished, None));
    End {
        checkpoint: *report.checkpoint.expect("asked for"),
        values: bits(&asker.values()),
        stop: report.early_stop,
        losses: report.losses,
    }
}

/// Pauses a training after every chunk, and goes on from each pause in a new trainer.
fn assert_resumes(project: &Project) {
    let whole = end(project, None);
    let stop = whole.stop.expect("nothing gains that much");
    assert_eq!((stop.epoch, stop.best_epoch), (EPOCHS - 1, 1));
    let mut paused = Asker::with(project.clone());
    paused.ask(Request::Train { epochs: None });
    let mut places = Vec::new();
    while paused.trainer.advance(WorkBudget(1)).has_more {
        paused.ask(Request::Checkpoint);
        let checkpoint = paused.report().checkpoint.expect("asked for");
        places.push((checkpoint.progress.epochs, checkpoint.progress.batch));
        let bytes = postcard::to_stdvec(&checkpoint).expect("all of it can be written");
        let mut resumed = end(project, Some(&bytes));
        let before = whole.losses.len() - resumed.losses.len();
        assert_eq!(before, checkpoint.progress.epochs as usize);
        resumed.losses.splice(..0, whole.losses[..before].to_vec());
        assert_eq!(resumed, whole, "from {:?}", places.last());
    }
    // At the start, in the middle and at the end of epochs, before a validation too.
    for batch in 0..=2 {
        assert!(places.iter().any(|place| place.1 == batch), "{places:?}");
    }
}

#[test]
fn a_pause_anywhere_changes_no_bit_under_any_optimiser() {
    for optimizer in Optimizer::ALL.into_iter().chain([Optimizer::MOMENTUM]) {
        let [.., plateau] = schedules();
        assert_resumes(&everything(optimizer, plateau));
    }
}

#[test]
fn a_pause_anywhere_changes_no_bit_under_any_schedule() {
    for schedule in schedules() {
        assert_resumes(&everything(Optimizer::ADAM, schedule));
    }
}

#[test]
fn what_the_schedules_and_early_stopping_saw_is_in_the_checkpoint() {
    let [.., plateau] = schedules();
    let End { losses, .. } = end(&everything(Optimizer::ADAM, plateau), None);
    // The rate of the settings after two epochs of warm-up; then it drops twice.
    let shares: Vec<f32> = losses.iter().map(|epoch| epoch.rate / 0.02).collect();
    let rounded: Vec<f32> = shares
        .iter()
        .map(|share| (share * 1e4).round() / 1e4)
        .collect();
    assert_eq!(rounded, [0.25, 0.625, 1.0, 1.0, 1.0, 0.5]);
    // Without what it saw, a training resumed in the fifth epoch takes another way.
    let mut asker = Asker::with(everything(Optimizer::ADAM, plateau));
    asker.train(5);
    asker.ask(Request::Checkpoint);
    let checkpoint = *asker.report().checkpoint.expect("asked for");
    let last = |checkpoint: &Checkpoint| {
        let bytes = postcard::to_stdvec(checkpoint).expect("it can be written");
        let end = end(&everything(Optimizer::ADAM, plateau), Some(&bytes));
        (end.losses.len(), end.losses[0].rate.to_bits())
    };
    let mut forgetful = checkpoint.clone();
    forgetful.progress.plateau = engine::Plateau::default();
    assert_ne!(last(&checkpoint).1, last(&forgetful).1);
    let mut forgetful = checkpoint.clone();
    forgetful.progress.watch = engine::Watch::default();
    assert_ne!(last(&checkpoint).0, last(&forgetful).0);
}

#[test]
fn a_checkpoint_that_would_lead_astray_is_refused_with_its_true_cause() {
    let told = |optimizer, change: &dyn Fn(&mut Checkpoint)| {
        let mut asker = Asker::with(with_settings(xor(1), |settings| {
            settings.optimizer = optimizer;
            settings.learning_rate = 0.01;
        }));
        asker.train(3);
        asker.ask(Request::Checkpoint);
        let mut checkpoint = asker.report().checkpoint.expect("asked for");
        change(&mut checkpoint);
        asker.ask(Request::Resume(checkpoint));
        let sentence = asker.report().fault.map(|fault| fault.sentence);
        // What there was is still there.
        asker.train(1);
        assert_eq!(asker.report().epochs, 4);
        sentence.unwrap_or_default()
    };
    let cases: [(Optimizer, &dyn Fn(&mut Checkpoint), &str); 8] = [
        (
            Optimizer::ADAM,
            &|c| c.optimizer.first[1] = f32::INFINITY,
            "what the optimiser remembers of the bias of “n3” is inf; expected a finite number",
        ),
        (
            Optimizer::ADAM_W,
            &|c| c.optimizer.second.fill(f32::NAN),
            "what the optimiser remembers of the bias of “n2” is NaN; expected 0 or a number above it",
        ),
        (
            Optimizer::ADAM,
            &|c| c.optimizer.second[16] = -1.0,
            "what the optimiser remembers of the weight from “n5” to “n6” is -1; expected 0 or a number above it",
        ),
        (
            Optimizer::RMS_PROP,
            &|c| c.optimizer.first[16] = -1.0,
            "what the optimiser remembers of the weight from “n5” to “n6” is -1; expected 0 or a number above it",
        ),
        (Optimizer::MOMENTUM, &|c| c.optimizer.first[16] = -1.0, ""),
        (
            Optimizer::SGD,
            &|c| c.best = vec![1.0],
            "it has 1 best numbers so far; expected 17, or none",
        ),
        (
            Optimizer::SGD,
            &|c| c.best = vec![f32::NAN; 17],
            "the best value so far of the bias of “n2” is NaN; expected a finite number",
        ),
        (
            Optimizer::SGD,
            &|c| c.progress.plateau.scale = f64::NAN,
            "plateaus have scaled its learning rate by NaN; expected a number from 0 to 1",
        ),
    ];
    for (optimizer, change, expected) in cases {
        let expected = match expected {
            "" => String::new(),
            why => format!("The checkpoint does not fit: {why}."),
        };
        assert_eq!(told(optimizer, change), expected);
    }
}
