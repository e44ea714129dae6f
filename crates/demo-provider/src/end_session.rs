//! The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0). Nobody has a session here, because everybody
//! chooses each time. So there is nothing to end, and the browser is redirected immediately.

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::state::ProviderState;
use super::{clients, page};

/// The parameters that matter. `id_token_hint` may be sent too, but is not needed.
#[derive(Deserialize)]
pub(super) struct Parameters {
    post_logout_redirect_uri: Option<String>,
    state: Option<String>,
}

/// `GET` and `POST /end_session`: redirects to the client with its state, or shows a page that says that it is done.
pub(super) async fn sign_out(
    State(state): State<ProviderState>,
    parameters: Result<Form<Parameters>, FormRejection>,
) -> Response {
    let bad_request = |reason| page::notice(&state, StatusCode::BAD_REQUEST, "This request cannot be used", reason);
    let Ok(Form(parameters)) = parameters else {
        return bad_request("The parameters of this request cannot be read.");
    };
    let Some(text) = parameters.post_logout_redirect_uri else {
        return page::notice(&state, StatusCode::OK, "You are signed out", "You can close this page.");
    };
    let Some(mut url) = clients::post_logout_redirect_uri(&text) else {
        return bad_request("The address to go back to is not one of an application on this machine.");
    };
    if let Some(state) = parameters.state {
        url.query_pairs_mut().append_pair("state", &state);
    }
    Redirect::to(url.as_str()).into_response()
}
