//! The choices of a filter: the values of its column in rows that the person may see.

use std::sync::Arc;

use futures_util::future::try_join_all;
use rolecall_data::query::QueryError;
use rolecall_model::data::{
    Aggregate, Cell, ColumnType, Dimension, Filter, GroupOrder, GroupQuery, Measure, Order, Query, QueryResult, Scalar,
    Select,
};
use rolecall_panels::format::ValueFormat;

use super::chosen::{Chosen, is_too_long, text_of};
use super::judge::problem;
use super::judged::{FilterSource, JudgedFilter};
use crate::dashboards::error::DashboardsError;
use crate::dashboards::open::Dashboards;
use crate::dashboards::spec::Dashboard;

/// How many values are offered; a search finds others.
const OFFERED: u32 = 25;

/// A value on offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterOption {
    /// The value as in addresses.
    pub value: String,
    /// The label for people.
    pub label: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// The choices of a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterOptions {
    /// The values: the chosen ones first, then the most frequent.
    pub values: Vec<FilterOption>,
    /// How many of them are among the most frequent or, in a search, were found.
    pub found: usize,
    /// Whether there are more, which a search finds.
    pub has_more: bool,
    /// Whether some are left out because they are longer than [`LONGEST_VALUE`](super::LONGEST_VALUE).
    pub has_too_long: bool,
    /// Chosen values that occur in no row that the person may see.
    pub absent: Vec<String>,
    /// Whether the values cannot be read now.
    pub is_unavailable: bool,
}

impl Dashboards {
    /// The choices of `filter` of `dashboard`: one query on each of its data sets, and another one if a chosen value is
    /// not among the most frequent. Answers are cached like those of panels.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn filter_options(
        &self,
        dashboard: &Dashboard,
        filter: &JudgedFilter<'_>,
    ) -> Result<FilterOptions, DashboardsError> {
        match self.options(dashboard, filter).await {
            Ok(options) => Ok(options),
            Err(error @ QueryError::Failed(_)) => Err(error.into()),
            Err(error) => {
                let (dashboard, filter) = (&dashboard.slug, &filter.spec.id);
                tracing::warn!(dashboard, filter, ?error, "the values of a filter cannot be read");
                Ok(FilterOptions { is_unavailable: true, ..FilterOptions::default() })
            }
        }
    }

    async fn options(&self, dashboard: &Dashboard, filter: &JudgedFilter<'_>) -> Result<FilterOptions, QueryError> {
        let chosen = match &filter.chosen {
            Chosen::Values(values) => values.as_slice(),
            Chosen::Days(..) => &[],
        };
        let (mut frequent, mut has_more) = (Counted::default(), false);
        let mut sought = Counted::default();
        let counted = filter.sources.iter().map(|source| {
            let search = filter.search.as_deref().map(|text| looking_for(dashboard, filter, source, text));
            self.frequent(dashboard, filter, source, search.into_iter().collect())
        });
        for result in try_join_all(counted).await? {
            has_more |= result.total > result.rows.len() as u64;
            frequent.add(&result, chosen);
        }
        if chosen.iter().any(|value| !frequent.has(value)) {
            let counted = filter
                .sources
                .iter()
                .map(|source| self.frequent(dashboard, filter, source, source.condition.clone().into_iter().collect()));
            for result in try_join_all(counted).await? {
                sought.add(&result, chosen);
            }
        }
        let zone = dashboard.zone();
        let format = ValueFormat::of_names(zone);
        let (mut values, mut absent) = (Vec::new(), Vec::new());
        for value in chosen {
            match frequent.cell(value).or_else(|| sought.cell(value)) {
                Some(cell) => {
                    values.push(FilterOption { value: value.clone(), label: format.text(cell), is_chosen: true });
                }
                None => absent.push(value.clone()),
            }
        }
        let others = frequent.values.iter().filter(|(value, ..)| !chosen.contains(value));
        let offered = usize::try_from(OFFERED).unwrap_or(usize::MAX);
        has_more |= frequent.values.len() > offered;
        values.extend(others.take(offered).map(|(value, cell, _)| FilterOption {
            value: value.clone(),
            label: format.text(cell),
            is_chosen: false,
        }));
        let (found, has_too_long) = (frequent.values.len(), frequent.has_too_long);
        Ok(FilterOptions { values, found, has_more, has_too_long, absent, is_unavailable: false })
    }

    /// The most frequent values of the column in the rows that meet `conditions`, each with its number of rows.
    async fn frequent(
        &self,
        dashboard: &Dashboard,
        filter: &JudgedFilter<'_>,
        source: &FilterSource,
        conditions: Vec<Filter>,
    ) -> Result<Arc<QueryResult>, QueryError> {
        let column = &filter.spec.column;
        let there = Filter { column: column.clone(), missing: Some(false), ..Filter::default() };
        let count =
            Measure { compute: Aggregate::Count, of: None, title: None, unit: None, decimals: None, show: Vec::new() };
        let groups = GroupQuery {
            measures: vec![count],
            by: Some(Dimension { column: column.clone(), step: None }),
            split: None,
            order: Some(GroupOrder::Value { order: Order::Descending }),
            // As many as can be chosen.
            limit: Some(OFFERED * 4),
        };
        let filters = std::iter::once(there).chain(conditions).collect();
        let query = Query { filters, zone: dashboard.zone().name().to_owned(), select: Select::Groups(groups) };
        self.datasets().run(&source.dataset, &query, &source.viewer).await
    }
}

