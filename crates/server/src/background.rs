//! Background work, from the start until the process stops.

use std::time::Duration;

use rolecall_core::bookmarks::Thing;
use rolecall_core::datasets::DatasetFile;
use rolecall_sign_in::{Upkeep, sweep_every_minute};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use super::state::AppState;

/// How often Rolecall checks for changes by other processes, where the database does not notify.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long writing the last audit entries may take when the process stops.
const LAST_ENTRIES: Duration = Duration::from_secs(2);
/// How long storing the last statistics and visits may take when the process stops.
const LAST_STATISTICS: Duration = Duration::from_secs(2);

/// The background work. It stops when this is dropped.
#[must_use = "dropping this ends the work"]
pub struct Background {
    state: AppState,
    upkeep: Upkeep,
    tasks: JoinSet<()>,
    auditing: [JoinHandle<()>; 2],
}

impl Background {
    /// Starts it. Data sets defined in files are created in the background: the start does not wait for external
    /// databases.
    pub fn start(state: &AppState, dataset_files: Vec<DatasetFile>) -> Self {
        let mut tasks = JoinSet::new();
        tasks.spawn(sweep_all(state.clone()));
        let dashboards = state.dashboards.clone();
        tasks.spawn(async move { dashboards.follow_changes(LOOK_EVERY).await });
        let dashboards = state.dashboards.clone();
        tasks.spawn(async move { dashboards.follow_dataset_files(dataset_files).await });
        let (statistics, db) = (state.statistics.clone(), state.db.clone());
        tasks.spawn(async move { statistics.keep_up(&db).await });
        let of = state.clone();
        let is_there = move |thing: &Thing| {
            thing.as_dashboard().is_some_and(|slug| of.dashboards.has_file(slug))
                || thing.as_app().is_some_and(|name| of.apps.named(name).is_some())
        };
        let bookmarks = state.bookmarks.clone();
        tasks.spawn(async move { bookmarks.keep_up(is_there).await });
        let log_limit = state.log_limit.clone();
        tasks.spawn(async move { log_limit.keep_up().await });
        Self {
            upkeep: state.auth.keep_up(),
            tasks,
            auditing: state.audit.keep_up(state.config.audit_keep_days),
            state: state.clone(),
        }
    }

    /// Stops it. Unless the process stops immediately, work in progress is completed and data in memory is stored,
    /// without waiting for a database that does not answer.
    pub async fn end(mut self) {
        let state = &self.state;
        state.log_limit.end_window();
        drop(self.upkeep);
        self.tasks.abort_all();
        if !state.stopping.is_at_once() {
            state.auth.finish_refreshes().await;
            if !state.audit.flush(LAST_ENTRIES).await {
                tracing::warn!("the last entries of the audit could not be written");
            }
            if !matches!(timeout(LAST_STATISTICS, state.statistics.store(&state.db)).await, Ok(Ok(()))) {
                tracing::warn!("the last statistics could not be stored");
            }
            if !matches!(timeout(LAST_STATISTICS, state.bookmarks.store()).await, Ok(Ok(()))) {
                tracing::warn!("the last visits could not be stored");
            }
        }
        self.auditing.iter().for_each(JoinHandle::abort);
    }
}

/// Deletes expired data once a minute.
async fn sweep_all(state: AppState) {
    let (datasets, keep_versions) = (state.dashboards.datasets(), state.config.datasets.keep_versions);
    tokio::join!(
        sweep_every_minute("codes of hand-overs", || state.app_codes.sweep(state.auth.clock().now_ms())),
        sweep_every_minute("idempotency keys", || datasets.sweep_push_keys()),
        sweep_every_minute("data sets", || datasets.sweep(keep_versions)),
        sweep_every_minute("uploads", || state.uploads.sweep()),
        sweep_every_minute("dashboards", || state.dashboards.sweep()),
    );
}
