//! The benchmarks: those of any crate, and the one that measures the engine beside its peers.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::setup::{self, Purpose};
use crate::{shell, tools, web};

/// The benchmark that sets the engine beside others.
const ENGINE: &str = "engine";

/// Runs a benchmark and ends as it ends.
pub fn run(name: &str, args: &[OsString]) -> anyhow::Result<ExitCode> {
    let mut cargo = shell::cargo();
    cargo.arg("bench");
    if name == ENGINE {
        // Few things are built, so they are built as well as can be: without the checks of a debug build.
        setup::run(Purpose::Everything)?;
        cargo.args(["--package=worker", "--bench", name]);
        invite_peers(&mut cargo);
    } else {
        // Built as `play` and `test` build: nothing is built twice.
        setup::run(Purpose::Play)?;
        cargo.args(["--workspace", "--profile", "dev", "--bench", name]);
    }
    run_to_its_end(cargo.arg("--").args(args))
}

/// Tells the benchmark where the peers are; who cannot be brought is left out, which the benchmark says.
fn invite_peers(cargo: &mut Command) {
    let mut tell = |name: &str, found: anyhow::Result<PathBuf>| match found {
        Ok(path) => {
            cargo.env(name, path);
        }
        Err(error) => println!("{error:#}"),
    };
    tell("NEURARIUM_PEERS", tools::PEERS.folder());
    tell("NEURARIUM_PACKAGES", tools::BROWSER_TESTS.folder());
    tell("NEURARIUM_WORKER", web::build_worker());
    tell(
        "NEURARIUM_KEPT",
        shell::target_dir().map(|target| target.join("tmp/browser")),
    );
}

/// Ends as the command ends.
pub fn run_to_its_end(command: &mut Command) -> anyhow::Result<ExitCode> {
    let status = shell::status(command)?;
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}
