//! From the body of a request to the next version of a data set.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use rolecall_data::import::{Converted, DateOrder, Format, Given, ImportError, NumberStyle, Progress};
use rolecall_model::data::DataColumn;
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use super::super::catalog::{self, NewVersion};
use super::super::dataset::{DataSet, DataSetKey};
use super::super::error::DatasetError;
use super::super::handle::Datasets;
use super::super::importer::Importer;
use super::super::rights::{Changer, Way};
use super::claim::Claimed;
use super::keys::{IdempotencyKey, fingerprint};
use super::requests::{Claim, Pushed};

/// How many retries there are while others send rows.
const TRIES: usize = 100;

/// How long reading may take, twice: shorter than the claim on a request is valid.
const TIME_LIMIT: Duration = Duration::from_mins(2);

/// Rows from a program.
#[derive(Clone, Debug)]
pub struct Push {
    pub dataset: DataSetKey,
    /// What happens to the existing rows.
    pub mode: PushMode,
    /// The format of the rows: [`Format::Csv`] or [`Format::Ndjson`].
    pub format: Format,
    /// Who sends them.
    pub by: Changer,
    /// The key that the program gave the request.
    pub key: Option<IdempotencyKey>,
    /// SHA-256 of the body.
    pub digest: Vec<u8>,
}

/// What happens to the existing rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum PushMode {
    /// They stay.
    #[default]
    Append,
    /// The new rows replace them.
    Replace,
}

impl Datasets {
    /// Makes the rows in `file` the next version of the data set, or part of it. The file is not needed afterwards.
    ///
    /// # Errors
    /// [`DatasetError::Unknown`] also for what the caller may not see; [`DatasetError::NotYours`];
    /// [`DatasetError::Import`] with every mistake in the rows. Nothing was changed then.
    pub async fn push(&self, push: &Push, file: &Path) -> Result<Pushed, DatasetError> {
        let before = self.to_change(&push.dataset, push.by).await?;
        let claim = match &push.key {
            None => None,
            Some(key) => {
                let (mode, format) = (push.mode.to_string(), format!("{:?}", push.format));
                let id = before.data.dataset.as_bytes();
                let request = [id, mode.as_bytes(), format.as_bytes(), &push.digest];
                match self.claim(push.by, key, &fingerprint(&request)).await? {
                    Claimed::Answered(answer) => return Ok(answer),
                    Claimed::New(claim) => Some(claim),
                }
            }
        };
        let pushed = self.receive(push, before, file, claim.as_ref()).await;
        // Safe even if it is unknown whether the version was stored: its answer is stored with it, or neither is.
        if pushed.is_err()
            && let Some(claim) = &claim
            && let Err(left) = self.let_go(claim).await
        {
            tracing::warn!(error = ?left, "the idempotency key of a failed request stays in use until it expires");
        }
        pushed
    }

    /// A slot for a request with rows, until the returned value is dropped.
    ///
    /// # Errors
    /// [`DatasetError::TooManyAtOnce`].
    pub fn push_place(&self) -> Result<OwnedSemaphorePermit, DatasetError> {
        self.push_turns.admit().ok_or(DatasetError::TooManyAtOnce)
    }

