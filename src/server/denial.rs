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
use crate::auth::web::{AddressTooLong, WayOn, set_cookies, sign_in_path, wants_page, way_to_sign_in, way_to_step_up};
use crate::caller::error_of;
use crate::routes;

/// Answers `request`, which was `denied`.
pub async fn answer(state: &AppState, request: Request, denied: Denied) -> Response {
    let wants_page = wants_page(request.headers());
    let is_safe = request.method().is_safe();
    let auth = &state.auth;
    let way_on = match denied {
        _ if !wants_page => Ok(None),
        Denied::SignedOut => way_to_sign_in(auth, &place_of(&request)).map(Some),
        Denied::StepUp { .. } => way_to_step_up(auth, request.extensions(), &place_of(&request)),
        _ => Ok(None),
    };
    match way_on {
        // A page that leads to the sign-in denies nothing.
        Ok(Some(way_on)) if is_safe => {
            let mut response = Redirect::to(&way_on.path).into_response();
            set_cookies(response.headers_mut(), &way_on.cookies);
            response
        }
        Ok(Some(way_on)) => {
            guard::tell_denied(auth, request.extensions(), denied.into());
            kept_form(state, request, denied, way_on).await
        }
        Ok(None) => {
            guard::tell_denied(auth, request.extensions(), denied.into());
            problem::refuse(state, &request, &error_of(denied, request.extensions()))
        }
        Err(AddressTooLong) => {
            guard::tell_denied(auth, request.extensions(), denied.into());
            let sign_in = problem::get("Sign in", sign_in_path(auth, routes::HOME));
            problem::page(state, &Facts::of(&request), |_| problem::too_long(sign_in))
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
async fn kept_form(state: &AppState, request: Request, denied: Denied, way_on: WayOn) -> Response {
    let facts = Facts::of(&request);
    let written = forms::text_written(request).await;
    let unsaved = if denied == Denied::SignedOut { Unsaved::SignedOut } else { Unsaved::ProvedTooLongAgo };
    let mut page = problem::page(state, &facts, |_| problem::unsaved(unsaved, way_on.path, written));
    set_cookies(page.headers_mut(), &way_on.cookies);
    page
}
