//! Logout tokens, by which a provider's servers sign people out (OpenID Connect Back-Channel Logout 1.0).

use serde_json::{Map, Value};
use thiserror::Error;

use super::clock::LEEWAY_S;
use super::jws::{MAX_AGE_S, is_for, is_identifier};
use super::session::ProviderSession;

/// The event that a logout token is about (section 2.4).
const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// How old a token without an expiry may be, in seconds: the expiry is required, but several providers in use leave it
/// out. Its `jti` is remembered for longer, so the token still works only once.
const MAX_AGE_WITHOUT_END_S: i64 = 2 * 60;

/// The name of a claim, or of a part of the header, that is missing or wrong.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("`{0}` of the logout token is missing or wrong")]
pub struct WrongClaim(pub &'static str);

/// What a logout token says (Back-Channel Logout 1.0, section 2.4).
pub struct LogoutToken<'a> {
    /// The session or person that the provider has signed out.
    pub session: ProviderSession,
    /// When the token was issued, Unix seconds (UTC).
    pub issued_at_s: i64,
    /// Its identifier: the token works once.
    pub jti: &'a str,
    /// Whether it has an expiry, as it must (section 2.4).
    pub has_end: bool,
}

impl<'a> LogoutToken<'a> {
    /// Checks `claims`, whose signature was verified, at `now_s` (Unix seconds, UTC). Returns the sign-out if they are
    /// the claims of a logout token that `issuer` made for the client `client_id` (section 2.6).
    ///
    /// # Errors
    /// With the name of a claim that is missing or wrong.
    pub fn check(
        claims: &'a Map<String, Value>,
        issuer: &str,
        client_id: &str,
        now_s: i64,
    ) -> Result<Self, WrongClaim> {
        let wrong = WrongClaim;
        let time = |name: &'static str| claims.get(name).and_then(Value::as_i64).ok_or(wrong(name));
        if claims.get("iss").and_then(Value::as_str) != Some(issuer) {
            return Err(wrong("iss"));
        }
        if !claims.get("aud").is_some_and(|audience| is_for(audience, client_id)) {
            return Err(wrong("aud"));
        }
        let issued_at_s = time("iat")?;
        if !(now_s - MAX_AGE_S..=now_s + LEEWAY_S).contains(&issued_at_s) {
            return Err(wrong("iat"));
        }
        let has_end = claims.contains_key("exp");
        let is_over =
            if has_end { time("exp")? <= now_s - LEEWAY_S } else { issued_at_s < now_s - MAX_AGE_WITHOUT_END_S };
        if is_over {
            return Err(wrong("exp"));
        }
        if claims.contains_key("nonce") {
            return Err(wrong("nonce"));
        }
        if !claims.get("events").and_then(|events| events.get(LOGOUT_EVENT)).is_some_and(Value::is_object) {
            return Err(wrong("events"));
        }
        let jti = identifier(claims, "jti")?.ok_or(wrong("jti"))?;
        let session = match (identifier(claims, "sid")?, identifier(claims, "sub")?) {
            (Some(sid), subject) => {
                ProviderSession::Session { sid: sid.to_owned(), subject: subject.map(ToOwned::to_owned) }
            }
            (None, Some(subject)) => ProviderSession::Subject(subject.to_owned()),
            (None, None) => return Err(wrong("sub")),
        };
        Ok(Self { session, issued_at_s, jti, has_end })
    }
}

/// Whether a logout token may have the type `typ` (section 2.4); the type may also be missing.
pub(super) fn is_type_of_logout_tokens(typ: &str) -> bool {
    let name = typ.to_ascii_lowercase();
    matches!(name.strip_prefix("application/").unwrap_or(&name), "jwt" | "logout+jwt")
}

/// The claim `name`, which must be an identifier if present.
fn identifier<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<Option<&'a str>, WrongClaim> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if is_identifier(text) => Ok(Some(text)),
        Some(_) => Err(WrongClaim(name)),
    }
}
