//! Passing a request on to an app, and its answer back.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use thiserror::Error;

use super::App;
use crate::auth::Auth;
use crate::auth::session::SignIn;
use crate::identity::Role;

/// The apps that are configured, and what is needed to reach them. Clones share everything.
#[derive(Clone)]
pub struct Apps(Arc<Inner>);

struct Inner {
    apps: Vec<App>,
    #[expect(dead_code, reason = "the engine needs it")]
    auth: Auth,
}

/// For whom an app is asked.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The live sign-in.
    pub sign_in: Arc<SignIn>,
    /// The highest role whose doors are open to it.
    pub open_role: Role,
}

/// Why a request did not get its answer from an app.
#[derive(Debug, Error)]
pub enum ProxyError {
    /// The app cannot be reached (502: RFC 9110, section 15.6.3).
    #[error("the app cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It did not begin an answer in time (504: RFC 9110, section 15.6.5).
    #[error("the app did not answer in time")]
    TooSlow,
    /// What it answered cannot be read, or must not be passed on (502).
    #[error("the app's answer cannot be used")]
    Unusable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The sign-in ended meanwhile, or its role does not open the app any more (401).
    #[error("the sign-in ended meanwhile")]
    SignInEnded,
    /// The path is not one that an app may be asked for (400).
    #[error("the path leads out of the app")]
    Path,
}

impl Apps {
    /// The apps of the configuration, for people who are signed in by `auth`.
    #[must_use]
    pub fn new(apps: Vec<App>, auth: Auth) -> Self {
        Self(Arc::new(Inner { apps, auth }))
    }

    /// Every app, in the order of the configuration.
    #[must_use]
    pub fn all(&self) -> &[App] {
        &self.0.apps
    }

    /// The app of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&App> {
        self.0.apps.iter().find(|app| app.name == name)
    }

    /// The app on that host, written as in its configuration, without a port.
    #[must_use]
    pub fn on_host(&self, host: &str) -> Option<&App> {
        self.0.apps.iter().find(|app| app.host() == Some(host))
    }

    /// Asks `app` for what `caller` requests. Whether the caller may is decided before: here the role is only watched, as
    /// long as anything of the answer is on its way.
    ///
    /// # Errors
    /// [`ProxyError`] when there is no answer to pass on. What the app answers is passed on, errors of its own included.
    #[expect(clippy::unused_async, reason = "the engine comes with the next commits")]
    pub async fn proxy(&self, app: &App, caller: &Caller, request: Request) -> Result<Response, ProxyError> {
        let _ = (app, caller, request);
        Err(ProxyError::Unreachable("nobody asks yet".into()))
    }
}
