//! Reading roles again at the provider on request, not because tokens are about to expire.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use crate::Auth;
use crate::session::{RecordError, RolesAsked, SignIn};

/// How long a caller waits. The check is completed even if the wait is over.
const MAX_WAIT: Duration = Duration::from_secs(15);

/// The result of the check.
#[derive(Clone, Debug)]
pub enum RolesCheck {
    /// The roles were read, and the sign-in has them.
    Read(Arc<SignIn>),
    /// They were read or requested a moment ago, so the provider is not asked again.
    TooSoon,
    /// There is no refresh token: only a new sign-in reads them.
    NoRefreshToken,
    /// The provider returned new tokens, but nothing about the person.
    NotSaid,
    /// The provider did not answer, or not validly; the log says why. The known roles stay in force.
    Failed,
    /// The provider no longer accepts the person, or they signed out: the sign-in has ended.
    Ended,
}

impl Auth {
    /// Reads the role of the sign-in `id` again at its provider, by refreshing its tokens; at most once every
    /// [`CHECK_AGAIN_MS`](crate::session::CHECK_AGAIN_MS), for all callers together. This is not activity of the
    /// person.
    pub async fn check_roles(&self, id: &str) -> Result<RolesCheck, RecordError> {
        let now_ms = self.clock().now_ms();
        // The roles may be read by another request between any two lines here: that counts.
        let read_before_ms = match self.sign_ins().ask_for_roles(id, now_ms).await? {
            RolesAsked::Due { roles_read_at_ms } => roles_read_at_ms,
            RolesAsked::TooSoon => return Ok(RolesCheck::TooSoon),
            RolesAsked::CannotBe => return Ok(RolesCheck::NoRefreshToken),
            RolesAsked::Ended => return Ok(RolesCheck::Ended),
        };
        let Some(before) = self.sign_ins().live_unseen(id, now_ms).await? else { return Ok(RolesCheck::Ended) };
        let is_over = timeout(MAX_WAIT, self.join_refresh(&before)).await.is_ok();
        let now_ms = self.clock().now_ms();
        Ok(match self.sign_ins().live_unseen(id, now_ms).await? {
            None => RolesCheck::Ended,
            Some(after) if after.roles_read_at_ms != read_before_ms => RolesCheck::Read(after),
            // After a failure the refresh is due again in a moment.
            Some(after) if is_over && !after.is_refresh_near(now_ms) => RolesCheck::NotSaid,
            Some(_) => RolesCheck::Failed,
        })
    }
}
