//! `cargo xtask bench engine`: what a training step costs, beside others who compute the same in the same run.
//!
//! Every contestant is told its task in the same words (`tests/benches/peers/README.md`), begins with the
//! same numbers, and is refused when it comes to another loss. Then all take turns, one at a time, each on
//! one thread; the median of the rounds counts. `--help` tells the options.
mod cases;
mod figures;
mod memory;
mod ours;
mod peer;
mod scale;
mod table;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use cases::{CASES, Case};
use peer::Host;
use table::{Row, Table};

const HELP: &str = "\
cargo xtask bench engine [OPTIONS]

  --only NAME        one network alone: 2-8-8-1, 2-64-64-1, 784-128-64-10, 784-512-512-10,
                     graph-300-3000, or `scale`: how the cost grows to a million connections,
                     or `memory`: whether it stays as it is over ten million steps
  --rounds N         rounds, at least 5 (7)
  --seconds S        how long a contestant computes in each round (0.3)

Where the others are found is told by the environment:

  NEURARIUM_PYTHON   a Python with PyTorch 2 (python3)
  NEURARIUM_BROWSER  Chromium (that of the PATH)
";

/// Steps after which losses are compared: before the first, and after some.
const COMPARED: [u32; 2] = [1, 20];

/// How far losses may be apart, of their size.
const TOLERANCE: f64 = 1e-3;

/// What is asked for.
struct Options {
    /// One part alone.
    only: Option<String>,
    /// At least 5.
    rounds: usize,
    /// How long a contestant computes in each.
    seconds: f64,
}

impl Options {
    fn from_words(words: &[String]) -> Option<Self> {
        let mut options = Self {
            only: None,
            rounds: 7,
            seconds: 0.3,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                // Cargo says it to every benchmark.
                "--bench" => {}
                "--only" => options.only = Some(words.next()?.clone()),
                "--rounds" => options.rounds = words.next()?.parse().ok().filter(|it| *it >= 5)?,
                "--seconds" => {
                    let is_sensible = |it: &f64| (0.001..=60.0).contains(it);
                    options.seconds = words.next()?.parse().ok().filter(is_sensible)?;
                }
                _ => return None,
            }
        }
        let known = |name: &String| {
            ["scale", "memory"].contains(&name.as_str()) || Case::named(name).is_some()
        };
        options.only.iter().all(known).then_some(options)
    }

    fn wants(&self, name: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == name)
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["contestant"] => return to_exit(ours::serve().map_err(|error| error.to_string())),
        ["memory"] => return to_exit(memory::serve()),
        ["scale", edges, rounds, seconds] => return to_exit(scale::serve(edges, rounds, seconds)),
        _ => {}
    }
    let Some(options) = Options::from_words(&words) else {
        print!("{HELP}");
        return ExitCode::from(2);
    };
    say_load();
    let mut is_right = true;
    if CASES.iter().any(|case| options.wants(case.name)) {
        is_right &= compare(&options);
    }
    if options.wants("scale") {
        is_right &= to_bool(scale::measure(&options, &kept()));
    }
    if options.wants("memory") {
        let browser = Host::start("browser", &mut node("browser.js"));
        is_right &= to_bool(memory::measure(&kept().join("memory"), browser));
    }
    if is_right {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn to_exit(result: Result<(), String>) -> ExitCode {
    if to_bool(result) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn to_bool(result: Result<(), String>) -> bool {
    result.map_err(|error| eprintln!("{error}")).is_ok()
}

/// Where tasks and pictures are put.
fn kept() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-engine")
}

/// This program, to be started once more.
fn myself(words: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program lies somewhere"));
    command.args(words);
    command
}

/// Says when the machine is not idle: then ratios are rough and times are none.
fn say_load() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().and_then(|it| it.parse::<f64>().ok());
    if let Some(load) = load.filter(|load| *load > 0.5) {
        println!("Other programs are at work (load {load}): these figures are no measurement.\n");
    }
}

/// A script of the others.
fn peer(script: &str) -> PathBuf {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/benches/peers");
    peers.join(script)
}

/// One of theirs in JavaScript, to be started.
fn node(script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(peer(script));
    command
}

/// All programs with contestants that this machine has; what is missing goes into the table.
fn start_hosts(table: &mut Table) -> Vec<Host> {
    let told = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let mut hosts = Vec::new();
    let mut start = |place: &'static str, name: &str, command: &mut Command| match Host::start(
        place, command,
    ) {
        Ok(host) => {
            println!("{}: {}", host.contestants.join(" · "), host.version);
            hosts.push(host);
            true
        }
        Err(error) => {
            table.leave_out(format!("{name}: {error}"));
            false
        }
    };
    start("native", "our engine", &mut myself(&["contestant"]));
    let python = told("NEURARIUM_PYTHON").unwrap_or_else(|| "python3".to_owned());
    start(
        "native",
        "PyTorch",
        Command::new(python).arg(peer("pytorch.py")),
    );
    if told("NEURARIUM_PEERS").is_none() {
        table.leave_out("all in JavaScript: `cargo xtask bench engine` installs them".to_owned());
        return hosts;
    }
    if !start("browser", "Chromium", &mut node("browser.js")) {
        for name in [
            "TensorFlow.js, cpu",
            "TensorFlow.js, wasm",
            "object per neuron",
        ] {
            start("node", name, node("node.js").arg(name));
        }
    }
    hosts
}

