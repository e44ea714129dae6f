//! A file with a document: its text, the line of each of its fields, and mistakes in them.

use std::fmt;

use serde::de::DeserializeOwned;
use toml_edit::{ImDocument, Item};

/// A file with a document.
#[derive(Debug)]
pub struct SpecFile {
    /// How mistakes call it: its path, or its name in the program.
    name: String,
    document: ImDocument<String>,
}

impl SpecFile {
    /// The file called `name` with its `text`, and the document in it.
    ///
    /// # Errors
    /// The mistake that keeps it from being read: it is no TOML, a field is unknown, has the wrong type or is missing.
    pub fn parse<T: DeserializeOwned>(name: &str, text: String) -> Result<(Self, T), SpecMistake> {
        let mistake = |line: usize, what: &str| SpecMistake {
            file: name.to_owned(),
            line: Some(line),
            at: String::new(),
            what: format!("{}.", what.trim().trim_end_matches('.').replace('\n', " ")),
        };
        let document = ImDocument::parse(text.clone())
            .map_err(|error| mistake(line_at(&text, error.span().map(|span| span.start)), error.message()))?;
        let spec = toml_edit::de::from_document(document.clone())
            .map_err(|error| mistake(line_at(&text, error.span().map(|span| span.start)), error.message()))?;
        Ok((Self { name: name.to_owned(), document }, spec))
    }

    /// A mistake of the file as a whole.
    #[must_use]
    pub fn mistake(&self, what: &str) -> SpecMistake {
        SpecMistake { file: self.name.clone(), line: None, at: String::new(), what: what.to_owned() }
    }

    /// The mistake at a field, with its line: that of the nearest field around it where it is not given.
    #[must_use]
    pub fn locate(&self, mistake: FieldMistake) -> SpecMistake {
        let FieldMistake { at, what } = mistake;
        let line = Some(line_at(self.document.raw(), self.start_of(&at)));
        SpecMistake { file: self.name.clone(), line, at, what }
    }

    /// Where the field `at` begins, or what stands around it.
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
    /// Its line, from 1; nothing where the file cannot be read at all.
    pub line: Option<usize>,
    /// The field, for example `panels[2].measures[0].of`; empty for the document as a whole.
    pub at: String,
    /// What is wrong, and what to do: whole sentences.
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

/// A mistake at a field, wherever the document stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldMistake {
    /// The field, for example `panels[2].measures[0].of`; empty for the document as a whole.
    pub at: String,
    /// What is wrong, and what to do: whole sentences.
    pub what: String,
}

impl FieldMistake {
    /// `what` is wrong at the field `at`.
    #[must_use]
    pub fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self { at: at.into(), what: what.into() }
    }
}
