//! The application, from its configuration to a socket that answers.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use leptos::config::LeptosOptions;
use rolecall_sign_in::db::Db;
use rolecall_sign_in::session::{CookiePolicy, CookieSessions, cookie_session_store};
use rolecall_sign_in::{Auth, Clock, Upkeep, sweep_every_minute};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::assets::{self, Assets};
use super::connections::ConnectionLimits;
use super::demonstration::demonstration_provider;
use super::entrance::Entrance;
use super::examination::Examinations;
use super::headers::SecurityHeaders;
use super::health::Readiness;
use super::limits::log_limit::LogLimit;
use super::limits::rate_limits::Rates;
use super::live::Streams;
use super::network::forwarded::TrustedProxies;
use super::network::public_address::PublicAddress;
use super::open::{Opened, open};
use super::page_policies::PagePolicies;
use super::problem::ProblemPages;
use super::serve::AcceptSettings;
use super::start_error::StartError;
use super::state::{AppState, Shared};
use super::stop::{StopOrder, Stopping};
use super::viewers::Viewers;
use super::{policy, router, serve};
use crate::app::Documents;
use crate::apps::Apps;
use crate::apps::hosts::Codes;
use crate::audit::{Audit, Entry, Kind};
use crate::bookmarks::Bookmarks;
use crate::config::{Config, Limits};
use crate::dashboards::{self, DashboardFiles, Dashboards};
use crate::datasets::{DatasetError, Datasets};
use crate::demo_provider::DemoProvider;
use crate::pages::rendered::Rendered;
use crate::statistics::Statistics;
use crate::tls::TlsFiles;
use crate::uploads::Uploads;

/// How long the last entries of the audit may take when the process stops.
const LAST_ENTRIES: Duration = Duration::from_secs(2);
/// How long the last statistics may take when the process stops, and the last visits.
const LAST_STATISTICS: Duration = Duration::from_secs(2);

/// The application, ready to serve.
pub struct Application {
    entrance: Entrance,
    tls: Option<TlsFiles>,
    limits: Limits,
    connection_limits: ConnectionLimits,
    trusted_proxies: TrustedProxies,
    stopping: Stopping,
    db: Db,
    auth: Auth,
    dashboards: Dashboards,
    upkeep: Upkeep,
    sweeping: [JoinHandle<()>; 5],
    following: JoinHandle<()>,
    audit: Audit,
    auditing: [JoinHandle<()>; 2],
    statistics: Statistics,
    bookmarks: Bookmarks,
    counting: [JoinHandle<()>; 2],
    log_limit: LogLimit,
}

impl Application {
    /// Puts the application together. No provider is asked for anything yet.
    ///
    /// # Errors
    /// When the database, the secret key or the site's files cannot be used.
    pub async fn new(config: Config, site: Site, clock: Clock) -> Result<Self, StartError> {
        Self::with_demonstration(config, site, clock, DemoProvider::router).await
    }

