//! The parts of `cargo xtask test`, their order and their table.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::layers;
use crate::setup::{self, Purpose};
use crate::shell::{self, Tally, cargo};
use crate::tools;
use crate::web::{self, Finish, Gpu};
use crate::xvfb::Screen;

/// The test programs of this name open a window.
const WINDOW: &str = "window";

/// The program that knows the numbers of the native build.
const NUMBERS: &str = "numbers";

/// The folder of the tests in the browser.
const BROWSER_TESTS: &str = "tests/browser";

/// Tests in the browser that wait most of their time, for a clock or for a stand-in of the program: they
/// run two files at a time. The others keep both processors busy with drawing, and run one by one.
const WAITING: [&str; 5] = [
    "endings.test.js",
    "endurance.test.js",
    "hands.test.js",
    "loading.test.js",
    "look.test.js",
];

/// After this long the second bundle is not begun: on a machine that has built nothing yet, it alone
/// takes another half hour.
const WEBGPU_BEGINS_WITHIN: Duration = Duration::from_secs(40 * 60);

/// A part of the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The formatting.
    Fmt,
    /// Clippy.
    Lint,
    /// The floors of the house.
    Layers,
    /// The tests inside the crates.
    Unit,
    /// The examples in the documentation.
    Doc,
    /// The test programs without a window.
    Headless,
    /// The test programs with one.
    Window,
    /// The page with the bundle that runs everywhere.
    Web,
    /// The page with both bundles.
    WebGpu,
    /// The tests of the page, in a browser.
    Browser,
}

impl Part {
    /// All parts in the order in which they run: the quick ones first.
    pub const ALL: [Self; 10] = [
        Self::Fmt,
        Self::Lint,
        Self::Layers,
        Self::Unit,
        Self::Doc,
        Self::Headless,
        Self::Window,
        Self::Web,
        Self::WebGpu,
        Self::Browser,
    ];

    /// The part's name on the command line.
    fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Lint => "lint",
            Self::Layers => "layers",
            Self::Unit => "unit",
            Self::Doc => "doc",
            Self::Headless => "headless",
            Self::Window => WINDOW,
            Self::Web => "web",
            Self::WebGpu => "webgpu",
            Self::Browser => "browser",
        }
    }

    /// The part of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    /// All names, for a message.
    pub fn names() -> String {
        Self::ALL.map(Self::name).join(" ")
    }

    /// Why the part is left for another time when the test has run for `elapsed`.
    fn reason_to_wait(self, elapsed: Duration) -> Option<String> {
        (self == Self::WebGpu && elapsed > WEBGPU_BEGINS_WITHIN).then(|| {
            let minutes = elapsed.as_secs() / 60;
            format!(
                "The WebGPU bundle was not built, nor is it tested below: {minutes} minutes have \
                 passed. `cargo xtask test --only webgpu` and then `--only browser` do both."
            )
        })
    }

    /// Runs the part and counts.
    ///
    /// Cargo is always given the whole workspace: asked for one package, it would choose other
    /// features for the dependencies and build them once more.
    fn run(self) -> anyhow::Result<Tally> {
        match self {
            Self::Fmt => shell::check(cargo().args(["fmt", "--all", "--check"])),
            Self::Lint => shell::check(cargo().args([
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "--deny=warnings",
            ])),
            Self::Layers => {
                let offences = layers::offences()?;
                for offence in &offences {
                    println!("{offence}");
                }
                Ok(if offences.is_empty() {
                    Tally::PASS
                } else {
                    Tally::FAIL
                })
            }
            Self::Unit => count_tests(&["--lib", "--bins"], None),
            Self::Doc => count_tests(&["--doc"], None),
            Self::Headless => {
                let programs = test_programs(&shell::root())?;
                let headless = programs.iter().filter(|name| *name != WINDOW);
                let args: Vec<String> = headless.map(|name| format!("--test={name}")).collect();
                if args.is_empty() {
                    bail!("there is no test program in a `tests` folder");
                }
                let args: Vec<&str> = args.iter().map(String::as_str).collect();
                count_tests(&args, None)
            }
            Self::Window => {
                let program = format!("--test={WINDOW}");
                if !test_programs(&shell::root())?.contains(WINDOW) {
                    bail!("there is no test program called `{WINDOW}` in a `tests` folder");
                }
                // Elsewhere the test opens its window on the person's own screen.
                let screen = cfg!(target_os = "linux").then(Screen::start).transpose()?;
                count_tests(&[&program], screen.as_ref())
            }
            Self::Web => web::build(&[Gpu::WebGl2], Finish::Quick).map(|_| Tally::PASS),
            Self::WebGpu => web::build(&Gpu::ALL, Finish::Quick).map(|_| Tally::PASS),
            Self::Browser => test_in_browser(),
        }
    }
}

