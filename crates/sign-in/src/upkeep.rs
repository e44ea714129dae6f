//! Background work of the sign-in, beside requests.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::Auth;
use super::session::RestoredError;

/// The file in the data folder with the time of the latest revocation. Exclude it from backups.
pub const LATEST_REVOCATION: &str = "latest-revocation";
/// How often expired data is deleted.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// How long to wait before following other instances again after the database connection was lost.
const FOLLOW_AGAIN: Duration = Duration::from_millis(250);

/// The background work. It stops when this is dropped.
#[derive(Debug)]
#[must_use = "dropping this ends the work"]
pub struct Upkeep([JoinHandle<()>; 2]);

impl Drop for Upkeep {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

impl Auth {
    /// Deletes expired data, and follows revocations by other instances, until the returned value is dropped.
    pub fn keep_up(&self) -> Upkeep {
        let auth = self.clone();
        let sweeping = async move { sweep_every_minute("sign-ins", || auth.sweep()).await };
        Upkeep([tokio::spawn(follow_other_instances(self.clone())), tokio::spawn(sweeping)])
    }

    /// Ends every sign-in if the database was restored to an earlier state since the last revocation, whose time is
    /// stored in a file in `folder` from now on. Returns how many, or `None` where it was not restored.
    ///
    /// # Errors
    /// When the file or the database cannot be read or written.
    pub async fn end_what_a_backup_revived(&self, folder: &Path) -> Result<Option<usize>, RestoredError> {
        let mark = folder.join(LATEST_REVOCATION);
        let ended = self.sign_ins().end_what_a_backup_revived(mark, self.clock().now_ms()).await?;
        if let Some(ended) = ended {
            tracing::warn!(ended, "the database was restored from a backup: everybody has to sign in again");
        }
        Ok(ended)
    }

    /// Whether the next start would do so; `None` where no sign-in was ever revoked. Changes nothing.
    ///
    /// # Errors
    /// When the file or the database cannot be read.
    pub async fn is_restored(&self, folder: &Path) -> Result<Option<bool>, RestoredError> {
        self.sign_ins().is_restored(&folder.join(LATEST_REVOCATION), self.clock().now_ms()).await
    }
}

/// Runs `sweep` once a minute, for ever. What fails, which the log calls `what`, is tried again the next time.
pub async fn sweep_every_minute<F, E>(what: &'static str, sweep: impl Fn() -> F)
where
    F: Future<Output = Result<(), E>>,
    E: fmt::Debug,
{
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = sweep().await {
            tracing::warn!(?error, what, "expired data could not be deleted");
        }
    }
}

/// Follows revocations by other instances. While that fails, every check queries the database.
async fn follow_other_instances(auth: Auth) {
    while let Err(error) = auth.sign_ins().follow_other_instances().await {
        tracing::warn!(?error, "changes by other instances cannot be received");
        tokio::time::sleep(FOLLOW_AGAIN).await;
    }
}
