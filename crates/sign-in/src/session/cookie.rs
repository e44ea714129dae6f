//! Every cookie of the sign-in, in one place: its attributes and its life.

use std::borrow::Cow;
use std::collections::BTreeMap;

use http::{HeaderMap, header};
use time::Duration;
use tower_sessions::SessionManagerLayer;
use tower_sessions::cookie::{Cookie, CookieBuilder, SameSite};
use url::Url;

use super::cookie_names::{CookieNames, MAX_PARTS, is_id};
use super::sign_out_mark::SignOutMark;
use super::store::CookieSessionStore;

/// The highest count of sign-ins in a row that is kept.
const MAX_TRIES: u8 = 9;

/// How long an attempt is good for, in milliseconds: how long a person may take at the provider.
pub const ATTEMPT_LIFETIME_MS: i64 = 10 * 60 * 1000;

/// How long a browser keeps the cookie of an attempt: longer than the attempt is good for, so that one that comes too late
/// can be told from one that was never begun, and still leads to the page that was wanted.
pub const ATTEMPT_KEPT: Duration = Duration::hours(2);

/// How long a browser remembers that a person signed out: as long as most providers remember who signed in there.
const SIGNED_OUT_LIFETIME: Duration = Duration::days(30);

/// Names and attributes of the cookies for one public address.
#[derive(Clone, Debug)]
pub struct CookiePolicy {
    secure: bool,
    names: CookieNames,
}

impl CookiePolicy {
    /// The policy for an application at `public_url`. Over https the names carry the `__Host-` prefix, so that no
    /// other host or path can plant them (RFC 6265bis, section 4.1.3.2).
    #[must_use]
    pub fn new(public_url: &Url) -> Self {
        let secure = public_url.scheme() == "https";
        Self { secure, names: if secure { CookieNames::OURS_SECURE } else { CookieNames::OURS } }
    }

    /// The policy for the hosts beside that of `public_url` to which a sign-in can be handed over. The cookies have other
    /// names there, so that whoever sees one knows what it is for.
    #[must_use]
    pub fn elsewhere(public_url: &Url) -> Self {
        let secure = public_url.scheme() == "https";
        Self { secure, names: if secure { CookieNames::ELSEWHERE_SECURE } else { CookieNames::ELSEWHERE } }
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
            .max_age(Duration::milliseconds(ATTEMPT_LIFETIME_MS))
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
