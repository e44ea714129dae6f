//! Measures of groups of rows.
//!
//! Without a split, one plan aggregates, sorts and limits. With a split there are three plans: for the largest series,
//! for the groups and their order, and for the measures of every group and series. They read rows, so that even the
//! median of "Others" is correct, or [smaller groups](Parts::grouped) where that makes no difference.

use chrono_tz::Tz;
use datafusion::logical_expr::ident;
use rolecall_model::data::{Cell, ColumnType, QueryResult, ResultColumn};

use super::by::{By, compare_groups, sort};
use super::check::{CheckedGroups, CheckedOrder, MAX_GROUPS, MAX_RESULT_ROWS};
use super::columns::value;
use super::decode::rows_of;
use super::error::QueryError;
use super::measures::{PlannedMeasure, planned};
use super::parts::Parts;
use super::row_page::row_with_extreme;
use super::series::Series;
use super::visible::Source;

/// Groups in their order, up to the limit.
struct Groups {
    /// Their names and their measures.
    groups: Vec<(Cell, Vec<Cell>)>,
    /// The number of groups without the limit.
    total: usize,
}

/// The result of `query`. Distinct values are counted exactly up to `exact_distinct` and estimated above.
pub(super) async fn groups(
    source: &Source,
    query: &CheckedGroups,
    zone: Tz,
    exact_distinct: u64,
) -> Result<QueryResult, QueryError> {
    let measures = planned(source, &query.measures, exact_distinct).await?;
    let by = match &query.by {
        Some(by) => Some(By::planned(source, by, zone).await?),
        None => None,
    };
    let (rows, total) = match (by, &query.split, measures.first()) {
        (by, Some(split), Some(first)) => {
            let of = value(&split.column);
            let keys = by.iter().map(|by| by.key.clone().alias("by")).chain([of.clone().alias("series")]);
            let (parts, by, of) = match Parts::grouped(source, keys.collect(), &measures).await? {
                Some(parts) => (parts, by.map(|by| By { key: ident("by"), ..by }), ident("series")),
                None => (Parts::rows(source), by, of),
            };
            let series = Series::largest(&parts, split, of, first).await?;
            self::split(&parts, query, by.as_ref(), &series, &measures).await?
        }
        (Some(by), _, _) => {
            let Groups { groups, total } = ordered(&Parts::rows(source), query, &by, &measures, 1).await?;
            let rows = groups.into_iter().map(|(name, values)| [vec![name], values].concat());
            (rows.collect(), total)
        }
        (None, _, _) => (vec![all_rows_as_one(source, query, &measures).await?], 1),
    };
    let mut result = QueryResult {
        columns: columns(query),
        rows,
        total: total as u64,
        approximate: measures.iter().any(PlannedMeasure::is_estimated),
    };
    widen(&mut result);
    Ok(result)
}

/// The measures over all rows, each with the columns that it shows.
async fn all_rows_as_one(
    source: &Source,
    query: &CheckedGroups,
    measures: &[PlannedMeasure],
) -> Result<Vec<Cell>, QueryError> {
    let values = rows_of(Parts::rows(source).aggregated(&[], measures)?).await?.pop().unwrap_or_default();
    let mut row = Vec::new();
    for (measure, value) in query.measures.iter().zip(values) {
        row.push(value);
        if let (Some(of), false) = (&measure.of, measure.show.is_empty()) {
            row.extend(row_with_extreme(source, measure.compute, of, &measure.show).await?);
        }
    }
    Ok(row)
}

/// The groups of `by` with their `measures`.
async fn ordered(
    parts: &Parts,
    query: &CheckedGroups,
    by: &By,
    measures: &[PlannedMeasure],
    series: usize,
) -> Result<Groups, QueryError> {
    let most = MAX_RESULT_ROWS / series.max(1);
    let frame = parts.aggregated(&[by.key.clone().alias("by")], measures)?;
    if by.steps.is_none() {
        let limit = query.limit.unwrap_or(MAX_GROUPS).min(most);
        let mut rows = rows_of(frame.sort(sort(&query.order)?)?.limit(0, Some(limit + 1))?).await?;
        let total = if rows.len() > limit { count_groups(parts, by).await? } else { rows.len() };
        rows.truncate(limit);
        return Ok(Groups { groups: rows.into_iter().filter_map(split_first).collect(), total });
    }
    let mut groups = with_every_step(by, rows_of(frame).await?, measures, most)?;
    let total = groups.len();
    groups.sort_by(|one, other| compare_groups(&query.order, (&one.0, one.1.first()), (&other.0, other.1.first())));
    groups.truncate(query.limit.unwrap_or(usize::MAX));
    Ok(Groups { groups, total })
}

async fn count_groups(parts: &Parts, by: &By) -> Result<usize, QueryError> {
    Ok(parts.frame.clone().aggregate(vec![by.key.clone().alias("by")], vec![])?.count().await?)
}

