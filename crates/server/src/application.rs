//! The application, from its configuration to a socket that answers.

use std::sync::Arc;

use axum::Router;
use leptos::config::LeptosOptions;
use rolecall_apps::Apps;
use rolecall_apps::hosts::Codes;
use rolecall_config::Config;
use rolecall_core::audit::{Audit, Entry, EntryKind};
use rolecall_core::bookmarks::Bookmarks;
use rolecall_core::uploads::Uploads;
use rolecall_demo_provider::DemoProvider;
use rolecall_doctor::Examinations;
use rolecall_sign_in::db::Db;
use rolecall_sign_in::session::{CookiePolicy, CookieSessions, cookie_session_store};
use rolecall_sign_in::{Auth, Clock};
use rolecall_ui::documents::Documents;
use rolecall_ui::rendered::Rendered;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::assets::{self, Assets};
use super::background::Background;
use super::connections::ConnectionLimits;
use super::demonstration::demonstration_provider;
use super::entrance::Entrance;
use super::form_pages::RenderFormPage;
use super::headers::SecurityHeaders;
use super::health::Readiness;
use super::limits::rate_limits::Rates;
use super::live::Streams;
use super::network::addresses::PublicAddress;
use super::network::forwarded::TrustedProxies;
use super::open::{Opened, open, open_dashboards};
use super::page_policies::PagePolicies;
use super::pages::{PageParts, Pages};
use super::policy::Policy;
use super::problem::ProblemPages;
use super::route::Route;
use super::serve::AcceptSettings;
use super::sign_in_health::KeptSignInHealth;
use super::start_error::StartError;
use super::state::{AppState, Shared};
use super::stop::{StopOrder, Stopping};
use super::viewers::Viewers;
use super::{router, serve};

/// The application, ready to serve.
pub struct Application {
    entrance: Entrance,
    state: AppState,
    background: Background,
}

impl Application {
    /// Builds the application. No request is sent to a provider yet.
    ///
    /// # Errors
    /// When the database, the secret key or the site's files cannot be used.
    pub async fn new(config: Config, site: Site, clock: Clock) -> Result<Self, StartError> {
        Self::with_demonstration(config, site, clock, DemoProvider::router).await
    }

    /// The same, where `demonstrate` builds the routes of the demonstration provider, optionally with additions.
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
        let opened = open(&mut config, clock.clone()).await?;
        if let Some(entry) = opened.end_what_a_backup_revived(&config.data_dir).await? {
            opened.audit.note(entry);
        }
        let Opened { db, auth, graph, log_limit, statistics, audit } = opened;
        let (dashboards, dataset_files) = open_dashboards(&config, &db, &auth, &audit).await?;
        let uploads = Uploads::open(auth.clone(), dashboards.datasets().clone()).await?;
        let apps = Apps::new(config.apps.clone(), auth.clone(), db.clone())?;
        let bookmarks = Bookmarks::new(db.clone(), clock.clone());
        let limits = config.limits;
        let rates = Rates::new(limits.rates, clock.clone(), log_limit.clone());
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
        let problem_pages = ProblemPages::new(auth.clone(), viewers.clone(), page_policies.clone(), documents.clone());
        let rendered = Rendered::default();
        let pages = Pages::new(PageParts {
            auth: auth.clone(),
            audit: audit.clone(),
            bookmarks: bookmarks.clone(),
            dashboards: dashboards.clone(),
            uploads: uploads.clone(),
            graph: graph.clone(),
            apps: apps.clone(),
            rendered: rendered.clone(),
            viewers: viewers.clone(),
            documents: documents.clone(),
            page_policies: page_policies.clone(),
            problem_pages: problem_pages.clone(),
            render_form_page: site.render_form_page,
        });
        let state = AppState::new(Shared {
            problem_pages,
            pages,
            viewers,
            page_policies,
            security_headers: SecurityHeaders::new(address.clone()),
            address,
            trusted_proxies: TrustedProxies::new(config.trusted_proxies.clone()),
            shell_assets,
            assets,
            rates: Arc::new(rates),
            log_limit: log_limit.clone(),
            statistics,
            audit,
            bookmarks,
            connection_limits: ConnectionLimits::new(limits.connections, limits.connections_per_client),
            stopping: Stopping::default(),
            streams: Streams::default(),
            policy: Policy::new(site.routes.iter().map(Route::rule).collect()),
            examinations: Examinations::default(),
            sign_in_health: KeptSignInHealth::new(auth.clone()),
            config,
            sessions: sessions(auth.cookies().clone()),
            app_sessions: sessions(CookiePolicy::elsewhere(&auth.config().public_url)),
            readiness: Readiness::new(db.clone(), auth.clock().clone(), log_limit),
            app_codes: Codes::new(db.clone()),
            db,
            auth,
            graph,
            dashboards,
            uploads,
            rendered,
            apps,
            documents,
        });
        let background = Background::start(&state, dataset_files);
        let entrance = router::entrance(state.clone(), site.routes, demo.as_ref().map(demonstrate));
        Ok(Self { entrance, state, background })
    }

    /// The sign-in.
    #[must_use]
    pub fn auth(&self) -> &Auth {
        &self.state.auth
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.state.db
    }

    /// The audit.
    #[must_use]
    pub fn audit(&self) -> &Audit {
        &self.state.audit
    }

    /// Records in the audit that the program started, with these `settings`, which must not contain secrets.
    pub fn note_start(&self, settings: &str) {
        let lines = settings.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ").into());
        let lines: Vec<serde_json::Value> = lines.filter(|line| line != "").collect();
        let entry =
            Entry::new(EntryKind::Started, self.auth().clock().now_ms()).with("version", env!("CARGO_PKG_VERSION"));
        self.audit().note(entry.with("settings", lines));
    }

    /// Counts the sign-ins and fetches each provider's metadata in the background, so that the first page and the first
    /// sign-in need not wait for them.
    pub fn warm_up(&self) {
        let (auth, dashboards) = (self.state.auth.clone(), self.state.dashboards.clone());
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

    /// Serves on `listener`, over TLS if a certificate is configured, until one of `orders` comes; then it completes
    /// requests in progress and closes the database. A second order stops without waiting.
    ///
    /// # Errors
    /// When the listener fails, or the certificate can no longer be used.
    pub async fn serve(self, listener: TcpListener, orders: mpsc::Receiver<StopOrder>) -> std::io::Result<()> {
        let Self { entrance, state, background } = self;
        let settings = AcceptSettings {
            limits: &state.config.limits,
            connection_limits: state.connection_limits.clone(),
            trusted_proxies: state.trusted_proxies.clone(),
            log_limit: &state.log_limit,
        };
        let stop = (state.stopping.clone(), orders);
        let served = serve::serve(entrance, listener, state.config.tls.clone(), settings, stop).await;
        background.end().await;
        state.db.close().await;
        served
    }
}

/// What the application adds to the server: its pages, and the files for browsers.
pub struct Site {
    /// The options of Leptos.
    pub options: LeptosOptions,
    /// Whether `cargo leptos watch` runs the server.
    pub watched: bool,
    /// The routes of the application.
    pub routes: &'static [Route],
    /// Renders its pages with forms.
    pub render_form_page: RenderFormPage,
}
