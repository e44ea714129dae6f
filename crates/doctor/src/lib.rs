//! `rolecall doctor`: checks the configuration against the running provider, the databases and the apps. It changes
//! nothing, and can run beside a running server. See docs/DOCTOR.md.
//!
//! One file for each subject. A check gets a [`Section`] and what it looks at, and adds its findings; [`examine`] runs
//! all checks in order. A finding never contains a secret, a token, or anything about a person.

mod addresses;
mod api;
mod apps;
mod configuration;
mod connections;
mod dashboards;
mod data_dir;
mod database;
mod examinations;
mod examine;
mod expiry;
mod provider;
mod report;
mod roles_seen;
mod show;
mod sign_ins;

pub use examinations::{Examination, Examinations};
pub use examine::{examine, examine_running};
pub use report::{Finding, Report, Section, Status};
