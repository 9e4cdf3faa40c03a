//! The command line: what Neurarium does without a window.

mod args;
mod check;
mod eval;
mod experiment;
mod report;
mod screenshot;
mod train;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use datasets::Column;
use network::Kinds;
use project::{Edit, Project};
use storage::disk;

use args::{Command, Words};

/// What the window is opened with.
#[derive(Debug, Default)]
pub struct WindowOptions {
    /// The project to open, and the file it is from; `None`: the first example.
    pub project: Option<(PathBuf, Project)>,
    /// A file so large that it is opened in the window, which tells how far it is.
    pub large_file: Option<PathBuf>,
}

/// Larger files than this are opened in the window, in bytes: smaller ones are read
/// in a moment, and their faults end the program in a sentence.
const LARGE: u64 = 4 * 1024 * 1024;

/// Nothing is wrong.
const FINE: u8 = 0;
/// The input is at fault: one sentence on stderr says how.
const BAD_INPUT: u8 = 1;
/// The words make no sense: the usage is on stderr.
const WRONG_USAGE: u8 = 2;

/// Runs the command line: `args` begin with the program's name. Calls `window`
/// when no command is given, and `screenshot` with a project, a size in pixels
/// and the file to draw it into. Ends with 0 when all went well, 1 when the input
/// is at fault, 2 when the words are.
pub fn run(
    args: impl Iterator<Item = OsString>,
    window: impl FnOnce(WindowOptions) -> ExitCode,
    screenshot: impl FnOnce(Project, [u32; 2], &Path) -> Result<(), String>,
) -> ExitCode {
    let words = match Words::try_parse_from(args).and_then(refuse_typing_errors) {
        Ok(words) => words,
        Err(error) => {
            // Help and version are no errors. Where even printing fails, nobody listens.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() {
                WRONG_USAGE
            } else {
                FINE
            });
        }
    };
    let done = match words.command {
        None => match open(words.project) {
            Ok(options) => return window(options),
            Err(sentence) => Err(sentence),
        },
        Some(Command::Train(train)) => train::train(&train),
        Some(Command::Check(check)) => check::check(&check),
        Some(Command::Eval(eval)) => eval::eval(&eval),
        Some(Command::Experiment(words)) => experiment::experiment(&words),
        Some(Command::Screenshot(words)) => screenshot::screenshot(&words, screenshot),
    };
    match done.and_then(|text| say(&text)) {
        Ok(()) => ExitCode::from(FINE),
        Err(sentence) => {
            let _ = writeln!(io::stderr(), "{sentence}");
            ExitCode::from(BAD_INPUT)
        }
    }
}

/// A word that is no command is taken for a file; one that could be none is a
/// mistyped command.
fn refuse_typing_errors(words: Words) -> Result<Words, clap::Error> {
    let Some(project) = &words.project else {
        return Ok(words);
    };
    let is_mere_word = project.extension().is_none() && project.components().count() == 1;
    if is_mere_word && !project.exists() {
        let sentence = format!("“{}” is neither a command nor a file", project.display());
        return Err(Words::command().error(ErrorKind::InvalidSubcommand, sentence));
    }
    Ok(words)
}

fn open(path: Option<PathBuf>) -> Result<WindowOptions, String> {
    let Some(path) = path else {
        return Ok(WindowOptions::default());
    };
    let is_large = std::fs::metadata(&path).is_ok_and(|file| file.is_file() && file.len() > LARGE);
    if is_large {
        return Ok(WindowOptions {
            large_file: Some(path),
            ..WindowOptions::default()
        });
    }
    let project = read(&path)?;
    Ok(WindowOptions {
        project: Some((path, project)),
        ..WindowOptions::default()
    })
}

/// Prints a text. A reader that has gone (`| head`) has what it wanted.
fn say(text: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("The report could not be printed: {error}."))
        }
        _ => Ok(()),
    }
}

fn read(path: &Path) -> Result<Project, String> {
    disk::read_project(path, &Kinds::default()).map_err(|error| error.to_string())
}

/// Reads a project, with other rows than its own if a file of them is given.
fn read_with_data(path: &Path, data: Option<&Path>) -> Result<Project, String> {
    let mut project = read(path)?;
    if let Some(data) = data {
        let columns: Vec<_> = project.table().columns().iter().map(Column::spec).collect();
        let table = disk::read_table(data, &columns).map_err(|error| error.to_string())?;
        let edit = project::gesture::replace_data(table);
        apply(&mut project, data, &edit)?;
    }
    Ok(project)
}

fn apply(project: &mut Project, path: &Path, edit: &Edit) -> Result<(), String> {
    project::apply(project, edit)
        .map(|_| ())
        .map_err(|error| about(path, &error))
}

/// A sentence about a file.
fn about(path: &Path, fault: &dyn std::fmt::Display) -> String {
    format!("{}: {fault}", path.display())
}
