//! The codec: every message comes back as it was, and bytes that are no message are refused.
#![allow(
    clippy::unwrap_used,
    reason = "a test ends where its own material is wrong"
)]

mod common;

use common::{commands, irregular, projects};
use engine::{
    CloseUp, Command, Fault, Handover, HistogramRequest, MapRequest, Mapped, Measured, Part, Phase,
    ProbeRequest, Report, Request, SubStepRequest, TraceRequest, TraceRow, Trainer, WorkBudget,
};
use network::{ElementId, KindId, NodeId};
use project::{Edit, Learned, gesture};
use proptest::prelude::*;
use worker::{CodecError, Message, pack, unpack};

fn through<M: Message + Clone>(message: &M) -> Result<M, CodecError> {
    let packed = pack(message.clone())?;
    unpack(&packed.bytes, &mut packed.lists.concat().as_slice())
}

#[track_caller]
fn survives<M: Message + Clone + PartialEq + std::fmt::Debug>(message: &M) {
    assert_eq!(&through(message).unwrap(), message);
}

fn maps() -> MapRequest {
    MapRequest {
        x: NodeId(0),
        y: NodeId(1),
        x_range: [0.0, 1.0],
        y_range: [-1.0, 1.0],
        resolution: 9,
        fixed: vec![(NodeId(2), 0.25)],
        nodes: Mapped::All,
        close: Some(CloseUp {
            nodes: vec![NodeId(4)],
            resolution: 5,
            rows: vec![0, 2],
        }),
    }
}

fn trace() -> TraceRequest {
    TraceRequest {
        id: 4,
        row: TraceRow::Table(0),
        with_gradients: true,
        with_update: true,
    }
}

fn sub_step() -> SubStepRequest {
    SubStepRequest {
        id: 8,
        until: Phase::Update,
    }
}

fn histogram() -> HistogramRequest {
    HistogramRequest {
        id: 6,
        of: Measured::Activations(Part::Validation),
        node: Some(NodeId(5)),
        bins: 12,
    }
}

/// A trainer that has something of everything to say, and may say it.
fn busy_trainer() -> Trainer {
    let mut trainer = Trainer::new();
    let mut seq = 0;
    let mut ask = |trainer: &mut Trainer, request| {
        seq += 1;
        trainer.handle(Command { seq, request });
    };
    for command in commands(irregular()) {
        ask(&mut trainer, command.request);
    }
    ask(&mut trainer, Request::Maps(maps()));
    ask(&mut trainer, Request::Probe(ProbeRequest::default()));
    ask(&mut trainer, Request::Trace(trace()));
    ask(&mut trainer, Request::Histogram(histogram()));
    ask(&mut trainer, Request::LookBack(7));
    while trainer.advance(WorkBudget(5_000)).has_more {}
    ask(&mut trainer, Request::SubStep(sub_step()));
    while trainer.advance(WorkBudget(5_000)).has_more {}
    ask(&mut trainer, Request::Checkpoint);
    trainer
}

