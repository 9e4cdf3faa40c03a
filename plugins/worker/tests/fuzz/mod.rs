//! What both fuzz targets share: how long they run, what they keep, and how much memory a case takes.
#![allow(dead_code, reason = "each test program uses its own part")]

pub mod corpus;
pub mod mutation;
pub mod scenario;

use std::fs::File;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use peak_alloc::PeakAlloc;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The variable that says for how many seconds to look for new findings.
const SECONDS: &str = "FUZZ_SECONDS";

/// Memory is counted for the whole program, so one test runs at a time.
static TURN: Mutex<()> = Mutex::new(());

/// Waits until no other test of the program runs.
pub fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does something; gives the most bytes that were taken meanwhile along with it.
pub fn most_bytes<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let done = work();
    (done, MEMORY.peak_usage().saturating_sub(before))
}

/// Memory that may be taken for an input: so many bytes, and so many for each of its own.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// For any input.
    pub least: usize,
    /// For each byte of it.
    pub per_byte: usize,
}

impl Bound {
    /// Does something with an input of so many bytes.
    ///
    /// # Panics
    /// When it takes more than is allowed.
    #[track_caller]
    pub fn hold<T>(self, what: &str, bytes: usize, work: impl FnOnce() -> T) -> T {
        let (done, taken) = most_bytes(work);
        let most = self.least + self.per_byte * bytes;
        assert!(
            taken <= most,
            "{what} {bytes} bytes took {taken} bytes of memory; at most {most} are allowed"
        );
        done
    }
}

/// Tries this many cases, always the same ones; with `FUZZ_SECONDS` others for so long. What is tried lies in a
/// file meanwhile, in its kept form, so that it is not lost with the program.
///
/// # Panics
/// When a case fails: with the smallest one found, which then lies in a file.
pub fn fuzz<S: Strategy>(
    target: &str,
    cases: u32,
    strategy: &S,
    kept: impl Fn(&S::Value) -> Vec<u8>,
    check: impl Fn(&S::Value),
) {
    let _turn = turn();
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        max_shrink_time: 60_000,
        ..Config::default()
    };
    let seconds = std::env::var(SECONDS).ok().map(|text| {
        text.parse::<u64>()
            .unwrap_or_else(|_| panic!("{SECONDS} is “{text}”; expected a whole number"))
    });
    let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut seed = until.map_or(0, |_| now_nanos());
    let mut tried = 0_u64;
    let last = create(&path(target, "last"));
    loop {
        let mut seed_bytes = [0; 32];
        seed_bytes[..16].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed_bytes);
        let result = TestRunner::new_with_rng(config.clone(), rng).run(strategy, |case| {
            overwrite(&last, &kept(&case));
            check(&case);
            Ok(())
        });
        match result {
            Ok(()) => tried += u64::from(cases),
            Err(TestError::Fail(why, case)) => {
                let path = path(target, "finding");
                overwrite(&create(&path), &kept(&case));
                panic!("{why}\nThe smallest such input is in {}", path.display());
            }
            Err(error) => panic!("{error}"),
        }
        if until.is_none_or(|until| Instant::now() >= until) {
            println!("{target}: {tried} cases");
            return;
        }
        seed += 1;
    }
}

fn now_nanos() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_nanos())
}

/// Where an input lies that the next build does not delete.
fn path(target: &str, what: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{target}-{what}"))
}

fn create(path: &Path) -> File {
    File::create(path).unwrap_or_else(|error| panic!("{} cannot be made: {error}", path.display()))
}

/// Replaces what is in a file. It stays open: to empty and close it each time costs milliseconds.
fn overwrite(mut file: &File, bytes: &[u8]) {
    let written = file
        .rewind()
        .and_then(|()| file.write_all(bytes))
        .and_then(|()| file.set_len(bytes.len() as u64));
    if let Err(error) = written {
        panic!("an input cannot be kept: {error}");
    }
}
