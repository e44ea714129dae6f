//! The embedded demonstration provider: a small but real OpenID provider that stands in for a company's own.
//!
//! It speaks OpenID Connect Core 1.0 (code flow with PKCE), Discovery 1.0 and RP-Initiated Logout 1.0 over real HTTP,
//! on `openidconnect`'s own types, so that whoever signs in through it goes the same way as with any other provider. It
//! knows four people and no password, keeps everything in memory, and sends browsers to loopback addresses only.
//!
//! It must never serve anything but a demonstration or a test: whoever chooses a person here *is* that person.
//! Therefore it belongs on a loopback address, and only where no other provider is configured.
//!
//! Tests switch on [`Faults`] to see how a mistaken or hostile provider is met. Honest and faulty ID tokens go one way:
//! the claims are made, faults change them, and the result is signed.

mod api;
mod authorize;
mod bearer;
mod end_session;
mod endpoint;
mod faults;
mod grants;
mod graph;
mod id_token;
mod keys;
mod logout_token;
mod metadata;
mod page;
mod people;
mod pkce;
mod provider;
mod random;
mod redirects;
mod token;
mod userinfo;

pub use api::{API_AUDIENCE, API_SCOPE, ROBOT_ID, ROBOT_SECRET};
pub use endpoint::{Endpoint, RequestCounts};
pub use faults::{Answer, ClaimFault, Faults, GraphChallenge, SignatureFault};
pub use keys::KeyError;
pub use people::{EVERYBODY, PLATFORM, Person, TENANT_ID, people};
pub use provider::{CLIENT_ID, Clock, DemoProvider};
