//! Who is asked for a path: the system's dialogs, a list of answers, or nobody.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use bevy::prelude::*;

use crate::native;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<FileDialogs>();
}

/// What a path is wanted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// A project to open.
    OpenProject,
    /// Where to save a project; the name it is offered under.
    SaveProject(String),
    /// A CSV file to load.
    LoadCsv,
}

/// The answer, some time later; `None` when the person thought better of it.
pub type PickedPath = Pin<Box<dyn Future<Output = Option<PathBuf>> + Send>>;

/// Who is asked for a path.
#[derive(Resource, Clone)]
pub struct FileDialogs(Dialogs);

#[derive(Clone)]
enum Dialogs {
    System,
    Asked(Arc<dyn Fn(Question) -> PickedPath + Send + Sync>),
    Locked,
}

impl Default for FileDialogs {
    /// The dialogs of the system.
    fn default() -> Self {
        Self(Dialogs::System)
    }
}

impl FileDialogs {
    /// Someone else: a dialog of one's own, or a test.
    pub fn asking(who: impl Fn(Question) -> PickedPath + Send + Sync + 'static) -> Self {
        Self(Dialogs::Asked(Arc::new(who)))
    }

    /// These paths, one after the other, then none.
    pub fn answering(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let paths = Mutex::new(paths.into_iter().collect::<VecDeque<_>>());
        Self::asking(move |_| {
            // A list of paths is whole even if who held it panicked.
            let mut paths = paths.lock().unwrap_or_else(PoisonError::into_inner);
            Box::pin(std::future::ready(paths.pop_front()))
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
            Dialogs::System => native::missing_dialogs(),
            Dialogs::Asked(_) => None,
            Dialogs::Locked => Some("Files are locked here."),
        }
    }

    /// Asks for a path. To be called on the main thread: some systems want it so.
    pub(crate) fn ask(&self, question: Question) -> PickedPath {
        match &self.0 {
            Dialogs::System => native::ask(question),
            Dialogs::Asked(who) => who(question),
            Dialogs::Locked => Box::pin(std::future::ready(None)),
        }
    }
}
