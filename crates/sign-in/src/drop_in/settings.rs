//! The settings of an application's sign-in.

use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;
use thiserror::Error;
use url::Url;

use super::page::{Page, Render};
use super::service::DropIn;
use crate::config::{AuthConfig, ProviderConfig, RoleRules, SessionLimits, StepUp};
use crate::db::{Db, DbError, Migrations};
use crate::loopback::is_loopback;
use crate::secret_key::{SecretKeyError, load_or_create};
use crate::session::{CookieSessions, RestoredError, cookie_session_store};
use crate::{Auth, AuthError, AuthenticatedPerson, Clock, Event, EventSink, Hooks, NotAdmitted};

/// The name of the database file, unless another database is configured.
const DATABASE: &str = "sign-in.sqlite3";

type OnEvent = Arc<dyn Fn(&Event) + Send + Sync>;

/// The settings of an application's sign-in. Start with [`DropIn::at`], finish with [`open`](Self::open).
#[must_use = "nothing happens before `open`"]
pub struct Settings {
    public_url: String,
    providers: Vec<ProviderConfig>,
    secret_keys: Vec<SecretString>,
    session: SessionLimits,
    roles: RoleRules,
    step_up: StepUp,
    database_url: Option<String>,
    on_events: Vec<OnEvent>,
    hooks: Hooks,
    render: Option<Render>,
    clock: Clock,
}

