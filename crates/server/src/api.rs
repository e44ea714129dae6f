//! The API under `/api/v1`: its routes, and the layer that identifies the caller and checks the policy.
//!
//! It uses no session and no cookie, never redirects, and no page of another origin can read its answers (there is no
//! CORS). [`rolecall_api`] describes what errors look like.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use rolecall_api::ApiProblem;
use rolecall_demo_provider::API_SCOPE;
use rolecall_routes as routes;
use rolecall_sign_in::bearer::{self, ApiAccess, ApiCaller, BearerError};
use rolecall_sign_in::{Auth, ClientAddress};
use utoipa::openapi::OpenApi;

use super::access::Access;
use super::limits::nul;
use super::limits::rate_limits::{Rates, is_noted};
use super::network::addresses::PublicAddress;
use super::network::forwarded::{Arrival, Scheme};
use super::policy::Policy;
use super::state::AppState;

/// The parts of the server that the layer uses.
struct ApiParts {
    auth: Auth,
    address: PublicAddress,
    rates: Arc<Rates>,
    policy: Policy,
    /// What a token must be for; `None` where the API is off.
    access: Option<ApiAccess>,
}

/// The routes of the API, and its description. Where the API is off, its paths do not exist.
pub fn routes(state: &AppState) -> (Router<AppState>, OpenApi) {
    let access = state.config.api.as_ref();
    let scope = access.map_or(API_SCOPE, |access| access.scope.as_str());
    let (dashboards, datasets) = (state.dashboards.clone(), state.dashboards.datasets().clone());
    let (paths, description) = rolecall_api::api(dashboards, datasets, state.auth.clone(), state.audit.clone(), scope);
    let routes = if access.is_none() {
        Router::new()
    } else {
        let document = serde_json::to_string(&description).unwrap_or_default();
        let serve = async move || ([(header::CONTENT_TYPE, "application/json")], document);
        paths.route(routes::API_V1_OPENAPI, get(serve))
    };
    let others = [routes::API_V1, routes::API_V1_ROOT, routes::API_V1_REST];
    let routes = others.into_iter().fold(routes, |all, path| all.route(path, any(async || ApiProblem::not_found())));
    let parts = ApiParts {
        auth: state.auth.clone(),
        address: state.address.clone(),
        rates: Arc::clone(&state.rates),
        policy: state.policy.clone(),
        access: access.cloned(),
    };
    (routes.layer(middleware::from_fn_with_state(Arc::new(parts), judge)), description)
}

/// The layer that requires a token that is valid for the request.
async fn judge(State(parts): State<Arc<ApiParts>>, request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    let mut response = match judged(&parts, &head).await {
        Ok(caller) => {
            if let Some(caller) = caller.clone() {
                head.extensions.insert(caller);
            }
            let ip = client(&head);
            let response = next.run(Request::from_parts(head, body)).await;
            let denied = response.extensions().get::<ApiProblem>().and_then(ApiProblem::denied);
            if let (Some(caller), Some(denied)) = (caller, denied) {
                bearer::report_denied(&parts.auth, &caller, denied, ip);
            }
            response
        }
        Err(problem) => problem.into_response(),
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Authorization"));
    response
}

/// The caller, where one is needed. 429 after too many requests that the audit records.
async fn judged(parts: &ApiParts, head: &Parts) -> Result<Option<ApiCaller>, ApiProblem> {
    if came_in_the_clear(&parts.address, &head.extensions) {
        return Err(ApiProblem::in_the_clear());
    }
    let access = parts.access.as_ref().ok_or_else(ApiProblem::off)?;
    let route = head.extensions.get::<MatchedPath>().map_or(routes::API_V1_REST, MatchedPath::as_str);
    let needed = match parts.policy.access(route) {
        Some(Access::Public) => return Ok(None),
        Some(Access::SignedIn) => None,
        Some(Access::Role(needed)) => Some(needed),
        // The API has no paths of apps or pages.
        Some(Access::App | Access::Dashboard) | None => {
            tracing::error!(path = route, "a route is missing from the policy, and so it is closed");
            return Err(ApiProblem::not_found());
        }
    };
    let caller = authenticated(parts, access, head).await?;
    match needed.map_or(Ok(()), |needed| caller.require(needed)) {
        Ok(()) if nul::is_in_path(&head.uri) => Err(ApiProblem::not_found()),
        Ok(()) if nul::is_in_query(&head.uri) => Err(ApiProblem::bad_request("The query holds the character 0.")),
        Ok(()) => {
            if let Some(client) = client(head).filter(|_| is_noted(route)) {
                let person = format!("{} {}", caller.issuer, caller.subject);
                parts.rates.count_noted(person, client).map_err(ApiProblem::too_often)?;
            }
            Ok(Some(caller))
        }
        Err(denied) => {
            bearer::report_denied(&parts.auth, &caller, denied, client(head));
            Err(denied.into())
        }
    }
}

/// The caller. 429 after too many invalid tokens; a valid one is never delayed.
async fn authenticated(parts: &ApiParts, access: &ApiAccess, head: &Parts) -> Result<ApiCaller, ApiProblem> {
    let error = match bearer::authenticate(&parts.auth, access, &head.headers).await {
        Ok(caller) => return Ok(caller),
        Err(error) => error,
    };
    let is_counted = !matches!(error, BearerError::NoToken | BearerError::Provider(_) | BearerError::Record(_));
    if let Some(client) = client(head).filter(|_| is_counted) {
        parts.rates.count_api_failure(client).map_err(ApiProblem::too_many)?;
    }
    bearer::report_refused(&parts.auth, &error, client(head));
    Err((&error).into())
}

fn client(head: &Parts) -> Option<std::net::IpAddr> {
    head.extensions.get::<ClientAddress>().map(|ClientAddress(ip)| *ip)
}

/// Whether the request came over plain http although https is configured, according to a trusted proxy.
pub(super) fn came_in_the_clear(address: &PublicAddress, extensions: &Extensions) -> bool {
    let by_http = extensions.get::<Arrival>().is_some_and(|arrival| arrival.scheme == Some(Scheme::Http));
    by_http && address.url().scheme() == "https"
}
