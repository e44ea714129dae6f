//! Microsoft Graph, for signed-in people ([`Graph`]) and for callers with another token ([`GraphHttp`]).
//!
//! What is guaranteed:
//! - A token goes to the configured address alone: paths are resolved strictly below it, and no redirect is followed.
//! - Every request ends within ten seconds, waits that Graph asks for (`Retry-After`) included, and no answer is larger
//!   than 1 MiB.
//! - What Graph says is judged here once: a claims challenge, a missing consent, too many requests, an outage.

mod address;
mod challenge;
mod error;
mod graphs;
mod http;
mod retry;
mod signed_in;

pub use address::{Base, PathError};
pub use challenge::ClaimsChallenge;
pub use error::GraphError;
pub use graphs::Graphs;
pub use http::{GraphAnswer, GraphHttp};
pub use retry::Pauses;
pub use signed_in::{CallError, Graph};
