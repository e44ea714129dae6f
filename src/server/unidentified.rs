//! What is answered while the database does not say who is behind a request.

use axum::extract::Request;
use axum::response::Response;
use rolecall_model::AppError;
use rolecall_sign_in::ClientAddress;
use rolecall_sign_in::session::LiveSignInError;

use super::log_limit::Line;
use super::problem;
use super::state::AppState;

/// How many such failures are told a minute of those that one client met.
const FAILURES: u32 = 30;

/// Refuses `request`, behind which there may be anybody: while that cannot be told, nobody gets any further.
pub fn refuse(state: &AppState, request: &Request, error: &LiveSignInError) -> Response {
    let client = request.extensions().get::<ClientAddress>().map(|client| client.0);
    if state.log_limit.admits(Line::new("not_identified", "", client), FAILURES) {
        tracing::error!(?error, "it cannot be told who is signed in");
    }
    let message = "It cannot be checked right now whether you are signed in.".to_owned();
    problem::refuse(state, request, &AppError::Unavailable { message })
}
