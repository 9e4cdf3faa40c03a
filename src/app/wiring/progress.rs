//! Storage, graph, controls → panels: how far the opening or saving of a project is, all
//! its parts counted into one.

use std::time::Duration;

use bevy::prelude::*;
use controls::Scene;
use graph::{Backlog, Edited};
use panels::{Undertaking, Work};
use storage::{Deed, FileProgress, FileSystems, Underway};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Opening>().add_systems(
        Update,
        tell.after(FileSystems)
            .after(graph::EditSystems::Follow)
            .run_if(is_busy),
    );
}

/// What is over sooner is not told of.
const PATIENCE: Duration = Duration::from_millis(300);

/// What reading the file, making the entities of the wires and finding the wires
/// take of the time of opening a project, roughly: so that the bar moves evenly.
const SHARES: [f32; 3] = [0.8, 0.15, 0.05];

/// What was begun, and when.
#[derive(Resource, Default)]
struct Opening {
    began: Option<Duration>,
    /// The title, once the file is read and what is in it comes into the world.
    arriving: Option<String>,
}

fn is_busy(
    progress: Res<FileProgress>,
    opening: Res<Opening>,
    edited: MessageReader<Edited>,
) -> bool {
    progress.underway.is_some() || opening.began.is_some() || !edited.is_empty()
}

fn tell(
    progress: Res<FileProgress>,
    backlog: Res<Backlog>,
    scene: Option<Res<Scene>>,
    time: Res<Time<Real>>,
    mut edited: MessageReader<Edited>,
    mut opening: ResMut<Opening>,
    mut undertaking: ResMut<Undertaking>,
) {
    let is_opened = edited.read().any(|edited| edited.edit.is_none());
    let is_found = scene.is_none_or(|scene| scene.is_complete());
    let work = match &progress.underway {
        Some(underway) => {
            opening.arriving = None;
            Some(read_or_written(underway))
        }
        None => {
            if is_opened {
                opening.arriving = undertaking.0.as_ref().map(|work| work.title.clone());
            }
            let title = opening.arriving.clone();
            title.and_then(|title| arriving(title, backlog.share(), is_found))
        }
    };
    let Some(work) = work else {
        *opening = Opening::default();
        undertaking.set_if_neq(Undertaking(None));
        return;
    };
    let began = *opening.began.get_or_insert(time.elapsed());
    if time.elapsed() >= began + PATIENCE {
        undertaking.set_if_neq(Undertaking(Some(work)));
    }
}

/// A file on its way from or to the disk.
fn read_or_written(underway: &Underway) -> Work {
    let (verb, part) = match underway.deed {
        Deed::Opening => ("Opening", SHARES[0]),
        Deed::Saving => ("Saving", 1.0),
    };
    Work {
        title: format!("{verb} {}", underway.name),
        share: part * underway.share,
        can_be_cancelled: true,
    }
}

/// What was read, on its way into the world; `None` when all of it is there.
fn arriving(title: String, backlog: f32, is_found: bool) -> Option<Work> {
    if backlog >= 1.0 && is_found {
        return None;
    }
    let [read, made, found] = SHARES;
    let found = if is_found { found } else { 0.0 };
    Some(Work {
        title,
        share: read + made * backlog + found,
        // It is open: what was open before is gone.
        can_be_cancelled: false,
    })
}
