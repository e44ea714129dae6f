//! Rows of a data set, one page at a time.

use datafusion::logical_expr::{Expr, SortExpr};
use rolecall_model::data::{Aggregate, Cell, DataColumn, Order, QueryResult, ResultColumn};

use super::check::CheckedRows;
use super::columns::value;
use super::decode::rows_of;
use super::error::QueryError;
use super::visible::Source;

/// The rows from `query.offset` on. They are selected from the first `offset + limit` rows of the order, so the whole
/// data set is never sorted. `total` is the number of rows.
pub(super) async fn page(source: &Source, query: &CheckedRows, total: u64) -> Result<QueryResult, QueryError> {
    let order = query.order.iter().map(|(column, order)| value(column).sort(*order == Order::Ascending, false));
    let rest = query.columns.iter().map(|column| value(column).sort(true, false));
    let sort: Vec<SortExpr> = order.chain(rest).collect();
    let page = source.rows.clone().sort(sort)?.limit(query.offset, Some(query.limit))?;
    let rows = rows_of(page.select(selected(&query.columns))?).await?;
    Ok(QueryResult { rows, ..nothing(query, total) })
}

/// An empty page of a result with `total` rows.
pub(super) fn nothing(query: &CheckedRows, total: u64) -> QueryResult {
    let columns =
        query.columns.iter().map(|column| ResultColumn { name: column.name.clone(), column_type: column.column_type });
    QueryResult { columns: columns.collect(), rows: Vec::new(), total, approximate: false }
}

/// The cells of `columns` in the row with the smallest or largest value of `of`; if there are several such rows, the
/// first by those columns.
pub(super) async fn row_with_extreme(
    source: &Source,
    compute: Aggregate,
    of: &DataColumn,
    columns: &[DataColumn],
) -> Result<Vec<Cell>, QueryError> {
    let mut sort = vec![value(of).sort(compute == Aggregate::Minimum, false)];
    sort.extend(columns.iter().map(|column| value(column).sort(true, false)));
    let rows = source.rows.clone().filter(value(of).is_not_null())?.sort(sort)?.limit(0, Some(1))?;
    let row = rows_of(rows.select(selected(columns))?).await?.pop();
    Ok(row.unwrap_or_else(|| vec![Cell::Missing; columns.len()]))
}

/// The columns, named by number because one may be selected twice.
fn selected(columns: &[DataColumn]) -> Vec<Expr> {
    columns.iter().enumerate().map(|(index, column)| value(column).alias(format!("c{index}"))).collect()
}
