//! Apps behind Rolecall: which one a request is for, whether it may be forwarded, and the error if there is no answer.

use std::net::IpAddr;

use axum::Json;
use axum::extract::{FromRef as _, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use rolecall_apps::{Apps, Caller, ProxyError, UpstreamApp, is_web_socket};
use rolecall_core::bookmarks::Thing;
use rolecall_model::{AppError, Viewer};
use rolecall_routes as routes;
use rolecall_sign_in::web::{is_same_origin, wants_page};
use rolecall_sign_in::{ClientAddress, Denied, guard};
use rolecall_ui::problem::Problem;

use super::access::SignedOut;
use super::connections::{AppLimitReached, IdleTimeout};
use super::limits::log_limit::{Line, LogLimit};
use super::network::addresses::PublicAddress;
use super::network::origins::may_call;
use super::problem::denial::Denials;
use super::problem::explain::Logged;
use super::problem::{self, PageContext, ProblemPages};
use super::state::AppState;

/// How many failures of an app per client are logged in a minute.
const FAILURES_LOGGED_A_MINUTE: u32 = 10;

/// Answers for the apps on our own origin. The policy has already been checked.
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

/// Forwards `request` to `app`, for the signed-in person. Refuses people who may not use the app, and requests from
/// pages of other origins: unsafe methods, and WebSockets, for which browsers make no preflight request (RFC 6455,
/// section 10.2).
pub async fn pass_on(state: &AppState, app: &UpstreamApp, mut request: Request) -> Response {
    let caller = match guard::require(request.extensions(), app.role) {
        Ok(sign_in) => Caller { sign_in, open_role: guard::open_role(request.extensions()).unwrap_or(app.role) },
        Err(denied) => return Denials::from_ref(state).answer(request, denied, SignedOut::GoesToSignIn).await,
    };
    if !is_of_app(&state.address, app, &request) {
        guard::report_denied(&state.auth, request.extensions(), Denied::ForeignOrigin);
        return problem::refuse(&state.problem_pages, &request, &AppError::ForeignOrigin);
    }
    if !app.service_workers && is_service_worker(request.headers()) {
        return no_service_worker(app);
    }
    let summary = RequestSummary::of(&request, app, &state.address, &state.problem_pages);
    if summary.wants_page && request.method().is_safe() {
        state.bookmarks.visited(caller.sign_in.user_id, Thing::app(&app.name)).await;
    }
    // The permit is released when both the request and its answer are complete.
    match state.connection_limits.for_app(&caller.sign_in.id) {
        Ok(connection) => request.extensions_mut().insert(connection),
        Err(reached) => return too_much_open(&state.log_limit, &state.problem_pages, app, &summary, reached),
    };
    if let Some(idle_timeout) = request.extensions().get::<IdleTimeout>().cloned() {
        request.extensions_mut().insert(idle_timeout.suspend());
    }
    match state.apps.proxy(app, &caller, request).await {
        Ok(answer) => answer,
        Err(error) => failed(&state.log_limit, &state.problem_pages, app, &summary, &error),
    }
}

/// The public keys with which apps verify identities. They change rarely, and are published before they are used.
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

/// Whether `request` may change something in `app`, or open a WebSocket to it: it must come from one of its own pages,
/// or from an origin that may call it.
fn is_of_app(address: &PublicAddress, app: &UpstreamApp, request: &Request) -> bool {
    let (headers, origin) = (request.headers(), app.origin(address.url()));
    if may_call(request) {
        return true;
    }
    if is_web_socket(request.method(), request.version(), headers) {
        // Browsers always send `Origin` here, but not all send `Sec-Fetch-Site`.
        return headers.get(header::ORIGIN).is_some_and(|said| said == origin.as_str());
    }
    request.method().is_safe() || is_same_origin(headers, &origin)
}

/// Whether a browser requests this as a service worker script (Service Workers, section 4.6.1; Fetch Metadata).
fn is_service_worker(headers: &HeaderMap) -> bool {
    headers.contains_key("service-worker") || headers.get("sec-fetch-dest").is_some_and(|dest| dest == "serviceworker")
}

/// Refuses a service worker: it would see, answer and change every request to the app's host, for as long as anyone is
/// signed in, whoever installed it.
fn no_service_worker(app: &UpstreamApp) -> Response {
    let text = format!(
        "This app may have no service workers. With apps.{}.service_workers = true in Rolecall's configuration it may: see \
         docs/APPS.md.\n",
        app.name
    );
    (StatusCode::FORBIDDEN, text).into_response()
}

/// The data about a request that a failure page needs, after the request itself is consumed.
struct RequestSummary {
    wants_page: bool,
    /// The address for a retry, if that is harmless.
    again: Option<String>,
    client: Option<IpAddr>,
    context: PageContext,
}

impl RequestSummary {
    fn of(request: &Request, app: &UpstreamApp, address: &PublicAddress, problem_pages: &ProblemPages) -> Self {
        // The failure page can be on either host, so the address must be absolute.
        let origin = app.host().map(|_| app.origin(address.url())).unwrap_or_default();
        let path = request.uri().path_and_query().map(|path| format!("{origin}{path}"));
        Self {
            wants_page: wants_page(request.headers()),
            again: path.filter(|_| request.method().is_safe()),
            client: request.extensions().get::<ClientAddress>().map(|client| client.0),
            context: PageContext::of(problem_pages, request),
        }
    }
}

/// The answer when too many requests to apps are in progress. Those in progress continue.
fn too_much_open(
    log_limit: &LogLimit,
    problem_pages: &ProblemPages,
    app: &UpstreamApp,
    summary: &RequestSummary,
    reached: AppLimitReached,
) -> Response {
    const SECONDS: HeaderValue = HeaderValue::from_static("5");
    if log_limit.admits(Line::new("app_crowded", app.name.clone(), summary.client), 1) {
        tracing::warn!(event = "app_crowded", app = app.name, what = ?reached, "too many requests to apps are open");
    }
    let message = match reached {
        AppLimitReached::SignIn => {
            "You have too many pages of apps open. Close some of them, here and in other browsers."
        }
        AppLimitReached::All => "Too many connections to apps are open right now.",
    };
    let mut response = answer_with(problem_pages, summary, &AppError::Unavailable { message: message.to_owned() });
    response.headers_mut().insert(header::RETRY_AFTER, SECONDS);
    response
}

/// The answer when `app` does not respond: what a person can do, but not where the app runs. The log has the details.
fn failed(
    log_limit: &LogLimit,
    problem_pages: &ProblemPages,
    app: &UpstreamApp,
    summary: &RequestSummary,
    error: &ProxyError,
) -> Response {
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
    if shown.status() >= 500 && log_limit.admits(line, FAILURES_LOGGED_A_MINUTE) {
        tracing::error!(event = "app_failed", app = app.name, upstream = %app.upstream, ?error, "an app does not answer");
    }
    answer_with(problem_pages, summary, &shown)
}

/// Answers with `error`, which is already logged: as a page for navigations, otherwise as JSON.
fn answer_with(problem_pages: &ProblemPages, summary: &RequestSummary, error: &AppError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_GATEWAY);
    let response = if summary.wants_page {
        problem::page(problem_pages, &summary.context, |viewer| page_of(error, viewer, summary.again.clone()))
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
