//! How fast it trains: slowly enough to be watched, or as fast as it can.

use bevy::prelude::*;
use engine::Request;

use crate::sync::Dispatch;
use crate::{Progress, Status, TrainingSystems};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Pace>();
    app.add_systems(
        Update,
        allow_batches
            .in_set(TrainingSystems::Send)
            .before(crate::sync::send_orders),
    );
}

/// The most batches a second that are trained; `None`: as many as there is time
/// for. A small network would learn faster than anyone can see.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct Pace(pub Option<f32>);

impl Pace {
    /// Each batch can be seen.
    pub const WATCH: Self = Self(Some(60.0));
    /// Learning can be followed as a film.
    pub const FAST: Self = Self(Some(600.0));
    /// Nothing is held back.
    pub const FULL: Self = Self(None);
}

impl Default for Pace {
    fn default() -> Self {
        Self::WATCH
    }
}

/// The pace the engine was told; it begins unhindered.
struct Told(Pace);

impl Default for Told {
    fn default() -> Self {
        Self(Pace::FULL)
    }
}

/// Hands out batches as time passes. What is not used up in time is forgotten, so
/// that nothing is caught up in a rush.
fn allow_batches(
    pace: Res<Pace>,
    time: Res<Time>,
    progress: Res<Progress>,
    mut dispatch: ResMut<Dispatch>,
    mut told: Local<Told>,
    mut carried: Local<f32>,
) {
    if told.0 != *pace {
        told.0 = *pace;
        *carried = 0.0;
        // The first batch comes at once, the others as time passes.
        dispatch.send(Request::Allow(pace.0.map(|_| 1)));
    }
    let Some(rate) = pace.0 else {
        return;
    };
    if progress.status != Status::Training {
        return;
    }
    *carried += rate * time.delta_secs();
    if *carried >= 1.0 {
        dispatch.send(Request::Allow(Some(*carried as u32)));
        *carried = carried.fract();
    }
}
