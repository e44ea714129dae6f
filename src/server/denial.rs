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
use crate::auth::web::{sign_in_path, step_up_path, wants_page};
use crate::caller::error_of;
use crate::routes;

/// Answers `request`, which was `denied`.
pub async fn answer(state: &AppState, request: Request, denied: Denied) -> Response {
    let wants_page = wants_page(request.headers());
    let is_safe = request.method().is_safe();
    let way_on = match denied {
        Denied::SignedOut => Some(sign_in_path(&state.auth, &place_of(&request))),
        Denied::StepUp { .. } => step_up_path(&state.auth, request.extensions(), &place_of(&request)),
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