/// Measures the networks of the table; whether nobody was refused.
fn compare(options: &Options) -> bool {
    let mut table = Table::default();
    let mut hosts = start_hosts(&mut table);
    println!();
    for case in CASES.iter().filter(|case| options.wants(case.name)) {
        let folder = kept().join(case.name);
        if let Err(error) = case.write(&folder) {
            eprintln!("{} cannot be written: {error}", folder.display());
            return false;
        }
        let rows = enter(case, &folder, &mut hosts, &mut table);
        let rows = run(case, rows, &mut hosts, &mut table, options);
        table.add(case, rows);
    }
    table.print();
    table.refused() == 0
}

/// A contestant of a case.
struct Entry {
    host: usize,
    name: String,
}

/// Gives everybody the task, and keeps those who come to the losses ours comes to.
fn enter(case: &Case, folder: &Path, hosts: &mut [Host], table: &mut Table) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut wanted: Option<[f64; 2]> = None;
    for (index, host) in hosts.iter_mut().enumerate() {
        for name in host.contestants.clone() {
            let place = host.place;
            let label = || format!("{}: {name} ({place})", case.name);
            let losses = match host.load(&name, case, folder) {
                Ok(true) => losses(host, &name, folder),
                Ok(false) => continue,
                Err(error) => Err(error),
            };
            let found = match losses {
                Ok(found) => found,
                Err(error) => {
                    table.leave_out(format!("{}: {error}", label()));
                    continue;
                }
            };
            // The first is our own engine.
            let wanted = *wanted.get_or_insert(found);
            let is_near =
                |(found, wanted): (&f64, &f64)| (found - wanted).abs() <= TOLERANCE * wanted.abs();
            if found.iter().zip(&wanted).all(is_near) {
                entries.push(Entry { host: index, name });
            } else {
                table.refuse(format!("{}: losses {found:?}, wanted {wanted:?}", label()));
            }
        }
    }
    if let Some([first, last]) = wanted {
        println!(
            "{}: {} contestants come from a loss of {first:.5} to {last:.5} in {} steps",
            case.name,
            entries.len(),
            COMPARED[1] - 1
        );
    }
    entries
}

fn losses(host: &mut Host, name: &str, folder: &Path) -> Result<[f64; 2], String> {
    let [first, last] = COMPARED.map(|steps| host.loss(name, steps, folder));
    Ok([first?, last?])
}

/// Warms up, then lets all take turns.
fn run(
    case: &Case,
    entries: Vec<Entry>,
    hosts: &mut [Host],
    table: &mut Table,
    options: &Options,
) -> Vec<Row> {
    let mut turns = Vec::new();
    for Entry { host, name } in entries {
        match steps_of_a_round(&mut hosts[host], &name, options.seconds) {
            Ok(steps) => turns.push((host, name, steps, Vec::new())),
            Err(error) => table.leave_out(format!("{}: {name}: {error}", case.name)),
        }
    }
    for _ in 0..options.rounds {
        for (host, name, steps, rounds) in &mut turns {
            match hosts[*host].time(name, *steps) {
                Ok(nanoseconds) => rounds.push(nanoseconds / f64::from(*steps)),
                Err(error) => table.leave_out(format!("{}: {name}: {error}", case.name)),
            }
        }
    }
    let rows = turns.into_iter().filter_map(|(host, name, _, rounds)| {
        let place = hosts[host].place;
        // One that fell out is not measured.
        (rounds.len() == options.rounds).then(|| Row::of(place, name, rounds))
    });
    let rows: Vec<Row> = rows.collect();
    table::print_case(case, &rows);
    rows
}

/// How many steps fill a round: found by longer and longer runs, which warm up.
fn steps_of_a_round(host: &mut Host, name: &str, seconds: f64) -> Result<u32, String> {
    let wanted = seconds * 1e9;
    let mut steps = 1_u32;
    loop {
        let taken = host.time(name, steps)?.max(1.0);
        let fitting = f64::from(steps) * wanted / taken;
        if taken >= 0.5 * wanted {
            return Ok((fitting.round() as u32).max(1));
        }
        steps = (fitting as u32).clamp(steps.saturating_add(1), steps.saturating_mul(10));
    }
}
