//! TOML files in the folder of the configuration that each hold one document: reading them, the line of each field, and
//! the messages for mistakes.
//!
//! The modules that read them define what the documents mean.

mod shape;

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use thiserror::Error;
use toml_edit::{ImDocument, Item};

pub use shape::DoubtfulFields;

use shape::Shape;

/// A file with a document.
#[derive(Debug)]
pub struct SpecFile {
    /// Its name in mistakes: its path, or its name in the program.
    name: String,
    document: ImDocument<String>,
}

impl SpecFile {
    /// The file called `name` with its `text`, and the document in it as far as it can be read. `stand_ins` is TOML
    /// with a right value for every required field: of the document itself, and of the elements of its lists, there as
    /// one table each.
    ///
    /// # Errors
    /// The mistakes that prevent reading it: invalid TOML, or too many fields that are wrong.
    pub fn read<T: DeserializeOwned>(
        name: &str,
        text: String,
        stand_ins: &str,
    ) -> Result<Reading<T>, Vec<SpecMistake>> {
        let mistake = |offset: Option<usize>, what: &str| SpecMistake {
            file: name.to_owned(),
            line: Some(line_at(&text, offset)),
            at: String::new(),
            what: format!("{}.", what.trim().trim_end_matches('.').replace('\n', " ")),
        };
        let document = ImDocument::parse(text.clone())
            .map_err(|error| vec![mistake(error.span().map(|span| span.start), error.message())])?;
        let Shape { spec, doubtful, mistakes } = shape::read(document.as_table(), stand_ins);
        let mistakes: Vec<SpecMistake> = mistakes.iter().map(|(offset, what)| mistake(*offset, what)).collect();
        match spec {
            Some(spec) => Ok(Reading { file: Self { name: name.to_owned(), document }, spec, doubtful, mistakes }),
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
        let line = Some(line_at(self.document.raw(), self.start_of(&at)));
        SpecMistake { file: self.name.clone(), line, at, what }
    }

    /// Where the field `at` begins, or the closest enclosing one.
    fn start_of(&self, at: &str) -> Option<usize> {
        let mut found = None;
        let mut item: &Item = self.document.as_item();
        for step in steps(at) {
            let inner = match step {
                Step::Field(name) => item.as_table_like().and_then(|table| {
                    let (key, inner) = table.get_key_value(name)?;
                    found = key.span().or_else(|| inner.span()).map(|span| span.start).or(found);
                    Some(inner)
                }),
                Step::Index(index) => item.get(index),
            };
            let Some(inner) = inner else { break };
            if matches!(step, Step::Index(_)) {
                found = inner.span().map(|span| span.start).or(found);
            }
            item = inner;
        }
        found
    }
}

/// A file as far as its document can be read.
#[derive(Debug)]
pub struct Reading<T> {
    pub file: SpecFile,
    /// The document. Wrong fields are missing in it, or have stand-ins.
    pub spec: T,
    /// These fields: mistakes that depend on them are not certain.
    pub doubtful: DoubtfulFields,
    /// Every field that is unknown, missing or of the wrong type.
    pub mistakes: Vec<SpecMistake>,
}

/// A step into a document.
#[derive(Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Index(usize),
}

/// The steps of a path such as `panels[2].by.step`.
fn steps(path: &str) -> impl Iterator<Item = Step<'_>> {
    path.split(['.', '[', ']'])
        .filter(|step| !step.is_empty())
        .map(|step| step.parse().map_or(Step::Field(step), Step::Index))
}

/// The line of the byte at `offset`, from 1.
fn line_at(text: &str, offset: Option<usize>) -> usize {
    let before = offset.and_then(|offset| text.as_bytes().get(..offset)).unwrap_or_default();
    String::from_utf8_lossy(before).matches('\n').count() + 1
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecMistake {
    pub file: String,
    /// Its line, from 1; `None` if the file cannot be read at all.
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