    /// The data set called `name`, if `by` may send rows to it: for [`push`](Self::push), which accepts only that one.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub async fn check_push(&self, name: &str, by: Changer) -> Result<DataSetKey, DatasetError> {
        let key = self.key_of(name).await?;
        self.to_change(&key, by).await.map(|found| found.key())
    }

    async fn to_change(&self, key: &DataSetKey, by: Changer) -> Result<DataSet, DatasetError> {
        let found = self.current_with(&key.id).await?;
        let found = found.ok_or_else(|| DatasetError::Unknown(key.name.clone()))?;
        found.check_change(Way::Rows, by)?;
        Ok(found)
    }

    async fn receive(
        &self,
        push: &Push,
        before: DataSet,
        file: &Path,
        claim: Option<&Claim>,
    ) -> Result<Pushed, DatasetError> {
        let folder = self.incoming()?;
        let into = folder.path().join("rows.parquet");
        // The semaphore is never closed.
        let turn = self.push_turns.reading.acquire().await;
        let converted = convert_rows(&self.importer, file, push.format, &before.data.columns, &into).await?;
        drop(turn);
        if push.mode == PushMode::Replace && converted.rows == 0 {
            return Err(DatasetError::NoRows(push.dataset.name.clone()));
        }
        let name = format!("{}-{}.parquet", push.dataset.name, Uuid::new_v4().simple());
        self.store.bring_in(&name, &into).await?;
        let added = self.add_rows(push, before, &name, &converted, claim).await;
        self.forget_catalogue();
        let pushed = match added {
            Ok(pushed) => pushed,
            Err(error) => {
                let version = self.after_failure(&name, error).await?;
                let now = self.current_with(&push.dataset.id).await?;
                Pushed { rows: converted.rows, total: now.map_or(converted.rows, |now| now.data.rows), version }
            }
        };
        let change = match push.mode {
            PushMode::Append => "rows_appended",
            PushMode::Replace => "rows_replaced",
        };
        self.log_change(&push.dataset.name, change, Some(push.by.user), true)?;
        self.compact_soon(&push.dataset);
        Ok(pushed)
    }

    /// Stores the version with the file called `name`, together with the answer.
    async fn add_rows(
        &self,
        push: &Push,
        mut before: DataSet,
        name: &str,
        converted: &Converted,
        claim: Option<&Claim>,
    ) -> Result<Pushed, DatasetError> {
        for _ in 0..TRIES {
            if before.data.columns != converted.columns {
                return Err(DatasetError::Busy(before.name));
            }
            let (files, total, bytes) = match push.mode {
                PushMode::Append => {
                    let files = before.data.files.iter().cloned().chain([name.to_owned()]).collect();
                    (files, before.data.rows + converted.rows, before.bytes + converted.bytes)
                }
                PushMode::Replace => (vec![name.to_owned()], converted.rows, converted.bytes),
            };
            let pushed = Pushed { rows: converted.rows, total, version: before.data.version + 1 };
            let new = NewVersion {
                version: pushed.version,
                columns: &converted.columns,
                files: &files,
                rows: total,
                bytes,
                source: None,
                created_by: Some(push.by.user),
                created_at_ms: self.clock.now_ms(),
            };
            let answer = claim.map(|claim| (claim, &pushed));
            if catalog::add_version_with(&self.db, &before, &new, answer).await? {
                return Ok(pushed);
            }
            // Somebody else stored that version, changed the owner, or deleted the data set in the meantime.
            before = self.to_change(&push.dataset, push.by).await?;
        }
        Err(DatasetError::Busy(push.dataset.name.clone()))
    }
}

/// Reads `file`, whose rows have the `columns` of a data set, and writes them to the new Parquet file `into`. Columns
/// are matched by name. In NDJSON, where every object names its fields, one may be missing.
async fn convert_rows(
    importer: &Importer,
    file: &Path,
    format: Format,
    columns: &[DataColumn],
    into: &Path,
) -> Result<Converted, ImportError> {
    let Importer { worker, limits } = importer;
    let worker = worker.clone().with_time_limit(TIME_LIMIT);
    let go_on = |_: Progress| ControlFlow::Continue(());
    // The format of programs (RFC 4180): nothing is guessed, because nobody can be asked.
    let given = Given {
        format: Some(format),
        encoding: Some("UTF-8".to_owned()),
        delimiter: Some(','),
        quote: Some('"'),
        header_row: (format == Format::Csv).then_some(1),
        numbers: Some(NumberStyle::PLAIN),
        ..Given::default()
    };
    let examined = worker.examine(file, &given, limits, go_on).await?;
    let mut reading = examined.reading;
    if format == Format::Ndjson {
        reading = reading.with_missing(columns);
    }
    let mut reading = reading.for_columns(columns).map_err(ImportError::Mistakes)?;
    reading.columns.iter_mut().for_each(|column| column.date_order = DateOrder::YearMonthDay);
    let converted = worker.convert(file, &reading, into, limits, go_on).await?;
    rolecall_sign_in::private_files::close_to_others(into)?;
    Ok(converted)
}
