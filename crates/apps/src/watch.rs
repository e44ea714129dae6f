//! Watches a sign-in while a transfer on its behalf is open: a stream, a WebSocket, a download.
//!
//! All transfers of a sign-in share one task. Several times a second it makes the same checks as every request, without
//! a query. It notices a revocation, an expiry, a lost role and a step-up that is due, also from other instances. It
//! also refreshes the tokens when that is due, as a request would.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rolecall_model::Role;
use rolecall_sign_in::{Auth, guard};
use tokio::sync::watch;

use super::Caller;

/// How often a sign-in is checked.
const POLL_EVERY: Duration = Duration::from_millis(300);

/// The sign-ins that are watched. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Watches(Arc<Mutex<HashMap<String, Arc<Watched>>>>);

struct Watched {
    /// The highest role that may be used now; `None` when the sign-in has ended.
    open_role: watch::Sender<Option<Role>>,
    /// Whether the person was active since the last check.
    is_active: AtomicBool,
}

/// One open transfer.
#[derive(Clone)]
pub(super) struct Watch {
    watched: Arc<Watched>,
    needed: Role,
}

impl Watches {
    /// Watches the sign-in of `caller`, for a transfer that needs the role `needed`.
    pub(super) fn watch(&self, auth: &Auth, caller: &Caller, needed: Role) -> Watch {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let watched = all.entry(caller.sign_in.id.clone()).or_insert_with_key(|id| {
            let (open_role, _) = watch::channel(Some(caller.open_role));
            let watched = Arc::new(Watched { open_role, is_active: AtomicBool::new(false) });
            tokio::spawn(poll(self.clone(), auth.clone(), id.clone(), Arc::clone(&watched)));
            watched
        });
        // The role of this request was determined just now, and the last check may be older.
        watched.open_role.send_if_modified(|role| role.replace(caller.open_role) != Some(caller.open_role));
        Watch { watched: Arc::clone(watched), needed }
    }

    /// Whether no transfer of the sign-in `id` is open any more. If so, it is no longer watched.
    fn is_done(&self, id: &str, watched: &Arc<Watched>) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One reference is in the map, and one belongs to the task that polls.
        let is_done = Arc::strong_count(watched) <= 2;
        if is_done {
            all.remove(id);
        }
        is_done
    }
}

async fn poll(all: Watches, auth: Auth, id: String, watched: Arc<Watched>) {
    loop {
        tokio::time::sleep(POLL_EVERY).await;
        if all.is_done(&id, &watched) {
            return;
        }
        let is_active = watched.is_active.swap(false, Ordering::Relaxed);
        let open_role = guard::still_open_role(&auth, &id, is_active).await.unwrap_or_else(|error| {
            tracing::error!(?error, "a sign-in could not be looked up: its open connections are closed");
            None
        });
        watched.open_role.send_if_modified(|role| std::mem::replace(role, open_role) != open_role);
    }
}

impl Watch {
    /// Completes when the sign-in has ended, or its role is no longer high enough.
    pub(super) fn over(&self) -> impl Future<Output = ()> + Send + use<> {
        let (watched, needed) = (Arc::clone(&self.watched), self.needed);
        async move {
            let mut open_role = watched.open_role.subscribe();
            // This cannot fail, because `watched` holds the sender.
            let _ = open_role.wait_for(|role| *role < Some(needed)).await;
        }
    }

    /// Notes that the person was active.
    pub(super) fn note_activity(&self) {
        self.watched.is_active.store(true, Ordering::Relaxed);
    }
}