/// Why the sign-in could not be set up.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The public address is no origin.
    #[error("the public address {0:?} must be an https origin without a path; http serves on this machine alone")]
    PublicUrl(String),
    /// There is no provider to sign in with.
    #[error("no provider is given, or two are called alike")]
    Providers,
    /// A provider is configured in an unsafe way.
    #[error("the provider {id:?} {what}")]
    Provider {
        /// Its id, as it was given to the sign-in.
        id: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The secret key could be neither read nor made.
    #[error(transparent)]
    SecretKey(#[from] SecretKeyError),
    /// The database could not be opened.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A key or a provider cannot be used.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The check for a database restored from a backup failed.
    #[error(transparent)]
    Restored(#[from] RestoredError),
    /// The session store rejects its table.
    #[error("the session store cannot be set up: {0}")]
    SessionStore(String),
}

impl DropIn {
    /// The sign-in of the application that people reach at `public_url`: an https origin, or an http one on this
    /// machine.
    pub fn at(public_url: &str) -> Settings {
        Settings::at(public_url)
    }
}

impl Settings {
    fn at(public_url: &str) -> Self {
        Self {
            public_url: public_url.to_owned(),
            providers: Vec::new(),
            secret_keys: Vec::new(),
            session: SessionLimits::default(),
            roles: RoleRules::default(),
            step_up: StepUp::default(),
            database_url: None,
            on_events: Vec::new(),
            hooks: Hooks::new(EventSink::new(|_| {})),
            render: None,
            clock: Clock::system(),
        }
    }

    /// Adds `provider` to those that people can sign in with. Its redirect URI is `/login/{id}/authorized`.
    pub fn provider(mut self, provider: ProviderConfig) -> Self {
        self.providers.push(provider);
        self
    }

    /// Gives roles by `roles`, rather than by the values `Rolecall.Read`, `Rolecall.Write` and `Rolecall.Admin` of the
    /// claim `roles`.
    pub fn roles(mut self, roles: RoleRules) -> Self {
        self.roles = roles;
        self
    }

    /// Limits sign-ins as `session` says.
    pub const fn session(mut self, session: SessionLimits) -> Self {
        self.session = session;
        self
    }

    /// Asks people to sign in again, as `step_up` says.
    pub const fn step_up(mut self, step_up: StepUp) -> Self {
        self.step_up = step_up;
        self
    }

    /// Encrypts stored data with `key`, 32 bytes as base64, rather than with the one in the folder. When it is called
    /// more than once, the first key encrypts and all decrypt. Several instances need the same keys.
    pub fn secret_key(mut self, key: SecretString) -> Self {
        self.secret_keys.push(key);
        self
    }

    /// Stores sign-ins in the database at `url` (`sqlite:…` or `postgres://…`) rather than in the folder.
    pub fn database(mut self, url: &str) -> Self {
        self.database_url = Some(url.to_owned());
        self
    }

    /// Calls `admit` for every person who has authenticated, and waits for it before they are signed in: the place to
    /// create an account of your own, or to refuse the person.
    pub fn on_sign_in<F>(mut self, admit: impl Fn(AuthenticatedPerson) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), NotAdmitted>> + Send + 'static,
    {
        self.hooks = self.hooks.admitting(admit);
        self
    }

    /// Calls `take` when a sign-in failed or a request was denied. It must not block.
    pub fn on_refusal(self, take: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.on_event(move |event| {
            if event.is_refusal() {
                take(event);
            }
        })
    }

    /// Calls `take` when a sign-in was ended: by the person, by the provider, or because the provider no longer accepts
    /// it. It must not block. A sign-in that merely expires causes no call.
    pub fn on_sign_out(self, take: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.on_event(move |event| {
            if event.is_sign_out() {
                take(event);
            }
        })
    }

    /// Calls `take` with every event. It must not block.
    pub fn on_event(mut self, take: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.on_events.push(Arc::new(take));
        self
    }

    /// Renders the sign-in's pages with `render`, rather than plainly.
    pub fn pages(mut self, render: impl Fn(Page) -> axum::response::Response + Send + Sync + 'static) -> Self {
        self.render = Some(Arc::new(render));
        self
    }

    /// Uses `clock`.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets the sign-in up. `folder`, which is created if missing, holds what it keeps on disk: the database and the
    /// secret key, unless others are configured, and the time of the latest revocation. It sends no request to a
    /// provider yet.
    ///
    /// # Errors
    /// When a setting, the folder, the key or the database cannot be used.
    pub async fn open(self, folder: impl AsRef<Path>) -> Result<DropIn, OpenError> {
        let folder = folder.as_ref();
        let public_url = self.public_origin()?;
        self.check_providers()?;
        let Self { providers, mut secret_keys, session, roles, step_up, on_events, mut hooks, clock, .. } = self;
        if secret_keys.is_empty() {
            secret_keys.push(load_or_create(folder)?);
        }
        hooks.events = EventSink::new(move |event| {
            tracing::info!(event = event.name(), detail = ?event);
            for take in &on_events {
                take(event);
            }
        });
        let config = AuthConfig {
            public_url,
            secret_keys,
            session,
            providers,
            roles,
            step_up,
            without_role: None,
            loopback_certificates: None,
        };
        let url = self.database_url.unwrap_or_else(|| format!("sqlite:{}", folder.join(DATABASE).display()));
        let db = Db::open(&url, &Migrations::of_sign_in()).await?;
        let store = Arc::new(cookie_session_store(&db).map_err(OpenError::SessionStore)?);
        let auth = Auth::new(config, db, clock, hooks)?;
        let sessions = CookieSessions::new(auth.cookies().clone(), store, auth.clock().clone());
        auth.end_what_a_backup_revived(folder).await?;
        Ok(DropIn::new(auth, sessions, self.render))
    }

    /// The public address, which must be an origin where cookies stay secret.
    fn public_origin(&self) -> Result<Url, OpenError> {
        let refused = || OpenError::PublicUrl(self.public_url.clone());
        let url: Url = self.public_url.parse().map_err(|_| refused())?;
        let is_bare =
            url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        if is_bare && is_safe { Ok(url) } else { Err(refused()) }
    }

    fn check_providers(&self) -> Result<(), OpenError> {
        let is_doubled = |(at, provider): (usize, &ProviderConfig)| {
            self.providers[..at].iter().any(|before| before.id == provider.id)
        };
        if self.providers.is_empty() || self.providers.iter().enumerate().any(is_doubled) {
            return Err(OpenError::Providers);
        }
        for provider in &self.providers {
            provider.check().map_err(|what| OpenError::Provider { id: provider.id.clone(), what })?;
        }
        Ok(())
    }
}
