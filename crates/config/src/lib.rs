//! Configuration: which settings are in force, and where they come from.
//!
//! Later layers win: built-in defaults, `rolecall.toml`, `rolecall.{env}.toml`, `rolecall.local.toml` (kept out of
//! version control, for secrets), then `ROLECALL_*` environment variables. Every layer is checked for unknown keys and
//! wrong types, then the result for settings that contradict each other, and all mistakes are reported together.
//!
//! A secret leaves this crate only as a [`SecretString`](secrecy::SecretString) or inside the database address.
//! Mistakes, the report and `Debug` never show one. Nothing is written to disk here: the first key is made by
//! [`load_or_create`](rolecall_sign_in::secret_key::load_or_create), which the server calls at its start.

mod api;
mod apps;
mod connections;
mod cross_origin;
mod dashboards;
mod datasets;
mod https;
mod keys;
mod layers;
mod limits;
mod load;
mod mistake;
mod network;
mod providers;
mod reader;
mod report;
mod roles;
mod settings;
mod sources;
mod spelling;
mod storage;
#[cfg(test)]
mod tests;
pub mod tls;

pub use mistake::{ConfigErrors, Mistake};
pub use report::SettingsReport;
pub use settings::{Config, DashboardSettings, DataSetSettings, Limits, LogFormat, RateLimits};
pub use sources::Sources;
