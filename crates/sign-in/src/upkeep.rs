//! What the sign-in does by itself, beside requests.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::Auth;

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
        Upkeep([tokio::spawn(follow_other_instances(self.clone())), tokio::spawn(sweep_now_and_then(self.clone()))])
    }
}

async fn sweep_now_and_then(auth: Auth) {
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = auth.sweep().await {
            tracing::warn!(?error, "what has expired could not be deleted");
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
