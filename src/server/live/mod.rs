//! Tells an open page what is new: server-sent events (HTML Living Standard, section 9.2).
//!
//! Every page of somebody who is signed in hears when the session ends and when the role changes; a dashboard also hears what it
//! shows. A stream holds names and versions, never data: the page fetches those as any other page. Nobody stays signed in by one,
//! and it ends when the sign-in ends or the dashboard closes.

mod listener;
mod page_state;
mod stream;
mod stream_limit;

pub use stream::routes;
pub use stream_limit::Streams;
