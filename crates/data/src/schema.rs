//! The mapping of a data set's columns to Parquet files.

use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use rolecall_model::data::{ColumnType, DataColumn};

/// 1970-01-01, counted from the first day of the year 1.
const UNIX_EPOCH_DAY: i32 = 719_163;

/// The Arrow type of a column's cells. Every column is nullable.
#[must_use]
pub fn arrow_type(column_type: ColumnType) -> DataType {
    match column_type {
        ColumnType::Text => DataType::Utf8,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Decimal => DataType::Float64,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    }
}

/// A date in Arrow's representation.
#[must_use]
pub fn days_since_1970(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - UNIX_EPOCH_DAY
}

/// The Arrow schema of files with `columns`, in their order.
#[must_use]
pub fn arrow_schema(columns: &[DataColumn]) -> SchemaRef {
    let field = |column: &DataColumn| Field::new(&column.name, arrow_type(column.column_type), true);
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
}
