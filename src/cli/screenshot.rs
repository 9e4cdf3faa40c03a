//! `neurarium screenshot`: trains if asked to, and has the window drawn into a picture.

use std::path::Path;

use project::Project;
use storage::disk;

use super::args::Screenshot;

/// Hands the project, trained as asked, to the one who draws.
pub(super) fn screenshot(
    words: &Screenshot,
    draw: impl FnOnce(Project, [u32; 2], &Path) -> Result<(), String>,
) -> Result<String, String> {
    let mut project = super::read(&words.project)?;
    disk::check_writable(&words.picture).map_err(|error| error.to_string())?;
    if words.after_epochs.is_some() {
        project = super::train::run(project, &words.project, words.after_epochs)?.project;
    }
    draw(project, words.size, &words.picture)?;
    Ok(String::new())
}
