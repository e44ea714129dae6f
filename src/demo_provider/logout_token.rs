//! Logout tokens (OpenID Connect Back-Channel Logout 1.0, section 2.4). The provider sends none by itself, as nobody has
//! a session with it; tests ask for what they then send.

use serde_json::{Map, Value, json};

use super::id_token;
use super::keys::KeyError;
use super::provider::{CLIENT_ID, DemoProvider};
use super::random::random_text;

/// How long a logout token is valid, in seconds.
const LIFETIME_S: i64 = 120;

impl DemoProvider {
    /// A logout token with `claims` over its own, of which `null` leaves one out, and with the faults in force in its
    /// header and signature. Without `sid` or `sub` among `claims` it names nobody.
    ///
    /// # Errors
    /// When the key could not be made, or does not sign.
    pub async fn logout_token(&self, claims: &Map<String, Value>) -> Result<String, KeyError> {
        let now_s = self.now_ms().div_euclid(1000);
        let honest = json!({
            "iss": self.issuer().as_str(),
            "aud": CLIENT_ID,
            "iat": now_s,
            "exp": now_s + LIFETIME_S,
            "jti": random_text(),
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        });
        let mut all = honest.as_object().cloned().unwrap_or_default();
        all.extend(claims.clone());
        all.retain(|_, value| !value.is_null());
        id_token::signed(self, all, "logout+jwt").await
    }
}
