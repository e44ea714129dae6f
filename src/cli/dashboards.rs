//! `rolecall check-dashboards`.

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use rolecall_config::{Config, Sources};
use rolecall_core::dashboards::{Checked, DataCheck, check_files};
use rolecall_core::datasets::DatasetFiles;
use rolecall_sign_in::db::Db;

/// Checks the dashboards and data sets in files and prints what is wrong, and what could not be checked.
///
/// # Errors
/// When the configuration or the files cannot be read, or the result cannot be printed.
pub(super) async fn check() -> anyhow::Result<ExitCode> {
    let (config, _) = Config::load(&Sources::from_process())?;
    let (db, unreachable) = match Db::inspect(&config.database_url).await {
        Ok(db) => (db, None),
        Err(error) => (None, Some(error)),
    };
    let datasets = DatasetFiles::read(&config.datasets_folder)?;
    let checked = check_files(&config.dashboards_folder, &datasets, &config.connections, db.as_ref()).await?;
    if let Some(db) = db {
        db.close().await;
    }
    let unchecked = unreachable.as_ref().map(|error| error as &dyn Error).or(match &checked.data {
        DataCheck::Failed(error) => Some(error),
        DataCheck::Compared | DataCheck::NoDatabase => None,
    });
    std::io::stdout().write_all(report(&checked, unchecked).as_bytes()).context("the result could not be printed")?;
    let is_right = checked.mistakes.is_empty() && unchecked.is_none();
    Ok(if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What was found; `unchecked` is why the data sets could not be read.
fn report(checked: &Checked, unchecked: Option<&dyn Error>) -> String {
    let mut lines: Vec<String> = checked.mistakes.iter().map(ToString::to_string).collect();
    match (checked.dashboards, unchecked) {
        _ if !lines.is_empty() => {}
        (count, Some(_)) => lines.push(format!("No mistake in {count} dashboards as far as they could be checked.")),
        (1, None) => lines.push("1 dashboard is right.".to_owned()),
        (count, None) => lines.push(format!("{count} dashboards are right.")),
    }
    if checked.mistakes.is_empty() && checked.datasets > 0 {
        let files = match checked.datasets {
            1 => "The file of 1 data set is".to_owned(),
            count => format!("The files of {count} data sets are"),
        };
        lines.push(format!(
            "{files} correct, as far as Rolecall can check without the databases: `rolecall doctor` asks them."
        ));
    }
    if let Some(error) = unchecked {
        // The innermost cause alone: the outer ones may repeat the address with its password.
        let mut cause = error;
        while let Some(source) = cause.source() {
            cause = source;
        }
        lines.push(format!("Not checked: whether they fit their data sets, because of the database ({cause})."));
    } else if matches!(checked.data, DataCheck::NoDatabase) {
        lines.push("They were not compared with data sets: there is no database yet.".to_owned());
    }
    lines.join("\n") + "\n"
}
