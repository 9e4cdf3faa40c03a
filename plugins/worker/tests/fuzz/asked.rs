//! What the kept scenarios are made of: two projects, and all that the app asks of them.

use engine::{
    CloseUp, Command, HistogramRequest, MapRequest, Mapped, Measured, Part, Phase, ProbeRequest,
    Request, SubStepRequest, TraceRequest, TraceRow,
};
use network::{Activation, EdgeId, ElementId, KindId, Kinds, NodeId};
use project::{Edit, Project, apply, file, gesture};

use crate::fuzz::scenario::Scenario;

pub fn small() -> Project {
    file::read(
        include_bytes!("../corpus/projects/small.ron"),
        &Kinds::default(),
    )
    .unwrap()
}

pub fn xor() -> Project {
    file::read(
        include_bytes!("../../../../assets/examples/xor-table.ron"),
        &Kinds::default(),
    )
    .unwrap()
}

pub fn load(project: Project) -> Request {
    let project = Box::new(project);
    Request::Load {
        project,
        revision: 1,
    }
}

pub fn patch(edits: Vec<Edit>) -> Request {
    Request::Patch {
        base_revision: 1,
        revision: 2,
        edits,
    }
}

pub fn scenario(requests: Vec<Request>) -> Scenario {
    let commands = requests.into_iter().zip(1..);
    Scenario::of(
        commands
            .map(|(request, seq)| Command { seq, request })
            .collect(),
    )
}

/// What the instruments are asked.
pub fn questions() -> Vec<Request> {
    let row = TraceRow::Table(2);
    let by_hand = TraceRow::ByHand {
        inputs: vec![(NodeId(0), 0.5), (NodeId(1), f32::NAN)],
        targets: vec![(NodeId(4), 1.0)],
    };
    let trace = |id, row: &TraceRow| TraceRequest {
        id,
        row: row.clone(),
        with_gradients: true,
        with_update: true,
    };
    let histogram = |id, of| HistogramRequest {
        id,
        of,
        node: None,
        bins: 8,
    };
    let sub_step = |id, until| Request::SubStep(SubStepRequest { id, until });
    vec![
        Request::Probe(ProbeRequest {
            id: 1,
            inputs: vec![(NodeId(0), 0.25)],
        }),
        Request::Trace(trace(2, &row)),
        Request::Trace(trace(3, &by_hand)),
        Request::LearnRow(row),
        Request::LearnRow(by_hand),
        Request::Maps(MapRequest {
            x: NodeId(0),
            y: NodeId(1),
            x_range: [0.0, 1.0],
            y_range: [-1.0, 1.0],
            resolution: 5,
            fixed: vec![(NodeId(1), 0.25)],
            nodes: Mapped::All,
            close: Some(CloseUp {
                nodes: vec![NodeId(4)],
                resolution: 3,
                rows: vec![0, 2],
            }),
        }),
        Request::Histogram(histogram(4, Measured::Weights)),
        Request::Histogram(histogram(5, Measured::Gradients)),
        Request::Histogram(histogram(6, Measured::LastActivations)),
        Request::Histogram(histogram(7, Measured::Activations(Part::Validation))),
        sub_step(8, Phase::Backward),
        Request::StopMaps,
        sub_step(9, Phase::Update),
    ]
}

pub fn training() -> Vec<Request> {
    vec![
        Request::Allow(Some(20)),
        Request::Train { epochs: None },
        Request::LookBack(1),
        Request::GoBack(2),
        Request::Train { epochs: Some(2) },
        Request::Pause,
        Request::TrainOneEpoch,
        Request::Evaluate(Part::Train),
        Request::Evaluate(Part::Validation),
        Request::Evaluate(Part::Test),
        Request::Checkpoint,
        Request::SetHistoryBudget(4_000),
        Request::Credit(3),
        Request::Allow(None),
    ]
}

/// Edits of the small project, each on what the ones before it made.
pub fn edits() -> Vec<Edit> {
    let gestures: [fn(&Project) -> Edit; 11] = [
        |project| gesture::set_value(project, ElementId::bias(NodeId(2)), 0.5),
        |_| Edit::SetActivation(NodeId(2), Activation::Gaussian),
        |_| Edit::SetFrozen {
            id: ElementId::weight(EdgeId(0)),
            is_frozen: true,
        },
        |_| Edit::SetPruned {
            id: ElementId::weight(EdgeId(1)),
            is_pruned: true,
        },
        gesture::add_row,
        |_| Edit::SetCell {
            row: 1,
            node: NodeId(0),
            element: 0,
            value: 3.5,
        },
        |_| Edit::RemoveRows { at: 0, count: 1 },
        |project| gesture::add_neuron(project, KindId::INPUT, [0.0, 0.0]),
        |_| Edit::RemoveEdge(EdgeId(8)),
        gesture::reset,
        |project| {
            Edit::Batch(vec![
                gesture::add_neuron(project, KindId::HIDDEN, [1.0, 2.0]),
                Edit::Rename(NodeId(3), "new".to_owned()),
                Edit::SetTraining(xor().training().clone()),
                Edit::RemoveNode(NodeId(6)),
            ])
        },
    ];
    let mut project = small();
    let make = |gesture: fn(&Project) -> Edit| {
        let edit = gesture(&project);
        apply(&mut project, &edit).unwrap();
        edit
    };
    gestures.map(make).to_vec()
}

/// A list of edits in a list of edits, so deep.
pub fn nested(depth: usize) -> Edit {
    (0..depth).fold(Edit::RemoveNode(NodeId(2)), |edit, _| {
        Edit::Batch(vec![edit])
    })
}
