//! How far reading or writing a project is: counted where it is done, read each frame, ended by the person.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bevy::platform::time::Instant;
use bevy::prelude::*;

use crate::platform;

/// What is being done with files.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct FileProgress {
    /// Whether anything is: its end is looked for in each frame.
    pub is_working: bool,
    /// The project that is being opened or saved; nothing before its file is known.
    /// [`FileRequest::Cancel`](crate::FileRequest::Cancel) ends it.
    pub underway: Option<Underway>,
}

/// A project on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Underway {
    /// What is done.
    pub deed: Deed,
    /// What its file is called.
    pub name: String,
    /// How much of it is done, 0 to 1.
    pub share: f32,
}

/// What is done with a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It is read from a file.
    Opening,
    /// It is written to a file.
    Saving,
}

/// The person has enough of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cancelled;

/// How far a task is, shared with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Course(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// The name of the file, once it is known.
    name: OnceLock<String>,
    /// The share that is done, as bits.
    share: AtomicU32,
    is_cancelled: AtomicBool,
}

impl Course {
    /// The file is known, and work on it begins.
    pub(crate) fn begin(&self, name: String) {
        // Only the first counts: a task has one file.
        self.0.name.get_or_init(|| name);
    }

    /// Says how far it is, 0 to 1.
    ///
    /// # Errors
    /// When the person wants no more of it.
    pub(crate) fn tell(&self, share: f32) -> Result<(), Cancelled> {
        self.0.share.store(share.to_bits(), Ordering::Relaxed);
        if self.0.is_cancelled.load(Ordering::Relaxed) {
            return Err(Cancelled);
        }
        Ok(())
    }

    /// Like [`Self::tell`]; on a page, where work is done between two frames, it also
    /// waits for the next gap when this one has been used up.
    pub(crate) async fn tell_and_rest(&self, share: f32, gap: &mut Gap) -> Result<(), Cancelled> {
        self.tell(share)?;
        if gap.0.elapsed() > GAP {
            platform::rest().await;
            gap.0 = Instant::now();
        }
        Ok(())
    }

    pub(crate) fn cancel(&self) {
        self.0.is_cancelled.store(true, Ordering::Relaxed);
    }

    /// How far it is, once it has begun.
    pub(crate) fn underway(&self, deed: Deed) -> Option<Underway> {
        let name = self.0.name.get()?.clone();
        let share = f32::from_bits(self.0.share.load(Ordering::Relaxed));
        Some(Underway { deed, name, share })
    }
}

/// So long a page may do nothing else.
const GAP: Duration = Duration::from_millis(8);

/// When work between two frames began.
pub(crate) struct Gap(Instant);

impl Gap {
    pub(crate) fn begin() -> Self {
        Self(Instant::now())
    }
}
