//! What an access token must say (RFC 9068, section 4; Microsoft identity platform, "Access token claims reference").

use serde_json::{Map, Value};
use strum::IntoStaticStr;
use uuid::Uuid;

use super::BearerError;
use crate::clock::LEEWAY_S;
use crate::jws::is_identifier;
use crate::plain_text::printable;

/// Claims that only ID tokens and logout tokens have: `nonce`, the hashes of OpenID Connect Core 3.1.3.6 and 3.3.2.11,
/// and the subject of a logout token.
const CLAIMS_OF_OTHER_TOKENS: [&str; 5] = ["nonce", "at_hash", "c_hash", "s_hash", "events"];
/// Claims about how and when a person signed in (OpenID Connect Core 2; RFC 9068, section 2.2.1; Front-Channel Logout
/// 1.0).
const CLAIMS_OF_A_SIGN_IN: [&str; 4] = ["auth_time", "acr", "amr", "sid"];
/// Scopes that only a signed-in person can grant, and those for offline access (OpenID Connect Core 3.1.2.1 and 11).
const SCOPES_OF_PEOPLE: [&str; 2] = ["openid", "offline_access"];
/// Times beyond this, in Unix seconds, are rejected: it is the year 5138.
const LAST_TIME_S: f64 = 1e11;
/// The scheme of the names that Entra gives to APIs.
const ENTRA_SCHEME: &str = "api://";

/// What an access token must be for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiAccess {
    /// The names of our API, one of which a token must have as its audience (`aud`). At least one.
    pub audiences: Vec<String>,
    /// The scope that a token of a person must hold.
    pub scope: String,
}

/// The kind of caller that an access token was issued for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum CallerKind {
    /// A person, on whose behalf an application calls.
    Person,
    /// An application, on its own behalf (client credentials: RFC 6749, section 4.4).
    Application,
}

impl CallerKind {
    /// Its name in logs and answers.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.into()
    }
}

/// What a checked token says about the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The issuer.
    pub issuer: String,
    /// The caller at the issuer; at Entra the object id.
    pub subject: String,
    /// The application that the token was given to.
    pub client: String,
    /// Whether it is a person or an application.
    pub kind: CallerKind,
    /// The name to show.
    pub name: String,
    /// A person's first name.
    pub given_name: Option<String>,
    /// When a person authenticated, Unix milliseconds (UTC), where the token contains it.
    pub authenticated_at_ms: Option<i64>,
}

/// Checks `claims`, whose signature was verified for `issuer`, at `now_s` (Unix seconds, UTC). Returns the caller if
/// they are the claims of an access token for our API.
///
/// # Errors
/// [`BearerError::Claim`] with what is missing or wrong; [`BearerError::Scope`].
pub fn check(
    claims: &Map<String, Value>,
    issuer: &str,
    access: &ApiAccess,
    is_entra: bool,
    now_s: i64,
) -> Result<Checked, BearerError> {
    let wrong = |name: &'static str| Err(BearerError::Claim(name));
    if text(claims, "iss") != Some(issuer) {
        return wrong("iss");
    }
    if !claims.get("aud").is_some_and(|audience| is_for(audience, access, is_entra)) {
        return wrong("aud");
    }
    check_times(claims, now_s)?;
    if let Some(name) = CLAIMS_OF_OTHER_TOKENS.into_iter().find(|name| claims.contains_key(*name)) {
        return wrong(name);
    }
    // Bound to a key that the caller would have to prove (RFC 7800; RFC 9449, section 7.2). A bearer token cannot do
    // that.
    if claims.contains_key("cnf") {
        return wrong("cnf");
    }
    if is_entra && text(claims, "ver") != Some("2.0") {
        return wrong("ver");
    }
    let subject = subject(claims, is_entra)?;
    let client = ["azp", "client_id", "appid"].into_iter().find_map(|name| identifier(claims, name));
    let client = client.ok_or(BearerError::Claim("client_id"))?;
    let scopes = scopes(claims)?;
    let kind = kind(claims, client, speaks_of_person(claims, &scopes, access), is_entra)?;
    if kind == CallerKind::Person && !scopes.contains(&access.scope.as_str()) {
        return Err(BearerError::Scope { needed: access.scope.clone() });
    }
    let shown = |name| text(claims, name).map(printable).filter(|text| !text.trim().is_empty());
    let name = shown("name").or_else(|| shown("preferred_username")).or_else(|| shown("app_displayname"));
    let fallback = if kind == CallerKind::Application { client } else { subject };
    Ok(Checked {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        client: client.to_owned(),
        kind,
        name: name.unwrap_or_else(|| fallback.to_owned()),
        given_name: shown("given_name"),
        authenticated_at_ms: claims.get("auth_time").and_then(Value::as_i64).map(|at_s| at_s.saturating_mul(1000)),
    })
}

