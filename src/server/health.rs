//! Whether the process lives, and whether it can serve.

use axum::extract::State;
use axum::http::StatusCode;

use super::state::AppState;

/// `GET /health/live`: 200 as long as the process answers.
pub async fn live() -> &'static str {
    "live\n"
}

/// `GET /health/ready`: 200 when people can sign in, else 503. 503 also from the order to stop on, so that load balancers
/// turn to others.
pub async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    if state.stopping.has_begun() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    if state.readiness.is_ready().await {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be written\n")
    }
}