fn requests() -> Vec<Request> {
    let project = irregular();
    let snapshot = project.network().snapshot();
    let mut trainer = busy_trainer();
    let checkpoint = trainer.take_report().unwrap().checkpoint.unwrap();
    let hidden = gesture::add_neuron(&project, KindId::HIDDEN, [1.0, 2.0]);
    let edits = vec![
        gesture::add_neuron(&project, KindId::INPUT, [0.0, 0.0]),
        Edit::Batch(vec![
            hidden,
            gesture::replace_data(project.table().clone()),
            Edit::Restore(Box::new(Learned {
                snapshot,
                epochs: 9,
            })),
        ]),
        gesture::add_row(&project),
        gesture::set_value(&project, ElementId::bias(NodeId(5)), 0.5),
        Edit::RemoveNode(NodeId(4)),
    ];
    vec![
        Request::Load {
            project: Box::new(project),
            revision: 7,
        },
        Request::Patch {
            base_revision: 7,
            revision: 12,
            edits,
        },
        Request::Train { epochs: Some(3) },
        Request::Train { epochs: None },
        Request::TrainOneEpoch,
        Request::Pause,
        Request::Probe(ProbeRequest {
            id: 1,
            inputs: vec![(NodeId(2), 0.5)],
        }),
        Request::Maps(maps()),
        Request::Trace(trace()),
        Request::LearnRow(trace().row),
        Request::SubStep(sub_step()),
        Request::StopMaps,
        Request::Histogram(histogram()),
        Request::SetHistoryBudget(1 << 33),
        Request::LookBack(1 << 40),
        Request::GoBack(3),
        Request::Evaluate(Part::Validation),
        Request::Checkpoint,
        Request::Resume(checkpoint),
        Request::Credit(3),
        Request::Allow(Some(4)),
        Request::Allow(None),
    ]
}

#[test]
fn every_request_survives_the_way() {
    for (request, seq) in requests().into_iter().zip(1..) {
        survives(&Command { seq, request });
    }
    for (_, project) in projects() {
        for command in commands(project) {
            survives(&command);
        }
    }
}

#[test]
fn every_report_survives_the_way() {
    let mut full = busy_trainer().take_report().unwrap();
    full.fault = Some(Fault {
        sentence: "Something is wrong.".to_owned(),
        needs_load: true,
    });
    assert!(!full.values.is_empty() && !full.gradients.is_empty() && !full.signals.is_empty());
    assert!(full.maps.is_some() && full.checkpoint.is_some() && full.probe.is_some());
    let trace = full.trace.as_ref().unwrap();
    assert!(!trace.gradients.is_empty() && !trace.updates.is_empty());
    assert!(!full.health.is_empty());
    let step = full.sub_step.as_ref().unwrap();
    let lists = [&step.row_losses, &step.gradients, &step.before, &step.after];
    assert!(lists.iter().all(|list| !list.is_empty()));
    assert!(full.gradient_flow.is_some());
    assert!(full.histogram.is_some() && full.history.views > 3);
    assert!(!full.past.as_ref().unwrap().values.is_empty());
    assert!(!full.losses.is_empty() && full.evaluations.len() == 3);
    survives(&full);
    survives(&Report::default());
}

#[test]
fn a_training_handed_over_survives_the_way() {
    let mut handover = busy_trainer().hand_over().unwrap();
    let history = &handover.history;
    assert!(history.stamps.len() > 3 && !history.keyframes.is_empty());
    survives(&handover);
    // Its numbers travel as bytes or apart: no step adds more than a few to the rest.
    let packed = pack(handover.clone()).unwrap();
    let codes = handover.history.codes.len();
    handover.history = Box::default();
    let without = pack(handover).unwrap();
    let stamps = packed.bytes.len() - without.bytes.len() - codes;
    assert!(stamps < 2_000, "{stamps}");
}

#[test]
fn the_rows_of_a_table_and_all_lists_travel_apart() {
    let project = irregular();
    let size = |project: &project::Project| {
        let command = Command {
            seq: 1,
            request: Request::Load {
                project: Box::new(project.clone()),
                revision: 1,
            },
        };
        let packed = pack(command).unwrap();
        (packed.bytes.len(), packed.lists.concat().len())
    };
    let (bytes, numbers) = size(&project);
    assert_eq!(numbers, 200 * 5);
    let mut more = project.clone();
    let edit = Edit::InsertRows {
        at: 0,
        rows: (0..100)
            .map(|row| project.table().row(row).unwrap())
            .collect(),
    };
    project::apply(&mut more, &edit).unwrap();
    let (bytes_of_more, numbers_of_more) = size(&more);
    assert_eq!(numbers_of_more, 300 * 5);
    // The lengths are written with a digit more, if at all.
    assert!(bytes_of_more.abs_diff(bytes) <= 5);
}

