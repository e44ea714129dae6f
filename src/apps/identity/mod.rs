//! Who somebody is, as apps are told: in headers, and in a token that is signed, for apps that check it.

mod app_identity;
mod keys;
mod person;
mod token;

pub use app_identity::IdentityError;
pub(super) use app_identity::{AppIdentities, AppIdentity};
pub use keys::{KeyError, PublishedKeys};
pub use person::Caller;
