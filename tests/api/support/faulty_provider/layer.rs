//! The layer: what it does with each request and answer.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::iter;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream;
use openidconnect::reqwest::Url;
use serde_json::{Value, json};

use super::endpoint::Endpoint;
use super::faults::{Answer, Faults};
use super::provider::FaultyProvider;
use super::signature::claims_of;
use crate::support::changed;

/// The maximum size of a body here.
const LIMIT: usize = 4 * 1024 * 1024;

/// Counts the request, and answers it in place of the endpoint if a fault says so.
pub(super) async fn attend(State(provider): State<FaultyProvider>, request: Request, next: Next) -> Response {
    let Some(endpoint) = Endpoint::at(request.uri().path()) else {
        let answer = next.run(request).await;
        return with_json(answer, |body| sign_access_token(&provider, body)).await;
    };
    provider.count(endpoint);
    match provider.faults().answer_of(endpoint).cloned() {
        None => ask(&provider, endpoint, request, next).await,
        Some(Answer::Status(status)) => status.into_response(),
        Some(Answer::Json(status, body)) => said_to_be_json(status, body.to_string()),
        Some(Answer::Headed(status, headers, body)) => {
            (headed(headers), said_to_be_json(status, body.to_string())).into_response()
        }
        Some(Answer::InvalidJson) => said_to_be_json(StatusCode::OK, r#"{"access_token": "#),
        Some(Answer::HugeBody) => said_to_be_json(StatusCode::OK, endless_blanks()),
        Some(Answer::Panics(message)) => panic!("{message}"),
        Some(Answer::Hangs) => {
            provider.until_released(endpoint).await;
            ask(&provider, endpoint, request, next).await
        }
    }
}

/// Calls the endpoint, and applies the faults to its answer.
async fn ask(provider: &FaultyProvider, endpoint: Endpoint, request: Request, next: Next) -> Response {
    let faults = provider.faults();
    match endpoint {
        Endpoint::Discovery => {
            with_json(next.run(request).await, |body| {
                replace(body, "issuer", faults.discovery_issuer.map(String::from));
            })
            .await
        }
        Endpoint::Jwks => {
            let keys = provider.with_keys(|keys| keys.published(faults.signature.as_ref(), faults.empty_jwks));
            with_json(next.run(request).await, |body| *body = keys).await
        }
        Endpoint::Authorize => authorize(provider, &faults, request, next).await,
        Endpoint::Token => token(provider, request, next).await,
        Endpoint::Userinfo => {
            let answer = next.run(without_ended_token(provider, request)).await;
            with_json(answer, |body| replace(body, "sub", faults.userinfo_subject)).await
        }
        Endpoint::EndSession => next.run(request).await,
        Endpoint::Graph => graph(provider, &faults, request, next).await,
    }
}

/// Remembers the claims that are requested, and puts the issuer from the faults into the callback.
async fn authorize(provider: &FaultyProvider, faults: &Faults, request: Request, next: Next) -> Response {
    let (form, request) = read_form(request).await;
    let mut answer = next.run(request).await;
    let location = answer.headers().get(LOCATION).and_then(|location| location.to_str().ok()?.parse::<Url>().ok());
    let Some(location) = location else { return answer };
    let code = location.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned());
    let claims = form.get("claims").and_then(|claims| claims.parse().ok());
    if let (Some(code), Some(claims)) = (code, claims) {
        provider.with_secrets(|secrets| secrets.asked(code, claims));
    }
    if let Some(issuer) = &faults.callback_issuer {
        let location = changed(&location, "iss", Some(issuer));
        answer.headers_mut().insert(LOCATION, HeaderValue::from_str(location.as_str()).unwrap());
    }
    answer
}

/// Signs the tokens from the token endpoint, with the faults in force, and keeps refresh tokens valid if the faults say
/// so.
async fn token(provider: &FaultyProvider, request: Request, next: Next) -> Response {
    let (mut form, request) = read_form(request).await;
    let given = form.get("refresh_token").or_else(|| form.get("code")).cloned().unwrap_or_default();
    let kept = provider.with_secrets(|secrets| secrets.take_kept(&given));
    let request = match kept {
        Some(known) => {
            form.insert("refresh_token".to_owned(), known);
            let mut text = Url::parse("http://127.0.0.1").unwrap();
            text.query_pairs_mut().extend_pairs(&form);
            with_body(request, text.query().unwrap().to_owned())
        }
        None => request,
    };
    let is_refresh = form.contains_key("refresh_token");
    let answer = next.run(request).await;
    let faults = provider.faults();
    with_json(answer, |body| {
        let Some(id_token) = body["id_token"].as_str() else { return sign_access_token(provider, body) };
        provider.with_secrets(|secrets| secrets.redeemed(&given, body));
        if provider.take_rotation() {
            provider.rotate_keys();
        }
        let mut claims = claims_of(id_token);
        faults.spoil(&mut claims, provider.now_s());
        let signed = provider.with_keys(|keys| keys.sign(faults.signature.as_ref(), "JWT", &claims));
        body["id_token"] = json!(signed);
        if is_refresh && faults.keep_refresh_token {
            let new = body.as_object_mut().unwrap().remove("refresh_token").unwrap();
            provider.with_secrets(|secrets| secrets.keep(given, new.as_str().unwrap().to_owned()));
        }
    })
    .await
}

