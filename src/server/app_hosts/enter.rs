//! The end of a hand-over: on the app's host again.

use axum::Extension;
use axum::extract::{RawQuery, Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use rolecall_sign_in::web::{loop_breaker, set_cookies};
use rolecall_sign_in::{ReturnTo, guard};
use tower_sessions::Session;

use super::{OnHost, address, begin, events, page};
use crate::apps::hosts::{self, EnterError, NotEntered, Return};
use crate::server::headers::NO_REFERRER;
use crate::server::problem::{self, PageContext};
use crate::server::state::AppState;

/// `GET /.rolecall/enter?code=…&state=…`: takes the code, and gives the browser a session on this host. Who has one already
/// and comes with a code that is no longer valid goes on.
pub async fn enter(
    State(state): State<AppState>,
    Extension(OnHost(app)): Extension<OnHost>,
    RawQuery(query): RawQuery,
    session: Session,
    request: Request,
) -> Response {
    let cookies = begin::cookies_of(&state, &app);
    let returned = Return {
        code: address::only(query.as_deref(), "code"),
        state: address::only(query.as_deref(), "state"),
        held: cookies.attempts_in(request.headers()),
    };
    let entered = hosts::enter(&state.auth, &state.app_codes, &cookies, &app.name, &returned, &session).await;
    let extensions = request.extensions();
    let was_inside = guard::has_sign_in(extensions);
    let mut response = match &entered {
        Ok(page) => {
            events::entered(&app.name, extensions);
            let mut response = Redirect::to(page.as_str()).into_response();
            let used = returned.state.as_deref().and_then(|state| cookies.used_attempt(state, &returned.held));
            set_cookies(response.headers_mut(), &used);
            response
        }
        Err(NotEntered { error, page }) => {
            events::not_entered(&state.log_limit, &app.name, error, extensions);
            if was_inside && !error.is_temporary() {
                Redirect::to(page.as_ref().map_or("/", ReturnTo::as_str)).into_response()
            } else {
                problem::page(&state.problem_pages, &PageContext::of(&state.problem_pages, &request), |_| {
                    page::not_entered(&app, error, page.as_ref(), state.address.url())
                })
            }
        }
    };
    // Of several tabs that open the app at once, at most the first finds no session here.
    if entered.is_ok() && !was_inside {
        let in_a_row =
            loop_breaker::in_a_row(state.app_sessions.cookies(), request.headers(), extensions).saturating_add(1);
        loop_breaker::count(state.app_sessions.cookies(), in_a_row, &mut response);
    }
    (NO_REFERRER, response).into_response()
}

impl EnterError {
    /// Whether it is nobody's mistake but our own.
    pub(super) const fn is_temporary(&self) -> bool {
        matches!(self, Self::Code(_) | Self::Session(_))
    }
}
