//! `rolecall doctor`: holds the configuration against the living provider, the database and the apps, and tells what is well and
//! what to do about the rest. It changes nothing, and may run beside a Rolecall that serves. docs/DOCTOR.md shows it.
//!
//! One file a subject. A check takes a [`Section`] and what it looks at, and says what it found; [`examine`] runs them
//! all in order. A finding never holds a secret, a token, or anything about a person.

mod addresses;
mod api;
mod apps;
mod configuration;
mod data_dir;
mod database;
mod examine;
mod expiry;
mod findings;
mod keys;
mod provider;
mod reason;
mod report;
mod roles_seen;
mod show;
mod sign_ins;

pub use examine::examine;
pub use report::{Finding, Report, Section, Status};
