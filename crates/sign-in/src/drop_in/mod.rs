//! The whole sign-in for an axum application of one's own, in a few lines.
//!
//! ```no_run
//! use axum::Router;
//! use axum::routing::get;
//! use rolecall_sign_in::Role;
//! use rolecall_sign_in::config::ProviderConfig;
//! use rolecall_sign_in::drop_in::{DropIn, SignedIn};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let provider = ProviderConfig::oidc("company", "https://id.example.com", "client-id").with_secret("client secret");
//! let sign_in = DropIn::at("https://reports.example.com").provider(provider).open("data").await?;
//! let app = Router::new()
//!     .route("/", get(async || "Open to everybody"))
//!     .merge(sign_in.only(Role::Read, Router::new().route("/reports", get(reports))));
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! axum::serve(listener, sign_in.protect(app)).await?;
//! # Ok(())
//! # }
//!
//! async fn reports(person: SignedIn) -> String {
//!     format!("Good morning, {}", person.user.name)
//! }
//! ```
//!
//! What is guaranteed beyond what [the crate](crate) guarantees:
//! - A route behind [`DropIn::only`] runs for nobody below its role; outside of [`DropIn::protect`] it runs for nobody.
//! - Who navigates to it is led to the sign-in and back; anything else gets 401 or 403 as JSON, never a redirect.
//! - Requests of an unsafe method are taken from the application's own pages alone.
//! - Answers to people who are signed in are kept by no cache, unless they say otherwise.
//!
//! What is not done: security headers, rate limits, size and time limits, TLS and `X-Forwarded-*` are left to the
//! application. Behind a proxy, put the client's [`ClientAddress`](crate::ClientAddress) into the request's
//! extensions before this sees it, or events tell the proxy's address.

mod layers;
mod page;
mod paths;
mod provider;
mod router;
mod service;
mod settings;
mod signed_in;

pub use page::Page;
pub use service::DropIn;
pub use settings::{OpenError, Settings};
pub use signed_in::SignedIn;

/// Signs out: a form of the application posts here.
pub const SIGN_OUT: &str = "/sign-out";
