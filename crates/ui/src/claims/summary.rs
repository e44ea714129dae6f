//! A summary for support: the state of a token and a session, without anything about the person's identity.
//!
//! Of claims only the names stand in it, and of roles the values that administrators gave them. No name, address,
//! identifier of a person or session, and no part of a token.

use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat};
use rolecall_model::{IdTokenView, Role};

/// What the summary tells beside the token.
pub struct Facts<'a> {
    /// The provider's id.
    pub provider: &'a str,
    pub issuer: Option<&'a str>,
    /// The role that counts.
    pub role: Option<Role>,
    /// The role that the provider gave.
    pub provider_role: Option<Role>,
    /// The values of the claim for roles.
    pub roles: Vec<&'a str>,
    /// How many groups the token names, or Microsoft Graph in its place.
    pub groups: usize,
    /// The names of all claims.
    pub claims: Vec<&'a str>,
    /// When the session began and when it ends at the latest, Unix milliseconds (UTC).
    pub session_ms: (i64, i64),
}

/// The summary of `token`: a line for each fact.
pub fn summary(token: &IdTokenView, facts: &Facts) -> String {
    let role = |role: Option<Role>| role.map_or("none", Role::name);
    let list = |values: &[&str]| if values.is_empty() { "none".to_owned() } else { values.join(", ") };
    let (began_ms, ends_ms) = facts.session_ms;
    let issuer = facts.issuer.unwrap_or("unknown");
    let algorithm = token.algorithm.as_deref().unwrap_or("unknown");
    let key = token.key_id.as_deref().unwrap_or("unnamed");
    let mut text = String::with_capacity(1024);
    let mut line = |name: &str, value: &str| _ = writeln!(text, "{name}: {value}");
    line("Rolecall", env!("CARGO_PKG_VERSION"));
    line("Written", &time(token.looked_at_ms));
    line("Provider", &format!("{} ({issuer})", facts.provider));
    line("Token signed with", &format!("{algorithm}, key {key}"));
    if let Some((from_ms, until_ms)) = token.valid_ms {
        line("Token valid", &format!("{} to {}", time(from_ms), time(until_ms)));
    }
    line("Claims", &list(&facts.claims));
    line("Roles in the token", &list(&facts.roles));
    line("Groups", &facts.groups.to_string());
    line("Role by the provider", role(facts.provider_role));
    line("Role that counts", role(facts.role));
    line("Role read", &time(token.read_at_ms));
    line("Refresh token", if token.refreshes { "yes" } else { "no" });
    if let Some(refresh) = &token.latest_refresh {
        let changed = refresh.changes.as_ref().map_or_else(
            || "no ID token came".to_owned(),
            |changes| list(&changes.iter().map(|change| change.name.as_str()).collect::<Vec<_>>()),
        );
        line("Last refresh", &format!("{}, changed: {changed}", time(refresh.at_ms)));
    }
    line("Session", &format!("{} to {} at the latest", time(began_ms), time(ends_ms)));
    text
}

fn time(ms: i64) -> String {
    DateTime::from_timestamp_millis(ms)
        .map_or_else(|| ms.to_string(), |time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
}
