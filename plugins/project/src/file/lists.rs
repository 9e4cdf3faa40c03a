//! Where the long lists of a project file begin and end, found without reading what is in them.

use std::ops::Range;

/// The lists of a network: nodes, then edges.
pub(super) const LISTS: [&str; 2] = ["nodes", "edges"];

/// The name of what has them.
const NETWORK: &str = "network";

/// A piece of a list is at least this long, in bytes: a few milliseconds of reading.
pub(super) const PIECE: usize = 64 * 1024;

/// A list in a text, in pieces that each hold whole items.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct List {
    /// What is between its brackets.
    pub(super) inside: Range<usize>,
    /// Its pieces, without the commas between them.
    pub(super) pieces: Vec<Range<usize>>,
}

/// A file that is not of the plain form: whoever reads it reads it as a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unusual;

/// Looks for the lists, a stretch of the text at a time. What it finds is right
/// where the text is right; where it is not, one of the pieces or what is left of
/// the text without them cannot be read.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    /// The last name before a colon in the outermost brackets, and in the next.
    keys: [&'a str; 2],
    /// The list that is open, and where its last piece began.
    open: Option<(usize, usize)>,
    lists: [Option<List>; 2],
}

/// The depth between the brackets of the network.
const IN_NETWORK: usize = 2;

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            keys: [""; 2],
            open: None,
            lists: [None, None],
        }
    }

    /// How much of the text is behind it, 0 to 1.
    pub(super) fn share(&self) -> f32 {
        self.at as f32 / self.text.len().max(1) as f32
    }

    /// Looks through about so many bytes more; the lists, once all is seen.
    pub(super) fn step(&mut self, bytes: usize) -> Result<Option<[List; 2]>, Unusual> {
        let until = self.at.saturating_add(bytes).min(self.text.len());
        while self.at < until {
            self.look()?;
        }
        if self.at < self.text.len() {
            return Ok(None);
        }
        match std::mem::take(&mut self.lists) {
            [Some(nodes), Some(edges)] => Ok(Some([nodes, edges])),
            _ => Err(Unusual),
        }
    }

    /// Looks at the next sign, text, comment or name.
    fn look(&mut self) -> Result<(), Unusual> {
        let bytes = self.text.as_bytes();
        let byte = bytes[self.at];
        match byte {
            b'"' => return self.skip_text(),
            b'/' => return self.skip_comment(),
            b'(' | b'[' | b'{' => self.go_in(byte)?,
            b')' | b']' | b'}' => self.come_out(),
            b',' => self.pass_comma(),
            // Letters in quotes, texts with hashes around them, extensions: people
            // may write them, this program does not.
            b'\'' => return Err(Unusual),
            b'#' if self.depth == 0 || matches!(bytes.get(self.at + 1), Some(b'"' | b'#')) => {
                return Err(Unusual);
            }
            _ if self.open.is_none() && is_of_name(byte) => {
                self.read_name();
                return Ok(());
            }
            _ => {}
        }
        self.at += 1;
        Ok(())
    }

    fn skip_text(&mut self) -> Result<(), Unusual> {
        let bytes = self.text.as_bytes();
        let is_raw = self
            .at
            .checked_sub(1)
            .is_some_and(|before| is_of_name(bytes[before]));
        if is_raw {
            return Err(Unusual);
        }
        let mut at = self.at + 1;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => {
                    self.at = at + 1;
                    return Ok(());
                }
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        Err(Unusual)
    }

    fn skip_comment(&mut self) -> Result<(), Unusual> {
        let rest = &self.text.as_bytes()[self.at..];
        if rest.get(1) != Some(&b'/') {
            return Err(Unusual);
        }
        let line = rest.iter().position(|&byte| byte == b'\n');
        self.at += line.unwrap_or(rest.len());
        Ok(())
    }

    fn go_in(&mut self, bracket: u8) -> Result<(), Unusual> {
        if self.depth == IN_NETWORK && bracket == b'[' && self.keys[0] == NETWORK {
            let list = LISTS.iter().position(|name| *name == self.keys[1]);
            if let Some(list) = list {
                if self.lists[list].is_some() {
                    return Err(Unusual);
                }
                let inside = self.at + 1..self.at + 1;
                self.open = Some((list, inside.start));
                self.lists[list] = Some(List {
                    inside,
                    pieces: Vec::new(),
                });
            }
        }
        self.depth += 1;
        Ok(())
    }

    fn come_out(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth != IN_NETWORK {
            return;
        }
        if let Some((list, start)) = self.open.take()
            && let Some(list) = &mut self.lists[list]
        {
            list.pieces.push(start..self.at);
            list.inside.end = self.at;
        }
    }

    fn pass_comma(&mut self) {
        match &mut self.open {
            Some((list, start)) if self.depth == IN_NETWORK + 1 && self.at - *start >= PIECE => {
                if let Some(list) = &mut self.lists[*list] {
                    list.pieces.push(*start..self.at);
                }
                *start = self.at + 1;
            }
            Some(_) => {}
            None => {
                if let Some(key) = self.key() {
                    *key = "";
                }
            }
        }
    }

    /// The last name at this depth, where names are of interest.
    fn key(&mut self) -> Option<&mut &'a str> {
        self.keys.get_mut(self.depth.checked_sub(1)?)
    }

    fn read_name(&mut self) {
        let rest = &self.text[self.at..];
        let length = rest.bytes().position(|byte| !is_of_name(byte));
        let (name, after) = rest.split_at(length.unwrap_or(rest.len()));
        self.at += name.len();
        if after.trim_start().starts_with(':')
            && let Some(key) = self.key()
        {
            *key = name;
        }
    }
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(text: &str) -> Result<[List; 2], Unusual> {
        let mut scanner = Scanner::new(text);
        loop {
            if let Some(lists) = scanner.step(7)? {
                return Ok(lists);
            }
        }
    }

    #[test]
    fn the_lists_are_found_wherever_brackets_stand_in_texts_and_comments() {
        let text = r#"// edges: [
            Project(name: "nodes: [ \" (", other: (nodes: [1]),
            network : Network(nodes: [(a: "]"), (b: [2])], // ]
            edges: [],), edges: [3])"#;
        let [nodes, edges] = lists(text).expect("it is of the plain form");
        assert_eq!(&text[nodes.inside.clone()], r#"(a: "]"), (b: [2])"#);
        assert_eq!(nodes.pieces, [nodes.inside]);
        assert_eq!(&text[edges.inside], "");
    }

    #[test]
    fn long_lists_are_cut_between_items() {
        let items = vec!["(id: 1, ends: (2, 3))"; 10_000].join(",\n");
        let text = format!("(network: (nodes: [{items}], edges: [{items},]))");
        let [nodes, edges] = lists(&text).expect("it is of the plain form");
        for list in [nodes, edges] {
            assert!(list.pieces.len() >= 3, "{}", list.pieces.len());
            let rejoined: Vec<&str> = list.pieces.iter().map(|p| &text[p.clone()]).collect();
            assert_eq!(rejoined.join(","), text[list.inside]);
            for piece in rejoined {
                assert_eq!(piece.matches('(').count(), piece.matches(')').count());
            }
        }
    }

    #[test]
    fn what_is_not_of_the_plain_form_is_left_to_be_read_as_a_whole() {
        for text in [
            "",
            "(network: (nodes: []))",
            "(network: (nodes: [], edges: [], edges: []))",
            "#![enable(implicit_some)] (network: (nodes: [], edges: []))",
            r##"(name: r#"["#, network: (nodes: [], edges: []))"##,
            r#"(name: r"\", network: (nodes: [], edges: []))"#,
            "(name: '\"', network: (nodes: [], edges: []))",
            "(/* [ */ network: (nodes: [], edges: []))",
            "(name: \"unclosed",
        ] {
            assert_eq!(lists(text), Err(Unusual), "{text}");
        }
        assert!(lists("(a: r#None, network: (nodes: [], edges: []))").is_ok());
    }
}
