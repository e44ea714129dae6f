//! Parses a cell as a value of its column.

use chrono::DateTime;
use rolecall_model::data::{Cell, ColumnType};

use super::super::batch::Kind;
use super::{DateOrder, NumberStyle, TimeZone, parse_date, parse_decimal, parse_integer, parse_timestamp};

/// How the cells of a column are parsed.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct CellFormat {
    pub column_type: ColumnType,
    pub numbers: NumberStyle,
    pub date_order: DateOrder,
    pub time_zone: TimeZone,
}

impl CellFormat {
    /// The format for cells of this kind: numbers and timestamps with a type are in the format of programs; only texts
    /// use the format that people chose.
    /// texts are the marks of people.
    pub fn of_kind(self, kind: Kind) -> Self {
        match kind {
            Kind::Number => Self { numbers: NumberStyle::PLAIN, ..self },
            Kind::Time => Self { date_order: DateOrder::YearMonthDay, ..self },
            Kind::Untyped | Kind::Missing | Kind::Text | Kind::Boolean => self,
        }
    }

    /// The value of a cell. An empty one is a missing value; `None` if it is not of the type.
    pub fn value(&self, cell: &[u8]) -> Option<Cell> {
        if self.column_type == ColumnType::Text {
            let is_missing = cell.is_empty();
            return Some(if is_missing {
                Cell::Missing
            } else {
                Cell::Text(String::from_utf8_lossy(cell).into_owned())
            });
        }
        let cell = cell.trim_ascii();
        if cell.is_empty() {
            return Some(Cell::Missing);
        }
        match self.column_type {
            ColumnType::Text => None,
            ColumnType::Integer => parse_integer(cell, self.numbers).map(Cell::Integer),
            ColumnType::Decimal => parse_decimal(cell, self.numbers).map(Cell::Decimal),
            ColumnType::Boolean => parse_boolean(cell).map(Cell::Boolean),
            ColumnType::Date => parse_date(cell, self.date_order).map(Cell::Date),
            ColumnType::Timestamp => {
                let micros = parse_timestamp(cell, self.date_order, self.time_zone.0)?;
                DateTime::from_timestamp_micros(micros).map(Cell::Timestamp)
            }
        }
    }

    /// Why a cell is not of the type, as the end of a sentence.
    pub fn complaint(&self) -> String {
        let order = match self.date_order {
            DateOrder::YearMonthDay => "year-month-day",
            DateOrder::DayMonthYear => "day-month-year",
            DateOrder::MonthDayYear => "month-day-year",
        };
        let decimal = self.numbers.decimal;
        match self.column_type {
            ColumnType::Text => "is not a text".to_owned(),
            ColumnType::Integer => "is not a whole number of at most 64 bits".to_owned(),
            ColumnType::Decimal => format!("is not a number with “{decimal}” before the fraction"),
            ColumnType::Boolean => "is neither true nor false".to_owned(),
            ColumnType::Date => format!("is not a date ({order})"),
            ColumnType::Timestamp => format!("is not a date and time ({order}) in {}", self.time_zone.0.name()),
        }
    }
}

/// Words that mean nothing but true or false.
pub(in super::super) fn is_plain_boolean(cell: &[u8]) -> bool {
    cell.eq_ignore_ascii_case(b"true") || cell.eq_ignore_ascii_case(b"false")
}

/// The value of a cell in a column that is known to be boolean.
pub(in super::super) fn parse_boolean(cell: &[u8]) -> Option<bool> {
    const TRUE: [&[u8]; 5] = [b"true", b"yes", b"1", b"t", b"y"];
    const FALSE: [&[u8]; 5] = [b"false", b"no", b"0", b"f", b"n"];
    let is = |names: [&[u8]; 5]| names.iter().any(|name| cell.eq_ignore_ascii_case(name));
    if is(TRUE) {
        Some(true)
    } else if is(FALSE) {
        Some(false)
    } else {
        None
    }
}
