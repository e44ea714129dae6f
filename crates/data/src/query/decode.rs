//! Converts results of DataFusion to cells.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta};
use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType,
    UInt64Type,
};
use datafusion::dataframe::DataFrame;
use rolecall_model::data::Cell;

use super::calendar::YEARS;
use super::error::QueryError;

/// The maximum size of all texts in a result, in bytes: a single cell may have a million.
const RESULT_TEXT_BYTES: usize = 64 << 20;

/// Runs `frame` and returns its rows.
pub(super) async fn rows_of(frame: DataFrame) -> Result<Vec<Vec<Cell>>, QueryError> {
    let mut rows = Vec::new();
    let mut text_bytes = 0;
    for batch in frame.collect().await? {
        text_bytes += batch.columns().iter().map(text_bytes_of).sum::<usize>();
        if text_bytes > RESULT_TEXT_BYTES {
            return Err(QueryError::TooLarge);
        }
        let columns = batch.columns().iter().map(cells).collect::<Result<Vec<_>, _>>()?;
        let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
        rows.extend(
            (0..batch.num_rows())
                .map(|_| columns.iter_mut().map(|column| column.next().unwrap_or(Cell::Missing)).collect::<Vec<_>>()),
        );
    }
    Ok(rows)
}

/// Runs `frame` and returns its only row.
pub(super) async fn row_of(frame: DataFrame) -> Result<Vec<Cell>, QueryError> {
    Ok(rows_of(frame).await?.pop().unwrap_or_default())
}

fn text_bytes_of(array: &ArrayRef) -> usize {
    match array.data_type() {
        DataType::Utf8View => array.as_string_view().iter().flatten().map(str::len).sum(),
        DataType::Utf8 => array.as_string::<i32>().iter().flatten().map(str::len).sum(),
        _ => 0,
    }
}

#[expect(clippy::cast_precision_loss, reason = "what no integer of 64 bits holds is told as a double")]
fn cells(array: &ArrayRef) -> Result<Vec<Cell>, QueryError> {
    Ok(match array.data_type() {
        DataType::Utf8View => each(array.as_string_view().iter(), |text| Cell::Text(text.to_owned())),
        DataType::Utf8 => each(array.as_string::<i32>().iter(), |text| Cell::Text(text.to_owned())),
        DataType::Int32 => each(array.as_primitive::<Int32Type>().iter(), |value| Cell::Integer(value.into())),
        DataType::Int64 => each(array.as_primitive::<Int64Type>().iter(), Cell::Integer),
        DataType::UInt64 => each(array.as_primitive::<UInt64Type>().iter(), |count| {
            i64::try_from(count).map_or(Cell::Missing, Cell::Integer)
        }),
        DataType::Float64 => each(array.as_primitive::<Float64Type>().iter(), |value| {
            if value.is_finite() { Cell::Decimal(value) } else { Cell::Missing }
        }),
        DataType::Boolean => each(array.as_boolean().iter(), Cell::Boolean),
        DataType::Date32 => {
            each(array.as_primitive::<Date32Type>().iter(), |days| date(days).map_or(Cell::Missing, Cell::Date))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            each(array.as_primitive::<TimestampMicrosecondType>().iter(), |micros| {
                let moment = DateTime::from_timestamp_micros(micros);
                moment.filter(|moment| YEARS.contains(&moment.year())).map_or(Cell::Missing, Cell::Timestamp)
            })
        }
        DataType::Decimal128(_, 0) => each(array.as_primitive::<Decimal128Type>().iter(), |sum| {
            i64::try_from(sum).map_or(Cell::Decimal(sum as f64), Cell::Integer)
        }),
        DataType::Null => vec![Cell::Missing; array.len()],
        other => return Err(QueryError::Failed(format!("a result has a column of {other}, which no query asks for"))),
    })
}

fn each<T>(values: impl Iterator<Item = Option<T>>, cell: impl Fn(T) -> Cell) -> Vec<Cell> {
    values.map(|value| value.map_or(Cell::Missing, &cell)).collect()
}

fn date(days: i32) -> Option<NaiveDate> {
    let day = DateTime::UNIX_EPOCH.date_naive().checked_add_signed(TimeDelta::days(days.into()))?;
    YEARS.contains(&day.year()).then_some(day)
}
