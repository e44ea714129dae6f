//! Every layer, in order. A request passes from the first to the last, its answer the other way.

use std::any::Any;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Router};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tracing::Instrument as _;

use super::canonical_host::redirect_to_canonical_host;
use super::client_address::note_client_address;
use super::forms::answer_forms;
use super::headers::add_security_headers;
use super::loop_breaker::forget_when_signed_in;
use super::origin::check_origin;
use super::policy;
use super::problem::{self, Facts, wants_page};
use super::state::AppState;
use super::telemetry::proxy_request_id;
use crate::auth::{guard, random};
use crate::error::AppError;
use crate::pages::problem::Problem;
use crate::request_id::RequestId;

/// The largest body that is read.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The layers around everything.
pub fn around_everything(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    router.layer(
        ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(state.clone(), add_security_headers))
            .layer(middleware::from_fn_with_state(state.clone(), name_and_log))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT)),
    )
}

/// The layers around what people and programs ask for: pages, server functions, the API. Files and the demonstration
/// provider do without them.
pub fn around_application(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let sessions = state.auth.cookies().session_layer(state.sessions.clone());
    router.layer(
        ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(state.clone(), redirect_to_canonical_host))
            .layer(middleware::from_fn_with_state(state.clone(), note_client_address))
            .layer(middleware::from_fn_with_state(state.clone(), check_origin))
            .layer(sessions)
            .layer(middleware::from_fn_with_state(state.clone(), identify))
            .layer(middleware::from_fn_with_state(state.clone(), forget_when_signed_in))
            .layer(middleware::from_fn_with_state(state.clone(), policy::enforce))
            .layer(middleware::from_fn_with_state(state.clone(), answer_forms)),
    )
}

/// The layers around what a provider's servers and pages ask for.
pub fn around_channels(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    router.layer(middleware::from_fn_with_state(state.clone(), note_client_address))
}

/// Gives the request its id and its span, and a page to an error that a browser navigates to and that has none yet.
async fn name_and_log(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = RequestId(random::id());
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str);
    let (method, proxy_request_id) = (request.method(), proxy_request_id(&state, &request));
    let span = tracing::info_span!("request", request_id = %id, %method, route, proxy_request_id);
    request.extensions_mut().insert(id.clone());
    let page_facts = wants_page(request.headers()).then(|| Facts::of(&request));

    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    let _entered = span.enter();
    if status.is_server_error() && response.extensions().get::<Logged>().is_none() {
        tracing::error!(status = status.as_u16(), "answered");
    } else {
        tracing::debug!(status = status.as_u16(), "answered");
    }
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if let (Some(facts), Some(error), false) = (page_facts, error_of(status, &id), is_page) {
        response = problem::page(&state, &facts, |facts| Problem {
            status: status.as_u16(),
            ..problem::app_problem(&error, facts, &state)
        });
    }
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    response
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
        status if status.is_client_error() => {
            Some(AppError::Invalid { message: "This request cannot be read.".to_owned() })
        }
        _ => None,
    }
}

/// Finds out who is behind the request. While that cannot be told, nobody gets any further.
async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if let Err(error) = guard::identify(&state.auth, request.extensions_mut()).await {
        tracing::error!(?error, "it cannot be told who is signed in");
        let message = "It cannot be checked right now whether you are signed in.".to_owned();
        return problem::refuse(&state, &request, &AppError::Unavailable { message });
    }
    next.run(request).await
}

/// A panic is a 500 like any other. What it said is in the log already, by [`log_panics`](super::telemetry::log_panics).
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    (Extension(Logged), StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

/// On an answer: the log says already what went wrong.
#[derive(Clone, Copy)]
struct Logged;
