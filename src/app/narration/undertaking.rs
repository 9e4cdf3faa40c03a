//! How far a long piece of work is, in sentences.

use std::time::Duration;

use bevy::prelude::*;
use panels::{Undertaking, percent};

use super::{INTERVAL, Talk, Telling, Topic};

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        Last,
        tell_progress
            .run_if(resource_changed::<Undertaking>)
            .in_set(Telling),
    );
}

/// What was told last, and when.
#[derive(Default)]
struct Told {
    title: String,
    at: Duration,
}

fn tell_progress(
    undertaking: Res<Undertaking>,
    time: Res<Time<Real>>,
    mut told: Local<Told>,
    mut talk: ResMut<Talk>,
) {
    let Some(work) = &undertaking.0 else {
        told.title.clear();
        return;
    };
    let now = time.elapsed();
    if told.title == work.title && now < told.at + INTERVAL {
        return;
    }
    told.title.clone_from(&work.title);
    told.at = now;
    let sentence = format!("{}: {} percent.", work.title, percent(work.share));
    talk.say(Topic::Work, sentence);
}
