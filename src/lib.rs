//! Neurarium, assembled: the window, the page, and the command line.

pub mod app;
#[cfg(not(target_family = "wasm"))]
pub mod cli;
pub mod vector;

/// Panels make and drop thousands of small things in each frame: with the allocator of
/// most systems that is a quarter of the main thread's work.
#[cfg(not(target_family = "wasm"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
