//! Requests for files, done one after the other on a task, answered with requests and notices.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use bevy::ecs::system::NonSendMarker;
use bevy::prelude::*;
use bevy::tasks::futures::check_ready;
use bevy::tasks::{IoTaskPool, Task};
use bevy::window::FileDragAndDrop;
use datasets::{Column, ColumnSpec, Table};
use graph::{Document, EditSystems, Notice, Request, Values};
use network::Kinds;
use project::{Project, gesture};

use crate::disk::{self, DiskError};
use crate::{Examples, FileDialogs, PickedPath, Question, first_example};

pub(super) fn plugin(app: &mut App) {
    app.add_message::<FileRequest>()
        .add_message::<FileDragAndDrop>()
        .init_resource::<FileState>()
        .init_resource::<Work>()
        .configure_sets(Update, FileSystems.before(EditSystems::Apply))
        .add_systems(Startup, open_first_project)
        .add_systems(
            Update,
            (
                take_dropped_files.run_if(on_message::<FileDragAndDrop>),
                take_requests.run_if(on_message::<FileRequest>),
                begin_work.run_if(resource_changed::<Work>),
                finish_work.run_if(is_working),
            )
                .chain()
                .in_set(FileSystems),
        );
}

/// When files are asked for and answered, in `Update`: before edits are made.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileSystems;

/// What a person wants with files.
#[derive(Message, Clone, Debug, PartialEq, Eq)]
pub enum FileRequest {
    /// Begin with an empty canvas.
    New,
    /// Open this project, or the one the person picks.
    Open(Option<PathBuf>),
    /// Open the example of this place in [`Examples`].
    OpenExample(usize),
    /// Save to the file the project is from, or where the person says.
    Save,
    /// Save here, or where the person says.
    SaveAs(Option<PathBuf>),
    /// Replace the data by this CSV file, or the one the person picks.
    LoadCsv(Option<PathBuf>),
    /// Open what was rescued from the last run.
    Restore,
    /// Throw away what was rescued from the last run.
    Forget,
}

/// Where the open project is from.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct FileState {
    /// Its file; `None` while it has none.
    pub path: Option<PathBuf>,
    /// What it is called: its file without the ending, or the example.
    pub name: String,
}

impl FileState {
    fn of(path: PathBuf) -> Self {
        let stem = path.file_stem().unwrap_or_default();
        Self {
            name: stem.to_string_lossy().into_owned(),
            path: Some(path),
        }
    }

    pub(crate) fn named(name: impl Into<String>) -> Self {
        Self {
            path: None,
            name: name.into(),
        }
    }
}

/// What is open at the start.
#[derive(Resource, Default)]
pub(super) struct StartWith(pub(super) Option<(PathBuf, Project)>);

fn open_first_project(
    mut start: ResMut<StartWith>,
    mut state: ResMut<FileState>,
    mut requests: MessageWriter<Request>,
    mut notices: MessageWriter<Notice>,
) {
    if let Some((path, project)) = start.0.take() {
        *state = FileState::of(path);
        requests.write(Request::Open(Box::new(project)));
        return;
    }
    match first_example() {
        Ok(project) => {
            *state = FileState::named(crate::examples::FIRST_TITLE);
            requests.write(Request::Open(Box::new(project)));
        }
        Err(error) => {
            notices.write(Notice::failed(format!(
                "The first example cannot be read: {error}."
            )));
        }
    }
}

/// What is asked for and what is being done.
#[derive(Resource, Default)]
struct Work {
    waiting: VecDeque<FileRequest>,
    task: Option<Task<Done>>,
}

/// What a task came to.
enum Done {
    /// The person thought better of it.
    Cancelled,
    Opened(PathBuf, Result<Box<Project>, DiskError>),
    Loaded(PathBuf, Result<Table, DiskError>),
    Saved {
        path: PathBuf,
        generation: u64,
        revision: u64,
        result: Result<(), DiskError>,
    },
}

fn take_dropped_files(
    mut dropped: MessageReader<FileDragAndDrop>,
    mut requests: MessageWriter<FileRequest>,
    mut notices: MessageWriter<Notice>,
) {
    for event in dropped.read() {
        let FileDragAndDrop::DroppedFile { path_buf, .. } = event else {
            continue;
        };
        let ending = path_buf
            .extension()
            .map(std::ffi::OsStr::to_ascii_lowercase);
        match ending.as_ref().and_then(|ending| ending.to_str()) {
            Some("ron") => {
                requests.write(FileRequest::Open(Some(path_buf.clone())));
            }
            Some("csv" | "tsv" | "txt") => {
                requests.write(FileRequest::LoadCsv(Some(path_buf.clone())));
            }
            _ => {
                notices.write(Notice::refused(format!(
                    "{}: expected a project (.ron) or a table (.csv).",
                    path_buf.display()
                )));
            }
        }
    }
}

fn take_requests(mut requests: MessageReader<FileRequest>, mut work: ResMut<Work>) {
    for request in requests.read() {
        // A second press while the first is still waiting is the same wish.
        if !work.waiting.contains(request) {
            work.waiting.push_back(request.clone());
        }
    }
}

