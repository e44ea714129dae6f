//! `rolecall check-dashboards`.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use rolecall_sign_in::db::Db;

use crate::config::{Config, Sources};
use crate::dashboards::{Checked, check_files};

/// Checks the dashboards in files and prints what is wrong.
///
/// # Errors
/// When the configuration or the files cannot be read, or the result cannot be printed.
pub(super) async fn check() -> anyhow::Result<ExitCode> {
    let (config, _) = Config::load(&Sources::from_process())?;
    // Without a database, or one of this version, their data cannot be compared; everything else can.
    let db = Db::inspect(&config.database_url).await.ok().flatten();
    let checked = check_files(&config.dashboards_folder, db.as_ref()).await?;
    if let Some(db) = db {
        db.close().await;
    }
    std::io::stdout().write_all(report(&checked).as_bytes()).context("the result could not be printed")?;
    Ok(if checked.mistakes.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn report(checked: &Checked) -> String {
    let mut lines: Vec<String> = checked.mistakes.iter().map(ToString::to_string).collect();
    match checked.dashboards {
        _ if !lines.is_empty() => {}
        1 => lines.push("1 dashboard is right.".to_owned()),
        count => lines.push(format!("{count} dashboards are right.")),
    }
    if !checked.with_data {
        lines.push("They were not compared with data sets: there is no database of this version yet.".to_owned());
    }
    lines.join("\n") + "\n"
}
