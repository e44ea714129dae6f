//! The last step of time of a figure that compares: if it is not over, it is compared with the same number of days of
//! the previous step.

use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;
use rolecall_data::query::QueryError;
use rolecall_model::data::{Cell, Dimension, Filter, Query, QueryResult, Scalar, Select, TimeStep};
use rolecall_panels::Compared;

use super::filters::DayRange;
use super::queries::{Queries, has_share};

/// The relative difference up to which two sums count as equal: the numbers may have been added in another order.
const NOISE: f64 = 1e-9;

/// The last step of time in a query's result.
struct LastStep<'a> {
    column: &'a str,
    step: TimeStep,
    zone: Tz,
    /// Its first and last day.
    first: NaiveDate,
    end: NaiveDate,
    /// The first day of the previous step.
    before: NaiveDate,
    /// The days within the conditions of the query.
    within: DayRange,
}

impl Queries<'_> {
    /// What the figures of `query` are compared with by default. `steps` is the result of `query`. It is the previous
    /// step; if the last one ends after the newest day of all rows, the same number of days of it; nothing if a
    /// condition cuts off its beginning.
    pub(super) async fn compared_as_usual(self, query: &Query, steps: &QueryResult) -> Result<Compared, QueryError> {
        let Some(last) = LastStep::of(query, steps) else { return Ok(Compared::Usual) };
        if last.within.from.is_some_and(|from| from > last.before) {
            return Ok(Compared::Nothing);
        }
        let newest = self.datasets.newest_day(self.dataset, last.column, last.zone, self.viewer).await?;
        let Some((days, before)) = newest.and_then(|newest| last.beginning(newest)) else {
            return Ok(Compared::Usual);
        };
        let (Some(now), Some(then)) = (totals_of_last(steps), self.totals_within(query, last.column, before).await?)
        else {
            return Ok(Compared::Usual);
        };
        // If these days cover the whole previous step, as with one row a month, use its name.
        let step_before = dated(steps).nth(1).map(|(_, measures)| measures);
        if step_before.zip(then.rows.first()).is_some_and(|(whole, part)| are_same(whole, part)) {
            return Ok(Compared::Usual);
        }
        let before = Some((before.words(), then));
        Ok(Compared::Days { days: days.words(), result: Arc::new(now), before, end_within_step: true })
    }

    /// Whether `days` end within the last of `steps`, the result of `query`.
    pub(super) fn end_within_last(query: &Query, steps: &QueryResult, days: DayRange) -> bool {
        let Select::Groups(groups) = &query.select else { return false };
        let step = groups.by.as_ref().and_then(|by| by.step);
        let last = dated(steps).next().zip(step).and_then(|((first, _), step)| DayRange::of_step(first, step));
        last.and_then(|last| last.to).zip(days.to).is_some_and(|(end, to)| to < end)
    }

    /// The measures over all rows of `query` whose values of `column` are in `days`.
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

impl<'a> LastStep<'a> {
    /// The last of `steps`, the result of `query`. `None` if there is no previous step, if steps of that length are
    /// never compared by days, or if measures or conditions of `query` do not apply to single days.
    fn of(query: &'a Query, steps: &QueryResult) -> Option<Self> {
        let Select::Groups(groups) = &query.select else { return None };
        let Dimension { column, step } = groups.by.as_ref()?;
        let step = (*step)?;
        if has_share(query) {
            return None;
        }
        let first = dated(steps).next().map(|(first, _)| first)?;
        dated(steps).nth(1)?;
        let before = DayRange::between(first, first).before_in_step(step)?.from?;
        Some(Self {
            column: column.as_str(),
            step,
            zone: query.zone.parse().ok()?,
            first,
            end: DayRange::of_step(first, step)?.to?,
            before,
            within: days_of_conditions(query, column)?,
        })
    }

    /// Its days up to the `newest` of all rows, and as many days of the previous step. `None` if it is complete.
    fn beginning(&self, newest: NaiveDate) -> Option<(DayRange, DayRange)> {
        let newest = self.within.to.map_or(newest, |to| newest.min(to));
        if newest < self.first || newest >= self.end {
            return None;
        }
        let days = DayRange::between(self.first, newest);
        let before = days.before_in_step(self.step).filter(DayRange::can_have_data)?;
        Some((days, before))
    }
}

/// The days within the conditions of `query` on `column`. `None` if one of them is more than a first and a last day.
fn days_of_conditions(query: &Query, column: &str) -> Option<DayRange> {
    let mut within = DayRange::default();
    for filter in query.filters.iter().filter(|filter| filter.column == column) {
        let days = days_of(filter)?;
        within.from = within.from.max(days.from);
        within.to = within.to.into_iter().chain(days.to).min();
    }
    Some(within)
}

/// The days within `filter`, if it restricts nothing else.
fn days_of(filter: &Filter) -> Option<DayRange> {
    let day = |bound: Option<&Scalar>| match bound {
        Some(Scalar::Text(text)) => text.parse::<NaiveDate>().ok(),
        _ => None,
    };
    let days = DayRange { from: day(filter.at_least.as_ref()), to: day(filter.at_most.as_ref()) };
    (days.condition(&filter.column).as_ref() == Some(filter)).then_some(days)
}

/// The measures of the last of `steps`, as a result without steps.
fn totals_of_last(steps: &QueryResult) -> Option<QueryResult> {
    let (_, measures) = dated(steps).next()?;
    Some(QueryResult {
        columns: steps.columns.iter().skip(1).cloned().collect(),
        rows: vec![measures.to_vec()],
        total: 1,
        approximate: steps.approximate,
    })
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