fn begin_work(
    mut work: ResMut<Work>,
    dialogs: Res<FileDialogs>,
    examples: Examples,
    document: Res<Document>,
    values: Res<Values>,
    mut state: ResMut<FileState>,
    mut requests: MessageWriter<Request>,
    mut notices: MessageWriter<Notice>,
    // Some systems open dialogs on the main thread only.
    _main_thread: NonSendMarker,
) {
    while work.task.is_none()
        && let Some(request) = work.waiting.pop_front()
    {
        let needs_disk = matches!(
            request,
            FileRequest::Open(_)
                | FileRequest::Save
                | FileRequest::SaveAs(_)
                | FileRequest::LoadCsv(_)
        );
        if needs_disk && dialogs.is_locked() {
            notices.write(Notice::refused("Files are locked here."));
            continue;
        }
        let is_asking = matches!(
            request,
            FileRequest::Open(None) | FileRequest::LoadCsv(None)
        );
        if is_asking && let Some(obstacle) = dialogs.obstacle() {
            notices.write(Notice::refused(obstacle));
            continue;
        }
        work.task = match request {
            FileRequest::New => {
                *state = FileState::default();
                requests.write(Request::Open(Box::default()));
                None
            }
            FileRequest::OpenExample(index) => {
                match examples.open(index) {
                    Ok((title, project)) => {
                        *state = FileState::named(title);
                        requests.write(Request::Open(Box::new(project)));
                    }
                    Err(sentence) => {
                        notices.write(Notice::failed(sentence));
                    }
                }
                None
            }
            FileRequest::Open(path) => Some(open(given(path, &dialogs, || Question::OpenProject))),
            FileRequest::LoadCsv(path) => {
                let table = document.project().table();
                let columns = table.columns().iter().map(Column::spec).collect();
                Some(load(given(path, &dialogs, || Question::LoadCsv), columns))
            }
            FileRequest::Save | FileRequest::SaveAs(_) => {
                let path = match request {
                    FileRequest::SaveAs(path) => path,
                    _ => state.path.clone(),
                };
                let path = given(path, &dialogs, || Question::SaveProject(offer(&state.name)));
                Some(save(path, &document, &values))
            }
            // `recovery` answers these.
            FileRequest::Restore | FileRequest::Forget => None,
        };
    }
}

/// The path that is known, or the one that is asked for.
fn given(
    path: Option<PathBuf>,
    dialogs: &FileDialogs,
    question: impl FnOnce() -> Question,
) -> PickedPath {
    match path {
        Some(path) => Box::pin(std::future::ready(Some(path))),
        None => dialogs.ask(question()),
    }
}

/// The file name a project is offered under.
fn offer(name: &str) -> String {
    let is_fit = |letter: char| letter.is_alphanumeric() || " -_().".contains(letter);
    let name: String = name.chars().filter(|&letter| is_fit(letter)).collect();
    match name.trim_matches([' ', '.']) {
        "" => "network.ron".to_owned(),
        name => format!("{name}.ron"),
    }
}

fn open(path: PickedPath) -> Task<Done> {
    IoTaskPool::get().spawn(async move {
        let Some(path) = path.await else {
            return Done::Cancelled;
        };
        let result = disk::read_project(&path, &Kinds::default());
        Done::Opened(path, result.map(Box::new))
    })
}

fn load(path: PickedPath, columns: Vec<ColumnSpec>) -> Task<Done> {
    IoTaskPool::get().spawn(async move {
        let Some(path) = path.await else {
            return Done::Cancelled;
        };
        let result = disk::read_table(&path, &columns);
        Done::Loaded(path, result)
    })
}

fn save(path: PickedPath, document: &Document, values: &Values) -> Task<Done> {
    let project = document.current(values);
    let (generation, revision) = (document.generation(), document.revision());
    IoTaskPool::get().spawn(async move {
        let Some(path) = path.await else {
            return Done::Cancelled;
        };
        let (path, result) = match disk::with_ending(&path) {
            Ok(path) => {
                let result = disk::write_project(&path, &project);
                (path, result)
            }
            Err(error) => (path, Err(error)),
        };
        Done::Saved {
            path,
            generation,
            revision,
            result,
        }
    })
}

fn is_working(work: Res<Work>) -> bool {
    work.task.is_some()
}

fn finish_work(
    mut work: ResMut<Work>,
    mut document: ResMut<Document>,
    mut state: ResMut<FileState>,
    mut requests: MessageWriter<Request>,
    mut notices: MessageWriter<Notice>,
) {
    // Looking at a task is no change: the next one begins when this one is done.
    let Some(done) = work
        .bypass_change_detection()
        .task
        .as_mut()
        .and_then(check_ready)
    else {
        return;
    };
    work.task = None;
    match done {
        Done::Cancelled => {}
        Done::Opened(path, Ok(project)) => {
            *state = FileState::of(path);
            requests.write(Request::Open(project));
        }
        Done::Loaded(path, Ok(table)) => {
            let rows = table.rows();
            requests.write(Request::edit("load data", gesture::replace_data(table)));
            notices.write(Notice::info(format!(
                "Loaded {rows} rows from {}.",
                file_name(&path)
            )));
        }
        Done::Opened(_, Err(error)) | Done::Loaded(_, Err(error)) => {
            notices.write(Notice::refused(format!("{error}.")));
        }
        Done::Saved {
            path,
            generation,
            revision,
            result: Ok(()),
        } => {
            notices.write(Notice::info(format!("Saved as {}.", path.display())));
            // Another project may have been opened meanwhile.
            if document.generation() == generation {
                document.mark_saved(revision);
                *state = FileState::of(path);
            }
        }
        Done::Saved {
            result: Err(error), ..
        } => {
            notices.write(Notice::failed(format!("Not saved. {error}.")));
        }
    }
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
