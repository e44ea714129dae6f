//! What all checks share: columns by name, and the list of mistakes.

use chrono_tz::{TZ_VARIANTS, Tz};
use rolecall_model::data::{ColumnType, DataColumn, Query, RowOrder, RowQuery, Select};

use super::checked::{CheckedQuery, CheckedRows, CheckedSelect};
use crate::query::error::QueryMistake;

/// How many measures a query may have.
pub const MAX_MEASURES: usize = 20;
/// How many rows one query may return.
pub const MAX_ROWS: usize = 10_000;
/// Up to which row of their order rows may be asked for: finding later ones takes memory for all before them.
pub const MAX_REACHED_ROWS: u64 = 10_000;
/// How many groups may be asked for by a limit; without one, this many rows are given at most.
pub const MAX_GROUPS: usize = 10_000;
/// How many series may be kept apart.
pub const MAX_SERIES: usize = 50;
/// How many rows a result may have: groups times series.
pub const MAX_RESULT_ROWS: usize = 100_000;
/// How many values a filter or an order by hand may list.
pub const MAX_FILTER_VALUES: usize = 1000;

/// Checks `query` against the columns of a data set.
///
/// # Errors
///
/// Every mistake, with its place in the query and what to do.
pub fn check(query: &Query, columns: &[DataColumn]) -> Result<(), Vec<QueryMistake>> {
    checked(query, columns).map(|_| ())
}

/// `query` with columns and values in place of names and texts.
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

    /// The column called `name`, or a mistake at `at`.
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

    /// Says that `count` of something is more than `most`.
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

/// What a column holds, in a sentence.
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
