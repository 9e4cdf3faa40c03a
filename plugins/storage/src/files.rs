//! Requests for files, done one after the other on a task, answered with requests and notices.

mod tasks;

use std::collections::VecDeque;
use std::path::PathBuf;

use bevy::ecs::system::NonSendMarker;
use bevy::prelude::*;
use bevy::tasks::Task;
use bevy::tasks::futures::check_ready;
use datasets::Column;
use graph::{Document, EditSystems, Notice, Request, Values};
use project::{Project, gesture};

use self::tasks::{
    Done, Origin, file_name, given, load, offer, open, pick_picture, save, save_picture,
};
use crate::course::{Course, Deed, FileProgress};
use crate::{Examples, FileDialogs, NamedFile, Question, first_example, platform};

pub(super) fn plugin(app: &mut App) {
    app.add_message::<FileRequest>()
        .add_message::<DroppedFile>()
        .add_message::<ReplaceRequest>()
        .add_message::<ProjectSaved>()
        .add_message::<PicturePlace>()
        .add_plugins(platform::drops)
        .init_resource::<FileProgress>()
        .init_resource::<FileState>()
        .init_resource::<Work>()
        .configure_sets(Update, FileSystems.before(EditSystems::Apply))
        .add_systems(Startup, open_first_project)
        .add_systems(
            Update,
            (
                take_dropped_files.run_if(on_message::<DroppedFile>),
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
    Open(Option<NamedFile>),
    /// Open the example of this place in [`Examples`].
    OpenExample(usize),
    /// Save to the file the project is from, or where the person says.
    Save,
    /// Save here, or where the person says.
    SaveAs(Option<PathBuf>),
    /// Ask where to save a picture of the network, with this ending if the person
    /// gives no other: [`PicturePlace`] is the answer.
    PickPicture(&'static str),
    /// Save this picture there.
    SavePicture(NamedFile),
    /// Replace the data by this CSV file, or the one the person picks.
    LoadCsv(Option<NamedFile>),
    /// Open what was rescued from the last run; where it cannot be read, hand out
    /// its bytes as they are.
    Restore,
    /// Throw away what was rescued from the last run.
    Forget,
    /// End the opening or saving that is under way: all stays as it was.
    Cancel,
}

/// A file was dropped on the window.
#[derive(Message, Clone, Debug, PartialEq, Eq)]
pub struct DroppedFile(pub NamedFile);

/// Where the person wants a picture of the network; the ending says which kind.
#[derive(Message, Clone, Debug, PartialEq, Eq)]
pub struct PicturePlace(pub PathBuf);

/// A request that came by itself, as a dropped project does, and would replace
/// unsaved work: whoever asks the person sends it on.
#[derive(Message, Clone, Debug, PartialEq, Eq)]
pub struct ReplaceRequest(pub FileRequest);

/// A file has the open project with all its learned numbers.
#[derive(Message, Clone, Copy, Debug)]
pub struct ProjectSaved {
    /// [`Document::generation`] of what was saved.
    pub generation: u64,
    /// The epochs behind what was saved.
    pub epochs: u32,
}

/// Where the open project is from.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct FileState {
    /// Its file, in a browser a mere name; `None` while it has none.
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

    /// The name of its file, or the one it would be offered under.
    pub(crate) fn file_name(&self) -> String {
        match &self.path {
            Some(path) => file_name(path),
            None => offer(&self.name),
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
    /// What is done with a project, and how far it is.
    course: Option<(Deed, Course)>,
    /// [`Document::revision`] as it began.
    revision: u64,
}

fn take_dropped_files(
    mut dropped: MessageReader<DroppedFile>,
    document: Res<Document>,
    mut requests: MessageWriter<FileRequest>,
    mut replacing: MessageWriter<ReplaceRequest>,
    mut notices: MessageWriter<Notice>,
) {
    for DroppedFile(file) in dropped.read() {
        let ending = file
            .path()
            .extension()
            .map(std::ffi::OsStr::to_ascii_lowercase);
        match ending.as_ref().and_then(|ending| ending.to_str()) {
            Some("ron") if document.is_unsaved() => {
                replacing.write(ReplaceRequest(FileRequest::Open(Some(file.clone()))));
            }
            Some("ron") => {
                requests.write(FileRequest::Open(Some(file.clone())));
            }
            Some("csv" | "tsv" | "txt") => {
                requests.write(FileRequest::LoadCsv(Some(file.clone())));
            }
            _ => {
                notices.write(Notice::refused(format!(
                    "{}: expected a project (.ron) or a table (.csv).",
                    file.path().display()
                )));
            }
        }
    }
}

fn take_requests(mut requests: MessageReader<FileRequest>, mut work: ResMut<Work>) {
    for request in requests.read() {
        if *request == FileRequest::Cancel {
            if let Some((_, course)) = &work.course {
                course.cancel();
            }
            continue;
        }
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
                | FileRequest::PickPicture(_)
                | FileRequest::SavePicture(_)
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
        work.revision = document.revision();
        let course = Course::default();
        work.course = match request {
            FileRequest::Open(_) | FileRequest::OpenExample(_) => {
                Some((Deed::Opening, course.clone()))
            }
            FileRequest::Save | FileRequest::SaveAs(_) => Some((Deed::Saving, course.clone())),
            _ => None,
        };
        work.task = match request {
            FileRequest::New => {
                *state = FileState::default();
                requests.write(Request::Open(Box::default()));
                None
            }
            FileRequest::OpenExample(index) => match examples.file(index) {
                Ok((title, file)) => {
                    let file = Box::pin(std::future::ready(Some(file)));
                    Some(open(file, course, move |_| Origin::Example(index, title)))
                }
                Err(sentence) => {
                    notices.write(Notice::failed(sentence));
                    None
                }
            },
            FileRequest::Open(file) => {
                let file = given(file, &dialogs, || Question::OpenProject);
                Some(open(file, course, Origin::File))
            }
            FileRequest::LoadCsv(file) => {
                let table = document.project().table();
                let columns = table.columns().iter().map(Column::spec).collect();
                Some(load(given(file, &dialogs, || Question::LoadCsv), columns))
            }
            FileRequest::Save | FileRequest::SaveAs(_) => {
                let path = match request {
                    FileRequest::SaveAs(path) => path,
                    _ => state.path.clone(),
                };
                let file = path.map(NamedFile::from);
                let file = given(file, &dialogs, || Question::SaveProject(state.file_name()));
                Some(save(file, &document, &values, course))
            }
            FileRequest::PickPicture(ending) => {
                let mut name = PathBuf::from(state.file_name());
                name.set_extension(ending);
                let name = name.to_string_lossy().into_owned();
                let place = dialogs.ask(Question::SavePicture(name));
                Some(pick_picture(place, ending))
            }
            FileRequest::SavePicture(picture) => Some(save_picture(picture)),
            // `recovery` answers these.
            FileRequest::Restore | FileRequest::Forget => None,
            // Nothing is under way any more.
            FileRequest::Cancel => None,
        };
    }
}

fn is_working(work: Res<Work>) -> bool {
    work.task.is_some()
}

fn finish_work(
    mut work: ResMut<Work>,
    mut document: ResMut<Document>,
    mut state: ResMut<FileState>,
    mut progress: ResMut<FileProgress>,
    mut requests: MessageWriter<Request>,
    mut replacing: MessageWriter<ReplaceRequest>,
    mut saves: MessageWriter<ProjectSaved>,
    mut places: MessageWriter<PicturePlace>,
    mut notices: MessageWriter<Notice>,
) {
    // Looking at a task is no change: the next one begins when this one is done.
    let Some(done) = work
        .bypass_change_detection()
        .task
        .as_mut()
        .and_then(check_ready)
    else {
        let underway = work.course.as_ref();
        let underway = underway.and_then(|(deed, course)| course.underway(*deed));
        progress.set_if_neq(FileProgress {
            is_working: true,
            underway,
        });
        return;
    };
    work.task = None;
    work.course = None;
    progress.set_if_neq(FileProgress::default());
    match done {
        Done::Cancelled => {}
        Done::Ended(deed, path) => {
            notices.write(Notice::info(match deed {
                Deed::Opening => format!(
                    "{} was not opened. Everything is as it was.",
                    file_name(&path)
                ),
                Deed::Saving => platform::ended_sentence(&path),
            }));
        }
        // What was done while it was read is not in any file: that is asked about.
        Done::Opened(origin, Ok(_))
            if document.revision() != work.revision && document.is_unsaved() =>
        {
            replacing.write(ReplaceRequest(origin.request()));
        }
        Done::Opened(origin, Ok(project)) => {
            *state = origin.state();
            requests.write(Request::Open(project));
        }
        Done::Loaded(path, Ok(table)) => {
            let rows = match table.rows() {
                1 => "1 row".to_owned(),
                rows => format!("{rows} rows"),
            };
            requests.write(Request::edit("load data", gesture::replace_data(table)));
            notices.write(Notice::info(format!(
                "Loaded {rows} from {}.",
                file_name(&path)
            )));
        }
        Done::Opened(_, Err(error)) | Done::Loaded(_, Err(error)) => {
            notices.write(Notice::refused(format!("{error}.")));
        }
        Done::PicturePicked(Ok(path)) => {
            places.write(PicturePlace(path));
        }
        Done::PictureSaved(Ok(path)) => {
            notices.write(Notice::info(platform::saved_sentence(&path)));
        }
        Done::PicturePicked(Err(error)) | Done::PictureSaved(Err(error)) => {
            notices.write(Notice::failed(format!("Not saved. {error}.")));
        }
        Done::Saved {
            saved,
            revision,
            result: Ok(path),
        } => {
            notices.write(Notice::info(platform::saved_sentence(&path)));
            // Another project may have been opened meanwhile.
            if document.generation() == saved.generation {
                document.mark_saved(revision);
                saves.write(saved);
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
