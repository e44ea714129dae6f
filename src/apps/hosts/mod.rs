//! Apps on host names of their own: how a sign-in gets there.
//!
//! A cookie of ours is not sent to another host, so the sign-in is handed over (the shape of OAuth's code flow, between
//! two hosts of the same program):
//!
//! 1. The app's host gives the browser a random value in a cookie and sends it to our host with the value's hash, the state.
//! 2. Our host knows who that is, and sends the browser back with a code that is good once, for a minute, for this app and
//!    this state.
//! 3. The app's host takes the code, holds the state against the cookie, and gives the browser a cookie session of its own.
//!
//! That session points to the same sign-in record, under a key that no other host reads. So it ends when the sign-in ends,
//! and its cookie is worthless elsewhere. Nobody can plant a sign-in of their own in somebody else's browser: they would
//! have to know the value behind the state.

mod codes;
mod hand_over;

pub use codes::{CodeError, Codes, HandOver, LIFETIME_MS, MAX_PER_SIGN_IN, Taken};
pub use hand_over::{EnterError, State, enter, sign_in_in};
