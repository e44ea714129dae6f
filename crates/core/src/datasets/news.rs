//! Notifies when a data set changes.

use rolecall_sign_in::db::reading_on_both;
use tokio::sync::watch;

use super::error::DatasetError;
use super::handle::Datasets;

impl Datasets {
    /// Gets a new value whenever something that dashboards show may have changed.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Whether there are subscribers.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.changes.receiver_count() > 0
    }

    /// Notifies the subscribers of a change.
    pub fn tell_of_change(&self) {
        self.changes.send_modify(|changes| *changes = changes.wrapping_add(1));
    }

    /// Every data set with its version and revision, read from the database now.
    pub async fn versions_now(&self) -> Result<Vec<(String, i64, i64)>, DatasetError> {
        const NOW: &str = "SELECT id, version, revision FROM datasets WHERE deleted_at IS NULL ORDER BY id";
        Ok(reading_on_both!(&self.db, |pool| sqlx::query_as(NOW).fetch_all(pool).await)?)
    }
}
