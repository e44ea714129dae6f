//! Reading roles again at the provider because somebody wants to know now, not because tokens near their end.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use crate::Auth;
use crate::session::{RecordError, RolesAsked, SignIn};

/// How long it is waited for. Begun, it is carried through all the same.
const MAX_WAIT: Duration = Duration::from_secs(15);

/// What came of it.
#[derive(Clone, Debug)]
pub enum RolesCheck {
    /// They were read, and the sign-in has them.
    Read(Arc<SignIn>),
    /// They were read or asked for a moment ago: the provider is spared.
    TooSoon,
    /// There is no refresh token to ask with: only a sign-in reads them.
    NoRefreshToken,
    /// The provider gave new tokens, and said nothing of the person.
    NotSaid,
    /// The provider did not answer, or not in a way that counts; the log says why. What was known still holds.
    Failed,
    /// The provider no longer vouches for the person, or they signed out: the sign-in is over.
    Ended,
}

impl Auth {
    /// Reads the role of the sign-in `id` again at its provider, by refreshing its tokens; not more often than every
    /// [`CHECK_AGAIN_MS`](crate::session::CHECK_AGAIN_MS), whoever asks. This is no activity of the person.
    pub async fn check_roles(&self, id: &str) -> Result<RolesCheck, RecordError> {
        let now_ms = self.clock().now_ms();
        // What was asked for a moment before may be read by now, between any two lines here: that counts.
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
            // What failed is due again in a moment.
            Some(after) if is_over && !after.is_refresh_near(now_ms) => RolesCheck::NotSaid,
            Some(_) => RolesCheck::Failed,
        })
    }
}
