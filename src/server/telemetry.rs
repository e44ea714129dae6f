//! The log.

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

use super::config::{Config, LogFormat};

/// Begins to log as `config` says, to standard error.
///
/// # Errors
/// When the filter cannot be read, or the process logs already.
pub fn begin(config: &Config) -> anyhow::Result<()> {
    // The session layer logs the session's id at its own errors; what those mean is logged by us.
    let filter = EnvFilter::try_new(format!("{},tower_sessions=off,tower_sessions_core=off", config.log_filter))
        .context("the log filter cannot be read")?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let begun = match config.log {
        LogFormat::Pretty => log.with_target(false).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    begun.map_err(|error| anyhow::anyhow!(error)).context("the log could not be begun")
}
