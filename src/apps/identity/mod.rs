//! Who somebody is, as apps are told: in headers, and in a token that is signed, for apps that check it.

mod app_identity;
mod keys;

pub use app_identity::{Caller, IdentityError};
pub use keys::{KeyError, PublishedKeys};

pub(super) use app_identity::{AppIdentities, AppIdentity};
