//! The desktop keeps unsaved work in one file, from time to time and at the end.

use std::fs;
use std::path::Path;
use std::time::Duration;

use bevy::prelude::*;
use bevy::tasks::futures::check_ready;
use bevy::tasks::{IoTaskPool, Task};
use bevy::time::common_conditions::on_real_timer;
use graph::{Document, Notice, Values};
use network::Kinds;
use project::Project;

use crate::recovery::{AnswerSystems, Answered, RecoveryFile};
use crate::{FileFault, FileSystems, Recovered, Rescued, disk};

/// How often unsaved work is kept.
const INTERVAL: Duration = Duration::from_secs(20);

pub(crate) fn plugin(app: &mut App) {
    app.init_resource::<Keeping>()
        .add_systems(Startup, find_unsaved_work)
        .add_systems(
            Update,
            (
                keep_unsaved_work.run_if(on_real_timer(INTERVAL)),
                follow_answer
                    .in_set(FileSystems)
                    .after(AnswerSystems)
                    .run_if(on_message::<Answered>),
            ),
        )
        .add_systems(Last, keep_at_the_end.run_if(on_message::<AppExit>));
}

/// What was kept last.
#[derive(Resource, Default)]
struct Keeping {
    task: Option<Task<Result<(), FileFault>>>,
    /// Revisions of the document and of the learned numbers in the file.
    kept: Option<(u64, u64)>,
    /// Whether the person was told that it cannot be kept.
    is_told: bool,
}

fn find_unsaved_work(
    file: Res<RecoveryFile>,
    mut recovered: ResMut<Recovered>,
    mut notices: MessageWriter<Notice>,
) {
    let Some(path) = file.0.as_deref().filter(|path| path.exists()) else {
        return;
    };
    match disk::read_project(path, &Kinds::default()) {
        Ok(project) => {
            recovered.0 = Some(Rescued {
                name: "Rescued".to_owned(),
                project: Ok(Box::new(project)),
            });
        }
        Err(error) => {
            notices.write(Notice::failed(format!(
                "Unsaved work of the last time cannot be read. {error}."
            )));
        }
    }
}

fn keep_unsaved_work(
    file: Res<RecoveryFile>,
    recovered: Res<Recovered>,
    document: Res<Document>,
    values: Res<Values>,
    mut keeping: ResMut<Keeping>,
    mut notices: MessageWriter<Notice>,
) {
    if let Some(task) = &mut keeping.task {
        let Some(result) = check_ready(task) else {
            return;
        };
        keeping.task = None;
        if let Err(error) = result
            && !std::mem::replace(&mut keeping.is_told, true)
        {
            notices.write(Notice::failed(format!(
                "Unsaved work cannot be kept for the next start. {error}."
            )));
        }
    }
    let now = (document.revision(), values.revision());
    let is_asking = recovered.0.is_some();
    let Some(path) = file.0.clone() else {
        return;
    };
    if is_asking || !document.is_unsaved() || keeping.kept == Some(now) {
        return;
    }
    keeping.kept = Some(now);
    let snapshot = document.snapshot(&values);
    let task = async move { keep(&path, &snapshot.into_project()) };
    keeping.task = Some(IoTaskPool::get().spawn(task));
}

fn keep_at_the_end(
    file: Res<RecoveryFile>,
    recovered: Res<Recovered>,
    document: Res<Document>,
    values: Res<Values>,
) {
    let Some(path) = &file.0 else {
        return;
    };
    if recovered.0.is_some() {
        // The question was not answered: it is asked again.
        return;
    }
    if !document.is_unsaved() {
        forget(path);
    } else if let Err(error) = keep(path, &document.current(&values)) {
        // Nobody is there to read a notice any more.
        error!("unsaved work is lost: {error}");
    }
}

fn follow_answer(mut answers: MessageReader<Answered>, file: Res<RecoveryFile>) {
    for answer in answers.read() {
        // What was restored stays until newer work takes its place.
        if *answer == Answered::Forgotten
            && let Some(path) = &file.0
        {
            forget(path);
        }
    }
}

fn keep(path: &Path, project: &Project) -> Result<(), FileFault> {
    if let Some(folder) = path.parent()
        && let Err(error) = fs::create_dir_all(folder)
    {
        debug!("{}: {error}", folder.display());
    }
    disk::write_project(path, project)
}

fn forget(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        warn!("{}: {error}", path.display());
    }
}
