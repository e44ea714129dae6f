//! The embedded demonstration provider: a small but real OpenID provider that stands in for a company's own.
//!
//! It speaks OpenID Connect Core 1.0 (code flow with PKCE), Discovery 1.0 and RP-Initiated Logout 1.0 over real HTTP,
//! with `openidconnect`'s own types, so a sign-in works in the same way as with any other provider. It knows four
//! people and no password, keeps everything in memory, and sends browsers to loopback addresses only.
//!
//! It must never serve anything but a demonstration or a test: anyone can choose to be any of these people. Therefore
//! it belongs on a loopback address, and only where no other provider is configured.
//!
//! It always behaves correctly, and no setting changes that. Tests that need a faulty or hostile provider put their own
//! layer around its router.

mod api;
mod authorize;
mod bearer;
mod clients;
mod end_session;
mod grants;
mod graph;
mod id_token;
mod keys;
mod metadata;
mod page;
mod people;
mod pkce;
mod provider;
mod state;
mod token;

pub use clients::{API_AUDIENCE, API_SCOPE, CLIENT_ID, ROBOT_ID, ROBOT_SECRET};
pub use people::{DemoPerson, EVERYBODY, PLATFORM, TENANT_ID, people};
pub use provider::DemoProvider;
pub use state::Clock;
