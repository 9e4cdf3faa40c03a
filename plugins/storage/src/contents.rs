//! A file as a person named it, and what its bytes hold: a project, a table, or a fault told in one sentence.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datasets::{ColumnSpec, HeaderRow, MAX_CSV_BYTES, Table, fit, read_csv};
use network::Kinds;
use project::file::{Reading, Writing};
use project::{Project, file};

use crate::course::{Cancelled, Course, Gap};
use crate::platform;

/// Why a file could not be read or written: one sentence that names it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct FileFault {
    /// The file as the person named it.
    path: String,
    /// Where in it, what was found, what was expected.
    reason: String,
}

impl FileFault {
    pub(crate) fn new(path: &Path, reason: impl Into<String>) -> Self {
        Self {
            path: path.display().to_string(),
            reason: reason.into(),
        }
    }

    pub(crate) fn too_large(path: &Path, most: usize) -> Self {
        Self::new(
            path,
            format!("found more than {} MiB, expected at most that", most >> 20),
        )
    }
}

/// A file to read: one on the disk, or one that came with its bytes, as a browser
/// hands files over.
#[derive(Clone, PartialEq, Eq)]
pub struct NamedFile {
    path: PathBuf,
    bytes: Option<Arc<[u8]>>,
}

impl NamedFile {
    /// A file that came with its bytes.
    pub fn with_bytes(name: impl Into<PathBuf>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self {
            path: name.into(),
            bytes: Some(bytes.into()),
        }
    }

    /// Where it is: a path on the disk, a mere name in a browser.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads a project, and tells how far it is.
    pub(crate) async fn read_project(
        &self,
        course: &Course,
    ) -> Result<Result<Project, FileFault>, Cancelled> {
        let bytes = match &self.bytes {
            None => match platform::read_in_pieces(&self.path, file::MAX_BYTES, |share| {
                course.tell(GETTING * share)
            })? {
                Ok(bytes) => Cow::Owned(bytes),
                Err(fault) => return Ok(Err(fault)),
            },
            Some(_) => match self.read(file::MAX_BYTES) {
                Ok(bytes) => bytes,
                Err(fault) => return Ok(Err(fault)),
            },
        };
        let kinds = Kinds::default();
        let mut reading = Reading::new(&bytes, &kinds);
        let mut gap = Gap::begin();
        loop {
            if let Some(read) = reading.step() {
                return Ok(read.map_err(|error| FileFault::new(&self.path, error.to_string())));
            }
            let share = GETTING + (1.0 - GETTING) * reading.share();
            course.tell_and_rest(share, &mut gap).await?;
        }
    }

    pub(crate) fn read_table(&self, columns: &[ColumnSpec]) -> Result<Table, FileFault> {
        let bytes = self.read(MAX_CSV_BYTES)?;
        table(&self.path, &bytes, columns)
    }

    /// The bytes it came with.
    pub(crate) fn bytes(&self) -> Option<&Arc<[u8]>> {
        self.bytes.as_ref()
    }

    fn read(&self, most: usize) -> Result<Cow<'_, [u8]>, FileFault> {
        match &self.bytes {
            None => platform::read(&self.path, most).map(Cow::Owned),
            Some(bytes) if bytes.len() > most => Err(FileFault::too_large(&self.path, most)),
            Some(bytes) => Ok(Cow::Borrowed(bytes)),
        }
    }
}

/// What getting the bytes takes of the time of opening a project.
const GETTING: f32 = 0.03;

/// The text of a project, in pieces, and how far it is after each.
pub(crate) fn pieces<'a>(
    path: &Path,
    project: &'a Project,
) -> Result<impl Iterator<Item = Result<(String, f32), FileFault>> + Send + use<'a>, FileFault> {
    let mut writing =
        Writing::of(project).map_err(|error| FileFault::new(path, error.to_string()))?;
    let path = path.to_owned();
    Ok(std::iter::from_fn(move || {
        let piece = writing.next()?;
        Some(match piece {
            Ok(text) => Ok((text, writing.share())),
            Err(error) => Err(FileFault::new(&path, error.to_string())),
        })
    }))
}

impl From<PathBuf> for NamedFile {
    fn from(path: PathBuf) -> Self {
        Self { path, bytes: None }
    }
}

impl fmt::Debug for NamedFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The bytes may be many millions.
        formatter
            .debug_struct("NamedFile")
            .field("path", &self.path)
            .field("bytes", &self.bytes.as_ref().map(|bytes| bytes.len()))
            .finish()
    }
}

/// The bytes of a project file as a project.
pub(crate) fn project(path: &Path, bytes: &[u8], kinds: &Kinds) -> Result<Project, FileFault> {
    file::read(bytes, kinds).map_err(|error| FileFault::new(path, error.to_string()))
}

/// The bytes of a CSV file as a table that fits these columns of a network.
pub(crate) fn table(path: &Path, bytes: &[u8], columns: &[ColumnSpec]) -> Result<Table, FileFault> {
    read_csv(bytes, HeaderRow::Detected)
        .and_then(|file| fit(&file, columns))
        .map_err(|error| FileFault::new(path, error.to_string()))
}

/// A project as the text of its file.
#[cfg(target_family = "wasm")]
pub(crate) fn text(path: &Path, project: &Project) -> Result<String, FileFault> {
    file::write(project).map_err(|error| FileFault::new(path, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_came_with_too_many_bytes_is_told_to_be_too_large() {
        let file = NamedFile::with_bytes("rows.csv", vec![0; (1 << 20) + 1]);
        let fault = file.read(1 << 20).expect_err("it is larger");
        assert_eq!(
            fault.to_string(),
            "rows.csv: found more than 1 MiB, expected at most that"
        );
        assert!(file.read((1 << 20) + 1).is_ok());
    }
}
