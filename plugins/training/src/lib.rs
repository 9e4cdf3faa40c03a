#![doc = include_str!("../README.md")]

mod losses;
#[cfg(not(target_family = "wasm"))]
mod native;
mod orders;
mod pace;
mod plane;
mod state;
mod sync;
#[cfg(test)]
mod tests;
#[cfg(target_family = "wasm")]
mod web;
mod writeback;

use bevy::prelude::*;

pub use engine::{
    Activations, Confusion, EpochLoss, Evaluation, MapRequest, Metric, MetricName, Part,
    ResponseMaps, Status,
};
pub use losses::Losses;
pub use orders::Order;
pub use pace::Pace;
pub use state::{Maps, Probe, Progress};

#[cfg(not(target_family = "wasm"))]
use native::Link;
#[cfg(target_family = "wasm")]
use web::Link;

/// When training looks at the world, in `Update`.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrainingSystems {
    /// Edits and orders go to the engine; after `graph::EditSystems::Apply`.
    Send,
    /// The newest report is written into the world; after `Send`.
    Writeback,
}

/// Trains the open project beside the app.
pub struct TrainingPlugin;

impl Plugin for TrainingPlugin {
    fn build(&self, app: &mut App) {
        app.configure_sets(
            Update,
            (TrainingSystems::Send, TrainingSystems::Writeback)
                .chain()
                .in_set(graph::EditSystems::Follow),
        );
        app.add_plugins((
            orders::plugin,
            pace::plugin,
            state::plugin,
            sync::plugin,
            writeback::plugin,
        ));
    }
}