/// The search condition for `text`: part of a text, and otherwise the exact value, if it can be one.
fn looking_for(dashboard: &Dashboard, of: &JudgedFilter<'_>, source: &FilterSource, text: &str) -> Filter {
    let filter = Filter { column: of.spec.column.clone(), ..Filter::default() };
    if source.column_type == ColumnType::Text {
        return Filter { contains: Some(text.to_owned()), ..filter };
    }
    let fits = problem(of.spec, source, text, dashboard.zone()).is_none();
    let is = if fits { vec![Scalar::Text(text.to_owned())] } else { Vec::new() };
    Filter { is: Some(is), ..filter }
}

/// The values of several data sets, as in addresses, with the number of rows of each: the most frequent first.
#[derive(Debug, Default)]
struct Counted {
    values: Vec<(String, Cell, i64)>,
    /// Values that are not offered but occur in the address. Others are not copied, because a few of them can be very
    /// large.
    too_long: Vec<Cell>,
    /// Whether any are too long to be offered.
    has_too_long: bool,
}

impl Counted {
    /// Adds the values of `result`, of which some are `chosen`.
    fn add(&mut self, result: &QueryResult, chosen: &[String]) {
        for row in &result.rows {
            let [cell, Cell::Integer(rows)] = row.as_slice() else { continue };
            if is_too_long(cell) {
                self.has_too_long = true;
                let is_chosen = matches!(cell, Cell::Text(text) if chosen.contains(text));
                self.too_long.extend(is_chosen.then(|| cell.clone()));
                continue;
            }
            let Some(text) = text_of(cell) else { continue };
            match self.values.iter_mut().find(|(known, ..)| *known == text) {
                Some((_, _, known)) => *known += rows,
                None => self.values.push((text, cell.clone(), *rows)),
            }
        }
        self.values.sort_by(|one, other| other.2.cmp(&one.2).then_with(|| one.0.cmp(&other.0)));
    }

    fn cell(&self, value: &str) -> Option<&Cell> {
        let offered = self.values.iter().find(|(known, ..)| known == value).map(|(_, cell, _)| cell);
        offered.or_else(|| self.too_long.iter().find(|cell| matches!(cell, Cell::Text(text) if text == value)))
    }

    fn has(&self, value: &str) -> bool {
        self.cell(value).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboards::filters::LONGEST_VALUE;

    // Case: data/long-texts
    #[test]
    fn overlong_values_are_only_copied_if_they_are_in_the_address() {
        let (asked, other) = ("a".repeat(LONGEST_VALUE + 1), "b".repeat(LONGEST_VALUE + 1));
        let row = |text: &str| vec![Cell::Text(text.to_owned()), Cell::Integer(1)];
        let rows = vec![row(&other), row("short"), row(&asked)];
        let result = QueryResult { columns: Vec::new(), rows, total: 3, approximate: false };
        let mut counted = Counted::default();
        counted.add(&result, std::slice::from_ref(&asked));
        assert_eq!(counted.too_long, [Cell::Text(asked.clone())]);
        assert!(counted.has_too_long && counted.has(&asked) && counted.has("short") && !counted.has(&other));
    }
}
