//! Answers queries, on separate threads, within limits, and each only once.

use std::sync::Arc;
use std::time::Duration;

use rolecall_model::data::{Aggregate, Cell, GroupQuery, Measure, Query, QueryResult, Select};
use tokio::runtime::Runtime;
use tokio::time::Instant;

use super::asker::QueryAsker;
use super::check::{CheckedQuery, CheckedSelect, checked};
use super::deadline::{Progress, beyond_deadline};
use super::error::QueryError;
use super::limits::Limits;
use super::row_page::nothing;
use super::runner::{Question, Runner, cache_key};
use super::session::context;
use super::version::{DataVersion, RowFilter};
use crate::store::Store;

/// Answers queries about data sets.
///
/// Queries run on the engine's own threads, so they never block the server. A query is cancelled when nobody waits for
/// it any more, except for some that were waited for [`in_time`](super::in_time). If there are more queries than may
/// run, the askers take turns ([`asked_by`](super::asked_by)). Results are cached by data set, version, query and row
/// filters; equal queries at the same time run once. Errors are not cached.
pub struct Engine {
    runner: Arc<Runner>,
    /// `None` only while it is being dropped.
    runtime: Option<Runtime>,
    timeout: Duration,
}

/// The data set and the row filters of a query, and its deadline.
#[derive(Clone, Copy)]
struct Asked<'a> {
    version: &'a DataVersion,
    row_filters: &'a [RowFilter],
    deadline: Instant,
}

impl Engine {
    /// An engine for the data sets of `store`.
    ///
    /// # Errors
    ///
    /// [`QueryError::Failed`] if no thread can be started.
    pub fn new(store: &Store, limits: &Limits) -> Result<Self, QueryError> {
        let context = context(store, limits)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(limits.threads)
            .thread_name("query")
            .enable_time()
            .build()
            .map_err(|error| QueryError::Failed(format!("no thread for queries can be started: {error}")))?;
        let runner = Runner::new(context, runtime.handle().clone(), limits);
        Ok(Self { runner: Arc::new(runner), runtime: Some(runtime), timeout: limits.timeout })
    }

    /// The result of `query` for a person who may see the rows that meet all of `row_filters`.
    ///
    /// Rows are counted first. A page beyond the last one is empty, and no query is run for it.
    ///
    /// # Errors
    ///
    /// [`QueryError`] with every mistake in the query.
    pub async fn run(
        &self,
        version: &DataVersion,
        query: &Query,
        row_filters: &[RowFilter],
    ) -> Result<Arc<QueryResult>, QueryError> {
        let checked = checked(query, &version.columns).map_err(QueryError::Mistakes)?;
        let asked = self.asked(version, row_filters);
        let mut total = None;
        if let CheckedSelect::Rows(rows) = &checked.select {
            let count = self.count_within(asked, query).await?;
            if rows.offset as u64 >= count {
                return Ok(Arc::new(nothing(rows, count)));
            }
            total = Some(count);
        }
        self.kept(asked, query, checked, total).await
    }

    /// The number of rows that meet the filters of `query`, whatever it selects.
    ///
    /// # Errors
    ///
    /// As [`Self::run`].
    pub async fn count(
        &self,
        version: &DataVersion,
        query: &Query,
        row_filters: &[RowFilter],
    ) -> Result<u64, QueryError> {
        self.count_within(self.asked(version, row_filters), query).await
    }

    /// The measures of a grouped `query` over all its groups, including those beyond a limit, in one row. `None` for a
    /// query of rows.
    ///
    /// # Errors
    ///
    /// As [`Self::run`].
    pub async fn totals(
        &self,
        version: &DataVersion,
        query: &Query,
        row_filters: &[RowFilter],
    ) -> Result<Option<Arc<QueryResult>>, QueryError> {
        let Select::Groups(GroupQuery { measures, .. }) = &query.select else {
            return Ok(None);
        };
        self.run(version, &of_all_rows(query, measures.clone()), row_filters).await.map(Some)
    }

    fn asked<'a>(&self, version: &'a DataVersion, row_filters: &'a [RowFilter]) -> Asked<'a> {
        Asked { version, row_filters, deadline: Instant::now() + self.timeout }
    }

    async fn count_within(&self, asked: Asked<'_>, query: &Query) -> Result<u64, QueryError> {
        let count =
            Measure { compute: Aggregate::Count, of: None, title: None, unit: None, decimals: None, show: vec![] };
        let query = of_all_rows(query, vec![count]);
        let checked = checked(&query, &asked.version.columns).map_err(QueryError::Mistakes)?;
        let counted = self.kept(asked, &query, checked, None).await?;
        match counted.rows.first().and_then(|row| row.first()) {
            Some(Cell::Integer(count)) => Ok(u64::try_from(*count).unwrap_or(0)),
            other => Err(QueryError::Failed(format!("rows were counted, and there are {other:?}"))),
        }
    }

    /// The cached result of `query`, or a new one. A query of rows needs the `total` number of rows.
    async fn kept(
        &self,
        asked: Asked<'_>,
        query: &Query,
        checked: CheckedQuery,
        total: Option<u64>,
    ) -> Result<Arc<QueryResult>, QueryError> {
        let key = cache_key(asked.version, query, asked.row_filters)?;
        if let Some(result) = self.runner.kept(&key).await {
            return Ok(result);
        }
        let Asked { version, row_filters, deadline } = asked;
        let (version, row_filters) = (version.clone(), row_filters.to_vec());
        let progress = Arc::new(Progress::default());
        let question = Question {
            version,
            row_filters,
            query: Arc::new(checked),
            asker: QueryAsker::current(),
            total,
            deadline,
            progress: Arc::clone(&progress),
        };
        let runner = Arc::clone(&self.runner);
        beyond_deadline(progress, async move { runner.answer(key, &question).await }).await?
    }
}

/// A query for `measures` over all rows that meet the filters of `query`, in one row.
fn of_all_rows(query: &Query, measures: Vec<Measure>) -> Query {
    let groups = GroupQuery { measures, by: None, split: None, order: None, limit: None };
    Query { select: Select::Groups(groups), ..query.clone() }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A thread that serves requests may not block until it has stopped.
            runtime.shutdown_background();
        }
    }
}
