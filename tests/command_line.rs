//! The command line as a person meets it: the real program, its words, its exit codes.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn neurarium() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_neurarium"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn run(words: &[&str]) -> Output {
    neurarium()
        .args(words)
        .output()
        .expect("the program starts")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("it writes text")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("it writes text")
}

/// Exit code 1, nothing on stdout, this one line on stderr.
fn is_refused(words: &[&str], sentence: &str) {
    let output = run(words);
    assert_eq!(err(&output), format!("{sentence}\n"), "{words:?}");
    assert_eq!(output.status.code(), Some(1), "{words:?}");
    assert_eq!(out(&output), "", "{words:?}");
}

const XOR: &str = "assets/examples/xor-table.ron";
const IRIS: &str = "assets/examples/iris.ron";

fn json(words: &[&str]) -> serde_json::Value {
    let output = run(words);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(err(&output), "", "no bar where there is no terminal");
    let text = out(&output);
    assert_eq!(text.lines().count(), 1);
    serde_json::from_str(&text).expect("it is one JSON object")
}

#[test]
fn training_tells_loss_and_metrics_of_each_part() {
    let output = run(&["train", IRIS, "--epochs", "30", "--seed", "3"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    assert!(text.starts_with(
        "assets/examples/iris.ron: 67 parameters trained for 30 epochs with seed 3 in "
    ));
    for line in [
        "           training  validation",
        "rows            105          23",
        "loss ",
        "accuracy ",
    ] {
        assert!(text.contains(line), "{text}");
    }
    assert_eq!(err(&output), "", "no bar where there is no terminal");
}

#[test]
fn json_tells_a_program_the_same() {
    let report = json(&["train", XOR, "--json"]);
    assert_eq!(report["epochs"], 300);
    assert_eq!(report["parameters"], 17);
    assert_eq!(report["samples"], 1200);
    assert_eq!(report["parts"][0]["part"], "training");
    assert_eq!(report["parts"][0]["rows"], 4);
    assert_eq!(report["parts"][0]["accuracy"], 1.0);
    assert!(
        report["parts"][0]["loss"]
            .as_f64()
            .is_some_and(|loss| loss < 0.05)
    );
    assert!(report["parts"][2]["loss"].is_null());
}

#[test]
fn what_is_saved_is_what_was_trained() {
    let folder = tempfile::tempdir().expect("there is a folder for the test");
    let saved = folder.path().join("trained.ron");
    let saved = saved.to_str().expect("its name is text");
    let trained = json(&["train", XOR, "--epochs", "50", "--save", saved, "--json"]);
    let measured = json(&["eval", saved, "--json"]);
    assert_eq!(measured["trained_epochs"], 50);
    assert_eq!(measured["parts"], trained["parts"]);
    // It goes on from there.
    let further = json(&["train", saved, "--epochs", "25", "--json"]);
    assert_eq!(further["trained_epochs"], 75);
}

#[test]
fn only_the_part_asked_for_is_measured() {
    for (part, rows) in [("train", 105), ("validation", 23), ("test", 22)] {
        let report = json(&["eval", IRIS, "--part", part, "--json"]);
        assert_eq!(report["parts"].as_array().map(Vec::len), Some(1));
        assert_eq!(report["parts"][0]["rows"], rows);
    }
}

#[test]
fn other_rows_come_from_a_csv_file() {
    let own = json(&["eval", IRIS, "--json"]);
    assert_eq!(
        json(&["eval", IRIS, "--data", "assets/data/iris.csv", "--json"]),
        own
    );
    is_refused(
        &[
            "train",
            XOR,
            "--data",
            "tests/broken/word_among_numbers.csv",
        ],
        "tests/broken/word_among_numbers.csv: line 3, column 2: found \"one\", expected a number",
    );
}

#[test]
fn check_tells_what_is_in_a_project() {
    let output = run(&["check", XOR]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        out(&output),
        "assets/examples/xor-table.ron is a sound project.

neurons      7: 2 input, 4 hidden, 1 output
connections  12
parameters   17, 0 frozen
data         4 rows, 3 columns
split        100 % training, 0 % validation, 0 % test, shuffled
trained      0 of 300 epochs
"
    );
}

#[test]
fn check_notes_what_is_sound_but_cannot_be_trained() {
    let folder = tempfile::tempdir().expect("there is a folder for the test");
    let path = folder.path().join("empty.ron");
    let text = project::file::write(&project::Project::default()).expect("it can be written");
    fs::write(&path, text).expect("it can be saved");
    let path = path.to_str().expect("its name is text");
    let output = run(&["check", path]);
    assert_eq!(output.status.code(), Some(0));
    assert!(out(&output).contains("Note: There is no input neuron yet.\n"));
    is_refused(
        &["train", path],
        &format!("{path}: There is no input neuron yet: drag one onto the canvas."),
    );
}

#[test]
fn a_broken_project_is_told_by_file_line_and_column_by_every_command() {
    for command in ["train", "check", "eval"] {
        is_refused(
            &[command, "tests/broken/loss_unknown.ron"],
            "tests/broken/loss_unknown.ron: line 43, column 30: found `Wobble`, expected \
             `MeanSquaredError`, `MeanAbsoluteError`, `BinaryCrossEntropy`, \
             `CategoricalCrossEntropy`, `Huber` or `Hinge`",
        );
    }
    is_refused(
        &["screenshot", "tests/broken/empty.ron", "picture.png"],
        "tests/broken/empty.ron: line 1, column 1: found an empty file, expected a project",
    );
    is_refused(
        &["tests/broken/empty.ron"],
        "tests/broken/empty.ron: line 1, column 1: found an empty file, expected a project",
    );
}

#[test]
fn every_broken_project_ends_with_one_and_one_line() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("its entries can be read").path())
        .collect();
    files.sort();
    for path in files {
        let path = path.to_str().expect("its name is text");
        let output = match Path::new(path).extension().and_then(|end| end.to_str()) {
            Some("ron") => run(&["check", path]),
            Some("csv") => run(&["train", XOR, "--data", path]),
            _ => continue,
        };
        assert_eq!(output.status.code(), Some(1), "{path}");
        assert_eq!(err(&output).lines().count(), 1, "{path}: {}", err(&output));
    }
}

