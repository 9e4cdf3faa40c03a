//! What the desktop gives: its file dialogs, its disk, and its folder for data.

pub(crate) mod recovery;

use std::env;
use std::path::{Path, PathBuf};

use bevy::prelude::*;
use bevy::window::FileDragAndDrop;
use project::Project;
use rfd::AsyncFileDialog;

use crate::course::{Cancelled, Course};
pub(crate) use crate::disk::{read, read_in_pieces};
use crate::{DroppedFile, FileFault, FileSystems, PickedFile, Question, disk};

/// Hears of files that are dropped on the window.
pub(crate) fn drops(app: &mut App) {
    app.add_message::<FileDragAndDrop>().add_systems(
        Update,
        hear_drops
            .before(FileSystems)
            .run_if(on_message::<FileDragAndDrop>),
    );
}

fn hear_drops(mut events: MessageReader<FileDragAndDrop>, mut dropped: MessageWriter<DroppedFile>) {
    for event in events.read() {
        if let FileDragAndDrop::DroppedFile { path_buf, .. } = event {
            dropped.write(DroppedFile(path_buf.clone().into()));
        }
    }
}

/// Writes a project; where it is then.
pub(crate) async fn save(
    path: &Path,
    project: &Project,
    course: &Course,
) -> Result<Result<PathBuf, FileFault>, Cancelled> {
    let path = match disk::with_ending(path, "ron") {
        Ok(path) => path,
        Err(fault) => return Ok(Err(fault)),
    };
    let written = disk::write_project_in_pieces(&path, project, |share| course.tell(share))?;
    Ok(written.map(|()| path))
}

/// A task has a thread of its own and needs no rest.
pub(crate) async fn rest() {}

/// Where a picture is to be, before it is drawn.
pub(crate) fn picture_place(path: &Path, ending: &str) -> Result<PathBuf, FileFault> {
    let path = disk::with_ending(path, ending)?;
    disk::check_writable(&path)?;
    Ok(path)
}

/// Writes a picture; where it is then.
pub(crate) fn save_picture(path: &Path, bytes: &[u8]) -> Result<PathBuf, FileFault> {
    disk::write(path, bytes)?;
    Ok(path.to_owned())
}

/// What is told of a project that is saved.
pub(crate) fn saved_sentence(path: &Path) -> String {
    format!("Saved as {}.", path.display())
}

/// What is told of a project whose saving was ended.
pub(crate) fn ended_sentence(path: &Path) -> String {
    format!(
        "Not saved: {} is as it was before.",
        path.file_name().unwrap_or(path.as_os_str()).display()
    )
}

/// Why no dialog can be shown here, as far as that can be known before trying: a
/// Linux desktop shows them through a portal on the session bus, or by `zenity`.
pub(crate) fn missing_dialogs() -> Option<&'static str> {
    let needs_helper = cfg!(all(unix, not(target_vendor = "apple")));
    let has_bus = env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
        || folder_from("XDG_RUNTIME_DIR").is_some_and(|folder| folder.join("bus").exists());
    let has_zenity = env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join("zenity").exists()));
    (needs_helper && !has_bus && !has_zenity).then_some(
        "This desktop has no file dialog: install zenity, drop the file on the window, \
         or start `neurarium FILE`.",
    )
}

/// Asks with a dialog of the system. Where there is none, a project is saved in
/// the home folder, under a name that is free.
pub(crate) fn ask(question: Question) -> PickedFile {
    if let Question::SaveProject(name) | Question::SavePicture(name) = &question
        && missing_dialogs().is_some()
    {
        return Box::pin(std::future::ready(
            home().map(|home| free(&home, name).into()),
        ));
    }
    let projects = || AsyncFileDialog::new().add_filter("Neurarium project", &["ron"]);
    match question {
        Question::OpenProject => {
            let picked = projects().set_title("Open a project").pick_file();
            Box::pin(async { picked.await.map(|file| file.path().to_owned().into()) })
        }
        Question::SaveProject(name) => {
            let dialog = projects().set_title("Save the project");
            let picked = dialog.set_file_name(name).save_file();
            Box::pin(async { picked.await.map(|file| file.path().to_owned().into()) })
        }
        Question::SavePicture(name) => {
            // The kind that was asked for comes first; the ending that is typed counts.
            let kinds = [("Picture (PNG)", ["png"]), ("Drawing (SVG)", ["svg"])];
            let is_drawing = name.ends_with(".svg");
            let mut dialog = AsyncFileDialog::new();
            for (kind, ending) in [
                kinds[usize::from(is_drawing)],
                kinds[usize::from(!is_drawing)],
            ] {
                dialog = dialog.add_filter(kind, &ending);
            }
            let picked = dialog.set_title("Save a picture of the network");
            let picked = picked.set_file_name(name).save_file();
            Box::pin(async { picked.await.map(|file| file.path().to_owned().into()) })
        }
        Question::LoadCsv => {
            let dialog = AsyncFileDialog::new().add_filter("Table", &["csv", "tsv", "txt"]);
            let picked = dialog.set_title("Load rows").pick_file();
            Box::pin(async { picked.await.map(|file| file.path().to_owned().into()) })
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

/// The most bytes of a preference that are read.
const MOST_PREFERRED: usize = 1_000;

/// What is kept under a name in a folder.
pub(crate) fn preference(folder: &Path, name: &str) -> Option<String> {
    let bytes = read(&preference_file(folder, name), MOST_PREFERRED).ok()?;
    String::from_utf8(bytes).ok()
}

/// Keeps a word under a name in a folder, which is made where it takes one.
pub(crate) fn set_preference(folder: &Path, name: &str, word: &str) -> Result<(), FileFault> {
    let file = preference_file(folder, name);
    std::fs::create_dir_all(folder).map_err(|error| FileFault::new(folder, error.to_string()))?;
    disk::write(&file, word.as_bytes())
}

fn preference_file(folder: &Path, name: &str) -> PathBuf {
    folder.join(name).with_extension("txt")
}

/// A file of this name that does not exist yet, with a number where it takes one.
fn free(folder: &Path, name: &str) -> PathBuf {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "ron"));
    let numbered = (2..).map(|number| format!("{stem} {number}.{ending}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .map(|name| folder.join(name))
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.join(name))
}

fn home() -> Option<PathBuf> {
    env::home_dir().filter(|home| home.is_absolute())
}

fn folder_from(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_project_never_takes_the_place_of_another() {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let names: Vec<String> = (0..3)
            .map(|_| {
                let path = free(folder.path(), "XOR.ron");
                std::fs::write(&path, "taken").expect("the folder can be written to");
                let name = path.file_name().expect("it is a file");
                name.to_string_lossy().into_owned()
            })
            .collect();
        assert_eq!(names, ["XOR.ron", "XOR 2.ron", "XOR 3.ron"]);
    }
}
