//! The whole sign-in for your own axum application, in a few lines.
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
//! - A route behind [`DropIn::only`] runs only for people with its role or a higher one. Outside of [`DropIn::protect`]
//!   it runs for nobody.
//! - A person who navigates to it is led to the sign-in and back; any other request gets 401 or 403 as JSON, never a
//!   redirect.
//! - Requests with an unsafe method are accepted only from the application's own pages.
//! - No cache keeps answers to signed-in people, unless the answers allow it.
//!
//! What it does not do: security headers, rate limits, size and time limits, TLS and `X-Forwarded-*` are left to the
//! application. Behind a proxy, insert the client's [`ClientAddress`](crate::ClientAddress) into the request's
//! extensions before these layers; otherwise events contain the proxy's address.

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
