//! The data sets of this application.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rolecall_data::import::Limits as FileLimits;
use rolecall_data::query::{Engine, Limits, QueryError, RowFilter, asked_by};
use rolecall_data::store::Store;
use rolecall_model::Role;
use rolecall_model::data::{Query, QueryResult};
use rolecall_sign_in::Clock;
use rolecall_sign_in::db::Db;
use rolecall_sign_in::private_files;
use tokio::sync::watch;

use super::catalog;
use super::dataset::{Catalogue, DataSet};
use super::error::DatasetError;
use super::importer::Importer;
use super::own::Refreshes;
use super::push::PushTurns;
use super::queried::{Connections, RunningRefreshes};
use super::rights::Changer;
use super::row_rules::{self, RuleViewer};
use crate::audit::Audit;
use crate::latest::Latest;

/// How long the cached catalogue is fresh: other instances change it too.
const FRESH: Duration = Duration::from_secs(1);
/// The folder of the files, in the data folder.
const FOLDER: &str = "datasets";
/// How many data sets one person can own, by default.
const MAX_PER_OWNER: u32 = 100;

/// The data sets of this application. Clones share everything.
#[derive(Clone)]
pub struct Datasets {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) store: Store,
    /// The folder of the store.
    pub(super) folder: PathBuf,
    pub(super) importer: Importer,
    max_per_owner: u32,
    /// The data sets whose files are being merged.
    pub(super) compacting: Arc<Mutex<HashSet<String>>>,
    pub(super) push_turns: PushTurns,
    /// The external databases.
    pub(super) connections: Connections,
    /// The queried data sets whose snapshots are being made here.
    pub(super) refreshing: RunningRefreshes,
    /// How long snapshots of the data about Rolecall itself took.
    pub(super) refreshes: Refreshes,
    pub(super) audit: Option<Audit>,
    engine: Arc<Engine>,
    catalogue: Latest<Arc<Catalogue>>,
    /// Counts possible changes.
    pub(super) changes: Arc<watch::Sender<u64>>,
}

impl Datasets {
    /// The data sets in `db`, with their files in `data_dir`.
    ///
    /// # Errors
    /// When database or files cannot be used.
    pub fn open(db: Db, clock: Clock, data_dir: &Path) -> Result<Self, DatasetError> {
        Self::open_within(db, clock, data_dir, &Limits::default())
    }

    /// The same with `limits` for queries.
    ///
    /// # Errors
    /// When database or files cannot be used.
    pub fn open_within(db: Db, clock: Clock, data_dir: &Path, limits: &Limits) -> Result<Self, DatasetError> {
        let folder = data_dir.join(FOLDER);
        private_files::make_folder(&folder)?;
        private_files::close_to_others(&folder)?;
        let store = Store::local(&folder)?;
        let engine = Arc::new(Engine::new(&store, limits)?);
        let (importer, compacting) = (Importer::of_this_program()?, Arc::default());
        Ok(Self {
            db,
            clock,
            store,
            folder,
            importer,
            max_per_owner: MAX_PER_OWNER,
            compacting,
            push_turns: PushTurns::default(),
            connections: Connections::default(),
            refreshing: RunningRefreshes::default(),
            refreshes: Refreshes::default(),
            audit: None,
            engine,
            catalogue: Latest::new(FRESH),
            changes: Arc::default(),
        })
    }

    /// The same, with every change recorded in `audit`.
    #[must_use]
    pub fn audited_by(self, audit: Audit) -> Self {
        Self { audit: Some(audit), ..self }
    }

    /// The audit that records every change.
    #[must_use]
    pub const fn audit(&self) -> Option<&Audit> {
        self.audit.as_ref()
    }

    /// The same, reading files with `importer`.
    #[must_use]
    pub fn importing_with(self, importer: Importer) -> Self {
        Self { importer, ..self }
    }

    /// The same with a limit on how many one person can own. Administrators are not limited.
    #[must_use]
    pub fn with_max_per_owner(self, max_per_owner: u32) -> Self {
        Self { max_per_owner, ..self }
    }

    /// How many data sets `by` may own.
    pub(super) fn limit_for(&self, by: Changer) -> Option<u32> {
        (by.role < Some(Role::Admin)).then_some(self.max_per_owner)
    }

