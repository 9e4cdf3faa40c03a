//! Whether memory stays as it is over ten million steps of a tiny network, natively and in the browser.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::cases::{CASES, Case};
use crate::figures::{Reading, growth, short};
use crate::myself;
use crate::ours::{ROUTES, Runner};
use crate::peer::Host;

/// How many steps.
const STEPS: u32 = 10_000_000;

/// Steps between readings.
const STRIDE: u32 = 1_000_000;

/// Steps between reports. The app takes one in every frame; losses of epochs that nobody asks for wait, and
/// are no leak.
const HEARD_EVERY: u32 = 50_000;

/// By then all is there: the history has taken the room it may have.
const SETTLED_AFTER: f64 = 3e6;

/// Afterwards memory may grow by so much; more would be a leak. An allocator moves by less.
const MOST_GROWTH: f64 = 2e6;

/// The tiny network.
const TINY: Case = CASES[0];

/// What our engine in the browser is called among the contestants.
const IN_BROWSER: &str = "Neurarium";

/// The number of bytes that `/proc` tells of this process under a name, where there is one.
pub fn told_bytes(name: &str) -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0)
}

/// Trains in this process, and prints how much memory it has after every [`STRIDE`] steps.
pub fn serve() -> Result<(), String> {
    let mut runner = Runner::new(&TINY, ROUTES[0].1);
    let mut read = Vec::new();
    for _ in 0..STEPS / STRIDE {
        for _ in 0..STRIDE / HEARD_EVERY {
            runner.train(HEARD_EVERY);
            runner.loss()?;
        }
        read.push(told_bytes("VmRSS:"));
    }
    println!("{}", json!(read));
    Ok(())
}

/// Measures natively and in the browser; an error when memory grew.
pub fn measure(folder: &Path, browser: Result<Host, String>) -> Result<(), String> {
    println!("\n{} over {STEPS} steps: memory in MB", TINY.name);
    let mut grown = Vec::new();
    let mut look = |place: &str, readings: Result<Vec<Reading>, String>| match readings {
        Ok(readings) => grown.extend(report(place, &readings)),
        Err(error) => grown.push(format!("{place}: {error}")),
    };
    look("native, resident", natively());
    match browser {
        Ok(mut host) if host.contestants.iter().any(|name| name == IN_BROWSER) => {
            look("browser, wasm", in_browser(&mut host, folder));
        }
        Ok(_) => println!("Left out: the browser, for which our engine was not built"),
        Err(error) => println!("Left out: the browser: {error}"),
    }
    if grown.is_empty() {
        Ok(())
    } else {
        Err(grown.join("\n"))
    }
}

fn natively() -> Result<Vec<Reading>, String> {
    let output = myself(&["memory"]).output().map_err(|it| it.to_string())?;
    let read: Vec<Option<f64>> = serde_json::from_slice(&output.stdout)
        .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
    Ok(readings(read.into_iter().flatten()))
}

fn in_browser(host: &mut Host, folder: &Path) -> Result<Vec<Reading>, String> {
    TINY.write(folder).map_err(|error| error.to_string())?;
    host.load(IN_BROWSER, &TINY, folder)?;
    let mut read = Vec::new();
    for _ in 0..STEPS / STRIDE {
        for _ in 0..STRIDE / HEARD_EVERY {
            host.train_and_hear(IN_BROWSER, HEARD_EVERY)?;
        }
        read.push(host.memory(IN_BROWSER)?);
    }
    Ok(readings(read))
}

fn readings(bytes: impl IntoIterator<Item = f64>) -> Vec<Reading> {
    let steps = (1..).map(|place| f64::from(place) * f64::from(STRIDE));
    let each = steps.zip(bytes);
    each.map(|(steps, bytes)| Reading { steps, bytes })
        .collect()
}

/// Prints what was read; a sentence when it grew.
fn report(place: &str, readings: &[Reading]) -> Option<String> {
    if readings.is_empty() {
        println!("Left out: {place}, which this system does not tell");
        return None;
    }
    let told: Vec<String> = readings.iter().map(|it| short(it.bytes / 1e6)).collect();
    let grown = growth(readings, SETTLED_AFTER)?;
    let words = format!(
        "grown by {} MB after {} million steps",
        short(grown / 1e6),
        SETTLED_AFTER / 1e6
    );
    println!("  {place:<18} {}; {words}", told.join(" "));
    (grown > MOST_GROWTH).then(|| format!("{place}: {words}, which is too much"))
}
