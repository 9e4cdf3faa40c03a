//! What the canvas costs the main thread with very many wires: `cargo xtask bench canvas`.
//!
//! The whole program runs, its renderer too, on a device that computes nothing:
//! extracting, preparing and encoding a frame count, the graphics processor does
//! not. Shown is the 99th percentile of the frames in which the named thing
//! happened, less that of an empty program's frames: first what the main thread
//! worked (its processor time, where the system tells it), below it what passed on
//! the clock, in which whatever else the machine did counts too.

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

/// Frames measured of each kind.
const FRAMES: usize = 1_000;

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
    println!("main thread over an empty program, 99th percentile of {FRAMES} frames; milliseconds");
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
    let (empty, empty_bytes) = {
        let mut app = start();
        let times = frames(&mut app, |_, _| {});
        (times.most(), resident_bytes())
    };
    println!(
        "{:<12} {:>7.2} (all of it; {:.2} on the clock)",
        "none",
        millis(empty.worked),
        millis(empty.passed)
    );
    for (name, layers) in SCENES {
        if wanted.is_empty() || wanted.iter().any(|word| name.replace(',', "") == *word) {
            measure(name, layers, empty, empty_bytes);
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

fn measure(name: &str, layers: &[usize], empty: Took, empty_bytes: u64) {
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

    let still = frames(&mut app, |_, _| {});
    let panning = frames(&mut app, |world, frame| {
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
    let dragging = frames(&mut app, |world, frame| {
        if let Some((id, [x, y])) = dragged {
            let place = [x + 30.0 * (0.1 * frame as f32).sin(), y];
            world.resource_mut::<Preview>().moved = [(id, place)].into();
        }
    });
    app.world_mut().resource_mut::<Preview>().moved.clear();
    let learning = frames(&mut app, |world, frame| {
        let values = world.resource::<Values>();
        let shift = 0.01 * (frame as f32).sin();
        let learned: Vec<f32> = values.values().iter().map(|value| value + shift).collect();
        let gradients = vec![shift; learned.len()];
        black_box(&learned);
        // Making up numbers is not part of taking them.
        world.insert_resource(Made(Some((learned, gradients))));
    });
    let hovering = frames(&mut app, |world, frame| {
        let network = world.resource::<Document>().project().network();
        let ids: Vec<_> = network.nodes().map(|node| node.id).collect();
        let id = ids[(frame * 7919) % ids.len()];
        world.resource_mut::<Hovered>().0 = Some(Subject::Node(id));
    });
    app.world_mut().resource_mut::<Hovered>().0 = None;
    // A wire from the middle of the list goes, and comes back.
    let middle = EdgeId(wires as u32 / 2);
    let mut undo = Times::default();
    for _ in 0..100 {
        app.world_mut()
            .write_message(Request::edit("remove wire", Edit::RemoveEdge(middle)));
        for _ in 0..12 {
            frame(&mut app);
        }
        app.world_mut().write_message(Request::Undo);
        undo.push(frame(&mut app));
        for _ in 0..12 {
            frame(&mut app);
        }
    }
    assert!(
        opened(&app).network().edge(middle).is_some(),
        "undo brought the wire back"
    );
    let kinds = [still, panning, dragging, learning, hovering, undo];
    let over = kinds.each_ref().map(|times| {
        let most = times.most();
        [
            most.worked.saturating_sub(empty.worked),
            most.passed.saturating_sub(empty.passed),
        ]
        .map(millis)
    });
    let [still, panning, dragging, learning, hovering, undo] = over.map(|[worked, _]| worked);
    println!(
        "{name:<12} {still:>7.2} {panning:>8.2} {dragging:>9.2} {learning:>8.2} {hovering:>6.2} \
         {undo:>6.2} {:>8.0} {:>7.0} {:>8.0} {:>4} MB",
        millis(opening),
        millis(stall),
        millis(saving),
        memory / 1_000_000,
    );
    let [still, panning, dragging, learning, hovering, undo] = over.map(|[_, passed]| passed);
    println!(
        "{:<12} {still:>7.2} {panning:>8.2} {dragging:>9.2} {learning:>8.2} {hovering:>6.2} {undo:>6.2}",
        "  clock"
    );
}

/// How long a frame took.
#[derive(Clone, Copy, Debug, Default)]
struct Took {
    /// What the main thread worked.
    worked: Duration,
    /// What passed on the clock.
    passed: Duration,
}

/// The times of many frames.
#[derive(Default)]
struct Times(Vec<Took>);

impl Times {
    fn push(&mut self, took: Took) {
        self.0.push(took);
    }

    /// The 99th percentile of each.
    fn most(&self) -> Took {
        let at = |time: fn(&Took) -> Duration| {
            let mut times: Vec<Duration> = self.0.iter().map(time).collect();
            times.sort_unstable();
            times[(times.len() - 1) * 99 / 100]
        };
        Took {
            worked: at(|took| took.worked),
            passed: at(|took| took.passed),
        }
    }
}

/// Learned numbers on their way.
#[derive(Resource)]
struct Made(Option<(Vec<f32>, Vec<f32>)>);

fn opened(app: &App) -> &Project {
    app.world().resource::<Document>().project()
}

/// The times of frames before each of which something is done.
fn frames(app: &mut App, mut act: impl FnMut(&mut World, usize)) -> Times {
    let mut times = Times::default();
    for index in 0..FRAMES {
        act(app.world_mut(), index);
        times.push(frame(app));
    }
    times
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
