//! The shipped examples: the files are what the code builds, to the byte.

use std::fs;
use std::path::PathBuf;

use network::Kinds;
use project::file;

/// When set, the files are written instead of compared.
const WRITE: &str = "NEURARIUM_WRITE_EXAMPLES";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../assets/examples")
}

fn agree(name: &str, built: &str) {
    let path = folder().join(name);
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, built).expect("the folder of examples can be written to");
    }
    let shipped = fs::read_to_string(&path).expect("the example is there");
    assert!(
        shipped == built,
        "{name} is not what the code builds: run this test with {WRITE}=1 to write it anew"
    );
}

#[test]
fn the_shipped_files_are_what_the_code_builds_and_there_are_no_others() {
    let examples = examples::all();
    let mut names = vec!["index.ron".to_owned()];
    for example in &examples {
        let built = file::write(&example.project).expect("an example has a RON form");
        names.push(format!("{}.ron", example.name));
        agree(&names[names.len() - 1], &built);
    }
    agree("index.ron", &examples::index(&examples));
    let mut shipped: Vec<String> = fs::read_dir(folder())
        .expect("the folder of examples can be read")
        .map(|entry| {
            let name = entry.expect("its entries can be read").file_name();
            name.to_string_lossy().into_owned()
        })
        .collect();
    shipped.sort();
    names.sort();
    assert_eq!(shipped, names);
}

#[test]
fn every_example_is_read_as_it_was_built_and_can_be_trained() {
    for example in examples::all() {
        let written = file::write(&example.project).expect("an example has a RON form");
        let read = file::read(written.as_bytes(), &Kinds::default()).expect("it can be read");
        assert_eq!(read, example.project, "{}", example.name);
        assert_eq!(read.trained_epochs(), 0);
        assert_eq!(read.check_training(), Ok(()), "{}", example.name);
        assert!(network::warnings(read.network()).is_empty());
    }
}
