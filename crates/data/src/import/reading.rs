//! How a file is read: everything that can be chosen, as plain data.

use rolecall_model::data::{ColumnType, DataColumn};
use serde::{Deserialize, Serialize};

use super::cells::{CellFormat, DateOrder, NumberStyle, TimeZone};

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Text with a delimiter between the cells: CSV, TSV and their kin.
    Csv,
    /// A spreadsheet.
    Xlsx,
    /// A JSON object a line.
    Ndjson,
    /// Parquet.
    Parquet,
}

/// How a text with delimiters is written (RFC 4180 where it is usual).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dialect {
    /// The encoding, by its name in the WHATWG's standard: `UTF-8`, `windows-1252`, `UTF-16LE`.
    pub encoding: String,
    /// Between the cells. One byte of ASCII.
    pub delimiter: char,
    /// Around cells that hold delimiters, line ends or itself, where it is doubled. One byte of ASCII.
    pub quote: char,
}

/// How a file is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The kind of file.
    pub format: Format,
    /// Of [`Format::Csv`]: how it is written.
    pub dialect: Option<Dialect>,
    /// Of [`Format::Xlsx`]: the name of the sheet.
    pub sheet: Option<String>,
    /// The row with the names of the columns, from 1; what stands above is not read. Zero: there is none.
    pub header_row: u32,
    /// The marks of numbers.
    pub numbers: NumberStyle,
    /// The zone of moments that name none.
    pub time_zone: TimeZone,
    /// The columns of the data set, in its order.
    pub columns: Vec<ColumnReading>,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnReading {
    /// Where it is in the file, from 0.
    pub position: usize,
    /// Its name in the file. Empty if it has none.
    pub source: String,
    /// Its name in the data set.
    pub name: String,
    /// What its cells hold.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// The order of day, month and year, for dates and timestamps.
    #[serde(default)]
    pub date_order: DateOrder,
    /// Whether the data set has it.
    pub taken: bool,
}

impl Reading {
    /// A reading of which only the format is known.
    pub(super) fn of(format: Format) -> Self {
        let (numbers, time_zone) = (NumberStyle::PLAIN, TimeZone::UTC);
        Self { format, dialect: None, sheet: None, header_row: 0, numbers, time_zone, columns: Vec::new() }
    }

    /// The columns of the data set.
    pub fn data_columns(&self) -> Vec<DataColumn> {
        let column = |column: &ColumnReading| DataColumn { name: column.name.clone(), column_type: column.column_type };
        self.taken().map(column).collect()
    }

    /// How the cells of a column are read.
    pub(super) fn cell_format(&self, column: &ColumnReading) -> CellFormat {
        let (column_type, date_order) = (column.column_type, column.date_order);
        CellFormat { column_type, numbers: self.numbers, date_order, time_zone: self.time_zone }
    }

    /// The columns that are taken, in the data set's order.
    pub(super) fn taken(&self) -> impl Iterator<Item = &ColumnReading> {
        self.columns.iter().filter(|column| column.taken)
    }
}

/// What a person has decided of a [`Reading`]. The rest is as in the template, where there is one, and otherwise inferred.
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
    /// As [`Reading::sheet`]; otherwise the first one.
    pub sheet: Option<String>,
    /// As [`Reading::header_row`].
    pub header_row: Option<u32>,
    /// The marks of numbers.
    pub numbers: Option<NumberStyle>,
    /// The order of day, month and year of every column that allows it.
    pub date_order: Option<DateOrder>,
    /// The zone of moments that name none; otherwise UTC.
    pub time_zone: Option<TimeZone>,
    /// What is decided of single columns.
    pub columns: Vec<GivenColumn>,
    /// What the file is read like where nothing is decided.
    pub template: Option<Template>,
}

impl Given {
    /// What is decided of the column at `position`.
    pub(super) fn column(&self, position: usize) -> Option<&GivenColumn> {
        self.columns.iter().find(|column| column.position == position)
    }
}

impl Given {
    /// Decides the type of a column, unless a person has.
    pub(super) fn decide_type(&mut self, position: usize, column_type: ColumnType) {
        match self.columns.iter_mut().find(|column| column.position == position) {
            Some(column) => column.column_type = column.column_type.or(Some(column_type)),
            None => {
                self.columns.push(GivenColumn { position, column_type: Some(column_type), ..GivenColumn::default() });
            }
        }
    }
}

/// What a person has decided of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GivenColumn {
    /// Which column: where it is in the file, from 0.
    pub position: usize,
    /// Its name in the data set.
    pub name: Option<String>,
    /// What its cells hold.
    #[serde(rename = "type")]
    pub column_type: Option<ColumnType>,
    /// The order of day, month and year.
    pub date_order: Option<DateOrder>,
    /// Whether the data set has it.
    pub taken: Option<bool>,
}

/// What a file is read like whose rows go to a data set that is there already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// How the last file was read, with what a person decided of it.
    pub last: Option<Reading>,
    /// The columns of the data set. A column of the file that becomes one of them has its type, whatever its cells look like.
    pub columns: Vec<DataColumn>,
}
