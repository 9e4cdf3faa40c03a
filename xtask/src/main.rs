//! The arguments of `cargo xtask`.
#![doc = include_str!("../README.md")]

mod bench;
mod layers;
mod serve;
mod setup;
mod shell;
mod tests;
mod toolchain;
mod tools;
mod web;
mod xvfb;

use std::ffi::OsString;
use std::process::ExitCode;

use setup::Purpose;
use tests::Part;
use web::{Finish, Gpu};

const USAGE: &str = "\
The commands of this workspace:

  cargo xtask setup               install what this machine lacks
  cargo xtask play [-- ARGS]      build and start Neurarium
  cargo xtask web [OPTIONS]       build the page for browsers
  cargo xtask test [--only PART]  check everything, or one part of it
  cargo xtask bench NAME [ARGS]   measure: engine, canvas, frame_times, …

Examples:

  cargo xtask play                the window
  cargo xtask play -- --help      what Neurarium itself understands
  cargo xtask web --serve         the page, on this machine at http://localhost:8080/
  cargo xtask test --only unit    the quick tests
  cargo xtask bench canvas        what very many wires cost
  cargo xtask bench engine        a training step, beside PyTorch, TensorFlow.js and others

Options of `web`:

  --serve [PORT]                  serve the page on this machine
  --gpu webgl2|webgpu             build only the bundle that draws with this
  --release                       make the page as small as can be, which takes long
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
        ["bench", name, ..] => bench::run(name, &args[2..]),
        ["web", options @ ..] => match WebOptions::from_words(options) {
            Some(options) => build_page(&options),
            None => {
                eprintln!(
                    "`web` does not understand `{}`.\n\n{USAGE}",
                    options.join(" ")
                );
                Ok(ExitCode::from(EXIT_MISUSE))
            }
        },
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
    bench::run_to_its_end(
        shell::cargo()
            .args(["run", "--package", "neurarium", "--"])
            .args(args),
    )
}

/// What is asked of `cargo xtask web`.
#[derive(Debug, PartialEq, Eq)]
struct WebOptions {
    gpus: Vec<Gpu>,
    finish: Finish,
    is_served: bool,
    port: Option<u16>,
}

impl WebOptions {
    /// The options in `words`; `None` when one is not understood.
    fn from_words(words: &[&str]) -> Option<Self> {
        let mut options = Self {
            gpus: Gpu::ALL.to_vec(),
            finish: Finish::Quick,
            is_served: false,
            port: None,
        };
        let mut rest = words;
        while let [word, after @ ..] = rest {
            rest = after;
            match (*word, after) {
                ("--release", _) => options.finish = Finish::Release,
                ("--gpu", [name, after @ ..]) => {
                    options.gpus = vec![Gpu::from_name(name)?];
                    rest = after;
                }
                ("--serve", [port, after @ ..]) if !port.starts_with('-') => {
                    options.is_served = true;
                    options.port = Some(port.parse().ok()?);
                    rest = after;
                }
                ("--serve", _) => options.is_served = true,
                _ => return None,
            }
        }
        Some(options)
    }
}

/// Builds the page, says where it is, and serves it when asked to.
fn build_page(options: &WebOptions) -> anyhow::Result<ExitCode> {
    // What makes it small comes by npm.
    setup::run(match options.finish {
        Finish::Quick => Purpose::Web,
        Finish::Release => Purpose::Everything,
    })?;
    let page = web::build(&options.gpus, options.finish)?;
    println!("The page is in {}", page.display());
    if options.finish == Finish::Release {
        web::print_sizes(&page)?;
    }
    if options.is_served {
        serve::serve(&page, options.port)?;
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod checks {
    use super::*;

    #[test]
    fn the_options_of_web_come_in_any_order() {
        let wanted = WebOptions {
            gpus: vec![Gpu::WebGpu],
            finish: Finish::Release,
            is_served: true,
            port: Some(9000),
        };
        let words = ["--serve", "9000", "--gpu", "webgpu", "--release"];
        assert_eq!(WebOptions::from_words(&words), Some(wanted));
        let plain = WebOptions::from_words(&["--serve", "--release"]);
        assert!(plain.is_some_and(|it| it.is_served && it.port.is_none() && it.gpus == Gpu::ALL));
    }

    #[test]
    fn options_that_mean_nothing_are_refused() {
        for words in [
            &["--fast"][..],
            &["--gpu"],
            &["--gpu", "metal"],
            &["--serve", "the-page"],
        ] {
            assert_eq!(WebOptions::from_words(words), None, "{words:?}");
        }
    }
}
