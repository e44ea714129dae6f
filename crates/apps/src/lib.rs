//! Other HTTP applications (a Dash, a Grafana, anything) behind Rolecall's sign-in and roles.
//!
//! What is guaranteed:
//! - An app is asked nothing for a person whose role does not open it.
//! - Who the person is, it learns from us alone: whatever a browser sends under such names is taken away.
//! - Our cookies and tokens never reach it, and what it sets stays within its own place.
//! - Nothing is gathered on the way: bodies stream in both directions, whatever their length.
//! - What is live (a stream, a WebSocket, a long download) is cut within a second when the sign-in ends.
//!
//! This knows the sign-in, and nothing of pages: what cannot be passed on leaves as a [`ProxyError`].
//!
//! Why the passing on is code of our own, on hyper's client: `axum-reverse-proxy` (2.4, read in its source) streams and
//! upgrades soundly, but it takes away the headers that `Connection` names after ours are set, so that a browser could
//! name ours; its time limit counts the upload; it passes trailers on; and its tunnel does not say whether a person
//! sends anything, without which somebody who works over a WebSocket would count as idle. What would be left of it is a
//! call of the client that it uses, too.

#![expect(clippy::missing_errors_doc, reason = "that the database does not answer is said once, at the error types")]

mod addresses;
mod body;
mod client;
mod cookies;
mod error;
mod frames;
mod framing;
mod headers;
pub mod hosts;
mod identity;
mod identity_headers;
mod proxy;
mod request;
mod response;
mod tunnel;
mod upstream_app;
mod watch;

pub use error::ProxyError;
pub use framing::FrameAncestors;
pub use identity::{Caller, KeyError, PublishedKeys};
pub use proxy::{Apps, AppsError, probe};
pub use request::is_web_socket;
pub use response::OfApp;
pub use upstream_app::{Mount, UpstreamApp};
