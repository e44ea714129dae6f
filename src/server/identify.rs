//! Who is behind a request. While the database does not say it, nobody gets any further.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use rolecall_model::AppError;
use rolecall_sign_in::session::LiveSignInError;
use rolecall_sign_in::web::loop_breaker::forget;
use rolecall_sign_in::{ClientAddress, guard};
use tower_sessions::Session;

use super::app_hosts::OnHost;
use super::limits::log_limit::Line;
use super::problem;
use super::state::AppState;
use crate::apps::hosts;

/// How many such failures are told a minute of those that one client met.
const FAILURES: u32 = 30;

/// The layer that finds out who is behind a request.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if let Err(error) = guard::identify(&state.auth, request.extensions_mut()).await {
        return refuse(&state, &request, &error);
    }
    next.run(request).await
}

/// The same on the host of an app, which has a session of its own.
pub async fn identify_on_app_host(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if let Err(error) = who_is_behind(&state, &mut request).await {
        return refuse(&state, &request, &error);
    }
    next.run(request).await
}

/// The layer that forgets how often the browser came to the host of an app in vain, once it is signed in.
pub async fn forget_when_signed_in_on_app_host(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    forget(&state.app_cookies, request, next).await
}

async fn who_is_behind(state: &AppState, request: &mut Request) -> Result<(), LiveSignInError> {
    let extensions = request.extensions_mut();
    let id = match (extensions.get::<OnHost>(), extensions.get::<Session>()) {
        (Some(OnHost(app)), Some(session)) => hosts::sign_in_in(session, &app.name).await?,
        _ => None,
    };
    guard::identify_by(&state.auth, id.as_deref(), extensions).await
}

/// Refuses `request`, behind which there may be anybody: while that cannot be told, nobody gets any further.
fn refuse(state: &AppState, request: &Request, error: &LiveSignInError) -> Response {
    let client = request.extensions().get::<ClientAddress>().map(|client| client.0);
    if state.log_limit.admits(Line::new("not_identified", "", client), FAILURES) {
        tracing::error!(?error, "it cannot be told who is signed in");
    }
    let message = "It cannot be checked right now whether you are signed in.".to_owned();
    problem::refuse(&state.problem_pages, request, &AppError::Unavailable { message })
}
