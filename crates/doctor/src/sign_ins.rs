//! Live sign-ins as numbers, the roles in their tokens, and the issues that the server noticed at providers.

use chrono::DateTime;
use rolecall_config::Config;
use rolecall_sign_in::{Auth, ProviderIssue, id_token};
use serde_json::Value;

use super::report::{Section, Status, counted};
use super::roles_seen::RolesSeen;

/// How many of the newest sign-ins are checked.
const MOST: u32 = 1_000;
/// How far back issues are reported, in milliseconds: 30 days.
const SINCE_MS: i64 = 30 * 24 * 3600 * 1000;

pub(super) async fn check(section: &mut Section<'_>, auth: &Auth, config: &Config) {
    counts(section, auth).await;
    restored(section, auth, config).await;
    tokens(section, auth).await;
}

async fn counts(section: &mut Section<'_>, auth: &Auth) {
    const CHECK: &str = "sign-ins.live";
    match auth.sign_ins().counts(auth.clock().now_ms()).await {
        Ok(counts) => {
            let roles = counts.by_role.iter().filter(|(_, count)| *count > 0);
            let roles: Vec<_> = roles
                .map(|(role, count)| match role {
                    Some(role) => format!("{role} {count}"),
                    None => format!("none {count}"),
                })
                .collect();
            let by_role = if roles.is_empty() {
                String::new()
            } else {
                format!(" (roles of the provider: {})", roles.join(", "))
            };
            let what = format!(
                "{} of {}{by_role}; {} begun in the last 24 hours.",
                counted(counts.live, "live sign-in", "live sign-ins"),
                counted(counts.people, "person", "people"),
                counts.last_day
            );
            section.note(CHECK, what);
        }
        Err(error) => section.bad(CHECK, format!("Sign-ins cannot be counted: {error}."), "See the database above."),
    }
}

/// Whether the database was restored to an earlier state: then the next start ends every sign-in.
async fn restored(section: &mut Section<'_>, auth: &Auth, config: &Config) {
    const CHECK: &str = "sign-ins.restored-backup";
    let Ok(Some(is_restored)) = auth.is_restored(&config.data_dir).await else { return };
    if is_restored {
        section.warning(
            CHECK,
            "The database was restored to an earlier state: the next start ends every sign-in.",
            "Nothing, if a backup was restored: people sign in again. Otherwise check data_dir and database_url.",
        );
    } else {
        section.good(CHECK, "The database was not restored to an earlier state.");
    }
}

/// The roles in the ID tokens of live sign-ins, by provider.
async fn tokens(section: &mut Section<'_>, auth: &Auth) {
    const CHECK: &str = "sign-ins.tokens";
    let all = match auth.sign_ins().latest_tokens(MOST, auth.clock().now_ms()).await {
        Ok(all) => all,
        Err(error) => {
            section.bad(CHECK, format!("The tokens cannot be read: {error}."), "See the database above.");
            return;
        }
    };
    let sealed = all.iter().filter(|live| live.tokens.is_err()).count();
    if sealed > 0 {
        section.bad(
            CHECK,
            format!(
                "The tokens of {} were encrypted with a key that is not configured.",
                counted(sealed, "live sign-in", "live sign-ins")
            ),
            "Add the earlier key after the new one in secret_keys. Otherwise these people have to sign in again.",
        );
    }
    for provider in auth.providers() {
        let mut seen = RolesSeen::default();
        let of_this = all.iter().filter(|live| live.provider == provider.config.id);
        for tokens in of_this.filter_map(|live| live.tokens.as_ref().ok()) {
            if let Ok(claims) = id_token::payload(&tokens.id_token) {
                seen.count(&provider.config, &claims, tokens.user_info.as_ref());
            }
        }
        seen.report(section, &provider.config, auth.config());
        report_issues(section, auth, &provider.config.id).await;
        let metadata = provider.metadata(auth.clock().now_ms()).await;
        if metadata.is_ok_and(|known| known.additional_metadata().frontchannel_logout_supported == Value::Bool(true)) {
            seen.report_session_ids(section, &provider.config.id);
        }
    }
}

/// What the server noticed about `provider` while people signed in.
async fn report_issues(section: &mut Section<'_>, auth: &Auth, provider: &str) {
    // A database of an earlier version has no issues; another check reports its schema.
    let Ok(found) = auth.provider_issues().of(provider, auth.clock().now_ms().saturating_sub(SINCE_MS)).await else {
        return;
    };
    for (issue, at_ms) in found {
        let day =
            DateTime::from_timestamp_millis(at_ms).map(|at| at.format("%-d %b %Y").to_string()).unwrap_or_default();
        let (check, status, what, remedy) = explained_issue(issue);
        let remedy = (!remedy.is_empty()).then(|| remedy.to_owned());
        section.add(check, status, format!("{provider}: {what} (last on {day})."), remedy);
    }
}

/// The check's name, its status, what was noticed, and the remedy.
const fn explained_issue(issue: ProviderIssue) -> (&'static str, Status, &'static str, &'static str) {
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
