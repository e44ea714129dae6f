//! The sign-in: OpenID Connect, sessions and roles. It knows nothing of dashboards, pages or administration.
//!
//! [`drop_in`] puts it into an axum application in a few lines; [`web`] has its paths and layers one by one.
//!
//! What is guaranteed:
//! - Nobody counts as signed in without a live sign-in record. One update revokes it; then no cookie, session or cache
//!   keeps the person signed in.
//! - A person's key is issuer and subject, never an e-mail address or user name.
//! - An attempt works once, in the browser that began it, for ten minutes. It has its own state, nonce and PKCE
//!   verifier. Only that browser holds it, encrypted; beginning one stores nothing.
//! - An ID token is validated in full (OpenID Connect Core 3.1.3.7) before any part of it is used or stored.
//! - Where the provider issues refresh tokens, the role is read again before the old tokens expire, and a change takes
//!   effect immediately. When the provider revokes them, the sign-in ends.
//! - After a sign-out, the browser is signed in again only when a person asks for it.
//! - A provider's own sign-out ends exactly what it names, including a sign-in still in progress.
//! - Tokens are stored encrypted and deleted when their sign-in ends; session ids and states are stored as hashes. None
//!   of them is logged.
//! - A person whom the application refuses ([`Hooks`]) is never signed in.
//! - An access token for our API is checked in full, and other kinds of tokens are rejected.
//! - Time is passed in; what happens is reported as [`Event`]s.

#![warn(missing_docs)]
#![expect(clippy::missing_errors_doc, reason = "that a store does not answer is said once, at the error types")]

pub mod aadsts;
pub mod attempts;
pub mod bearer;
mod begin;
mod callback;
mod channels;
mod clock;
mod complete;
mod complete_error;
pub mod config;
mod context;
pub mod db;
mod denied;
pub mod drop_in;
mod events;
mod explain;
mod explanation;
mod forgotten;
mod further;
mod groups;
pub mod guard;
mod hooks;
pub mod id_token;
mod initiation;
pub mod jws;
mod latest_refresh;
pub mod logout_token;
pub mod loopback;
pub mod people;
mod person;
mod plain_text;
pub mod private_files;
pub mod provider;
mod provider_issues;
mod provider_said;
pub mod random;
mod reasons;
mod refresh;
mod refusals;
mod return_to;
mod role_claims;
mod role_of;
mod roles;
pub mod secret_key;
pub mod session;
mod sign_out;
pub mod tokens;
pub mod trial;
mod upkeep;
mod user_info;
mod verified_email;
pub mod web;

pub use begin::{BeginSignInError, Begun, begin_sign_in};
pub use callback::{Callback, CallbackError, CallbackRequest};
pub use channels::{ChannelError, back_channel_sign_out, front_channel_sign_out};
pub use clock::{Clock, LEEWAY_S};
pub use complete::{SignInFailure, complete_sign_in};
pub use complete_error::CompleteSignInError;
pub use context::{Auth, AuthError};
pub use denied::Denied;
pub use events::{Event, EventSink};
pub use explanation::Explanation;
pub use further::Further;
pub use groups::{GroupSource, GroupsError, RoleError, RoleFound};
pub use guard::ClientAddress;
pub use hooks::{AuthenticatedPerson, Hooks, NotAdmitted};
pub use initiation::{BeginRequest, LoginHint, Prompt, link_query};
pub use plain_text::{ends_line, is_invisible, plain};
pub use provider_issues::{ProviderIssue, ProviderIssues};
pub use provider_said::ProviderSaid;
pub use refresh::RolesCheck;
pub use return_to::ReturnTo;
pub use role_claims::{RoleClaims, RolesError};
pub use sign_out::{STILL_SIGNED_IN, SignOutError, SignOutTarget, sign_out, sign_out_of};
pub use upkeep::{LATEST_REVOCATION, Upkeep, sweep_every_minute};
pub use user_info::UserInfoError;
pub use verified_email::verified_email;

pub use rolecall_model::{CurrentUser, ProviderChoice, Role, routes};

/// The examples of the README, as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
