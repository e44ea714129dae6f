//! Identifies the person behind a request. While the database does not answer, no request goes further.

use axum::extract::Request;
use axum::http::Extensions;
use axum::response::Response;
use rolecall_apps::hosts;
use rolecall_model::AppError;
use rolecall_sign_in::session::LiveSignInError;
use rolecall_sign_in::{ClientAddress, guard};
use tower_sessions::Session;

use super::app_hosts::OnHost;
use super::limits::log_limit::Line;
use super::problem::{self, Refusal};
use super::state::AppState;
use crate::caller::UNASKED;

/// How many such failures per client are logged in a minute.
const FAILURES: u32 = 30;

/// Identifies the person behind `request`, and stores the result there. The host of an app has its own session.
///
/// # Errors
/// 503 while the sign-in cannot be looked up.
pub async fn identify(state: &AppState, request: &mut Request) -> Result<(), Refusal> {
    let identified = match request.extensions().get::<OnHost>().cloned() {
        Some(OnHost(app)) => identify_on_app_host(state, &app.name, request.extensions_mut()).await,
        None if request.headers().contains_key(&UNASKED) => {
            guard::identify_unseen(&state.auth, request.extensions_mut()).await
        }
        None => guard::identify(&state.auth, request.extensions_mut()).await,
    };
    identified.map_err(|error| Box::new(refuse(state, request, &error)))
}

async fn identify_on_app_host(state: &AppState, app: &str, extensions: &mut Extensions) -> Result<(), LiveSignInError> {
    let id = match extensions.get::<Session>() {
        Some(session) => hosts::sign_in_in(session, app).await?,
        None => None,
    };
    guard::identify_by(&state.auth, id.as_deref(), extensions).await
}

/// Refuses `request`, because the person cannot be identified.
fn refuse(state: &AppState, request: &Request, error: &LiveSignInError) -> Response {
    let client = request.extensions().get::<ClientAddress>().map(|client| client.0);
    if state.log_limit.admits(Line::new("not_identified", "", client), FAILURES) {
        tracing::error!(?error, "the signed-in person cannot be looked up");
    }
    let message = "It cannot be checked right now whether you are signed in.".to_owned();
    problem::refuse(&state.problem_pages, request, &AppError::Unavailable { message })
}
