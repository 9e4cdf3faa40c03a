//! From bytes to text: encoding, delimiter, quotes and lines.

use std::{borrow::Cow, ops::ControlFlow};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::{CsvError, MAX_CSV_BYTES, MAX_CSV_COLUMNS};

/// How many records the delimiter is judged by.
const SAMPLED_RECORDS: usize = 50;

/// The text of a file: by its byte order mark, as UTF-8, as UTF-16, or in the likeliest older encoding.
///
/// A byte that its encoding does not know becomes U+FFFD, and is found later in the cell where it stands.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, CsvError> {
    if bytes.len() > MAX_CSV_BYTES {
        return Err(CsvError::TooLarge { found: bytes.len() });
    }
    let (encoding, start) = match Encoding::for_bom(bytes) {
        Some(found) => found,
        None => (guess_encoding(bytes)?, 0),
    };
    let (text, _) = encoding.decode_without_bom_handling(&bytes[start..]);
    match text.find('\0') {
        // Counted in the decoded text: exact for every encoding of one byte per character.
        Some(at) => Err(CsvError::Binary {
            byte: start + at + 1,
        }),
        None => Ok(text),
    }
}

fn guess_encoding(bytes: &[u8]) -> Result<&'static Encoding, CsvError> {
    if let Some(first) = bytes.iter().position(|&byte| byte == 0) {
        return utf_16_without_mark(bytes).ok_or(CsvError::Binary { byte: first + 1 });
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    // Without a zero byte, valid UTF-8 is UTF-8: other encodings hit its patterns by chance only in tiny files.
    Ok(detector.guess(None, Utf8Detection::Allow))
}

/// UTF-16 that lacks its mark: digits and delimiters have their zero byte always on the same side.
fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    let (mut first_zeros, mut second_zeros) = (0_usize, 0_usize);
    for pair in bytes.chunks_exact(2) {
        first_zeros += usize::from(pair[0] == 0);
        second_zeros += usize::from(pair[1] == 0);
    }
    let half = bytes.len() / 4;
    match (first_zeros, second_zeros) {
        (0, zeros) if zeros > half => Some(UTF_16LE),
        (zeros, 0) if zeros > half => Some(UTF_16BE),
        _ => None,
    }
}

