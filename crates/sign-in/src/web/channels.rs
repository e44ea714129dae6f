//! The two paths for sign-outs by a provider. They need no cookie; servers and frames request them.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use serde_json::json;

use crate::{Auth, ChannelError, ClientAddress, back_channel_sign_out, front_channel_sign_out};

/// Who may frame an answer, although the application's other pages may not be framed: an extension of the answer, for
/// the code that sets those headers.
#[derive(Clone)]
pub struct MayBeFramed(String);

impl MayBeFramed {
    /// Pages of `origins` may frame it.
    pub fn by(origins: &[String]) -> Self {
        Self(origins.iter().fold(String::new(), |list, origin| list + " " + origin))
    }

    /// The origins, each after a space, for `frame-ancestors` (CSP Level 3).
    #[must_use]
    pub fn origins(&self) -> &str {
        &self.0
    }
}

/// `POST /login/{provider}/backchannel-logout`, with `logout_token` in a form: 200 when the sign-out was carried out,
/// 400 when the token is not valid, 503 when that cannot be checked right now (Back-Channel Logout 1.0, sections 2.5
/// and 2.8).
pub async fn back_channel(
    State(auth): State<Auth>,
    Path(provider): Path<String>,
    address: Option<Extension<ClientAddress>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let is_form = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let token = if is_form { only(&body, "logout_token") } else { None };
    let ip = address.map(|Extension(ClientAddress(ip))| ip);
    let done = match token {
        Some(token) => back_channel_sign_out(&auth, &provider, &token, ip).await,
        None => Err(ChannelError::Parameter("logout_token")),
    };
    answer(done)
}

/// `GET /login/{provider}/frontchannel-logout?iss&sid`: ends that session (Front-Channel Logout 1.0, section 2). The
/// provider shows the empty answer in a frame.
pub async fn front_channel(
    State(auth): State<Auth>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    address: Option<Extension<ClientAddress>>,
) -> Response {
    let query = query.unwrap_or_default();
    let iss = only(query.as_bytes(), "iss");
    let ip = address.map(|Extension(ClientAddress(ip))| ip);
    let is_doubled = iss.is_none() && count(query.as_bytes(), "iss") > 0;
    let done = match only(query.as_bytes(), "sid").filter(|_| !is_doubled) {
        Some(sid) => front_channel_sign_out(&auth, &provider, iss.as_deref(), &sid, ip).await,
        None => Err(ChannelError::Parameter("sid")),
    };
    let mut response = answer(done);
    if let Some(provider) = auth.provider(&provider) {
        response.extensions_mut().insert(MayBeFramed::by(&provider.browser_origins()));
    }
    response
}

fn answer(done: Result<(), ChannelError>) -> Response {
    let error = match done {
        Ok(()) => return StatusCode::OK.into_response(),
        Err(ChannelError::UnknownProvider) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) if error.is_temporary() => (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"),
        Err(_) => (StatusCode::BAD_REQUEST, "invalid_request"),
    };
    (error.0, Json(json!({ "error": error.1 }))).into_response()
}

/// The value of the parameter `name`, if there is exactly one.
fn only(encoded: &[u8], name: &str) -> Option<String> {
    let mut values = url::form_urlencoded::parse(encoded).filter(|(known, _)| known == name);
    let value = values.next()?.1.into_owned();
    values.next().is_none().then_some(value)
}

fn count(encoded: &[u8], name: &str) -> usize {
    url::form_urlencoded::parse(encoded).filter(|(known, _)| known == name).count()
}
