//! The engine's home on the task pool: short slices, one after the other, and none while idle.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bevy::platform::time::Instant;
use bevy::tasks::{AsyncComputeTaskPool, TaskPool};
use engine::{Command, Fault, Report, Status, Trainer, WorkPace};

/// How long a slice works. The pool may have a single thread, which compiles
/// pipelines too: whoever waits for it waits no longer than this.
const SLICE: Duration = Duration::from_millis(8);

/// The way to the engine and back. Nothing here waits for the engine.
pub(crate) struct Link {
    shared: Arc<Shared>,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            shared: Arc::new(Shared {
                desk: Mutex::new(Desk {
                    engine: Some(Box::default()),
                    ..Desk::default()
                }),
                slices: AtomicU64::new(0),
            }),
        }
    }
}

impl Link {
    /// Gives the engine a command. A slice under way takes it within its next
    /// step; if none is, one begins.
    pub(crate) fn send(&self, command: Command) {
        self.put(command.seq, Parcel::Command(command));
    }

    /// What the engine has reported since the last call, oldest first.
    pub(crate) fn receive(&self) -> Vec<Report> {
        std::mem::take(&mut self.shared.desk().reports)
    }

    /// Whether the engine works, or has reported something not yet received.
    pub(crate) fn is_busy(&self) -> bool {
        let desk = self.shared.desk();
        desk.engine.is_none() || !desk.reports.is_empty()
    }

    fn put(&self, seq: u64, parcel: Parcel) {
        let mut desk = self.shared.desk();
        desk.last_seq = desk.last_seq.max(seq);
        desk.parcels.push_back(parcel);
        if let Some(engine) = desk.engine.take() {
            drop(desk);
            start_slice(Arc::clone(&self.shared), engine);
        }
    }

    /// How many slices have begun.
    #[cfg(test)]
    pub(crate) fn slices(&self) -> u64 {
        self.shared.slices.load(Ordering::Relaxed)
    }

    /// Counts who else holds what the app and the engine share.
    #[cfg(test)]
    pub(crate) fn counter(&self) -> std::sync::Weak<impl Sized + use<>> {
        Arc::downgrade(&self.shared)
    }

    /// Makes the engine panic, as a fault of ours would.
    #[cfg(test)]
    pub(crate) fn break_engine(&self) {
        self.put(0, Parcel::Panic);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.shared.desk().is_closed = true;
    }
}

/// What lies between the app and the engine.
struct Shared {
    desk: Mutex<Desk>,
    slices: AtomicU64,
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        // The desk is whole between any two of its changes, panic or not.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Default)]
struct Desk {
    parcels: VecDeque<Parcel>,
    reports: Vec<Report>,
    /// The engine while no slice has it.
    engine: Option<Box<Engine>>,
    /// The last command given.
    last_seq: u64,
    /// Whether the app is gone.
    is_closed: bool,
}

enum Parcel {
    Command(Command),
    #[cfg(test)]
    Panic,
}

/// The trainer, and how fast it was.
#[derive(Default)]
struct Engine {
    trainer: Trainer,
    pace: WorkPace,
}

impl Engine {
    /// Works for about [`SLICE`]; whether there is more to do.
    fn work(&mut self, shared: &Shared) -> bool {
        let began = Instant::now();
        let has_more = self.pace.work(
            &mut self.trainer,
            SLICE,
            || began.elapsed(),
            |trainer| obey(trainer, shared),
        );
        if let Some(report) = self.trainer.take_report() {
            shared.desk().reports.push(report);
        }
        has_more
    }
}

fn obey(trainer: &mut Trainer, shared: &Shared) {
    let parcels = std::mem::take(&mut shared.desk().parcels);
    for parcel in parcels {
        match parcel {
            Parcel::Command(command) => trainer.handle(command),
            #[cfg(test)]
            Parcel::Panic => panic!("a test broke the engine"),
        }
    }
}

fn start_slice(shared: Arc<Shared>, engine: Box<Engine>) {
    shared.slices.fetch_add(1, Ordering::Relaxed);
    AsyncComputeTaskPool::get_or_init(TaskPool::default)
        .spawn(async move { run_slice(shared, engine) })
        .detach();
}

/// One slice. While there is more to do it hands the engine to the next, which
/// queues behind whatever else waits for the pool; else it puts the engine back.
fn run_slice(shared: Arc<Shared>, mut engine: Box<Engine>) {
    let result = catch_unwind(AssertUnwindSafe(|| engine.work(&shared)));
    let mut desk = shared.desk();
    if desk.is_closed {
        return;
    }
    let has_more = match result {
        Ok(has_more) => has_more,
        Err(cause) => {
            // What it was doing is in no known state; the app has the network.
            *engine = Engine::default();
            desk.give_up(cause.as_ref());
            false
        }
    };
    if has_more || !desk.parcels.is_empty() {
        drop(desk);
        start_slice(shared, engine);
    } else {
        desk.engine = Some(engine);
    }
}

impl Desk {
    /// Drops what was asked of an engine that is no more, and says so.
    fn give_up(&mut self, cause: &(dyn Any + Send)) {
        self.parcels.clear();
        self.reports.push(Report {
            ack_seq: self.last_seq,
            status: Status::Faulted,
            fault: Some(Fault {
                sentence: format!("The engine broke down ({}).", message(cause)),
                needs_load: true,
            }),
            ..Report::default()
        });
    }
}

/// What a panic said.
fn message(cause: &(dyn Any + Send)) -> &str {
    let text = cause.downcast_ref::<&str>().copied();
    text.or_else(|| cause.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("for a reason it did not give")
}
