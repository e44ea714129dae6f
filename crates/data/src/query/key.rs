//! By what results are kept.

use rolecall_model::data::{Query, Scalar, Select};
use serde::Serialize;

use super::error::QueryError;
use super::version::{DataVersion, RowFilter};

/// Everything that a result depends on: whoever has the same key may see the same. What only concerns how values are shown is
/// not in it.
pub(super) fn cache_key(version: &DataVersion, query: &Query, row_filters: &[RowFilter]) -> Result<String, QueryError> {
    #[derive(Serialize)]
    struct Key<'a> {
        dataset: &'a str,
        version: u64,
        query: Query,
        rows: Vec<RowFilter>,
    }
    let mut query = query.clone();
    if let Select::Groups(groups) = &mut query.select {
        for measure in &mut groups.measures {
            measure.unit = None;
            measure.decimals = None;
        }
    }
    for filter in &mut query.filters {
        filter.is.as_mut().map(sort);
        filter.is_not.as_mut().map(sort);
    }
    let mut rows = row_filters.to_vec();
    for filter in &mut rows {
        sort(&mut filter.values);
    }
    rows.sort_by(|one, other| one.column.cmp(&other.column));
    let key = Key { dataset: &version.dataset, version: version.version, query, rows };
    serde_json::to_string(&key).map_err(|error| QueryError::Failed(format!("a query has no key: {error}")))
}

/// Sorts `values` and leaves out those that are there twice.
fn sort(values: &mut Vec<Scalar>) {
    let text = |value: &Scalar| serde_json::to_string(value).unwrap_or_default();
    values.sort_by_cached_key(text);
    values.dedup();
}
