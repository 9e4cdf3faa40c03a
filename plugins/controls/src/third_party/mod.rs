//! The glue to other plugins: one file for each.

pub mod egui;
pub mod egui_keys;
pub mod pancam;
