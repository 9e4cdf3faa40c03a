//! The conversation: credits, instruments, revisions, and the form messages travel in.

mod common;

use common::{Asker, bits, curved, xor};
use engine::{
    CloseUp, Command, Evaluation, Health, MapRequest, Mapped, MetricName, Part, ProbeRequest,
    Report, Request, Status, TraceRequest, TraceRow, Trainer, WorkBudget,
};
use network::NodeId;
use project::Edit;

fn maps(resolution: u32) -> MapRequest {
    MapRequest {
        x: NodeId(0),
        y: NodeId(1),
        x_range: [0.0, 1.0],
        y_range: [0.0, 1.0],
        resolution,
        fixed: Vec::new(),
        nodes: Mapped::All,
        close: None,
    }
}

fn whole_trace() -> TraceRequest {
    TraceRequest {
        id: 3,
        row: TraceRow::Table(1),
        with_gradients: true,
        with_update: true,
    }
}

#[test]
fn health_is_a_number_of_a_byte_and_an_unknown_one_is_refused() {
    let all = [
        Health::Fine,
        Health::Dead,
        Health::Saturated,
        Health::Vanishing,
        Health::Exploding,
    ];
    for (code, health) in (0_u8..).zip(all) {
        assert_eq!(postcard::to_stdvec(&health).unwrap(), [code]);
        assert_eq!(postcard::from_bytes::<Health>(&[code]).unwrap(), health);
    }
    assert!(postcard::from_bytes::<Health>(&[5]).is_err());
}

#[test]
fn without_credit_it_trains_on_and_stays_silent() {
    let mut asker = Asker::with(xor(1));
    asker.ask(Request::Train { epochs: Some(40) });
    let mut reports = 0;
    while asker.trainer.advance(WorkBudget(1)).has_more {
        reports += usize::from(asker.trainer.take_report().is_some());
    }
    assert_eq!(reports, 2);
    assert_eq!(asker.trainer.take_report(), None);
    // One more credit brings the newest state and every loss that was not told.
    let report = asker.report();
    assert_eq!((report.epochs, report.status), (40, Status::Finished));
    assert_eq!(report.losses.last().map(|loss| loss.epoch), Some(40));
    assert!(report.losses.len() >= 37);
    // Nothing is new now, so another credit brings nothing.
    asker.ask(Request::Credit(1));
    assert_eq!(asker.trainer.take_report(), None);
}

#[test]
fn every_epoch_is_told_once() {
    let mut asker = Asker::with(xor(1));
    asker.ask(Request::Train { epochs: Some(25) });
    let mut told = Vec::new();
    while asker.trainer.advance(WorkBudget(500)).has_more {
        told.extend(asker.report().losses.iter().map(|loss| loss.epoch));
    }
    told.extend(asker.report().losses.iter().map(|loss| loss.epoch));
    assert_eq!(told, (1..=25).collect::<Vec<_>>());
}

#[test]
fn a_probe_is_answered_at_once_while_training_runs() {
    let mut asker = Asker::with(xor(1));
    asker.ask(Request::Train { epochs: None });
    asker.trainer.advance(WorkBudget(1));
    let probe = |id, a| {
        Request::Probe(ProbeRequest {
            id,
            inputs: vec![(NodeId(0), a), (NodeId(1), 0.25)],
        })
    };
    asker.ask(probe(1, 0.0));
    asker.ask(probe(2, 0.75));
    asker.trainer.advance(WorkBudget(1));
    let report = asker.report();
    assert_eq!(report.ack_seq, asker.seq);
    assert_eq!(report.status, Status::Training);
    let answer = report.probe.expect("the latest");
    assert_eq!(answer.id, 2);
    assert_eq!(answer.nodes.len(), 7);
    assert_eq!(answer.nodes[0], (NodeId(0), vec![0.75]));
    // What the wires carry is what the probe put in.
    assert_eq!(report.signals[..2], [0.75, 0.25]);
    assert_eq!(report.signals.len(), 7);
    let (_, output) = &answer.nodes[6];
    assert!((0.0..=1.0).contains(&output[0]));
    assert_eq!(report.signals[6], output[0]);
}

