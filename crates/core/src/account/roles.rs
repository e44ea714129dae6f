//! Reading roles again at the provider, now.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use rolecall_sign_in::session::{RecordError, SignIn};
use rolecall_sign_in::{Auth, RolesCheck};
use strum::{EnumString, IntoStaticStr};
use tokio::time::sleep;

/// How many sessions of a person are asked about at once: the provider is spared.
const AT_ONCE: usize = 4;
/// How long somebody waits for all of them, which is less than an answer may take.
const WITHIN: Duration = Duration::from_secs(20);

/// What came of it in a session, as addresses name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum RoleOutcome {
    /// The role was read.
    Read,
    /// The session is over: the provider no longer vouches for the person.
    Ended,
    /// The provider did not answer as it should.
    Failed,
    /// It said nothing of the role.
    NotSaid,
    /// The role had been read or asked for a moment ago.
    TooSoon,
    /// There is no refresh token.
    WithoutToken,
}

impl From<&RolesCheck> for RoleOutcome {
    fn from(check: &RolesCheck) -> Self {
        match check {
            RolesCheck::Read(_) => Self::Read,
            RolesCheck::Ended => Self::Ended,
            RolesCheck::Failed => Self::Failed,
            RolesCheck::NotSaid => Self::NotSaid,
            RolesCheck::TooSoon => Self::TooSoon,
            RolesCheck::NoRefreshToken => Self::WithoutToken,
        }
    }
}

/// What came of it in all sessions of a person: how often each outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleChecks(pub BTreeMap<RoleOutcome, usize>);

impl RoleChecks {
    /// What `text` says, which [`in_address`](Self::in_address) wrote. What is not of its form is left out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let parts = text.split(',').filter_map(|part| part.split_once(':'));
        let counted = parts.filter_map(|(outcome, count)| {
            Some((outcome.parse().ok()?, count.parse::<u16>().ok().filter(|count| *count > 0)?.into()))
        });
        Self(counted.collect())
    }

    /// The page at `path` that says what came of it.
    #[must_use]
    pub fn in_address(&self, path: &str) -> String {
        let parts = self.0.iter().map(|(outcome, count)| format!("{}:{count}", <&str>::from(outcome)));
        format!("{path}?roles={}", parts.collect::<Vec<_>>().join(","))
    }

    fn of<'a>(checks: impl IntoIterator<Item = &'a RolesCheck>) -> Self {
        let mut counts = BTreeMap::new();
        for check in checks {
            *counts.entry(check.into()).or_default() += 1;
        }
        Self(counts)
    }

    /// Tells the log that the person `by` wanted it for the person `user_id`.
    fn log(&self, user_id: i64, by: i64) {
        let count = |outcome| self.0.get(&outcome).copied().unwrap_or_default();
        let (read, ended, failed) = (count(RoleOutcome::Read), count(RoleOutcome::Ended), count(RoleOutcome::Failed));
        tracing::info!(event = "roles_checked", user_id, by, read, ended, failed);
    }
}

/// Reads the role of `sign_in` again at its provider.
pub async fn check_own_roles(auth: &Auth, sign_in: &SignIn) -> Result<RoleChecks, RecordError> {
    let checks = RoleChecks::of([&auth.check_roles(&sign_in.id).await?]);
    checks.log(sign_in.user_id, sign_in.user_id);
    Ok(checks)
}

/// Reads the roles of the person `user_id` again in each of their live sessions, the newest 50 where there are more, because the
/// person `by` wants it. Where there is no time for all, what is left counts as failed.
pub async fn check_roles_of(auth: &Auth, user_id: i64, by: i64) -> Result<RoleChecks, RecordError> {
    let live = auth.sign_ins().live_of(user_id, auth.clock().now_ms()).await?;
    let checks: Vec<_> = live.rows.iter().map(|row| auth.check_roles(&row.id)).collect();
    let checking = stream::iter(checks).buffer_unordered(AT_ONCE);
    let mut checked: Vec<RolesCheck> = checking.take_until(sleep(WITHIN)).try_collect().await?;
    checked.resize(live.rows.len(), RolesCheck::Failed);
    let checks = RoleChecks::of(&checked);
    checks.log(user_id, by);
    Ok(checks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_of_it_is_read_from_an_address_as_it_was_written_and_nothing_else_is() {
        let checks = RoleChecks::of([&RolesCheck::Failed, &RolesCheck::TooSoon, &RolesCheck::Failed]);
        let address = checks.in_address("/account");
        assert_eq!(address, "/account?roles=failed:2,too_soon:1");
        assert_eq!(RoleChecks::parse("failed:2,too_soon:1"), checks);
        assert_eq!(RoleChecks::parse("failed:0,x:1,read,read:-1,read:99999,"), RoleChecks::default());
    }
}