/// Runs the tests of the workspace that `selection` names, on `screen` where one is given.
fn count_tests(selection: &[&str], screen: Option<&Screen>) -> anyhow::Result<Tally> {
    let mut command = cargo();
    command
        .args(["test", "--workspace", "--no-fail-fast"])
        .args(selection);
    if let Some(screen) = screen {
        screen.show(&mut command)?;
    }
    shell::count_tests(&mut command, &mut std::io::stdout())
}

/// Runs the tests of the page that was built last, on a screen of its own: without one, the browser
/// draws WebGPU but shows nothing of it.
fn test_in_browser() -> anyhow::Result<Tally> {
    let page = web::add_files(Finish::Quick)?;
    // The whole workspace, as everywhere: with the features its crates have together.
    let mut build = cargo();
    build.args(["build", "--workspace", "--example", NUMBERS]);
    if shell::check(&mut build)? == Tally::FAIL {
        bail!("the program `{NUMBERS}` was not built");
    }
    let numbers = shell::target_dir()?.join("debug/examples").join(NUMBERS);
    let folder = shell::root().join(BROWSER_TESTS);
    let screen = cfg!(target_os = "linux").then(Screen::start).transpose()?;
    let packages = tools::BROWSER_TESTS.folder()?;
    let kept = shell::target_dir()?.join("tmp/browser");
    let [waiting, drawing] = browser_tests(&folder)?;
    let mut tally = Tally::default();
    for (files, at_once) in [(waiting, 2), (drawing, 1)] {
        let mut node = Command::new("node");
        node.args(["--test", "--test-reporter=spec"])
            .arg(format!("--test-concurrency={at_once}"))
            .args(files)
            .current_dir(&folder)
            .env("NEURARIUM_PAGE", &page)
            .env("NEURARIUM_NUMBERS", &numbers)
            .env("NEURARIUM_PACKAGES", &packages)
            .env("NEURARIUM_KEPT", &kept);
        if let Some(screen) = &screen {
            screen.show(&mut node)?;
        }
        tally += shell::count_tests(&mut node, &mut std::io::stdout())?;
    }
    Ok(tally)
}

/// The names of the files with tests in the browser's folder: those that mostly wait, and the others.
fn browser_tests(folder: &Path) -> anyhow::Result<[BTreeSet<String>; 2]> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut names = BTreeSet::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.js") {
            names.insert(name);
        }
    }
    let waiting = BTreeSet::from(WAITING.map(str::to_owned));
    if let Some(name) = waiting.difference(&names).next() {
        bail!("there is no {name} in {}", folder.display());
    }
    let drawing = names.difference(&waiting).cloned().collect();
    Ok([waiting, drawing])
}

/// The names of all test programs of the workspace, as cargo finds them: `tests/NAME.rs` or
/// `tests/NAME/main.rs`, at the root and in each plugin.
fn test_programs(root: &Path) -> anyhow::Result<BTreeSet<String>> {
    let plugins = root.join("plugins");
    let mut packages = vec![root.to_owned(), root.join("xtask")];
    for plugin in std::fs::read_dir(&plugins)
        .with_context(|| format!("{} cannot be read", plugins.display()))?
    {
        packages.push(plugin?.path());
    }
    let mut names = BTreeSet::new();
    for folder in packages.iter().map(|package| package.join("tests")) {
        if !folder.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&folder)
            .with_context(|| format!("{} cannot be read", folder.display()))?
        {
            let path = entry?.path();
            let is_program =
                path.extension().is_some_and(|it| it == "rs") || path.join("main.rs").is_file();
            if let Some(stem) = path.file_stem().filter(|_| is_program) {
                names.insert(stem.to_string_lossy().into_owned());
            }
        }
    }
    Ok(names)
}

/// What came of one part.
struct Outcome {
    name: &'static str,
    tally: Tally,
    /// How long it ran; `None` when it was left for another time.
    seconds: Option<f64>,
}