#[test]
fn a_probe_takes_the_units_of_the_data() {
    let mut scaled = curved(1);
    let mut settings = scaled.training().clone();
    settings.input_scaling = project::InputScaling::Standardise;
    project::apply(&mut scaled, &Edit::SetTraining(settings)).unwrap();
    let mut asker = Asker::with(scaled.clone());
    asker.train(3);
    asker.ask(Request::Evaluate(Part::Train));
    asker.finish(WorkBudget::UNLIMITED);
    let report = asker.report();
    let evaluation = &report.evaluations[0];
    let prediction = &evaluation.predictions[5];
    let inputs = (0..3).map(|node| {
        let id = project::column_of(NodeId(node));
        let value = scaled
            .table()
            .value(prediction.row as usize, id, 0)
            .unwrap();
        (NodeId(node), value)
    });
    let inputs = inputs.collect();
    asker.ask(Request::Probe(ProbeRequest { id: 9, inputs }));
    asker.finish(WorkBudget::UNLIMITED);
    let answer = asker.report().probe.expect("asked for");
    let outputs: Vec<f32> = [40, 41]
        .map(|id| {
            answer
                .nodes
                .iter()
                .find(|(node, _)| *node == NodeId(id))
                .unwrap()
                .1[0]
        })
        .to_vec();
    for (probed, predicted) in outputs.iter().zip(&prediction.outputs) {
        assert!((probed - predicted).abs() < 1e-6, "{probed} {predicted}");
    }
    assert_eq!(evaluation.rows, 210);
}

#[test]
fn maps_show_the_plane_and_follow_training() {
    let mut asker = Asker::with(xor(1));
    asker.ask(Request::Maps(maps(9)));
    asker.finish(WorkBudget(1));
    let first = asker.report().maps.expect("asked for");
    assert_eq!(first.nodes.len(), 7);
    assert_eq!(first.cells.len(), 7 * 81);
    // Row by row from low y: x rises along a row, y from row to row.
    assert_eq!(first.cells[..3], [0.0, 0.125, 0.25]);
    assert_eq!(first.cells[81 + 9], 0.125);
    // Nothing changed, so there is nothing to draw again.
    assert!(!asker.trainer.advance(WorkBudget::UNLIMITED).has_more);
    asker.train(1);
    let second = asker.report().maps.expect("the numbers changed");
    assert_ne!(bits(&first.cells), bits(&second.cells));
    // At a corner it says what a probe says.
    let corner = vec![(NodeId(0), 1.0), (NodeId(1), 1.0)];
    asker.ask(Request::Probe(ProbeRequest {
        id: 1,
        inputs: corner,
    }));
    asker.finish(WorkBudget::UNLIMITED);
    let answer = asker.report().probe.expect("asked for");
    assert_eq!(second.cells[7 * 81 - 1], answer.nodes[6].1[0]);
    asker.ask(Request::StopMaps);
    asker.train(1);
    assert_eq!(asker.report().maps, None);
}

#[test]
fn a_map_over_something_that_is_no_input_is_refused() {
    let mut asker = Asker::with(xor(1));
    asker.ask(Request::Maps(MapRequest {
        y: NodeId(5),
        ..maps(9)
    }));
    assert!(asker.report().fault.is_some());
    assert!(!asker.trainer.advance(WorkBudget::UNLIMITED).has_more);
    // A resolution out of range is brought into it.
    asker.ask(Request::Maps(maps(u32::MAX)));
    asker.finish(WorkBudget::UNLIMITED);
    let drawn = asker.report().maps.expect("asked for");
    assert_eq!(drawn.request.resolution, MapRequest::MAX_RESOLUTION);
}

