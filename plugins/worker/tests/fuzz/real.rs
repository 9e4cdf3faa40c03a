//! The kept scenarios that are made by the program: commands as the app sends them, and what can become of them.

use engine::{
    Checkpoint, CloseUp, HistogramRequest, MapRequest, Mapped, Measured, OptimizerState, Progress,
    Request, TraceRequest, TraceRow,
};
use network::{EdgeId, ElementId, NodeId, Snapshot};
use project::{Edit, Learned, Project};
use worker::Packed;

use crate::fuzz::scenario::Scenario;

use crate::asked::{edits, load, nested, patch, questions, scenario, small, training, xor};

fn changed(mut scenario: Scenario, change: impl FnOnce(&mut Packed)) -> Scenario {
    change(scenario.0.last_mut().unwrap());
    scenario
}

/// A number as postcard writes it.
fn varint(number: u64) -> Vec<u8> {
    postcard::to_stdvec(&number).unwrap()
}

/// Name, what it is about, and the scenario.
pub fn scenarios() -> Vec<(String, String, Scenario)> {
    let behind = |project: fn() -> Project, requests: Vec<Request>| {
        scenario(std::iter::once(load(project())).chain(requests).collect())
    };
    let resume = |change: fn(&mut Checkpoint)| {
        let count = small().network().parameter_count();
        let mut checkpoint = Checkpoint {
            values: vec![0.1; count],
            optimizer: OptimizerState {
                steps: 3,
                first: vec![0.0; count],
                second: vec![0.0; count],
            },
            progress: Progress {
                epochs: 2,
                ..Progress::default()
            },
            best: Vec::new(),
        };
        change(&mut checkpoint);
        let train = Request::Train { epochs: Some(1) };
        behind(small, vec![Request::Resume(Box::new(checkpoint)), train])
    };
    let restore = |values: Vec<f32>| {
        let snapshot = Snapshot {
            starts: values.clone(),
            values,
        };
        behind(
            small,
            vec![patch(vec![Edit::Restore(Box::new(Learned {
                snapshot,
                epochs: 1,
            }))])],
        )
    };
    let whole = || behind(small, vec![Request::Train { epochs: Some(1) }]);
    let only_load = || scenario(vec![load(small())]);
    // Two counts, five lengths of columns of six rows, then the structure.
    let all = [
        (
            "load-and-train",
            "Everything that has to do with training, of a small project.",
            behind(small, training()),
        ),
        (
            "load-xor",
            "The same of a shipped example.",
            behind(xor, training()),
        ),
        (
            "instruments",
            "Everything that instruments can be asked.",
            behind(small, questions()),
        ),
        ("edits", "An edit of most kinds, one message each.", {
            let edits = edits().into_iter().zip(1..);
            let patches = edits.map(|(edit, revision)| Request::Patch {
                base_revision: revision,
                revision: revision + 1,
                edits: vec![edit],
            });
            behind(small, patches.collect())
        }),
        (
            "nothing-loaded",
            "Asked without a project.",
            scenario(training().into_iter().chain(questions()).collect()),
        ),
        (
            "wrong-revision",
            "An edit of a project that the engine has not.",
            behind(
                small,
                vec![Request::Patch {
                    base_revision: 7,
                    revision: 8,
                    edits: Vec::new(),
                }],
            ),
        ),
        (
            "no-such-neuron",
            "An edit of what is not there.",
            behind(small, vec![patch(vec![Edit::RemoveNode(NodeId(99))])]),
        ),
        (
            "no-number",
            "A weight that is no number.",
            behind(
                small,
                vec![patch(vec![Edit::SetValue {
                    id: ElementId::weight(EdgeId(0)),
                    value: f32::NAN,
                    start: 0.0,
                }])],
            ),
        ),
        (
            "no-numbers",
            "All weights infinite.",
            restore(vec![f32::INFINITY; small().network().parameter_count()]),
        ),
        (
            "too-few-numbers",
            "A restore of two numbers.",
            restore(vec![1.0, 2.0]),
        ),
        (
            "largest-numbers",
            "All weights as large as can be, then a step.",
            {
                let count = small().network().parameter_count();
                let mut scenario = restore(vec![f32::MAX; count]);
                scenario
                    .0
                    .extend(self::scenario(vec![Request::Train { epochs: Some(1) }]).0);
                scenario
            },
        ),
        ("resume", "A checkpoint goes on.", resume(|_| ())),
        (
            "resume-nan",
            "A checkpoint with a number that is none.",
            resume(|c| c.values[0] = f32::NAN),
        ),
        (
            "resume-memory",
            "A checkpoint whose optimiser remembers what is no number.",
            resume(|c| c.optimizer.second.fill(f32::NAN)),
        ),
        (
            "resume-short-memory",
            "A checkpoint whose optimiser remembers too little.",
            resume(|c| c.optimizer.first.truncate(2)),
        ),
        (
            "resume-best",
            "A checkpoint whose best numbers are too few.",
            resume(|c| c.best = vec![1.0]),
        ),
        (
            "resume-late",
            "A checkpoint from the last epoch there can be.",
            resume(|c| {
                c.progress.epochs = u32::MAX;
                c.progress.batch = u32::MAX;
                c.progress.epoch.rows = u32::MAX;
                c.optimizer.steps = u64::from(u32::MAX) as _;
            }),
        ),
        (
            "resume-plateau",
            "A checkpoint whose learning rate was scaled by no number.",
            resume(|c| c.progress.plateau.scale = f64::NAN),
        ),
        (
            "many-epochs",
            "As many epochs as can be asked for.",
            behind(
                small,
                vec![Request::Train {
                    epochs: Some(u32::MAX),
                }],
            ),
        ),
        (
            "large-answers",
            "Maps, histograms and steps back far beyond what there is.",
            behind(
                small,
                vec![
                    Request::Maps(MapRequest {
                        x: NodeId(0),
                        y: NodeId(0),
                        x_range: [f32::NEG_INFINITY, f32::MAX],
                        y_range: [f32::NAN, 0.0],
                        resolution: u32::MAX,
                        fixed: vec![(NodeId(u32::MAX), f32::NAN)],
                        nodes: Mapped::These((0..u32::from(u8::MAX)).map(NodeId).collect()),
                        close: Some(CloseUp {
                            nodes: vec![NodeId(4)],
                            resolution: u32::MAX,
                            rows: vec![u32::MAX],
                        }),
                    }),
                    Request::Histogram(HistogramRequest {
                        id: 1,
                        of: Measured::Biases,
                        node: Some(NodeId(77)),
                        bins: u32::MAX,
                    }),
                    Request::SetHistoryBudget(u64::MAX),
                    Request::LookBack(u64::MAX),
                    Request::GoBack(u64::MAX),
                    Request::Trace(TraceRequest {
                        id: 2,
                        row: TraceRow::Table(u32::MAX),
                        with_gradients: true,
                        with_update: true,
                    }),
                ],
            ),
        ),
        (
            "empty",
            "A message without a byte.",
            changed(whole(), |message| {
                *message = Packed {
                    bytes: Vec::new(),
                    lists: vec![Vec::new()],
                }
            }),
        ),
        (
            "unknown-request",
            "A request of no known kind.",
            changed(whole(), |message| message.bytes = vec![0, 1, 0x7f]),
        ),
        (
            "truncated",
            "A project that ends halfway.",
            changed(only_load(), |message| {
                message.bytes.truncate(message.bytes.len() / 2);
            }),
        ),
        (
            "bit-flipped",
            "A project with a bit turned over in each 40th byte.",
            changed(only_load(), |message| {
                message
                    .bytes
                    .iter_mut()
                    .step_by(40)
                    .for_each(|byte| *byte ^= 0x10);
            }),
        ),
        (
            "longer",
            "A message with a byte behind its end.",
            changed(whole(), |message| message.bytes.push(0)),
        ),
        (
            "numbers-missing",
            "A project whose table has a number too few.",
            changed(only_load(), |message| {
                message.lists[0].pop();
            }),
        ),
        (
            "numbers-left",
            "A project whose table has a number too many.",
            changed(only_load(), |message| message.lists[0].push(1.0)),
        ),
        (
            "table-nan",
            "A table with a number that is none.",
            changed(only_load(), |message| message.lists[0][3] = f32::NAN),
        ),
        (
            "huge-length",
            "A list of 2⁴⁰ numbers.",
            changed(only_load(), |message| {
                message.bytes.splice(1..2, varint(1 << 40));
            }),
        ),
        (
            "huge-lengths",
            "2⁶⁴ − 1 lists.",
            changed(only_load(), |message| {
                message.bytes.splice(0..1, varint(u64::MAX));
            }),
        ),
        (
            "huge-count",
            "2⁴⁰ edits, of which none follows.",
            changed(behind(small, vec![patch(Vec::new())]), |message| {
                message.bytes.pop();
                message.bytes.extend(varint(1 << 40));
            }),
        ),
        (
            "go-back-without-rows",
            "A step back where nothing can be learned from: once it never came back.",
            {
                let request = patch(vec![Edit::RemoveRows { at: 0, count: 6 }]);
                behind(
                    small,
                    vec![request, Request::GoBack(0), Request::TrainOneEpoch],
                )
            },
        ),
        (
            "nested",
            "Edits in each other, as deep as may be.",
            behind(small, vec![patch(vec![nested(Edit::MOST_NESTED)])]),
        ),
        (
            "nested-deeper",
            "Edits in each other, one deeper.",
            behind(small, vec![patch(vec![nested(Edit::MOST_NESTED + 1)])]),
        ),
        (
            "nested-endlessly",
            "Edits in each other, 5,000 deep: once the stack did not suffice.",
            {
                let shallow = behind(small, vec![patch(vec![nested(2)])]);
                changed(shallow, |message| {
                    let inner = postcard::to_stdvec(&nested(0)).unwrap();
                    let batch = postcard::to_stdvec(&nested(1)).unwrap();
                    let batch = batch[..batch.len() - inner.len()].to_vec();
                    let at = message.bytes.len() - inner.len();
                    message.bytes.splice(at..at, batch.repeat(5_000));
                })
            },
        ),
        (
            "nested-counts",
            "Edits in each other, each list of 2⁴⁰.",
            {
                let shallow = behind(small, vec![patch(vec![nested(1)])]);
                changed(shallow, |message| {
                    let inner = postcard::to_stdvec(&nested(0)).unwrap();
                    let mut batch = postcard::to_stdvec(&nested(1)).unwrap();
                    batch.truncate(batch.len() - inner.len() - 1);
                    batch.extend(varint(1 << 40));
                    message.bytes.extend(batch.repeat(40));
                })
            },
        ),
    ];
    let named = all.into_iter();
    named
        .map(|(name, about, scenario)| (format!("{name}.txt"), about.to_owned(), scenario))
        .collect()
}
