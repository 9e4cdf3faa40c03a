//! Networks of more connections than can be trained: told in a sentence before training, and before memory is taken.
#![allow(
    clippy::unwrap_used,
    reason = "a test ends where its own material is wrong"
)]

use datasets::{Split, Table};
use engine::{Command, Request, Status, Trainer, WorkBudget};
use network::{Assembly, Edge, EdgeId, Endpoint, KindId, Kinds, Node, NodeId, Parameter};
use peak_alloc::PeakAlloc;
use project::{Project, TrainingSettings, View, column_of};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// As many inputs as outputs, each connected to each.
fn large(side: u32) -> Project {
    let nodes: Vec<Node> = (0..2 * side)
        .map(|number| {
            let kind = if number < side {
                KindId::INPUT
            } else {
                KindId::OUTPUT
            };
            let mut node = Node::new(NodeId(number), kind, format!("n{number}"));
            if number >= side {
                node.parameters = vec![Parameter::scalar(0.0)];
            }
            node
        })
        .collect();
    let edges: Vec<Edge> = (0..side * side)
        .map(|number| {
            let from = Endpoint::of(NodeId(number % side));
            let to = Endpoint::of(NodeId(side + number / side));
            Edge::new(EdgeId(number), from, to, Parameter::scalar(0.01))
        })
        .collect();
    let columns = nodes.iter().map(|node| datasets::Column {
        id: column_of(node.id),
        name: node.name.clone(),
        role: if node.id.0 < side {
            datasets::Role::Input
        } else {
            datasets::Role::Target
        },
        shape: Vec::new(),
        values: vec![0.5; 2],
    });
    let table = Table::from_columns(columns.collect()).unwrap();
    let mut assembly = Assembly::new(Kinds::default(), nodes, edges).unwrap();
    let network = loop {
        if let Some(network) = assembly.step().unwrap() {
            break network;
        }
    };
    let split = Split::new(100, 0, 0, false).unwrap();
    let settings = TrainingSettings::default();
    Project::from_parts(network, table, split, settings, 0, View::default()).unwrap()
}

/// The engine makes no list of all numbers but that of a report, grown by doubling: compiled, it would take 86 bytes
/// for each.
fn is_refused(side: u32) {
    let project = large(side);
    let numbers = side as usize * (side as usize + 1);
    assert_eq!(project.network().parameter_count(), numbers);
    let sentence =
        format!("The network has {numbers} weights and biases; at most 4000000 can be trained.");
    assert_eq!(project.check_training().unwrap_err().to_string(), sentence);
    let held = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let mut trainer = Trainer::new();
    let requests = [
        Request::Load {
            project: Box::new(project),
            revision: 1,
        },
        Request::Train { epochs: None },
    ];
    for (request, seq) in requests.into_iter().zip(1..) {
        trainer.handle(Command { seq, request });
    }
    assert_eq!(trainer.status(), Status::Faulted);
    while trainer.advance(WorkBudget::UNLIMITED).has_more {}
    let fault = trainer.take_report().unwrap().fault.unwrap();
    assert_eq!(fault.sentence, sentence);
    let more = MEMORY.peak_usage().saturating_sub(held);
    println!("{numbers} numbers: the project takes {held} bytes, the engine {more} more");
    assert!(
        more < 20 * numbers,
        "{more} bytes more for {numbers} numbers"
    );
}

#[test]
fn four_million_connections_are_refused_in_a_sentence_before_training_and_before_memory_is_taken() {
    is_refused(2_000);
}

#[test]
#[ignore = "takes ten seconds and 700 MB"]
fn ten_million_connections_are_refused_in_a_sentence_before_training_and_before_memory_is_taken() {
    is_refused(3_163);
}
