//! The beginning of a hand-over: on the app's host, for a browser without a session there.

use axum::extract::{Path, RawQuery, Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use rolecall_model::AppError;
use rolecall_sign_in::ReturnTo;
use rolecall_sign_in::session::{CipherError, SealedCookies};
use rolecall_sign_in::web::{go_on_to_kept, set_cookies};

use super::{OnHost, address, page};
use crate::apps::UpstreamApp;
use crate::apps::hosts::{self};
use crate::server::headers::NO_REFERRER;
use crate::server::problem::{self, PageContext};
use crate::server::state::AppState;

/// `GET /.rolecall/begin?return_to=…`: begins a hand-over that a person asks for, whatever came before.
pub async fn begin(State(state): State<AppState>, RawQuery(query): RawQuery, request: Request) -> Response {
    let asked = address::only(query.as_deref(), "return_to");
    hand_over(&state, &request, asked.as_deref().unwrap_or("/"))
}

/// `GET /.rolecall/to/{id}`: goes on to a page whose long address the browser kept.
pub async fn go_on(State(state): State<AppState>, Path(id): Path<String>, request: Request) -> Response {
    let Some(OnHost(app)) = request.extensions().get() else { return Redirect::to("/").into_response() };
    go_on_to_kept(&cookies_of(&state, app), &id, request.headers()).unwrap_or_else(|| {
        problem::page(&state.problem_pages, &PageContext::of(&state.problem_pages, &request), |_| {
            page::not_kept(app, state.address.url())
        })
    })
}

/// Sends the browser to our own host, which knows who it is, and lets it come back to the page at `path_and_query`. Several
/// tabs may do so at once: each has a cookie of its own.
pub fn hand_over(state: &AppState, request: &Request, path_and_query: &str) -> Response {
    let Some(OnHost(app)) = request.extensions().get() else { return Redirect::to("/").into_response() };
    if ReturnTo::is_too_long(path_and_query) {
        return problem::page(&state.problem_pages, &PageContext::of(&state.problem_pages, request), |_| {
            page::too_long(app)
        });
    }
    match begun(state, app, request, address::page_of(path_and_query)) {
        Ok(response) => (NO_REFERRER, response).into_response(),
        Err(error) => {
            tracing::error!(?error, app = app.name, "a hand-over cannot be begun");
            let message = format!("{} cannot be opened right now.", app.title);
            problem::refuse(&state.problem_pages, request, &AppError::Unavailable { message })
        }
    }
}

fn begun(state: &AppState, app: &UpstreamApp, request: &Request, page: ReturnTo) -> Result<Response, CipherError> {
    let cookies = cookies_of(state, app);
    let kept = cookies.keep(page)?;
    let handed = hosts::State::new();
    let kept_attempt = hosts::kept_hand_over(kept.address, state.auth.clock().now_ms());
    let begun = cookies.begin_attempt(handed.as_str(), &kept_attempt, &cookies.attempts_in(request.headers()))?;
    let target = address::open(state.address.url(), app, &handed);
    let mut response = Redirect::to(target.as_str()).into_response();
    set_cookies(response.headers_mut(), kept.cookies.iter().chain(&begun));
    Ok(response)
}

/// What browsers keep sealed on the host of `app`.
pub fn cookies_of(state: &AppState, app: &UpstreamApp) -> SealedCookies {
    let host = app.origin(state.address.url());
    state.auth.attempts().cookies().elsewhere(state.app_sessions.cookies().clone(), host)
}
