//! Broken files of every sort: each gets one sentence, the same on every machine, and no panic.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use datasets::{Column, ColumnSpec};
use network::Kinds;
use proptest::prelude::*;
use storage::disk::{read_project, read_table};

/// When set, the expected sentences are written instead of compared: read the
/// difference before you keep it.
const WRITE: &str = "NEURARIUM_WRITE_EXPECTED";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All broken files by name.
fn broken() -> BTreeMap<String, PathBuf> {
    fs::read_dir(root().join("tests/broken"))
        .expect("the folder of broken files is there")
        .map(|entry| entry.expect("its entries can be read").path())
        .filter(|path| path.file_name().is_some_and(|name| name != "expected.txt"))
        .map(|path| {
            let name = path.file_name().expect("a file has a name");
            (name.to_string_lossy().into_owned(), path)
        })
        .collect()
}

/// What the network of the XOR example asks of a table.
fn xor_columns() -> Vec<ColumnSpec> {
    let path = root().join("assets/examples/xor-table.ron");
    let project = read_project(&path, &Kinds::default()).expect("the example is sound");
    project.table().columns().iter().map(Column::spec).collect()
}

/// What the person is told about a file.
fn sentence(path: &Path) -> String {
    let told = if path.extension().is_some_and(|extension| extension == "csv") {
        read_table(path, &xor_columns())
            .map(|_| ())
            .map_err(|error| error.to_string())
    } else {
        read_project(path, &Kinds::default())
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    let told = told.expect_err("a broken file is refused");
    let folder = format!("{}/", root().join("tests/broken").display());
    told.strip_prefix(&folder)
        .expect("the sentence begins with the file")
        .to_owned()
}

#[test]
fn every_broken_file_gets_the_sentence_written_down_for_it() {
    let mut told = String::new();
    for path in broken().values() {
        let _ = writeln!(told, "{}", sentence(path));
    }
    let path = root().join("tests/broken/expected.txt");
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, &told).expect("the expected sentences can be written");
    }
    let expected = fs::read_to_string(&path).expect("the expected sentences are there");
    for (told, expected) in told.lines().zip(expected.lines()) {
        assert_eq!(told, expected);
    }
    assert_eq!(told.lines().count(), expected.lines().count());
}

#[test]
fn there_are_many_causes_and_most_have_a_sentence_of_their_own() {
    let files = broken();
    let count = |extension: &str| {
        let names = files.keys();
        names.filter(|name| name.ends_with(extension)).count()
    };
    assert!(count(".ron") >= 80 && count(".csv") >= 20);
    let reasons: BTreeSet<String> = files
        .values()
        .map(|path| {
            let told = sentence(path);
            let (_, reason) = told.split_once(": ").expect("a file and a reason");
            reason.to_owned()
        })
        .collect();
    assert!(
        reasons.len() >= 100,
        "{} different sentences",
        reasons.len()
    );
}

#[test]
fn every_sentence_is_one_line_in_the_words_of_a_person() {
    for (name, path) in broken() {
        let told = sentence(&path);
        assert!(told.starts_with(&format!("{name}: ")), "{told}");
        assert!(told.len() < 300, "{told}");
        assert!(!told.chars().any(char::is_control), "{told}");
        let is_jargon = |word: &str| {
            [
                "struct", "tuple", "enum", "variant", "RON", "u32", "f32", "usize",
            ]
            .contains(&word)
        };
        let mut words = told.split(|letter: char| !letter.is_alphanumeric());
        assert!(!words.any(is_jargon), "{told}");
    }
}

fn examples() -> impl Strategy<Value = Vec<u8>> {
    proptest::sample::select(vec!["xor-table", "and", "sine"]).prop_map(|name| {
        let path = root().join(format!("assets/examples/{name}.ron"));
        fs::read(path).expect("the example is there")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_example_with_bytes_changed_is_never_a_panic(
        mut bytes in examples(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..8),
    ) {
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let _ = project::file::read(&bytes, &Kinds::default());
    }

    #[test]
    fn an_example_cut_off_anywhere_is_refused(bytes in examples(), end in any::<proptest::sample::Index>()) {
        let whole = bytes.trim_ascii_end().len();
        let cut = &bytes[..end.index(whole)];
        prop_assert!(project::file::read(cut, &Kinds::default()).is_err());
    }

    #[test]
    fn an_example_with_a_number_exchanged_is_never_a_panic(
        bytes in examples(),
        place in any::<proptest::sample::Index>(),
        number in proptest::sample::select(vec![
            "-1", "4294967295", "4294967296", "18446744073709551616", "NaN", "-inf", "1e39",
            "1e-50", "0", "0x7f", "1_000", "-0.0", "''", "()", "[]", "None", "\"\"",
        ]),
    ) {
        let text = String::from_utf8(bytes).expect("an example is text");
        let numbers: Vec<_> = text
            .match_indices(|c: char| c.is_ascii_digit())
            .map(|(at, _)| at)
            .collect();
        let at = numbers[place.index(numbers.len())];
        let end = at + text[at..].find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(0);
        let text = format!("{}{number}{}", &text[..at], &text[end..]);
        let _ = project::file::read(text.as_bytes(), &Kinds::default());
    }
}
