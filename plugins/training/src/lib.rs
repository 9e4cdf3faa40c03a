#![doc = include_str!("../README.md")]

mod losses;
#[cfg(not(target_family = "wasm"))]
mod native;
mod orders;
mod pace;
mod plane;
mod shown;
mod state;
mod sync;
#[cfg(test)]
mod tests;
mod walk;
#[cfg(target_family = "wasm")]
mod web;
mod writeback;

use bevy::prelude::*;

pub use engine::{
    Activations, CloseMaps, CloseUp, Confusion, EarlyStop, EpochLoss, Evaluation, FlowVerdict,
    GradientFlow, Health, LevelGradient, MapRequest, Mapped, Metric, MetricName, NodeTrace, Part,
    ResponseMaps, Status, Trace, TraceRow,
};
pub use losses::Losses;
pub use orders::Order;
pub use pace::Pace;
pub use plane::{Slice, Spread, Spreads, even_rows};
pub use shown::{GradientHealth, NodeHealth, RowChoice, Shown, TraceState, node_of};
pub use state::{CloseView, Maps, Probe, Progress};
pub use walk::{STAGE_SECS, SlowMotion, Stage, Walk, WalkOrder};

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
            plane::plugin,
            shown::plugin,
            state::plugin,
            sync::plugin,
            walk::plugin,
            writeback::plugin,
        ));
    }
}