#[test]
fn maps_of_chosen_nodes_are_those_of_all() {
    let mut asker = Asker::with(xor(1));
    let mut drawn = |nodes| {
        asker.ask(Request::Maps(MapRequest { nodes, ..maps(9) }));
        asker.finish(WorkBudget::UNLIMITED);
        asker.report().maps.expect("asked for")
    };
    let all = drawn(Mapped::All);
    // In the order asked for, each once, and what is not there is left out.
    let chosen = [4, 99, 0, 4, 6].map(NodeId).to_vec();
    let these = drawn(Mapped::These(chosen));
    assert_eq!(these.nodes, [4, 0, 6].map(NodeId));
    for (node, cells) in these.nodes.iter().zip(these.cells.chunks_exact(81)) {
        let first = node.0 as usize * 81;
        assert_eq!(bits(cells), bits(&all.cells[first..first + 81]));
    }
    assert_eq!(drawn(Mapped::Outputs).nodes, [NodeId(6)]);
    assert!(drawn(Mapped::These(Vec::new())).cells.is_empty());
}

/// Maps of the outputs, and these nodes looked at closely.
fn close_up(nodes: &[u32], resolution: u32, rows: Vec<u32>) -> MapRequest {
    MapRequest {
        nodes: Mapped::Outputs,
        close: Some(CloseUp {
            nodes: nodes.iter().copied().map(NodeId).collect(),
            resolution,
            rows,
        }),
        ..maps(3)
    }
}

#[test]
fn a_close_up_says_at_each_row_what_a_probe_of_that_row_says() {
    let project = xor(1);
    let table = project.table().clone();
    let mut asker = Asker::with(project);
    asker.train(20);
    asker.ask(Request::Maps(close_up(&[6, 3, 77, 3], 17, vec![3, 99, 1])));
    asker.finish(WorkBudget(1));
    let answer = asker.report().maps.expect("asked for");
    assert_eq!(answer.nodes, [NodeId(6)]);
    assert_eq!(answer.cells.len(), 9);
    let wanted = answer.request.close.expect("asked for");
    assert_eq!(wanted.nodes, [6, 3].map(NodeId));
    assert_eq!(wanted.rows, [3, 1], "there is no row 99");
    let close = answer.close;
    assert_eq!(close.nodes, wanted.nodes);
    assert_eq!(close.cells.len(), 2 * 17 * 17);
    assert_eq!((close.values.len(), close.is_right.len()), (4, 2));
    for (place, &row) in wanted.rows.iter().enumerate() {
        let inputs: Vec<(NodeId, f32)> = [0, 1]
            .map(|id| {
                let column = project::column_of(NodeId(id));
                (NodeId(id), table.value(row as usize, column, 0).unwrap())
            })
            .to_vec();
        // Inputs are 0 or 1: a corner of the map.
        let corner = |value: f32| value as usize * 16;
        let cell = corner(inputs[1].1) * 17 + corner(inputs[0].1);
        let target = table.value(row as usize, project::column_of(NodeId(6)), 0);
        asker.ask(Request::Probe(ProbeRequest { id: 1, inputs }));
        asker.finish(WorkBudget::UNLIMITED);
        let probed = asker.report().probe.expect("asked for");
        for (index, node) in [6, 3].into_iter().enumerate() {
            let expected = probed.nodes[node].1[0];
            assert_eq!(close.values[index * 2 + place], expected);
            assert_eq!(close.cells[index * 289 + cell], expected);
        }
        let answer = probed.nodes[6].1[0];
        assert_eq!(
            close.is_right[place],
            (answer > 0.5) == (target == Some(1.0))
        );
    }
}

