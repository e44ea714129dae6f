//! Plans measures as aggregates of DataFusion.

use datafusion::arrow::datatypes::DataType;
use datafusion::functions_aggregate::expr_fn::{approx_distinct, avg, count, count_distinct, max, median, min, sum};
use datafusion::logical_expr::{Expr, cast, ident, lit};
use datafusion::scalar::ScalarValue;
use rolecall_model::data::{Aggregate, Cell, ColumnType, DataColumn};

use super::check::CheckedMeasure;
use super::columns::{as_decimals, finite, value};
use super::decode::row_of;
use super::error::QueryError;
use super::visible::Source;

/// A measure, with facts about the rows that are needed to plan it.
pub(super) struct PlannedMeasure {
    measure: CheckedMeasure,
    how: How,
}

#[derive(Clone, Copy)]
enum How {
    Plain,
    /// The sum of integers may overflow 64 bits.
    Wide,
    /// There are too many distinct values to count exactly.
    Estimated,
    /// A share of this whole.
    PartOf(f64),
}

impl PlannedMeasure {
    /// The aggregate over the rows of a group, as a column called `name`. [`Self::finished`] computes the value from
    /// it.
    pub(super) fn aggregate(&self, name: &str) -> Result<Expr, QueryError> {
        let of = self.measure.of.as_ref().map(value);
        let aggregate = match (self.measure.compute, of) {
            (Aggregate::Count, None) => count(lit(1)),
            (Aggregate::Count, Some(of)) => count(of),
            (Aggregate::Share, of) => part(of),
            (Aggregate::Sum, Some(of)) => match self.how {
                How::Wide => sum(cast(of, DataType::Decimal128(38, 0))),
                _ => sum(of),
            },
            (Aggregate::Average, Some(of)) => avg(as_decimals(of)),
            (Aggregate::Minimum, Some(of)) => min(of),
            (Aggregate::Maximum, Some(of)) => max(of),
            (Aggregate::Median, Some(of)) => median(as_decimals(of)),
            (Aggregate::Distinct, Some(of)) => match self.how {
                How::Estimated => estimate(of, self.measure.of.as_ref()),
                _ => count_distinct(of),
            },
            (other, None) => return Err(QueryError::Failed(format!("a {other} needs a column"))),
        };
        Ok(aggregate.alias(name))
    }

    /// Whether the aggregate over a whole can be computed from those over its parts.
    pub(super) const fn is_of_parts(&self) -> bool {
        match self.measure.compute {
            Aggregate::Count | Aggregate::Sum | Aggregate::Minimum | Aggregate::Maximum | Aggregate::Share => true,
            Aggregate::Average | Aggregate::Median | Aggregate::Distinct => false,
        }
    }

    /// The aggregate over a whole, from those over its parts in the column `name`; the result has that name as well. Only
    /// where [`Self::is_of_parts`].
    pub(super) fn of_parts(&self, name: &str) -> Result<Expr, QueryError> {
        let parts = ident(name);
        let aggregate = match self.measure.compute {
            Aggregate::Count | Aggregate::Sum | Aggregate::Share => sum(parts),
            Aggregate::Minimum => min(parts),
            Aggregate::Maximum => max(parts),
            other @ (Aggregate::Average | Aggregate::Median | Aggregate::Distinct) => {
                return Err(QueryError::Failed(format!("a {other} needs the rows")));
            }
        };
        Ok(aggregate.alias(name))
    }

    /// The value of the measure, computed from the `aggregate` of a group.
    pub(super) fn finished(&self, aggregate: Expr) -> Result<Expr, QueryError> {
        Ok(match (self.measure.compute, self.how) {
            (Aggregate::Share, How::PartOf(whole)) if whole != 0.0 => finite(as_decimals(aggregate) / lit(whole))?,
            (Aggregate::Share, _) => lit(ScalarValue::Float64(None)),
            (Aggregate::Distinct | Aggregate::Count, _) => cast(aggregate, DataType::Int64),
            _ if self.measure.column_type() == ColumnType::Decimal => finite(aggregate)?,
            _ => aggregate,
        })
    }

    /// The value of a group without rows.
    pub(super) fn of_no_rows(&self) -> Cell {
        match (self.measure.compute, self.how) {
            (Aggregate::Count | Aggregate::Distinct, _) => Cell::Integer(0),
            (Aggregate::Share, How::PartOf(whole)) if whole != 0.0 && self.measure.of.is_none() => Cell::Decimal(0.0),
            _ => Cell::Missing,
        }
    }

