//! What a person asks of training.

use bevy::prelude::*;
use engine::Part;

pub(super) fn plugin(app: &mut App) {
    app.add_message::<Order>();
}

/// An order to the engine. Reset and new seed are edits, not orders: they can be
/// undone.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Train until the settings' number of epochs is reached; if it is already,
    /// that many more.
    Train,
    /// Stop where it is.
    Pause,
    /// Train one epoch.
    TrainOneEpoch,
    /// Learn from the row that is shown: one step of training on it alone.
    LearnRow,
    /// Measure a part of the data.
    Evaluate(Part),
}
