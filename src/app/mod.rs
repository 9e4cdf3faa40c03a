//! The window: all plugins together, and the glue between them.

mod accessible;
mod power;
mod wiring;

use bevy::asset::AssetPlugin;
use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::settings::{RenderCreation, WgpuSettings};
use bevy::window::{ExitCondition, WindowResolution};
use bevy::winit::WinitPlugin;
use bevy_egui::EguiPlugin;

pub use accessible::{AccessiblePlugin, Control, Controls};

/// Where the program appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// In a window on the desktop.
    Window,
    /// Nowhere: all but the drawing runs, on a window of this size in logical
    /// pixels that no screen shows.
    Headless {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
}
