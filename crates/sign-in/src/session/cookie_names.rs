//! The names of the sign-in's cookies.

/// How many cookies one stored address takes at most.
pub(super) const MAX_PARTS: usize = 3;

/// The names of the cookies.
#[derive(Clone, Copy, Debug)]
pub(super) struct CookieNames {
    pub(super) session: &'static str,
    pub(super) tries: &'static str,
    /// The prefix of the names of attempts' cookies, before an id.
    pub(super) attempt: &'static str,
    /// The prefix of the names of cookies that store an address, before an id and a number. They have a path, which the
    /// prefix `__Host-` does not allow; whatever they contain, they lead only to our own pages.
    pub(super) kept: &'static str,
    /// The path of these cookies, before the id.
    pub(super) kept_path: &'static str,
    pub(super) signed_out: &'static str,
}

impl CookieNames {
    pub(super) const OURS: Self = Self {
        session: "rolecall",
        tries: "rolecall-tries",
        signed_out: "rolecall-signed-out",
        attempt: "rolecall-attempt-",
        kept: "rolecall-page-",
        kept_path: "/sign-in/to/",
    };
    pub(super) const OURS_SECURE: Self = Self {
        session: "__Host-rolecall",
        tries: "__Host-rolecall-tries",
        signed_out: "__Host-rolecall-signed-out",
        attempt: "__Host-rolecall-attempt-",
        kept: "__Secure-rolecall-page-",
        ..Self::OURS
    };
    pub(super) const ELSEWHERE: Self = Self {
        session: "rolecall-app",
        tries: "rolecall-app-tries",
        signed_out: "rolecall-app-signed-out",
        attempt: "rolecall-app-attempt-",
        kept: "rolecall-app-page-",
        kept_path: "/.rolecall/to/",
    };
    pub(super) const ELSEWHERE_SECURE: Self = Self {
        session: "__Host-rolecall-app",
        tries: "__Host-rolecall-app-tries",
        signed_out: "__Host-rolecall-app-signed-out",
        attempt: "__Host-rolecall-app-attempt-",
        kept: "__Secure-rolecall-app-page-",
        ..Self::ELSEWHERE
    };

    /// Whether one of our cookies has exactly this `name`.
    pub(super) fn is_ours(name: &[u8]) -> bool {
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

/// Whether `text` has the form of an id in such a name: 128 bits as base64url.
pub(super) fn is_id(text: &str) -> bool {
    text.len() == 22 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
