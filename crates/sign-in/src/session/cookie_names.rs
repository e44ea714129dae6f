//! What the cookies of the sign-in are called.

/// How many cookies one kept address takes at most.
pub(super) const MAX_PARTS: usize = 3;

/// What the cookies are called.
#[derive(Clone, Copy, Debug)]
pub(super) struct CookieNames {
    pub(super) session: &'static str,
    pub(super) tries: &'static str,
    /// What the names of the attempts' cookies begin with, before an id.
    pub(super) attempt: &'static str,
    /// What the names of cookies begin with that keep an address, before an id and a number. They have a path, which the
    /// prefix `__Host-` does not allow; what they say leads to a page of ours in any case.
    pub(super) kept: &'static str,
    /// The path of these, before the id.
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

    /// Whether one of our cookies is called exactly `name`.
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

/// Whether `text` has the form of an id in a name: 128 bits as base64url.
pub(super) fn is_id(text: &str) -> bool {
    text.len() == 22 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
