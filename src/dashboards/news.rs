//! Says when something that dashboards show has changed: this process at once, other ones within a second.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use super::error::DashboardsError;
use super::open::Dashboards;

/// How often it is looked for what others changed, while somebody wants to know.
const LOOK_EVERY: Duration = Duration::from_secs(1);

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

    /// Looks for what other processes change, for as long as it runs: other instances, or an import at the command line. Asking the
    /// database once a second serves SQLite, which has no notifications, and a connection that breaks loses nothing.
    pub async fn follow_changes(&self) {
        let mut seen = None;
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if !self.datasets().is_watched() {
                seen = None;
                continue;
            }
            match self.versions_now().await {
                // The first look tells, too: something may have changed just before it.
                Ok(now) if seen.as_ref() != Some(&now) => {
                    seen = Some(now);
                    self.sources.note_versions.forget();
                    self.datasets().forget_catalogue().await;
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(?error, "it is not known whether dashboards have changed"),
            }
        }
    }

    async fn versions_now(&self) -> Result<Versions, DashboardsError> {
        let datasets = self.datasets().versions_now().await.map_err(Arc::new)?;
        self.cache.forget().await;
        let list = self.cache.list().await?;
        let dashboards = list.iter().map(|dashboard| (dashboard.slug.clone(), dashboard.digest)).collect();
        Ok(Versions { datasets, dashboards, notes: self.sources.note_versions.saves().await? })
    }
}
