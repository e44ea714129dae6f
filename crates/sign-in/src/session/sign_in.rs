//! A live sign-in, and the rules about its times.

use std::sync::OnceLock;

use axum::body::Bytes;
use rolecall_model::{CurrentUser, Role};

use crate::clock::LEEWAY_MS;
use crate::tokens::ROLES_COUNT_MS;

/// How long a provider that does not answer is not asked again, in milliseconds.
pub(super) const RETRY_MS: i64 = 30 * 1000;

/// How often the role of a sign-in is read again on request, in milliseconds.
pub const CHECK_AGAIN_MS: i64 = 30 * 1000;

/// How often `last_seen_at` is written at most, in milliseconds.
pub(super) const SEEN_EVERY_MS: i64 = 60 * 1000;

/// The lower role with which an administrator views Rolecall in a session, instead of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ViewAs {
    /// The role that applies, unless their own has become lower.
    pub role: Role,
    /// Until when, Unix milliseconds (UTC).
    pub until_ms: i64,
    /// Their own role.
    pub own_role: Option<Role>,
}

impl ViewAs {
    /// Reads the columns of a record at `now_ms`, for a person with `own_role`.
    pub(super) fn read(role: Option<&str>, until_ms: Option<i64>, own_role: Option<Role>, now_ms: i64) -> Option<Self> {
        let (role, until_ms) = (role.and_then(Role::from_key)?, until_ms.filter(|until_ms| *until_ms > now_ms)?);
        Some(Self { role, until_ms, own_role })
    }

    /// The role that applies.
    pub(super) fn role_in_force(self) -> Option<Role> {
        self.own_role.min(Some(self.role))
    }
}

/// A live sign-in, as requests see it. It holds no token.
#[derive(Debug)]
pub struct SignIn {
    /// The record's id.
    pub id: String,
    /// Our number of the person.
    pub user_id: i64,
    /// The provider's id.
    pub provider: String,
    /// The person, as pages may show them.
    pub user: CurrentUser,
    /// The same as JSON, once somebody has asked for that.
    pub(super) user_json: OnceLock<Bytes>,
    /// When it began, Unix milliseconds (UTC).
    pub created_at_ms: i64,
    /// When its roles were read, Unix milliseconds (UTC).
    pub roles_read_at_ms: i64,
    /// When the person last authenticated at the provider, Unix milliseconds (UTC); `None` if unknown.
    pub authenticated_at_ms: Option<i64>,
    /// When its tokens are due for a refresh, Unix milliseconds (UTC); `None` if they cannot be refreshed.
    pub refresh_at_ms: Option<i64>,
    /// Until when its tokens confirm its role, Unix milliseconds (UTC); `None` if they cannot be refreshed: then the
    /// role is valid as long as the sign-in.
    pub tokens_end_at_ms: Option<i64>,
    /// The role from the provider. That of `user` is higher if administrators gave a higher one here.
    pub provider_role: Option<Role>,
    /// The lower role with which the person views Rolecall in this session.
    pub view_as: Option<ViewAs>,
    /// When the next role given here, or `view_as`, expires, Unix milliseconds (UTC): then the record is read again.
    pub role_changes_at_ms: Option<i64>,
}

/// How far in the future a time about a role can be, allowing for clock skew between instances. A later time was
/// written by a clock that has been put back since, and is not waited for.
pub(super) const fn furthest_ahead_ms(now_ms: i64) -> i64 {
    now_ms.saturating_add(ROLES_COUNT_MS + LEEWAY_MS)
}

impl SignIn {
    /// The person as JSON: created once and kept with this value, because scripts often ask who is signed in.
    #[must_use]
    pub fn user_json(&self) -> Bytes {
        // Texts can always be written as JSON.
        self.user_json.get_or_init(|| serde_json::to_vec(&self.user).unwrap_or_default().into()).clone()
    }

    /// The person's own role, whatever role they view Rolecall with.
    #[must_use]
    pub fn own_role(&self) -> Option<Role> {
        self.view_as.map_or(self.user.role, |view_as| view_as.own_role)
    }

    /// Whether its tokens confirm its role at `now_ms`, or need not. An expiry too far in the future was written by a
    /// clock that has been put back since: it confirms nothing.
    #[must_use]
    pub fn is_vouched_for(&self, now_ms: i64) -> bool {
        self.tokens_end_at_ms.is_none_or(|end| now_ms < end && end <= furthest_ahead_ms(now_ms))
    }

    /// Whether its tokens are due for a refresh at `now_ms` or within the pause after a provider's failure.
    #[must_use]
    pub(crate) fn is_refresh_near(&self, now_ms: i64) -> bool {
        self.is_refresh_due(now_ms.saturating_add(RETRY_MS))
    }

    /// Whether its tokens are due for a refresh at `now_ms`.
    #[must_use]
    pub fn is_refresh_due(&self, now_ms: i64) -> bool {
        let is_late = |at: i64| !self.is_vouched_for(now_ms) && at > now_ms.saturating_add(RETRY_MS + LEEWAY_MS);
        self.refresh_at_ms.is_some_and(|at| at <= now_ms || is_late(at) || at > furthest_ahead_ms(now_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Case: admin/view-as-lower
    #[test]
    fn no_role_is_raised_and_none_outlasts_its_time() {
        let read = |role, own_role| ViewAs::read(Some(role), Some(10), own_role, 9).map(ViewAs::role_in_force);
        assert_eq!(read("read", Some(Role::Admin)), Some(Some(Role::Read)));
        assert_eq!(read("write", Some(Role::Read)), Some(Some(Role::Read)));
        assert_eq!(read("write", None), Some(None));
        assert_eq!(ViewAs::read(Some("read"), Some(10), Some(Role::Admin), 10), None);
        assert_eq!(ViewAs::read(Some("read"), None, Some(Role::Admin), 9), None);
    }
}
