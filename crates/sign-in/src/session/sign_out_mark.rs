//! What a browser remembers of a sign-out.

use std::fmt;

use crate::random;

/// The mark of one sign-out, as its cookie holds it: when it was, and a random value that tells it from every other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignOutMark {
    at_ms: i64,
    token: String,
}

impl SignOutMark {
    /// The mark of a sign-out at `at_ms`, Unix milliseconds (UTC).
    #[must_use]
    pub fn at(at_ms: i64) -> Self {
        Self { at_ms, token: random::token() }
    }

    /// The mark that `text` writes, if it has the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (at_ms, token) = text.split_once('.')?;
        let is_token = token.len() == random::token().len()
            && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        Some(Self { at_ms: at_ms.parse().ok()?, token: token.to_owned() }).filter(|_| is_token)
    }
}

impl fmt::Display for SignOutMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at_ms, self.token)
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
    }
}
