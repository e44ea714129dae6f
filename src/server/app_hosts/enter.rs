//! The end of a hand-over: on the app's host again.

use axum::Extension;
use axum::extract::{RawQuery, Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use tower_sessions::Session;

use super::{OnHost, address, events, page};
use crate::apps::hosts::{self, EnterError};
use crate::auth::guard;
use crate::auth::web::loop_breaker;
use crate::server::headers::NO_REFERRER;
use crate::server::problem::{self, Facts};
use crate::server::state::AppState;

/// `GET /.rolecall/enter?code=…`: takes the code, and gives the browser a session on this host.
pub async fn enter(
    State(state): State<AppState>,
    Extension(OnHost(app)): Extension<OnHost>,
    RawQuery(query): RawQuery,
    session: Session,
    request: Request,
) -> Response {
    let code = address::only(query.as_deref(), "code");
    let value = state.app_cookies.binding_in(request.headers());
    let entered =
        hosts::enter(&state.auth, &state.app_codes, &app.name, code.as_deref(), value.as_deref(), &session).await;
    let extensions = request.extensions();
    let mut response = match &entered {
        Ok(page) => {
            events::entered(&app.name, extensions);
            Redirect::to(page.as_str()).into_response()
        }
        Err(error) => {
            events::not_entered(&state.log_limit, &app.name, error, extensions);
            problem::page(&state, &Facts::of(&request), |_| page::not_entered(&app, error, &state))
        }
    };
    // Of several tabs that open the app at once, at most the first finds no session here.
    if entered.is_ok() && !guard::has_sign_in(extensions) {
        let in_a_row = loop_breaker::in_a_row(&state.app_cookies, request.headers(), extensions).saturating_add(1);
        loop_breaker::count(&state.app_cookies, in_a_row, &mut response);
    }
    (NO_REFERRER, response).into_response()
}

impl EnterError {
    /// Whether it is nobody's mistake but our own.
    pub(super) const fn is_temporary(&self) -> bool {
        matches!(self, Self::Code(_) | Self::Session(_))
    }
}
