//! `neurarium screenshot`: trains if asked to, and has the network drawn into a picture.

use std::path::Path;

use project::Project;
use storage::disk;
use theme::Theme;

use super::args::Screenshot;
use crate::vector::{self, Wires};

/// Hands the project, trained as asked, to the one who draws, by the ending of the
/// picture's name.
pub(super) fn screenshot(
    words: &Screenshot,
    draw: impl FnOnce(Project, [u32; 2], &Path) -> Result<(), String>,
) -> Result<String, String> {
    let path = &words.picture;
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let is_drawing = match ending.to_lowercase().as_str() {
        "png" => false,
        "svg" => true,
        _ => {
            return Err(format!(
                "{}: expected a picture that ends in .png or .svg",
                path.display()
            ));
        }
    };
    let mut project = super::read(&words.project)?;
    disk::check_writable(path).map_err(|error| error.to_string())?;
    if words.after_epochs.is_some() {
        project = super::train::run(project, &words.project, words.after_epochs)?.project;
    }
    if is_drawing {
        let drawing = vector::picture(&project, &Theme::dark(), &Wires::default(), |_| None);
        disk::write(path, drawing.as_bytes()).map_err(|error| error.to_string())?;
    } else {
        draw(project, words.size, path)?;
    }
    Ok(String::new())
}