#[test]
fn a_map_over_one_input_varies_from_left_to_right_alone() {
    let mut asker = Asker::with(xor(1));
    asker.ask(Request::Maps(MapRequest {
        y: NodeId(0),
        fixed: vec![(NodeId(1), 1.0)],
        ..close_up(&[6], 5, Vec::new())
    }));
    asker.finish(WorkBudget(1));
    let line = asker.report().maps.expect("asked for");
    let rows: Vec<&[f32]> = line.close.cells.chunks_exact(5).collect();
    assert_eq!((line.cells.len(), rows.len()), (9, 5));
    assert!(rows.iter().all(|row| *row == rows[0]), "{rows:?}");
    assert!(rows[0][0] != rows[0][4]);
    asker.ask(Request::Probe(ProbeRequest {
        id: 1,
        inputs: vec![(NodeId(0), 0.75), (NodeId(1), 1.0)],
    }));
    asker.finish(WorkBudget::UNLIMITED);
    let probed = asker.report().probe.expect("asked for");
    assert_eq!(rows[0][3], probed.nodes[6].1[0]);
    // And with nothing looked at closely.
    asker.ask(Request::Maps(MapRequest {
        y: NodeId(0),
        ..maps(3)
    }));
    asker.finish(WorkBudget(1));
    let line = asker.report().maps.expect("asked for");
    assert_eq!((line.cells.len(), line.close.cells.len()), (7 * 9, 0));
}

#[test]
fn a_close_up_of_too_much_is_brought_down_to_what_may_be_asked() {
    let mut asker = Asker::with(xor(1));
    let rows = vec![2; CloseUp::MAX_ROWS + 5];
    asker.ask(Request::Maps(close_up(
        &[0, 1, 2, 3, 4, 5, 6],
        u32::MAX,
        rows,
    )));
    asker.finish(WorkBudget::UNLIMITED);
    let answer = asker.report().maps.expect("asked for");
    let wanted = answer.request.close.expect("asked for");
    assert_eq!(wanted.resolution, MapRequest::MAX_RESOLUTION);
    assert_eq!(wanted.rows.len(), CloseUp::MAX_ROWS);
    assert_eq!(answer.close.values.len(), 7 * CloseUp::MAX_ROWS);
}

#[test]
fn maps_of_many_nodes_get_coarser_instead_of_larger_than_memory() {
    let network = common::layered(
        &[2, 1_000, 1],
        network::Activation::Tanh,
        network::Activation::Linear,
        1,
    );
    let rows = [(vec![0.0, 1.0], vec![1.0])];
    let settings = project::TrainingSettings::default();
    let project = common::project(network, &rows, common::all_training(), settings);
    let mut asker = Asker::with(project);
    asker.ask(Request::Maps(maps(MapRequest::MAX_RESOLUTION)));
    asker.finish(WorkBudget::UNLIMITED);
    let drawn = asker.report().maps.expect("asked for");
    assert_eq!(drawn.nodes.len(), 1_003);
    let resolution = drawn.request.resolution as usize;
    assert_eq!(drawn.cells.len(), 1_003 * resolution * resolution);
    assert!(drawn.cells.len() <= MapRequest::MAX_CELLS);
    assert_eq!(resolution, 91);
}

#[test]
fn an_evaluation_counts_classes_and_their_confusion() {
    let mut asker = Asker::with(xor(2));
    asker.train(300);
    asker.ask(Request::Evaluate(Part::Train));
    asker.ask(Request::Evaluate(Part::Test));
    asker.finish(WorkBudget(1));
    let report = asker.report();
    let [train, test]: [Evaluation; 2] = report.evaluations.try_into().expect("two were asked");
    assert_eq!((train.part, train.rows), (Part::Train, 4));
    assert_eq!(train.metric(MetricName::Accuracy), Some(1.0));
    let confusion = train.confusion.expect("two classes");
    assert_eq!(confusion.classes, ["0", "1"]);
    assert_eq!(confusion.counts, [2, 0, 0, 2]);
    assert!(
        train
            .predictions
            .iter()
            .all(|row| row.is_right == Some(true))
    );
    let mean = train.predictions.iter().map(|row| row.loss).sum::<f32>() / 4.0;
    assert!((mean - train.loss.expect("rows")).abs() < 1e-6);
    // An empty part has nothing to say, and says so.
    assert_eq!((test.rows, test.loss), (0, None));
    assert!(test.metrics.is_empty() && test.confusion.is_none());
}

