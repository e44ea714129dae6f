//! Requests that change something must come from our own pages.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use rolecall_model::AppError;
use rolecall_sign_in::web::is_same_origin;
use rolecall_sign_in::{Denied, guard};

use super::cross_origin::may_call;
use super::problem;
use super::state::AppState;

/// The layer that refuses unsafe methods (RFC 9110, section 9.2.1) from elsewhere.
pub async fn check_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let is_ours = is_same_origin(request.headers(), &state.origin) || may_call(&request);
    if request.method().is_safe() || is_ours {
        next.run(request).await
    } else {
        guard::tell_denied(&state.auth, request.extensions(), Denied::ForeignOrigin);
        problem::refuse(&state, &request, &AppError::ForeignOrigin)
    }
}
