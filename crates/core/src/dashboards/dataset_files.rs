//! Data sets defined in files: creates and updates them until each matches its file.

use std::time::Duration;

use futures_util::future::join_all;
use rolecall_model::data::DataColumn;
use thiserror::Error;
use tokio::time::sleep;

use super::error::DashboardsError;
use super::open::Dashboards;
use super::uses::BrokenPanel;
use crate::datasets::{DatasetError, DatasetFile, Saved};
use crate::spec_files::SpecMistake;

/// How long to wait before a retry; doubled each further time.
const FIRST_RETRY: Duration = Duration::from_secs(10);
const LAST_RETRY: Duration = Duration::from_mins(10);

/// Why a data set does not match its file. It is unchanged.
#[derive(Debug, Error)]
pub enum DatasetFileError {
    /// It could not be made or changed.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The dashboards that use it cannot be read.
    #[error(transparent)]
    Dashboards(#[from] DashboardsError),
    /// Panels or row rules would not fit its columns.
    #[error("{0}")]
    Columns(SpecMistake),
}

impl DatasetFileError {
    /// The text for the log: without messages from outside, which may contain values.
    fn for_log(&self) -> String {
        match self {
            Self::Dataset(error) => error.for_log(),
            Self::Dashboards(error) => format!("{error:?}"),
            Self::Columns(mistake) => mistake.to_string(),
        }
    }

    /// The column that it is about.
    fn column(&self) -> Option<&str> {
        match self {
            Self::Dataset(error) => error.column(),
            Self::Dashboards(_) | Self::Columns(_) => None,
        }
    }

    /// Whether another instance may just have been faster.
    const fn is_of_chance(&self) -> bool {
        matches!(self, Self::Dataset(DatasetError::Changed(_) | DatasetError::Busy(_)))
    }
}

impl Dashboards {
    /// Runs for ever for each of `files`, independently. Failures are logged and retried at growing intervals.
    pub async fn follow_dataset_files(&self, files: Vec<DatasetFile>) {
        join_all(files.into_iter().map(|file| self.follow_until_done(file))).await;
    }

    async fn follow_until_done(&self, file: DatasetFile) {
        let (mut wait, mut logged) = (FIRST_RETRY, String::new());
        loop {
            match self.follow_dataset_file(&file).await {
                Ok(()) => return,
                Err(error) => logged = tell(&file, &error, logged),
            }
            sleep(wait).await;
            wait = (wait * 2).min(LAST_RETRY);
        }
    }

    /// Creates the data set that `file` defines, or queries it with the file's new SELECT. Other columns are accepted
    /// only if no panel and no row rule would break.
    ///
    /// # Errors
    /// [`DatasetFileError`].
    pub async fn follow_dataset_file(&self, file: &DatasetFile) -> Result<(), DatasetFileError> {
        let name = file.dataset.name.as_str();
        let Saved::OtherColumns(columns, _) = self.datasets().follow_file(file, None).await? else { return Ok(()) };
        let lost = self.lost_by(name, &columns).await?;
        if !lost.is_empty() {
            let what = format!(
                "The SELECT gives other columns, which do not fit {}. Change that first, or the SELECT. Until then, the SELECT \
                 before is in force.",
                lost.join(", ")
            );
            return Err(DatasetFileError::Columns(file.mistake_at("query", what)));
        }
        match self.datasets().follow_file(file, Some(&columns)).await? {
            Saved::Yes => Ok(()),
            // The columns differ from those that were accepted.
            Saved::OtherColumns(..) => Err(DatasetError::Busy(name.to_owned()).into()),
        }
    }

    /// The panels and row rules that fit the columns of the data set `name`, but would not fit `columns`, as text.
    async fn lost_by(&self, name: &str, columns: &[DataColumn]) -> Result<Vec<String>, DatasetFileError> {
        let Some(known) = self.datasets().current(name).await? else { return Ok(Vec::new()) };
        let has = |columns: &[DataColumn], name: &str| columns.iter().any(|column| column.name == name);
        let before = self.broken_by(name, &known.data.columns).await?;
        let is_same = |one: &BrokenPanel, other: &BrokenPanel| {
            (&one.dashboard.slug, &one.id) == (&other.dashboard.slug, &other.id)
        };
        let is_new = |panel: &BrokenPanel| !before.iter().any(|other| is_same(panel, other));
        let broken = self.broken_by(name, columns).await?;
        let panels = broken.iter().filter(|panel| is_new(panel));
        let panels = panels.map(|panel| format!("the panel “{}” of “{}”", panel.panel, panel.dashboard.title));
        let ruled = known.row_rules.iter().map(|rule| rule.column.as_str());
        let ruled = ruled.filter(|column| has(&known.data.columns, column) && !has(columns, column));
        Ok(panels.chain(ruled.map(|column| format!("the row rule about “{column}”"))).collect())
    }
}

/// Logs `error`, unless the same text was `logged` last. Returns the text that was logged last.
fn tell(file: &DatasetFile, error: &DatasetFileError, logged: String) -> String {
    let why = error.for_log();
    if why == logged || error.is_of_chance() {
        return logged;
    }
    tracing::warn!(
        event = "dataset_file_waits",
        dataset = file.dataset.name,
        connection = file.dataset.query.connection,
        error = why,
        column = error.column()
    );
    why
}