#[test]
fn regression_is_measured_by_distance_and_explained_variance() {
    let mut asker = Asker::with(curved(1));
    asker.train(60);
    asker.ask(Request::Evaluate(Part::Test));
    asker.finish(WorkBudget::UNLIMITED);
    let report = asker.report();
    let evaluation = &report.evaluations[0];
    let squared = evaluation.metric(MetricName::MeanSquaredError).unwrap();
    assert!((squared - evaluation.loss.unwrap()).abs() < 1e-6);
    let explained = evaluation.metric(MetricName::RSquared).unwrap();
    assert!(explained > 0.8 && explained <= 1.0, "{explained}");
    assert!(evaluation.metric(MetricName::MeanAbsoluteError).unwrap() > 0.0);
    assert_eq!(evaluation.confusion, None);
    // The last epoch's validation loss is a full pass over that part.
    asker.ask(Request::Evaluate(Part::Validation));
    asker.finish(WorkBudget::UNLIMITED);
    let validation = asker.report().evaluations[0].loss;
    let told = report.losses.last().and_then(|loss| loss.validation);
    assert_eq!(validation.map(f32::to_bits), told.map(f32::to_bits));
}

#[test]
fn a_patch_on_another_revision_asks_for_the_project() {
    let mut asker = Asker::with(xor(1));
    asker.revision = 3;
    asker.patch(vec![Edit::RemoveNode(NodeId(4))]);
    let fault = asker.report().fault.expect("told");
    assert!(fault.needs_load);
    assert!(fault.sentence.contains("revision 0"), "{}", fault.sentence);
    let project = Box::new(xor(1));
    asker.ask(Request::Load {
        project,
        revision: 4,
    });
    let report = asker.report();
    assert_eq!((report.revision, report.status), (4, Status::Idle));
    assert_eq!(report.values.len(), 17);
}

#[test]
fn pause_stops_and_train_goes_on_from_there() {
    let mut asker = Asker::with(curved(1));
    asker.ask(Request::Train { epochs: None });
    for _ in 0..6 {
        asker.trainer.advance(WorkBudget(1));
    }
    asker.ask(Request::Pause);
    assert!(!asker.trainer.advance(WorkBudget::UNLIMITED).has_more);
    let report = asker.report();
    assert_eq!(report.status, Status::Paused);
    assert_eq!(
        (report.batch, report.batches, report.rows_per_epoch),
        (0, 3, 210)
    );
    assert_eq!(report.epochs, 1);
    asker.ask(Request::TrainOneEpoch);
    asker.finish(WorkBudget::UNLIMITED);
    assert_eq!(asker.report().epochs, 2);
    // To the settings' ten in all; then that many more.
    asker.ask(Request::Train { epochs: None });
    asker.finish(WorkBudget::UNLIMITED);
    assert_eq!(asker.report().epochs, 10);
    asker.ask(Request::Train { epochs: None });
    asker.finish(WorkBudget::UNLIMITED);
    assert_eq!(asker.report().epochs, 20);
}

#[test]
fn values_are_sent_only_when_they_changed() {
    let mut asker = Asker::with(xor(1));
    assert_eq!(asker.report().values.len(), 17);
    asker.ask(Request::Probe(ProbeRequest::default()));
    asker.finish(WorkBudget::UNLIMITED);
    assert!(asker.report().values.is_empty());
    asker.train(1);
    let report = asker.report();
    assert_eq!((report.values.len(), report.gradients.len()), (17, 17));
    assert_eq!(report.signals.len(), 7);
    assert!(report.batch_loss.is_some());
}

