//! What an app is told of the person, at every request.

use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use moka::sync::Cache;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rolecall_sign_in::Auth;
use rolecall_sign_in::db::Db;
use rolecall_sign_in::session::{Cipher, CipherError, RecordError};
use thiserror::Error;

use super::keys::{KeyError, PublishedKeys, SigningKeys};
use super::person::Person;
use super::token;
use crate::apps::headers::set;
use crate::apps::{Caller, UpstreamApp};

/// How long a token serves before another one is made, in milliseconds.
const SERVES_MS: i64 = 60 * 1000;
/// How many are held at most, and how long one is held unused.
const CAPACITY: u64 = 50_000;
const KEEP_IDLE: Duration = Duration::from_mins(2);
/// What is written as `%XX` in a header, beside everything that is not ASCII (RFC 3986, section 2.1).
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');

/// Why it cannot be said who somebody is.
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

/// What an app is told of one person.
pub struct AppIdentity {
    person: Person,
    /// The same, signed.
    token: String,
    minted_at_ms: i64,
}

/// What apps are told of everybody.
pub struct AppIdentities {
    auth: Auth,
    keys: SigningKeys,
    /// By sign-in and app.
    latest: Cache<(String, String), Arc<AppIdentity>>,
}

impl AppIdentities {
    /// For people who are signed in by `auth`, with keys in `db`.
    pub fn new(auth: &Auth, db: Db) -> Result<Self, CipherError> {
        let cipher = Cipher::new(&auth.config().secret_keys)?;
        let latest = Cache::builder().max_capacity(CAPACITY).time_to_idle(KEEP_IDLE).build();
        Ok(Self { auth: auth.clone(), keys: SigningKeys::new(db, cipher), latest })
    }

    /// The public keys.
    pub async fn key_set(&self) -> Result<PublishedKeys, KeyError> {
        self.keys.public(self.auth.clock().now_ms()).await
    }

    /// What `app` is told of `caller`: the same for a minute, unless something of it changes.
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
        let token = token::signed(&key, &issuer, &app.name, &sign_in.id, &person, now_ms)?;
        let identity = Arc::new(AppIdentity { person, token, minted_at_ms: now_ms });
        self.latest.insert(cache_key, Arc::clone(&identity));
        Ok(identity)
    }
}

impl AppIdentity {
    /// Writes it into the headers of a request, from which everything of the kind was taken away before.
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
