//! The kept inputs: files that say in one line what comes of them.

use std::path::PathBuf;

/// An input that is kept.
pub struct Kept {
    /// The name of its file.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The folder of a target.
pub fn folder(target: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "corpus", target]
        .iter()
        .collect()
}

/// The inputs of a target, by name.
///
/// # Panics
/// When they cannot be read.
pub fn all(target: &str) -> Vec<Kept> {
    let folder = folder(target);
    let entries = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()));
    let mut kept: Vec<Kept> = entries
        .map(|entry| {
            let path = entry.expect("the folder can be read").path();
            let name = path.file_name().expect("it has a name");
            Kept {
                name: name.to_string_lossy().into_owned(),
                bytes: std::fs::read(&path)
                    .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display())),
            }
        })
        .collect();
    kept.sort_by(|a, b| a.name.cmp(&b.name));
    kept
}

/// Several sentences on one line.
pub fn line_of(sentences: &[String]) -> String {
    sentences.join(" | ").replace(char::is_control, "�")
}

/// Compares what comes of each kept input with what its file says.
///
/// # Panics
/// When something else comes of one; all of them are told, with what their files should say.
pub fn check(target: &str, mark: &str, outcome: impl Fn(&[u8]) -> Vec<String>) {
    let _turn = super::turn();
    let mut wrong = String::new();
    let kept = all(target);
    assert!(kept.len() > 10, "the corpus of {target} is missing");
    for Kept { name, bytes } in kept {
        println!("{name}");
        let now = line_of(&outcome(&bytes));
        let said = said(&bytes, mark);
        if said.as_deref() != Some(now.as_str()) {
            let said = said.unwrap_or_default();
            wrong.push_str(&format!(
                "\n{name}\n  it has:  {mark}{said}\n  instead: {mark}{now}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "files say what does not come of them:{wrong}"
    );
}

/// What a file says comes of it.
fn said(bytes: &[u8], mark: &str) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    lines.find_map(|line| Some(line.strip_prefix(mark)?.to_owned()))
}