#[test]
fn a_table_without_columns_keeps_its_rows() {
    let mut project = project::Project::default();
    let table = datasets::Table::new(4);
    project::apply(&mut project, &gesture::replace_data(table)).unwrap();
    survives(&Command {
        seq: 1,
        request: Request::Load {
            project: Box::new(project),
            revision: 0,
        },
    });
}

#[test]
fn numbers_that_do_not_fit_are_refused() {
    let packed = pack(Report {
        values: vec![1.0, 2.0],
        ..Report::default()
    })
    .unwrap();
    let with = |numbers: &[f32]| {
        let mut numbers = numbers;
        unpack::<Report>(&packed.bytes, &mut numbers).unwrap_err()
    };
    assert_eq!(with(&[1.0]), CodecError::NumbersMissing);
    assert_eq!(with(&[1.0, 2.0, 3.0]), CodecError::NumbersLeft);
}

#[test]
fn rows_that_are_no_numbers_are_refused() {
    let load = commands(irregular()).swap_remove(1);
    let packed = pack(load).unwrap();
    let mut numbers = packed.lists.concat();
    numbers[17] = f32::NAN;
    let error = unpack::<Command>(&packed.bytes, &mut numbers.as_slice()).unwrap_err();
    assert!(matches!(error, CodecError::Table(_)), "{error}");
    assert!(error.to_string().contains("no table"), "{error}");
}

#[test]
fn a_length_that_no_memory_holds_is_refused() {
    // Three lists of 2⁴⁰ numbers each.
    let huge = [0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
    let report = pack(Report::default()).unwrap().bytes;
    let mut bytes = vec![3];
    bytes.extend([huge; 3].concat());
    bytes.extend(&report[4..]);
    let error = unpack::<Report>(&bytes, &mut [0.0; 8].as_slice()).unwrap_err();
    assert_eq!(error, CodecError::NumbersMissing);
    // A list of lengths that goes on for 2⁴⁰.
    assert!(unpack::<Report>(&huge, &mut [].as_slice()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn bytes_that_are_no_message_are_refused_in_a_sentence(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        numbers in prop::collection::vec(any::<f32>(), 0..40),
    ) {
        let sentences = [
            unpack::<Command>(&bytes, &mut numbers.as_slice()).err().map(|error| error.to_string()),
            unpack::<Report>(&bytes, &mut numbers.as_slice()).err().map(|error| error.to_string()),
            unpack::<Handover>(&bytes, &mut numbers.as_slice()).err().map(|error| error.to_string()),
        ];
        prop_assert!(sentences.iter().flatten().all(|sentence| sentence.contains("message")));
    }

    #[test]
    fn a_message_with_a_wrong_byte_breaks_nothing(
        at in any::<prop::sample::Index>(),
        to in any::<u8>(),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let messages = MESSAGES.with(Clone::clone);
        for (mut bytes, numbers) in messages {
            let place = at.index(bytes.len());
            bytes[place] = to;
            bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len())));
            unpack::<Command>(&bytes, &mut numbers.as_slice()).ok();
            unpack::<Report>(&bytes, &mut numbers.as_slice()).ok();
            unpack::<Handover>(&bytes, &mut numbers.as_slice()).ok();
        }
    }
}

thread_local! {
    /// A load, a patch, a report and a handover, packed once.
    static MESSAGES: Vec<(Vec<u8>, Vec<f32>)> = {
        let mut requests = requests();
        let patch = Command { seq: 2, request: requests.swap_remove(1) };
        let load = Command { seq: 1, request: requests.swap_remove(0) };
        let report = busy_trainer().take_report().unwrap();
        let handover = busy_trainer().hand_over().unwrap();
        [pack(patch), pack(load), pack(report), pack(handover)]
            .map(|packed| packed.unwrap())
            .map(|packed| (packed.bytes, packed.lists.concat()))
            .to_vec()
    };
}
