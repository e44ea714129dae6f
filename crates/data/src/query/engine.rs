//! Runs queries: on threads of their own, within limits, each only once.

use std::sync::Arc;

use datafusion::prelude::SessionContext;
use moka::future::Cache;
use rolecall_model::data::{Aggregate, Cell, GroupQuery, Measure, Query, QueryResult, Select};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::check::{CheckedQuery, CheckedSelect, checked};
use super::error::QueryError;
use super::groups::groups;
use super::key::cache_key;
use super::limits::Limits;
use super::places::{Place, Places};
use super::row_page::{nothing, page};
use super::session::context;
use super::version::{DataVersion, RowFilter};
use super::visible::Source;
use crate::store::Store;

/// Answers queries about data sets.
///
/// A query runs on threads of the engine, so that the server is never kept from answering. It ends early when nobody waits
/// for it any more. Results are kept by data set, version, query and row filters; equal queries at the same time run once.
/// Errors are not kept.
pub struct Engine {
    context: SessionContext,
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
    places: Places,
    limits: Limits,
    results: Cache<String, Arc<QueryResult>>,
}

/// Whose rows of which data set a query is about, and until when it is waited for.
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
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(limits.threads)
            .thread_name("query")
            .enable_time()
            .build()
            .map_err(|error| QueryError::Failed(format!("no thread for queries can be started: {error}")))?;
        let results =
            Cache::builder().max_capacity(limits.cache_bytes).weigher(|key: &String, result: &Arc<QueryResult>| {
                u32::try_from(key.len() + result.memory_bytes()).unwrap_or(u32::MAX)
            });
        Ok(Self {
            context: context(store, limits)?,
            runtime: Some(runtime),
            places: Places::new(limits.at_once),
            limits: limits.clone(),
            results: results.build(),
        })
    }

    /// What `query` answers for somebody who may see the rows that meet all of `row_filters`.
    ///
    /// Rows are counted first. A page behind the last one is empty, and no query is run for it.
    ///
    /// # Errors
    ///
    /// [`QueryError`]; mistakes in the query are all told at once.
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

    /// How many rows meet the filters of `query`, whatever it selects of them.
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

    /// The measures of a grouped `query` over all its groups, in one row: those beyond a limit count, too. `None` of a query of
    /// rows.
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
        Asked { version, row_filters, deadline: Instant::now() + self.limits.timeout }
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

    /// What is kept of `query`, or what it answers now. A query of rows is given their `total`.
    async fn kept(
        &self,
        asked: Asked<'_>,
        query: &Query,
        checked: CheckedQuery,
        total: Option<u64>,
    ) -> Result<Arc<QueryResult>, QueryError> {
        let key = cache_key(asked.version, query, asked.row_filters)?;
        let answer = async {
            let query = Arc::new(checked);
            let answer = self.places.run(|place| self.attempt(asked, Arc::clone(&query), total, place));
            let in_time = tokio::time::timeout_at(asked.deadline, answer).await;
            in_time.map_err(|_| QueryError::TooSlow(self.limits.timeout))?
        };
        self.results.try_get_with(key, answer).await.map_err(|error| (*error).clone())
    }

    /// Runs `query` on a thread of the engine, and ends it where nobody waits any more.
    async fn attempt(
        &self,
        asked: Asked<'_>,
        query: Arc<CheckedQuery>,
        total: Option<u64>,
        place: Place,
    ) -> Result<Arc<QueryResult>, QueryError> {
        let stopped = || QueryError::Failed("the engine was stopped".to_owned());
        let source = Source::visible(&self.context, asked.version, asked.row_filters, &query.conditions).await?;
        let runtime = self.runtime.as_ref().ok_or_else(stopped)?;
        let exact_distinct = self.limits.exact_distinct;
        // Dropped with this future, the set ends its task.
        let mut task = JoinSet::new();
        task.spawn_on(
            async move {
                let _place = place;
                match &query.select {
                    CheckedSelect::Rows(rows) => page(&source, rows, total.unwrap_or_default()).await,
                    CheckedSelect::Groups(groups_of) => groups(&source, groups_of, query.zone, exact_distinct).await,
                }
            },
            runtime.handle(),
        );
        let ended = task.join_next().await.ok_or_else(stopped)?;
        ended.map_err(|error| QueryError::Failed(format!("a query ended: {error}")))?.map(Arc::new)
    }
}

/// `measures` of all rows that meet the filters of `query`, in one row.
fn of_all_rows(query: &Query, measures: Vec<Measure>) -> Query {
    let groups = GroupQuery { measures, by: None, split: None, order: None, limit: None };
    Query { select: Select::Groups(groups), ..query.clone() }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Waiting for it is not allowed on a thread that serves requests.
            runtime.shutdown_background();
        }
    }
}
