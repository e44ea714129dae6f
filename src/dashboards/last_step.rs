//! The last step of time of a figure that compares: where it is not over, it is compared with as much of the step before.

use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;
use rolecall_data::query::QueryError;
use rolecall_model::data::{Cell, Dimension, Query, QueryResult, Select};
use rolecall_panels::Compared;

use super::filters::DayRange;
use super::queries::Queries;

/// By how much of themselves two sums of the same numbers may differ, which were added in another order.
const NOISE: f64 = 1e-9;

impl Queries<'_> {
    /// What the figures of `query` are compared with as the panel says, which has the steps of time in `steps`: the step before the
    /// last; where the last ends after the newest day of all rows, as many days of it.
    pub(super) async fn compared_as_usual(self, query: &Query, steps: &QueryResult) -> Result<Compared, QueryError> {
        let Some((column, days, before)) = self.beginning_of_last_step(query, steps).await? else {
            return Ok(Compared::Usual);
        };
        let now = self.totals_within(query, column, days).await?;
        let then = self.totals_within(query, column, before).await?;
        let (Some(now), Some(then)) = (now, then) else { return Ok(Compared::Usual) };
        // Where these days have all of the step before, such as a row a month, people know it by its name.
        let step_before = dated(steps).nth(1).map(|(_, measures)| measures);
        if step_before.zip(then.rows.first()).is_some_and(|(whole, part)| are_same(whole, part)) {
            return Ok(Compared::Usual);
        }
        Ok(Compared::Days { days: days.words(), result: now, before: Some((before.words(), then)) })
    }

    /// The days of the last of `steps` up to the newest of all rows, and as many days of the step before, of which column. `None` where
    /// the last step is whole, and where there is none before.
    async fn beginning_of_last_step<'a>(
        self,
        query: &'a Query,
        steps: &QueryResult,
    ) -> Result<Option<(&'a str, DayRange, DayRange)>, QueryError> {
        let Select::Groups(groups) = &query.select else { return Ok(None) };
        let Some(Dimension { column, step: Some(step) }) = &groups.by else { return Ok(None) };
        let (Some((first, _)), Some(_), Ok(zone)) =
            (dated(steps).next(), dated(steps).nth(1), query.zone.parse::<Tz>())
        else {
            return Ok(None);
        };
        let Some(whole) = DayRange::of_step(first, *step) else { return Ok(None) };
        let newest = self.datasets.newest_day(self.dataset, column, zone, self.viewer).await?;
        let Some(newest) = newest.filter(|newest| *newest >= first && Some(*newest) < whole.to) else {
            return Ok(None);
        };
        let days = DayRange::between(first, newest);
        let before = days.before_in_step(*step).filter(DayRange::can_have_data);
        Ok(before.map(|before| (column.as_str(), days, before)))
    }

    /// The measures of all rows of `query` whose values of `column` are in `days`.
    async fn totals_within(
        self,
        query: &Query,
        column: &str,
        days: DayRange,
    ) -> Result<Option<Arc<QueryResult>>, QueryError> {
        let mut query = query.clone();
        query.filters.extend(days.condition(column));
        self.datasets.totals(self.dataset, &query, self.viewer).await
    }
}

/// The steps that begin on a day, the last first: the day, and the measures.
fn dated(steps: &QueryResult) -> impl Iterator<Item = (NaiveDate, &[Cell])> {
    steps.rows.iter().rev().filter_map(|row| match row.split_first() {
        Some((Cell::Date(first), measures)) => Some((*first, measures)),
        _ => None,
    })
}

/// Whether both have the same values.
fn are_same(ones: &[Cell], others: &[Cell]) -> bool {
    let is_same = |(one, other): (&Cell, &Cell)| match (one.number(), other.number()) {
        (Some(one), Some(other)) => (one - other).abs() <= one.abs().max(other.abs()) * NOISE,
        _ => one == other,
    };
    ones.len() == others.len() && ones.iter().zip(others).all(is_same)
}
