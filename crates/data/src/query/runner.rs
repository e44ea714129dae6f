//! Runs a query whose result is not cached, and caches the result.

use std::sync::Arc;

use datafusion::prelude::SessionContext;
use moka::future::Cache;
use rolecall_model::data::{Query, QueryResult, Scalar, Select};
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::asker::QueryAsker;
use super::check::{CheckedQuery, CheckedSelect};
use super::deadline::Progress;
use super::error::QueryError;
use super::groups::groups;
use super::limits::Limits;
use super::places::{Place, Places};
use super::row_page::page;
use super::version::{DataVersion, RowFilter};
use super::visible::Source;

/// The resources that queries run with, shared with those that continue without a caller.
pub(super) struct Runner {
    context: SessionContext,
    /// The threads that compute.
    threads: Handle,
    places: Places,
    limits: Limits,
    results: Cache<String, Arc<QueryResult>>,
}

/// A query that was checked against its data set.
pub(super) struct Question {
    pub(super) version: DataVersion,
    pub(super) row_filters: Vec<RowFilter>,
    pub(super) query: Arc<CheckedQuery>,
    /// On whose behalf it runs.
    pub(super) asker: QueryAsker,
    /// The number of rows that meet its filters, for a query of rows.
    pub(super) total: Option<u64>,
    /// Its time limit.
    pub(super) deadline: Instant,
    /// Whether it is computing, and whether somebody waits for it.
    pub(super) progress: Arc<Progress>,
}

impl Runner {
    pub(super) fn new(context: SessionContext, threads: Handle, limits: &Limits) -> Self {
        let results =
            Cache::builder().max_capacity(limits.cache_bytes).weigher(|key: &String, result: &Arc<QueryResult>| {
                u32::try_from(key.len() + result.memory_bytes()).unwrap_or(u32::MAX)
            });
        Self { context, threads, places: Places::new(limits.at_once), limits: limits.clone(), results: results.build() }
    }

    /// The cached result for `key`.
    pub(super) async fn kept(&self, key: &str) -> Option<Arc<QueryResult>> {
        self.results.get(key).await
    }

    /// The result of `question`, which is cached under `key`. Callers with the same key at the same time share one run,
    /// and each waits in the line of its asker.
    ///
    /// # Errors
    ///
    /// [`QueryError`]. Errors are not cached.
    pub(super) async fn answer(&self, key: String, question: &Question) -> Result<Arc<QueryResult>, QueryError> {
        let waiting = self.places.wait(&question.asker, &key);
        let answer = async {
            let is_wanted = || question.progress.wait_again() || waiting.is_shared();
            let answer = self.places.run(&waiting, is_wanted, |place| self.attempt(question, place));
            let in_time = timeout_at(question.deadline, answer).await;
            in_time.map_err(|_| QueryError::TooSlow(self.limits.timeout))?
        };
        self.results.try_get_with(key, answer).await.map_err(|error| (*error).clone())
    }

    /// Runs the query on a thread of the engine, and cancels it when nobody waits any more.
    async fn attempt(&self, question: &Question, place: Place) -> Result<Arc<QueryResult>, QueryError> {
        let Question { version, row_filters, query, total, progress, .. } = question;
        progress.compute();
        let source = Source::visible(&self.context, version, row_filters, &query.conditions).await?;
        let (query, total, exact_distinct) = (Arc::clone(query), total.unwrap_or_default(), self.limits.exact_distinct);
        // Dropping this future drops the set, which cancels the task.
        let mut task = JoinSet::new();
        task.spawn_on(
            async move {
                let _place = place;
                match &query.select {
                    CheckedSelect::Rows(rows) => page(&source, rows, total).await,
                    CheckedSelect::Groups(groups_of) => groups(&source, groups_of, query.zone, exact_distinct).await,
                }
            },
            &self.threads,
        );
        let stopped = || QueryError::Failed("the engine was stopped".to_owned());
        task.join_next().await.ok_or_else(stopped)??.map(Arc::new)
    }
}

/// The key of everything that a result depends on: equal keys mean that the same result may be shown. Settings that
/// only affect how values are displayed are left out.
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

/// Sorts `values` and removes duplicates.
fn sort(values: &mut Vec<Scalar>) {
    let text = |value: &Scalar| serde_json::to_string(value).unwrap_or_default();
    values.sort_by_cached_key(text);
    values.dedup();
}
