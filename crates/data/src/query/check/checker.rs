//! The shared part of all checks: looking up columns, and the list of mistakes.

use chrono_tz::{TZ_VARIANTS, Tz};
use rolecall_model::data::{ColumnType, DataColumn, Query, RowOrder, RowQuery, Select};

use super::checked::{CheckedQuery, CheckedRows, CheckedSelect};
use crate::query::error::QueryMistake;

/// The maximum number of measures in a query.
pub const MAX_MEASURES: usize = 20;
/// The maximum number of rows in a result of rows.
pub const MAX_ROWS: usize = 10_000;
/// The last row, in the order of the query, that may be requested: finding a row takes memory for all rows before it.
pub const MAX_REACHED_ROWS: u64 = 10_000;
/// The maximum limit on groups. Groups by values, not by steps of time, also have it if the query has no limit.
pub const MAX_GROUPS: usize = 10_000;
/// The maximum number of series that a split keeps separate; "Others" is one more.
pub const MAX_SERIES: usize = 50;
/// The maximum number of rows in a result of groups: groups times series.
pub const MAX_RESULT_ROWS: usize = 100_000;
/// The maximum number of values in a filter or a manual order.
pub const MAX_FILTER_VALUES: usize = 1000;

/// Checks `query` against the columns of a data set.
///
/// # Errors
///
/// Every mistake, with its place in the query and how to fix it.
pub fn check(query: &Query, columns: &[DataColumn]) -> Result<(), Vec<QueryMistake>> {
    checked(query, columns).map(|_| ())
}

/// `query` with names and texts resolved to columns and values.
pub(in crate::query) fn checked(query: &Query, columns: &[DataColumn]) -> Result<CheckedQuery, Vec<QueryMistake>> {
    let mut checker = Checker { columns, mistakes: Vec::new() };
    let zone = checker.zone(&query.zone);
    let conditions = checker.filters(&query.filters, zone);
    let select = match &query.select {
        Select::Rows(rows) => checker.rows(rows).map(CheckedSelect::Rows),
        Select::Groups(groups) => checker.groups(groups).map(CheckedSelect::Groups),
    };
    match select {
        Some(select) if checker.mistakes.is_empty() => Ok(CheckedQuery { conditions, zone, select }),
        _ => Err(checker.mistakes),
    }
}

pub(super) struct Checker<'a> {
    columns: &'a [DataColumn],
    mistakes: Vec<QueryMistake>,
}

impl<'a> Checker<'a> {
    pub(super) fn mistake(&mut self, at: impl Into<String>, problem: impl Into<String>) {
        self.mistakes.push(QueryMistake { at: at.into(), problem: problem.into() });
    }

    /// The column called `name`; otherwise reports a mistake at `at`.
    pub(super) fn column(&mut self, at: impl Into<String>, name: &str) -> Option<&'a DataColumn> {
        let found = self.columns.iter().find(|column| column.name == name);
        if found.is_none() {
            let names = self.columns.iter().map(|column| column.name.as_str());
            let hint = nearest(name, names.clone()).map_or_else(
                || format!("There are: {}.", names.take(20).collect::<Vec<_>>().join(", ")),
                |near| format!("Did you mean “{near}”?"),
            );
            self.mistake(at, format!("The data set has no column “{name}”. {hint}"));
        }
        found
    }

    /// As [`Self::column`], for several columns at `at[0]`, `at[1]` and so on.
    pub(super) fn columns(&mut self, at: &str, names: &[String]) -> Vec<DataColumn> {
        let found = names.iter().enumerate().filter_map(|(index, name)| self.column(format!("{at}[{index}]"), name));
        found.cloned().collect()
    }

    /// Reports a mistake if `count` is more than `most`.
    pub(super) fn limit(&mut self, at: impl Into<String>, count: u64, most: usize, what: &str) {
        if count > most as u64 {
            self.mistake(at, format!("These are {count} {what}; there may be {most}."));
        }
    }

    fn zone(&mut self, name: &str) -> Tz {
        name.parse().unwrap_or_else(|_| {
            let near = nearest(name, TZ_VARIANTS.iter().map(|zone| zone.name()));
            let hint = near.map_or_else(String::new, |near| format!(" Did you mean “{near}”?"));
            self.mistake(
                "zone",
                format!("“{name}” is no time zone. Write a name such as “Europe/Zurich” or “UTC”.{hint}"),
            );
            Tz::UTC
        })
    }

    fn rows(&mut self, rows: &RowQuery) -> Option<CheckedRows> {
        if rows.columns.is_empty() {
            self.mistake("columns", "Name at least one column.");
        }
        let columns = self.columns("columns", &rows.columns);
        self.limit("limit", rows.limit.into(), MAX_ROWS, "rows");
        if rows.offset.saturating_add(rows.limit.into()) > MAX_REACHED_ROWS {
            let problem =
                format!("Only the first {MAX_REACHED_ROWS} rows can be asked for. Choose fewer rows with a filter.");
            self.mistake("offset", problem);
        }
        let order = rows.order.iter().enumerate().filter_map(|(index, RowOrder { column, order })| {
            Some((self.column(format!("order[{index}].column"), column)?.clone(), *order))
        });
        Some(CheckedRows {
            order: order.collect(),
            columns,
            offset: usize::try_from(rows.offset).ok()?,
            limit: usize::try_from(rows.limit).ok()?,
        })
    }
}

/// The type of a column, for a sentence.
pub(super) const fn holds(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Text => "holds texts",
        ColumnType::Integer => "holds whole numbers",
        ColumnType::Decimal => "holds numbers",
        ColumnType::Boolean => "holds true or false",
        ColumnType::Date => "holds dates",
        ColumnType::Timestamp => "holds timestamps",
    }
}

/// The one of `names` that is most like `name`, if it is alike enough to be meant.
pub fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let small = name.to_lowercase();
    let likeness = names.map(|other| (strsim::jaro_winkler(&small, &other.to_lowercase()), other));
    likeness.filter(|(likeness, _)| *likeness >= 0.8).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}
