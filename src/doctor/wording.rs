//! What the checks put into words alike: numbers of things, and why something failed.

use std::error::Error;
use std::fmt::Display;

use rolecall_sign_in::plain;

/// The longest reason in a report, in characters.
const MOST: usize = 200;

/// The innermost cause of `error`. The outer ones repeat addresses, which may contain passwords.
pub(super) fn innermost(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    plain(innermost.to_string().trim_end_matches('.'), MOST)
}

/// `count` with the noun for it: `1 group`, `2 groups`.
pub(super) fn counted<N: Display + PartialEq + From<u8>>(count: N, one: &str, many: &str) -> String {
    let noun = if count == N::from(1) { one } else { many };
    format!("{count} {noun}")
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_thing_is_in_the_singular() {
        assert_eq!([0, 1, 2].map(|count| counted(count, "key", "keys")), ["0 keys", "1 key", "2 keys"]);
    }
}
