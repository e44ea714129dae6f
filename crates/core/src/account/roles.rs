//! Reading roles again at the provider, on request.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use rolecall_sign_in::session::{RecordError, SignIn};
use rolecall_sign_in::{Auth, RolesCheck};
use strum::{EnumString, IntoStaticStr};
use tokio::time::sleep;

/// How many sessions of a person are checked at the same time, to limit the load on the provider.
const AT_ONCE: usize = 4;
/// How long a request waits for all of them, which is less than the time limit of an answer.
const WITHIN: Duration = Duration::from_secs(20);

/// The result for one session, as addresses name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum RoleOutcome {
    /// The role was read.
    Read,
    /// The session has ended: the provider no longer accepts the person.
    Ended,
    /// The provider did not answer, or not validly.
    Failed,
    /// The provider's answer contained no role.
    NotSaid,
    /// The role was read or requested a moment ago.
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

/// The results for all sessions of a person: how often each occurred.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleChecks(pub BTreeMap<RoleOutcome, usize>);

impl RoleChecks {
    /// Parses `text` from [`in_address`](Self::in_address). Invalid parts are ignored.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let parts = text.split(',').filter_map(|part| part.split_once(':'));
        let counted = parts.filter_map(|(outcome, count)| {
            Some((outcome.parse().ok()?, count.parse::<u16>().ok().filter(|count| *count > 0)?.into()))
        });
        Self(counted.collect())
    }

    /// The page at `path` that shows the results.
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

    /// Logs that the person `by` requested it for the person `user_id`.
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

/// Reads the roles of the person `user_id` again in each of their live sessions, at most the newest 50, as the person
/// `by` requested. Sessions for which no time is left count as failed.
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
    fn results_are_parsed_from_an_address_and_anything_else_is_ignored() {
        let checks = RoleChecks::of([&RolesCheck::Failed, &RolesCheck::TooSoon, &RolesCheck::Failed]);
        let address = checks.in_address("/account");
        assert_eq!(address, "/account?roles=failed:2,too_soon:1");
        assert_eq!(RoleChecks::parse("failed:2,too_soon:1"), checks);
        assert_eq!(RoleChecks::parse("failed:0,x:1,read,read:-1,read:99999,"), RoleChecks::default());
    }
}
