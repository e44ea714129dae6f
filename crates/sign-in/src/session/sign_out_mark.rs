//! The mark of a sign-out in a browser.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use strum::{EnumString, IntoStaticStr};
use tower_sessions::Session;

use crate::random;

/// Who ended the sign-in of a browser, as the person sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum SignedOutBy {
    /// The person, in this browser.
    #[default]
    Person,
    /// The person, in another browser, from the list of their sessions.
    PersonElsewhere,
    /// An administrator.
    Administrator,
    /// An administrator, who disabled the person.
    Disabled,
    /// The provider's directory, in which the person is no longer active.
    Directory,
}

/// The mark of one sign-out, the content of its cookie: the time, a value that only this browser knows, and who ended
/// the sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignOutMark {
    at_ms: i64,
    token: String,
    by: SignedOutBy,
}

impl SignOutMark {
    /// The mark of a sign-out by the person at `at_ms`, Unix milliseconds (UTC).
    #[must_use]
    pub fn at(at_ms: i64) -> Self {
        Self { at_ms, token: random::token(), by: SignedOutBy::Person }
    }

    /// The mark of the sign-out at `at_ms`, Unix milliseconds (UTC), that ended the sign-in of `session`. It is the
    /// same for every request of the browser: several pages can ask before one has the cookie, and the link of each
    /// must work with the cookie that came last.
    #[must_use]
    pub fn of_session(session: &Session, at_ms: i64) -> Self {
        let Some(id) = session.id() else { return Self::at(at_ms) };
        let token = URL_SAFE_NO_PAD.encode(random::hash(&format!("signed out {id}")));
        Self { at_ms, token, by: SignedOutBy::Person }
    }

    /// The same for a sign-out by an administrator, or by the person in another browser.
    #[must_use]
    pub fn by(self, by: SignedOutBy) -> Self {
        Self { by, ..self }
    }

    /// Who ended the sign-in.
    #[must_use]
    pub const fn signed_out_by(&self) -> SignedOutBy {
        self.by
    }

    /// Parses `text`; `None` if it is not a valid mark.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (at_ms, rest) = text.split_once('.')?;
        let (token, by) = match rest.split_once('.') {
            Some((token, by)) => (token, by.parse().ok().filter(|by| *by != SignedOutBy::Person)?),
            None => (rest, SignedOutBy::Person),
        };
        let is_token = token.len() == random::token().len()
            && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        Some(Self { at_ms: at_ms.parse().ok()?, token: token.to_owned(), by }).filter(|_| is_token)
    }
}

impl fmt::Display for SignOutMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at_ms, self.token)?;
        match self.by {
            SignedOutBy::Person => Ok(()),
            by => write!(f, ".{}", <&str>::from(by)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written_and_nothing_else_is() {
        let mark = SignOutMark::at(1_700_000_000_000);
        assert_eq!(SignOutMark::parse(&mark.to_string()), Some(mark.clone()));
        assert_ne!(SignOutMark::at(1_700_000_000_000), mark);
        for text in ["", "1", "1.", &format!("x{mark}"), &format!("{mark}x"), &mark.to_string().replace('.', "-")] {
            assert_eq!(SignOutMark::parse(text), None, "{text}");
        }
        assert_eq!(SignOutMark::parse(&format!("1.\"{}", &random::token()[1..])), None);
        let others =
            [SignedOutBy::PersonElsewhere, SignedOutBy::Administrator, SignedOutBy::Directory, SignedOutBy::Disabled];
        for by in others {
            let mark = SignOutMark::at(1).by(by);
            assert_eq!(SignOutMark::parse(&mark.to_string()), Some(mark));
        }
        for who in ["", "person", "nobody", "administrator.", "administrator;"] {
            assert_eq!(SignOutMark::parse(&format!("{mark}.{who}")), None, "{who}");
        }
    }
}
