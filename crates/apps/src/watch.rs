//! Watching a sign-in for as long as anything of it is live: a stream, a WebSocket, a download.
//!
//! One watch serves everything of a sign-in. It looks several times a second at what every request looks at, which
//! costs no query; a revocation, an end by time, a role that was lost and a step-up that is due are all seen there, on
//! other instances as well. It also refreshes the tokens when that is due, as a request would.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rolecall_model::Role;
use rolecall_sign_in::{Auth, guard};
use tokio::sync::watch;

use super::Caller;

/// How often a sign-in is looked at.
const POLL_EVERY: Duration = Duration::from_millis(300);

/// The sign-ins that are watched. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Watches(Arc<Mutex<HashMap<String, Arc<Watched>>>>);

struct Watched {
    /// The highest role whose doors are open; none when the sign-in is over.
    open_role: watch::Sender<Option<Role>>,
    /// Whether the person did something since the last look.
    is_active: AtomicBool,
}

/// One thing that is live.
#[derive(Clone)]
pub(super) struct Watch {
    watched: Arc<Watched>,
    needed: Role,
}

impl Watches {
    /// Watches the sign-in of `caller`, for something that the role `needed` opens.
    pub(super) fn watch(&self, auth: &Auth, caller: &Caller, needed: Role) -> Watch {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let watched = all.entry(caller.sign_in.id.clone()).or_insert_with_key(|id| {
            let (open_role, _) = watch::channel(Some(caller.open_role));
            let watched = Arc::new(Watched { open_role, is_active: AtomicBool::new(false) });
            tokio::spawn(poll(self.clone(), auth.clone(), id.clone(), Arc::clone(&watched)));
            watched
        });
        // The request was judged just now, and the last look may be older.
        watched.open_role.send_if_modified(|role| role.replace(caller.open_role) != Some(caller.open_role));
        Watch { watched: Arc::clone(watched), needed }
    }

    /// Whether nothing of the sign-in `id` is live any more; then it is not watched any more either.
    fn is_done(&self, id: &str, watched: &Arc<Watched>) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One is held here, one by the look.
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
    /// Done when the sign-in is over, or its role does not open this any more.
    pub(super) fn over(&self) -> impl Future<Output = ()> + Send + use<> {
        let (watched, needed) = (Arc::clone(&self.watched), self.needed);
        async move {
            let mut open_role = watched.open_role.subscribe();
            // The sender is held here.
            let _ = open_role.wait_for(|role| *role < Some(needed)).await;
        }
    }

    /// Notes that the person did something.
    pub(super) fn note_activity(&self) {
        self.watched.is_active.store(true, Ordering::Relaxed);
    }
}
