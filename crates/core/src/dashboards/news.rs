//! Notifies when something in dashboards has changed: changes by this process immediately, by others through
//! notifications on Postgres, and by polling on SQLite.

use std::sync::Arc;
use std::time::Duration;

use rolecall_sign_in::db::{Db, Notifications};
use sqlx::postgres::PgPool;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::error::DashboardsError;
use super::open::Dashboards;

/// The channel of change notifications on Postgres (`migrations/postgres/0030_tell_of_changes.sql`).
const CHANGED: &str = "rolecall_shown_changed";
/// The shortest pause between checks: many changes need only one.
const SHORTEST_PAUSE: Duration = Duration::from_millis(250);
/// The pause is at least this many times as long as the check before it, so that checking takes at most a tenth of the
/// time.
const PAUSE_IN_LOOKS: u32 = 9;
/// How long to wait before listening again after the connection was lost.
const RECONNECT_AFTER: Duration = Duration::from_secs(1);

/// The versions of everything, to detect a change.
#[derive(PartialEq, Eq)]
struct AllVersions {
    datasets: Vec<(String, i64, i64)>,
    dashboards: Vec<(String, u64)>,
    notes: (i64, i64),
}

impl Dashboards {
    /// Gets a new value whenever a dashboard or a data set may have changed: its content, role or row rules, or whether
    /// it exists.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.datasets().changes()
    }

    /// Checks for changes by other processes for ever: other instances, or an import on the command line. It checks
    /// when Postgres notifies of a change, and in any case every `look_every`: SQLite has no notifications, and a
    /// broken connection may lose some.
    pub async fn follow_changes(&self, look_every: Duration) {
        let changed = Notify::new();
        tokio::join!(self.look_regularly(look_every, &changed), self.listen(&changed));
    }

    /// Checks every `look_every`, and when `changed` is notified, while there are subscribers.
    async fn look_regularly(&self, look_every: Duration, changed: &Notify) {
        let mut seen = None;
        let mut ticks = interval(look_every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = changed.notified() => {}
            }
            if !self.datasets().is_watched() {
                seen = None;
                continue;
            }
            let begun = Instant::now();
            match self.versions_now().await {
                // The first check also notifies: something may have changed just before it.
                Ok(now) if seen.as_ref() != Some(&now) => {
                    seen = Some(now);
                    self.sources.note_versions.forget();
                    self.datasets().forget_catalogue();
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(?error, "could not check whether dashboards have changed"),
            }
            sleep(SHORTEST_PAUSE.max(begun.elapsed() * PAUSE_IN_LOOKS)).await;
        }
    }

    /// Notifies `changed` for every notification of Postgres.
    async fn listen(&self, changed: &Notify) {
        let Db::Postgres(pools) = self.db() else { return };
        loop {
            if let Err(error) = pass_on(&pools.reading, changed).await {
                tracing::warn!(?error, "PostgreSQL announces no changes now: Rolecall checks every second instead");
            }
            sleep(RECONNECT_AFTER).await;
        }
    }

    async fn versions_now(&self) -> Result<AllVersions, DashboardsError> {
        let datasets = self.datasets().versions_now().await.map_err(Arc::new)?;
        self.cache.forget();
        let list = self.cache.list().await?;
        let dashboards = list.iter().map(|dashboard| (dashboard.slug.clone(), dashboard.digest)).collect();
        Ok(AllVersions { datasets, dashboards, notes: self.sources.note_versions.saves().await? })
    }
}

/// Notifies `changed` whenever something changes, until the connection is lost.
async fn pass_on(pool: &PgPool, changed: &Notify) -> Result<(), sqlx::Error> {
    let mut notifications = Notifications::on(pool, CHANGED).await?;
    loop {
        // Also at the start: earlier changes were missed.
        changed.notify_one();
        if notifications.next().await?.is_none() {
            return Ok(());
        }
    }
}
