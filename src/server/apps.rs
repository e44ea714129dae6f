//! Apps behind us: which one a request is for, whether it may come through, and what is said when there is no answer.

use std::net::IpAddr;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use rolecall_apps::{Apps, Caller, ProxyError, UpstreamApp, is_web_socket};
use rolecall_core::bookmarks::Thing;
use rolecall_model::{AppError, Viewer};
use rolecall_routes as routes;
use rolecall_sign_in::web::{is_same_origin, wants_page};
use rolecall_sign_in::{ClientAddress, Denied, guard};

use super::connections::{AppLimitReached, IdleTimeout};
use super::limits::log_limit::{Line, LogLimit};
use super::network::origins::may_call;
use super::problem::explain::Logged;
use super::problem::{self, PageContext, denial};
use super::state::AppState;
use crate::pages::problem::Problem;

/// How many failures of an app that one client met go into the log in a minute.
const FAILURES_LOGGED_A_MINUTE: u32 = 10;

/// Answers for the apps on our own origin. The policy has judged already.
pub async fn on_path(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path();
    let Some(app) = state.apps.on_path(path) else {
        return problem::refuse(&state.problem_pages, &request, &AppError::NotFound);
    };
    if path == app.prefix() {
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        return Redirect::permanent(&format!("{}{query}", routes::app(&app.name))).into_response();
    }
    pass_on(&state, app, request).await
}

/// Passes `request` on to `app`, for who is signed in behind it. Refuses who may not use the app, and what a page of
/// another origin began: an unsafe method, or a WebSocket, for which browsers ask nobody (RFC 6455, section 10.2).
pub async fn pass_on(state: &AppState, app: &UpstreamApp, mut request: Request) -> Response {
    let caller = match guard::require(request.extensions(), app.role) {
        Ok(sign_in) => Caller { sign_in, open_role: guard::open_role(request.extensions()).unwrap_or(app.role) },
        Err(denied) => return denial::answer(state, request, denied, denial::SignedOut::GoesToSignIn).await,
    };
    if !is_of_app(state, app, &request) {
        guard::report_denied(&state.auth, request.extensions(), Denied::ForeignOrigin);
        return problem::refuse(&state.problem_pages, &request, &AppError::ForeignOrigin);
    }
    if !app.service_workers && is_service_worker(request.headers()) {
        return no_service_worker(app);
    }
    let summary = RequestSummary::of(&request, app, state);
    if summary.wants_page && request.method().is_safe() {
        state.bookmarks.visited(caller.sign_in.user_id, Thing::app(&app.name)).await;
    }
    // What is held here is let go of when the last of the request and its answer has gone by.
    match state.connection_limits.for_app(&caller.sign_in.id) {
        Ok(connection) => request.extensions_mut().insert(connection),
        Err(reached) => return too_much_open(state, app, &summary, reached),
    };
    if let Some(idle_timeout) = request.extensions().get::<IdleTimeout>().cloned() {
        request.extensions_mut().insert(idle_timeout.suspend());
    }
    match state.apps.proxy(app, &caller, request).await {
        Ok(answer) => answer,
        Err(error) => failed(state, app, &summary, &error),
    }
}

/// The public keys by which apps check who somebody is. They change rarely, and never without notice.
pub async fn keys(State(apps): State<Apps>, State(log_limit): State<LogLimit>) -> Response {
    const CACHED: HeaderValue = HeaderValue::from_static("public, max-age=300");
    match apps.key_set().await {
        Ok(keys) => ([(header::CACHE_CONTROL, CACHED)], Json(keys)).into_response(),
        Err(error) => {
            if log_limit.admits(Line::new("app_keys_unavailable", "", None), 1) {
                tracing::error!(?error, "the keys for apps could not be read");
            }
            (axum::Extension(Logged), StatusCode::SERVICE_UNAVAILABLE).into_response()
        }
    }
}

/// Whether `request` may change something in `app`, or open a WebSocket to it: it must come from one of its own pages, or
/// from one that may call it.
fn is_of_app(state: &AppState, app: &UpstreamApp, request: &Request) -> bool {
    let (headers, origin) = (request.headers(), app.origin(state.address.url()));
    if may_call(request) {
        return true;
    }
    if is_web_socket(request.method(), request.version(), headers) {
        // Browsers always say it here, and not all say `Sec-Fetch-Site`.
        return headers.get(header::ORIGIN).is_some_and(|said| said == origin.as_str());
    }
    request.method().is_safe() || is_same_origin(headers, &origin)
}

