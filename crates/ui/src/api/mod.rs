//! Server functions, one file for each subject. Each checks the role, calls and returns; the work is done elsewhere.

pub mod account;
pub mod admin;
pub mod dashboards;
pub mod datasets;
pub mod requests;
pub mod sign_in;
