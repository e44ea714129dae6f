//! The provider itself: its routes, and what they share.

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use tokio::sync::watch;
use url::Url;

use super::api::{API_AUDIENCE, API_SCOPE, Api};
use super::endpoint::{Counters, Endpoint, RequestCounts, attend};
use super::faults::Faults;
use super::grants::Grants;
use super::keys::KeyRing;
use super::{api, authorize, end_session, graph, metadata, page, token, userinfo};

/// The one client that the provider knows: public, with PKCE.
pub const CLIENT_ID: &str = "rolecall-demonstration";

/// Tells the time: Unix milliseconds (UTC).
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The demonstration provider. Clones share everything.
#[derive(Clone)]
pub struct DemoProvider {
    shared: Arc<Shared>,
}

/// What all requests share.
struct Shared {
    issuer: Url,
    api: Api,
    now: Clock,
    keys: KeyRing,
    grants: Grants,
    faults: watch::Sender<Faults>,
    counters: Counters,
}

impl DemoProvider {
    /// A provider at `issuer`, for example `http://127.0.0.1:3000/demo`: with a path and without a slash at its end,
    /// because clients compare it letter by letter. `now` tells the time in Unix milliseconds (UTC).
    #[must_use]
    pub fn new(issuer: Url, now: Clock) -> Self {
        Self::for_api(issuer, now, API_AUDIENCE, API_SCOPE)
    }

    /// The same, with access tokens for the API that is called `audience` and knows the scope `scope`.
    #[must_use]
    pub fn for_api(issuer: Url, now: Clock, audience: &str, scope: &str) -> Self {
        let shared = Shared {
            issuer,
            api: Api { audience: audience.to_owned(), scope: scope.to_owned() },
            now,
            keys: KeyRing::default(),
            grants: Grants::default(),
            faults: watch::Sender::new(Faults::default()),
            counters: Counters::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// The endpoints, relative to the path of the issuer: to be nested there.
    pub fn router(&self) -> Router {
        let at = |endpoint, methods| self.attended(endpoint, methods);
        Router::new()
            .route("/.well-known/openid-configuration", at(Endpoint::Discovery, get(metadata::discovery)))
            .route("/jwks", at(Endpoint::Jwks, get(metadata::jwks)))
            .route("/authorize", at(Endpoint::Authorize, get(authorize::choose).post(authorize::decide)))
            .route("/token", at(Endpoint::Token, post(token::exchange)))
            .route("/userinfo", at(Endpoint::Userinfo, get(userinfo::claims).post(userinfo::claims)))
            .route("/end_session", at(Endpoint::EndSession, get(end_session::sign_out).post(end_session::sign_out)))
            .route("/api-token", post(api::for_person))
            .route("/v1.0/me", at(Endpoint::Graph, get(graph::me)))
            .route("/v1.0/me/photo", at(Endpoint::Graph, get(graph::photo)))
            .route("/v1.0/me/photo/$value", at(Endpoint::Graph, get(graph::photo_value)))
            .route("/v1.0/me/checkMemberGroups", at(Endpoint::Graph, post(graph::check_member_groups)))
            .route("/style.css", get(page::style))
            .layer(map_response(with_headers))
            .with_state(self.clone())
    }

    /// The issuer identifier.
    #[must_use]
    pub fn issuer(&self) -> &Url {
        &self.shared.issuer
    }

    /// Replaces the faults in force, and lets held requests go where the new ones do not hold them.
    pub fn set_faults(&self, faults: Faults) {
        self.shared.faults.send_replace(faults);
    }

    /// Replaces the signing key: the old one leaves the key set at once.
    pub fn rotate_keys(&self) {
        self.shared.keys.rotate();
    }

    /// Takes back every access token, as a provider may before its end.
    pub fn end_access_tokens(&self) {
        self.shared.grants.end_access();
    }

    /// How often each endpoint was asked.
    #[must_use]
    pub fn requests(&self) -> RequestCounts {
        self.shared.counters.read()
    }

    /// `methods`, counted and made faulty as `endpoint`.
    fn attended(&self, endpoint: Endpoint, methods: MethodRouter<Self>) -> MethodRouter<Self> {
        methods.layer(from_fn_with_state((self.clone(), endpoint), attend))
    }

    /// The address of the endpoint at `path`, which begins with a slash.
    pub(super) fn endpoint_url(&self, path: &str) -> Url {
        let mut url = self.shared.issuer.clone();
        url.set_path(&self.endpoint_path(path));
        url
    }

    /// The path of the endpoint at `path`, which begins with a slash, as the browser sees it.
    pub(super) fn endpoint_path(&self, path: &str) -> String {
        format!("{}{path}", self.shared.issuer.path().trim_end_matches('/'))
    }

    /// The time, Unix milliseconds (UTC).
    pub(super) fn now_ms(&self) -> i64 {
        (self.shared.now)()
    }

    /// The API that access tokens are for.
    pub(super) fn api(&self) -> &Api {
        &self.shared.api
    }

    /// The signing keys.
    pub(super) fn keys(&self) -> &KeyRing {
        &self.shared.keys
    }

    /// The codes and tokens that were given out.
    pub(super) fn grants(&self) -> &Grants {
        &self.shared.grants
    }

    /// The counters of requests.
    pub(super) fn counters(&self) -> &Counters {
        &self.shared.counters
    }

    /// The faults in force.
    pub(super) fn faults(&self) -> Faults {
        self.shared.faults.borrow().clone()
    }

    /// Whether to replace the key before the next signature; true once for each time it was asked for.
    pub(super) fn take_rotation(&self) -> bool {
        self.shared.faults.send_if_modified(|faults| std::mem::take(&mut faults.rotate_before_signing))
    }

    /// Waits until requests to `endpoint` are no longer held.
    pub(super) async fn until_released(&self, endpoint: Endpoint) {
        // An error would mean that the sender is gone, which this very provider holds.
        let _ = self.shared.faults.subscribe().wait_for(|faults| !faults.hangs(endpoint)).await;
    }
}

/// Adds what every answer says unless it says otherwise: nothing is kept, guessed, framed or run. The referrer stays
/// within the origin but is not switched off: without any, browsers would send `Origin: null` with the chooser's form.
async fn with_headers(mut response: Response) -> Response {
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"),
    ];
    for (name, value) in headers {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
