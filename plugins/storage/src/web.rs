//! What the browser gives: files that are picked, dropped and downloaded, and a store for unsaved work.

mod database;
mod page;
pub(crate) mod recovery;
mod store;
mod tabs;

use std::path::{Path, PathBuf};

use bevy::prelude::*;
use js_sys::Uint8Array;
use project::Project;
use wasm_bindgen_futures::JsFuture;

use crate::course::{Cancelled, Course, Gap};
use crate::{DroppedFile, FileFault, FileSystems, PickedFile, Question, contents};

/// Hears of files that are dropped on the page.
pub(crate) fn drops(app: &mut App) {
    app.add_systems(Startup, (page::learn_to_wake, page::listen_for_drops))
        .add_systems(Update, hear_drops.before(FileSystems));
}

fn hear_drops(mut dropped: MessageWriter<DroppedFile>) {
    dropped.write_batch(page::take_drops().into_iter().map(DroppedFile));
}

/// A page can always ask for a file.
pub(crate) fn missing_dialogs() -> Option<&'static str> {
    None
}

/// Asks for a file. A project is saved as a download, about which the browser
/// asks, if it does.
pub(crate) fn ask(question: Question) -> PickedFile {
    let accept = match question {
        Question::SaveProject(name) | Question::SavePicture(name) => {
            return Box::pin(std::future::ready(Some(PathBuf::from(name).into())));
        }
        Question::OpenProject => ".ron",
        Question::LoadCsv => ".csv,.tsv,.txt",
    };
    // Not in the future: a browser shows its dialog only right after a press.
    let picked = page::pick(accept);
    Box::pin(async move {
        let picked = JsFuture::from(picked.ok()?).await.ok()?;
        page::wake();
        page::named_file(&picked)
    })
}

/// Nothing can be read by its name alone.
pub(crate) fn read(path: &Path, _most: usize) -> Result<Vec<u8>, FileFault> {
    Err(FileFault::new(
        path,
        "a page can only read files that are picked or dropped",
    ))
}

/// Like [`read`].
pub(crate) fn read_in_pieces(
    path: &Path,
    most: usize,
    _tell: impl FnMut(f32) -> Result<(), Cancelled>,
) -> Result<Result<Vec<u8>, FileFault>, Cancelled> {
    Ok(read(path, most))
}

/// Hands a project out as a download; its name then.
pub(crate) async fn save(
    path: &Path,
    project: &Project,
    course: &Course,
) -> Result<Result<PathBuf, FileFault>, Cancelled> {
    let mut name = PathBuf::from(path.file_name().unwrap_or(path.as_os_str()));
    if name.extension().is_none() {
        name.set_extension("ron");
    }
    let text = text_of(&name, project, course).await?;
    Ok(text.and_then(|text| hand_out(name, text.as_bytes())))
}

/// The text of a project, put together between frames.
async fn text_of(
    path: &Path,
    project: &Project,
    course: &Course,
) -> Result<Result<String, FileFault>, Cancelled> {
    let pieces = match contents::pieces(path, project) {
        Ok(pieces) => pieces,
        Err(fault) => return Ok(Err(fault)),
    };
    let mut text = String::new();
    let mut gap = Gap::begin();
    for piece in pieces {
        match piece {
            Ok((piece, share)) => {
                text.push_str(&piece);
                course.tell_and_rest(share, &mut gap).await?;
            }
            Err(fault) => return Ok(Err(fault)),
        }
    }
    Ok(Ok(text))
}

/// Lets the page draw a frame and hear the person.
pub(crate) async fn rest() {
    page::sleep(0.0).await;
}

/// What a picture is to be called.
pub(crate) fn picture_place(path: &Path, _ending: &str) -> Result<PathBuf, FileFault> {
    Ok(path.to_owned())
}

/// Hands a picture out as a download; its name then.
pub(crate) fn save_picture(path: &Path, bytes: &[u8]) -> Result<PathBuf, FileFault> {
    hand_out(path.to_owned(), bytes)
}

fn hand_out(name: PathBuf, bytes: &[u8]) -> Result<PathBuf, FileFault> {
    page::wake();
    page::download(&name.to_string_lossy(), &Uint8Array::from(bytes))
        .map_err(|_| FileFault::new(&name, "the browser refused the download"))?;
    Ok(name)
}

/// What is told of a project that is saved.
pub(crate) fn saved_sentence(path: &Path) -> String {
    format!("Downloaded {}.", path.display())
}

/// What is told of a project whose saving was ended.
pub(crate) fn ended_sentence(path: &Path) -> String {
    format!("{} was not downloaded.", path.display())
}

/// What this browser keeps under a name for the site.
pub(crate) fn preference(_site: &Path, name: &str) -> Option<String> {
    page::preference(name).ok()?.as_string()
}

/// Has this browser keep a word under a name for the site.
pub(crate) fn set_preference(_site: &Path, name: &str, word: &str) -> Result<(), FileFault> {
    page::set_preference(name, word)
        .map_err(|_| FileFault::new(Path::new(name), "the browser keeps nothing"))
}

/// Where unsaved work is kept: the name of the database of this site.
#[must_use]
pub fn recovery_file() -> Option<PathBuf> {
    Some(PathBuf::from("neurarium"))
}