    /// Whether `by` may own one more data set, as far as can be told before it is made.
    ///
    /// # Errors
    /// [`DatasetError::TooMany`].
    pub async fn check_room(&self, by: Changer) -> Result<(), DatasetError> {
        match self.limit_for(by) {
            Some(limit) if catalog::owned(&self.db, by.user).await? >= limit => Err(DatasetError::TooMany(limit)),
            _ => Ok(()),
        }
    }

    /// The same with the databases that data sets can query.
    #[must_use]
    pub fn with_connections(self, connections: Connections) -> Self {
        Self { connections, ..self }
    }

    /// The folder of their files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How large an imported file may be.
    #[must_use]
    pub const fn limits(&self) -> &FileLimits {
        &self.importer.limits
    }

    /// Whether no other process can use them: SQLite serves only one.
    #[must_use]
    pub const fn is_of_one_process(&self) -> bool {
        matches!(self.db, Db::Sqlite(_))
    }

    /// The version that has the file called `name`, if there is one.
    pub async fn version_with(&self, name: &str) -> Result<Option<u64>, DatasetError> {
        catalog::version_with(&self.db, name).await
    }

    /// Deletes the file called `name`, which no version uses and which cannot be about to get a version.
    ///
    /// # Errors
    /// When the store does not allow it.
    pub async fn discard(&self, name: &str) -> Result<(), DatasetError> {
        Ok(self.store.delete(name).await?)
    }

    /// Every data set that is not deleted, at most a second old.
    pub async fn catalogue(&self) -> Result<Arc<Catalogue>, Arc<DatasetError>> {
        self.catalogue.get(async { catalog::catalogue(&self.db).await.map(Arc::new) }).await
    }

    /// The data set `name`, read from the database now: for changes.
    pub async fn current(&self, name: &str) -> Result<Option<DataSet>, DatasetError> {
        catalog::by_name(&self.db, name).await
    }

    /// The data set with this `id`, in the same way.
    pub async fn current_with(&self, id: &str) -> Result<Option<DataSet>, DatasetError> {
        catalog::by_id(&self.db, id).await
    }

    /// The result of `query` on the rows of `dataset` that `viewer` may see.
    ///
    /// # Errors
    /// When the query does not fit the columns, takes too long, or the files cannot be read.
    pub async fn run(
        &self,
        dataset: &DataSet,
        query: &Query,
        viewer: &RuleViewer,
    ) -> Result<Arc<QueryResult>, QueryError> {
        let filters = dataset.row_filters(viewer);
        asked_by(viewer.asker.clone(), self.engine.run(&dataset.data, query, &filters)).await
    }

    /// How many rows of `dataset` that `viewer` may see meet the filters of `query`.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn count(&self, dataset: &DataSet, query: &Query, viewer: &RuleViewer) -> Result<u64, QueryError> {
        let filters = dataset.row_filters(viewer);
        asked_by(viewer.asker.clone(), self.engine.count(&dataset.data, query, &filters)).await
    }

    /// The measures of a grouped `query` over all its groups, in one row.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn totals(
        &self,
        dataset: &DataSet,
        query: &Query,
        viewer: &RuleViewer,
    ) -> Result<Option<Arc<QueryResult>>, QueryError> {
        let filters = dataset.row_filters(viewer);
        asked_by(viewer.asker.clone(), self.engine.totals(&dataset.data, query, &filters)).await
    }

    /// Makes the next call read the catalogue again, because it was changed, and notifies subscribers.
    pub fn forget_catalogue(&self) {
        self.catalogue.forget();
        self.tell_of_change();
    }
}

impl DataSet {
    /// The rows that `viewer` may see, as conditions that all must be met. A preview shows what the rules leave to the
    /// made-up person only if its viewer may change the rules, and otherwise what the rules leave to the viewer.
    #[must_use]
    pub fn row_filters(&self, viewer: &RuleViewer) -> Vec<RowFilter> {
        let in_truth = viewer.made_up_by.as_deref().filter(|by| !self.may_be_changed_by(by.user, by.viewer.role));
        row_rules::filters(&self.row_rules, in_truth.map_or(viewer, |by| &by.viewer))
    }

    /// Whether its row rules use more than the role.
    #[must_use]
    pub fn needs_claims(&self) -> bool {
        row_rules::need_claims(&self.row_rules)
    }
}
