//! Running other programs, and counting the tests they report.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::ops::AddAssign;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, bail};

/// How many checks passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Checks that passed.
    pub passed: usize,
    /// Checks that failed.
    pub failed: usize,
}

impl Tally {
    /// One check that passed.
    pub const PASS: Self = Self {
        passed: 1,
        failed: 0,
    };
    /// One check that failed.
    pub const FAIL: Self = Self {
        passed: 0,
        failed: 1,
    };

    /// The counts in a line of a test program's summary; `None` for every other line.
    ///
    /// Those of Rust print one such as `test result: ok. 3 passed; 0 failed; …`, those of Node
    /// several such as `ℹ pass 3`.
    fn from_line(line: &str) -> Option<Self> {
        let line = without_colours(line);
        if let Some(count) = line.strip_prefix("ℹ ") {
            return Self::from_node(count);
        }
        let (_verdict, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let count = |what| {
            counts
                .split("; ")
                .find_map(|part| part.strip_suffix(what)?.parse().ok())
        };
        Some(Self {
            passed: count(" passed")?,
            failed: count(" failed")?,
        })
    }

    /// The count in a line of Node's summary such as `pass 3`.
    fn from_node(line: &str) -> Option<Self> {
        let (what, count) = line.trim_end().split_once(' ')?;
        let count = count.parse().ok()?;
        match what {
            "pass" => Some(Self {
                passed: count,
                failed: 0,
            }),
            // What waited for something that never came was cancelled.
            "fail" | "cancelled" => Some(Self {
                passed: 0,
                failed: count,
            }),
            _ => None,
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// `line` without the escape sequences that colour it.
fn without_colours(line: &str) -> String {
    let mut pieces = line.split("\u{1b}[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        plain.push_str(piece.split_once('m').map_or(piece, |(_code, text)| text));
    }
    plain
}

/// The folder of the workspace.
///
/// Cargo says at run time where the package lies: the path at compile time may be that of another
/// checkout that shares the target directory.
pub fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().map_or(package.clone(), Path::to_owned)
}

/// The target directory: the one this program was built into.
pub fn target_dir() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe().context("this program cannot tell where it lies")?;
    // `<target>/debug/xtask`, and `<target>/debug/deps/xtask-…` for its tests.
    let profile = program
        .ancestors()
        .skip(1)
        .find(|folder| !folder.ends_with("deps"));
    let target = profile.and_then(Path::parent);
    let target =
        target.with_context(|| format!("{} lies in no target directory", program.display()))?;
    Ok(target.to_owned())
}

/// The cargo that runs this program, started in the folder of the workspace.
pub fn cargo() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(root());
    command
}

/// Whether a program of this name is on the `PATH`.
pub fn is_on_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    })
}

/// Runs `command` on this terminal until it ends.
pub fn status(command: &mut Command) -> anyhow::Result<ExitStatus> {
    command
        .status()
        .with_context(|| format!("{} could not be started", name_of(command)))
}

/// Runs `command` and returns what it writes to its standard output; an exit with failure is an
/// error that quotes what it said.
pub fn output(command: &mut Command) -> anyhow::Result<String> {
    let output = command
        .output()
        .with_context(|| format!("{} could not be started", name_of(command)))?;
    if !output.status.success() {
        bail!(
            "{} failed: {}",
            line_of(command),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether `command` can be started and succeeds; what it says is dropped.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Runs `command` as one check.
pub fn check(command: &mut Command) -> anyhow::Result<Tally> {
    println!("$ {}", line_of(command));
    Ok(if status(command)?.success() {
        Tally::PASS
    } else {
        Tally::FAIL
    })
}

/// Runs test programs, passes on to `terminal` what they write as it comes, and sums their counts.
///
/// An exit with failure that comes without a failed test counts as one: something did not compile, or
/// crashed.
pub fn count_tests(command: &mut Command, terminal: &mut impl Write) -> anyhow::Result<Tally> {
    println!("$ {}", line_of(command));
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} could not be started", name_of(command)))?;
    let mut tally = Tally::default();
    if let Some(stdout) = child.stdout.take() {
        let mut reader = BufReader::new(stdout);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line)? > 0 {
            terminal.write_all(&line)?;
            terminal.flush()?;
            if let Some(counts) = Tally::from_line(&String::from_utf8_lossy(&line)) {
                tally += counts;
            }
            line.clear();
        }
    }
    if !child.wait()?.success() && tally.failed == 0 {
        tally += Tally::FAIL;
    }
    Ok(tally)
}

/// The program of `command` without its folder.
fn name_of(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    name.to_string_lossy().into_owned()
}

/// `command` as one would type it.
pub fn line_of(command: &Command) -> String {
    let args = command.get_args().map(OsStr::to_string_lossy);
    let words: Vec<_> = std::iter::once(name_of(command).into())
        .chain(args)
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_result_line_gives_its_counts() {
        let line =
            "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 7 filtered out";
        let counts = Tally {
            passed: 12,
            failed: 3,
        };
        assert_eq!(Tally::from_line(line), Some(counts));
    }

    #[test]
    fn a_coloured_result_line_gives_the_same_counts() {
        let line = "test result: \u{1b}[32mok\u{1b}[m. 2 passed; 0 failed; 0 ignored\n";
        let counts = Tally {
            passed: 2,
            failed: 0,
        };
        assert_eq!(Tally::from_line(line), Some(counts));
    }

    #[test]
    fn a_line_about_a_single_test_counts_nothing() {
        assert_eq!(Tally::from_line("test a_wire_bends ... ok"), None);
        assert_eq!(Tally::from_line("test result: ok"), None);
        assert_eq!(Tally::from_line("12 passed; 3 failed"), None);
    }

    #[test]
    fn the_lines_of_nodes_summary_give_its_counts() {
        let summary = "ℹ tests 9\nℹ suites 2\nℹ pass 5\nℹ fail 1\nℹ cancelled 2\nℹ skipped 1\nℹ duration_ms 8.5\n";
        let mut tally = Tally::default();
        for counts in summary.lines().filter_map(Tally::from_line) {
            tally += counts;
        }
        assert_eq!((tally.passed, tally.failed), (5, 3));
    }

    #[test]
    fn the_counts_of_several_test_programs_are_summed() -> anyhow::Result<()> {
        let script = "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'
            echo 'test result: FAILED. 4 passed; 1 failed; 0 ignored'; exit 101";
        let tally = count_tests(&mut shell(script), &mut Vec::new())?;
        assert_eq!((tally.passed, tally.failed), (6, 1));
        Ok(())
    }

    #[test]
    fn a_test_program_that_crashes_counts_as_one_failure() -> anyhow::Result<()> {
        let script = "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'; exit 134";
        let tally = count_tests(&mut shell(script), &mut Vec::new())?;
        assert_eq!((tally.passed, tally.failed), (2, 1));
        Ok(())
    }

    #[test]
    fn what_a_test_program_writes_is_passed_on_byte_for_byte() -> anyhow::Result<()> {
        let mut terminal = Vec::new();
        count_tests(&mut shell(r"printf 'one\n\377two'"), &mut terminal)?;
        assert_eq!(terminal, b"one\n\xfftwo");
        Ok(())
    }

    #[test]
    fn a_program_that_does_not_exist_is_named_in_the_error() {
        let error = count_tests(
            &mut Command::new("/nowhere/no-such-program"),
            &mut Vec::new(),
        );
        assert!(error.is_err_and(|error| error.to_string().contains("no-such-program")));
    }

    #[test]
    fn the_root_holds_the_manifest_of_the_workspace() {
        assert!(root().join("xtask/Cargo.toml").is_file());
    }
}
