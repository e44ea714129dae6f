//! Every layer, in order. A request passes from the first to the last, its answer the other way.

use std::any::Any;
use std::net::IpAddr;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json, Router};
use rolecall_model::AppError;
use rolecall_sign_in::web::loop_breaker::forget_when_signed_in;
use rolecall_sign_in::web::{wants_page, without_look_alikes};
use rolecall_sign_in::{ClientAddress, guard, random};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tracing::Instrument as _;

use super::app_hosts::{self, OnHost};
use super::canonical_host::redirect_to_canonical_host;
use super::compression::{compress_pages, not_for_other_sites};
use super::cross_origin::allow_cross_origin;
use super::demonstration::keep_demonstration_here;
use super::forms::answer_forms;
use super::forwarded::note_arrival;
use super::headers::add_security_headers;
use super::log_limit::Line;
use super::origin::check_origin;
use super::policy;
use super::problem::{self, Facts};
use super::rate_limits::limit_rates;
use super::session_state;
use super::sizes::{MAX_BODY_BYTES, refuse_large_bodies, refuse_large_heads};
use super::state::AppState;
use super::telemetry::proxy_request_id;
use super::unidentified;
use crate::api_v1;
use crate::apps::OfApp;
use crate::pages::problem::Problem;
use crate::request_id::RequestId;
use crate::routes;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How many failures of ours are told a minute of those that one client met.
const FAILURES: u32 = 30;
/// When to come again where nothing says it better, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The layer around all hosts: which one is meant can be what a proxy says.
pub fn around_all_hosts(router: Router, state: AppState) -> Router {
    router.layer(middleware::from_fn_with_state(state, note_arrival))
}

/// The layers around everything that is on our own host.
pub fn around_everything(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let router = if state.config.demonstration {
        router.layer(middleware::from_fn_with_state(state.clone(), keep_demonstration_here))
    } else {
        router
    };
    router.layer(
        ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(state.clone(), add_security_headers))
            .layer(middleware::from_fn_with_state(state.clone(), name_and_log))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(middleware::from_fn(refuse_large_heads))
            .layer(middleware::from_fn_with_state(state.clone(), limit_rates)),
    )
}

/// The limits of everything that we answer ourselves. What apps answer may be as long, and take as long, as it does.
pub fn within_limits(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    router.layer(
        ServiceBuilder::new()
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
            .layer(middleware::from_fn_with_state(state.clone(), refuse_large_bodies))
            .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES)),
    )
}

/// The layers around what people and programs ask for: pages, server functions. Files, the API and the demonstration
/// provider do without them.
pub fn around_application(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let layers = ServiceBuilder::new()
        .map_request(not_for_other_sites)
        .layer(compress_pages())
        .layer(middleware::from_fn_with_state(state.clone(), answer_forms));
    behind_sign_in(router.layer(layers), state)
}

/// The layers in front of whatever the policy opens to who is signed in, the apps on our own origin among it.
pub fn behind_sign_in(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let sessions = state.auth.cookies().session_layer(state.sessions.clone());
    router.layer(
        ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(state.clone(), redirect_to_canonical_host))
            .layer(middleware::from_fn_with_state(state.clone(), check_origin))
            .layer(middleware::map_request(without_look_alikes))
            .layer(sessions)
            .layer(middleware::from_fn_with_state(state.clone(), identify))
            .layer(middleware::from_fn_with_state(state.clone(), forget_when_signed_in))
            .layer(middleware::from_fn_with_state(state.clone(), policy::enforce)),
    )
}

/// The layers around the apps on our own origin.
pub fn around_apps(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    behind_sign_in(router, state).layer(middleware::from_fn_with_state(state.clone(), allow_cross_origin))
}

/// The layers around what there is on the hosts of apps: the app itself, and our few paths.
pub fn around_app_hosts(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let sessions = state.app_cookies.session_layer(state.sessions.clone());
    let router = router.layer(
        ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(state.clone(), redirect_to_canonical_host))
            .layer(middleware::from_fn_with_state(state.clone(), allow_cross_origin))
            .layer(middleware::map_request(without_look_alikes))
            .layer(sessions)
            .layer(middleware::from_fn_with_state(state.clone(), app_hosts::identify))
            .layer(middleware::from_fn_with_state(state.clone(), app_hosts::forget_when_signed_in)),
    );
    around_everything(router.merge(session_state::routes(state, &state.app_cookies)), state)
}

