//! Says when something that dashboards show has changed: this process at once, other ones on Postgres as soon as it tells them, and on
//! SQLite when they look the next time.

use std::sync::Arc;
use std::time::Duration;

use rolecall_sign_in::db::{Db, Notifications};
use sqlx::postgres::PgPool;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::error::DashboardsError;
use super::open::Dashboards;

/// The channel on which Postgres tells of changes (`migrations/postgres/0030_tell_of_changes.sql`).
const CHANGED: &str = "rolecall_shown_changed";
/// How long nobody looks after a look, however much changes: many changes are one look.
const SHORTEST_PAUSE: Duration = Duration::from_millis(250);
/// The pause is at least so many times as long as the look before it, so that looking is a tenth of the work at most.
const PAUSE_IN_LOOKS: u32 = 9;
/// How long to wait before listening again after the connection was lost.
const RECONNECT_AFTER: Duration = Duration::from_secs(1);

/// The versions of everything, by which a change is noticed.
#[derive(PartialEq, Eq)]
struct Versions {
    datasets: Vec<(String, i64, i64)>,
    dashboards: Vec<(String, u64)>,
    notes: (i64, i64),
}

impl Dashboards {
    /// Gets a new value whenever a dashboard or a data set may have changed: what it holds, its role, its row rules, or whether it is
    /// there.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.datasets().changes()
    }

    /// Looks for what other processes change, for as long as it runs: other instances, or an import at the command line. It looks as
    /// soon as Postgres tells of a change. In any case it looks every `look_every`: SQLite tells of nothing, and a connection that
    /// breaks loses nothing.
    pub async fn follow_changes(&self, look_every: Duration) {
        let changed = Notify::new();
        tokio::join!(self.look_regularly(look_every, &changed), self.listen(&changed));
    }

    /// Looks every `look_every`, and when `changed` says so, while somebody wants to know.
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
                // The first look tells, too: something may have changed just before it.
                Ok(now) if seen.as_ref() != Some(&now) => {
                    seen = Some(now);
                    self.sources.note_versions.forget();
                    self.datasets().forget_catalogue();
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(?error, "it is not known whether dashboards have changed"),
            }
            sleep(SHORTEST_PAUSE.max(begun.elapsed() * PAUSE_IN_LOOKS)).await;
        }
    }

    /// Notifies `changed` whenever Postgres tells of a change.
    async fn listen(&self, changed: &Notify) {
        let Db::Postgres(pools) = self.db() else { return };
        loop {
            if let Err(error) = pass_on(&pools.reading, changed).await {
                tracing::warn!(?error, "PostgreSQL announces no changes now: Rolecall checks every second instead");
            }
            sleep(RECONNECT_AFTER).await;
        }
    }

    async fn versions_now(&self) -> Result<Versions, DashboardsError> {
        let datasets = self.datasets().versions_now().await.map_err(Arc::new)?;
        self.cache.forget();
        let list = self.cache.list().await?;
        let dashboards = list.iter().map(|dashboard| (dashboard.slug.clone(), dashboard.digest)).collect();
        Ok(Versions { datasets, dashboards, notes: self.sources.note_versions.saves().await? })
    }
}

/// Notifies `changed` whenever something changes, until the connection is lost.
async fn pass_on(pool: &PgPool, changed: &Notify) -> Result<(), sqlx::Error> {
    let mut notifications = Notifications::on(pool, CHANGED).await?;
    loop {
        // At first, too: what changed before was not heard.
        changed.notify_one();
        if notifications.next().await?.is_none() {
            return Ok(());
        }
    }
}
