//! Messages one after the other, as a text that can be read and kept.

use engine::Command;
use worker::{Message, Numbers, Packed, pack, unpack};

/// What stands before the line that says what comes of a scenario.
pub const SAYS: &str = "says: ";

/// What the app sends the worker in a test.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenario(pub Vec<Packed>);

/// The numbers of a message, one list behind the other, as they travel.
struct Row<'a>(&'a [f32]);

impl Numbers for Row<'_> {
    fn take(&mut self, len: usize) -> Option<Vec<f32>> {
        self.0.take(len)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Scenario {
    /// The commands as they are packed.
    pub fn of(commands: Vec<Command>) -> Self {
        let packed = commands.into_iter().map(|command| {
            let Packed { bytes, lists } = pack(command).expect("a real command can be packed");
            Packed {
                bytes,
                lists: vec![lists.concat()],
            }
        });
        Self(packed.collect())
    }

    /// The form in a file; `about` is said above it.
    pub fn to_text(&self, about: &str, says: &str) -> String {
        let mut text = format!("# {about}\n{SAYS}{says}\n");
        for Packed { bytes, lists } in &self.0 {
            text.push_str("\nmessage\n");
            for row in bytes.chunks(32) {
                let row: Vec<_> = row.iter().map(|byte| format!("{byte:02x}")).collect();
                text.push_str(&format!("bytes {}\n", row.join(" ")));
            }
            for row in lists.concat().chunks(16) {
                let row: Vec<_> = row.iter().map(|number| format!("{number:?}")).collect();
                text.push_str(&format!("numbers {}\n", row.join(" ")));
            }
        }
        text
    }

    /// Reads that form.
    ///
    /// # Panics
    /// When the text is not of it.
    pub fn from_text(text: &str) -> Self {
        let mut messages: Vec<Packed> = Vec::new();
        for line in text.lines() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let values = rest.split_whitespace();
            match (word, messages.last_mut()) {
                ("message", _) => messages.push(Packed {
                    bytes: Vec::new(),
                    lists: vec![Vec::new()],
                }),
                ("bytes", Some(message)) => message.bytes.extend(values.map(|value| {
                    u8::from_str_radix(value, 16).unwrap_or_else(|_| panic!("{value} is no byte"))
                })),
                ("numbers", Some(message)) => message.lists[0].extend(values.map(|value| {
                    let number = value.parse::<f32>();
                    number.unwrap_or_else(|_| panic!("{value} is no number"))
                })),
                ("" | "#" | "says:", _) => {}
                _ => panic!("“{line}” is no line of a scenario"),
            }
        }
        Self(messages)
    }
}

/// How many bytes travel.
pub fn size(message: &Packed) -> usize {
    message.bytes.len()
        + message
            .lists
            .iter()
            .map(|list| list.len() * 4)
            .sum::<usize>()
}

/// The message that has travelled so.
pub fn unpacked<M: Message>(message: &Packed) -> Result<M, worker::CodecError> {
    let numbers = message.lists.concat();
    unpack(&message.bytes, &mut Row(&numbers))
}

/// Says whether a message comes back from its way as it was: in the form it travels in, because a number may be none
/// and then equals nothing.
#[track_caller]
pub fn comes_back<M: Message + Clone>(message: &M) {
    let way = |message: M| pack(message).expect("what is told can be packed");
    let there = way(message.clone());
    let back: M = unpacked(&there).expect("what was packed can be unpacked");
    let again = way(back);
    assert_eq!(again.bytes, there.bytes, "a message comes back otherwise");
    let bits = |packed: &Packed| -> Vec<u32> {
        packed
            .lists
            .iter()
            .flatten()
            .map(|number| number.to_bits())
            .collect()
    };
    assert_eq!(
        bits(&again),
        bits(&there),
        "a message comes back with other numbers"
    );
}