/// Gives the request its id and its span. Gives an error that has none yet its page, where a browser navigates to it,
/// or its JSON, where a script asked for something of the API or the sign-in.
async fn name_and_log(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = RequestId(random::id());
    let unmatched = if request.extensions().get::<OnHost>().is_some() { "app" } else { "unmatched" };
    let route = request.extensions().get::<MatchedPath>().map_or(unmatched, MatchedPath::as_str);
    let client = client_of(&request);
    let (method, proxy_request_id) = (request.method(), proxy_request_id(&state, &request));
    let ip = client.map(tracing::field::display);
    let span = tracing::info_span!("request", request_id = %id, %method, route, client = ip, proxy_request_id);
    request.extensions_mut().insert(id.clone());
    let asker = Asker::of(&state, &request);

    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    let _entered = span.enter();
    let is_told = response.extensions().get::<OfApp>().is_some();
    let is_failure = status.is_server_error() && !is_told && response.extensions().get::<Logged>().is_none();
    if is_failure && state.log_limit.admits(Line::new("answered", status.to_string(), client), FAILURES) {
        tracing::error!(status = status.as_u16(), "answered");
    } else {
        tracing::debug!(status = status.as_u16(), "answered");
    }
    if let Asker::Api = asker {
        response = api_v1::explained(response, &id.0);
    } else if let Some(error) = error_of(status, &id).filter(|_| !is_told) {
        response = explained(&state, asker, &error, response);
    }
    if response.status() == StatusCode::SERVICE_UNAVAILABLE && !is_told {
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(RETRY_AFTER);
    }
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    response
}

fn client_of(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<ClientAddress>().map(|client| client.0)
}

/// Who asks, as far as it matters for how an error is told.
enum Asker {
    /// A person, by a browser that navigates.
    Person(Facts),
    /// A program, of the API under `/api/v1`: it gets problem documents, whatever else it would take.
    Api,
    /// A script or a program, of the sign-in or a server function.
    Program,
    /// Anybody else: a status is enough.
    Other,
}

impl Asker {
    fn of(state: &AppState, request: &Request) -> Self {
        let path = request.uri().path();
        let is_on_host_of_app = request.extensions().get::<OnHost>().is_some();
        if routes::is_api_v1(path) && !is_on_host_of_app {
            Self::Api
        } else if wants_page(request.headers()) {
            Self::Person(Facts::of(state, request))
        } else if [routes::API_PREFIX, routes::LOGIN_PREFIX].iter().any(|prefix| path.starts_with(prefix)) {
            Self::Program
        } else {
            Self::Other
        }
    }
}

/// `response`, with a page or JSON that tells of `error` unless it has one.
fn explained(state: &AppState, asker: Asker, error: &AppError, response: Response) -> Response {
    let status = response.status();
    match asker {
        Asker::Person(facts) if !is_of_type(&response, "text/html") => problem::page(state, &facts, |facts| Problem {
            status: status.as_u16(),
            ..problem::app_problem(error, facts, state)
        }),
        Asker::Program if !is_of_type(&response, "application/json") => (status, Json(error)).into_response(),
        _ => response,
    }
}

/// Whether what the response holds is called `kind`.
fn is_of_type(response: &Response, kind: &str) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    content_type.is_some_and(|found| found.as_bytes().starts_with(kind.as_bytes()))
}

/// What to say of an answer of which only the status is known.
fn error_of(status: StatusCode, id: &RequestId) -> Option<AppError> {
    match status {
        StatusCode::UNAUTHORIZED => Some(AppError::SignedOut),
        StatusCode::SERVICE_UNAVAILABLE => {
            Some(AppError::Unavailable { message: "Rolecall did not get this done in time.".to_owned() })
        }
        status if status.is_server_error() => Some(AppError::Internal { request_id: id.0.clone() }),
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Some(AppError::NotFound),
        StatusCode::PAYLOAD_TOO_LARGE => Some(AppError::TooLarge),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Some(AppError::HeadTooLarge),
        status if status.is_client_error() => {
            Some(AppError::Invalid { message: "This request cannot be read.".to_owned() })
        }
        _ => None,
    }
}

/// Finds out who is behind the request. While that cannot be told, nobody gets any further.
async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if let Err(error) = guard::identify(&state.auth, request.extensions_mut()).await {
        return unidentified::refuse(&state, &request, &error);
    }
    next.run(request).await
}

/// A panic is a 500 like any other. What it said is in the log already, by [`log_panics`](super::telemetry::log_panics).
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    (Extension(Logged), StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

/// On an answer: the log says already what went wrong.
#[derive(Clone, Copy)]
pub struct Logged;
