//! Passes a request on to an app, and its answer back. Also asks an app, on nobody's behalf, whether it answers.

use std::sync::Arc;

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::upgrade;
use hyper_util::client::legacy::Error as ClientError;
use rolecall_sign_in::Auth;
use rolecall_sign_in::db::Db;
use rolecall_sign_in::session::CipherError;
use thiserror::Error;
use url::Url;

use super::body::{Cut, Kept, Progress, passing};
use super::client::Clients;
use super::headers::lists;
use super::identity::{AppIdentities, KeyError, PublishedKeys};
use super::request::WEB_SOCKET;
use super::watch::{Watch, Watches};
use super::{Caller, Mount, ProxyError, UpstreamApp, is_web_socket, request, response, tunnel};

/// The configured apps, and what is needed to reach them. Clones share everything.
#[derive(Clone)]
pub struct Apps(Arc<Inner>);

struct Inner {
    apps: Vec<UpstreamApp>,
    auth: Auth,
    clients: Clients,
    identities: AppIdentities,
    watches: Watches,
}

/// Why apps cannot be reached at all.
#[derive(Debug, Error)]
pub enum AppsError {
    /// TLS cannot be set up.
    #[error("TLS to the apps cannot be set up")]
    Tls(#[from] rustls::Error),
    /// A secret key has the wrong form.
    #[error(transparent)]
    Keys(#[from] CipherError),
}

/// What an app answers.
type Answer = axum::http::Response<Incoming>;

impl Apps {
    /// The configured apps, for people who are signed in with `auth`, which is on `db`.
    ///
    /// # Errors
    /// When TLS cannot be set up, or a secret key has the wrong form.
    pub fn new(apps: Vec<UpstreamApp>, auth: Auth, db: Db) -> Result<Self, AppsError> {
        let (clients, watches) = (Clients::new(&apps)?, Watches::default());
        let identities = AppIdentities::new(&auth, db)?;
        Ok(Self(Arc::new(Inner { apps, auth, clients, identities, watches })))
    }

    /// Every app, in the order of the configuration.
    #[must_use]
    pub fn all(&self) -> &[UpstreamApp] {
        &self.0.apps
    }

    /// The app of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&UpstreamApp> {
        self.0.apps.iter().find(|app| app.name == name)
    }

    /// The app on that host, written as in its configuration, without a port.
    #[must_use]
    pub fn on_host(&self, host: &str) -> Option<&UpstreamApp> {
        self.0.apps.iter().find(|app| app.host() == Some(host))
    }

    /// The app on our own origin that `path` belongs to: its first page, with or without the slash, or a path below it.
    #[must_use]
    pub fn on_path(&self, path: &str) -> Option<&UpstreamApp> {
        let is_on_path = |app: &&UpstreamApp| matches!(app.mount, Mount::Path { .. });
        self.0
            .apps
            .iter()
            .filter(is_on_path)
            .find(|app| path.strip_prefix(&app.prefix()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    /// The public keys with which apps verify who a person is. Without any app there are none.
    pub async fn key_set(&self) -> Result<PublishedKeys, KeyError> {
        if self.0.apps.is_empty() { Ok(PublishedKeys::default()) } else { self.0.identities.key_set().await }
    }

    /// Passes the request of `caller` on to `app`. Check before whether the caller may use it: from here on the role is
    /// only watched, until the whole answer is transferred. The extensions of the request are kept until then.
    ///
    /// # Errors
    /// [`ProxyError`] when there is no answer to pass on. What the app answers is passed on, errors of its own
    /// included.
    pub async fn proxy(
        &self,
        app: &UpstreamApp,
        caller: &Caller,
        mut request: Request,
    ) -> Result<Response, ProxyError> {
        let public_url = &self.0.auth.config().public_url;
        let identity = self.0.identities.of(app, caller).await?;
        let watch = self.0.watches.watch(&self.0.auth, caller, app.role);
        let (method, version) = (request.method(), request.version());
        let browser = is_web_socket(method, version, request.headers()).then(|| upgrade::on(&mut request));

        let (mut parts, body) = request.into_parts();
        request::address(&mut parts, app, public_url, &identity)?;
        let kept: Kept = Arc::new(std::mem::take(&mut parts.extensions));
        let progress = Progress::new();
        let is_repeatable = parts.method.is_safe() && body.is_end_stream();
        let again = is_repeatable.then(|| Request::from_parts(parts.clone(), Body::empty()));
        let body = passing(body, &watch, progress.clone(), Arc::clone(&kept));
        let request = Request::from_parts(parts, body);

        let mut answer = tokio::select! {
            answer = self.ask(app, request, again) => answer?,
            () = watch.over() => return Err(ProxyError::SignInEnded),
            () = progress.stalled(app.timeout) => return Err(ProxyError::TooSlow),
        };
        if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
            let agreed = lists(answer.headers(), &header::UPGRADE, WEB_SOCKET);
            let Some(browser) = browser.filter(|_| agreed) else {
                return Err(ProxyError::Unusable("it changes to another protocol than it was asked for".into()));
            };
            tunnel::connect(browser, upgrade::on(&mut answer), watch.clone(), Arc::clone(&kept));
        }
        Ok(released(answer, app, self, &watch, kept))
    }

    /// Sends `request`, and then `again` if that is given and the first answer cannot be used: the app may have closed
    /// an idle connection at the moment when it was used.
    async fn ask(&self, app: &UpstreamApp, request: Request, again: Option<Request>) -> Result<Answer, ProxyError> {
        let client = self.0.clients.of(app);
        match (client.request(request).await.map_err(failure), again) {
            (Err(ProxyError::Unusable(_)), Some(again)) => client.request(again).await.map_err(failure),
            (answer, _) => answer,
        }
    }
}

/// The status with which `app` answers a request for its first page, as a Rolecall at `public_url` sends it. The
/// request names no person, so the app shows nothing that only people may see.
///
/// # Errors
/// [`ProxyError`] when it does not answer. The caller must limit the time.
pub async fn probe(app: &UpstreamApp, public_url: &Url) -> Result<StatusCode, ProxyError> {
    let clients = Clients::new(std::slice::from_ref(app)).map_err(|error| ProxyError::Unreachable(error.into()))?;
    let answer = clients.of(app).request(request::for_nobody(app, public_url)?).await;
    answer.map(|answer| answer.status()).map_err(failure)
}

fn released(answer: Answer, app: &UpstreamApp, apps: &Apps, watch: &Watch, kept: Kept) -> Response {
    let (mut parts, body) = answer.into_parts();
    response::release(&mut parts, app, &apps.0.auth.config().public_url);
    let body = if parts.status == StatusCode::SWITCHING_PROTOCOLS {
        Body::empty()
    } else {
        passing(body, watch, Progress::new(), kept)
    };
    Response::from_parts(parts, body)
}

/// Why the client got no answer.
fn failure(error: ClientError) -> ProxyError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(found) = cause {
        if found.is::<Cut>() {
            return ProxyError::SignInEnded;
        }
        cause = found.source();
    }
    if error.is_connect() { ProxyError::Unreachable(error.into()) } else { ProxyError::Unusable(error.into()) }
}