#[test]
fn places_that_cannot_be_read_or_written_are_told() {
    is_refused(
        &["train", "no/such.ron"],
        "no/such.ron: there is no such file",
    );
    is_refused(
        &["check", "assets"],
        "assets: found a folder, expected a file",
    );
    is_refused(
        &["train", XOR, "--save", "no/such/folder.ron"],
        "no/such/folder.ron: there is no folder no/such",
    );
    is_refused(
        &["train", XOR, "--save", "assets"],
        "assets: found a folder, expected a file",
    );
    is_refused(
        &["screenshot", XOR, "no/such/picture.png"],
        "no/such/picture.png: there is no folder no/such",
    );
}

#[test]
fn a_drawing_is_written_by_its_ending_and_other_endings_are_refused_in_a_sentence() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let file = folder.path().join("xor.SVG");
    let output = run(&["screenshot", XOR, file.to_str().expect("its name is text")]);
    assert_eq!(err(&output), "");
    assert_eq!(output.status.code(), Some(0));
    let text = fs::read_to_string(&file).expect("it is written");
    let document = roxmltree::Document::parse(&text).expect("it is sound XML");
    let wires = document
        .descendants()
        .filter(|element| element.attribute("class") == Some("wire"));
    assert_eq!(wires.count(), 12, "the example has 2–4–1 neurons");
    is_refused(
        &["screenshot", XOR, "xor.gif"],
        "xor.gif: expected a picture that ends in .png or .svg",
    );
}

#[test]
fn an_experiment_tells_mean_and_spread_of_each_value() {
    let words = ["experiment", IRIS, "--seeds", "3", "--epochs", "10"];
    let vary = ["--vary", "learning_rate=0.01,0.1"];
    let output = run(&[&words[..], &vary].concat());
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    assert!(
        text.starts_with(
            "assets/examples/iris.ron: learning_rate varied, 6 runs with seeds 1 to 3.\n\nlearning_rate  runs    training loss  validation loss  validation accuracy"
        ),
        "{text}"
    );
    assert_eq!(text.matches(" ± ").count(), 11 + 2, "{text}");
    let report = json(&[&words[..], &vary, &["--json"]].concat());
    assert_eq!(report["seeds"], serde_json::json!([1, 2, 3]));
    let second = &report["variants"][1];
    assert_eq!(
        (&second["value"], &second["runs"]),
        (&"0.1".into(), &3.into())
    );
    assert_eq!(second["curve"].as_array().map(Vec::len), Some(10));
    let loss = &second["measures"][0];
    assert_eq!(
        (&loss["part"], &loss["name"]),
        (&"training".into(), &"loss".into())
    );
    assert!(
        loss["difference"]["mean"]
            .as_f64()
            .is_some_and(|mean| mean < 0.0)
    );
}

