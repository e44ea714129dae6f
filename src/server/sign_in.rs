//! The two paths of the sign-in that are plain links, with the pages that they end on when it comes to nothing.

use axum::Json;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use tower_sessions::Session;

use super::problem::Facts;
use super::sign_in_problem::not_signed_in;
use super::state::AppState;
use crate::auth::guard::CurrentSignIn;
use crate::auth::web;
use crate::error::AppError;

/// `GET /login/{provider}`: begins a sign-in.
pub async fn begin(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let facts = Facts::of(&request);
    let page = |why| not_signed_in(&state, &facts, &provider, why);
    let (parts, _) = request.into_parts();
    web::begin(&state.auth, &provider, query.as_deref().unwrap_or_default(), &parts, page).await
}

/// `GET /login/{provider}/authorized`: the redirect URI.
pub async fn authorized(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    session: Session,
    request: Request,
) -> Response {
    let facts = Facts::of(&request);
    let page = |why| not_signed_in(&state, &facts, &provider, why);
    let (parts, _) = request.into_parts();
    web::complete(&state.auth, &provider, query.as_deref().unwrap_or_default(), session, &parts, page).await
}

/// `GET /api/session`: who is signed in, as JSON.
pub async fn session(request: Request) -> Response {
    match request.extensions().get::<CurrentSignIn>().and_then(|current| current.sign_in.as_ref()) {
        Some(sign_in) => Json(&sign_in.user).into_response(),
        None => (StatusCode::UNAUTHORIZED, Json(AppError::SignedOut)).into_response(),
    }
}
