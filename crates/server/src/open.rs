//! Opens the database and the sign-in on it, for the server and for commands. Both end what a restored backup revived
//! before they do anything else. Opens the dashboards, for the server.

use std::path::Path;
use std::sync::Arc;

use rolecall_config::{Config, DashboardSettings};
use rolecall_core::audit::{Audit, Entry, EntryKind};
use rolecall_core::dashboards::{self, DashboardFiles, Dashboards};
use rolecall_core::data_dir::{self, AUDIT_HEAD};
use rolecall_core::datasets::{DatasetError, DatasetFile, DatasetFiles, Datasets};
use rolecall_core::schema;
use rolecall_core::statistics::Statistics;
use rolecall_entra::graph::{Graph, GraphHttp, Graphs};
use rolecall_sign_in::config::{ProviderConfig, ProviderKind};
use rolecall_sign_in::db::Db;
use rolecall_sign_in::provider::NewProviderError;
use rolecall_sign_in::session::{EndReason, Ending, RecordError, RestoredError};
use rolecall_sign_in::{Auth, AuthError, Clock, Hooks, secret_key};
use url::Url;

use super::events;
use super::limits::log_limit::LogLimit;
use super::start_error::StartError;

/// What [`open`] opened.
pub struct Opened {
    /// The database.
    pub db: Db,
    /// The sign-in.
    pub auth: Auth,
    /// Graph, for providers that have one.
    pub graph: Graph,
    /// The limit for log lines.
    pub log_limit: LogLimit,
    /// The statistics.
    pub statistics: Statistics,
    /// The audit.
    pub audit: Audit,
}

/// Opens the database that `config` names, and the sign-in on it.
///
/// # Errors
/// When the database or the secret key cannot be used.
pub async fn open(config: &mut Config, clock: Clock) -> Result<Opened, StartError> {
    data_dir::prepare(&config.data_dir).map_err(|error| StartError::DataDir(config.data_dir.clone(), error))?;
    for (what, remedy) in data_dir::exposures(&config.data_dir) {
        tracing::warn!("{what} {remedy}");
    }
    if config.auth.secret_keys.is_empty() {
        let key = secret_key::load_or_create(&config.data_dir)?;
        config.auth.secret_keys.push(key);
    }
    let db = Db::open(&config.database_url, &schema::migrations()).await?;
    let graphs = graphs(config, &clock)?;
    let log_limit = LogLimit::new(clock.clone());
    let statistics = Statistics::new(clock.clone());
    let audit = Audit::new(db.clone(), &config.auth.secret_keys, clock.clone());
    let head = config.data_dir.join(AUDIT_HEAD);
    audit.keep_head_in(head).map_err(|error| StartError::DataDir(config.data_dir.join(AUDIT_HEAD), error))?;
    let events = events::sink(log_limit.clone(), statistics.clone(), audit.clone());
    let hooks = Hooks::new(events).reading_groups_from(Arc::new(graphs.clone()));
    let auth = Auth::new(config.auth.clone(), db.clone(), clock, hooks)?;
    Ok(Opened { db, graph: Graph::new(auth.clone(), graphs), auth, log_limit, statistics, audit })
}

impl Opened {
    /// Ends every sign-in if the database was restored from a backup that lacks revocations, and returns the entry
    /// about it for the audit. Call this before anything else is done with the database; a command first checks that it
    /// has the keys of the audit.
    ///
    /// # Errors
    /// When the time of the latest revocation or the database cannot be read or written.
    pub async fn end_what_a_backup_revived(&self, data_dir: &Path) -> Result<Option<Entry>, RestoredError> {
        let ended = self.auth.end_what_a_backup_revived(data_dir).await?;
        let entry = Entry::new(EntryKind::SessionsEnded, self.auth.clock().now_ms()).with("by", "restored backup");
        Ok(ended.map(|ended| entry.with("ended", ended)))
    }

    /// Ends every sign-in, without serving anything, and returns how many there were. It adds to the audit, for which
    /// it needs the secret keys of the server.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sign_everybody_out(&self) -> Result<usize, RecordError> {
        let (auth, now_ms) = (&self.auth, self.auth.clock().now_ms());
        let mut transaction = auth.db().begin().await?;
        let reason = EndReason::SignedOutByOperator;
        let ended = auth.sign_ins().end_in(&mut transaction, &Ending::All, reason, now_ms).await?;
        let entry = Entry::new(EntryKind::SessionsEnded, now_ms).with("by", "operator").with("ended", ended.len());
        self.audit.append(&mut transaction, &[entry]).await?;
        transaction.commit().await?;
        auth.sign_ins().let_go(&ended, now_ms);
        Ok(ended.len())
    }
}

/// The Graph client of each provider in `config` that has one.
///
/// # Errors
/// When TLS cannot be set up.
fn graphs(config: &Config, clock: &Clock) -> Result<Graphs, StartError> {
    let certificates = config.auth.loopback_certificates.as_deref();
    let mut graphs = Vec::new();
    for provider in &config.auth.providers {
        if let Some(base_url) = base_url(config, provider)? {
            let graph = GraphHttp::new(base_url, certificates, clock.clone());
            let graph = graph.map_err(|error| AuthError::from(NewProviderError::from(error)))?;
            graphs.push((provider.id.clone(), graph));
        }
    }
    Ok(Graphs::new(graphs))
}

/// The address of Graph for `provider`: that of Entra's cloud; the demonstration has its own.
fn base_url(config: &Config, provider: &ProviderConfig) -> Result<Option<Url>, StartError> {
    match &provider.kind {
        ProviderKind::Entra { .. } => Ok(Some(config.graph_base_url.clone())),
        ProviderKind::Oidc { issuer } if config.is_demonstration(provider) => Ok(Some(issuer.parse()?)),
        ProviderKind::Oidc { .. } => Ok(None),
    }
}

/// The dashboards of `config` with their data sets, and the files that define queried data sets, whose connections may
/// be down now. Mistakes against data sets are only logged: a data set can be added later.
pub(super) async fn open_dashboards(
    config: &Config,
    db: &Db,
    auth: &Auth,
    audit: &Audit,
) -> Result<(Dashboards, Vec<DatasetFile>), StartError> {
    let datasets = Datasets::open(db.clone(), auth.clock().clone(), &config.data_dir)?
        .importing_with(config.datasets.importer().map_err(DatasetError::from)?)
        .with_max_per_owner(config.datasets.max_per_owner)
        .audited_by(audit.clone())
        .with_connections(config.connections.clone());
    let files = DashboardFiles::read(&config.dashboards_folder)?;
    let dataset_files = DatasetFiles::read(&config.datasets_folder)?.without_mistakes(files.mistakes())?;
    datasets.import_built_in(&files.datasets()).await?;
    datasets.settle_files(&dataset_files).await?;
    let catalogue = datasets.catalogue().await.map_err(StartError::Catalogue)?;
    let mistakes = files.check_data(Some(&*catalogue), &dataset_files);
    for mistake in mistakes.into_iter().chain(dataset_files.check(&config.connections, Some(&*catalogue))) {
        tracing::warn!("{mistake}");
    }
    let dataset_files = dataset_files.usable(&config.connections, &catalogue);
    let DashboardSettings { keep_versions: versions, max_per_owner: per_owner, page_wait } = config.dashboards;
    let limits = dashboards::Limits { per_owner, versions, page_wait };
    let dashboards = Dashboards::new(db.clone(), auth.clone(), datasets, files.into_dashboards()?).within(limits);
    Ok((dashboards, dataset_files))
}
