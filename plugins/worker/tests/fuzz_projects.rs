//! Fuzzing of project files: text → project → engine → text.
#![allow(
    clippy::unwrap_used,
    reason = "a test ends where its own material is wrong"
)]

mod fuzz;

use engine::{
    Command, HistogramRequest, MapRequest, Mapped, Measured, Part, ProbeRequest, Report, Request,
    Status, TraceRequest, TraceRow, Trainer, WorkBudget,
};
use network::{Kinds, NodeId, Role};
use project::{Project, file};
use proptest::prelude::*;
use proptest::sample::Index;

use fuzz::mutation::{Mutation, of_text};
use fuzz::scenario::comes_back;
use fuzz::{Bound, corpus};

const TARGET: &str = "projects";

/// What stands before the line that says what comes of a file.
const SAYS: &str = "// says: ";

/// Cases of an ordinary run.
const CASES: u32 = 6_000;

/// Slices of work for all that is asked.
const SLICES: u32 = 60;

/// What reading a file may take.
const READING: Bound = Bound {
    least: 1 << 20,
    per_byte: 200,
};

/// What engine and answers may take for a project whose file has so many bytes: rows of values and gradients for each
/// neuron, and maps of at most 2²³ cells, while they are made and packed.
const ENGINE: Bound = Bound {
    least: 160 << 20,
    per_byte: 2_000,
};

/// Reads a file and does with it all that can be done; gives all sentences that are said.
fn look_at(bytes: &[u8]) -> Vec<String> {
    let kinds = Kinds::default();
    let read = READING.hold("Reading", bytes.len(), || file::read(bytes, &kinds));
    let project = match read {
        Ok(project) => project,
        Err(error) => {
            assert!(!error.message.trim().is_empty(), "refused without a word");
            return vec![error.to_string()];
        }
    };
    let text = file::write(&project).expect("a project has a text");
    let again = file::read(text.as_bytes(), &kinds).expect("what was written can be read");
    assert!(again == project, "a project comes back otherwise");
    let remarks = project.training_remarks();
    let mut said: Vec<String> = remarks.iter().map(ToString::to_string).collect();
    let problem = project.check_training().err();
    let faults = ENGINE.hold("An engine with a project of", bytes.len(), || {
        train(project)
    });
    if let Some(problem) = problem {
        let problem = problem.to_string();
        assert!(
            faults.contains(&problem),
            "“{problem}” is not what the engine says: {faults:?}"
        );
    }
    said.extend(faults);
    said
}

/// Asks an engine everything, and to train a little; gives the sentences of its faults.
fn train(project: Project) -> Vec<String> {
    let mut inputs = project.ordered(Role::Input).map(|node| node.id);
    let x = inputs.next().unwrap_or(NodeId(0));
    let maps = MapRequest {
        x,
        y: inputs.next().unwrap_or(x),
        x_range: [-1.0, 1.0],
        y_range: [-1.0, 1.0],
        resolution: 4,
        fixed: Vec::new(),
        nodes: Mapped::All,
        close: None,
    };
    drop(inputs);
    let trace = TraceRequest {
        id: 1,
        row: TraceRow::Table(0),
        with_gradients: true,
        with_update: true,
    };
    let histogram = |of| {
        Request::Histogram(HistogramRequest {
            id: 2,
            of,
            node: None,
            bins: 8,
        })
    };
    let has_rows = project.table().rows() > 0;
    let has_inputs = project.network().nodes_of(Role::Input).next().is_some();
    let mut requests = vec![
        Request::Credit(1_000),
        Request::Load {
            project: Box::new(project),
            revision: 1,
        },
        Request::Allow(Some(12)),
        Request::Train { epochs: Some(3) },
    ];
    // What it says when there is nothing to look at is known, and would be said of many files.
    if has_inputs {
        requests.push(Request::Probe(ProbeRequest::default()));
        requests.push(Request::Maps(maps));
    }
    if has_inputs && has_rows {
        requests.push(Request::Trace(trace));
        requests.push(Request::LearnRow(TraceRow::Table(0)));
    }
    requests.extend(Part::ALL.map(Request::Evaluate));
    requests.extend([
        histogram(Measured::Weights),
        histogram(Measured::Activations(Part::Train)),
        Request::Checkpoint,
        Request::GoBack(0),
        Request::Pause,
    ]);
    let mut trainer = Trainer::new();
    let mut said = Vec::new();
    let mut slices = SLICES;
    for (request, seq) in requests.into_iter().zip(1..) {
        let is_train = matches!(request, Request::Train { .. });
        trainer.handle(Command { seq, request });
        if is_train && trainer.status() == Status::Faulted {
            // Said before the first step.
            assert!(said.is_empty());
        }
        while slices > 0 && trainer.advance(WorkBudget(2_000)).has_more {
            slices -= 1;
            said.extend(heard(trainer.take_report()));
        }
        said.extend(heard(trainer.take_report()));
    }
    said.dedup();
    if let Some(project) = trainer.project() {
        let text = file::write(project).expect("a project has a text");
        let read = file::read(text.as_bytes(), &Kinds::default());
        assert!(
            read.as_ref() == Ok(project),
            "what was learned is no project"
        );
    }
    said
}