/// The groups of steps in `rows`, and the steps between them that have no rows.
fn with_every_step(
    by: &By,
    rows: Vec<Vec<Cell>>,
    measures: &[PlannedMeasure],
    most: usize,
) -> Result<Vec<(Cell, Vec<Cell>)>, QueryError> {
    let mut groups: Vec<_> = rows.into_iter().filter_map(split_first).collect();
    groups.sort_by(|one, other| one.0.compare(&other.0));
    let mut complete = Vec::new();
    let mut expected = None;
    for (key, values) in groups {
        if let Cell::Integer(step) = key {
            for between in expected.unwrap_or(step)..step {
                complete
                    .push((by.name(Cell::Integer(between)), measures.iter().map(PlannedMeasure::of_no_rows).collect()));
            }
            expected = Some(step + 1);
        }
        complete.push((by.name(key), values));
        if complete.len() > most {
            return Err(QueryError::TooManyGroups);
        }
    }
    Ok(complete)
}

/// A row for each group and series, and the number of groups.
async fn split(
    parts: &Parts,
    query: &CheckedGroups,
    by: Option<&By>,
    series: &Series,
    measures: &[PlannedMeasure],
) -> Result<(Vec<Vec<Cell>>, usize), QueryError> {
    let count = series.names.len();
    let mut within = None;
    let mut keys = vec![series.position()?.alias("series")];
    let (names, total) = match by {
        None => (vec![], count),
        Some(by) => {
            let first = usize::from(matches!(query.order, CheckedOrder::Value(_)));
            let Groups { groups, total } =
                ordered(parts, query, by, measures.get(..first).unwrap_or_default(), count).await?;
            let names: Vec<Cell> = groups.into_iter().map(|(name, _)| name).collect();
            if by.steps.is_none() && total > names.len() {
                within = Some(parts.filter(by.is_one_of(names.iter().cloned()))?);
            }
            keys.push(by.key.clone().alias("by"));
            (names, total)
        }
    };
    let group_count = if by.is_some() { names.len() } else { 1 };
    let mut by_name: Vec<usize> = (0..names.len()).collect();
    by_name.sort_by(|one, other| names[*one].compare(&names[*other]));

    let empty: Vec<Cell> = measures.iter().map(PlannedMeasure::of_no_rows).collect();
    let mut values = vec![None; group_count * count];
    for row in rows_of(within.as_ref().unwrap_or(parts).aggregated(&keys, measures)?).await? {
        let mut row = row.into_iter();
        let place = match row.next() {
            Some(Cell::Integer(place)) => usize::try_from(place).unwrap_or(usize::MAX),
            _ => continue,
        };
        let group = match by {
            None => Ok(0),
            Some(by) => {
                let name = by.name(row.next().unwrap_or(Cell::Missing));
                by_name.binary_search_by(|index| names[*index].compare(&name)).map(|found| by_name[found])
            }
        };
        // A group beyond the limit is not among the names.
        if let Some(slot) = group.ok().and_then(|group| values.get_mut(group * count + place)) {
            *slot = Some(row.collect::<Vec<_>>());
        }
    }
    let rows = values.into_iter().enumerate().map(|(slot, values)| {
        let name = names.get(slot / count).cloned();
        let series = series.names.get(slot % count).cloned();
        name.into_iter().chain(series).chain(values.unwrap_or_else(|| empty.clone())).collect()
    });
    Ok((rows.collect(), total))
}

fn split_first(row: Vec<Cell>) -> Option<(Cell, Vec<Cell>)> {
    let mut row = row.into_iter();
    Some((row.next()?, row.collect()))
}

fn columns(query: &CheckedGroups) -> Vec<ResultColumn> {
    let of = |name: &str, column_type| ResultColumn { name: name.to_owned(), column_type };
    let by = query.by.iter().map(|by| of(&by.column.name, by.column_type()));
    let split = query.split.iter().map(|split| of(&split.column.name, split.column.column_type));
    let measures = query.measures.iter().flat_map(|measure| {
        let shown = measure.show.iter().map(|column| of(&column.name, column.column_type));
        std::iter::once(of(&measure.title, measure.column_type())).chain(shown)
    });
    by.chain(split).chain(measures).collect()
}

/// If a sum of integers overflows 64 bits, all values of its measure become decimals.
fn widen(result: &mut QueryResult) {
    for (index, column) in result.columns.iter_mut().enumerate() {
        let is_wide = |row: &Vec<Cell>| matches!(row.get(index), Some(Cell::Decimal(_)));
        if column.column_type == ColumnType::Integer && result.rows.iter().any(is_wide) {
            column.column_type = ColumnType::Decimal;
            for cell in result.rows.iter_mut().filter_map(|row| row.get_mut(index)) {
                *cell = cell.number().map_or(Cell::Missing, Cell::Decimal);
            }
        }
    }
}
