//! Apps on host names of their own: how a sign-in gets there.
//!
//! A cookie of ours is not sent to another host, so the sign-in is handed over (the shape of OAuth's code flow, between
//! two hosts of the same program):
//!
//! 1. The app's host gives the browser a sealed cookie, which holds the page that was asked for and is called after a
//!    random state, and sends it to our host with that state. Each tab has one of its own.
//! 2. Our host knows who that is, and sends the browser back with a code that is good once, for a minute, for this app
//!    and this state.
//! 3. The app's host takes the code, sees that the browser has the cookie of its state, and gives it a cookie session
//!    of its own.
//!
//! That session points to the same sign-in record, under a key that no other host reads. So it ends when the sign-in
//! ends, and its cookie is worthless elsewhere. Nobody on another host can plant a sign-in of their own in somebody
//! else's browser: that has no cookie of their state. A script of the app itself can plant one there, on its own host.
//! A script of the app that lives in a service worker can take a code away, though; docs/APPS.md tells how that is
//! prevented, and why no check of the cookie on our own host would.

mod codes;
mod hand_over;

pub use codes::{CodeError, Codes, HandOver, LIFETIME_MS, MAX_PER_SIGN_IN, Taken};
pub use hand_over::{EnterError, KeptHandOver, NotEntered, Return, State, enter, kept_hand_over, sign_in_in};
