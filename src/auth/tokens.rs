//! The tokens of a sign-in, as they are kept: sealed in its row, never sent to a browser.

use openidconnect::core::CoreTokenResponse;
use openidconnect::{OAuth2TokenResponse as _, TokenResponse as _};
use serde::{Deserialize, Serialize};

/// The tokens of one sign-in. Serialised only to be sealed; no `Debug`, so that no log can print them.
#[derive(Clone, Serialize, Deserialize)]
pub struct TokenSet {
    /// The ID token, as the provider signed it.
    pub id_token: String,
    /// The access token for the provider's own API.
    pub access_token: String,
    /// The refresh token, if one was asked for and given.
    pub refresh_token: Option<String>,
    /// When the access token ends, Unix milliseconds (UTC); `None` when the provider did not say.
    pub expires_at_ms: Option<i64>,
}

impl TokenSet {
    /// The tokens of the provider's answer, received at `now_ms`; `None` without an ID token.
    #[must_use]
    pub fn from_response(response: &CoreTokenResponse, now_ms: i64) -> Option<Self> {
        let lifetime_ms = response.expires_in().and_then(|lifetime| i64::try_from(lifetime.as_millis()).ok());
        Some(Self {
            id_token: response.id_token()?.to_string(),
            access_token: response.access_token().secret().clone(),
            refresh_token: response.refresh_token().map(|token| token.secret().clone()),
            expires_at_ms: lifetime_ms.map(|lifetime| now_ms.saturating_add(lifetime)),
        })
    }
}
