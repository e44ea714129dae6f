//! `rolecall doctor`.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use rolecall_config::Sources;
use rolecall_doctor as doctor;
use rolecall_sign_in::Clock;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Print the report as JSON, for programs.
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Runs all checks and prints the report.
    ///
    /// # Errors
    /// When it cannot be printed.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let report = doctor::examine(&Sources::from_process(), &Clock::system()).await;
        let mut out = std::io::stdout();
        let text = if self.json { format!("{:#}\n", report.json()) } else { report.text(wants_colours()) };
        out.write_all(text.as_bytes()).context("the report could not be printed")?;
        Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Whether the output is a terminal, and `NO_COLOR` is not set (<https://no-color.org>).
#[expect(clippy::disallowed_methods, reason = "a wish of the terminal, not a setting of Rolecall")]
fn wants_colours() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|wish| wish.is_empty())
}
