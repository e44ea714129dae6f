//! Microsoft Graph, for signed-in people ([`Graph`]) and for callers with another token ([`GraphHttp`]).
//!
//! What is guaranteed:
//! - A token is sent only to the configured address: paths are resolved strictly below it, and no redirect is followed.
//! - Every request ends within ten seconds, including the waits that Graph asks for (`Retry-After`), and no answer is
//!   larger than 1 MiB.
//! - Graph's errors are interpreted in one place: a claims challenge, a missing consent, too many requests, an outage.

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
