//! Why something failed, in one line.

use std::error::Error;

use rolecall_sign_in::plain;

/// The longest reason that is told, in characters.
const MOST: usize = 200;

/// The innermost reason of `error`. What is around it repeats addresses, which may hold passwords.
pub(super) fn innermost(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    plain(innermost.to_string().trim_end_matches('.'), MOST)
}
