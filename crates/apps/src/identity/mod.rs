//! Tells apps who is signed in: in headers, and in a signed token for apps that check it.

mod app_identity;
mod keys;

pub use app_identity::{Caller, IdentityError};
pub use keys::{KeyError, PublishedKeys};

pub(super) use app_identity::{AppIdentities, AppIdentity};