    /// The same, where `demonstrate` makes the routes of the demonstration provider: those of the provider itself, maybe with
    /// something around them.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub async fn with_demonstration(
        mut config: Config,
        site: Site,
        clock: Clock,
        demonstrate: impl FnOnce(&DemoProvider) -> Router,
    ) -> Result<Self, StartError> {
        if config.demonstration
            && let Some(tls) = &config.tls
        {
            config.auth.loopback_certificates = Some(tls.certificates()?);
        }
        let (tls, limits, trusted_proxies) =
            (config.tls.clone(), config.limits, TrustedProxies::new(config.trusted_proxies.clone()));
        let (keep_versions, keep_days) = (config.datasets.keep_versions, config.audit_keep_days);
        let Opened { db, auth, graph, log_limit, statistics, audit } = open(&mut config, clock.clone()).await?;
        let dashboards = open_dashboards(&config, &db, &auth, &audit).await?;
        let uploads = Uploads::open(auth.clone(), dashboards.datasets().clone()).await?;
        let apps = Apps::new(config.apps.clone(), auth.clone(), db.clone())?;
        let app_codes = Codes::new(db.clone());
        let bookmarks = Bookmarks::new(db.clone(), clock.clone());
        let rates = Rates::new(limits.rates, clock.clone(), log_limit.clone());
        let connection_limits = ConnectionLimits::new(limits.connections, limits.connections_per_client);
        let stopping = Stopping::default();
        let demo = demonstration_provider(&config, clock)?;
        let shell_assets = assets::shell_assets(&site.options, site.watched);
        let assets = Assets::read(&site.options, site.watched).map_err(StartError::Assets)?;
        if !assets.contain(&shell_assets) {
            tracing::error!(root = %site.options.site_root, "scripts and styles are missing: run `cargo leptos build`");
        }
        let reload_port = site.watched.then_some(site.options.reload_port);
        let (viewers, page_policies) = (
            Viewers::new(auth.clone(), apps.clone(), config.demonstration),
            PagePolicies::new(auth.clone(), reload_port),
        );
        let documents = Documents::new(shell_assets.clone(), site.watched.then_some(site.options));
        let address = PublicAddress::new(config.auth.public_url.clone(), config.tls.is_some());
        let store = Arc::new(cookie_session_store(&db).map_err(StartError::SessionStore)?);
        let sessions = |cookies| CookieSessions::new(cookies, Arc::clone(&store), auth.clock().clone());
        let state = AppState::new(Shared {
            problem_pages: ProblemPages::new(auth.clone(), viewers.clone(), page_policies.clone(), documents.clone()),
            viewers,
            page_policies,
            security_headers: SecurityHeaders::new(address.clone()),
            address,
            trusted_proxies: trusted_proxies.clone(),
            shell_assets,
            assets,
            rates: Arc::new(rates),
            log_limit: log_limit.clone(),
            statistics: statistics.clone(),
            audit: audit.clone(),
            bookmarks: bookmarks.clone(),
            connection_limits: connection_limits.clone(),
            stopping: stopping.clone(),
            streams: Streams::default(),
            rules: policy::rules(),
            examinations: Examinations::default(),
            config,
            sessions: sessions(auth.cookies().clone()),
            app_sessions: sessions(CookiePolicy::elsewhere(&auth.config().public_url)),
            db: db.clone(),
            auth: auth.clone(),
            graph,
            dashboards: dashboards.clone(),
            uploads: uploads.clone(),
            rendered: Rendered::default(),
            readiness: Readiness::new(db.clone(), auth.clock().clone(), log_limit.clone()),
            apps,
            app_codes: app_codes.clone(),
            documents,
        });
        let upkeep = auth.keep_up();
        let changing = dashboards.clone();
        let following = tokio::spawn(async move { changing.follow_changes().await });
        let sweeping = sweep_all(auth.clock().clone(), app_codes, &dashboards, uploads, keep_versions);
        let counting = [statistics.keep_up(db.clone()), bookmarks.keep_up()];
        let auditing = audit.keep_up(keep_days);
        let entrance = router::entrance(state, demo.as_ref().map(demonstrate));
        Ok(Self {
            entrance,
            tls,
            limits,
            connection_limits,
            trusted_proxies,
            stopping,
            db,
            auth,
            dashboards,
            upkeep,
            sweeping,
            following,
            audit,
            auditing,
            statistics,
            bookmarks,
            counting,
            log_limit,
        })
    }

    /// The sign-in.
    #[must_use]
    pub const fn auth(&self) -> &Auth {
        &self.auth
    }

    /// The database.
    #[must_use]
    pub const fn db(&self) -> &Db {
        &self.db
    }

    /// What is kept of what happens.
    #[must_use]
    pub const fn audit(&self) -> &Audit {
        &self.audit
    }

    /// Notes in the audit that the program started, with these `settings`, in which no secret may stand.
    pub fn note_start(&self, settings: &str) {
        let lines = settings.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ").into());
        let lines: Vec<serde_json::Value> = lines.filter(|line| line != "").collect();
        let entry = Entry::new(Kind::Started, self.auth.clock().now_ms()).with("version", env!("CARGO_PKG_VERSION"));
        self.audit.note(entry.with("settings", lines));
    }

    /// Counts the sign-ins and asks each provider for its metadata, beside everything else, so that the first page and the
    /// first sign-in need not wait for them.
    pub fn warm_up(&self) {
        let (auth, dashboards) = (self.auth.clone(), self.dashboards.clone());
        tokio::spawn(async move {
            if let Err(error) = dashboards.sign_in_figures().await {
                tracing::warn!(?error, "the sign-ins cannot be counted");
            }
            for provider in auth.providers() {
                if let Err(error) = provider.metadata(auth.clock().now_ms()).await {
                    tracing::warn!(provider = provider.config.id, ?error, "a provider does not answer yet");
                }
            }
        });
    }

    /// Serves on `listener`, over TLS where a certificate is configured, until one of `orders` comes; then finishes what
    /// has begun and closes the database. A second order waits for nothing that has begun.
    ///
    /// # Errors
    /// When the listener fails, or the certificate cannot be used any more.
    pub async fn serve(self, listener: TcpListener, orders: mpsc::Receiver<StopOrder>) -> std::io::Result<()> {
        let counting_lines = self.log_limit.keep_up();
        let stop = (self.stopping.clone(), orders);
        let settings = AcceptSettings {
            limits: &self.limits,
            connection_limits: self.connection_limits,
            trusted_proxies: self.trusted_proxies,
            log_limit: &self.log_limit,
        };
        let served = serve::serve(self.entrance, listener, self.tls, settings, stop).await;
        counting_lines.abort();
        self.log_limit.end_window();
        drop(self.upkeep);
        self.sweeping.iter().for_each(JoinHandle::abort);
        self.following.abort();
        self.counting.iter().for_each(JoinHandle::abort);
        if !self.stopping.is_at_once() {
            self.auth.finish_refreshes().await;
            // Nobody waits for a database that does not answer.
            if !self.audit.flush(LAST_ENTRIES).await {
                tracing::warn!("the last entries of the audit could not be written");
            }
            if !matches!(timeout(LAST_STATISTICS, self.statistics.store(&self.db)).await, Ok(Ok(()))) {
                tracing::warn!("the last statistics could not be stored");
            }
            if !matches!(timeout(LAST_STATISTICS, self.bookmarks.store()).await, Ok(Ok(()))) {
                tracing::warn!("what people looked at last could not be stored");
            }
        }
        self.auditing.iter().for_each(JoinHandle::abort);
        self.db.close().await;
        served
    }
}

