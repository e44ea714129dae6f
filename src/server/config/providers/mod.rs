//! The OpenID providers, each checked by its kind.

mod kind;
mod section;

pub(super) use section::{DEFAULT_SCOPES, DEMONSTRATION_ID, read};
