//! The threads that train stand back for the one that draws.

use std::sync::Arc;

use bevy::app::{TaskPoolOptions, TaskPoolPlugin};
use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};

/// Of 0 to 99, where 50 is what threads begin with: where training keeps every core
/// busy, the window still gets its own at once.
const PRIORITY: u8 = 30;

/// Bevy's pools of threads; the one for long work, training among it, has a lower
/// priority.
pub(super) fn task_pools() -> TaskPoolPlugin {
    let mut options = TaskPoolOptions::default();
    options.async_compute.on_thread_spawn = Some(Arc::new(|| {
        let Ok(priority) = ThreadPriorityValue::try_from(PRIORITY) else {
            return;
        };
        // Where the system does not allow it, all goes on as well as it can.
        let _ = set_current_thread_priority(ThreadPriority::Crossplatform(priority));
    }));
    TaskPoolPlugin {
        task_pool_options: options,
    }
}
