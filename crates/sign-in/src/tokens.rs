//! The tokens of a sign-in, as they are stored: encrypted in its row, never sent to a browser.

use openidconnect::core::CoreTokenResponse;
use openidconnect::{OAuth2TokenResponse as _, TokenResponse as _};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Further;
use super::id_token;
use super::latest_refresh::changed;
pub use super::latest_refresh::{ChangedClaim, LatestRefresh};

/// The tokens of one sign-in. Serialised only for encryption; no `Debug`, so that no log can print them.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct TokenSet {
    /// The ID token, as the provider signed it.
    pub id_token: String,
    /// The access token for the provider's own API.
    pub access_token: String,
    /// The refresh token, if one was requested and issued.
    pub refresh_token: Option<String>,
    /// When the access token expires, Unix milliseconds (UTC); `None` when the provider did not say.
    pub expires_at_ms: Option<i64>,
    /// The groups that count and that the person is in, if they did not fit into the ID token and were looked up.
    #[serde(default)]
    pub groups: Option<Vec<String>>,
    /// What the `UserInfo` endpoint said about roles and groups, if they are read there.
    #[serde(default)]
    pub user_info: Option<Map<String, Value>>,
    /// What the sign-in requested beyond the provider's configuration.
    #[serde(default)]
    pub further: Further,
    /// What the latest refresh changed, if there was one.
    #[serde(default)]
    pub latest_refresh: Option<LatestRefresh>,
}

/// How long an access token counts as valid when the provider does not say, in milliseconds.
const DEFAULT_LIFETIME_MS: i64 = 60 * 60 * 1000;

/// How long role claims are valid at most, in milliseconds, so that the role is read again within the hour: access
/// tokens for APIs with continuous access evaluation live for a day, and some providers return no ID token when they
/// refresh.
pub const ROLES_COUNT_MS: i64 = 75 * 60 * 1000;

/// Whether a role that was read at `read_at_ms` still counts at `now_ms`, given that it can be read again.
#[must_use]
pub const fn still_counts(read_at_ms: i64, now_ms: i64) -> bool {
    now_ms < read_at_ms.saturating_add(ROLES_COUNT_MS)
}

/// When refreshable tokens are to be refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// From here on, Unix milliseconds (UTC): after four fifths of their lifetime, which leaves time for an outage to
    /// pass.
    pub refresh_at_ms: i64,
    /// Until here the role is valid, Unix milliseconds (UTC).
    pub end_at_ms: i64,
}

impl TokenSet {
    /// When these tokens, received at `now_ms`, are to be refreshed. The role was read at `roles_read_at_ms`: when they
    /// were received, or earlier if they said nothing about it. `None` without a refresh token.
    #[must_use]
    pub fn due(&self, roles_read_at_ms: i64, now_ms: i64) -> Option<Due> {
        self.refresh_token.as_ref()?;
        let end_ms = self.expires_at_ms.unwrap_or_else(|| now_ms.saturating_add(DEFAULT_LIFETIME_MS));
        let end_ms = end_ms.min(now_ms.saturating_add(ROLES_COUNT_MS));
        let end_at_ms = end_ms.min(roles_read_at_ms.saturating_add(ROLES_COUNT_MS));
        let refresh_at_ms = now_ms.saturating_add(end_ms.saturating_sub(now_ms) / 5 * 4);
        Some(Due { refresh_at_ms: refresh_at_ms.min(end_at_ms), end_at_ms })
    }

    /// These tokens after the provider's answer to a refresh, received at `now_ms`. What the answer omits is kept: the
    /// refresh token (RFC 6749, section 6) and the ID token (OpenID Connect Core 12.2).
    #[must_use]
    pub fn refreshed(&self, response: &CoreTokenResponse, now_ms: i64) -> Self {
        Self {
            id_token: response.id_token().map_or_else(|| self.id_token.clone(), ToString::to_string),
            access_token: response.access_token().secret().clone(),
            refresh_token: response
                .refresh_token()
                .map_or_else(|| self.refresh_token.clone(), |token| Some(token.secret().clone())),
            expires_at_ms: end_ms(response, now_ms),
            groups: self.groups.clone(),
            user_info: self.user_info.clone(),
            further: self.further.clone(),
            latest_refresh: Some(self.what_changes(response, now_ms)),
        }
    }

    fn what_changes(&self, response: &CoreTokenResponse, now_ms: i64) -> LatestRefresh {
        let after = response.id_token().map(ToString::to_string);
        let claims = |token: &str| id_token::payload(token).unwrap_or_default();
        let changed = after.map(|after| changed(&claims(&self.id_token), &claims(&after)));
        LatestRefresh { at_ms: now_ms, changed }
    }

    /// The tokens of the provider's answer, received at `now_ms`; `None` without an ID token.
    #[must_use]
    pub fn from_response(response: &CoreTokenResponse, now_ms: i64) -> Option<Self> {
        Some(Self {
            id_token: response.id_token()?.to_string(),
            access_token: response.access_token().secret().clone(),
            refresh_token: response.refresh_token().map(|token| token.secret().clone()),
            expires_at_ms: end_ms(response, now_ms),
            ..Self::default()
        })
    }
}

fn end_ms(response: &CoreTokenResponse, now_ms: i64) -> Option<i64> {
    let lifetime_ms = response.expires_in().and_then(|lifetime| i64::try_from(lifetime.as_millis()).ok());
    lifetime_ms.map(|lifetime| now_ms.saturating_add(lifetime))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_that_live_for_a_day_are_refreshed_within_the_hour_all_the_same() {
        let lasting = |hours: i64| TokenSet {
            refresh_token: Some("refresh".to_owned()),
            expires_at_ms: Some(hours * 3_600_000),
            ..TokenSet::default()
        };
        assert_eq!(lasting(24).due(0, 0), Some(Due { refresh_at_ms: 3_600_000, end_at_ms: 4_500_000 }));
        assert_eq!(lasting(1).due(0, 0), Some(Due { refresh_at_ms: 2_880_000, end_at_ms: 3_600_000 }));
        let later = lasting(24).due(0, 2_880_000);
        assert_eq!(
            later,
            Some(Due { refresh_at_ms: 4_500_000, end_at_ms: 4_500_000 }),
            "tokens alone make no role newer"
        );
        assert!(lasting(24).serves(23 * 3_600_000) && !lasting(24).serves(24 * 3_600_000 - 30_000));
    }
}
