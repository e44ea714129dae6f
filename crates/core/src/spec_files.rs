//! TOML files in the folder of the configuration that each hold one document: reading them, the line of each field, and
//! the messages for mistakes.
//!
//! The modules that read them define what the documents mean.

mod document_path;
mod shape;

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use thiserror::Error;
use toml_edit::{ImDocument, Item, Value};

pub use shape::FieldPaths;

use document_path::DocumentPath;
use shape::Shape;

/// How many mistakes of one file are told.
const MAX_TOLD: usize = 100;
/// What is told instead of the others.
const MORE: &str = "There are more mistakes. Correct these, then check again.";
/// How often serde may fail on a file of any size. It tells one mistake each time.
const MIN_ATTEMPTS: usize = 30;
/// How many bytes serde reads in all, where more attempts are made on a small file.
const MAX_READ_AGAIN: usize = 4_000_000;

/// A file with a document.
#[derive(Debug)]
pub struct SpecFile {
    /// Its name in mistakes: its path, or its name in the program.
    name: String,
    document: ImDocument<String>,
    lines: Lines,
}

impl SpecFile {
    /// The file called `name` with its `text`.
    ///
    /// # Errors
    /// The mistake, if it is no TOML.
    pub fn parse(name: &str, text: String) -> Result<Self, SpecMistake> {
        let lines = Lines::of(&text);
        match ImDocument::parse(text) {
            Ok(document) => Ok(Self { name: name.to_owned(), document, lines }),
            Err(error) => {
                let line = lines.at(error.span().map(|span| span.start));
                Err(unreadable(name, line, error.message()))
            }
        }
    }

    /// How many elements the list called `name` has.
    #[must_use]
    pub fn count(&self, name: &str) -> usize {
        match self.document.get(name) {
            Some(Item::ArrayOfTables(tables)) => tables.len(),
            Some(Item::Value(Value::Array(values))) => values.len(),
            _ => 0,
        }
    }

    /// The document as far as it can be read. `stand_ins` is a valid document in TOML with all required fields, and
    /// with one element in each list of tables that have some.
    ///
    /// # Errors
    /// The mistakes that prevent reading it, if too many fields are wrong.
    pub fn read<T: DeserializeOwned>(self, stand_ins: &str) -> Result<Reading<T>, Vec<SpecMistake>> {
        let most = (MAX_READ_AGAIN / self.document.raw().len().max(1)).clamp(MIN_ATTEMPTS, MAX_TOLD);
        let Shape { spec, doubtful, with_unknown, mistakes, is_cut_short } =
            shape::read(self.document.as_table(), stand_ins, most);
        let located = |(offset, what): &(Option<usize>, String)| unreadable(&self.name, self.lines.at(*offset), what);
        let mut mistakes: Vec<SpecMistake> = mistakes.iter().map(located).collect();
        mistakes.extend(is_cut_short.then(|| self.mistake(MORE)));
        match spec {
            Some(spec) => Ok(Reading { file: self, spec, doubtful, with_unknown, mistakes }),
            None => Err(mistakes),
        }
    }

    /// A mistake of the file as a whole.
    #[must_use]
    pub fn mistake(&self, what: &str) -> SpecMistake {
        SpecMistake { file: self.name.clone(), line: None, at: String::new(), what: what.to_owned() }
    }

    /// The mistake at a field, with its line; if the field is missing, the line of the closest enclosing one.
    #[must_use]
    pub fn locate(&self, mistake: FieldMistake) -> SpecMistake {
        let FieldMistake { at, what } = mistake;
        let line = Some(self.lines.at(self.start_of(&at)));
        SpecMistake { file: self.name.clone(), line, at, what }
    }

    /// The mistakes `found` at fields, with their lines. If they are too many for one file together with those `told`
    /// before, the last ones are left out, and that is told once.
    #[must_use]
    pub fn locate_all(&self, found: Vec<FieldMistake>, told: usize) -> Vec<SpecMistake> {
        let most = MAX_TOLD.saturating_sub(told);
        let more = (found.len() > most && told <= MAX_TOLD).then(|| self.mistake(MORE));
        found.into_iter().take(most).map(|mistake| self.locate(mistake)).chain(more).collect()
    }

