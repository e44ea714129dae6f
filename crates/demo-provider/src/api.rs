//! Access tokens for the API of the application that uses the demonstration (RFC 9068): for a person, as command line
//! tools get them from real providers, and for an application that authenticates (RFC 6749, section 4.4).

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openidconnect::StandardErrorResponse;
use openidconnect::core::CoreErrorResponseType;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::clients::{ROBOT_ID, ROBOT_SECRET, TOOL_ID};
use super::keys::KeyError;
use super::people::{DemoPerson, TENANT_ID, person};
use super::state::ProviderState;
use rolecall_sign_in::random;

/// How long an access token for the API is valid, in seconds.
const LIFETIME_S: i64 = 3600;

/// A request for a person's token.
#[derive(Deserialize)]
pub(super) struct PersonRequest {
    person: String,
}

/// The credentials that an application sends in the form, if any (RFC 6749, section 2.3.1).
pub(super) struct SentCredentials {
    pub(super) id: Option<String>,
    pub(super) secret: Option<String>,
    pub(super) scope: Option<String>,
}

/// Why no token is issued.
pub(super) enum TokenError {
    /// The request cannot be granted (RFC 6749, section 5.2).
    Refused(CoreErrorResponseType, &'static str),
    /// There is no key, or it cannot sign.
    Unsigned(KeyError),
}

impl From<KeyError> for TokenError {
    fn from(error: KeyError) -> Self {
        Self::Unsigned(error)
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(error, description) => {
                let body = StandardErrorResponse::new(error, Some(description.to_owned()), None);
                (StatusCode::BAD_REQUEST, Json(body)).into_response()
            }
            Self::Unsigned(error) => error.into_response(),
        }
    }
}

/// `POST /api-token` with `person`: an access token for the API, as a token response (RFC 6749, section 5.1). No
/// password is needed, as everywhere in the demonstration.
///
/// # Errors
/// 400 when there is no such person; 500 when there is no key.
pub(super) async fn for_person(
    State(state): State<ProviderState>,
    form: Result<Form<PersonRequest>, FormRejection>,
) -> Result<Response, TokenError> {
    let person = form.ok().and_then(|Form(request)| person(&request.person));
    let unknown = "person must be ada, wren, reed or nora.";
    let person = person.ok_or(TokenError::Refused(CoreErrorResponseType::InvalidRequest, unknown))?;
    let claims = person_claims(person, &state.api().scope, state.now_ms().div_euclid(1000));
    let scope = Some(state.api().scope.clone());
    Ok(respond(access_token(&state, claims).await?, scope))
}

/// The token response for an application with its own credentials (RFC 6749, section 4.4).
///
/// # Errors
/// When they are wrong, it asks for another API, or there is no key.
pub(super) async fn for_application(
    state: &ProviderState,
    headers: &HeaderMap,
    form: SentCredentials,
) -> Result<Response, TokenError> {
    let by_header = headers.contains_key(AUTHORIZATION);
    let (id, secret) = if by_header { basic(headers).unzip() } else { (form.id, form.secret) };
    if id.as_deref() != Some(ROBOT_ID) || secret.as_deref() != Some(ROBOT_SECRET) {
        let body = Json(json!({ "error": "invalid_client", "error_description": "Client id or secret are wrong." }));
        let challenge = by_header.then_some([(WWW_AUTHENTICATE, "Basic realm=\"demonstration\"")]);
        return Ok((StatusCode::UNAUTHORIZED, challenge, body).into_response());
    }
    let all = format!("{}/.default", state.api().audience);
    if form.scope.is_some_and(|scope| scope != all) {
        let what = "scope must be that of the API, followed by /.default, or be left out.";
        return Err(TokenError::Refused(CoreErrorResponseType::InvalidScope, what));
    }
    Ok(respond(access_token(state, robot_claims()).await?, None))
}

/// A signed token with `claims` and those that every token has.
async fn access_token(state: &ProviderState, mut claims: Map<String, Value>) -> Result<String, KeyError> {
    let now_s = state.now_ms().div_euclid(1000);
    let every = json!({
        "iss": state.issuer(), "aud": state.api().audience, "jti": random::token(), "tid": TENANT_ID,
        "iat": now_s, "nbf": now_s, "exp": now_s + LIFETIME_S,
    });
    claims.extend(every.as_object().cloned().unwrap_or_default());
    state.key().await?.token("at+jwt", claims)
}

fn person_claims(person: &DemoPerson, scope: &str, now_s: i64) -> Map<String, Value> {
    let mut claims = Map::from_iter([
        ("sub".to_owned(), json!(person.subject)),
        ("oid".to_owned(), json!(person.subject)),
        ("client_id".to_owned(), json!(TOOL_ID)),
        ("scp".to_owned(), json!(scope)),
        ("auth_time".to_owned(), json!(now_s)),
        ("name".to_owned(), json!(person.name)),
        ("given_name".to_owned(), json!(person.given_name)),
        ("preferred_username".to_owned(), json!(person.email)),
    ]);
    if !person.roles.is_empty() {
        claims.insert("roles".to_owned(), json!(person.roles));
    }
    claims
}

fn robot_claims() -> Map<String, Value> {
    Map::from_iter([
        ("sub".to_owned(), json!(ROBOT_ID)),
        ("client_id".to_owned(), json!(ROBOT_ID)),
        ("name".to_owned(), json!("Demonstration robot")),
        ("roles".to_owned(), json!(["Rolecall.Read"])),
    ])
}

fn respond(token: String, scope: Option<String>) -> Response {
    let mut body = json!({ "access_token": token, "token_type": "Bearer", "expires_in": LIFETIME_S });
    if let Some(scope) = scope {
        body["scope"] = json!(scope);
    }
    Json(body).into_response()
}

/// Id and secret of HTTP Basic (RFC 7617). Ours need no encoding.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    decoded.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}
