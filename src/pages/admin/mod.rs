//! The pages of administrators.

mod access;
mod access_answer;
mod audit;
mod audit_details;
mod audit_filter;
mod audit_query;
mod end_all;
mod health;
mod open_request;
mod requests;
mod sessions;
mod start;
mod user;
mod user_role;
mod users;
mod verify;

pub use access::{AccessGroup, AccessRow, Needed, access_page};
pub use access_answer::{AccessAnswer, AccessQuestion, Verdict};
pub use audit::{audit, audit_row};
pub use audit_query::{AuditQuery, read_format};
pub use health::{HealthFigures, health_page};
pub use requests::requests;
pub use sessions::sessions;
pub use start::start;
pub use user::user;
pub use users::users;
