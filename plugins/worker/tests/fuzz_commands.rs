//! Fuzzing of what the app sends the worker: bytes → command → desk → reports → bytes.
#![allow(
    clippy::unwrap_used,
    reason = "a test ends where its own material is wrong"
)]

#[path = "fuzz/asked.rs"]
mod asked;
mod fuzz;
#[path = "fuzz/real.rs"]
mod real;

use std::cell::Cell;
use std::time::Duration;

use engine::{Command, Request};
use proptest::prelude::*;
use proptest::sample::Index;
use worker::{Desk, Packed, Post};

use fuzz::mutation::{Mutation, of_bytes};
use fuzz::scenario::{SAYS, Scenario, comes_back, size, unpacked};
use fuzz::{Bound, corpus};

const TARGET: &str = "commands";

/// Cases of an ordinary run.
const CASES: u32 = 6_000;

/// Slices of work after each message.
const SLICES: u32 = 6;

/// What reading a message may take: serde reserves up to 1 MiB for each list that says it is long, and lists of edits
/// lie within each other.
const READING: Bound = Bound {
    least: (project::Edit::MOST_NESTED + 4) << 20,
    per_byte: 600,
};

/// What a desk may take for all it was told: 64 rows of values and gradients for each of its few bytes a neuron, and
/// maps of at most 2²³ cells, while they are made and packed.
const DESK: Bound = Bound {
    least: 160 << 20,
    per_byte: 4_000,
};

/// Plays a scenario to a new desk; gives all sentences it says.
fn play(scenario: &Scenario) -> Vec<String> {
    let bytes = scenario.0.iter().map(size).sum();
    DESK.hold("A desk that was told", bytes, || {
        let mut desk = Desk::new();
        let mut sentences = Vec::new();
        for message in &scenario.0 {
            tell(&mut desk, message, &mut sentences);
        }
        if let Some(handover) = desk.hand_over() {
            comes_back(&handover);
            let mut heir = Desk::take_over(handover);
            work(&mut heir, &mut sentences);
        }
        sentences
    })
}

fn tell(desk: &mut Desk, message: &Packed, sentences: &mut Vec<String>) {
    let read = READING.hold("Reading", size(message), || unpacked::<Command>(message));
    match read {
        Ok(command) => {
            comes_back(&command);
            desk.take(command);
        }
        Err(error) => desk.refuse(&error.to_string()),
    }
    work(desk, sentences);
}

/// Works for some slices, and looks at all that is posted.
fn work(desk: &mut Desk, sentences: &mut Vec<String>) {
    let now = Cell::new(Duration::ZERO);
    let clock = || {
        now.set(now.get() + Duration::from_millis(5));
        now.get()
    };
    for _ in 0..SLICES {
        let has_more = desk.work(clock);
        while let Some(post) = desk.next_post(clock()) {
            match post {
                Post::Report(report) => {
                    comes_back(&*report);
                    let is_finite = report.values.iter().all(|value| value.is_finite());
                    assert!(is_finite, "a learnable number is not finite");
                    if let Some(fault) = report.fault {
                        assert!(!fault.sentence.trim().is_empty(), "a fault without a word");
                        sentences.push(fault.sentence);
                    }
                    desk.take(Command {
                        seq: 0,
                        request: Request::Credit(1),
                    });
                }
                Post::Keepsake(report) => {
                    comes_back(&*report);
                    desk.confirm_keepsake();
                }
                Post::Beat => {}
            }
        }
        if !has_more {
            break;
        }
    }
}

/// Of a message some bytes or numbers are others.
#[derive(Clone, Debug)]
enum Change {
    Bytes(Mutation),
    Number(Index, f32),
    MoreNumbers(Vec<f32>),
    FewerNumbers(Index),
}

fn numbers() -> impl Strategy<Value = f32> + Clone {
    prop_oneof![
        prop::sample::select(vec![
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::MAX,
            f32::MIN,
            1e30,
            -1e30,
            1e-45,
            -0.0,
            0.0,
            1.0,
            -1.0,
        ]),
        any::<f32>(),
    ]
}