/// `exp` and `iat` are required; `nbf` is optional.
fn check_times(claims: &Map<String, Value>, now_s: i64) -> Result<(), BearerError> {
    #[expect(clippy::cast_precision_loss, reason = "seconds of this era fit a double exactly")]
    let (now_s, leeway_s) = (now_s as f64, LEEWAY_S as f64);
    let time = |name: &'static str| {
        let time = claims.get(name).map(|value| value.as_f64().filter(|time_s| time_s.abs() < LAST_TIME_S));
        time.map(|time| time.ok_or(BearerError::Claim(name))).transpose()
    };
    if time("exp")?.is_none_or(|exp| exp <= now_s - leeway_s) {
        return Err(BearerError::Claim("exp"));
    }
    if time("iat")?.is_none_or(|iat| iat > now_s + leeway_s) {
        return Err(BearerError::Claim("iat"));
    }
    if time("nbf")?.is_some_and(|nbf| nbf > now_s + leeway_s) {
        return Err(BearerError::Claim("nbf"));
    }
    Ok(())
}

/// Whether one of `audience` is our API.
fn is_for(audience: &Value, access: &ApiAccess, is_entra: bool) -> bool {
    let is_ours = |name: &str| {
        let is_ours = |ours: &String| ours == name || (is_entra && is_same_application(ours, name));
        access.audiences.iter().any(is_ours)
    };
    match audience {
        Value::String(one) => is_ours(one),
        Value::Array(several) => several.iter().filter_map(Value::as_str).any(is_ours),
        _ => false,
    }
}

/// Whether two names mean the same application at Entra: its id, with and without the scheme. Entra writes the id alone
/// into v2.0 tokens, whichever of the two was requested.
fn is_same_application(one: &str, other: &str) -> bool {
    let id = |name: &str| Uuid::try_parse(name.strip_prefix(ENTRA_SCHEME).unwrap_or(name)).ok();
    id(one).is_some_and(|id_of_one| id(other) == Some(id_of_one))
}

/// The subject of the token. Entra's `sub` differs from application to application, so `oid` identifies the person.
fn subject(claims: &Map<String, Value>, is_entra: bool) -> Result<&str, BearerError> {
    let subject = identifier(claims, "sub").ok_or(BearerError::Claim("sub"))?;
    if !is_entra {
        return Ok(subject);
    }
    if text(claims, "tid").is_none_or(|tid| Uuid::try_parse(tid).is_err()) {
        return Err(BearerError::Claim("tid"));
    }
    text(claims, "oid").filter(|oid| Uuid::try_parse(oid).is_ok()).ok_or(BearerError::Claim("oid"))
}

/// The kind of caller. Where Entra is configured to send `idtyp`, that decides. Otherwise a token belongs to an
/// application if its subject is the client (RFC 9068, section 2.2) and no claim says that a person signed in: a
/// person's subject can equal a client id. At Entra, in a token without scopes, the subject is the client's own object.
fn kind(
    claims: &Map<String, Value>,
    client: &str,
    speaks_of_person: bool,
    is_entra: bool,
) -> Result<CallerKind, BearerError> {
    let (has_scopes, sub) = (claims.contains_key("scp"), text(claims, "sub"));
    match claims.get("idtyp").map(Value::as_str) {
        Some(Some("user")) => Ok(CallerKind::Person),
        Some(Some("app")) if !has_scopes => Ok(CallerKind::Application),
        Some(_) => Err(BearerError::Claim("idtyp")),
        None if is_entra && !has_scopes && sub == text(claims, "oid") => Ok(CallerKind::Application),
        None if !is_entra && sub == Some(client) && !speaks_of_person => Ok(CallerKind::Application),
        None => Ok(CallerKind::Person),
    }
}

/// Whether a claim says that a person signed in: how or when they did, or a scope that only people can grant.
fn speaks_of_person(claims: &Map<String, Value>, scopes: &[&str], access: &ApiAccess) -> bool {
    let is_of_person = |scope: &&str| SCOPES_OF_PEOPLE.contains(scope) || *scope == access.scope;
    CLAIMS_OF_A_SIGN_IN.iter().any(|name| claims.contains_key(*name)) || scopes.iter().any(is_of_person)
}

/// What the person granted: `scp`, as Entra and others call it, else `scope` (RFC 9068, section 2.2.3).
fn scopes(claims: &Map<String, Value>) -> Result<Vec<&str>, BearerError> {
    let (name, value) = match (claims.get("scp"), claims.get("scope")) {
        (Some(scp), _) => ("scp", scp),
        (None, Some(scope)) => ("scope", scope),
        (None, None) => return Ok(Vec::new()),
    };
    let scopes = match value {
        Value::String(text) => Some(text.split(' ').collect()),
        Value::Array(several) => several.iter().map(Value::as_str).collect(),
        _ => None,
    };
    scopes.ok_or(BearerError::Claim(name))
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

fn identifier<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    text(claims, name).filter(|text| is_identifier(text))
}
