//! When a sign-in ends by time.

use std::sync::Arc;

use super::{RecordError, SignIns};
use crate::db::reading_on_both;
use crate::session::sign_in::{SEEN_EVERY_MS, SignIn};

/// How near an end by idleness must be before the database is asked whether the person was active at another instance, in
/// milliseconds: longer than anybody is warned before.
const LOOK_AGAIN_MS: i64 = 3 * SEEN_EVERY_MS;

/// When a live sign-in ends if nothing happens, Unix milliseconds (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInEnds {
    /// When it has been idle for too long. Any activity puts this off.
    pub idle_ms: i64,
    /// When it ends whatever the person does.
    pub absolute_ms: i64,
}

impl SignInEnds {
    /// The one that comes first.
    #[must_use]
    pub fn first_ms(self) -> i64 {
        self.idle_ms.min(self.absolute_ms)
    }
}

impl SignIns {
    /// The sign-in `id`, if it is live at `now_ms`, with its ends. Asking is no activity.
    pub async fn live_with_ends(
        &self,
        id: &str,
        now_ms: i64,
    ) -> Result<Option<(Arc<SignIn>, SignInEnds)>, RecordError> {
        const SEEN: &str = "SELECT last_seen_at FROM sign_ins WHERE id = $1 AND revoked_at IS NULL";
        let Some(cached) = self.find_live(id, now_ms).await? else { return Ok(None) };
        if cached.last_seen_ms().saturating_add(self.limits.idle_ms()) < now_ms.saturating_add(LOOK_AGAIN_MS) {
            let seen: Option<i64> =
                reading_on_both!(&self.db, |pool| sqlx::query_scalar(SEEN).bind(id).fetch_optional(pool).await?);
            let Some(seen_ms) = seen else { return Ok(None) };
            cached.was_seen(seen_ms);
        }
        let ends = SignInEnds {
            idle_ms: cached.last_seen_ms().saturating_add(self.limits.idle_ms()),
            absolute_ms: cached.sign_in.created_at_ms.saturating_add(self.limits.absolute_ms()),
        };
        Ok(Some((cached.sign_in, ends)))
    }
}
