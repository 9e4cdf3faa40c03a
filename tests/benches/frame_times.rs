//! How long the main thread works on a frame while training runs, at 60 frames a
//! second and without a rasteriser: `cargo bench --profile dev --bench frame_times`
//! measures what `cargo xtask play` builds.

use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;
#[path = "../support/large.rs"]
mod large;

use graph::Request;
use neurarium::app::{Surface, assemble};
use project::{Edit, Project, TrainingSettings};
use storage::{StoragePlugin, first_example};
use training::{Order, Pace, Progress};

const FRAME: Duration = Duration::from_nanos(16_666_667);
const FRAMES: usize = 600;

fn main() {
    println!("main thread per frame, {FRAMES} frames at 60 Hz, training throughout");
    println!(
        "{:<28} {:>9} {:>9} {:>9} {:>9}",
        "", "median", "p99", "max", "epochs"
    );
    let xor = first_example().expect("the first example is sound");
    measure("XOR 2-4-1", xor);
    measure(
        "1,000 neurons, 20,000 wires",
        large::large_network(1_000, 20_000, 1),
    );
}

fn measure(name: &str, mut project: Project) {
    let endless = TrainingSettings {
        epochs: TrainingSettings::MAX_EPOCHS,
        ..project.training().clone()
    };
    project::apply(&mut project, &Edit::SetTraining(endless)).expect("sound settings");
    let surface = Surface::Headless {
        width: 1280,
        height: 720,
    };
    let mut app = assemble(surface, StoragePlugin::default());
    app.insert_resource(Pace::Full);
    app.insert_resource(TimeUpdateStrategy::ManualDuration(FRAME));
    app.finish();
    app.cleanup();
    app.update();
    app.world_mut()
        .write_message(Request::Open(Box::new(project)));
    for _ in 0..30 {
        app.update();
    }
    app.world_mut().write_message(Order::Train);
    for _ in 0..60 {
        frame(&mut app);
    }
    let mut times: Vec<Duration> = (0..FRAMES).map(|_| frame(&mut app)).collect();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let epochs = app.world().resource::<Progress>().epochs;
    println!(
        "{name:<28} {:>6.2} ms {:>6.2} ms {:>6.2} ms {epochs:>9}",
        millis(at(0.5)),
        millis(at(0.99)),
        millis(at(1.0)),
    );
}

/// One frame, and the rest of its sixtieth of a second, as a display would take
/// it; training goes on meanwhile.
fn frame(app: &mut App) -> Duration {
    let start = Instant::now();
    app.update();
    let worked = start.elapsed();
    std::thread::sleep(FRAME.saturating_sub(worked));
    worked
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
