//! `rolecall audit`.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use rolecall_config::{Config, Sources};
use rolecall_core::audit::{ChainKeys, known_head, verify};
use rolecall_core::data_dir::AUDIT_HEAD;
use rolecall_sign_in::db::Db;
use rolecall_sign_in::secret_key;

/// What to do with the audit.
#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Check the whole chain of entries. Prints the first wrong entry, and exits with 1 if there is one. Changes
    /// nothing. The server can be running.
    Verify,
}

impl AuditCommand {
    /// Runs the command.
    ///
    /// # Errors
    /// When the configuration, the secret key or the database cannot be used, or the result cannot be printed.
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Verify = self;
        let (mut config, _) = Config::load(&Sources::from_process())?;
        if config.auth.secret_keys.is_empty() {
            config.auth.secret_keys.extend(secret_key::existing(&config.data_dir)?);
        }
        // Read before the database, because the audit may grow in between.
        let known = config.data_dir.join(AUDIT_HEAD);
        let known = known_head(&known).with_context(|| format!("{} cannot be read", known.display()))?;
        let db = Db::inspect(&config.database_url).await?.context("there is no database yet")?;
        let verified = verify(&db, &ChainKeys::new(&config.auth.secret_keys), known).await;
        db.close().await;
        let (text, exit_code) = match verified.context("the audit cannot be read")? {
            Ok(whole) => {
                let entries = if whole.rows == 1 { "1 entry".to_owned() } else { format!("{} entries", whole.rows) };
                let pruned = match whole.pruned {
                    0 => String::new(),
                    last => format!(" Entries up to {last} were deleted because of their age."),
                };
                (format!("The audit is intact: {entries}.{pruned}\n"), ExitCode::SUCCESS)
            }
            Err(broken) => (format!("The audit was changed: {broken}.\n"), ExitCode::FAILURE),
        };
        std::io::stdout().write_all(text.as_bytes()).context("the result could not be printed")?;
        Ok(exit_code)
    }
}
