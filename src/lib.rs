//! Neurarium, assembled: the window, the page, and the command line.

pub mod app;
#[cfg(not(target_family = "wasm"))]
pub mod cli;
