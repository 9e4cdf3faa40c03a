//! The words of the command line, and what they mean.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};
use engine::Part;
use engine::experiment::Experiment as Plan;
use project::{TrainingSettings, Varied, VaryError};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Cyan.on_default().bold())
    .usage(AnsiColor::Cyan.on_default().bold())
    .literal(AnsiColor::Green.on_default())
    .placeholder(AnsiColor::Yellow.on_default());

/// A neural-network sandbox you play like a game.
///
/// Without a command, the window opens.
#[derive(Debug, Parser)]
#[command(
    name = "neurarium",
    version,
    styles = STYLES,
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  neurarium                       open the window
  neurarium flowers.ron           open the window with a project
  neurarium train flowers.ron     train without a window
  neurarium help train            all about one command"
)]
pub(super) struct Words {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// A project to open in the window
    pub(super) project: Option<PathBuf>,
}

/// What can be done without a window.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Train a project and report how well it learned
    #[command(after_help = "Examples:
  neurarium train xor.ron
  neurarium train flowers.ron --data flowers.csv --epochs 500
  neurarium train flowers.ron --seed 7 --save trained.ron
  neurarium train flowers.ron --json > report.json

The best seed of ten:
  for seed in $(seq 10); do neurarium train flowers.ron --seed $seed; done")]
    Train(Train),
    /// Say whether a project file is sound, and what is in it
    #[command(after_help = "Examples:
  neurarium check flowers.ron
  neurarium check flowers.ron && neurarium train flowers.ron")]
    Check(Check),
    /// Measure a project on its data as it is, without training
    #[command(after_help = "Examples:
  neurarium eval trained.ron
  neurarium eval trained.ron --part test
  neurarium eval trained.ron --data new.csv --json

Rows from --data are divided into parts as the project says.")]
    Eval(Eval),
    /// Train with one thing changed, from several seeds each, and compare
    #[command(after_help = "Examples:
  neurarium experiment xor.ron --vary learning_rate=0.01,0.1,1
  neurarium experiment flowers.ron --seeds 20 --vary activation=relu,tanh
  neurarium experiment flowers.ron --vary dropout=0,0.2,0.5 --csv runs.csv

NAME is one of learning_rate, optimizer, batch_size, loss, activation and dropout
(of all hidden neurons), initializer, schedule, l1, l2, weight_decay, shuffle,
momentum. Every value meets the same seeds, and is compared with the first value
seed by seed. A run that diverges is told, and is in no mean.

An optimizer comes with PyTorch's usual values: adamw with a weight decay of 0.01,
the others with none. A weight decay that the project chose stays the same for all.")]
    Experiment(Experiment),
    /// Draw the window with a project into a picture
    #[command(after_help = "Examples:
  neurarium screenshot xor.ron xor.png
  neurarium screenshot xor.ron xor.png --size 1920x1080 --after-epochs 200")]
    Screenshot(Screenshot),
}

#[derive(Args, Debug)]
pub(super) struct Train {
    /// The project to train
    pub(super) project: PathBuf,
    /// Rows to learn from instead of the project's: a CSV file
    #[arg(long, value_name = "FILE.csv")]
    pub(super) data: Option<PathBuf>,
    /// How many more epochs to train, 1 to 1000000 [default: as the project says]
    #[arg(long, value_name = "N", value_parser = epochs())]
    pub(super) epochs: Option<u32>,
    /// Begin anew from the weights, split and order of another seed
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// Where to write the trained project
    #[arg(long, value_name = "OUT.ron")]
    pub(super) save: Option<PathBuf>,
    /// Report as one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args, Debug)]
pub(super) struct Check {
    /// The project to look at
    pub(super) project: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct Eval {
    /// The project to measure
    pub(super) project: PathBuf,
    /// Rows to measure on instead of the project's: a CSV file
    #[arg(long, value_name = "FILE.csv")]
    pub(super) data: Option<PathBuf>,
    /// Which rows to measure on
    #[arg(long, value_enum, default_value_t = PartChoice::All)]
    pub(super) part: PartChoice,
    /// Report as one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args, Debug)]
pub(super) struct Experiment {
    /// The project to train
    pub(super) project: PathBuf,
    /// What to change, and the values to try
    #[arg(long, value_name = "NAME=V1,V2,…", value_parser = vary)]
    pub(super) vary: Vary,
    /// How many seeds to train each value with: the project's and those after it
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = seeds())]
    pub(super) seeds: u32,
    /// Rows to learn from instead of the project's: a CSV file
    #[arg(long, value_name = "FILE.csv")]
    pub(super) data: Option<PathBuf>,
    /// How many epochs to train, 1 to 1000000 [default: as the project says]
    #[arg(long, value_name = "N", value_parser = epochs())]
    pub(super) epochs: Option<u32>,
    /// Where to write what each run came to, one line a run
    #[arg(long, value_name = "OUT.csv")]
    pub(super) csv: Option<PathBuf>,
    /// Report as one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

/// What an experiment changes.
#[derive(Clone, Debug)]
pub(super) struct Vary {
    /// The thing.
    pub(super) what: Varied,
    /// What it is given, one after another.
    pub(super) values: Vec<String>,
}

#[derive(Args, Debug)]
pub(super) struct Screenshot {
    /// The project to draw
    pub(super) project: PathBuf,
    /// The picture to write, by its ending: dots (.png) or lines (.svg)
    #[arg(value_name = "OUT.png|OUT.svg")]
    pub(super) picture: PathBuf,
    /// Width and height of a PNG in pixels, each 1 to 8192
    #[arg(long, value_name = "WxH", default_value = "1280x720", value_parser = size)]
    pub(super) size: [u32; 2],
    /// Train this many epochs first, 1 to 1000000
    #[arg(long, value_name = "N", value_parser = epochs())]
    pub(super) after_epochs: Option<u32>,
}

/// Rows to measure on.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum PartChoice {
    /// The rows learned from
    Train,
    /// The rows watched while learning
    Validation,
    /// The rows kept for the end
    Test,
    /// Each part by itself
    All,
}

impl PartChoice {
    /// The parts of the data that are meant.
    pub(super) fn parts(self) -> &'static [Part] {
        match self {
            Self::Train => &[Part::Train],
            Self::Validation => &[Part::Validation],
            Self::Test => &[Part::Test],
            Self::All => &[Part::Train, Part::Validation, Part::Test],
        }
    }
}

fn epochs() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=i64::from(TrainingSettings::MAX_EPOCHS))
}

fn seeds() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=i64::from(Plan::MAX_SEEDS))
}

fn vary(words: &str) -> Result<Vary, String> {
    let (name, values) = words
        .split_once('=')
        .ok_or("expected a name, = and values with commas between, like momentum=0,0.9")?;
    let what = name.parse().map_err(|error: VaryError| error.to_string())?;
    let values: Vec<String> = values
        .split(',')
        .map(|value| value.trim().to_owned())
        .collect();
    if values.iter().any(String::is_empty) {
        return Err("a value is missing between two commas or at an end".to_owned());
    }
    Ok(Vary { what, values })
}

/// The longest side of a picture, in pixels: what any graphics card can draw.
const MAX_SIDE: u32 = 8192;

fn size(words: &str) -> Result<[u32; 2], String> {
    let side = |word: &str| {
        let side: u32 = word.parse().ok()?;
        (1..=MAX_SIDE).contains(&side).then_some(side)
    };
    words
        .split_once('x')
        .and_then(|(width, height)| Some([side(width)?, side(height)?]))
        .ok_or_else(|| format!("expected two numbers from 1 to {MAX_SIDE}, like 1280x720"))
}
