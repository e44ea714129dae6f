//! Snapshots are refreshed when a person looks: before the answer if the last one is much too old, otherwise in the
//! background.
//!
//! One instance at a time makes the next one, and others wait for it: it claims the data set in the database. A claim
//! expires, in case its instance is killed.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use super::super::catalog::{self, NewVersion, RefreshOutcome};
use super::super::dataset::DataSet;
use super::super::error::DatasetError;
use super::super::handle::Datasets;
use super::running::{Ending, Refresh};
use super::snapshot::Taken;
use super::state::{Age, Failing, QueryState, milliseconds};

/// How long a request waits for a new snapshot before it shows the old one: less than an answer may take.
const SNAPSHOT_WAIT: Duration = Duration::from_secs(15);
/// How often to check whether another instance is done.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// How long writing may take in addition to reading, before another instance tries.
const WRITING: Duration = Duration::from_mins(1);
/// When to retry after the first failure; doubled each further time.
const FIRST_RETRY: Duration = Duration::from_secs(10);
const LAST_RETRY: Duration = Duration::from_mins(10);
/// How often it is doubled at most.
const DOUBLINGS: u32 = 10;

impl Datasets {
    /// `dataset` as it is shown now, with the `state` of its query.
    pub async fn up_to_date_query(&self, dataset: &Arc<DataSet>, state: &QueryState) -> Arc<DataSet> {
        let now_ms = self.clock.now_ms();
        let age = state.age(now_ms);
        if age == Age::Fresh || state.is_backing_off(now_ms) {
            return Arc::clone(dataset);
        }
        let Some(refresh) = self.refresh_soon(dataset) else { return Arc::clone(dataset) };
        // Nobody waits again for a database that has failed already.
        let is_awaited = age == Age::TooOld && state.failing.is_none();
        if !is_awaited || timeout(SNAPSHOT_WAIT, refresh).await.is_err() {
            return Arc::clone(dataset);
        }
        match catalog::by_id(&self.db, &dataset.data.dataset).await {
            Ok(Some(now)) => Arc::new(now),
            Ok(None) => Arc::clone(dataset),
            Err(error) => {
                tracing::warn!(?error, dataset = dataset.name, "a data set that was refreshed cannot be read");
                Arc::clone(dataset)
            }
        }
    }

    /// Makes the next snapshot of `dataset` in the background, unless one is being made. It continues even if nobody
    /// waits.
    fn refresh_soon(&self, dataset: &DataSet) -> Option<Refresh> {
        let id = dataset.data.dataset.clone();
        let mut running = self.refreshing.lock().ok()?;
        if let Some(refresh) = running.get(&id) {
            return Some(refresh.clone());
        }
        let (datasets, of) = (self.clone(), id.clone());
        let task = tokio::spawn(async move {
            let ending = Ending { running: Arc::clone(&datasets.refreshing), id: of };
            if let Err(error) = datasets.refresh_in_turn(&ending.id).await {
                tracing::warn!(error = error.for_log(), id = ending.id, "a queried data set could not be refreshed");
            }
            datasets.forget_catalogue();
        });
        let refresh = task.map(|_| ()).boxed().shared();
        running.insert(id, refresh.clone());
        Some(refresh)
    }

    /// Makes the next snapshot of the data set `id` if this instance gets the claim, unless another one has made it.
    async fn refresh_in_turn(&self, id: &str) -> Result<(), DatasetError> {
        let until = Instant::now() + SNAPSHOT_WAIT;
        loop {
            let Some(dataset) = catalog::by_id(&self.db, id).await? else { return Ok(()) };
            let Some(state) = &dataset.query else { return Ok(()) };
            let now_ms = self.clock.now_ms();
            if state.age(now_ms) == Age::Fresh || state.is_backing_off(now_ms) {
                return Ok(());
            }
            let claim = Uuid::new_v4().simple().to_string();
            let reading = self.connections.named(&state.connection).map_or(Duration::ZERO, |of| of.limits().timeout);
            let claimed_until_ms = now_ms + milliseconds(reading + WRITING);
            if catalog::claim_query(&self.db, id, &claim, state.refreshed_at_ms, now_ms, claimed_until_ms).await? {
                return self.refresh(&dataset, state, &claim).await;
            }
            if Instant::now() >= until {
                return Ok(());
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    /// Makes the next snapshot of `dataset`, which this instance has claimed.
    async fn refresh(&self, dataset: &DataSet, state: &QueryState, claim: &str) -> Result<(), DatasetError> {
        match self.next_snapshot(dataset, claim).await {
            Ok(()) => {
                if state.failing.is_some() {
                    tracing::info!(event = "dataset_refreshed_again", dataset = dataset.name);
                }
                Ok(())
            }
            Err(error) => {
                let tries = state.failing.as_ref().map_or(0, |failing| failing.tries);
                let now_ms = self.clock.now_ms();
                let failing = Failing { since_ms: now_ms, tries: tries + 1, why: error.for_administrators() };
                let wait = FIRST_RETRY.saturating_mul(1 << tries.min(DOUBLINGS)).min(LAST_RETRY);
                tracing::warn!(
                    event = "dataset_not_refreshed",
                    dataset = dataset.name,
                    connection = state.connection,
                    tries = failing.tries,
                    error = error.for_log(),
                    column = error.column()
                );
                let id = &dataset.data.dataset;
                catalog::query_failed(&self.db, id, claim, &failing, now_ms + milliseconds(wait)).await
            }
        }
    }

    async fn next_snapshot(&self, dataset: &DataSet, claim: &str) -> Result<(), DatasetError> {
        let id = &dataset.data.dataset;
        let Some(query) = catalog::stored_query(&self.db, id).await? else { return Ok(()) };
        let columns = &dataset.data.columns;
        let taken = self.take(&query.connection, &query.statement, Some(columns)).await?;
        if taken.digest == query.digest {
            let same = RefreshOutcome::Unchanged;
            catalog::query_refreshed(&self.db, id, claim, &same, taken.asked_at_ms).await?;
            return Ok(());
        }
        let file = self.store_taken(&dataset.name, &taken).await?;
        let files = [file.clone()];
        let changed = RefreshOutcome::Changed(self.version_of(dataset, &taken, &files), &taken.digest);
        let stored = catalog::query_refreshed(&self.db, id, claim, &changed, taken.asked_at_ms).await;
        match stored {
            Ok(true) => Ok(()),
            // Somebody has changed the query or deleted the data set in the meantime.
            Ok(false) => {
                self.discard_taken(&file).await;
                Ok(())
            }
            Err(error) => self.after_failure(&file, error).await.map(|_| ()),
        }
    }

    /// Stores what was read as the version after the current one of `dataset`.
    fn version_of<'a>(&self, dataset: &DataSet, taken: &'a Taken, files: &'a [String]) -> NewVersion<'a> {
        let written = &taken.snapshot.written;
        NewVersion {
            version: dataset.data.version + 1,
            columns: &written.columns,
            files,
            rows: written.rows,
            bytes: written.bytes,
            source: None,
            created_by: None,
            created_at_ms: self.clock.now_ms(),
        }
    }
}
