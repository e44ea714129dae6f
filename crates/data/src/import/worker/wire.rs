//! What parent and child say to each other: a request, and answers, the last of which is a result.

use std::io;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use rolecall_model::data::{Cell, ColumnType};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::{Converted, Deviation, Examined, Given, ImportError, Limits, Progress, Question, Reading, Report};

/// What the child does, and what it may use.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    pub task: Task,
    /// Bytes of address space.
    pub memory_bytes: u64,
    /// Seconds of processor time.
    pub cpu_seconds: u64,
    pub limits: Limits,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    Examine { file: PathBuf, given: Given },
    Convert { file: PathBuf, reading: Reading, into: PathBuf },
}

/// A line of the child.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Progress(Progress),
    Examined(Box<Examined>),
    Converted(Converted),
    Failed(Failure),
}

/// [`ImportError`] as it crosses.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    Mistakes(Report),
    Refused(String),
    Encoding(u64),
    Cancelled,
    NoSpace,
    /// Any other, with its whole chain for the log.
    Other(String),
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Mistakes(report) => Self::Mistakes(report),
            ImportError::Refused(sentence) => Self::Refused(sentence),
            ImportError::Encoding { line } => Self::Encoding(line),
            ImportError::Cancelled => Self::Cancelled,
            error if error.is_for_want_of_space() => Self::NoSpace,
            other => {
                let cause = std::error::Error::source(&other).map_or_else(String::new, |cause| format!(" {cause}"));
                Self::Other(format!("{other}{cause}"))
            }
        }
    }
}

impl From<Failure> for ImportError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Mistakes(report) => Self::Mistakes(report),
            Failure::Refused(sentence) => Self::Refused(sentence),
            Failure::Encoding(line) => Self::Encoding { line },
            Failure::Cancelled => Self::Cancelled,
            Failure::NoSpace => Self::Io(io::ErrorKind::StorageFull.into()),
            Failure::Other(chain) => Self::Io(io::Error::other(chain)),
        }
    }
}

/// [`Examined`] as JSON: a cell there does not say its type, but its column does.
#[derive(Debug, Deserialize)]
pub struct ExaminedOnWire {
    reading: Reading,
    sheets: Vec<String>,
    preview: Vec<Vec<Value>>,
    rows: u64,
    questions: Vec<Question>,
    #[serde(default)]
    deviations: Vec<Deviation>,
    report: Report,
}

impl From<ExaminedOnWire> for Examined {
    fn from(wire: ExaminedOnWire) -> Self {
        let ExaminedOnWire { reading, sheets, rows, questions, deviations, report, .. } = wire;
        let types: Vec<ColumnType> = reading.columns.iter().map(|column| column.column_type).collect();
        let row = |row: Vec<Value>| row.into_iter().zip(&types).map(|(value, of)| cell(value, *of)).collect();
        let preview = wire.preview.into_iter().map(row).collect();
        Self { reading, sheets, preview, rows, questions, deviations, report }
    }
}

/// A cell of a column. What is not of the column's type is text, as in the preview.
fn cell(value: Value, of: ColumnType) -> Cell {
    match (value, of) {
        (Value::Bool(value), _) => Cell::Boolean(value),
        (Value::Number(number), ColumnType::Integer) => number.as_i64().map_or(Cell::Missing, Cell::Integer),
        (Value::Number(number), _) => number.as_f64().map_or(Cell::Missing, Cell::Decimal),
        (Value::String(text), ColumnType::Integer) => text.parse().map_or(Cell::Text(text), Cell::Integer),
        (Value::String(text), ColumnType::Date) => text.parse().map_or(Cell::Text(text), Cell::Date),
        (Value::String(text), ColumnType::Timestamp) => match DateTime::parse_from_rfc3339(&text) {
            Ok(moment) => Cell::Timestamp(moment.with_timezone(&Utc)),
            Err(_) => Cell::Text(text),
        },
        (Value::String(text), _) => Cell::Text(text),
        (Value::Null | Value::Array(_) | Value::Object(_), _) => Cell::Missing,
    }
}
