//! Parses values written by people as values of a column.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use rolecall_model::data::{Cell, ColumnType, Scalar};

use super::calendar::{YEARS, beginning_of_day};

/// A value that cells of a column are compared with.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    /// Exactly this value.
    Value(Cell),
    /// A whole day in a column of timestamps, from its start up to the start of the next day.
    Day(DateTime<Utc>, DateTime<Utc>),
}

/// Parses `scalar` as a value of a column of `column_type`; a text is parsed. For timestamps, a date means that whole
/// day in `zone`. The error says what to write instead.
pub(super) fn literal(column_type: ColumnType, scalar: &Scalar, zone: Tz) -> Result<Literal, &'static str> {
    if let (ColumnType::Timestamp, Scalar::Text(text)) = (column_type, scalar)
        && let Some(day) = date(text)
    {
        let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
        return Ok(Literal::Day(beginning_of_day(day, zone), beginning_of_day(next, zone)));
    }
    cell(column_type, scalar).map(Literal::Value)
}

/// Parses `scalar` as a cell of a column of `column_type`.
pub(super) fn cell(column_type: ColumnType, scalar: &Scalar) -> Result<Cell, &'static str> {
    let read = match (column_type, scalar) {
        (ColumnType::Text, Scalar::Text(text)) => Some(Cell::Text(text.clone())),
        (ColumnType::Integer, Scalar::Integer(value)) => Some(Cell::Integer(*value)),
        (ColumnType::Integer, Scalar::Decimal(value)) => whole(*value).map(Cell::Integer),
        (ColumnType::Integer, Scalar::Text(text)) => text.trim().parse().ok().map(Cell::Integer),
        #[expect(clippy::cast_precision_loss, reason = "the column holds doubles")]
        (ColumnType::Decimal, Scalar::Integer(value)) => Some(Cell::Decimal(*value as f64)),
        (ColumnType::Decimal, Scalar::Decimal(value)) => finite(*value),
        (ColumnType::Decimal, Scalar::Text(text)) => text.trim().parse().ok().and_then(finite),
        (ColumnType::Boolean, Scalar::Boolean(value)) => Some(Cell::Boolean(*value)),
        (ColumnType::Boolean, Scalar::Text(text)) => text.trim().parse().ok().map(Cell::Boolean),
        (ColumnType::Date, Scalar::Text(text)) => date(text).map(Cell::Date),
        (ColumnType::Timestamp, Scalar::Text(text)) => {
            let moment = DateTime::parse_from_rfc3339(text.trim()).ok().map(|moment| moment.to_utc());
            moment.filter(|moment| YEARS.contains(&moment.year())).map(Cell::Timestamp)
        }
        _ => None,
    };
    read.ok_or_else(|| expected(column_type))
}

fn date(text: &str) -> Option<NaiveDate> {
    text.trim().parse().ok().filter(|day: &NaiveDate| YEARS.contains(&day.year()))
}

const fn expected(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Text => "Write a text, in quotes.",
        ColumnType::Integer => "Write a whole number, such as 42.",
        ColumnType::Decimal => "Write a number, such as 4.2.",
        ColumnType::Boolean => "Write true or false.",
        ColumnType::Date => "Write a date of the calendar, such as \"2024-01-31\".",
        ColumnType::Timestamp => {
            "Write a date, such as \"2024-01-31\", or a moment with its offset, such as \"2024-01-31T08:00:00Z\"."
        }
    }
}

/// `value` as a 64-bit integer, if it is one.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn whole(value: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (value.fract() == 0.0 && (-LIMIT..LIMIT).contains(&value)).then_some(value as i64)
}

/// `value` as a cell, with minus zero as zero.
fn finite(value: f64) -> Option<Cell> {
    value.is_finite().then_some(Cell::Decimal(value + 0.0))
}