#[test]
fn the_runs_of_an_experiment_are_those_of_train() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("runs.csv");
    let path = path.to_str().expect("plain letters");
    let words = [
        "experiment",
        XOR,
        "--seeds",
        "2",
        "--epochs",
        "10",
        "--vary",
    ];
    let output = run(&[&words[..], &["l2=0,0.01", "--csv", path]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let runs = fs::read_to_string(path).expect("it was written");
    let lines: Vec<&str> = runs.lines().collect();
    assert_eq!(lines.len(), 5, "{runs}");
    assert!(lines[0].starts_with("l2,seed,epochs,diverged,training_loss,training_accuracy,"));
    let alone = json(&["train", XOR, "--seed", "2", "--epochs", "10", "--json"]);
    let told: f32 = lines[2]
        .strip_prefix("0,2,10,,")
        .and_then(|rest| rest.split(',').next())
        .and_then(|loss| loss.parse().ok())
        .expect("a loss");
    let expected = alone["parts"][0]["loss"].as_f64().expect("a loss");
    assert_eq!(told, expected as f32);
}

#[test]
fn what_an_experiment_cannot_try_is_told_in_a_sentence() {
    is_refused(
        &["experiment", XOR, "--vary", "momentum=0.5"],
        "assets/examples/xor-table.ron: Adam has no momentum; SGD and Nesterov do",
    );
    is_refused(
        &["experiment", XOR, "--vary", "loss=bce,cce"],
        "assets/examples/xor-table.ron: The variant “cce” cannot be trained. Categorical cross-entropy needs probabilities that add up to 1: give “y” the activation softmax, or choose another loss.",
    );
}

#[test]
fn words_that_make_no_sense_end_with_two() {
    let wrong: [&[&str]; 13] = [
        &["trian"],
        &["train"],
        &["train", XOR, "--epochs", "0"],
        &["train", XOR, "--epochs", "1000001"],
        &["train", XOR, "--seed", "-1"],
        &["train", XOR, "--seed", "18446744073709551616"],
        &["eval", XOR, "--part", "most"],
        &["experiment", XOR],
        &["experiment", XOR, "--vary", "learning_rate"],
        &["experiment", XOR, "--vary", "colour=red"],
        &["experiment", XOR, "--vary", "momentum=0.5", "--seeds", "0"],
        &["screenshot", XOR, "picture.png", "--size", "1280"],
        &["screenshot", XOR, "picture.png", "--size", "99999x1"],
    ];
    for words in wrong {
        let output = run(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert_eq!(out(&output), "", "{words:?}");
        assert!(err(&output).starts_with("error: "), "{words:?}");
    }
}

#[test]
fn help_shows_examples_for_every_command() {
    for command in ["train", "check", "eval", "experiment", "screenshot"] {
        let output = run(&[command, "--help"]);
        assert_eq!(output.status.code(), Some(0));
        let text = out(&output);
        assert!(
            text.contains(&format!("Examples:\n  neurarium {command} ")),
            "{text}"
        );
    }
    assert!(out(&run(&["--help"])).contains("Examples:\n  neurarium "));
    assert_eq!(
        out(&run(&["--version"])),
        concat!("neurarium ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn a_reader_that_leaves_is_no_fault() {
    for words in [&["train", XOR, "--json"][..], &["--help"], &["check", IRIS]] {
        let mut child = neurarium()
            .args(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        drop(child.stdout.take());
        let status = child.wait().expect("it ends");
        assert_eq!(status.code(), Some(0), "{words:?}");
        let mut text = String::new();
        let mut stderr = child.stderr.take().expect("stderr is piped");
        stderr.read_to_string(&mut text).expect("it writes text");
        assert_eq!(text, "", "{words:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told_and_no_panic() {
    let full = fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("Linux has it");
    let output = neurarium()
        .args(["check", XOR])
        .stdout(full)
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        err(&output).starts_with("The report could not be printed: "),
        "{}",
        err(&output)
    );
    is_refused(
        &["train", XOR, "--save", "/dev/full"],
        "/dev/full: found a device or a pipe, expected an ordinary file",
    );
}
