//! The beginning of a hand-over: on the app's host, for a browser without a session there.

use axum::extract::{RawQuery, Request, State};
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};

use super::{OnHost, address};
use crate::apps::hosts;
use crate::auth::{ReturnTo, random};
use crate::server::headers::NO_REFERRER;
use crate::server::state::AppState;

/// `GET /.rolecall/begin?return_to=…`: begins a hand-over that a person asks for, whatever came before.
pub async fn begin(State(state): State<AppState>, RawQuery(query): RawQuery, request: Request) -> Response {
    let page = address::only(query.as_deref(), "return_to").as_deref().map_or_else(ReturnTo::home, address::page_of);
    hand_over(&state, &request, &page)
}

/// Sends the browser to our own host, which knows who it is, and lets it come back to `page`. Several tabs may do so at
/// once: they share the value of the cookie.
pub fn hand_over(state: &AppState, request: &Request, page: &ReturnTo) -> Response {
    let Some(OnHost(app)) = request.extensions().get() else { return Redirect::to("/").into_response() };
    let value = state.app_cookies.binding_in(request.headers()).unwrap_or_else(random::token);
    let target = address::open(&state.config.auth.public_url, app, &hosts::State::of(&value), page);
    let cookie = state.app_cookies.binding(&value).to_string();
    (NO_REFERRER, AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(target.as_str())).into_response()
}
