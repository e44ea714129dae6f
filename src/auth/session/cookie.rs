//! Every cookie of the sign-in, in one place: its name, its attributes, its life.

use http::{HeaderMap, header};
use time::{Duration, OffsetDateTime};
use tower_sessions::cookie::{Cookie, CookieBuilder, SameSite};
use tower_sessions::{Expiry, Session, SessionManagerLayer, session};
use url::Url;

use super::records::{RecordError, SignIn};
use super::store::{self, CookieSessionStore};
use crate::auth::attempts;
use crate::auth::random;

/// The only key of a cookie session: the id of the sign-in record that it points to.
const SIGN_IN: &str = "sign_in";

/// The highest count of sign-ins in a row that is kept.
const MAX_TRIES: u8 = 9;

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
    binding: &'static str,
    tries: &'static str,
}

impl Names {
    const OURS: Self = Self { session: "rolecall", binding: "rolecall-attempt", tries: "rolecall-tries" };
    const OURS_SECURE: Self =
        Self { session: "__Host-rolecall", binding: "__Host-rolecall-attempt", tries: "__Host-rolecall-tries" };
    const ELSEWHERE: Self =
        Self { session: "rolecall-app", binding: "rolecall-app-attempt", tries: "rolecall-app-tries" };
    const ELSEWHERE_SECURE: Self = Self {
        session: "__Host-rolecall-app",
        binding: "__Host-rolecall-app-attempt",
        tries: "__Host-rolecall-app-tries",
    };

    /// Whether one of our cookies is called exactly `name`.
    pub(super) fn hold(name: &[u8]) -> bool {
        [Self::OURS, Self::OURS_SECURE, Self::ELSEWHERE, Self::ELSEWHERE_SECURE]
            .iter()
            .flat_map(|names| [names.session, names.binding, names.tries])
            .any(|ours| ours.as_bytes() == name)
    }
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

    /// The cookie that binds attempts to this browser, to be set when one begins.
    #[must_use]
    pub fn binding(&self, value: &str) -> Cookie<'static> {
        self.cookie(self.names.binding, value.to_owned()).max_age(Duration::milliseconds(attempts::LIFETIME_MS)).build()
    }

    /// The binding that the browser sent, if it has the form of one of ours and there is only one.
    #[must_use]
    pub fn binding_in(&self, headers: &HeaderMap) -> Option<String> {
        only_value(headers, self.names.binding).filter(|value| value.len() == random::token().len())
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

    /// A cookie with the attributes that all of ours have.
    fn cookie(&self, name: &'static str, value: String) -> CookieBuilder<'static> {
        Cookie::build((name, value)).path("/").secure(self.secure).http_only(true).same_site(SameSite::Lax)
    }
}

/// The value of the cookie `name`, when the browser sent exactly one.
fn only_value(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .filter(|cookie| cookie.name() == name);
    let value = values.next()?.value().to_owned();
    values.next().is_none().then_some(value)
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