impl Outcome {
    /// Of a part that was left for another time.
    fn not_run(name: &'static str) -> Self {
        Self {
            name,
            tally: Tally::default(),
            seconds: None,
        }
    }
}

/// Runs `work` under a heading; an error counts as one failure, and is said.
fn measure(name: &'static str, work: impl FnOnce() -> anyhow::Result<Tally>) -> Outcome {
    let start = Instant::now();
    let tally = work().unwrap_or_else(|error| {
        println!("{error:#}");
        Tally::FAIL
    });
    if tally.failed > 0 {
        println!("{name}: failed");
    }
    Outcome {
        name,
        tally,
        seconds: Some(start.elapsed().as_secs_f64()),
    }
}

/// Sets the machine up, runs `parts`, and says what came of them.
pub fn run(parts: &[Part]) -> ExitCode {
    let setup = measure("setup", || {
        setup::run(Purpose::Everything).map(|()| Tally::default())
    });
    // A setup that worked is no check of the program.
    let mut outcomes: Vec<Outcome> = Some(setup)
        .into_iter()
        .filter(|setup| setup.tally.failed > 0)
        .collect();
    let start = Instant::now();
    for part in parts {
        println!("\n== {}", part.name());
        if let Some(reason) = part.reason_to_wait(start.elapsed()) {
            println!("{reason}");
            outcomes.push(Outcome::not_run(part.name()));
            continue;
        }
        outcomes.push(measure(part.name(), || part.run()));
    }
    let (report, failed) = report(&outcomes);
    print!("\n{report}");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The table of the parts with the sum as its last line, and the number of failures.
fn report(outcomes: &[Outcome]) -> (String, usize) {
    let mut total = Tally::default();
    let mut text = String::from("part      passed  failed  seconds\n");
    for Outcome {
        name,
        tally,
        seconds,
    } in outcomes
    {
        total += *tally;
        let Tally { passed, failed } = tally;
        // Writing to a string cannot fail.
        let _ = match seconds {
            Some(seconds) => writeln!(text, "{name:<9} {passed:>6}  {failed:>6}  {seconds:>7.1}"),
            None => writeln!(text, "{name:<9} not run"),
        };
    }
    let Tally { passed, failed } = total;
    let _ = writeln!(text, "{passed} passed, {failed} failed");
    (text, failed)
}

#[cfg(test)]
mod checks {
    use super::*;

    #[test]
    fn every_part_is_found_by_its_name() {
        for part in Part::ALL {
            assert_eq!(Part::from_name(part.name()), Some(part));
        }
        assert_eq!(Part::from_name("everything"), None);
    }

    #[test]
    fn the_report_ends_with_the_sum() {
        let outcomes = [
            Outcome {
                name: "fmt",
                tally: Tally::PASS,
                seconds: Some(0.5),
            },
            Outcome {
                name: "unit",
                tally: Tally {
                    passed: 120,
                    failed: 2,
                },
                seconds: Some(61.25),
            },
        ];
        let (report, failed) = report(&outcomes);
        assert_eq!(failed, 2);
        assert_eq!(report.lines().last(), Some("121 passed, 2 failed"));
    }

    #[test]
    fn a_part_left_for_another_time_counts_nothing_and_is_named() {
        let (report, failed) = report(&[Outcome::not_run("webgpu")]);
        assert_eq!(failed, 0);
        assert!(report.contains("webgpu    not run"), "{report}");
    }

    #[test]
    fn only_the_second_bundle_waits_and_only_when_time_is_short() {
        let late = WEBGPU_BEGINS_WITHIN + Duration::from_secs(1);
        for part in Part::ALL {
            assert_eq!(part.reason_to_wait(Duration::ZERO), None);
            assert_eq!(part.reason_to_wait(late).is_some(), part == Part::WebGpu);
        }
    }

    #[test]
    fn a_part_that_cannot_run_counts_as_one_failure() {
        let outcome = measure("unit", || bail!("cargo could not be started"));
        assert_eq!(outcome.tally, Tally::FAIL);
    }

    #[test]
    fn a_workspace_without_plugins_is_named_in_the_error() {
        let error = test_programs(Path::new("/nowhere"));
        assert!(error.is_err_and(|error| error.to_string().contains("/nowhere/plugins")));
    }
}
