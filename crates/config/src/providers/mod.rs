//! The OpenID providers, each checked by its kind.

mod client;
mod kind;
mod options;
mod roles;
mod section;

pub(super) use section::{DEFAULT_SCOPES, DEMONSTRATION_ID, GRAPH_SCOPE, read};
