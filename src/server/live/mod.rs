//! Tells an open page what is new: server-sent events (HTML Living Standard, section 9.2).
//!
//! A stream holds names and versions, never data: the page fetches those as any other page. Nobody stays signed in by one, and
//! it ends when the sign-in ends or the dashboard closes.

mod places;
mod stream;

pub use places::Streams;
pub use stream::routes;
