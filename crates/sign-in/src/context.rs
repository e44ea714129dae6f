//! Everything that the sign-in needs, in one value that is cheap to clone.

use std::sync::Arc;

use rolecall_model::ProviderChoice;
use thiserror::Error;

use super::attempts::Attempts;
use super::config::AuthConfig;
use super::provider::{NewProviderError, Provider};
use super::provider_issues::ProviderIssues;
use super::refresh::Refreshes;
use super::session::{
    Cipher, CipherError, CookiePolicy, KnownProvider, RecordError, SealedCookies, SignIn, SignIns,
    sweep_cookie_sessions,
};
use super::{Clock, EventSink, Hooks};
use crate::db::Db;

/// The sign-in of one application. Clones share everything.
#[derive(Clone)]
pub struct Auth(Arc<Inner>);

struct Inner {
    config: AuthConfig,
    clock: Clock,
    hooks: Hooks,
    providers: Vec<Provider>,
    choices: Vec<ProviderChoice>,
    attempts: Attempts,
    sign_ins: SignIns,
    cookies: CookiePolicy,
    refreshes: Refreshes,
    provider_issues: ProviderIssues,
    db: Db,
}

/// Why the sign-in could not be set up.
#[derive(Debug, Error)]
pub enum AuthError {
    /// A secret key has the wrong form.
    #[error(transparent)]
    Keys(#[from] CipherError),
    /// A provider could not be set up.
    #[error(transparent)]
    Provider(#[from] NewProviderError),
}

impl Auth {
    /// The sign-in that `config` describes, on `db`, for the application behind `hooks`. It sends no request to a
    /// provider yet.
    ///
    /// # Errors
    /// When a key has the wrong form, or TLS cannot be set up.
    pub fn new(config: AuthConfig, db: Db, clock: Clock, hooks: impl Into<Hooks>) -> Result<Self, AuthError> {
        let cipher = Arc::new(Cipher::new(&config.secret_keys)?);
        let providers = config
            .providers
            .iter()
            .map(|provider| Provider::new(provider.clone(), &config))
            .collect::<Result<Vec<_>, _>>()?;
        let choices: Vec<_> = config
            .providers
            .iter()
            .map(|provider| ProviderChoice { id: provider.id.clone(), name: provider.display_name.clone() })
            .collect();
        let cookies = CookiePolicy::new(&config.public_url);
        let origin = config.public_url.origin().ascii_serialization();
        let sealed = SealedCookies::new(Arc::clone(&cipher), cookies.clone(), origin);
        let known = config.providers.iter().map(KnownProvider::of).collect();
        Ok(Self(Arc::new(Inner {
            attempts: Attempts::new(db.clone(), sealed),
            sign_ins: SignIns::new(db.clone(), cipher, config.session, known),
            cookies,
            refreshes: Refreshes::default(),
            provider_issues: ProviderIssues::new(db.clone()),
            db,
            config,
            clock,
            hooks: hooks.into(),
            providers,
            choices,
        })))
    }

    /// The configuration in force.
    #[must_use]
    pub fn config(&self) -> &AuthConfig {
        &self.0.config
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The sink for events.
    #[must_use]
    pub fn events(&self) -> &EventSink {
        &self.0.hooks.events
    }

    /// The application's hooks.
    pub(super) fn hooks(&self) -> &Hooks {
        &self.0.hooks
    }

    /// The provider of that id.
    #[must_use]
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.0.providers.iter().find(|provider| provider.config.id == id)
    }

    /// `id` as a log may show it: the id in an address need not exist.
    pub(super) fn known_provider_id(&self, id: &str) -> String {
        self.provider(id).map_or_else(|| "unknown".to_owned(), |known| known.config.id.clone())
    }

    /// Every provider.
    #[must_use]
    pub fn providers(&self) -> &[Provider] {
        &self.0.providers
    }

    /// The providers, for the page where people choose one.
    #[must_use]
    pub fn choices(&self) -> &[ProviderChoice] {
        &self.0.choices
    }

    /// The sign-ins that were begun and are not complete yet.
    #[must_use]
    pub fn attempts(&self) -> &Attempts {
        &self.0.attempts
    }

    /// The sign-in records.
    #[must_use]
    pub fn sign_ins(&self) -> &SignIns {
        &self.0.sign_ins
    }

    /// The database that holds the sign-ins.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The refreshes in progress.
    pub(super) fn refreshes(&self) -> &Refreshes {
        &self.0.refreshes
    }

    /// The issues noticed at providers.
    #[must_use]
    pub fn provider_issues(&self) -> &ProviderIssues {
        &self.0.provider_issues
    }

    /// Ends and deletes what has expired, a few rows at a time, so that no request waits for it. Returns free space of
    /// a SQLite file to the file system.
    ///
    /// # Errors
    /// When the database does not answer; the next run does the rest.
    pub async fn sweep(&self) -> Result<(), RecordError> {
        let now_ms = self.clock().now_ms();
        self.sign_ins().sweep(now_ms).await?;
        self.attempts().sweep(now_ms).await?;
        sweep_cookie_sessions(&self.0.db, now_ms).await?;
        Ok(self.0.db.shrink().await?)
    }

    /// The names and attributes of the cookies.
    #[must_use]
    pub fn cookies(&self) -> &CookiePolicy {
        &self.0.cookies
    }

    /// When `sign_in` ends at the latest, Unix milliseconds (UTC).
    #[must_use]
    pub fn absolute_end_ms(&self, sign_in: &SignIn) -> i64 {
        sign_in.created_at_ms.saturating_add(self.config().session.absolute_ms())
    }
}
