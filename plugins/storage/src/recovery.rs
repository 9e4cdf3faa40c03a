//! Unsaved work is kept beside the files a person knows, and offered at the next start.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bevy::prelude::*;
use bevy::tasks::futures::check_ready;
use bevy::tasks::{IoTaskPool, Task};
use bevy::time::common_conditions::on_real_timer;
use graph::{Document, EditSystems, Edited, Notice, Request, Values};
use network::Kinds;
use project::Project;

use crate::disk::{self, DiskError};
use crate::{FileRequest, FileState, FileSystems};

/// How often unsaved work is kept.
const INTERVAL: Duration = Duration::from_secs(20);

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Recovered>()
        .init_resource::<Keeping>()
        .add_systems(Startup, find_unsaved_work)
        .add_systems(
            Update,
            (
                keep_unsaved_work.run_if(on_real_timer(INTERVAL)),
                answer_question
                    .in_set(FileSystems)
                    .run_if(on_message::<FileRequest>),
                mark_restored_as_unsaved
                    .in_set(EditSystems::Follow)
                    .run_if(on_message::<Edited>),
            ),
        )
        .add_systems(Last, keep_at_the_end.run_if(on_message::<AppExit>));
}

/// Work that was not saved when Neurarium last ended. Ask the person once, and
/// answer with [`FileRequest::Restore`] or [`FileRequest::Forget`].
#[derive(Resource, Debug, Default)]
pub struct Recovered(pub Option<Project>);

/// Where unsaved work is kept; `None`: nowhere.
#[derive(Resource, Default)]
pub(super) struct RecoveryFile(pub(super) Option<PathBuf>);

/// What was kept last.
#[derive(Resource, Default)]
struct Keeping {
    task: Option<Task<Result<(), DiskError>>>,
    /// Revisions of the document and of the learned numbers in the file.
    kept: Option<(u64, u64)>,
    /// Whether the person was told that it cannot be kept.
    is_told: bool,
    /// Whether what is opened next is the rescued work.
    is_restoring: bool,
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
        Ok(project) => recovered.0 = Some(project),
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
    let project = document.current(&values);
    keeping.task = Some(IoTaskPool::get().spawn(async move { keep(&path, &project) }));
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

fn answer_question(
    mut answers: MessageReader<FileRequest>,
    file: Res<RecoveryFile>,
    mut recovered: ResMut<Recovered>,
    mut keeping: ResMut<Keeping>,
    mut state: ResMut<FileState>,
    mut requests: MessageWriter<Request>,
) {
    for answer in answers.read() {
        match answer {
            FileRequest::Restore => {
                if let Some(project) = recovered.0.take() {
                    keeping.is_restoring = true;
                    *state = FileState::named("Rescued");
                    requests.write(Request::Open(Box::new(project)));
                }
            }
            FileRequest::Forget => {
                if recovered.0.take().is_some()
                    && let Some(path) = &file.0
                {
                    forget(path);
                }
            }
            _ => {}
        }
    }
}

/// Rescued work is in no file of the person's yet.
fn mark_restored_as_unsaved(
    mut edited: MessageReader<Edited>,
    mut document: ResMut<Document>,
    mut keeping: ResMut<Keeping>,
) {
    let is_opened = edited.read().any(|edited| edited.edit.is_none());
    if is_opened && std::mem::take(&mut keeping.is_restoring) {
        document.mark_saved(0);
    }
}

fn keep(path: &Path, project: &Project) -> Result<(), DiskError> {
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
