//! Grouping rows by the values of a column or by steps of time.

use std::cmp::Ordering;
use std::sync::Arc;

use chrono_tz::Tz;
use datafusion::logical_expr::{Expr, SortExpr, case, ident, in_list, lit};
use rolecall_model::data::{Cell, Order};

use super::calendar::Steps;
use super::check::{CheckedDimension, CheckedOrder};
use super::columns::{constant, value};
use super::error::QueryError;
use super::extent::steps;
use super::step_of::step_of;
use super::visible::Source;

/// A planned grouping.
pub(super) struct By {
    /// The key of a row's group: its value, or the index of its step.
    pub(super) key: Expr,
    pub(super) steps: Option<Arc<Steps>>,
}

impl By {
    pub(super) async fn planned(source: &Source, by: &CheckedDimension, zone: Tz) -> Result<Self, QueryError> {
        let cells = value(&by.column);
        Ok(match by.step {
            None => Self { key: cells, steps: None },
            Some(step) => {
                let steps = steps(source, &by.column, step, zone).await?;
                Self { key: step_of(&steps, cells), steps: Some(steps) }
            }
        })
    }

    /// The name of the group with that key.
    pub(super) fn name(&self, key: Cell) -> Cell {
        match (&self.steps, key) {
            (Some(steps), Cell::Integer(step)) => usize::try_from(step).map_or(Cell::Missing, |step| steps.label(step)),
            (_, key) => key,
        }
    }

    /// Whether the group of a row is one of `names`, which are values of the column.
    pub(super) fn is_one_of(&self, names: impl Iterator<Item = Cell>) -> Expr {
        let (missing, names): (Vec<_>, Vec<_>) = names.partition(|name| *name == Cell::Missing);
        let known = in_list(self.key.clone(), names.iter().map(constant).collect(), false);
        if missing.is_empty() { known } else { known.or(self.key.clone().is_null()) }
    }
}

/// The sort order of groups, for a plan with the column `by` and, when ordered by value, `m0`.
pub(super) fn sort(order: &CheckedOrder) -> Result<Vec<SortExpr>, QueryError> {
    let by = || ident("by");
    let mut sort = vec![by().is_null().sort(true, false)];
    match order {
        CheckedOrder::Name(order) => sort.push(by().sort(*order == Order::Ascending, false)),
        CheckedOrder::Value(order) => {
            sort.push(ident("m0").sort(*order == Order::Ascending, false));
            sort.push(by().sort(true, false));
        }
        CheckedOrder::Hand(values) => {
            let mut places = case(by());
            let mut listed = None;
            for (place, value) in (0_i32..).zip(values) {
                listed = Some(places.when(constant(value), lit(place)));
            }
            if let Some(mut listed) = listed {
                sort.push(listed.otherwise(lit(i32::MAX))?.sort(true, false));
            }
            sort.push(by().sort(true, false));
        }
    }
    Ok(sort)
}

/// Compares two groups, given their names and, when ordered by value, their first measures.
pub(super) fn compare_groups(
    order: &CheckedOrder,
    one: (&Cell, Option<&Cell>),
    other: (&Cell, Option<&Cell>),
) -> Ordering {
    let missing = |cell: &Cell| *cell == Cell::Missing;
    let last = missing(one.0).cmp(&missing(other.0));
    last.then_with(|| match order {
        CheckedOrder::Name(order) => one.0.compare_in(other.0, *order),
        CheckedOrder::Value(order) => {
            let (one, other) = (one.1.unwrap_or(&Cell::Missing), other.1.unwrap_or(&Cell::Missing));
            one.compare_in(other, *order)
        }
        CheckedOrder::Hand(values) => {
            let place = |name: &Cell| values.iter().position(|value| value == name).unwrap_or(usize::MAX);
            place(one.0).cmp(&place(other.0))
        }
    })
    .then_with(|| one.0.compare(other.0))
}