    /// Whether its values are estimates.
    pub(super) const fn is_estimated(&self) -> bool {
        matches!(self.how, How::Estimated)
    }
}

/// Finds the facts about the rows that are needed to plan `measures`. Distinct values are counted exactly up to
/// `exact_distinct`.
pub(super) async fn planned(
    source: &Source,
    measures: &[CheckedMeasure],
    exact_distinct: u64,
) -> Result<Vec<PlannedMeasure>, QueryError> {
    let mut planned: Vec<_> =
        measures.iter().map(|measure| PlannedMeasure { measure: measure.clone(), how: How::Plain }).collect();
    find_wide_sums(source, &mut planned).await?;
    find_wholes(source, &mut planned, exact_distinct).await?;
    Ok(planned)
}

/// Marks sums of integers as wide where the largest value times the number of rows may overflow, according to the
/// statistics of the files.
async fn find_wide_sums(source: &Source, measures: &mut [PlannedMeasure]) -> Result<(), QueryError> {
    let mut sums: Vec<(DataColumn, &mut How)> = measures
        .iter_mut()
        .filter(|planned| planned.measure.compute == Aggregate::Sum)
        .filter_map(|planned| Some((planned.measure.of.clone()?, &mut planned.how)))
        .filter(|(of, _)| of.column_type == ColumnType::Integer)
        .collect();
    if sums.is_empty() {
        return Ok(());
    }
    let mut bounds = Vec::new();
    for (index, (of, _)) in sums.iter().enumerate() {
        bounds.push(min(value(of)).alias(format!("min{index}")));
        bounds.push(max(value(of)).alias(format!("max{index}")));
    }
    let bounds = row_of(source.for_bounds().aggregate(vec![], bounds)?).await?;
    for ((_, how), bounds) in sums.iter_mut().zip(bounds.chunks(2)) {
        let largest = bounds.iter().filter_map(|bound| match bound {
            Cell::Integer(value) => Some(value.unsigned_abs()),
            _ => None,
        });
        let most = u128::from(largest.max().unwrap_or(0)) * u128::from(source.all_rows);
        if most > i64::MAX.unsigned_abs().into() {
            **how = How::Wide;
        }
    }
    Ok(())
}

/// The whole of each share, and the approximate number of distinct values where there may be too many to count.
async fn find_wholes(source: &Source, measures: &mut [PlannedMeasure], exact_distinct: u64) -> Result<(), QueryError> {
    let mut wanted = Vec::new();
    for (index, planned) in measures.iter().enumerate() {
        let of = planned.measure.of.as_ref().map(value);
        match (planned.measure.compute, of) {
            (Aggregate::Share, of) => wanted.push((index, part(of))),
            (Aggregate::Distinct, Some(of)) if source.all_rows > exact_distinct => {
                wanted.push((index, estimate(of, planned.measure.of.as_ref())));
            }
            _ => {}
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let (indices, aggregates): (Vec<_>, Vec<_>) = wanted.into_iter().unzip();
    let named = aggregates.into_iter().zip(&indices).map(|(aggregate, index)| aggregate.alias(format!("whole{index}")));
    let wholes = row_of(source.rows.clone().aggregate(vec![], named.collect())?).await?;
    for (index, whole) in indices.into_iter().zip(wholes) {
        if let (Some(planned), Some(whole)) = (measures.get_mut(index), whole.number()) {
            planned.how = match planned.measure.compute {
                Aggregate::Share => How::PartOf(whole),
                #[expect(clippy::cast_precision_loss, reason = "it is a bound")]
                _ if whole > exact_distinct as f64 => How::Estimated,
                _ => How::Plain,
            };
        }
    }
    Ok(())
}

/// What shares are computed from: the sum of a column, or the number of rows.
fn part(of: Option<Expr>) -> Expr {
    of.map_or_else(|| count(lit(1)), |of| sum(as_decimals(of)))
}

/// The approximate number of distinct values (HyperLogLog, within about 1 %).
fn estimate(of: Expr, column: Option<&DataColumn>) -> Expr {
    let decimals = column.is_some_and(|column| column.column_type == ColumnType::Decimal);
    // The function does not support doubles.
    approx_distinct(if decimals { cast(of, DataType::Utf8View) } else { of })
}
