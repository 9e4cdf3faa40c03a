//! What is done with a file beside the app, and what came of it.

use std::path::{Path, PathBuf};

use bevy::tasks::{IoTaskPool, Task};
use datasets::{ColumnSpec, Table};
use graph::{Document, Values};
use project::Project;

use super::{FileRequest, FileState, ProjectSaved};
use crate::course::{Cancelled, Course, Deed};
use crate::{FileDialogs, FileFault, NamedFile, PickedFile, Question, platform};

/// What a task came to.
pub(super) enum Done {
    /// The person thought better of it.
    Cancelled,
    /// The person had enough of it when it was under way.
    Ended(Deed, PathBuf),
    Opened(Origin, Result<Box<Project>, FileFault>),
    Loaded(PathBuf, Result<Table, FileFault>),
    PicturePicked(Result<PathBuf, FileFault>),
    /// Where it is now.
    PictureSaved(Result<PathBuf, FileFault>),
    Saved {
        saved: ProjectSaved,
        revision: u64,
        /// Where it is now.
        result: Result<PathBuf, FileFault>,
    },
}

/// Where an opened project comes from.
pub(super) enum Origin {
    File(NamedFile),
    /// The shipped example at this place of the list, and its title.
    Example(usize, String),
}

impl Origin {
    /// What asks for it once more.
    pub(super) fn request(self) -> FileRequest {
        match self {
            Self::File(file) => FileRequest::Open(Some(file)),
            Self::Example(index, _) => FileRequest::OpenExample(index),
        }
    }

    /// The file that is open with it.
    pub(super) fn state(self) -> FileState {
        match self {
            Self::File(file) => FileState::of(file.path().to_owned()),
            Self::Example(_, title) => FileState::named(title),
        }
    }
}

/// The file that is known, or the one that is asked for.
pub(super) fn given(
    file: Option<NamedFile>,
    dialogs: &FileDialogs,
    question: impl FnOnce() -> Question,
) -> PickedFile {
    match file {
        Some(file) => Box::pin(std::future::ready(Some(file))),
        None => dialogs.ask(question()),
    }
}

/// The file name a project is offered under.
pub(super) fn offer(name: &str) -> String {
    let is_fit = |letter: char| letter.is_alphanumeric() || " -_().".contains(letter);
    let name: String = name.chars().filter(|&letter| is_fit(letter)).collect();
    match name.trim_matches([' ', '.']) {
        "" => "network.ron".to_owned(),
        name => format!("{name}.ron"),
    }
}

pub(super) fn open(
    file: PickedFile,
    course: Course,
    origin: impl FnOnce(NamedFile) -> Origin + Send + 'static,
) -> Task<Done> {
    IoTaskPool::get().spawn(async move {
        let Some(file) = file.await else {
            return Done::Cancelled;
        };
        course.begin(file_name(file.path()));
        match file.read_project(&course).await {
            Ok(result) => Done::Opened(origin(file), result.map(Box::new)),
            Err(Cancelled) => Done::Ended(Deed::Opening, file.path().to_owned()),
        }
    })
}

pub(super) fn load(file: PickedFile, columns: Vec<ColumnSpec>) -> Task<Done> {
    IoTaskPool::get().spawn(async move {
        let Some(file) = file.await else {
            return Done::Cancelled;
        };
        let result = file.read_table(&columns);
        Done::Loaded(file.path().to_owned(), result)
    })
}

pub(super) fn save(
    file: PickedFile,
    document: &Document,
    values: &Values,
    course: Course,
) -> Task<Done> {
    let snapshot = document.snapshot(values);
    let saved = ProjectSaved {
        generation: document.generation(),
        epochs: snapshot.epochs(),
    };
    let revision = document.revision();
    IoTaskPool::get().spawn(async move {
        let Some(file) = file.await else {
            return Done::Cancelled;
        };
        course.begin(file_name(file.path()));
        let project = snapshot.into_project();
        match platform::save(file.path(), &project, &course).await {
            Ok(result) => Done::Saved {
                saved,
                revision,
                result,
            },
            Err(Cancelled) => Done::Ended(Deed::Saving, file.path().to_owned()),
        }
    })
}

pub(super) fn pick_picture(place: PickedFile, ending: &'static str) -> Task<Done> {
    IoTaskPool::get().spawn(async move {
        let Some(file) = place.await else {
            return Done::Cancelled;
        };
        Done::PicturePicked(platform::picture_place(file.path(), ending))
    })
}

pub(super) fn save_picture(picture: NamedFile) -> Task<Done> {
    IoTaskPool::get().spawn(async move {
        let Some(bytes) = picture.bytes() else {
            return Done::Cancelled;
        };
        Done::PictureSaved(platform::save_picture(picture.path(), bytes))
    })
}

pub(super) fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