/// Where the files that browsers load are.
pub struct Site {
    /// What Leptos wants to know.
    pub options: LeptosOptions,
    /// Whether `cargo leptos watch` runs the server.
    pub watched: bool,
}

/// Lets go once a minute of what nobody needs any more, until what is returned is aborted.
fn sweep_all(
    clock: Clock,
    app_codes: Codes,
    dashboards: &Dashboards,
    uploads: Uploads,
    keep_versions: u32,
) -> [JoinHandle<()>; 5] {
    let (stored, datasets, keys) = (dashboards.clone(), dashboards.datasets().clone(), dashboards.datasets().clone());
    let sweep = async move { sweep_every_minute("codes of hand-overs", || app_codes.sweep(clock.now_ms())).await };
    let sweep_keys = async move { sweep_every_minute("idempotency keys", || keys.sweep_push_keys()).await };
    let sweep_datasets = async move { sweep_every_minute("data sets", || datasets.sweep(keep_versions)).await };
    let sweep_uploads = async move { sweep_every_minute("uploads", || uploads.sweep()).await };
    let sweep_dashboards = async move { sweep_every_minute("dashboards", || stored.sweep()).await };
    [
        tokio::spawn(sweep),
        tokio::spawn(sweep_datasets),
        tokio::spawn(sweep_uploads),
        tokio::spawn(sweep_keys),
        tokio::spawn(sweep_dashboards),
    ]
}

/// The dashboards of `config` over their data sets. What does not fit the data sets is told to the log: a data set can come later.
async fn open_dashboards(config: &Config, db: &Db, auth: &Auth, audit: &Audit) -> Result<Dashboards, StartError> {
    let datasets = Datasets::open(db.clone(), auth.clock().clone(), &config.data_dir)?
        .importing_with(config.datasets.importer().map_err(DatasetError::from)?)
        .with_max_per_owner(config.datasets.max_per_owner)
        .audited_by(audit.clone())
        .with_connections(config.connections.clone());
    let files = DashboardFiles::read(&config.dashboards_folder)?;
    datasets.import_built_in(&files.datasets()).await?;
    let catalogue = datasets.catalogue().await.map_err(StartError::Catalogue)?;
    for mistake in files.check_data(Some(&*catalogue)) {
        tracing::warn!("{mistake}");
    }
    let limits =
        dashboards::Limits { per_owner: config.dashboards.max_per_owner, versions: config.dashboards.keep_versions };
    Ok(Dashboards::new(db.clone(), auth.clone(), datasets, files.into_dashboards()?).within(limits))
}