/// The sentence of a report.
fn heard(report: Option<Report>) -> Option<String> {
    let report = report?;
    comes_back(&report);
    let is_finite = report.values.iter().all(|value| value.is_finite());
    assert!(is_finite, "a learnable number is not finite");
    let sentence = report.fault?.sentence;
    assert!(!sentence.trim().is_empty(), "a fault without a word");
    Some(sentence)
}

/// Files of the corpus with some changes.
fn files() -> impl Strategy<Value = Vec<u8>> {
    let kept: Vec<Vec<u8>> = corpus::all(TARGET)
        .into_iter()
        .map(|kept| kept.bytes)
        .collect();
    // Sound ones more often: of those more is done.
    let (sound, faulty): (Vec<_>, Vec<_>) = kept
        .iter()
        .cloned()
        .partition(|bytes| file::read(bytes, &Kinds::default()).is_ok());
    let of = |files: Vec<Vec<u8>>| {
        (any::<Index>(), Just(files)).prop_map(|(at, files)| at.get(&files).clone())
    };
    let at_fault = [
        "NaN",
        "inf",
        "-inf",
        "0",
        "-0.0",
        "1",
        "-1",
        "0.5",
        "2",
        "1e-45",
        "1e30",
        "-1e30",
        "3.4028235e38",
        "1e39",
        "255",
        "256",
        "65536",
        "4294967295",
        "4294967296",
        "18446744073709551615",
        "99999999999999999999",
        "None",
        "Some(0)",
        "()",
        "[]",
        "{}",
        "\"\"",
        "\"\\u{0}\"",
        "/*",
        "r#\"",
        "((((((((((((((((",
        "[[[[[[[[[[[[[[[[",
        "-",
        "_",
        "é",
        "\u{feff}",
        "\u{202e}",
    ];
    let at_fault: Vec<Vec<u8>> = at_fault.map(|text| text.as_bytes().to_vec()).to_vec();
    let changes = prop::collection::vec(of_text(at_fault), 1..4);
    (prop_oneof![4 => of(sound), 1 => of(faulty)], changes).prop_map(
        move |(mut bytes, changes): (Vec<u8>, Vec<Mutation>)| {
            changes
                .iter()
                .for_each(|change| change.apply(&mut bytes, &kept));
            bytes
        },
    )
}

#[test]
fn no_project_file_breaks_the_program_or_takes_its_memory() {
    let kept = |bytes: &Vec<u8>| [b"// says: ?\n", bytes.as_slice()].concat();
    fuzz::fuzz(TARGET, CASES, &files(), kept, |bytes| {
        look_at(bytes);
    });
}

#[test]
fn of_each_kept_project_comes_what_its_file_says() {
    corpus::check(TARGET, SAYS, look_at);
}
