//! Training for ever takes no more memory than training for a while.

mod common;

use common::{Asker, with_settings, xor};
use engine::{Request, WorkBudget};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Steps until everything that is kept has been kept once.
const STEPS_AT_FIRST: u32 = 20_000;

/// Trains 2-4-1 on four rows in batches of one, with reports taken now and then, until so
/// many steps are made, and holds memory to what it was after the first ones.
fn stays_flat(steps: u32) {
    let project = with_settings(xor(1), |settings| {
        settings.batch_size = 1;
        settings.learning_rate = 1e-3;
        settings.epochs = 1_000_000;
    });
    let mut asker = Asker::with(project);
    // So little that it is full at once.
    asker.ask(Request::SetHistoryBudget(100_000));
    asker.ask(Request::Train {
        epochs: Some(u32::MAX / 8),
    });
    let mut train_to = |step: u32| {
        let mut most = 0;
        loop {
            asker.trainer.advance(WorkBudget(300_000));
            let report = asker.report();
            assert_eq!(report.fault, None);
            if report.history.present >= u64::from(step) {
                break most;
            }
            drop(report);
            most = most.max(MEMORY.current_usage());
        }
    };
    let first = train_to(STEPS_AT_FIRST);
    let later = train_to(steps);
    println!("{first} bytes in the first {STEPS_AT_FIRST} steps, {later} until {steps}");
    // How full the history is comes and goes; a byte for each step would be seen.
    assert!(later <= first + 20_000, "{first} {later}");
}

#[test]
fn memory_is_flat_over_three_hundred_thousand_tiny_steps() {
    stays_flat(300_000);
}

#[test]
#[ignore = "takes half a minute"]
fn memory_is_flat_over_ten_million_tiny_steps() {
    stays_flat(10_000_000);
}
