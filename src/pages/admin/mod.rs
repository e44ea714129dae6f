//! The pages of administrators.

mod audit;
mod audit_query;
mod parts;
mod sessions;
mod start;
mod user;
mod users;

pub use audit::{audit, audit_row};
pub use audit_query::{AuditQuery, read_format};
pub use sessions::sessions;
pub use start::start;
pub use user::user;
pub use users::users;
