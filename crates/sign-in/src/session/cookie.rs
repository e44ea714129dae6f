//! Every cookie of the sign-in, in one place: its name, its attributes, its life.

use std::borrow::Cow;
use std::collections::BTreeMap;

use http::{HeaderMap, header};
use time::{Duration, OffsetDateTime};
use tower_sessions::cookie::{Cookie, CookieBuilder, SameSite};
use tower_sessions::{Expiry, Session, SessionManagerLayer, session};
use url::Url;

use super::kept_address::MAX_PARTS;
use super::records::{RecordError, SignIn};
use super::sign_out_mark::SignOutMark;
use super::store::{self, CookieSessionStore};
use crate::attempts;

/// The only key of a cookie session: the id of the sign-in record that it points to.
const SIGN_IN: &str = "sign_in";

/// The highest count of sign-ins in a row that is kept.
const MAX_TRIES: u8 = 9;

/// How long a browser remembers that a person signed out: as long as most providers remember who signed in there.
const SIGNED_OUT_LIFETIME: Duration = Duration::days(30);

/// Names and attributes of the cookies for one public address.
#[derive(Clone, Debug)]
pub struct CookiePolicy {
    secure: bool,
    names: Names,
}

/// What the cookies are called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names {
    session: &'static str,
    tries: &'static str,
    /// What the names of the attempts' cookies begin with, before an id.
    attempt: &'static str,
    /// What the names of cookies begin with that keep an address, before an id and a number. They have a path, which the
    /// prefix `__Host-` does not allow; what they say leads to a page of ours in any case.
    kept: &'static str,
    /// The path of these, before the id.
    kept_path: &'static str,
    signed_out: &'static str,
}

impl Names {
    const OURS: Self = Self {
        session: "rolecall",
        tries: "rolecall-tries",
        signed_out: "rolecall-signed-out",
        attempt: "rolecall-attempt-",
        kept: "rolecall-page-",
        kept_path: "/sign-in/to/",
    };
    const OURS_SECURE: Self = Self {
        session: "__Host-rolecall",
        tries: "__Host-rolecall-tries",
        signed_out: "__Host-rolecall-signed-out",
        attempt: "__Host-rolecall-attempt-",
        kept: "__Secure-rolecall-page-",
        ..Self::OURS
    };
    const ELSEWHERE: Self = Self {
        session: "rolecall-app",
        tries: "rolecall-app-tries",
        signed_out: "rolecall-app-signed-out",
        attempt: "rolecall-app-attempt-",
        kept: "rolecall-app-page-",
        kept_path: "/.rolecall/to/",
    };
    const ELSEWHERE_SECURE: Self = Self {
        session: "__Host-rolecall-app",
        tries: "__Host-rolecall-app-tries",
        signed_out: "__Host-rolecall-app-signed-out",
        attempt: "__Host-rolecall-app-attempt-",
        kept: "__Secure-rolecall-app-page-",
        ..Self::ELSEWHERE
    };

    /// Whether one of our cookies is called exactly `name`.
    pub(super) fn hold(name: &[u8]) -> bool {
        let Ok(name) = std::str::from_utf8(name) else { return false };
        [Self::OURS, Self::OURS_SECURE, Self::ELSEWHERE, Self::ELSEWHERE_SECURE].iter().any(|names| {
            names.session == name
                || names.tries == name
                || names.signed_out == name
                || name.strip_prefix(names.attempt).is_some_and(is_id)
                || name
                    .strip_prefix(names.kept)
                    .and_then(|rest| rest.rsplit_once('-'))
                    .is_some_and(|(id, at)| is_id(id) && (0..MAX_PARTS).any(|part| part.to_string() == at))
        })
    }
}

