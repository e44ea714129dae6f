//! Runs queries: on threads of their own, within limits, each only once.

use std::sync::Arc;
use std::time::Duration;

use datafusion::prelude::SessionContext;
use moka::future::Cache;
use rolecall_model::data::{Aggregate, Dimension, Filter, GroupQuery, Measure, Query, QueryResult, Select};
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::check::{CheckedSelect, checked};
use super::error::QueryError;
use super::groups::groups;
use super::key::cache_key;
use super::row_page::page;
use super::session::context;
use super::version::{DataVersion, RowFilter};
use super::visible::Source;
use crate::store::Store;

/// What queries may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How many threads compute. More than the processors there are help nobody.
    pub threads: usize,
    /// How many queries run at once; others wait.
    pub at_once: usize,
    /// How much memory their groups and sorted rows may take together. The process needs some more, for what is read.
    pub memory_bytes: usize,
    /// How long a query may take, waiting included.
    pub timeout: Duration,
    /// How much memory the results take that are kept.
    pub cache_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            threads: std::thread::available_parallelism().map_or(2, usize::from),
            at_once: 4,
            memory_bytes: 256 << 20,
            timeout: Duration::from_secs(30),
            cache_bytes: 64 << 20,
        }
    }
}

/// Answers queries about data sets.
///
/// A query runs on threads of the engine, so that the server is never kept from answering. It ends early when nobody waits
/// for it any more. Results are kept by data set, version, query and row filters; equal queries at the same time run once.
/// Errors are not kept.
pub struct Engine {
    context: SessionContext,
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
    places: Arc<Semaphore>,
    timeout: Duration,
    results: Cache<String, Arc<QueryResult>>,
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
            places: Arc::new(Semaphore::new(limits.at_once)),
            timeout: limits.timeout,
            results: results.build(),
        })
    }

    /// What `query` answers for somebody who may see the rows that meet all of `row_filters`.
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
        let key = cache_key(version, query, row_filters)?;
        let answer = async {
            let answer = self.answer(version, query, row_filters);
            tokio::time::timeout(self.timeout, answer).await.map_err(|_| QueryError::TooSlow(self.timeout))?
        };
        self.results.try_get_with(key, answer).await.map_err(|error| (*error).clone())
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
        let groups = GroupQuery { measures: measures.clone(), by: None, split: None, order: None, limit: None };
        self.run(version, &Query { select: Select::Groups(groups), ..query.clone() }, row_filters).await.map(Some)
    }

    /// The values of `column` in the rows that meet `filters`, with how many rows have each: what a filter offers to choose.
    /// Sorted by value, missing last; at most `limit`, and how many there are in all.
    ///
    /// # Errors
    ///
    /// As [`Self::run`].
    pub async fn distinct_values(
        &self,
        version: &DataVersion,
        column: &str,
        filters: &[Filter],
        limit: u32,
        row_filters: &[RowFilter],
    ) -> Result<Arc<QueryResult>, QueryError> {
        let count =
            Measure { compute: Aggregate::Count, of: None, title: None, unit: None, decimals: None, show: vec![] };
        let groups = GroupQuery {
            measures: vec![count],
            by: Some(Dimension { column: column.to_owned(), step: None }),
            split: None,
            order: None,
            limit: Some(limit),
        };
        let query = Query { filters: filters.to_vec(), zone: "UTC".to_owned(), select: Select::Groups(groups) };
        self.run(version, &query, row_filters).await
    }

    async fn answer(
        &self,
        version: &DataVersion,
        query: &Query,
        row_filters: &[RowFilter],
    ) -> Result<Arc<QueryResult>, QueryError> {
        let checked = checked(query, &version.columns).map_err(QueryError::Mistakes)?;
        let source = Source::visible(&self.context, version, row_filters, &checked.conditions).await?;
        let stopped = || QueryError::Failed("the engine was stopped".to_owned());
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| stopped())?;
        let runtime = self.runtime.as_ref().ok_or_else(stopped)?;
        // Dropped with this future, the set ends its task.
        let mut task = JoinSet::new();
        task.spawn_on(
            async move {
                let _place = place;
                match &checked.select {
                    CheckedSelect::Rows(rows) => page(&source, rows).await,
                    CheckedSelect::Groups(query) => groups(&source, query, checked.zone).await,
                }
            },
            runtime.handle(),
        );
        let ended = task.join_next().await.ok_or_else(stopped)?;
        ended.map_err(|error| QueryError::Failed(format!("a query ended: {error}")))?.map(Arc::new)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Waiting for it is not allowed on a thread that serves requests.
            runtime.shutdown_background();
        }
    }
}
