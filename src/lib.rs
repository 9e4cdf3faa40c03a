//! Neurarium, assembled: the command line and the window.

pub mod app;
pub mod cli;
