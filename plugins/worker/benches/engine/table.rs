//! What came of the rounds: medians, ratios beside what was asked for, who was left out.

use crate::cases::{CASES, Case};
use crate::figures::short;
use crate::ours::ROUTES;

/// What a contestant needed for a step, in nanoseconds.
#[derive(Clone, Debug)]
pub struct Row {
    place: &'static str,
    name: String,
    median: f64,
    least: f64,
    most: f64,
}

impl Row {
    /// Of its rounds, of which there is at least one.
    pub fn of(place: &'static str, name: String, mut rounds: Vec<f64>) -> Self {
        rounds.sort_by(f64::total_cmp);
        Self {
            place,
            name,
            median: rounds[rounds.len() / 2],
            least: rounds[0],
            most: rounds[rounds.len() - 1],
        }
    }

    fn label(&self) -> String {
        format!("{}, {}", self.name, self.place)
    }
}

/// A ratio that is asked for: how many times as long others need.
struct Goal {
    words: &'static str,
    /// What is compared, by place and beginning of the name.
    ours: (&'static str, &'static str),
    others: (&'static str, &'static str),
    /// At least, and better still, for each case.
    wanted: [Option<(f64, f64)>; CASES.len()],
}

const fn some(least: f64, stretch: f64) -> Option<(f64, f64)> {
    Some((least, stretch))
}

const TO_PYTORCH: [Option<(f64, f64)>; 5] = [
    some(15.0, 100.0),
    some(3.0, 7.0),
    some(1.1, 1.4),
    some(0.9, 1.1),
    some(5.0, 20.0),
];

const GOALS: [Goal; 4] = [
    Goal {
        words: "own kernel ÷ fastest PyTorch",
        ours: ("native", ROUTES[0].0),
        others: ("native", "PyTorch"),
        wanted: TO_PYTORCH,
    },
    Goal {
        words: "dfdx path ÷ fastest PyTorch",
        ours: ("native", ROUTES[1].0),
        others: ("native", "PyTorch"),
        wanted: [None; 5],
    },
    Goal {
        words: "browser ÷ best TensorFlow.js",
        ours: ("browser", "Neurarium"),
        others: ("browser", "TensorFlow.js"),
        wanted: [
            some(20.0, 120.0),
            some(6.0, 12.0),
            some(4.0, 6.0),
            some(8.0, 11.0),
            some(10.0, 40.0),
        ],
    },
    Goal {
        words: "browser ÷ object per neuron",
        ours: ("browser", "Neurarium"),
        others: ("browser", "object per neuron"),
        wanted: [
            some(2.0, 12.0),
            some(25.0, 45.0),
            some(100.0, 160.0),
            None,
            None,
        ],
    },
];

impl Goal {
    /// The ratio among these rows.
    fn ratio(&self, rows: &[Row]) -> Option<f64> {
        let fastest = |(place, beginning): (&str, &str)| {
            rows.iter()
                .filter(|row| row.place == place && row.name.starts_with(beginning))
                .map(|row| row.median)
                .min_by(f64::total_cmp)
        };
        Some(fastest(self.others)? / fastest(self.ours)?)
    }

    /// The ratio beside what is asked of this case.
    fn words_of(&self, case: usize, rows: &[Row]) -> String {
        let Some(ratio) = self.ratio(rows) else {
            return "–".to_owned();
        };
        match self.wanted[case] {
            None => format!("{}×", short(ratio)),
            Some((least, stretch)) => {
                let mark = match ratio {
                    ratio if ratio >= stretch => "✓✓",
                    ratio if ratio >= least => "✓",
                    _ => "✗",
                };
                let [ratio, least, stretch] = [ratio, least, stretch].map(short);
                format!("{ratio}× {mark} (≥ {least}, {stretch})")
            }
        }
    }
}

/// Everything that is told in the end.
#[derive(Default)]
pub struct Table {
    cases: Vec<(Case, Vec<Row>)>,
    left_out: Vec<String>,
    refused: Vec<String>,
}

impl Table {
    /// Takes what a case came to.
    pub fn add(&mut self, case: &Case, rows: Vec<Row>) {
        self.cases.push((*case, rows));
    }

    /// Notes somebody who is not here, or cannot go on.
    pub fn leave_out(&mut self, sentence: String) {
        // What follows in an error of JavaScript is where it came from.
        let sentence = sentence.lines().next().unwrap_or_default().to_owned();
        if !self.left_out.contains(&sentence) {
            self.left_out.push(sentence);
        }
    }

    /// Notes somebody who computed something else.
    pub fn refuse(&mut self, sentence: String) {
        self.refused.push(sentence);
    }

    /// How many computed something else.
    pub fn refused(&self) -> usize {
        self.refused.len()
    }

    /// Prints all cases side by side as a table of Markdown, then the ratios and who is missing.
    pub fn print(&self) {
        let mut labels: Vec<String> = Vec::new();
        for label in self.cases.iter().flat_map(|(_, rows)| rows).map(Row::label) {
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        let titles = self.cases.iter().map(|(case, _)| title(case));
        print_line("median µs of a step", titles);
        println!("|---|{}", "---|".repeat(self.cases.len()));
        for label in &labels {
            let cells = self.cases.iter().map(|(_, rows)| {
                let row = rows.iter().find(|row| row.label() == *label);
                row.map_or("–".to_owned(), |row| short(row.median / 1e3))
            });
            print_line(label, cells);
        }
        for goal in &GOALS {
            let cells = self.cases.iter().map(|(case, rows)| {
                let place = CASES.iter().position(|it| it.name == case.name);
                goal.words_of(place.unwrap_or(0), rows)
            });
            print_line(&format!("**{}**", goal.words), cells);
        }
        println!(
            "\nBeside a ratio: whether it is at least the first number asked for (✓) or the second (✓✓)."
        );
        for (heading, sentences) in [("Left out", &self.left_out), ("Refused", &self.refused)] {
            for sentence in sentences {
                println!("{heading}: {sentence}");
            }
        }
    }
}

fn title(case: &Case) -> String {
    format!("{}, batch {}", case.name, case.batch)
}

fn print_line(first: &str, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.collect();
    println!("| {first} | {} |", cells.join(" | "));
}

/// Prints one case as soon as it is measured.
pub fn print_case(case: &Case, rows: &[Row]) {
    println!("\n{}", title(case));
    let quickest = rows.iter().map(|row| row.median).min_by(f64::total_cmp);
    for row in rows {
        let [median, least, most] = [row.median, row.least, row.most].map(|it| short(it / 1e3));
        let times = short(row.median / quickest.unwrap_or(row.median));
        println!(
            "  {:<34} {median:>9} µs   {least:>9} to {most:>9}   {times:>6}× the quickest",
            row.label()
        );
    }
    println!();
}
