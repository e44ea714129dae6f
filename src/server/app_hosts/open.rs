//! The middle of a hand-over: on our own host, which knows who the browser is.

use axum::extract::{Path, RawQuery, Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use rolecall_model::AppError;
use rolecall_sign_in::guard;
use rolecall_sign_in::web::may_be_tab;

use super::address;
use crate::apps::hosts::{self, HandOver};
use crate::server::headers::NO_REFERRER;
use crate::server::problem::{self, denial};
use crate::server::state::AppState;

/// `GET /open/{app}?state=…`: sends whoever may use the app back to its host, with a code. The policy sees to it that
/// somebody is signed in.
pub async fn open(
    State(state): State<AppState>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let Some(app) = state.apps.named(&name) else {
        return problem::refuse(&state.problem_pages, &request, &AppError::NotFound);
    };
    let sign_in = match guard::require(request.extensions(), app.role) {
        Ok(sign_in) => sign_in,
        Err(denied) => return denial::answer(&state, request, denied, denial::SignedOut::GoesOn).await,
    };
    // A script of the app could otherwise let a frame that nobody sees fetch a code. Who may show the app in a frame is
    // configured.
    if !may_be_tab(request.headers()) && app.frame_ancestors.is_none() {
        return problem::refuse(&state.problem_pages, &request, &AppError::ForeignOrigin);
    }
    let public_url = state.address.url();
    let asked = address::only(query.as_deref(), "state").as_deref().and_then(hosts::State::parse);
    // A bookmark, or a link that somebody wrote: the app's own host knows how to begin.
    let Some(asked) = asked.filter(|_| app.host().is_some()) else {
        return (NO_REFERRER, Redirect::to(app.home_url(public_url).as_str())).into_response();
    };
    let hand_over =
        HandOver { sign_in_id: sign_in.id.clone(), app: app.name.clone(), state: asked.as_str().to_owned() };
    match state.app_codes.make(&hand_over, state.auth.clock().now_ms()).await {
        Ok(code) => {
            (NO_REFERRER, Redirect::to(address::enter(public_url, app, &code, &asked).as_str())).into_response()
        }
        Err(error) => {
            tracing::error!(?error, app = app.name, "a sign-in cannot be handed over");
            let message = format!("{} cannot be opened right now.", app.title);
            problem::refuse(&state.problem_pages, &request, &AppError::Unavailable { message })
        }
    }
}