/// The delimiter: the one of tab, `;` and `,` that cuts the first records into equally many cells, else the one that
/// cuts the most of them.
///
/// `;` is asked before `,` because a file with `;` may use `,` as its decimal mark, hardly ever the other way round.
pub(super) fn sniff_delimiter(text: &str) -> u8 {
    let mut best = (b',', (0, 0));
    for delimiter in *b",;\t" {
        let mut widths = Vec::new();
        // An unclosed quote ends the sample early; it is reported once the delimiter is known.
        let _ = scan_records(text, delimiter, |_, width| {
            widths.push(width);
            if widths.len() < SAMPLED_RECORDS {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        let cut = widths.iter().filter(|&&width| width > 1).count();
        let is_even = cut > 0 && widths.iter().all(|width| width == &widths[0]);
        let score = (usize::from(is_even), if is_even { 0 } else { cut });
        // An even cut by a later candidate wins over an even cut by an earlier one.
        if score > best.1 || is_even {
            best = (delimiter, score);
        }
    }
    best.0
}

/// Refuses a quote that never closes and a row that is too wide, before either costs memory.
pub(super) fn check_records(text: &str, delimiter: u8) -> Result<(), CsvError> {
    let mut too_wide = None;
    scan_records(text, delimiter, |line, found| {
        if found > MAX_CSV_COLUMNS {
            too_wide = Some(CsvError::TooManyColumns { line, found });
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })
    .map_err(|quote| CsvError::UnclosedQuote {
        line: quote.line,
        column: quote.column,
    })?;
    too_wide.map_or(Ok(()), Err)
}

/// Where a quote opens that never closes, from 1.
struct OpenQuote {
    line: u32,
    column: usize,
}

/// Visits the line and the number of cells of every record that is not blank, by the grammar of the `csv` crate, which
/// reads an unclosed quote to the end of the file without a word.
fn scan_records(
    text: &str,
    delimiter: u8,
    mut visit: impl FnMut(u32, usize) -> ControlFlow<()>,
) -> Result<(), OpenQuote> {
    enum State {
        CellStart,
        Plain,
        Quoted,
        QuoteInQuoted,
    }
    let bytes = text.as_bytes();
    let mut state = State::CellStart;
    let mut quote = OpenQuote { line: 1, column: 1 };
    let (mut line, mut record_line, mut width, mut is_blank) = (1_u32, 1_u32, 1_usize, true);
    for (at, &byte) in bytes.iter().enumerate() {
        let is_line_end = ends_line(bytes, at);
        match (&state, byte) {
            (State::Quoted, b'"') => state = State::QuoteInQuoted,
            (State::Quoted, _) => {}
            (_, b'\r' | b'\n') => {
                if !is_blank && visit(record_line, width).is_break() {
                    return Ok(());
                }
                state = State::CellStart;
                record_line = line + u32::from(is_line_end);
                (width, is_blank) = (1, true);
            }
            (_, _) if byte == delimiter => {
                state = State::CellStart;
                width += 1;
                is_blank = false;
            }
            (State::CellStart, b'"') => {
                quote = OpenQuote {
                    line,
                    column: width,
                };
                state = State::Quoted;
                is_blank = false;
            }
            (State::QuoteInQuoted, b'"') => state = State::Quoted,
            (_, _) => {
                state = State::Plain;
                is_blank &= byte.is_ascii_whitespace();
            }
        }
        line += u32::from(is_line_end);
    }
    if matches!(state, State::Quoted) {
        return Err(quote);
    }
    if !is_blank {
        // Whether to go on makes no difference after the last record.
        let _ = visit(record_line, width);
    }
    Ok(())
}

/// Whether a line of a text editor ends at this byte: at `\n`, or at a `\r` without one.
fn ends_line(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    }
}

/// Turns growing byte offsets into lines, each byte looked at once.
///
/// The `csv` crate counts `\n` only, and gives a record that follows blank lines the line of the first of them.
pub(super) struct LineCounter<'a> {
    bytes: &'a [u8],
    offset: usize,
    line: u32,
}

impl<'a> LineCounter<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes(),
            offset: 0,
            line: 1,
        }
    }

    /// The line of the record that begins at this offset or after the line ends that stand there.
    pub(super) fn line_of_record(&mut self, start: u64) -> u32 {
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        while let Some(byte) = self.bytes.get(self.offset) {
            if self.offset >= start && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            self.line += u32::from(ends_line(self.bytes, self.offset));
            self.offset += 1;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_told_apart_even_beside_decimal_commas() {
        for (text, delimiter) in [
            ("1,2\n3,4\n", b','),
            ("1;2\n3;4\n", b';'),
            ("1\t2\n3\t4\n", b'\t'),
            ("1,5;2,5\n3,5;4,5\n", b';'),
            ("1,5\t2,5\n3,5\t4,5\n", b'\t'),
            ("\"a;b\",2\n\"c\",4\n", b','),
            ("1,2\n3\n", b','),
            ("1\n2\n", b','),
            ("", b','),
        ] {
            assert_eq!(sniff_delimiter(text) as char, delimiter as char, "{text:?}");
        }
    }

    #[test]
    fn text_is_decoded_from_the_encodings_spreadsheets_write() {
        let with_mark = |mark: &[u8], units: Vec<u8>| [mark, &units].concat();
        let utf_16 = |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "Größe;1\n".encode_utf16().flat_map(to_bytes).collect()
        };
        for bytes in [
            "Größe;1\n".as_bytes().to_vec(),
            with_mark(b"\xEF\xBB\xBF", "Größe;1\n".as_bytes().to_vec()),
            with_mark(b"\xFF\xFE", utf_16(u16::to_le_bytes)),
            with_mark(b"\xFE\xFF", utf_16(u16::to_be_bytes)),
            utf_16(u16::to_le_bytes),
            utf_16(u16::to_be_bytes),
            b"Gr\xF6\xDFe;1\n".to_vec(),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Ok("Größe;1\n"), "{bytes:?}");
        }
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let text = "a\r\n\r\nb\rc\n\nd";
        let mut lines = LineCounter::new(text);
        assert_eq!(lines.line_of_record(0), 1);
        assert_eq!(lines.line_of_record(2), 3);
        assert_eq!(lines.line_of_record(7), 4);
        assert_eq!(lines.line_of_record(9), 6);
    }
}