    /// Where the field `at` begins, or the closest enclosing one.
    fn start_of(&self, at: &str) -> Option<usize> {
        DocumentPath::of(at).start_in(self.document.as_item())
    }
}

/// A file as far as its document can be read.
#[derive(Debug)]
pub struct Reading<T> {
    pub file: SpecFile,
    /// The document. Fields that cannot be read are left out; required ones have the values of the stand-ins.
    pub spec: T,
    /// The fields that cannot be read: what depends on them is not certain. `panels[]` is an element of `panels` that
    /// is missing.
    pub doubtful: FieldPaths,
    /// The tables that have unknown fields, for example `panels[2]`: they may have been meant as fields that are
    /// missing.
    pub with_unknown: FieldPaths,
    /// Every field that is unknown, missing or of the wrong type.
    pub mistakes: Vec<SpecMistake>,
}

/// Where the lines of a text begin, in bytes.
#[derive(Debug)]
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self([0].into_iter().chain(text.match_indices('\n').map(|(newline, _)| newline + 1)).collect())
    }

    /// The line of the byte at `offset`, from 1; the first one without an offset.
    fn at(&self, offset: Option<usize>) -> usize {
        self.0.partition_point(|start| *start <= offset.unwrap_or_default())
    }
}

/// The mistake `what` of a parser or of serde, at `line` of the file called `name`.
fn unreadable(name: &str, line: usize, what: &str) -> SpecMistake {
    let what = format!("{}.", what.trim().trim_end_matches('.').replace('\n', " "));
    SpecMistake { file: name.to_owned(), line: Some(line), at: String::new(), what }
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecMistake {
    pub file: String,
    /// Its line, from 1; `None` if it is about the file as a whole.
    pub line: Option<usize>,
    /// The field, for example `panels[2].measures[0].of`; empty for the document as a whole.
    pub at: String,
    /// What is wrong, and what to do, as whole sentences.
    pub what: String,
}

impl fmt::Display for SpecMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        f.write_str(": ")?;
        if !self.at.is_empty() {
            write!(f, "{}: ", self.at)?;
        }
        f.write_str(&self.what)
    }
}

/// A mistake at a field, independent of where the document is stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldMistake {
    /// The field, for example `panels[2].measures[0].of`; empty for the document as a whole.
    pub at: String,
    /// What is wrong, and what to do, as whole sentences.
    pub what: String,
}

impl FieldMistake {
    /// `what` is wrong at the field `at`.
    #[must_use]
    pub fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self { at: at.into(), what: what.into() }
    }
}

/// Why files cannot be used.
#[derive(Debug, Error)]
pub enum FilesError {
    /// The folder cannot be read.
    #[error("The folder {0} cannot be read. Let the user that Rolecall runs as read it.")]
    Unreadable(String, #[source] io::Error),
    /// They contain mistakes.
    #[error("{0}")]
    Mistakes(Mistakes),
}

/// Mistakes in files, one per line.
#[derive(Debug)]
pub struct Mistakes {
    /// The kind of content, as the beginning of a sentence: "The dashboards".
    pub of: &'static str,
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
    pub path: String,
    /// Its content, or why it cannot be read.
    pub text: Result<String, SpecMistake>,
}

/// Every `.toml` file of `folder` that is not hidden, sorted. Without such a folder there are none.
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

/// The paths of the `.toml` files of `folder`, sorted. Hidden files belong to editors and file systems
/// (`.sales.toml.swp`, `._sales.toml`), so they are skipped.
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

/// The content of the file at `path`; otherwise the line of the error, if there is one, and what to do.
fn text_of(path: &Path) -> Result<String, (Option<usize>, String)> {
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::IsADirectory => (None, "This is a folder. Rename it, or remove it.".to_owned()),
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
