//! How the cost of a step grows with the connections, from a hundred to a million, and the memory it takes.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use svg::Document;
use svg::node::element::{Circle, Line, Rectangle, Text};

use crate::Options;
use crate::cases::Case;
use crate::figures::{exponent, short};
use crate::memory::told_bytes;
use crate::ours::{ROUTES, Runner};

/// How many connections.
const SIZES: [usize; 9] = [
    100, 316, 1_000, 3_162, 10_000, 31_623, 100_000, 316_228, 1_000_000,
];

/// A million connections may take so much memory.
const MOST_BYTES: f64 = 1.5e9;

/// A size that was measured.
struct Point {
    edges: f64,
    batch: f64,
    /// Nanoseconds of a step, the median.
    step: f64,
    /// The most memory the process had; `None` where the system does not tell.
    peak: Option<f64>,
}

impl Point {
    /// Nanoseconds for a connection and a row.
    fn share(&self) -> f64 {
        self.step / (self.edges * self.batch)
    }
}

/// Measures one size in a process of its own and prints what it came to.
pub fn serve(edges: &str, rounds: &str, seconds: &str) -> Result<(), String> {
    let (Ok(edges), Ok(rounds), Ok(seconds)) = (
        edges.parse(),
        rounds.parse::<usize>(),
        seconds.parse::<f64>(),
    ) else {
        return Err("scale <edges> <rounds> <seconds>".to_owned());
    };
    let case = Case::of_size(edges);
    let mut runner = Runner::new(&case, ROUTES[0].1);
    // The first steps warm up and tell how many fill a round.
    let mut steps = 4_u32;
    let mut step = runner.train(steps).as_secs_f64() / f64::from(steps);
    while step * f64::from(steps) < 0.5 * seconds {
        steps = steps.saturating_mul(2);
        step = runner.train(steps).as_secs_f64() / f64::from(steps);
    }
    let mut measured: Vec<f64> = (0..rounds.max(1))
        .map(|_| runner.train(steps).as_secs_f64() / f64::from(steps) * 1e9)
        .collect();
    measured.sort_by(f64::total_cmp);
    runner.loss()?;
    let step = measured[measured.len() / 2];
    println!(
        "{}",
        json!({ "step": step, "batch": case.batch, "peak": told_bytes("VmHWM:") })
    );
    Ok(())
}

/// Measures all sizes, prints them, and draws them into `folder`.
pub fn measure(options: &Options, folder: &Path) -> Result<(), String> {
    println!(
        "\n| connections | neurons | µs of a step | ns for a connection and row | most memory, MB |"
    );
    println!("|---|---|---|---|---|");
    let mut points = Vec::new();
    for edges in SIZES {
        let point = measure_one(edges, options)?;
        let memory = point
            .peak
            .map_or("–".to_owned(), |bytes| short(bytes / 1e6));
        let [step, share] = [point.step / 1e3, point.share()].map(short);
        println!(
            "| {edges} | {} | {step} | {share} | {memory} |",
            (edges / 10).max(24)
        );
        points.push(point);
    }
    println!(
        "\nAn exponent of 1 is a cost linear in connections × rows: {}",
        short(growth(&points))
    );
    let picture = folder.join("cost.svg");
    fs::create_dir_all(folder)
        .and_then(|()| svg::save(&picture, &draw(&points)))
        .map_err(|error| format!("{} cannot be written: {error}", picture.display()))?;
    println!("Drawn in {}", picture.display());
    match points.last().and_then(|point| point.peak) {
        Some(peak) if peak > MOST_BYTES => Err(format!(
            "A million connections take {} MB, which is too much.",
            short(peak / 1e6)
        )),
        _ => Ok(()),
    }
}

fn measure_one(edges: usize, options: &Options) -> Result<Point, String> {
    let words = [
        edges.to_string(),
        options.rounds.to_string(),
        options.seconds.to_string(),
    ];
    let words = ["scale", &words[0], &words[1], &words[2]];
    let output = crate::myself(&words)
        .output()
        .map_err(|error| error.to_string())?;
    let answer: Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
    Ok(Point {
        edges: edges as f64,
        batch: answer["batch"].as_f64().unwrap_or(1.0),
        step: answer["step"].as_f64().ok_or("it told no time")?,
        peak: answer["peak"].as_f64(),
    })
}

