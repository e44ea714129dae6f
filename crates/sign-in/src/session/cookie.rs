//! Every cookie of the sign-in, in one place: its attributes and its lifetime.

use std::borrow::Cow;
use std::collections::BTreeMap;

use http::{HeaderMap, HeaderValue, header};
use memchr::memchr;
use time::Duration;
use tower_sessions::cookie::{Cookie, CookieBuilder, SameSite};
use tower_sessions::session::Id;
use url::Url;

use super::cookie_names::{CookieNames, MAX_PARTS, is_id};
use super::sign_out_mark::SignOutMark;

/// The highest count of failed sign-ins in a row that is stored.
const MAX_TRIES: u8 = 9;

/// How long an attempt is valid, in milliseconds: how long a person may take at the provider.
pub const ATTEMPT_LIFETIME_MS: i64 = 10 * 60 * 1000;

/// How long a browser keeps the cookie of an attempt: longer than the attempt is valid. So a late callback can be told
/// from one without an attempt, and still leads to the page that was wanted.
pub const ATTEMPT_KEPT: Duration = Duration::hours(2);

/// How long a browser remembers a sign-out: as long as most providers remember their own sessions.
const SIGNED_OUT_LIFETIME: Duration = Duration::days(30);

/// Names and attributes of the cookies for one public address.
#[derive(Clone, Debug)]
pub struct CookiePolicy {
    secure: bool,
    names: CookieNames,
    /// Created once: it is sent to every signed-in browser with its next answer.
    tries_removal: HeaderValue,
}

impl CookiePolicy {
    /// The policy for an application at `public_url`. Over https the names have the prefix `__Host-`, so no other host
    /// or path can set them (RFC 6265bis, section 4.1.3.2).
    #[must_use]
    pub fn new(public_url: &Url) -> Self {
        let secure = public_url.scheme() == "https";
        Self::of(secure, if secure { CookieNames::OURS_SECURE } else { CookieNames::OURS })
    }

    /// The policy for other hosts than that of `public_url`, to which a sign-in can be handed over. The cookies have
    /// other names there, to make their purpose visible.
    #[must_use]
    pub fn elsewhere(public_url: &Url) -> Self {
        let secure = public_url.scheme() == "https";
        Self::of(secure, if secure { CookieNames::ELSEWHERE_SECURE } else { CookieNames::ELSEWHERE })
    }

    fn of(secure: bool, names: CookieNames) -> Self {
        let mut policy = Self { secure, names, tries_removal: HeaderValue::from_static("") };
        let mut removal = policy.tries(0);
        removal.make_removal();
        if let Ok(removal) = HeaderValue::from_str(&removal.to_string()) {
            policy.tries_removal = removal;
        }
        policy
    }