/// Whether `text` has the form of an id in a name: 128 bits as base64url.
fn is_id(text: &str) -> bool {
    text.len() == 22 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

impl CookiePolicy {
    /// The policy for an application at `public_url`. Over https the names carry the `__Host-` prefix, so that no
    /// other host or path can plant them (RFC 6265bis, section 4.1.3.2).
    #[must_use]
    pub fn new(public_url: &Url) -> Self {
        let secure = public_url.scheme() == "https";
        Self { secure, names: if secure { Names::OURS_SECURE } else { Names::OURS } }
    }

    /// The policy for the hosts beside that of `public_url` to which a sign-in can be handed over. The cookies have other
    /// names there, so that whoever sees one knows what it is for.
    #[must_use]
    pub fn elsewhere(public_url: &Url) -> Self {
        let secure = public_url.scheme() == "https";
        Self { secure, names: if secure { Names::ELSEWHERE_SECURE } else { Names::ELSEWHERE } }
    }

    /// The layer that carries the cookie session. In front of it [`remove_look_alikes`](super::remove_look_alikes) must
    /// have run: this layer decodes the names of cookies.
    ///
    /// `SameSite=Lax` and not `Strict`, which would keep the cookie from the callback that a provider redirects to.
    #[must_use]
    pub fn session_layer(&self, store: CookieSessionStore) -> SessionManagerLayer<CookieSessionStore> {
        SessionManagerLayer::new(store)
            .with_name(self.names.session)
            .with_path("/")
            .with_secure(self.secure)
            .with_http_only(true)
            .with_same_site(SameSite::Lax)
    }

    /// What makes the browser drop the session cookie. The session layer's own removal lacks `Secure`, without which a
    /// browser ignores it for a `__Host-` name.
    #[must_use]
    pub fn session_removal(&self) -> Cookie<'static> {
        let mut removal = self.cookie(self.names.session, String::new()).build();
        removal.make_removal();
        removal
    }

    /// The name of the cookie of the attempt `id`.
    pub(super) fn attempt_name(&self, id: &str) -> String {
        format!("{}{id}", self.names.attempt)
    }

    /// The cookie of the attempt `id`, to be kept for so long.
    pub(super) fn attempt(&self, id: &str, value: String, kept: Duration) -> Cookie<'static> {
        self.cookie(self.attempt_name(id), value).max_age(kept).build()
    }

    /// What makes the browser drop that cookie.
    pub(super) fn attempt_removal(&self, id: &str) -> Cookie<'static> {
        let mut removal = self.cookie(self.attempt_name(id), String::new()).build();
        removal.make_removal();
        removal
    }

    /// The ids and values of the attempts that the browser sent, each only where it was sent once.
    pub(super) fn attempts_in(&self, headers: &HeaderMap) -> impl Iterator<Item = (String, String)> {
        let mut found: BTreeMap<String, Option<String>> = BTreeMap::new();
        for cookie in cookies_in(headers) {
            if let Some(id) = cookie.name().strip_prefix(self.names.attempt).filter(|id| is_id(id)) {
                let value = Some(cookie.value().to_owned());
                found.entry(id.to_owned()).and_modify(|doubled| *doubled = None).or_insert(value);
            }
        }
        found.into_iter().filter_map(|(id, value)| Some((id, value?)))
    }

    /// What the name of the cookies begins with that keep the address `id`.
    pub(super) fn kept_name(&self, id: &str) -> String {
        format!("{}{id}", self.names.kept)
    }

    /// The path that leads to the address `id`.
    pub(super) fn kept_path(&self, id: &str) -> String {
        format!("{}{id}", self.names.kept_path)
    }

    /// The cookie with one part of the address `id`, which is sent to its path alone.
    pub(super) fn kept(&self, id: &str, at: usize, part: String, kept: Duration) -> Cookie<'static> {
        self.cookie(format!("{}-{at}", self.kept_name(id)), part).path(self.kept_path(id)).max_age(kept).build()
    }

    /// What the browser keeps of the address `id`, all parts in one.
    pub(super) fn kept_in(&self, headers: &HeaderMap, id: &str) -> Option<String> {
        let part = |at| is_id(id).then(|| only_value(headers, &format!("{}-{at}", self.kept_name(id)))).flatten();
        let parts: String = (0..MAX_PARTS).map_while(part).collect();
        (!parts.is_empty()).then_some(parts)
    }

    /// The cookie that counts how many sign-ins in a row came to nothing. It lives as long as an attempt.
    #[must_use]
    pub fn tries(&self, in_a_row: u8) -> Cookie<'static> {
        self.cookie(self.names.tries, in_a_row.min(MAX_TRIES).to_string())
            .max_age(Duration::milliseconds(attempts::LIFETIME_MS))
            .build()
    }

    /// What makes the browser drop that cookie.
    #[must_use]
    pub fn tries_removal(&self) -> Cookie<'static> {
        let mut removal = self.tries(0);
        removal.make_removal();
        removal
    }

    /// The count that the browser sent; 0 when it has none, or one that is not ours.
    #[must_use]
    pub fn tries_in(&self, headers: &HeaderMap) -> u8 {
        let count = only_value(headers, self.names.tries).and_then(|value| value.parse().ok());
        count.filter(|count| *count <= MAX_TRIES).unwrap_or_default()
    }

    /// The cookie of a browser in which somebody signed out, with the `mark` of that sign-out.
    #[must_use]
    pub fn signed_out(&self, mark: &SignOutMark) -> Cookie<'static> {
        self.cookie(self.names.signed_out, mark.to_string()).max_age(SIGNED_OUT_LIFETIME).build()
    }

    /// What makes the browser drop that cookie.
    #[must_use]
    pub fn signed_out_removal(&self) -> Cookie<'static> {
        let mut removal = self.cookie(self.names.signed_out, String::new()).build();
        removal.make_removal();
        removal
    }

    /// The mark that the browser sent; `None` when it has none, or one that is not ours.
    #[must_use]
    pub fn signed_out_in(&self, headers: &HeaderMap) -> Option<SignOutMark> {
        only_value(headers, self.names.signed_out).as_deref().and_then(SignOutMark::parse)
    }

    /// A cookie with the attributes that all of ours have.
    fn cookie(&self, name: impl Into<Cow<'static, str>>, value: String) -> CookieBuilder<'static> {
        Cookie::build((name.into(), value)).path("/").secure(self.secure).http_only(true).same_site(SameSite::Lax)
    }
}

