//! Configuration: what is in force, and from where.
//!
//! Later layers win: built-in defaults, `rolecall.toml`, `rolecall.{env}.toml`, `rolecall.local.toml` (kept out of
//! version control, for secrets), then `ROLECALL_*` environment variables. Every layer is checked by itself for
//! unknown keys and wrong types, what they give together is checked for sense, and all mistakes are reported together.
//!
//! A secret read here leaves as a [`SecretString`](secrecy::SecretString) or inside the database address; neither a
//! mistake, nor the report, nor any `Debug` prints one. Nothing is written to the disk on the way: making the first
//! key is [`load_or_create`](rolecall_sign_in::secret_key::load_or_create), which the server calls at its start.

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
