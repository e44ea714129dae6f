//! Apps on host names of their own: how a sign-in gets there.
//!
//! Browsers do not send our cookies to another host. So the sign-in is handed over, as in OAuth's code flow, but
//! between two hosts of the same program:
//!
//! 1. The app's host sets a sealed cookie that holds the requested page and is named after a random state. It sends the
//!    browser to our host with that state. Each tab has its own.
//! 2. Our host identifies the person, and sends the browser back with a code that works once, within a minute, for this
//!    app and this state.
//! 3. The app's host takes the code, checks that the browser has the cookie of its state, and gives it a cookie session
//!    of its own.
//!
//! That session points to the same sign-in record, under a key that no other host reads. So it ends when the sign-in
//! ends, and its cookie is useless elsewhere. Nobody on another host can plant their own sign-in in somebody else's
//! browser, because that browser lacks the cookie of their state. A script of the app can do so, but only on the app's
//! host. A script of the app in a service worker could steal a code: docs/APPS.md explains how that is prevented, and
//! why checking the cookie on our own host would not help.

mod codes;
mod hand_over;

pub use codes::{CodeError, Codes, HandOver, LIFETIME_MS, MAX_PER_SIGN_IN, Taken};
pub use hand_over::{EnterError, KeptHandOver, NotEntered, Return, State, enter, kept_hand_over, sign_in_in};
