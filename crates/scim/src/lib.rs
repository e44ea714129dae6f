//! SCIM 2.0 (RFC 7643, RFC 7644), by which the directory of a provider says who may come in: enough for the
//! provisioning service of Microsoft Entra ID. Whoever is disabled or deleted there is out here at once, and their
//! sessions end.
//!
//! - A directory comes with a token that the operator made ([`tokens`]). It is for one issuer, and speaks of its people
//!   alone: the person with the issuer and the subject that is a user's external id. Nobody without a token learns
//!   anything.
//! - Every change is in the audit, in the transaction that puts it in force.
//! - What a directory says and what administrators decide are kept apart: who is kept out by either is out.
//! - Groups are kept and shown. They give no role.

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
