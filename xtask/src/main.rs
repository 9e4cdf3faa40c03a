//! The arguments of `cargo xtask`.
#![doc = include_str!("../README.md")]

mod layers;
mod setup;
mod shell;
mod tests;
mod xvfb;

use std::ffi::OsString;
use std::process::ExitCode;

use setup::Purpose;
use tests::Part;

const USAGE: &str = "\
The commands of this workspace:

  cargo xtask setup               install what this machine lacks
  cargo xtask play [-- ARGS]      build and start Neurarium
  cargo xtask test [--only PART]  check everything, or one part of it

Examples:

  cargo xtask play                the window
  cargo xtask play -- --help      what Neurarium itself understands
  cargo xtask test --only unit    the quick tests
";

/// The code of a program that was called in a way it does not understand.
const EXIT_MISUSE: u8 = 2;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    let words: Vec<&str> = args
        .iter()
        .map(|arg| arg.to_str().unwrap_or("\u{fffd}"))
        .collect();

    let outcome = match words.as_slice() {
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}\nParts of the test: {}\n", Part::names());
            Ok(ExitCode::SUCCESS)
        }
        ["setup"] => setup::run(Purpose::Everything).map(|()| {
            println!("Everything needed is here.");
            ExitCode::SUCCESS
        }),
        ["play"] => play(&[]),
        ["play", "--", ..] => play(&args[2..]),
        ["test"] => Ok(tests::run(&Part::ALL)),
        ["test", "--only", name] => match Part::from_name(name) {
            Some(part) => Ok(tests::run(&[part])),
            None => {
                eprintln!("There is no part `{name}`; there are: {}", Part::names());
                Ok(ExitCode::from(EXIT_MISUSE))
            }
        },
        _ => {
            eprintln!("`{}` is not a command.\n\n{USAGE}", words.join(" "));
            Ok(ExitCode::from(EXIT_MISUSE))
        }
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::FAILURE
    })
}

/// Starts Neurarium with `args` and ends as it ends.
fn play(args: &[OsString]) -> anyhow::Result<ExitCode> {
    setup::run(Purpose::Play)?;
    let status = shell::status(
        shell::cargo()
            .args(["run", "--package", "neurarium", "--"])
            .args(args),
    )?;
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}