    /// The value of the session cookie that the browser sent.
    pub(super) fn session_in<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        only_value(headers, self.names.session)
    }

    /// The cookie of the session `id`, with its lifetime; without one the browser drops it when it is closed.
    pub(super) fn session(&self, id: Id, kept: Option<Duration>) -> Cookie<'static> {
        let mut cookie = self.cookie(self.names.session, id.to_string()).build();
        cookie.set_max_age(kept);
        cookie
    }

    /// Makes the browser drop the session cookie.
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

    /// The cookie of the attempt `id`, with its lifetime.
    pub(super) fn attempt(&self, id: &str, value: String, kept: Duration) -> Cookie<'static> {
        self.cookie(self.attempt_name(id), value).max_age(kept).build()
    }

    /// Makes the browser drop that cookie.
    pub(super) fn attempt_removal(&self, id: &str) -> Cookie<'static> {
        let mut removal = self.cookie(self.attempt_name(id), String::new()).build();
        removal.make_removal();
        removal
    }

    /// The ids and values of the attempts in the browser's request. An id that occurs twice is ignored.
    pub(super) fn attempts_in(&self, headers: &HeaderMap) -> impl Iterator<Item = (String, String)> {
        let mut found: BTreeMap<String, Option<String>> = BTreeMap::new();
        for (name, value) in cookies_in(headers) {
            let id = name.strip_prefix(self.names.attempt.as_bytes()).and_then(|id| str::from_utf8(id).ok());
            if let (Some(id), Ok(value)) = (id.filter(|id| is_id(id)), str::from_utf8(value)) {
                let value = Some(value.to_owned());
                found.entry(id.to_owned()).and_modify(|doubled| *doubled = None).or_insert(value);
            }
        }
        found.into_iter().filter_map(|(id, value)| Some((id, value?)))
    }

    /// The prefix of the names of cookies that keep the address `id`.
    pub(super) fn kept_name(&self, id: &str) -> String {
        format!("{}{id}", self.names.kept)
    }

    /// The path for the address `id`.
    pub(super) fn kept_path(&self, id: &str) -> String {
        format!("{}{id}", self.names.kept_path)
    }

    /// The cookie with one part of the address `id`, which is sent only to its path.
    pub(super) fn kept(&self, id: &str, at: usize, part: String, kept: Duration) -> Cookie<'static> {
        self.cookie(format!("{}-{at}", self.kept_name(id)), part).path(self.kept_path(id)).max_age(kept).build()
    }

    /// The address `id` from the browser's cookies, all parts joined.
    pub(super) fn kept_in(&self, headers: &HeaderMap, id: &str) -> Option<String> {
        let part = |at| is_id(id).then(|| only_value(headers, &format!("{}-{at}", self.kept_name(id)))).flatten();
        let parts: String = (0..MAX_PARTS).map_while(part).collect();
        (!parts.is_empty()).then_some(parts)
    }

    /// The cookie that counts failed sign-ins in a row. It lives as long as an attempt.
    #[must_use]
    pub fn tries(&self, in_a_row: u8) -> Cookie<'static> {
        self.cookie(self.names.tries, in_a_row.min(MAX_TRIES).to_string())
            .max_age(Duration::milliseconds(ATTEMPT_LIFETIME_MS))
            .build()
    }

    /// Makes the browser drop that cookie: the value of `Set-Cookie`.
    #[must_use]
    pub const fn tries_removal(&self) -> &HeaderValue {
        &self.tries_removal
    }

    /// The count in the browser's cookie; 0 when it has none, or an invalid one.
    #[must_use]
    pub fn tries_in(&self, headers: &HeaderMap) -> u8 {
        let count = only_value(headers, self.names.tries).and_then(|value| value.parse().ok());
        count.filter(|count| *count <= MAX_TRIES).unwrap_or_default()
    }

    /// The cookie of a browser that was signed out, with the `mark` of that sign-out.
    #[must_use]
    pub fn signed_out(&self, mark: &SignOutMark) -> Cookie<'static> {
        self.cookie(self.names.signed_out, mark.to_string()).max_age(SIGNED_OUT_LIFETIME).build()
    }

    /// Makes the browser drop that cookie.
    #[must_use]
    pub fn signed_out_removal(&self) -> Cookie<'static> {
        let mut removal = self.cookie(self.names.signed_out, String::new()).build();
        removal.make_removal();
        removal
    }

    /// The mark in the browser's cookie; `None` when it has none, or an invalid one.
    #[must_use]
    pub fn signed_out_in(&self, headers: &HeaderMap) -> Option<SignOutMark> {
        only_value(headers, self.names.signed_out).and_then(SignOutMark::parse)
    }

    /// A cookie with the attributes that all of ours have. `SameSite=Lax`, because `Strict` would omit them from the
    /// callback that a provider redirects to.
    fn cookie(&self, name: impl Into<Cow<'static, str>>, value: String) -> CookieBuilder<'static> {
        Cookie::build((name.into(), value)).path("/").secure(self.secure).http_only(true).same_site(SameSite::Lax)
    }
}

/// The value of the cookie `name`, if the browser sent exactly one.
fn only_value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = cookies_in(headers).filter(|(known, _)| *known == name.as_bytes());
    let (_, value) = values.next()?;
    if values.next().is_some() { None } else { str::from_utf8(value).ok() }
}

/// Names and values of the cookies, unparsed (RFC 6265, section 5.4). Header lines that are not ASCII are ignored.
fn cookies_in(headers: &HeaderMap) -> impl Iterator<Item = (&[u8], &[u8])> {
    let lines = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).filter(|line| line.is_ascii());
    lines.flat_map(pairs_in).filter_map(|pair| {
        let at = memchr(b'=', pair)?;
        Some((pair[..at].trim_ascii(), pair[at + 1..].trim_ascii()))
    })
}

/// The pairs of one header line.
pub(super) fn pairs_in(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let line = rest?;
        let end = memchr(b';', line);
        rest = end.map(|end| &line[end + 1..]);
        Some(&line[..end.unwrap_or(line.len())])
    })
}
