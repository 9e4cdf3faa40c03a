//! The numbers a training should come to, for `tests/browser/numbers.test.js`.
//!
//! `numbers write <folder>` writes for each case the messages of the app;
//! `numbers check <folder>` reads what the worker answered and compares it with
//! what the engine comes to here; `numbers drawn <file>` compares the starting
//! weights in a project's file with those that its seed draws here.
#![allow(
    clippy::unwrap_used,
    reason = "a check ends where its own material is wrong"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use engine::{Checkpoint, Command, Part, Report, Request};
use network::{Kinds, initial_values};
use project::{Project, file};
use worker::{Desk, Post, pack, unpack};

use common::{STEPS, commands, projects};

/// How far wasm and native may be apart after [`STEPS`] batches.
const TOLERANCE: f32 = 2e-5;

/// Measures and checkpoints, once training waits for more to be allowed.
fn last_commands(seq: u64) -> Vec<Command> {
    let parts = [Part::Train, Part::Validation, Part::Test];
    let requests = parts.map(Request::Evaluate).into_iter();
    requests
        .chain([Request::Checkpoint])
        .zip(seq + 1..)
        .map(|(request, seq)| Command { seq, request })
        .collect()
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", folder] => {
            for (name, project) in projects() {
                write(&Path::new(folder).join(name), project);
            }
            ExitCode::SUCCESS
        }
        ["check", folder] => {
            let mut is_right = true;
            for (name, project) in projects() {
                is_right &= check(name, &Path::new(folder).join(name), project);
            }
            if is_right {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        ["drawn", file] => check_drawn(Path::new(file)),
        _ => {
            println!("numbers write <folder> | numbers check <folder> | numbers drawn <file>");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path, project: Project) {
    fs::create_dir_all(folder).unwrap();
    let first = commands(project);
    let last = last_commands(first.len() as u64);
    let seq = (first.len() + last.len()) as u64;
    // Long enough for renewals.
    let more = Command {
        seq: seq + 1,
        request: Request::Allow(Some(2_000)),
    };
    let end = Command {
        seq: seq + 2,
        request: Request::Checkpoint,
    };
    let parts = [
        ("first", first),
        ("last", last),
        ("more", vec![more]),
        ("end", vec![end]),
    ];
    for (name, commands) in parts {
        for (place, command) in commands.into_iter().enumerate() {
            let packed = pack(command).unwrap();
            let file = |ending| folder.join(format!("{name}-{place:02}.{ending}"));
            let numbers = packed.lists.concat();
            let numbers = numbers.iter().flat_map(|number| number.to_le_bytes());
            fs::write(file("bytes"), &packed.bytes).unwrap();
            fs::write(file("numbers"), numbers.collect::<Vec<u8>>()).unwrap();
        }
    }
}

/// What a training came to.
#[derive(Default)]
struct Outcome {
    /// The rows of each part, in the order they were measured: before and after.
    splits: Vec<Vec<u32>>,
    losses: Vec<f32>,
    outputs: Vec<f32>,
    checkpoint: Option<Checkpoint>,
}

impl Outcome {
    fn of(reports: impl IntoIterator<Item = Report>) -> Self {
        let mut outcome = Self::default();
        for report in reports {
            assert_eq!(report.fault, None);
            outcome
                .losses
                .extend(report.losses.iter().map(|loss| loss.train));
            for evaluation in report.evaluations {
                let rows = evaluation.predictions.iter().map(|one| one.row).collect();
                outcome.splits.push(rows);
                let outputs = evaluation.predictions.into_iter();
                outcome.outputs.extend(outputs.flat_map(|one| one.outputs));
            }
            let checkpoint = report.checkpoint.map(|checkpoint| *checkpoint);
            outcome.checkpoint = checkpoint.or(outcome.checkpoint);
        }
        outcome
    }
}

fn expected(project: Project) -> Outcome {
    let began = Instant::now();
    let mut desk = Desk::new();
    let mut reports = Vec::new();
    let first = commands(project);
    let last = last_commands(first.len() as u64);
    for commands in [first, last] {
        for command in commands {
            desk.take(command);
        }
        while desk.work(|| began.elapsed()) {}
        while let Some(post) = desk.next_post(Duration::ZERO) {
            if let Post::Report(report) = post {
                reports.push(*report);
            }
        }
    }
    Outcome::of(reports)
}

fn answered(folder: &Path) -> Outcome {
    let read = |place: usize| -> Option<Report> {
        let file = |ending: &str| folder.join(format!("report-{place:03}.{ending}"));
        let bytes = fs::read(file("bytes")).ok()?;
        let numbers = floats(&fs::read(file("numbers")).ok()?);
        Some(unpack(&bytes, &mut numbers.as_slice()).unwrap())
    };
    Outcome::of((0..).map_while(read))
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes
        .as_chunks()
        .0
        .iter()
        .map(|&number| f32::from_le_bytes(number))
        .collect()
}

fn check(name: &str, folder: &Path, project: Project) -> bool {
    let mut is_right = true;
    let mut say = |is_so: bool, what: String| {
        println!("{} {name}: {what}", if is_so { "ok   " } else { "WRONG" });
        is_right &= is_so;
    };
    let (native, wasm) = (expected(project), answered(folder));
    let splits = native.splits == wasm.splits && native.splits.len() == 6;
    say(
        splits,
        format!("the same split, {} times", wasm.splits.len()),
    );
    let steps = [&native, &wasm].map(|outcome| {
        let checkpoint = outcome.checkpoint.as_ref();
        checkpoint.map(|checkpoint| checkpoint.optimizer.steps)
    });
    say(
        steps == [Some(STEPS); 2],
        format!("batches trained: {steps:?}"),
    );
    let values = |outcome: &Outcome| {
        let checkpoint = outcome.checkpoint.as_ref();
        checkpoint
            .map(|checkpoint| checkpoint.values.clone())
            .unwrap_or_default()
    };
    for (what, one, other) in [
        ("weights", values(&native), values(&wasm)),
        ("losses", native.losses.clone(), wasm.losses.clone()),
        ("outputs", native.outputs.clone(), wasm.outputs.clone()),
    ] {
        let distance = one
            .iter()
            .zip(&other)
            .map(|(one, other)| (one - other).abs())
            .fold(0.0, f32::max);
        let is_near = one.len() == other.len() && !one.is_empty() && distance <= TOLERANCE;
        let sizes = (one.len(), other.len());
        say(
            is_near,
            format!("{what} {sizes:?} at most {distance:e} apart"),
        );
    }
    is_right
}

fn check_drawn(path: &Path) -> ExitCode {
    let project = file::read(&fs::read(path).unwrap(), &Kinds::default()).unwrap();
    let seed = project.training().seed;
    let here = initial_values(project.network(), project.training().draw());
    let there = project.network().snapshot().starts;
    let bits = |numbers: &[f32]| numbers.iter().map(|it| it.to_bits()).collect::<Vec<_>>();
    let is_right = bits(&here) == bits(&there) && here.iter().any(|&number| number != 0.0);
    let (word, count) = (if is_right { "ok   " } else { "WRONG" }, here.len());
    println!("{word} {count} starting weights and biases of seed {seed}, to the bit");
    if is_right {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
