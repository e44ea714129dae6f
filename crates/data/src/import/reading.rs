//! The settings to read a file with, as plain data.

use rolecall_model::data::{ColumnType, DataColumn};
use serde::{Deserialize, Serialize};

use super::cells::{CellFormat, DateOrder, NumberStyle, TimeZone};

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Delimited text: CSV, TSV and similar formats.
    Csv,
    /// A spreadsheet.
    Xlsx,
    /// One JSON object per line.
    Ndjson,
    /// Parquet.
    Parquet,
}

/// How delimited text is written (RFC 4180 by default).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dialect {
    /// The encoding by its WHATWG name: `UTF-8`, `windows-1252`, `UTF-16LE`.
    pub encoding: String,
    /// The delimiter between cells: one ASCII byte.
    pub delimiter: char,
    /// The quote around cells that contain delimiters, line ends or quotes, which are then doubled: one ASCII byte.
    pub quote: char,
}

/// The settings to read a file with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The kind of file.
    pub format: Format,
    /// For [`Format::Csv`]: how it is written.
    pub dialect: Option<Dialect>,
    /// For [`Format::Xlsx`]: the name of the sheet.
    pub sheet: Option<String>,
    /// The row with the column names, from 1; rows above it are skipped. Zero means no header.
    pub header_row: u32,
    /// The number style.
    pub numbers: NumberStyle,
    /// The zone of times without an offset.
    pub time_zone: TimeZone,
    /// The columns of the data set, in its order.
    pub columns: Vec<ColumnReading>,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnReading {
    /// Its position in the file, from 0.
    pub position: usize,
    /// Its name in the file; empty if there is none.
    pub source: String,
    /// Its name in the data set.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// The order of day, month and year, for dates and timestamps.
    #[serde(default)]
    pub date_order: DateOrder,
    /// Whether it is imported.
    pub taken: bool,
}

impl Reading {
    /// A reading with only the format set.
    pub(super) fn of(format: Format) -> Self {
        let (numbers, time_zone) = (NumberStyle::PLAIN, TimeZone::UTC);
        Self { format, dialect: None, sheet: None, header_row: 0, numbers, time_zone, columns: Vec::new() }
    }

    /// The columns of the data set.
    pub fn data_columns(&self) -> Vec<DataColumn> {
        let column = |column: &ColumnReading| DataColumn { name: column.name.clone(), column_type: column.column_type };
        self.taken().map(column).collect()
    }

    /// How the cells of a column are parsed.
    pub(super) fn cell_format(&self, column: &ColumnReading) -> CellFormat {
        let (column_type, date_order) = (column.column_type, column.date_order);
        CellFormat { column_type, numbers: self.numbers, date_order, time_zone: self.time_zone }
    }

    /// The columns that are imported, in the order of the data set.
    pub(super) fn taken(&self) -> impl Iterator<Item = &ColumnReading> {
        self.columns.iter().filter(|column| column.taken)
    }
}

/// What a person chose for a [`Reading`]. The rest comes from the template, if any, and is otherwise inferred.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Given {
    /// The kind of file.
    pub format: Option<Format>,
    /// As [`Dialect::encoding`].
    pub encoding: Option<String>,
    /// As [`Dialect::delimiter`].
    pub delimiter: Option<char>,
    /// As [`Dialect::quote`].
    pub quote: Option<char>,
    /// As [`Reading::sheet`]; the first sheet by default.
    pub sheet: Option<String>,
    /// As [`Reading::header_row`].
    pub header_row: Option<u32>,
    /// The number style.
    pub numbers: Option<NumberStyle>,
    /// The order of day, month and year for every column that allows it.
    pub date_order: Option<DateOrder>,
    /// The zone of times without an offset; UTC by default.
    pub time_zone: Option<TimeZone>,
    /// The choices for single columns.
    pub columns: Vec<GivenColumn>,
    /// The template for everything that was not chosen.
    pub template: Option<Template>,
}

impl Given {
    /// The choices for the column at `position`.
    pub(super) fn column(&self, position: usize) -> Option<&GivenColumn> {
        self.columns.iter().find(|column| column.position == position)
    }
}

impl Given {
    /// Sets the type of a column, unless a person chose one.
    pub(super) fn decide_type(&mut self, position: usize, column_type: ColumnType) {
        match self.columns.iter_mut().find(|column| column.position == position) {
            Some(column) => column.column_type = column.column_type.or(Some(column_type)),
            None => {
                self.columns.push(GivenColumn { position, column_type: Some(column_type), ..GivenColumn::default() });
            }
        }
    }
}

/// What a person chose for a column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GivenColumn {
    /// Its position in the file, from 0.
    pub position: usize,
    /// Its name in the data set.
    pub name: Option<String>,
    /// Its type.
    #[serde(rename = "type")]
    pub column_type: Option<ColumnType>,
    /// The order of day, month and year.
    pub date_order: Option<DateOrder>,
    /// Whether it is imported.
    pub taken: Option<bool>,
}

/// The template for a file whose rows go to an existing data set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The reading of the last file, including a person's choices.
    pub last: Option<Reading>,
    /// The columns of the data set. A column of the file that becomes one of them gets its type, whatever its cells
    /// look like.
    pub columns: Vec<DataColumn>,
}
