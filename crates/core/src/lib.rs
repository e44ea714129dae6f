//! What Rolecall stores and decides: dashboards, data sets and uploads, the audit, and decisions about people.
//!
//! It uses the sign-in and the query engine, and is independent of pages, settings and the server.
//!
//! docs/ARCHITECTURE.md shows what each folder holds, and which may use which.

#![expect(clippy::missing_errors_doc, reason = "that the database does not answer is said once, at the error types")]

pub mod account;
pub mod admin;
pub mod audit;
pub mod bookmarks;
pub mod dashboards;
pub mod data_dir;
pub mod datasets;
pub mod latest;
pub mod ownership;
pub mod request_id;
pub mod schema;
pub mod spec_files;
pub mod statistics;
pub mod uploads;