fn change() -> impl Strategy<Value = Change> + Clone {
    let integers = [
        0,
        1,
        0x7f,
        0x80,
        0xffff,
        u64::from(u32::MAX),
        1 << 32,
        1 << 40,
        u64::MAX,
    ];
    let varints = integers
        .iter()
        .map(|number| postcard::to_stdvec(number).unwrap());
    let floats = [f32::NAN, f32::INFINITY, f32::MAX, 1e30, -1.0, 1e-45, 0.0]
        .map(|x| x.to_le_bytes().to_vec());
    let at_fault = varints.chain(floats).collect();
    prop_oneof![
        6 => of_bytes(at_fault).prop_map(Change::Bytes),
        1 => (any::<Index>(), numbers()).prop_map(|(at, number)| Change::Number(at, number)),
        1 => prop::collection::vec(numbers(), 1..9).prop_map(Change::MoreNumbers),
        1 => any::<Index>().prop_map(Change::FewerNumbers),
    ]
}

impl Change {
    fn apply(&self, message: &mut Packed, others: &[Vec<u8>]) {
        let numbers = &mut message.lists[0];
        match self {
            Self::Bytes(mutation) => mutation.apply(&mut message.bytes, others),
            Self::Number(at, number) if !numbers.is_empty() => *at.get_mut(numbers) = *number,
            Self::Number(..) => {}
            Self::MoreNumbers(more) => numbers.extend(more),
            Self::FewerNumbers(at) => numbers.truncate(at.index(numbers.len() + 1)),
        }
    }
}

/// Messages of the corpus in any order, some of them changed; mostly behind one that loads a project.
fn scenarios() -> impl Strategy<Value = Scenario> {
    let kept = corpus::all(TARGET);
    let of_file =
        |kept: &corpus::Kept| Scenario::from_text(&String::from_utf8_lossy(&kept.bytes)).0;
    let messages: Vec<Packed> = kept.iter().flat_map(of_file).collect();
    let is_load = |message: &&Packed| {
        let request = unpacked::<Command>(message).map(|command| command.request);
        matches!(request, Ok(Request::Load { .. }))
    };
    let loads: Vec<Packed> = messages.iter().filter(is_load).cloned().collect();
    assert!(
        loads.len() > 1,
        "the corpus has no project to load; write it anew"
    );
    let others: Vec<Vec<u8>> = messages
        .iter()
        .map(|message| message.bytes.clone())
        .collect();
    let load = prop::option::weighted(0.9, prop::sample::select(loads));
    let message = (
        prop::sample::select(messages),
        prop::collection::vec(change(), 0..4),
    );
    (load, prop::collection::vec(message, 1..7)).prop_map(move |(load, changed)| {
        let changed = changed.into_iter().map(|(mut message, changes)| {
            changes
                .iter()
                .for_each(|change| change.apply(&mut message, &others));
            message
        });
        Scenario(load.into_iter().chain(changed).collect())
    })
}

#[test]
fn no_message_breaks_the_worker_or_takes_its_memory() {
    let kept = |scenario: &Scenario| scenario.to_text("What it is about.", "?").into_bytes();
    fuzz::fuzz(TARGET, CASES, &scenarios(), kept, |scenario| {
        play(scenario);
    });
}

#[test]
fn of_each_kept_message_comes_what_its_file_says() {
    corpus::check(TARGET, SAYS, |bytes| {
        play(&Scenario::from_text(&String::from_utf8_lossy(bytes)))
    });
}

#[test]
fn the_kept_messages_are_of_the_form_messages_have_today() {
    for (name, about, scenario) in real::scenarios() {
        let path = corpus::folder(TARGET).join(&name);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let says = text.lines().find_map(|line| line.strip_prefix(SAYS));
        assert!(
            text == scenario.to_text(&about, says.unwrap_or_default()),
            "{name} is out of date: cargo test -p worker --test fuzz_commands -- --ignored"
        );
        let read = Scenario::from_text(&text);
        assert_eq!(read.to_text("", ""), scenario.to_text("", ""), "{name}");
    }
}

#[test]
#[ignore = "writes the corpus anew, after the form of messages has changed"]
fn write_the_kept_messages() {
    for (name, about, scenario) in real::scenarios() {
        let says = corpus::line_of(&play(&scenario));
        let path = corpus::folder(TARGET).join(name);
        std::fs::write(path, scenario.to_text(&about, &says)).unwrap();
    }
}
