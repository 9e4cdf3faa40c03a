//! What the canvas costs the main thread with very many wires: `cargo xtask bench canvas`.
//!
//! The whole program runs, its renderer too, on a device that computes nothing:
//! extracting, preparing and encoding a frame count, the graphics processor does
//! not. An empty program runs beside it, and the two take turns, so that whatever else
//! the machine does meets both. Shown is the 99th percentile of the frames in which the
//! named thing happened less that of the empty program's frames: first what the main
//! thread worked (its processor time, where the system tells it), below it the same of
//! the medians, then what passed on the clock, in which whatever else the machine did
//! counts too. The first rows say what the measure itself is worth: they are of a second
//! empty program.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;
use canvas::Preview;
use canvas::drawing::{StageCamera, WireInstances};
use graph::{Document, Hovered, Request, Subject, Values};
use network::{EdgeId, Kinds};
use neurarium::app::{Surface, assemble};
use project::{Edit, Project};
use storage::StoragePlugin;

#[path = "../support/dense.rs"]
mod dense;

/// One sixtieth of a second.
const FRAME: Duration = Duration::from_nanos(16_666_667);

/// Turns that each program takes while one thing happens.
const TURNS: usize = 25;

/// Frames measured of a turn, and those before, in which processor and memory get used to
/// the program whose turn it is.
const FRAMES: usize = 40;
const SETTLING: usize = 8;

/// How often a wire is removed and brought back, and the frames between.
const UNDOS: usize = 300;
const BETWEEN: usize = 12;

/// Sizes of the layers: inputs have 1,000 wires each.
const SCENES: [(&str, &[usize]); 2] = [
    ("100,000", &[50, 1_000, 50]),
    ("1,000,000", &[500, 1_000, 500]),
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    println!(
        "main thread over an empty program in turns; milliseconds, of {} frames each",
        TURNS * FRAMES
    );
    println!(
        "{:<12} {:>7} {:>8} {:>9} {:>8} {:>6} {:>6} {:>8} {:>7} {:>8} {:>7}",
        "wires",
        "still",
        "panning",
        "dragging",
        "weights",
        "hover",
        "undo",
        "opening",
        "stall",
        "saving",
        "memory"
    );
    let mut empty = start();
    let empty_bytes = resident_bytes();
    let mut second = start();
    println!("{:<12}", "none, again");
    print_rows(&[turns(&mut second, &mut empty, |_, _| {})]);
    drop(second);
    for (name, layers) in SCENES {
        if wanted.is_empty() || wanted.iter().any(|word| name.replace(',', "") == *word) {
            measure(name, layers, &mut empty, empty_bytes);
        }
    }
    ExitCode::SUCCESS
}

fn start() -> App {
    let surface = Surface::Rehearsal {
        width: 1280,
        height: 720,
    };
    let mut app = assemble(surface, StoragePlugin::default());
    app.insert_resource(TimeUpdateStrategy::ManualDuration(FRAME));
    app.finish();
    app.cleanup();
    app.world_mut().write_message(Request::Open(Box::default()));
    for _ in 0..60 {
        frame(&mut app);
    }
    app
}

fn measure(name: &str, layers: &[usize], empty: &mut App, empty_bytes: u64) {
    let project = dense::network(layers, 1);
    let wires = project.network().edges().len();
    let start_of_writing = Instant::now();
    let text = project::file::write(&project).expect("every project can be written");
    let saving = start_of_writing.elapsed();
    drop(project);

    let mut app = start();
    let start_of_opening = Instant::now();
    // As the program does it: beside the main thread.
    let reading = std::thread::spawn(move || {
        project::file::read(text.as_bytes(), &Kinds::default())
            .expect("what was written can be read")
    });
    let project = reading.join().expect("reading does not panic");
    let mut opening = start_of_opening.elapsed();
    app.world_mut()
        .write_message(Request::Open(Box::new(project)));
    let mut stall = Duration::ZERO;
    let is_shown = |app: &App| app.world().resource::<WireInstances>().len() >= wires;
    for frame_after in 0.. {
        let took = frame(&mut app);
        opening += took.passed;
        stall = stall.max(took.passed);
        // Shown once it is uploaded: in the frame after the one that made it.
        if frame_after > 0 && is_shown(&app) {
            break;
        }
    }
    // The engine takes the project over beside the program, and wires come.
    for _ in 0..400 {
        stall = stall.max(frame(&mut app).passed);
    }
    let memory = resident_bytes().saturating_sub(empty_bytes);

    let still = turns(&mut app, empty, |_, _| {});
    let panning = turns(&mut app, empty, |world, frame| {
        let mut camera = world.query_filtered::<&mut Transform, With<StageCamera>>();
        for mut place in camera.iter_mut(world) {
            place.translation.x = 40.0 * (0.1 * frame as f32).sin();
        }
    });
    let dragged = opened(&app)
        .network()
        .nodes()
        .next()
        .map(|node| (node.id, node.position));
    let dragging = turns(&mut app, empty, |world, frame| {
        if let Some((id, [x, y])) = dragged {
            let place = [x + 30.0 * (0.1 * frame as f32).sin(), y];
            world.resource_mut::<Preview>().moved = [(id, place)].into();
        }
    });
    app.world_mut().resource_mut::<Preview>().moved.clear();
    let learning = turns(&mut app, empty, |world, frame| {
        let values = world.resource::<Values>();
        let shift = 0.01 * (frame as f32).sin();
        let learned: Vec<f32> = values.values().iter().map(|value| value + shift).collect();
        let gradients = vec![shift; learned.len()];
        black_box(&learned);
        // Making up numbers is not part of taking them.
        world.insert_resource(Made(Some((learned, gradients))));
    });
    let ids: Vec<_> = opened(&app).network().nodes().map(|node| node.id).collect();
    let hovering = turns(&mut app, empty, |world, frame| {
        let id = ids[(frame * 7919) % ids.len()];
        world.resource_mut::<Hovered>().0 = Some(Subject::Node(id));
    });
    app.world_mut().resource_mut::<Hovered>().0 = None;
    // A wire from the middle of the list goes, and comes back.
    let middle = EdgeId(wires as u32 / 2);
    let mut undo = Pair::default();
    for _ in 0..UNDOS {
        undo.empty.extend(frames(empty, SETTLING, BETWEEN));
        app.world_mut()
            .write_message(Request::edit("remove wire", Edit::RemoveEdge(middle)));
        frames(&mut app, BETWEEN, 0);
        app.world_mut().write_message(Request::Undo);
        undo.full.push(frame(&mut app));
        frames(&mut app, BETWEEN, 0);
    }
    assert!(
        opened(&app).network().edge(middle).is_some(),
        "undo brought the wire back"
    );
    println!(
        "{name:<68} {:>8.0} {:>7.0} {:>8.0} {:>4} MB",
        millis(opening),
        millis(stall),
        millis(saving),
        memory / 1_000_000,
    );
    print_rows(&[still, panning, dragging, learning, hovering, undo]);
}

