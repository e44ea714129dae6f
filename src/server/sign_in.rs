//! The two paths of the sign-in that are plain links: the beginning, and the provider's way back.

use std::net::IpAddr;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use tower_sessions::Session;

use super::loop_breaker::{self, MAX_IN_A_ROW};
use super::problem::Facts;
use super::sign_in_problem::{self, FailedSignIn};
use super::state::AppState;
use crate::auth::guard::{self, CurrentSignIn};
use crate::auth::{self, BeginRequest, Callback, CallbackRequest, ClientAddress, Event, ReturnTo, SignInFailure};
use crate::error::AppError;

/// `GET /login/{provider}`: begins a sign-in, for one of our own pages (`return_to`) or for somebody else (`iss`,
/// `target_link_uri`, `login_hint`: OpenID Connect Core 4).
pub async fn begin(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let auth = &state.auth;
    let binding = auth.cookies().binding_in(request.headers());
    let asked = BeginRequest::parse(query.as_deref().unwrap_or_default(), &auth.config().public_url, binding);
    let return_to = asked.as_ref().map_or_else(|_| ReturnTo::home(), |asked| asked.return_to.clone());
    let in_a_row = loop_breaker::in_a_row(&state, &request);
    let ip = address_of(&request);
    if in_a_row >= MAX_IN_A_ROW && auth.provider(&provider).is_some() {
        auth.events().emit(&Event::SignInStopped { provider: provider.clone(), in_a_row, ip });
        return sign_in_problem::sign_in_stopped(&state, &Facts::of(&request), &provider, &return_to);
    }
    match auth::begin_sign_in(auth, &provider, asked, ip).await {
        Ok(begun) => {
            let cookie = auth.cookies().binding(&begun.binding).to_string();
            (AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(begun.authorization_url.as_str()))
                .into_response()
        }
        Err(error) => {
            let failed = FailedSignIn { explanation: error.explain(), return_to: Some(return_to), in_a_row };
            sign_in_problem::sign_in_failed(&state, &Facts::of(&request), &provider, failed)
        }
    }
}

/// `POST /login/{provider}`: the same, asked for by a form of somebody else (OpenID Connect Core 4). It changes nothing
/// and leads to the link, because a browser leaves its cookies out of a form that another site sends.
pub async fn begin_by_form(uri: Uri, body: Bytes) -> Response {
    match auth::link_query(&body) {
        Some(query) => Redirect::to(&format!("{}?{query}", uri.path())).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn address_of(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<ClientAddress>().map(|address| address.0)
}

/// `GET /login/{provider}/authorized`: the redirect URI. Completes the sign-in and sends the browser to where the
/// person wanted to go, or shows the problem page.
pub async fn authorized(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    session: Session,
    request: Request,
) -> Response {
    let callback = Callback::parse(query.as_deref().unwrap_or_default());
    let user_agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let callback_request = CallbackRequest {
        session,
        binding: state.auth.cookies().binding_in(request.headers()),
        ip: address_of(&request),
        user_agent: user_agent.map(ToOwned::to_owned),
    };
    let completed = auth::complete_sign_in(&state.auth, &provider, callback, &callback_request).await;
    // The address holds code and state: no page that follows may learn it.
    let no_referrer = [(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"))];
    // What is no attempt of this browser does not count, and who is signed in cannot loop.
    let counts = !guard::has_sign_in(request.extensions())
        && completed.as_ref().map_or_else(|failure| failure.return_to.is_some(), |_| true);
    let in_a_row = loop_breaker::in_a_row(&state, &request).saturating_add(u8::from(counts));
    let mut response = match completed {
        Ok(return_to) => Redirect::to(return_to.as_str()).into_response(),
        Err(SignInFailure { error, return_to }) => {
            let failed = FailedSignIn { explanation: error.explain(), return_to, in_a_row };
            sign_in_problem::sign_in_failed(&state, &Facts::of(&request), &provider, failed)
        }
    };
    if counts {
        loop_breaker::count(&state, in_a_row, &mut response);
    }
    (no_referrer, response).into_response()
}

/// `GET /api/session`: who is signed in, as JSON.
pub async fn session(request: Request) -> Response {
    match request.extensions().get::<CurrentSignIn>().and_then(|current| current.sign_in.as_ref()) {
        Some(sign_in) => Json(&sign_in.user).into_response(),
        None => (StatusCode::UNAUTHORIZED, Json(AppError::SignedOut)).into_response(),
    }
}
