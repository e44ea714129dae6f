//! What administrators decide of people: ending their sessions, keeping them out, and roles that are given here. Each decision is
//! in the audit in the transaction that puts it in force.

mod decide;
mod error;

pub use decide::Administrator;
pub use error::DecisionError;
