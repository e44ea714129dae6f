//! The result of examining a file, also as JSON between processes.

use chrono::{DateTime, Utc};
use rolecall_model::data::{Cell, ColumnType};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::near::NearType;
use super::reading::Reading;
use super::report::ImportReport;
use super::template::Deviation;

/// The result of examining a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "ExaminedOnWire")]
pub struct Examined {
    /// The settings to read it with: those given, and the rest inferred from all rows.
    pub reading: Reading,
    /// The sheets of a spreadsheet, hidden ones last.
    pub sheets: Vec<String>,
    /// The first 50 rows, with a cell for each column of the reading, whether taken or not. Long texts are cut. A cell
    /// that is not of the given type is kept as text.
    pub preview: Vec<Vec<Cell>>,
    /// The number of rows, without those left out.
    pub rows: u64,
    /// The number of rows that could not be read: they have too few or too many cells, or are not JSON objects. The
    /// report lists them.
    pub left_out: u64,
    /// Questions for a person to answer.
    pub questions: Vec<Question>,
    /// Where the settings of the last file of the data set, if any, did not fit.
    pub deviations: Vec<Deviation>,
    /// Columns that are text because of a few cells, unless a person chose text: the type of their other cells.
    pub near_types: Vec<NearType>,
    /// Whether it has times without a time zone that are read as UTC because nobody chose a zone.
    pub assumes_utc: bool,
    /// Rows that were left out, and duplicate column names. If it is not empty, the file cannot be imported.
    pub report: ImportReport,
}

/// A question that the file does not answer. The reading contains a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "question", rename_all = "snake_case")]
pub enum Question {
    /// The encoding is a guess: are names and texts right?
    Encoding,
    /// The decimal mark: every number can be read with a point or a comma.
    DecimalMark,
    /// Day and month: every cell of a column can be read in both orders.
    DateOrder {
        /// The position of the column in the file, from 0.
        position: usize,
    },
}

/// [`Examined`] as JSON. A cell there has no type of its own; its column has.
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

/// A cell of a column. A value that is not of the column's type becomes text, as in the preview.
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
