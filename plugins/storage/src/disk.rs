//! Files as they lie on the disk: read whole, written whole or not at all, faults told in one sentence.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use atomic_write_file::AtomicWriteFile;
use datasets::{ColumnSpec, MAX_CSV_BYTES, Table};
use network::Kinds;
use project::{Project, file};

use crate::contents::{self, FileFault};
use crate::course::Cancelled;

const IS_FOLDER: &str = "found a folder, expected a file";

/// What the system says, in words of a person.
fn told(path: &Path, error: &io::Error) -> FileFault {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "access to it is not allowed".to_owned(),
        io::ErrorKind::IsADirectory => IS_FOLDER.to_owned(),
        io::ErrorKind::NotADirectory => "a part of its path is no folder".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "its disk cannot be written to".to_owned(),
        io::ErrorKind::StorageFull => "there is no room left on its disk".to_owned(),
        io::ErrorKind::InvalidFilename => "this is no name for a file".to_owned(),
        _ => error.to_string(),
    };
    FileFault::new(path, reason)
}

/// Reads a project file.
///
/// # Errors
/// When it cannot be read or is no project; the sentence names file, line and
/// column.
pub fn read_project(path: &Path, kinds: &Kinds) -> Result<Project, FileFault> {
    let bytes = read(path, file::MAX_BYTES)?;
    contents::project(path, &bytes, kinds)
}

/// Reads a CSV file as a table that fits these columns of a network.
///
/// # Errors
/// When it cannot be read, is no table, or does not fit.
pub fn read_table(path: &Path, columns: &[ColumnSpec]) -> Result<Table, FileFault> {
    let bytes = read(path, MAX_CSV_BYTES)?;
    contents::table(path, &bytes, columns)
}

/// Writes a project file. Until it is whole, what was there before stays.
///
/// # Errors
/// When it cannot be written; what was there before is then still there.
pub fn write_project(path: &Path, project: &Project) -> Result<(), FileFault> {
    match write_project_in_pieces(path, project, |_| Ok(())) {
        Ok(written) => written,
        // Nobody has cancelled it.
        Err(Cancelled) => Ok(()),
    }
}

/// Writes a project file, and tells how far it is. Until it is whole, what was there
/// before stays; it stays for good when the person wants no more of it.
pub(crate) fn write_project_in_pieces(
    path: &Path,
    project: &Project,
    mut tell: impl FnMut(f32) -> Result<(), Cancelled>,
) -> Result<Result<(), FileFault>, Cancelled> {
    let mut cancelled = Ok(());
    let mut write = || {
        check_writable(path)?;
        let failed = |error: io::Error| told(path, &error);
        let mut file = AtomicWriteFile::open(path).map_err(failed)?;
        for piece in contents::pieces(path, project)? {
            let (text, share) = piece?;
            file.write_all(text.as_bytes()).map_err(failed)?;
            cancelled = tell(share);
            if cancelled.is_err() {
                return file.discard().map_err(failed);
            }
        }
        file.commit().map_err(failed)
    };
    let written = write();
    cancelled.map(|()| written)
}

/// Whether a file could be written here, as far as can be told before writing.
///
/// # Errors
/// Why it could not.
pub fn check_writable(path: &Path) -> Result<(), FileFault> {
    if path.is_dir() {
        return Err(FileFault::new(path, IS_FOLDER));
    }
    // A device or a pipe would be replaced by an ordinary file.
    if path.exists() && !path.is_file() {
        return Err(FileFault::new(
            path,
            "found a device or a pipe, expected an ordinary file",
        ));
    }
    let folder = folder_of(path);
    if folder.is_dir() {
        return Ok(());
    }
    Err(FileFault::new(
        path,
        format!("there is no folder {}", folder.display()),
    ))
}

/// The name something is saved under: one without an ending gets ours, so that
/// dialogs show the file again.
///
/// # Errors
/// When that is another file, which nobody has agreed to replace.
pub(crate) fn with_ending(path: &Path, ending: &str) -> Result<PathBuf, FileFault> {
    if path.extension().is_some() || path.is_dir() {
        return Ok(path.to_owned());
    }
    let ended = path.with_extension(ending);
    if ended.exists() {
        return Err(FileFault::new(
            &ended,
            "this file is there already, give its full name to replace it",
        ));
    }
    Ok(ended)
}

/// The folder a file is in: `.` for a mere name.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => path,
    }
}

/// Reads at most one byte more than allowed, so that an endless file ends, and a
/// file that is too large is told to be so.
pub(crate) fn read(path: &Path, most: usize) -> Result<Vec<u8>, FileFault> {
    if path.is_dir() {
        return Err(FileFault::new(path, IS_FOLDER));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(most as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| told(path, &error))?;
    if bytes.len() > most {
        return Err(FileFault::too_large(path, most));
    }
    Ok(bytes)
}

/// Like [`read`], and tells how far it is.
pub(crate) fn read_in_pieces(
    path: &Path,
    most: usize,
    mut tell: impl FnMut(f32) -> Result<(), Cancelled>,
) -> Result<Result<Vec<u8>, FileFault>, Cancelled> {
    if path.is_dir() {
        return Ok(Err(FileFault::new(path, IS_FOLDER)));
    }
    let opened = File::open(path).and_then(|file| {
        let length = file.metadata()?.len();
        Ok((file, length))
    });
    let (file, length) = match opened {
        Ok(opened) => opened,
        Err(error) => return Ok(Err(told(path, &error))),
    };
    let mut bytes = Vec::new();
    let mut rest = file.take(most as u64 + 1);
    loop {
        match rest.by_ref().take(STRETCH).read_to_end(&mut bytes) {
            Ok(0) => break,
            Ok(_) => tell((bytes.len() as f32 / length.max(1) as f32).min(1.0))?,
            Err(error) => return Ok(Err(told(path, &error))),
        }
    }
    if bytes.len() > most {
        return Ok(Err(FileFault::too_large(path, most)));
    }
    Ok(Ok(bytes))
}

/// So many bytes are read at once.
const STRETCH: u64 = 4 * 1024 * 1024;

/// Writes a file. Until it is whole, what was there before stays.
///
/// # Errors
/// When it cannot be written; what was there before is then still there.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileFault> {
    check_writable(path)?;
    let write = || {
        let mut file = AtomicWriteFile::open(path)?;
        file.write_all(bytes)?;
        file.commit()
    };
    write().map_err(|error: io::Error| told(path, &error))
}
