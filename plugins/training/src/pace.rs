//! How fast it trains: slowly enough to be watched, or as fast as it can.

use bevy::prelude::*;
use engine::Request;
use graph::Document;
use project::Project;

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

/// How fast it trains. A small network would learn faster than anyone can see.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// Learning can be watched: 60 batches a second, or 10 epochs where that is more.
    #[default]
    Watch,
    /// Learning passes like a film: 600 batches a second, or 100 epochs where that is more.
    Fast,
    /// Nothing is held back.
    Full,
}

impl Pace {
    /// The most batches a second that are trained, where an epoch has so many; `None`: as
    /// many as there is time for.
    #[must_use]
    pub fn batches_per_second(self, per_epoch: usize) -> Option<f32> {
        let per_epoch = per_epoch as f32;
        match self {
            Self::Watch => Some((10.0 * per_epoch).max(60.0)),
            Self::Fast => Some((100.0 * per_epoch).max(600.0)),
            Self::Full => None,
        }
    }
}

/// How many batches an epoch of the project has.
fn batches_per_epoch(project: &Project) -> usize {
    let [training, ..] = project.split().counts(project.table().rows());
    training.div_ceil(project.training().batch_size.max(1) as usize)
}

/// Hands out batches as time passes. What is not used up in time is forgotten, so
/// that nothing is caught up in a rush.
fn allow_batches(
    pace: Res<Pace>,
    document: Res<Document>,
    time: Res<Time>,
    progress: Res<Progress>,
    mut dispatch: ResMut<Dispatch>,
    mut told: Local<Option<Pace>>,
    mut carried: Local<f32>,
) {
    let rate = pace.batches_per_second(batches_per_epoch(document.project()));
    // The engine begins unhindered.
    if told.unwrap_or(Pace::Full) != *pace {
        *told = Some(*pace);
        *carried = 0.0;
        // The first batch comes at once, the others as time passes.
        dispatch.send(Request::Allow(rate.map(|_| 1)));
    }
    let Some(rate) = rate else {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_epoch_is_paced_by_its_batches_and_a_large_one_by_its_epochs() {
        let rates = |per_epoch| {
            [Pace::Watch, Pace::Fast, Pace::Full].map(|pace| pace.batches_per_second(per_epoch))
        };
        assert_eq!(rates(0), [Some(60.0), Some(600.0), None]);
        assert_eq!(rates(1), [Some(60.0), Some(600.0), None]);
        assert_eq!(rates(80), [Some(800.0), Some(8_000.0), None]);
    }
}
