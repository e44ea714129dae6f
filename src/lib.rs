//! Rolecall puts dashboards behind a company's sign-in.
//!
//! This is the application: its pages, the policy of its routes, and its command line. docs/ARCHITECTURE.md shows what
//! the crates hold, and which may use which.

#![recursion_limit = "512"]

pub mod cli;
mod handlers;
pub mod pages;
pub mod policy;
mod site;

pub use site::site;