/// Answers with a challenge if the token comes from a sign-in without the claims that Graph requires.
async fn graph(provider: &FaultyProvider, faults: &Faults, request: Request, next: Next) -> Response {
    let request = without_ended_token(provider, request);
    let is_met =
        |token: &str, challenge: &Value| provider.with_secrets(|secrets| secrets.claims(token) == Some(challenge));
    match (&faults.graph_challenge, bearer(request.headers())) {
        (Some(challenge), Some(token)) if !(challenge.can_be_met && is_met(token, &challenge.claims)) => {
            let claims = STANDARD.encode(challenge.claims.to_string());
            let header = format!(r#"Bearer realm="", error="insufficient_claims", claims="{claims}""#);
            let error = json!({ "code": "InvalidAuthenticationToken", "message": "Continuous access evaluation." });
            let body = json!({ "error": error }).to_string();
            ([(WWW_AUTHENTICATE, header)], said_to_be_json(StatusCode::UNAUTHORIZED, body)).into_response()
        }
        _ => next.run(request).await,
    }
}

/// The request, with an unknown token in place of one that was revoked.
fn without_ended_token(provider: &FaultyProvider, mut request: Request) -> Request {
    let has_ended =
        bearer(request.headers()).is_some_and(|token| provider.with_secrets(|secrets| secrets.has_ended(token)));
    if has_ended {
        request.headers_mut().insert(AUTHORIZATION, HeaderValue::from_static("Bearer ended"));
    }
    request
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// Signs the access token for an API, if `body` has one.
fn sign_access_token(provider: &FaultyProvider, body: &mut Value) {
    let Some(token) = body["access_token"].as_str() else { return };
    let (claims, fault) = (claims_of(token), provider.faults().signature);
    body["access_token"] = json!(provider.with_keys(|keys| keys.sign(fault.as_ref(), "at+jwt", &claims)));
}

/// Replaces the member `name` of `body` with `value`, if there is one.
fn replace(body: &mut Value, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        body[name] = value.into();
    }
}

/// The answer with its body altered by `change`, if it is a successful JSON answer.
async fn with_json(answer: Response, change: impl FnOnce(&mut Value)) -> Response {
    let is_json = answer.headers().get(CONTENT_TYPE).is_some_and(|found| found == "application/json");
    if answer.status() != StatusCode::OK || !is_json {
        return answer;
    }
    let (mut head, body) = answer.into_parts();
    let mut body: Value = serde_json::from_slice(&to_bytes(body, LIMIT).await.unwrap()).unwrap();
    change(&mut body);
    head.headers.remove(CONTENT_LENGTH);
    Response::from_parts(head, Body::from(body.to_string()))
}

/// What the form of the request says, and the request as it was.
async fn read_form(request: Request) -> (BTreeMap<String, String>, Request) {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LIMIT).await.unwrap();
    let mut text = Url::parse("http://127.0.0.1").unwrap();
    text.set_query(std::str::from_utf8(&body).ok());
    let form = text.query_pairs().into_owned().collect();
    (form, Request::from_parts(head, Body::from(body)))
}

fn with_body(request: Request, body: String) -> Request {
    let (mut head, _) = request.into_parts();
    head.headers.remove(CONTENT_LENGTH);
    Request::from_parts(head, Body::from(body))
}

/// An answer with `body` that is declared as JSON, valid or not.
fn said_to_be_json(status: StatusCode, body: impl Into<Body>) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body.into()).into_response()
}

/// `headers` as an answer takes them.
fn headed(headers: Vec<(HeaderName, String)>) -> HeaderMap {
    headers.into_iter().map(|(name, value)| (name, HeaderValue::try_from(value).unwrap())).collect()
}

/// A gigabyte of blanks, made while it is sent. Only the client's own limit stops it.
fn endless_blanks() -> Body {
    const CHUNK: &[u8] = &[b' '; 64 * 1024];
    const CHUNKS: usize = 16 * 1024;
    Body::from_stream(stream::iter(iter::repeat_n(Ok::<_, Infallible>(Bytes::from_static(CHUNK)), CHUNKS)))
}
