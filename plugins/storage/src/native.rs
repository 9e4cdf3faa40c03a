//! What the desktop gives: its file dialogs, and its folder for data.

use std::env;
use std::path::PathBuf;

use rfd::AsyncFileDialog;

use crate::{PickedPath, Question};

/// Asks with a dialog of the system.
pub(super) fn ask(question: Question) -> PickedPath {
    let projects = || AsyncFileDialog::new().add_filter("Neurarium project", &["ron"]);
    match question {
        Question::OpenProject => {
            let picked = projects().set_title("Open a project").pick_file();
            Box::pin(async { picked.await.map(|file| file.path().to_owned()) })
        }
        Question::SaveProject(name) => {
            let dialog = projects().set_title("Save the project");
            let picked = dialog.set_file_name(name).save_file();
            Box::pin(async { picked.await.map(|file| file.path().to_owned()) })
        }
        Question::LoadCsv => {
            let dialog = AsyncFileDialog::new().add_filter("Table", &["csv", "tsv", "txt"]);
            let picked = dialog.set_title("Load rows").pick_file();
            Box::pin(async { picked.await.map(|file| file.path().to_owned()) })
        }
    }
}

/// Where unsaved work is kept: in the folder the platform has for data of
/// programs. `None` where there is no such folder.
#[must_use]
pub fn recovery_file() -> Option<PathBuf> {
    let folder = if cfg!(target_os = "windows") {
        folder_from("APPDATA")
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Application Support"))
    } else {
        // XDG Base Directory Specification: relative paths are to be ignored.
        folder_from("XDG_DATA_HOME").or_else(|| home().map(|home| home.join(".local/share")))
    };
    folder.map(|folder| folder.join("neurarium").join("unsaved.ron"))
}

fn home() -> Option<PathBuf> {
    env::home_dir().filter(|home| home.is_absolute())
}

fn folder_from(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
}
