//! What the sign-in does by itself, beside requests.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::Auth;
use super::session::RestoredError;

/// The name of the file in the data folder that tells when a sign-in was revoked last. No backup should hold it.
pub const LATEST_REVOCATION: &str = "latest-revocation";
/// How often what has expired is looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// How long to wait before following other instances again after the database was lost.
const FOLLOW_AGAIN: Duration = Duration::from_millis(250);

/// The work beside requests. It ends when this is dropped.
#[derive(Debug)]
#[must_use = "dropping this ends the work"]
pub struct Upkeep([JoinHandle<()>; 2]);

impl Drop for Upkeep {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

impl Auth {
    /// Lets go of what has expired, and follows what other instances revoke, until what is returned is dropped.
    pub fn keep_up(&self) -> Upkeep {
        let auth = self.clone();
        let sweeping = async move { sweep_every_minute("sign-ins", || auth.sweep()).await };
        Upkeep([tokio::spawn(follow_other_instances(self.clone())), tokio::spawn(sweeping)])
    }

    /// Ends every sign-in when the database was put back to an earlier state since the last revocation, which a file in
    /// `folder` tells from now on. Returns how many, or nothing where it was not put back.
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

    /// Whether the next start would do so; `None` where no sign-in was revoked yet. Changes nothing.
    ///
    /// # Errors
    /// When the file or the database cannot be read.
    pub async fn is_restored(&self, folder: &Path) -> Result<Option<bool>, RestoredError> {
        self.sign_ins().is_restored(&folder.join(LATEST_REVOCATION), self.clock().now_ms()).await
    }
}

/// Runs `sweep` once a minute, for ever. What it could not do, which the log calls `what`, it tries the next time.
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
            tracing::warn!(?error, what, "what has expired could not be deleted");
        }
    }
}

/// Keeps up with revocations of other instances. While that cannot be done, every check asks the database.
async fn follow_other_instances(auth: Auth) {
    while let Err(error) = auth.sign_ins().follow_other_instances().await {
        tracing::warn!(?error, "other instances cannot be followed");
        tokio::time::sleep(FOLLOW_AGAIN).await;
    }
}
