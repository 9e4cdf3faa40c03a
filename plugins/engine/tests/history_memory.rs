//! The history's budget, measured by an allocator that counts.
#![allow(unsafe_code, reason = "an allocator that counts can only be unsafe")]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{Asker, all_training, layered, project};
use engine::{HistoryRange, Request, WorkBudget};
use network::Activation;
use project::{Optimizer, Project, TrainingSettings};

/// The system's allocator, counting the bytes that are taken and the most there were.
struct Counting;

static TAKEN: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes on to `System` unchanged; counting touches no memory of it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let taken = TAKEN.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        MOST.fetch_max(taken, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        TAKEN.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn wide(sizes: &[u32], optimizer: Optimizer, batch: u16) -> Project {
    let network = layered(sizes, Activation::Relu, Activation::Linear, 1);
    let (inputs, outputs) = (sizes[0] as usize, sizes[sizes.len() - 1] as usize);
    let rows: Vec<_> = (0..batch)
        .map(|row| (vec![f32::from(row) * 0.01; inputs], vec![0.3; outputs]))
        .collect();
    let settings = TrainingSettings {
        optimizer,
        batch_size: batch.into(),
        epochs: 1_000_000,
        learning_rate: 1e-4,
        ..TrainingSettings::default()
    };
    project(network, &rows, all_training(), settings)
}

/// The most bytes a training takes beyond what it began with, and its history.
fn most_bytes(project: &Project, steps: u32, budget: u64) -> (usize, HistoryRange) {
    let mut asker = Asker::with(project.clone());
    asker.ask(Request::SetHistoryBudget(budget));
    // What the first step allocates belongs to training.
    asker.ask(Request::Allow(Some(2)));
    asker.ask(Request::Train { epochs: None });
    asker.finish(WorkBudget::UNLIMITED);
    let before = match budget {
        0 => TAKEN.load(Ordering::Relaxed),
        // Whatever the history took so far is counted.
        _ => TAKEN.load(Ordering::Relaxed) - asker.report().history.bytes as usize,
    };
    MOST.store(before, Ordering::Relaxed);
    for _ in 0..steps / 20 {
        asker.ask(Request::Allow(Some(20)));
        asker.finish(WorkBudget::UNLIMITED);
        // So that what waits to be told does not pile up.
        asker.report();
    }
    let most = MOST.load(Ordering::Relaxed).saturating_sub(before);
    asker.ask(Request::StopMaps);
    (most, asker.report().history)
}

#[test]
fn the_history_takes_no_more_memory_than_its_budget() {
    for (sizes, optimizer, steps, budget) in [
        (vec![2, 8, 8, 1], Optimizer::ADAM, 30_000, 1 << 20),
        (vec![2, 8, 8, 1], Optimizer::SGD, 3_000, 100_000),
        (vec![64, 100, 100, 10], Optimizer::ADAM, 600, 2 << 20),
        // A million numbers, in room for three views and a keyframe.
        (vec![784, 800, 450, 10], Optimizer::SGD, 80, 9 << 20),
    ] {
        let batch = if sizes[0] > 100 { 64 } else { 4 };
        let project = wide(&sizes, optimizer, batch);
        let (plain, _) = most_bytes(&project, steps, 0);
        let (with, range) = most_bytes(&project, steps, budget);
        let taken = with.saturating_sub(plain);
        println!("{sizes:?} of {budget}: {taken} bytes, {range:?}");
        // Lists of the test itself and of reports are not the history's.
        assert!(
            taken as u64 <= budget + 10_000,
            "{sizes:?}: {taken} bytes of {budget}"
        );
        assert!(range.bytes <= budget && range.views > 1, "{range:?}");
        // It is used, and what it says is what it takes.
        assert!(taken as u64 + 100_000 > range.bytes, "{taken} {range:?}");
    }
}
