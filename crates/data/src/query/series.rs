//! The series of a split: the largest ones, and all others combined.

use datafusion::logical_expr::{Expr, case, ident, lit, when};
use rolecall_model::data::Cell;

use super::check::CheckedSplit;
use super::columns::constant;
use super::decode::rows_of;
use super::error::QueryError;
use super::measures::PlannedMeasure;
use super::parts::Parts;

/// The series of a query in their order: by size, then the missing value, then "Others".
pub(super) struct Series {
    /// Their names; the last may be [`Cell::Others`].
    pub(super) names: Vec<Cell>,
    split: Expr,
}

impl Series {
    /// The largest series by `measure`, the first one, of the values `of` of a split; equal ones are ordered by name.
    pub(super) async fn largest(
        parts: &Parts,
        split: &CheckedSplit,
        of: Expr,
        measure: &PlannedMeasure,
    ) -> Result<Self, QueryError> {
        let ranked = parts
            .aggregated(&[of.clone().alias("series")], std::slice::from_ref(measure))?
            .sort(vec![ident("m0").sort(false, false), ident("series").sort(true, false)])?
            .limit(0, Some(split.top + 1))?
            .select(vec![ident("series")])?;
        let mut names: Vec<Cell> = rows_of(ranked).await?.into_iter().flatten().collect();
        let others = names.len() > split.top;
        names.truncate(split.top);
        names.sort_by_key(|name| *name == Cell::Missing);
        if others {
            names.push(Cell::Others);
        }
        Ok(Self { names, split: of })
    }

    /// The index in `names` of the series of a row.
    pub(super) fn position(&self) -> Result<Expr, QueryError> {
        // A row in none of the other series belongs to the last one.
        let last = lit(as_i32(self.names.len().saturating_sub(1)));
        let mut known = case(self.split.clone());
        let mut some = None;
        for (index, name) in self.names.iter().enumerate() {
            if !matches!(name, Cell::Missing | Cell::Others) {
                some = Some(known.when(constant(name), lit(as_i32(index))));
            }
        }
        let known = match some {
            Some(mut known) => known.otherwise(last)?,
            None => last,
        };
        Ok(match self.names.iter().position(|name| *name == Cell::Missing) {
            Some(missing) => when(self.split.clone().is_null(), lit(as_i32(missing))).otherwise(known)?,
            None => known,
        })
    }
}

/// An index as `i32`: there are few series.
fn as_i32(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}