/// Whether a browser wants to make a service worker of what it asks for (Service Workers, section 4.6.1; Fetch Metadata).
fn is_service_worker(headers: &HeaderMap) -> bool {
    headers.contains_key("service-worker") || headers.get("sec-fetch-dest").is_some_and(|dest| dest == "serviceworker")
}

/// Refuses a service worker: it would see, answer and change everything that is asked of the app's host, for as long as
/// somebody is signed in, whoever brought it there.
fn no_service_worker(app: &UpstreamApp) -> Response {
    let text = format!(
        "This app may have no service workers. With apps.{}.service_workers = true in Rolecall's configuration it may: see \
         docs/APPS.md.\n",
        app.name
    );
    (StatusCode::FORBIDDEN, text).into_response()
}

/// What the answer to a request that failed needs of it, once the request itself is gone.
struct RequestSummary {
    wants_page: bool,
    /// Where to try again, when that is harmless.
    again: Option<String>,
    client: Option<IpAddr>,
    context: PageContext,
}

impl RequestSummary {
    fn of(request: &Request, app: &UpstreamApp, state: &AppState) -> Self {
        // The page that says so can be on either host, so the address says which is meant.
        let origin = app.host().map(|_| app.origin(state.address.url())).unwrap_or_default();
        let path = request.uri().path_and_query().map(|path| format!("{origin}{path}"));
        Self {
            wants_page: wants_page(request.headers()),
            again: path.filter(|_| request.method().is_safe()),
            client: request.extensions().get::<ClientAddress>().map(|client| client.0),
            context: PageContext::of(&state.problem_pages, request),
        }
    }
}

/// Says that too much is open with apps for anything more. What is open stays so.
fn too_much_open(state: &AppState, app: &UpstreamApp, summary: &RequestSummary, reached: AppLimitReached) -> Response {
    const SECONDS: HeaderValue = HeaderValue::from_static("5");
    if state.log_limit.admits(Line::new("app_crowded", app.name.clone(), summary.client), 1) {
        tracing::warn!(event = "app_crowded", app = app.name, what = ?reached, "too much is open with apps");
    }
    let message = match reached {
        AppLimitReached::SignIn => {
            "You have too many pages of apps open. Close some of them, here and in other browsers."
        }
        AppLimitReached::All => "Too many connections to apps are open right now.",
    };
    let mut response = answer_with(state, summary, &AppError::Unavailable { message: message.to_owned() });
    response.headers_mut().insert(header::RETRY_AFTER, SECONDS);
    response
}

/// Says that there is no answer of `app`: what a person can do, and nothing of where the app is. The log knows more.
fn failed(state: &AppState, app: &UpstreamApp, summary: &RequestSummary, error: &ProxyError) -> Response {
    let title = app.title.clone();
    let shown = match error {
        ProxyError::Unreachable(_) | ProxyError::Unusable(_) => AppError::AppDown { app: title },
        ProxyError::TooSlow => AppError::AppTooSlow { app: title },
        ProxyError::Identity(_) => {
            AppError::Unavailable { message: "It cannot be checked right now who you are.".to_owned() }
        }
        ProxyError::SignInEnded => AppError::SignedOut,
        ProxyError::Path => AppError::NotFound,
        ProxyError::Method => return StatusCode::METHOD_NOT_ALLOWED.into_response(),
    };
    let line = Line::new("app_failed", app.name.clone(), summary.client);
    if shown.status() >= 500 && state.log_limit.admits(line, FAILURES_LOGGED_A_MINUTE) {
        tracing::error!(event = "app_failed", app = app.name, upstream = %app.upstream, ?error, "an app does not answer");
    }
    answer_with(state, summary, &shown)
}

/// Answers with `error`, of which the log knows: as a page where one was asked for, otherwise as JSON.
fn answer_with(state: &AppState, summary: &RequestSummary, error: &AppError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_GATEWAY);
    let response = if summary.wants_page {
        problem::page(&state.problem_pages, &summary.context, |viewer| page_of(error, viewer, summary.again.clone()))
    } else {
        (status, Json(error)).into_response()
    };
    (axum::Extension(Logged), response).into_response()
}

fn page_of(error: &AppError, viewer: &Viewer, again: Option<String>) -> Problem {
    let mut problem = problem::app_problem(error, viewer);
    let is_temporary =
        matches!(error, AppError::AppDown { .. } | AppError::AppTooSlow { .. } | AppError::Unavailable { .. });
    if let Some(again) = again.filter(|_| is_temporary) {
        problem.actions.insert(0, problem::get("Try again", again));
    }
    problem
}
