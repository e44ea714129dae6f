//! SCIM 2.0 (RFC 7643, RFC 7644): the directory of a provider decides who may come in. It covers what the provisioning
//! service of Microsoft Entra ID needs. People who are disabled or deleted in the directory are kept out immediately,
//! and their sessions end.
//!
//! - A directory authenticates with a token that the operator made ([`tokens`]). The token is for one issuer, and
//!   covers only the people of that issuer: a user's external id is the person's subject. Nothing is shown without a
//!   token.
//! - Every change is in the audit, in the same transaction.
//! - The decisions of directories and those of administrators are stored separately: a person whom either keeps out may
//!   not come in.
//! - Groups are stored and shown. They give no role.

#![expect(clippy::missing_errors_doc, reason = "that the database does not answer is said once, at the error types")]

mod attributes;
mod description;
mod error;
mod filter;
mod groups;
mod handle;
mod list;
mod member_changes;
mod members;
mod patch;
mod path;
mod reading;
mod router;
mod rows;
pub mod tokens;
mod users;
mod values;

pub use error::{ScimError, explained};
pub use handle::Scim;
pub use router::router;
pub use tokens::{Directory, Uses};