#[test]
fn all_messages_survive_the_wire() {
    let mut asker = Asker::with(xor(1));
    asker.ask(Request::Maps(maps(4)));
    asker.ask(Request::Train { epochs: Some(2) });
    asker.ask(Request::Probe(ProbeRequest::default()));
    asker.ask(Request::Evaluate(Part::Train));
    asker.ask(Request::Trace(whole_trace()));
    asker.finish(WorkBudget::UNLIMITED);
    asker.ask(Request::Checkpoint);
    let report = asker.report();
    assert!(report.trace.is_some() && report.health.len() == 7);
    let bytes = postcard::to_stdvec(&report).unwrap();
    assert_eq!(postcard::from_bytes::<Report>(&bytes).unwrap(), report);
    let checkpoint = report.checkpoint.expect("asked for");
    let requests = [
        Request::Load {
            project: Box::new(curved(1)),
            revision: 7,
        },
        Request::Patch {
            base_revision: 7,
            revision: 8,
            edits: vec![
                Edit::RemoveNode(NodeId(3)),
                Edit::SetSplit(common::all_training()),
            ],
        },
        Request::Train { epochs: None },
        Request::TrainOneEpoch,
        Request::Pause,
        Request::Probe(ProbeRequest {
            id: 1,
            inputs: vec![(NodeId(2), 0.5)],
        }),
        Request::Maps(maps(8)),
        Request::Maps(MapRequest {
            nodes: Mapped::These(vec![NodeId(4)]),
            ..maps(8)
        }),
        Request::Trace(whole_trace()),
        Request::LearnRow(TraceRow::Table(1)),
        Request::LearnRow(TraceRow::ByHand {
            inputs: vec![(NodeId(0), 0.5)],
            targets: vec![(NodeId(6), 1.0)],
        }),
        Request::StopMaps,
        Request::Evaluate(Part::Validation),
        Request::Checkpoint,
        Request::Resume(checkpoint),
        Request::Credit(3),
    ];
    for (seq, request) in (1..).zip(requests) {
        let command = Command { seq, request };
        let bytes = postcard::to_stdvec(&command).unwrap();
        assert_eq!(postcard::from_bytes::<Command>(&bytes).unwrap(), command);
    }
}

#[test]
fn a_trainer_may_move_between_threads() {
    fn is_send<T: Send + 'static>() {}
    is_send::<Trainer>();
}

#[test]
fn it_trains_as_many_batches_as_are_allowed_and_then_waits() {
    let mut asker = Asker::with(xor(1));
    asker.ask(Request::Allow(Some(7)));
    asker.ask(Request::Train { epochs: Some(40) });
    while asker.trainer.advance(WorkBudget(1)).has_more {}
    let report = asker.report();
    let done = report.epochs * report.batches + report.batch;
    assert_eq!((done, report.status), (7, Status::Training));
    // What was allowed before is not added to, but replaced.
    asker.ask(Request::Allow(Some(5)));
    asker.ask(Request::Allow(Some(2)));
    while asker.trainer.advance(WorkBudget(1)).has_more {}
    let report = asker.report();
    assert_eq!(report.epochs * report.batches + report.batch, 9);
    asker.ask(Request::Allow(None));
    while asker.trainer.advance(WorkBudget::UNLIMITED).has_more {}
    assert_eq!(asker.report().status, Status::Finished);
}

#[test]
fn being_held_back_changes_nothing_that_is_learned() {
    let learned = |allowed: Option<u32>| {
        let mut asker = Asker::with(xor(3));
        asker.ask(Request::Allow(allowed));
        asker.ask(Request::Train { epochs: Some(20) });
        loop {
            while asker.trainer.advance(WorkBudget::UNLIMITED).has_more {}
            if asker.trainer.status() == Status::Finished {
                break;
            }
            asker.ask(Request::Allow(allowed));
        }
        asker.report().values
    };
    assert_eq!(learned(Some(3)), learned(None));
}
