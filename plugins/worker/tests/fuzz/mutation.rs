//! How an input is changed into one that nobody meant.

use proptest::prelude::*;
use proptest::sample::Index;

/// A change of bytes. Whatever the bytes are, it can be made.
#[derive(Clone, Debug)]
pub enum Mutation {
    /// Turns a bit over.
    Flip(Index, u8),
    /// Replaces a byte.
    Set(Index, u8),
    /// Puts something that is often at fault over what is there.
    Overwrite(Index, Vec<u8>),
    /// Puts something between.
    Insert(Index, Vec<u8>),
    /// Ends early.
    Cut(Index),
    /// Leaves bytes out.
    Remove(Index, usize),
    /// Repeats bytes.
    Repeat(Index, usize, usize),
    /// Puts a part of another input over what is there.
    Graft(Index, Index, Index, usize),
    /// Replaces a number of a text by something.
    Number(Index, Vec<u8>),
    /// Replaces a word of a text by one of another.
    Word(Index, Index, Index),
    /// Takes a line of a text to another place.
    Line(Index, Index),
}

/// The longest input that grows further.
const LONGEST: usize = 40_000;

/// Any change, with these things that are often at fault.
pub fn of_bytes(at_fault: Vec<Vec<u8>>) -> impl Strategy<Value = Mutation> + Clone {
    let thing = prop::sample::select(at_fault);
    prop_oneof![
        (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, to)| Mutation::Set(at, to)),
        (any::<Index>(), thing.clone()).prop_map(|(at, what)| Mutation::Overwrite(at, what)),
        (any::<Index>(), thing).prop_map(|(at, what)| Mutation::Insert(at, what)),
        any::<Index>().prop_map(Mutation::Cut),
        (any::<Index>(), 1..40_usize).prop_map(|(at, len)| Mutation::Remove(at, len)),
        (any::<Index>(), 1..40_usize, 1..60_usize)
            .prop_map(|(at, len, times)| Mutation::Repeat(at, len, times)),
        (any::<[Index; 3]>(), 1..80_usize)
            .prop_map(|([at, other, from], len)| Mutation::Graft(at, other, from, len)),
    ]
}

/// Any change of a text, mostly such that RON can still be read.
pub fn of_text(at_fault: Vec<Vec<u8>>) -> impl Strategy<Value = Mutation> + Clone {
    let thing = prop::sample::select(at_fault.clone());
    prop_oneof![
        6 => (any::<Index>(), thing).prop_map(|(at, what)| Mutation::Number(at, what)),
        3 => any::<[Index; 3]>().prop_map(|[at, other, word]| Mutation::Word(at, other, word)),
        2 => any::<[Index; 2]>().prop_map(|[from, to]| Mutation::Line(from, to)),
        2 => of_bytes(at_fault),
    ]
}

impl Mutation {
    /// Makes the change; `others` are what parts are taken from.
    pub fn apply(&self, bytes: &mut Vec<u8>, others: &[Vec<u8>]) {
        let len = bytes.len();
        // A place among the bytes, or behind them.
        let place = |at: &Index| at.index(len + 1);
        let over = |at: usize, what: &[u8], bytes: &mut Vec<u8>| {
            let end = len.min(at + what.len());
            bytes.splice(at..end, what.iter().copied());
        };
        match self {
            _ if len > LONGEST => bytes.truncate(LONGEST),
            Self::Flip(at, bit) => {
                if let Some(byte) = bytes.get_mut(place(at)) {
                    *byte ^= 1 << bit;
                }
            }
            Self::Set(at, to) => {
                if let Some(byte) = bytes.get_mut(place(at)) {
                    *byte = *to;
                }
            }
            Self::Overwrite(at, what) => over(place(at), what, bytes),
            Self::Insert(at, what) => {
                let at = place(at);
                bytes.splice(at..at, what.iter().copied());
            }
            Self::Cut(at) => bytes.truncate(place(at)),
            Self::Remove(at, count) => {
                let at = place(at);
                bytes.drain(at..len.min(at + count));
            }
            Self::Repeat(at, count, times) => {
                let at = place(at);
                let part = bytes[at..len.min(at + count)].repeat(*times);
                bytes.splice(at..at, part);
            }
            Self::Graft(at, other, from, count) => {
                if others.is_empty() {
                    return;
                }
                let other = other.get(others);
                let from = from.index(other.len() + 1);
                over(
                    place(at),
                    &other[from..other.len().min(from + count)],
                    bytes,
                );
            }
            Self::Number(at, what) => {
                let numbers = tokens(bytes, |byte| {
                    byte.is_ascii_digit() || b".-+e".contains(&byte)
                });
                let is_number =
                    |&(from, to): &(usize, usize)| bytes[from..to].iter().any(u8::is_ascii_digit);
                let numbers: Vec<_> = numbers.into_iter().filter(is_number).collect();
                if !numbers.is_empty() {
                    let &(from, to) = at.get(&numbers);
                    bytes.splice(from..to, what.iter().copied());
                }
            }
            Self::Word(at, other, word) => {
                let is_of_word = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
                let places = tokens(bytes, is_of_word);
                if places.is_empty() || others.is_empty() {
                    return;
                }
                let other = other.get(others);
                let words = tokens(other, is_of_word);
                if !words.is_empty() {
                    let (&(from, to), &(begin, end)) = (at.get(&places), word.get(&words));
                    bytes.splice(from..to, other[begin..end].iter().copied());
                }
            }
            Self::Line(from, to) => {
                let mut lines: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').collect();
                let line = lines[from.index(lines.len())];
                lines.insert(to.index(lines.len() + 1), line);
                *bytes = lines.join(&b'\n');
            }
        }
    }
}

/// The longest stretches of such bytes: where each begins and ends.
fn tokens(bytes: &[u8], is_of_token: impl Fn(u8) -> bool) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    for part in bytes.chunk_by(|&a, &b| is_of_token(a) == is_of_token(b)) {
        if is_of_token(part[0]) {
            found.push((at, at + part.len()));
        }
        at += part.len();
    }
    found
}