/// How the cost grows where the connections outweigh what every step costs besides.
fn growth(points: &[Point]) -> f64 {
    let large = points.iter().filter(|point| point.edges >= 1e3);
    let pairs: Vec<(f64, f64)> = large.map(|point| (point.edges, point.step)).collect();
    exponent(&pairs)
}

/// Width and height of the chart, and its margin, in pixels.
const SIZE: (f64, f64) = (720.0, 440.0);
const MARGIN: f64 = 64.0;

/// Decades from the first to the last: of connections, of nanoseconds.
const ACROSS: (f64, f64) = (2.0, 6.0);
const UP: (f64, f64) = (2.0, 9.0);

/// Where a decade lies between the margins.
fn place(decade: f64, (first, last): (f64, f64), length: f64) -> f64 {
    MARGIN + (decade - first) / (last - first) * (length - 2.0 * MARGIN)
}

/// Both scales are logarithmic; the line is a cost of exactly so much for each connection and row.
fn draw(points: &[Point]) -> Document {
    let x = |edges: f64| place(edges.log10(), ACROSS, SIZE.0);
    let y = |nanoseconds: f64| SIZE.1 - place(nanoseconds.log10().clamp(UP.0, UP.1), UP, SIZE.1);
    let line = |from: (f64, f64), to: (f64, f64), colour: &str| {
        Line::new()
            .set("x1", from.0)
            .set("y1", from.1)
            .set("x2", to.0)
            .set("y2", to.1)
            .set("stroke", colour)
    };
    let text = |words: String, at: (f64, f64), anchor: &str| {
        Text::new(words)
            .set("x", at.0)
            .set("y", at.1)
            .set("text-anchor", anchor)
            .set("font-family", "sans-serif")
            .set("font-size", 13)
    };
    let ground = Rectangle::new()
        .set("width", "100%")
        .set("height", "100%")
        .set("fill", "white");
    let mut chart = Document::new()
        .set("viewBox", (0, 0, SIZE.0 as u32, SIZE.1 as u32))
        .add(ground);
    for decade in ACROSS.0 as i32..=ACROSS.1 as i32 {
        let at = x(10_f64.powi(decade));
        chart = chart
            .add(line((at, MARGIN), (at, SIZE.1 - MARGIN), "gainsboro"))
            .add(text(
                format!("10^{decade}"),
                (at, SIZE.1 - MARGIN + 20.0),
                "middle",
            ));
    }
    let units = [
        "100 ns", "1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s",
    ];
    for (decade, unit) in (UP.0 as i32..).zip(units) {
        let at = y(10_f64.powi(decade));
        chart = chart
            .add(line((MARGIN, at), (SIZE.0 - MARGIN, at), "gainsboro"))
            .add(text(unit.to_owned(), (MARGIN - 8.0, at + 4.0), "end"));
    }
    let batch = points.first().map_or(1.0, |point| point.batch);
    let mut shares: Vec<f64> = points.iter().map(Point::share).collect();
    shares.sort_by(f64::total_cmp);
    let share = shares.get(shares.len() / 2).copied().unwrap_or(1.0);
    let ends = [ACROSS.0, ACROSS.1].map(|decade| {
        let edges = 10_f64.powf(decade);
        (x(edges), y(edges * batch * share))
    });
    chart = chart.add(line(ends[0], ends[1], "steelblue"));
    for point in points {
        let dot = Circle::new()
            .set("cx", x(point.edges))
            .set("cy", y(point.step));
        chart = chart.add(dot.set("r", 4).set("fill", "black"));
    }
    let heading = format!(
        "A step of training, batch {batch}; the line: {} ns for a connection and row",
        short(share)
    );
    let below = "connections".to_owned();
    chart
        .add(text(heading, (MARGIN, MARGIN - 20.0), "start"))
        .add(text(below, (SIZE.0 / 2.0, SIZE.1 - 16.0), "middle"))
}
