//! What the server noticed about a provider while people signed in.

use chrono::DateTime;
use rolecall_sign_in::{Auth, ProviderIssue};

use super::report::{Section, Status};

/// How far back issues are reported, in milliseconds: 30 days.
const SINCE_MS: i64 = 30 * 24 * 3600 * 1000;

pub(super) async fn report(section: &mut Section<'_>, auth: &Auth, provider: &str) {
    // A database of an earlier version has no issues; another check reports its schema.
    let Ok(found) = auth.provider_issues().of(provider, auth.clock().now_ms().saturating_sub(SINCE_MS)).await else {
        return;
    };
    for (issue, at_ms) in found {
        let day =
            DateTime::from_timestamp_millis(at_ms).map(|at| at.format("%-d %b %Y").to_string()).unwrap_or_default();
        let (check, status, what, remedy) = explained(issue);
        let remedy = (!remedy.is_empty()).then(|| remedy.to_owned());
        section.add(check, status, format!("{provider}: {what} (last on {day})."), remedy);
    }
}

/// The check's name, its status, what was noticed, and the remedy.
const fn explained(issue: ProviderIssue) -> (&'static str, Status, &'static str, &'static str) {
    match issue {
        ProviderIssue::LogoutTokenWithoutEnd => (
            "sign-ins.logout-tokens",
            Status::Note,
            "its logout tokens have no exp, so Rolecall accepts them for two minutes",
            "",
        ),
        ProviderIssue::RefreshWithoutIdToken => (
            "sign-ins.refresh",
            Status::Warning,
            "it returns no ID token with refreshed tokens, so people sign in again after 75 minutes",
            "Set claims_from = \"userinfo\", if its userinfo endpoint has the roles. Otherwise have it return ID tokens, or leave out offline_access.",
        ),
        ProviderIssue::ClocksDiffer => (
            "sign-ins.clock",
            Status::Warning,
            "our clock and its clock differed so much that new tokens looked expired, or not yet valid",
            "Synchronize this machine's clock by NTP.",
        ),
    }
}
