//! Notifies open pages of changes: server-sent events (HTML Living Standard, section 9.2).
//!
//! Every page of a signed-in person learns when the session ends and when the role changes; a dashboard also learns
//! what is new in it. A stream contains names and versions, never data: the page fetches those normally. A stream does
//! not keep the person signed in, and it ends when the sign-in ends or the dashboard is closed to them.

mod listener;
mod page_state;
mod parts;
mod stream;
mod stream_limit;

pub use stream::routes;
pub use stream_limit::Streams;