/// The value of the cookie `name`, when the browser sent exactly one.
fn only_value(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = cookies_in(headers).filter(|cookie| cookie.name() == name);
    let value = values.next()?.value().to_owned();
    values.next().is_none().then_some(value)
}

fn cookies_in(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'_>> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|header| header.to_str().ok());
    lines.flat_map(Cookie::split_parse).filter_map(Result::ok)
}

/// Lets the cookie session of this browser point to `sign_in`, under a new id, and stores that: then the old id, whoever
/// planted it, is dead. Until it is stored the old one stays as it was.
///
/// # Errors
/// When the session store does not answer.
pub async fn point_to(session: &Session, sign_in: &SignIn, absolute_end_ms: i64) -> Result<(), session::Error> {
    point_under(SIGN_IN, session, sign_in, absolute_end_ms).await
}

/// The same under `key`, for the cookie session of another host: under a key that the others do not read, its cookie is
/// worthless everywhere else.
///
/// # Errors
/// When the session store does not answer.
pub async fn point_under(
    key: &str,
    session: &Session,
    sign_in: &SignIn,
    absolute_end_ms: i64,
) -> Result<(), session::Error> {
    let end = OffsetDateTime::from_unix_timestamp(absolute_end_ms / 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    store::while_replacing(async {
        // Without a session there is no id that anybody could have planted.
        if session.id().is_some() {
            session.cycle_id().await?;
            session.clear().await;
        }
        session.insert(key, &sign_in.id).await?;
        session.set_expiry(Some(Expiry::AtDateTime(end)));
        session.save().await
    })
    .await
}

/// The id of the sign-in record that the cookie session of this browser points to.
///
/// # Errors
/// When the session store does not answer.
pub async fn pointed_to(session: &Session) -> Result<Option<String>, session::Error> {
    pointed_under(SIGN_IN, session).await
}

/// The id of the sign-in record that the cookie session of this browser points to under `key`.
///
/// # Errors
/// When the session store does not answer.
pub async fn pointed_under(key: &str, session: &Session) -> Result<Option<String>, session::Error> {
    session.get(key).await
}

/// Why it cannot be told whether somebody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum LiveSignInError {
    /// The session store does not answer.
    #[error("the session could not be read")]
    Session(#[from] session::Error),
    /// The sign-in records cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
}
