//! What a request is answered that the policy does not let through.
//!
//! A navigation goes to where the person can change that, and comes back; a form gets a page that keeps what was
//! written; anything else gets its status as JSON.

use axum::extract::Request;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::forms;
use super::problem::{self, Facts, Unsaved};
use super::state::AppState;
use crate::auth::guard::{self, Denied};
use crate::auth::web::wants_page;
use crate::caller::error_of;
use crate::routes;

/// Answers `request`, which was `denied`.
pub async fn answer(state: &AppState, request: Request, denied: Denied) -> Response {
    let wants_page = wants_page(request.headers());
    let is_safe = request.method().is_safe();
    let way_on = match denied {
        Denied::SignedOut => Some(sign_in_path(state, &place_of(&request))),
        Denied::StepUp { .. } if !has_just_signed_in(state, &request) => prove_anew_path(&request),
        _ => None,
    };
    match way_on {
        // A page that leads to the sign-in denies nothing.
        Some(way_on) if wants_page && is_safe => Redirect::to(&way_on).into_response(),
        Some(way_on) if wants_page => {
            guard::tell_denied(&state.auth, request.extensions(), denied.into());
            kept_form(state, request, denied, way_on).await
        }
        _ => {
            guard::tell_denied(&state.auth, request.extensions(), denied.into());
            problem::refuse(state, &request, &error_of(denied, request.extensions()))
        }
    }
}

/// Where the person comes back to: the page that was asked for, or that the form stood on.
fn place_of(request: &Request) -> String {
    if request.method().is_safe() {
        request.uri().path_and_query().map_or(routes::HOME, |here| here.as_str()).to_owned()
    } else {
        forms::page_before(request.headers(), &[]).to_string()
    }
}

/// The page for a form that came when it could not be taken any more: it keeps what the person wrote, and leads by
/// `way_on` back to the form.
async fn kept_form(state: &AppState, request: Request, denied: Denied, way_on: String) -> Response {
    let facts = Facts::of(&request);
    let written = forms::text_written(request).await;
    let unsaved = if denied == Denied::SignedOut { Unsaved::SignedOut } else { Unsaved::ProvedTooLongAgo };
    problem::page(state, &facts, |_| problem::unsaved(unsaved, way_on, written))
}

/// Whether the person comes from the provider. If that was not enough, the provider did not ask them or does not say
/// when, and would not the next time.
fn has_just_signed_in(state: &AppState, request: &Request) -> bool {
    const JUST_NOW_MS: i64 = 60 * 1000;
    let now_ms = state.auth.clock().now_ms();
    guard::signed_in(request.extensions()).is_ok_and(|sign_in| now_ms - sign_in.created_at_ms < JUST_NOW_MS)
}

/// The path by which the person proves anew who they are, and comes back.
fn prove_anew_path(request: &Request) -> Option<String> {
    let sign_in = guard::signed_in(request.extensions()).ok()?;
    Some(routes::prove_anew(&sign_in.provider, &place_of(request)))
}

/// The path of the one provider's sign-in, or of the choice among several, that comes back to `return_to`.
fn sign_in_path(state: &AppState, return_to: &str) -> String {
    let place = match state.auth.choices() {
        [only] => routes::login(&only.id),
        _ => routes::SIGN_IN.to_owned(),
    };
    let query: String =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", return_to).finish();
    format!("{place}?{query}")
}
