//! What a file was taken for, also as it crosses between processes.

use chrono::{DateTime, Utc};
use rolecall_model::data::{Cell, ColumnType};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::near::NearType;
use super::reading::Reading;
use super::report::ImportReport;
use super::template::Deviation;

/// What a file was taken for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "ExaminedOnWire")]
pub struct Examined {
    /// How it is read: what was given, and the rest inferred from all its rows.
    pub reading: Reading,
    /// Of a spreadsheet: its sheets, the hidden ones last.
    pub sheets: Vec<String>,
    /// The first 50 rows: a cell for each of the reading's columns, taken or not. Long texts are cut. What is not of a type that
    /// was given is there as text.
    pub preview: Vec<Vec<Cell>>,
    /// How many rows the file has, without those that are left out.
    pub rows: u64,
    /// How many rows cannot be read as such: with too few or too many cells, or that are no object of JSON. The report has them.
    pub left_out: u64,
    /// What a person must decide.
    pub questions: Vec<Question>,
    /// In what it could not be read like the last file of the data set, where there is one.
    pub deviations: Vec<Deviation>,
    /// Of the columns that are text because of a few cells, and that nobody said are text: what the others are.
    pub near_types: Vec<NearType>,
    /// Whether it has times that name no zone, and nobody decided of which one they are: they are read as UTC.
    pub assumes_utc: bool,
    /// The rows that are left out, and names that two columns have. With any, the file cannot be imported.
    pub report: ImportReport,
}

/// What cannot be known from a file. The reading holds the proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "question", rename_all = "snake_case")]
pub enum Question {
    /// The encoding is a guess. Are the names and texts right?
    Encoding,
    /// The decimal mark: every number fits point and comma.
    DecimalMark,
    /// Day and month: every cell of a column fits both orders.
    DateOrder {
        /// Where the column is in the file, from 0.
        position: usize,
    },
}

/// [`Examined`] as JSON: a cell there does not say its type, but its column does.
#[derive(Debug, Deserialize)]
struct ExaminedOnWire {
    reading: Reading,
    sheets: Vec<String>,
    preview: Vec<Vec<Value>>,
    rows: u64,
    #[serde(default)]
    left_out: u64,
    questions: Vec<Question>,
    #[serde(default)]
    deviations: Vec<Deviation>,
    #[serde(default)]
    near_types: Vec<NearType>,
    #[serde(default)]
    assumes_utc: bool,
    report: ImportReport,
}

impl From<ExaminedOnWire> for Examined {
    fn from(wire: ExaminedOnWire) -> Self {
        let ExaminedOnWire {
            reading,
            sheets,
            rows,
            left_out,
            questions,
            deviations,
            near_types,
            assumes_utc,
            report,
            ..
        } = wire;
        let types: Vec<ColumnType> = reading.columns.iter().map(|column| column.column_type).collect();
        let row = |row: Vec<Value>| row.into_iter().zip(&types).map(|(value, of)| cell(value, *of)).collect();
        let preview = wire.preview.into_iter().map(row).collect();
        Self { reading, sheets, preview, rows, left_out, questions, deviations, near_types, assumes_utc, report }
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
