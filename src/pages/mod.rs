//! The pages, one a file: each asks for its data, and lays the components out.
//!
//! Which page opens to whom is decided by the server's policy before a page is rendered; what a page hides here is
//! display, not a control.

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
