//! Why something failed, in one line.

use std::error::Error;

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
