//! Who is asked for a file: the system's dialogs, a list of answers, or nobody.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bevy::prelude::*;
use bevy::tasks::BoxedFuture;

use crate::{NamedFile, platform};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<FileDialogs>();
}

/// What a file is wanted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// A project to open.
    OpenProject,
    /// Where to save a project; the name it is offered under. Of the answer only
    /// the path counts.
    SaveProject(String),
    /// Where to save a picture; the name it is offered under. Of the answer only the
    /// path counts.
    SavePicture(String),
    /// A CSV file to load.
    LoadCsv,
}

/// The answer, some time later; `None` when the person thought better of it.
pub type PickedFile = BoxedFuture<'static, Option<NamedFile>>;

/// Who is asked for a file.
#[derive(Resource, Clone)]
pub struct FileDialogs(Dialogs);

#[derive(Clone)]
enum Dialogs {
    System,
    Asked(Arc<dyn Fn(Question) -> PickedFile + Send + Sync>),
    Locked,
}

impl Default for FileDialogs {
    /// The dialogs of the system, or of the browser.
    fn default() -> Self {
        Self(Dialogs::System)
    }
}

impl FileDialogs {
    /// Someone else: a dialog of one's own, or a test.
    pub fn asking(who: impl Fn(Question) -> PickedFile + Send + Sync + 'static) -> Self {
        Self(Dialogs::Asked(Arc::new(who)))
    }

    /// These paths, one after the other, then none.
    pub fn answering(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let paths = Mutex::new(paths.into_iter().collect::<VecDeque<_>>());
        Self::asking(move |_| {
            // A list of paths is whole even if who held it panicked.
            let mut paths = paths.lock().unwrap_or_else(PoisonError::into_inner);
            Box::pin(std::future::ready(paths.pop_front().map(NamedFile::from)))
        })
    }

    /// Nobody: no file is opened, saved or loaded, only examples.
    #[must_use]
    pub fn locked() -> Self {
        Self(Dialogs::Locked)
    }

    /// Whether files are out of reach.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        matches!(self.0, Dialogs::Locked)
    }

    /// Why a file to open cannot be asked for, as a sentence for the person.
    pub(crate) fn obstacle(&self) -> Option<&'static str> {
        match &self.0 {
            Dialogs::System => platform::missing_dialogs(),
            Dialogs::Asked(_) => None,
            Dialogs::Locked => Some("Files are locked here."),
        }
    }

    /// Asks for a file. To be called on the main thread: some systems want it so.
    pub(crate) fn ask(&self, question: Question) -> PickedFile {
        match &self.0 {
            Dialogs::System => platform::ask(question),
            Dialogs::Asked(who) => who(question),
            Dialogs::Locked => Box::pin(std::future::ready(None)),
        }
    }
}
