//! The files of a folder.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::file::SpecMistake;

/// Why files cannot be used.
#[derive(Debug, Error)]
pub enum FilesError {
    /// The folder cannot be read.
    #[error("The folder {0} cannot be read. Let the user that Rolecall runs as read it.")]
    Unreadable(String, #[source] io::Error),
    /// There are mistakes in them.
    #[error("{0}")]
    Mistakes(Mistakes),
}

/// Mistakes in files, one a line.
#[derive(Debug)]
pub struct Mistakes {
    /// What is in the files, as a sentence begins: "The dashboards".
    pub of: &'static str,
    /// The mistakes.
    pub mistakes: Vec<SpecMistake>,
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mistakes.len() {
            1 => write!(f, "{} have a mistake:", self.of)?,
            count => write!(f, "{} have {count} mistakes:", self.of)?,
        }
        self.mistakes.iter().try_for_each(|mistake| write!(f, "\n  - {mistake}"))
    }
}

/// A file of a folder.
#[derive(Debug)]
pub struct TextFile {
    /// Its name without `.toml`.
    pub stem: String,
    /// Its path.
    pub path: String,
    /// What stands in it, or why that cannot be read.
    pub text: Result<String, SpecMistake>,
}

/// Every `.toml` file of `folder` that is not hidden, in order. Where there is no such folder, there are none.
///
/// # Errors
/// [`FilesError::Unreadable`].
pub fn read_folder(folder: &Path) -> Result<Vec<TextFile>, FilesError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let paths = paths(folder).map_err(|error| FilesError::Unreadable(folder.display().to_string(), error))?;
    Ok(paths.iter().map(|path| read(path)).collect())
}

fn read(path: &Path) -> TextFile {
    let file = path.display().to_string();
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let text = text_of(path).map_err(|(line, what)| SpecMistake { file: file.clone(), line, at: String::new(), what });
    TextFile { stem, path: file, text }
}

/// The paths of the `.toml` files of `folder`, in order. Hidden files are those of editors and file systems (`.sales.toml.swp`,
/// `._sales.toml`), and nobody's documents.
fn paths(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.extension() == Some(OsStr::new("toml")) && !is_hidden {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// What stands in the file at `path`; otherwise at which line it is wrong, if at one, and what to do.
fn text_of(path: &Path) -> Result<String, (Option<usize>, String)> {
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::IsADirectory => (None, "This is a folder. Name it otherwise, or remove it.".to_owned()),
        io::ErrorKind::PermissionDenied => {
            (None, "The file cannot be read. Let the user that Rolecall runs as read it.".to_owned())
        }
        _ => (None, format!("The file cannot be read ({error}). Put a readable one in its place, or remove it.")),
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        (Some(line), "The file is not in UTF-8 from here on. Save it as UTF-8.".to_owned())
    })
}
