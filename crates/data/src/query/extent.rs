//! The range of steps of time that the values of a column cover.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use datafusion::dataframe::DataFrame;
use datafusion::functions_aggregate::expr_fn::{max, min};
use rolecall_model::data::{Cell, ColumnType, DataColumn, TimeStep};

use super::calendar::{Steps, YEARS};
use super::check::MAX_RESULT_ROWS;
use super::columns::{constant, value};
use super::decode::row_of;
use super::error::QueryError;
use super::visible::Source;

/// The steps of `column` that cover all visible values. Usually the statistics of the files are enough; the visible
/// rows are read only if the statistics cover too many steps.
///
/// # Errors
///
/// [`QueryError::TooManyGroups`].
pub(super) async fn steps(
    source: &Source,
    column: &DataColumn,
    step: TimeStep,
    zone: Tz,
) -> Result<Arc<Steps>, QueryError> {
    let known = bounds(source.for_bounds(), column).await?;
    if let Some(steps) = known.and_then(|(first, last)| between(&first, &last, step, zone)) {
        return Ok(Arc::new(steps));
    }
    let sane = value(column).between(constant(&earliest(column)), constant(&latest(column)));
    let Some((first, last)) = bounds(source.rows.clone().filter(sane)?, column).await? else {
        return Ok(Arc::default());
    };
    let steps = between(&first, &last, step, zone);
    steps.map(Arc::new).ok_or(QueryError::TooManyGroups)
}

/// The smallest and the largest value of `column`; `None` if there are no values, or one is outside of the supported
/// years.
async fn bounds(rows: DataFrame, column: &DataColumn) -> Result<Option<(Cell, Cell)>, QueryError> {
    let cells = value(column);
    let row = row_of(rows.aggregate(vec![], vec![min(cells.clone()).alias("min"), max(cells).alias("max")])?).await?;
    Ok(match <[Cell; 2]>::try_from(row) {
        Ok([first, last]) if first != Cell::Missing && last != Cell::Missing => Some((first, last)),
        _ => None,
    })
}

/// The steps from that of `first` to that of `last`; `None` if there are too many.
fn between(first: &Cell, last: &Cell, step: TimeStep, zone: Tz) -> Option<Steps> {
    match (first, last) {
        (Cell::Date(first), Cell::Date(last)) => Steps::of_dates(*first, *last, step, MAX_RESULT_ROWS),
        (Cell::Timestamp(first), Cell::Timestamp(last)) => {
            Steps::of_timestamps(*first, *last, step, zone, MAX_RESULT_ROWS)
        }
        _ => None,
    }
}

fn earliest(column: &DataColumn) -> Cell {
    day(column, NaiveDate::from_ymd_opt(*YEARS.start(), 1, 1))
}

fn latest(column: &DataColumn) -> Cell {
    day(column, NaiveDate::from_ymd_opt(*YEARS.end(), 12, 31))
}

fn day(column: &DataColumn, day: Option<NaiveDate>) -> Cell {
    match day {
        Some(day) if column.column_type == ColumnType::Timestamp => {
            Cell::Timestamp(day.and_time(NaiveTime::MIN).and_utc())
        }
        Some(day) => Cell::Date(day),
        None => Cell::Missing,
    }
}
