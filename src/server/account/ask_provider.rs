//! The way from the account's page to the provider, for what Microsoft Graph misses, and back.

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use rolecall_model::AppError;
use rolecall_sign_in::session::SignIn;
use rolecall_sign_in::web::{FailedSignIn, NotSignedIn, set_cookies};
use rolecall_sign_in::{ClientAddress, Further, ReturnTo, begin_sign_in, guard};

use crate::caller::error_of;
use crate::graph::CallError;
use crate::profile::{self, FoundProfile};
use crate::request_id::RequestId;
use crate::routes;
use crate::server::problem::sign_in::not_signed_in;
use crate::server::problem::{self, PageContext};
use crate::server::state::AppState;

/// `GET /account/ask-provider`: asks Graph once more what is missing, and sends the browser to the provider for just
/// that. Nothing of it comes from the browser. Where nothing is missing any more, it goes back at once.
pub async fn ask_provider(State(state): State<AppState>, request: Request) -> Response {
    let sign_in = match guard::signed_in(request.extensions()) {
        Ok(sign_in) => sign_in,
        Err(denied) => return problem::refuse(&state.problem_pages, &request, &error_of(denied, request.extensions())),
    };
    match profile::find(&state.auth, &state.graph, &sign_in).await {
        Ok(FoundProfile { profile, further }) if profile.is_missing() => lead(&state, request, &sign_in, further).await,
        Ok(_) => Redirect::to(routes::ACCOUNT).into_response(),
        Err(CallError::SignedOut) => problem::refuse(&state.problem_pages, &request, &AppError::SignedOut),
        Err(error) => failed(&state, &request, &error),
    }
}

async fn lead(state: &AppState, request: Request, sign_in: &SignIn, further: Further) -> Response {
    let auth = &state.auth;
    let held = auth.attempts().held_in(request.headers());
    let asked = match profile::begin_request(auth, sign_in, further, held).await {
        Ok(asked) => asked,
        Err(error) => return failed(state, &request, &error),
    };
    let ip = request.extensions().get::<ClientAddress>().map(|address| address.0);
    match begin_sign_in(auth, &sign_in.provider, Ok(asked), ip).await {
        Ok(begun) => {
            let mut response = Redirect::to(begun.authorization_url.as_str()).into_response();
            set_cookies(response.headers_mut(), &begun.cookies);
            response
        }
        Err(error) => {
            let return_to = ReturnTo::parse(routes::ACCOUNT);
            let why = NotSignedIn::Failed(FailedSignIn {
                explanation: error.explain(),
                return_to,
                prompt: None,
                in_a_row: 0,
            });
            not_signed_in(state, &PageContext::of(&state.problem_pages, &request), &sign_in.provider, why)
        }
    }
}

/// Our own fault: the log tells the rest.
fn failed(state: &AppState, request: &Request, error: &(dyn std::error::Error + 'static)) -> Response {
    tracing::error!(?error, "what Graph misses cannot be asked for");
    let request_id = request.extensions().get::<RequestId>().map_or_else(|| "unknown".to_owned(), ToString::to_string);
    problem::refuse(&state.problem_pages, request, &AppError::Internal { request_id })
}
