//! The pages, one per file: each loads its data and lays out components.
//!
//! The server's policy decides who may see a page before it is rendered. What a page hides is display, not a control.

pub mod account;
pub mod apps;
pub mod dashboard;
pub mod dashboards;
pub mod home;
pub mod not_found;
pub mod problem;
pub mod sign_in;
pub mod signed_out;
pub mod token;