/// How long a frame took.
#[derive(Clone, Copy, Debug)]
struct Took {
    /// What the main thread worked.
    worked: Duration,
    /// What passed on the clock.
    passed: Duration,
}

/// Frames of two programs that took turns.
#[derive(Default)]
struct Pair {
    full: Vec<Took>,
    empty: Vec<Took>,
}

impl Pair {
    /// What a frame of the full program takes over one of the empty, in milliseconds: at a
    /// percentile of each.
    fn over(&self, percent: usize, time: fn(&Took) -> Duration) -> f64 {
        let at = |frames: &[Took]| {
            let mut times: Vec<Duration> = frames.iter().map(time).collect();
            times.sort_unstable();
            millis(times[(times.len() - 1) * percent / 100])
        };
        at(&self.full) - at(&self.empty)
    }
}

fn print_rows(pairs: &[Pair]) {
    let print = |label: &str, percent: usize, time: fn(&Took) -> Duration| {
        print!("{label:<12}");
        for (pair, width) in pairs.iter().zip([7, 8, 9, 8, 6, 6]) {
            print!(" {:>width$.2}", pair.over(percent, time));
        }
        println!();
    };
    print("  p99", 99, |took| took.worked);
    print("  median", 50, |took| took.worked);
    print("  clock p99", 99, |took| took.passed);
}

/// Learned numbers on their way.
#[derive(Resource)]
struct Made(Option<(Vec<f32>, Vec<f32>)>);

fn opened(app: &App) -> &Project {
    app.world().resource::<Document>().project()
}

/// Frames of a program before each of which something is done, and of an empty one.
fn turns(app: &mut App, empty: &mut App, mut act: impl FnMut(&mut World, usize)) -> Pair {
    let mut pair = Pair::default();
    let mut index = 0;
    for _ in 0..TURNS {
        pair.empty.extend(frames(empty, SETTLING, FRAMES));
        for settled in 0..SETTLING + FRAMES {
            act(app.world_mut(), index);
            index += 1;
            let took = frame(app);
            if settled >= SETTLING {
                pair.full.push(took);
            }
        }
    }
    pair
}

/// Frames in which nothing is done, without the first of them.
fn frames(app: &mut App, settling: usize, measured: usize) -> Vec<Took> {
    let times = (0..settling + measured).map(|_| frame(app));
    times.skip(settling).collect()
}

/// One frame. Learned numbers arrive in it, if there are any.
fn frame(app: &mut App) -> Took {
    let made = app
        .world_mut()
        .remove_resource::<Made>()
        .and_then(|made| made.0);
    let (start, worked) = (Instant::now(), worked_so_far());
    if let Some((learned, gradients)) = made {
        let mut values = app.world_mut().resource_mut::<Values>();
        let epochs = values.epochs();
        values.write_back(learned, gradients, Vec::new(), epochs);
    }
    app.update();
    let passed = start.elapsed();
    let took = Took {
        worked: worked_so_far()
            .zip(worked)
            .map_or(passed, |(now, before)| now.saturating_sub(before)),
        passed,
    };
    std::thread::sleep(Duration::from_millis(1));
    took
}

/// What this thread has worked since it began, where the system tells it.
fn worked_so_far() -> Option<Duration> {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = line.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Memory of this process that is really there.
fn resident_bytes() -> u64 {
    let pages: Option<u64> = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    pages.unwrap_or(0) * 4096
}
