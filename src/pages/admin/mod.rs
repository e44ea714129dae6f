//! The pages of administrators.

mod audit;
mod audit_query;
mod start;

pub use audit::{audit, audit_row};
pub use audit_query::{AuditQuery, read_format};
pub use start::start;
