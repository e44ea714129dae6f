//! The provider itself: its routes.

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{get, post};
use url::Url;

use super::clients::{API_AUDIENCE, API_SCOPE, Api};
use super::state::{Clock, ProviderState};
use super::{api, authorize, bearer, end_session, graph, metadata, page, token};

/// The demonstration provider. Clones share everything.
#[derive(Clone)]
pub struct DemoProvider {
    state: ProviderState,
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
        let api = Api { audience: audience.to_owned(), scope: scope.to_owned() };
        Self { state: ProviderState::new(issuer, now, api) }
    }

    /// The endpoints, relative to the path of the issuer: to be nested there.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/.well-known/openid-configuration", get(metadata::discovery))
            .route("/jwks", get(metadata::jwks))
            .route("/authorize", get(authorize::choose).post(authorize::decide))
            .route("/token", post(token::exchange))
            .route("/userinfo", get(bearer::claims).post(bearer::claims))
            .route("/end_session", get(end_session::sign_out).post(end_session::sign_out))
            .route("/api-token", post(api::for_person))
            .route("/v1.0/me", get(graph::me))
            .route("/v1.0/me/photo", get(graph::photo))
            .route("/v1.0/me/photo/$value", get(graph::photo_value))
            .route("/v1.0/me/checkMemberGroups", post(graph::check_member_groups))
            .route("/style.css", get(page::style))
            .layer(map_response(with_headers))
            .with_state(self.state.clone())
    }

    /// The issuer identifier.
    #[must_use]
    pub fn issuer(&self) -> &Url {
        self.state.issuer()
    }
}

/// Adds default headers to a response: browsers must not store, guess, frame or run anything. The referrer stays within
/// the origin but is not switched off: without any, browsers would send `Origin: null` with the chooser's form.
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
