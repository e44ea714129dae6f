//! Queried data sets that administrators create.

use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use rolecall_data::connection::Preview;
use rolecall_model::Role;
use uuid::Uuid;

use super::super::catalog::{self, NewDataSet, NewVersion};
use super::super::dataset::DataSetKind;
use super::super::error::DatasetError;
use super::super::handle::Datasets;
use super::super::rights::{Changer, check_role};
use super::super::target::check_new_name;
use super::super::title::{checked_description, checked_title};
use super::connections::Connections;
use super::state::StoredQuery;

/// The allowed range for how long a snapshot is fresh.
pub(super) const FRESH: RangeInclusive<Duration> = Duration::from_secs(10)..=Duration::from_hours(7 * 24);
/// The longest SELECT, in bytes.
const LONGEST_STATEMENT: usize = 50_000;
/// How many rows a trial of a SELECT shows.
const TRIED_ROWS: u64 = 50;
/// The path of the form for a new one begins with this name.
const NEW: &str = "new";

/// The query of a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryWish {
    /// The name of the connection.
    pub connection: String,
    /// The SELECT.
    pub statement: String,
    /// How long a snapshot is fresh.
    pub fresh: Duration,
}

/// A queried data set as an administrator defines it.
#[derive(Clone, Debug)]
pub struct NewQueried {
    pub name: String,
    pub title: String,
    /// A one-line description; may be empty.
    pub description: String,
    /// The lowest role that may see it.
    pub role: Role,
    /// Its query.
    pub query: QueryWish,
}

/// The result of a trial of a SELECT.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Columns and first rows.
    pub preview: Preview,
    /// Whether there may be more rows.
    pub has_more: bool,
    /// How long it took.
    pub took: Duration,
}

impl Datasets {
    /// The databases that data sets can be queried from.
    #[must_use]
    pub const fn connections(&self) -> &Connections {
        &self.connections
    }

    /// The result of the SELECT of `wish`, without storing anything.
    ///
    /// # Errors
    /// [`DatasetError::Connection`] with the database's message; [`DatasetError::NoConnection`].
    pub async fn try_query(&self, wish: &QueryWish) -> Result<Tried, DatasetError> {
        check(wish)?;
        let connection = self.connections.named(&wish.connection);
        let connection = connection.ok_or_else(|| DatasetError::NoConnection(wish.connection.clone()))?;
        let begun = Instant::now();
        let preview = connection.preview(&wish.statement, TRIED_ROWS).await?;
        Ok(Tried { has_more: preview.rows.len() as u64 >= TRIED_ROWS, preview, took: begun.elapsed() })
    }

    /// Creates the data set `new` with its first snapshot, for `by`.
    ///
    /// # Errors
    /// As [`try_query`](Self::try_query); [`DatasetError::Name`], [`DatasetError::Exists`],
    /// [`DatasetError::RoleAboveOwn`], [`DatasetError::Unusable`].
    pub async fn create_queried(&self, new: &NewQueried, by: Changer) -> Result<(), DatasetError> {
        check_role(new.role, by.role)?;
        self.make_queried(new, Some(by)).await
    }

    /// The same, for a file if there is no person.
    pub(super) async fn make_queried(&self, new: &NewQueried, by: Option<Changer>) -> Result<(), DatasetError> {
        let name = new.name.as_str();
        check_name(name)?;
        let (title, description) = (checked_title(&new.title)?, checked_description(&new.description)?);
        check(&new.query)?;
        if self.current(name).await?.is_some() {
            return Err(DatasetError::Exists(name.to_owned()));
        }
        let QueryWish { connection, statement, fresh } = new.query.clone();
        let taken = self.take(&connection, &statement, None).await?;
        let file = self.store_taken(name, &taken).await?;
        let (id, files) = (Uuid::new_v4().simple().to_string(), [file.clone()]);
        let written = &taken.snapshot.written;
        let first = NewVersion {
            version: 1,
            columns: &written.columns,
            files: &files,
            rows: written.rows,
            bytes: written.bytes,
            source: None,
            created_by: by.map(|by| by.user),
            created_at_ms: self.clock.now_ms(),
        };
        let (kind, role, owner) = (DataSetKind::Queried, new.role, by.map(|by| by.user));
        let limit = by.and_then(|by| self.limit_for(by));
        let dataset = NewDataSet { id: &id, name, title: &title, description: &description, kind, role, owner, limit };
        let query = StoredQuery { connection, statement, fresh, digest: taken.digest.clone() };
        let made = catalog::create_queried(&self.db, &dataset, &first, &query, taken.asked_at_ms).await;
        match made {
            Ok(true) => self.log_change(name, "created", owner, true),
            Ok(false) => {
                self.discard_taken(&file).await;
                Err(DatasetError::Exists(name.to_owned()))
            }
            Err(error) => self.after_failure(&file, error).await.map(|_| ()),
        }
    }
}

/// Whether a queried data set can be called `name`, judged without the catalogue.
pub(super) fn check_name(name: &str) -> Result<(), DatasetError> {
    check_new_name(name)?;
    if name == NEW { Err(DatasetError::Reserved(name.to_owned())) } else { Ok(()) }
}

/// Whether `wish` is valid.
pub(super) fn check(wish: &QueryWish) -> Result<(), DatasetError> {
    if wish.statement.len() > LONGEST_STATEMENT {
        return Err(DatasetError::Unusable("The SELECT has at most 50,000 bytes.".to_owned()));
    }
    if wish.statement.contains('\0') {
        return Err(DatasetError::Unusable("The SELECT has a character that no database takes (NUL).".to_owned()));
    }
    check_fresh(wish.fresh)
}

/// Whether a snapshot can be kept for `fresh`.
pub(super) fn check_fresh(fresh: Duration) -> Result<(), DatasetError> {
    if FRESH.contains(&fresh) {
        return Ok(());
    }
    Err(DatasetError::Unusable("Keep a snapshot for 10 seconds to 7 days, for example “15min”.".to_owned()))
}
