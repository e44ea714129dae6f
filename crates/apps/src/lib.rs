//! Other HTTP applications (a Dash, a Grafana, anything) behind Rolecall's sign-in and roles.
//!
//! What is guaranteed:
//! - An app gets no request from a person whose role is too low for it.
//! - It learns from us alone who the person is: headers of a browser that say so are removed.
//! - Our cookies and tokens never reach it, and what it sets is limited to its own host or path.
//! - Nothing is buffered: bodies stream in both directions, whatever their length.
//! - Open transfers (a stream, a WebSocket, a long download) are cut off within a second when the sign-in ends.
//!
//! This crate knows the sign-in, but no pages: where nothing can be passed on, it returns a [`ProxyError`].
//!
//! Why not `axum-reverse-proxy` (2.4, whose source was read)? It streams and upgrades correctly. But it removes the
//! headers that `Connection` names after ours are set, so a browser could have ours removed. Its time limit includes
//! the upload. It passes trailers on. And its tunnel does not say whether a person sends anything, so a person who
//! works over a WebSocket would count as idle. Without these parts, all that is left of it is a call of hyper's client,
//! which is used here as well.

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
