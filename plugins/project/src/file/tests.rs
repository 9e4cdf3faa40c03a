//! Files that are long enough to be read and written in pieces.

use network::{EdgeId, Endpoint, KindId, NodeId, Parameter};

use super::*;

/// Inputs, hidden neurons and one output, each joined to all of the next layer.
fn large(inputs: u32, hidden: u32) -> Project {
    let mut nodes = Vec::new();
    let mut edges = Vec::new();
    for id in 0..inputs + hidden + 1 {
        let kind = match id {
            id if id < inputs => KindId::INPUT,
            id if id < inputs + hidden => KindId::HIDDEN,
            _ => KindId::OUTPUT,
        };
        nodes.push(Node::new(NodeId(id), kind, format!("n\"[{id}")));
    }
    let layers = [
        (0..inputs, inputs..inputs + hidden),
        (
            inputs..inputs + hidden,
            inputs + hidden..inputs + hidden + 1,
        ),
    ];
    for (from, to) in layers {
        for from in from {
            for to in to.clone() {
                let ends = [from, to].map(|id| Endpoint::of(NodeId(id)));
                let id = EdgeId(edges.len() as u32);
                let weight = Parameter::scalar(id.0 as f32 * 0.01);
                edges.push(Edge::new(id, ends[0], ends[1], weight));
            }
        }
    }
    let network = Network::from_parts(Kinds::default(), nodes, edges).unwrap();
    let columns = (0..inputs)
        .chain([inputs + hidden])
        .map(|id| datasets::Column {
            id: datasets::ColumnId(id),
            name: format!("n\"[{id}"),
            role: if id < inputs {
                datasets::Role::Input
            } else {
                datasets::Role::Target
            },
            shape: Vec::new(),
            values: vec![0.5, 1.0],
        });
    Project::from_parts(
        network,
        Table::from_columns(columns.collect()).unwrap(),
        Split::default(),
        TrainingSettings::default(),
        7,
        View::default(),
    )
    .unwrap()
}

/// What a reading comes to, and how far it said it was.
fn read_in_steps(text: &str) -> (Result<Project, FileError>, Vec<f32>) {
    let kinds = Kinds::default();
    let mut reading = Reading::new(text.as_bytes(), &kinds);
    let mut shares = vec![reading.share()];
    loop {
        let read = reading.step();
        shares.push(reading.share());
        if let Some(read) = read {
            return (read, shares);
        }
    }
}

fn assert_rises_from_0_to_1(shares: &[f32], at_least: usize) {
    assert_eq!((shares.first(), shares.last()), (Some(&0.0), Some(&1.0)));
    assert!(shares.is_sorted(), "{shares:?}");
    let mut distinct = shares.to_vec();
    distinct.dedup();
    assert!(distinct.len() >= at_least, "{distinct:?}");
    let leaps = shares.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(leaps.fold(0.0, f32::max) < 0.5, "{shares:?}");
}

#[test]
fn a_large_project_is_written_in_pieces_as_it_is_at_once() {
    for project in [Project::default(), large(2, 3), large(40, 60)] {
        let nodes = project.network().nodes().collect();
        let edges = project.network().edges().collect();
        let at_once = pretty(&form_of::<&Node, &Edge>(&project, nodes, edges)).unwrap() + "\n";
        assert_eq!(write(&project).unwrap(), at_once);
    }
}

#[test]
fn writing_a_large_project_says_how_far_it_is() {
    let project = large(60, 80);
    let mut writing = Writing::of(&project).unwrap();
    let mut shares = vec![writing.share()];
    while let Some(piece) = writing.next() {
        piece.unwrap();
        shares.push(writing.share());
    }
    assert_rises_from_0_to_1(&shares, 5);
}

#[test]
fn a_large_project_is_read_in_pieces_and_says_how_far_it_is() {
    let project = large(60, 80);
    let text = write(&project).unwrap();
    assert!(text.len() > 4 * lists::PIECE, "{}", text.len());
    let (read, shares) = read_in_steps(&text);
    assert_eq!(read.unwrap(), project);
    assert_rises_from_0_to_1(&shares, 7);
}

#[test]
fn a_fault_in_a_large_file_is_told_as_if_it_were_read_at_once() {
    let text = write(&large(40, 60)).unwrap();
    assert!(text.len() > 2 * lists::PIECE, "{}", text.len());
    let kinds = Kinds::default();
    let mut faulty = 0;
    for (index, insert) in ["", ",", ")", "\"", "x", "//", "]", "  "]
        .iter()
        .cycle()
        .take(72)
        .enumerate()
    {
        let at = (index + 1) * text.len() / 74;
        let mut broken = text.clone();
        if insert.is_empty() {
            broken.remove(at);
        } else {
            broken.insert_str(at, insert);
        }
        let at_once = read_whole(&broken, &kinds);
        faulty += usize::from(at_once.is_err());
        assert_eq!(read_in_steps(&broken).0, at_once, "{insert:?} at byte {at}");
    }
    assert!(faulty > 40, "{faulty}");
}

#[test]
fn what_does_not_fit_in_a_large_file_is_told_with_its_place() {
    let project = large(40, 60);
    let text = write(&project).unwrap();
    for (found, replaced, told) in [
        ("id: 2000,", "id: 1999,", "1999"),
        (
            "from: (39, 0), to: (99, 0)",
            "from: (99, 0), to: (39, 0)",
            "line",
        ),
        ("version: 3", "version: 99", "version 99"),
        ("trained_epochs: 7", "trained_epochs: -7", "-7"),
    ] {
        assert!(text.contains(found), "{found}");
        let broken = text.replacen(found, replaced, 1);
        let error = read_in_steps(&broken).0.expect_err(replaced);
        assert!(error.to_string().contains(told), "{error}");
    }
}
