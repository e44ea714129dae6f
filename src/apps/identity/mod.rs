//! Who somebody is, as apps are told: in headers, and in a token that is signed, for apps that check it.

mod keys;
mod token;
mod told;

pub use keys::{KeyError, KeySet};
pub use told::IdentityError;
pub(super) use told::{Identities, Identity};
