//! The person behind a request, as the app learns it: in headers, and in a signed token (JWT, RFC 7519) for apps that
//! verify it rather than trust a header.

use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use moka::sync::Cache;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rolecall_model::Role;
use rolecall_sign_in::db::Db;
use rolecall_sign_in::session::{Cipher, CipherError, RecordError, SignIn};
use rolecall_sign_in::{Auth, jws, random};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::keys::{KeyError, PublishedKeys, SigningKey, SigningKeys};
use crate::UpstreamApp;
use crate::headers::set;

/// The sign-in on whose behalf an app is asked.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The live sign-in.
    pub sign_in: Arc<SignIn>,
    /// The highest role that it may use now.
    pub open_role: Role,
}

/// Everything that an app learns about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The person's key, which is the same at every sign-in.
    pub(super) user: String,
    /// The name, not escaped.
    pub(super) name: String,
    /// The e-mail address, if there is one.
    pub(super) email: Option<String>,
    /// The highest role that may be used now.
    pub(super) role: Role,
}

impl Person {
    /// The roles that may be used now, lowest first.
    pub(super) fn roles(&self) -> Vec<&'static str> {
        Role::ALL.into_iter().filter(|role| *role <= self.role).map(Role::key).collect()
    }
}

/// How long a token is used before a new one is made, in milliseconds.
const SERVES_MS: i64 = 60 * 1000;
/// How many are cached at most, and how long an unused one is cached.
const CAPACITY: u64 = 50_000;
const KEEP_IDLE: Duration = Duration::from_mins(2);
/// What is written as `%XX` in a header, in addition to everything that is not ASCII (RFC 3986, section 2.1).
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');

/// Why an app cannot be told who a person is.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// There is no key to sign with.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The person cannot be looked up.
    #[error("the person cannot be looked up")]
    Person(#[from] RecordError),
    /// There is no such person.
    #[error("there is no such person")]
    Nobody,
}

/// One person, as apps see them.
pub struct AppIdentity {
    person: Person,
    /// The same as a signed token.
    token: String,
    minted_at_ms: i64,
}

/// Makes what apps learn about people, and keeps it for a minute.
pub struct AppIdentities {
    auth: Auth,
    keys: SigningKeys,
    /// By sign-in and app.
    latest: Cache<(String, String), Arc<AppIdentity>>,
}

impl AppIdentities {
    /// For people who are signed in with `auth`, with keys in `db`.
    pub fn new(auth: &Auth, db: Db) -> Result<Self, CipherError> {
        let cipher = Cipher::new(&auth.config().secret_keys)?;
        let latest = Cache::builder().max_capacity(CAPACITY).time_to_idle(KEEP_IDLE).build();
        Ok(Self { auth: auth.clone(), keys: SigningKeys::new(db, cipher), latest })
    }

    /// The public keys.
    pub async fn key_set(&self) -> Result<PublishedKeys, KeyError> {
        self.keys.public(self.auth.clock().now_ms()).await
    }

    /// What `app` learns about `caller`: the same for a minute, unless the role, name or address changes.
    pub async fn of(&self, app: &UpstreamApp, caller: &Caller) -> Result<Arc<AppIdentity>, IdentityError> {
        let now_ms = self.auth.clock().now_ms();
        let (sign_in, cache_key) = (&caller.sign_in, (caller.sign_in.id.clone(), app.name.clone()));
        let latest = self.latest.get(&cache_key).filter(|latest| {
            (0..SERVES_MS).contains(&(now_ms - latest.minted_at_ms))
                && latest.person.role == caller.open_role
                && latest.person.name == sign_in.user.name
                && latest.person.email == sign_in.user.email
        });
        if let Some(latest) = latest {
            return Ok(latest);
        }
        let user = self.auth.sign_ins().person_key(sign_in.user_id).await?.ok_or(IdentityError::Nobody)?;
        let key = self.keys.signing(now_ms).await?;
        let (name, email) = (sign_in.user.name.clone(), sign_in.user.email.clone());
        let person = Person { user, name, email, role: caller.open_role };
        let issuer = self.auth.config().public_url.origin().ascii_serialization();
        let token = signed(&key, &issuer, &app.name, &sign_in.id, &person, now_ms)?;
        let identity = Arc::new(AppIdentity { person, token, minted_at_ms: now_ms });
        self.latest.insert(cache_key, Arc::clone(&identity));
        Ok(identity)
    }
}

impl AppIdentity {
    /// Adds the person to the headers of a request, from which all such headers were removed before.
    pub fn write_into(&self, headers: &mut HeaderMap) {
        set(headers, "x-rolecall-user", &self.person.user);
        set(headers, "x-rolecall-name", &escaped(&self.person.name));
        if let Some(email) = &self.person.email {
            set(headers, "x-rolecall-email", &escaped(email));
        }
        set(headers, "x-rolecall-roles", &self.person.roles().join(","));
        set(headers, "x-rolecall-jwt", &self.token);
    }
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// How long a token is valid, in seconds.
const LIFETIME_S: i64 = 5 * 60;

/// A token in which `issuer` tells the app `audience` that `person` is behind the sign-in `sign_in_id`.
///
/// # Errors
/// When the key does not sign.
pub(super) fn signed(
    key: &SigningKey,
    issuer: &str,
    audience: &str,
    sign_in_id: &str,
    person: &Person,
    now_ms: i64,
) -> Result<String, KeyError> {
    let issued_at_s = now_ms.div_euclid(1000);
    let header = json!({ "alg": "ES256", "typ": "JWT", "kid": key.kid });
    let mut claims = json!({
        "iss": issuer,
        "aud": audience,
        "sub": person.user,
        "name": person.name,
        "roles": person.roles(),
        "sid": URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{audience}\n{sign_in_id}"))),
        "jti": random::id(),
        "iat": issued_at_s,
        "nbf": issued_at_s,
        "exp": issued_at_s + LIFETIME_S,
    });
    if let Some(email) = &person.email {
        claims["email"] = json!(email);
    }
    jws::assemble(&header, &claims, |message| key.sign(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_kind_are_safe_in_headers() {
        for (name, expected) in [
            ("Ada Lovelace", "Ada Lovelace"),
            ("Zoë", "Zo%C3%AB"),
            ("a\r\nX-Rolecall-Roles: admin", "a%0D%0AX-Rolecall-Roles: admin"),
            ("100%", "100%25"),
            ("阿达", "%E9%98%BF%E8%BE%BE"),
        ] {
            assert_eq!(escaped(name), expected);
        }
    }
}
