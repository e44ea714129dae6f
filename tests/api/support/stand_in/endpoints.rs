//! The endpoints: below a tenant, as in Entra. With the plain face, the tenant is part of the issuer.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query, RawForm, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, DATE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::script::merged;
use super::{CLIENT_ID, Face, Shared, TENANT};

type Fields = BTreeMap<String, String>;
/// An answer in place of the proper one.
struct Refusal(Box<Response>);

impl Refusal {
    fn with(answer: impl IntoResponse) -> Self {
        Self(Box::new(answer.into_response()))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// The access token that everybody receives.
const ACCESS_TOKEN: &str = "access-token-of-the-stand-in";

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/{tenant}/v2.0/.well-known/openid-configuration", get(discovery))
        .route("/{tenant}/discovery/v2.0/keys", get(jwks))
        .route("/{tenant}/oauth2/v2.0/authorize", get(authorize))
        .route("/{tenant}/oauth2/v2.0/par", post(par))
        .route("/{tenant}/oauth2/v2.0/token", post(token))
        .route("/{tenant}/oidc/userinfo", get(userinfo))
        .route("/v1.0/me/checkMemberGroups", post(check_member_groups))
        .route("/elsewhere", get(elsewhere).post(elsewhere))
        .with_state(shared)
}

impl Shared {
    /// Counts a request to `endpoint`. The error is the wrong answer that the test has set.
    async fn attend(&self, endpoint: &'static str) -> Result<(), Refusal> {
        *self.seen.lock().unwrap().counts.entry(endpoint).or_default() += 1;
        let script = self.script.lock().unwrap().clone();
        if script.hangs == Some(endpoint) {
            std::future::pending::<()>().await;
        }
        if script.redirects == Some(endpoint) {
            return Err(Refusal::with(Redirect::temporary("/elsewhere")));
        }
        let answer = script.answers.into_iter().find(|(at, ..)| *at == endpoint);
        answer.map_or(Ok(()), |(_, status, body)| {
            let status = StatusCode::from_u16(status).unwrap();
            Err(Refusal::with((status, [(CONTENT_TYPE, "application/json")], body)))
        })
    }

    /// The time of the provider, as headers write it.
    fn date(&self) -> String {
        let now = chrono::DateTime::from_timestamp_millis(self.clock.now_ms()).unwrap();
        now.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    /// The address of an endpoint.
    fn url(&self, tenant: &str, path: &str) -> String {
        format!("{}/{tenant}/{path}", self.origin)
    }

    /// Whether the request is our client's, and nobody else's.
    fn is_client(&self, tenant: &str, headers: &HeaderMap, form: &Fields) -> bool {
        let proof = self.script.lock().unwrap().client_proof.clone();
        let audience = self.url(tenant, "oauth2/v2.0/token");
        proof.accepts(headers, form, &audience, &mut self.seen.lock().unwrap(), self.clock.now_ms() / 1000)
    }
}

async fn elsewhere(State(shared): State<Arc<Shared>>) -> Json<Value> {
    *shared.seen.lock().unwrap().counts.entry("elsewhere").or_default() += 1;
    Json(json!({}))
}

async fn discovery(State(shared): State<Arc<Shared>>, Path(tenant): Path<String>) -> Result<Json<Value>, Refusal> {
    shared.attend("discovery").await?;
    let script = shared.script.lock().unwrap().clone();
    let issuer = match (script.face, tenant.as_str()) {
        (Face::Entra, "common" | "organizations") => "{tenantid}",
        (Face::Entra, name) if Uuid::try_parse(name).is_err() => TENANT,
        (_, name) => name,
    };
    let metadata = json!({
        "issuer": format!("{}/{issuer}/v2.0", shared.origin),
        "authorization_endpoint": shared.url(&tenant, "oauth2/v2.0/authorize"),
        "token_endpoint": shared.url(&tenant, "oauth2/v2.0/token"),
        "userinfo_endpoint": shared.url(&tenant, "oidc/userinfo"),
        "jwks_uri": shared.url(&tenant, "discovery/v2.0/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported":
            ["client_secret_post", "private_key_jwt", "client_secret_basic", "self_signed_tls_client_auth"],
    });
    let own = script.metadata.into_iter().map(|(name, value)| (name, own_address(value, &shared, &tenant)));
    Ok(Json(merged(metadata, &own.collect())))
}

/// Turns a path in metadata into an address of this provider.
fn own_address(value: Value, shared: &Shared, tenant: &str) -> Value {
    match value.as_str().and_then(|text| text.strip_prefix('/')) {
        Some(path) => json!(shared.url(tenant, path)),
        None => value,
    }
}

async fn jwks(State(shared): State<Arc<Shared>>) -> Result<Json<Value>, Refusal> {
    shared.attend("jwks").await?;
    Ok(Json(json!({ "keys": shared.script.lock().unwrap().keys })))
}

/// Signs the only person in without asking, and redirects back with a code.
async fn authorize(State(shared): State<Arc<Shared>>, Query(query): Query<Fields>) -> Result<Redirect, Refusal> {
    shared.attend("authorize").await?;
    let mut seen = shared.seen.lock().unwrap();
    seen.authorization.clone_from(&query);
    let script = shared.script.lock().unwrap();
    let request = match query.get("request_uri") {
        Some(reference) => seen.requests.remove(reference).ok_or(shown_error("unknown request_uri"))?,
        None if script.only_pushed => return Err(shown_error("push it")),
        None => query,
    };
    let value = |name: &str| request.get(name).cloned().ok_or_else(|| shown_error(name));
    if value("client_id")? != CLIENT_ID
        || value("response_type")? != "code"
        || value("code_challenge_method")? != "S256"
    {
        return Err(shown_error("unknown client or kind of request"));
    }
    let mut back: url::Url = value("redirect_uri")?.parse().map_err(|_| shown_error("redirect_uri"))?;
    if let Some(error) = script.comes_back_with {
        back.query_pairs_mut().append_pair("error", error).append_pair("state", &value("state")?);
        return Ok(Redirect::to(back.as_str()));
    }
    let code = format!("code-{}", seen.requests.len());
    back.query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("state", &value("state")?)
        .extend_pairs(script.callback_issuer.iter().map(|issuer| ("iss", issuer)));
    seen.requests.insert(code, request);
    Ok(Redirect::to(back.as_str()))
}

async fn par(
    State(shared): State<Arc<Shared>>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    shared.attend("par").await?;
    let form = fields(&form);
    if !shared.is_client(&tenant, &headers, &form) {
        return Err(refused(StatusCode::UNAUTHORIZED, "invalid_client"));
    }
    let mut seen = shared.seen.lock().unwrap();
    let reference = format!("urn:ietf:params:oauth:request_uri:{}", seen.requests.len());
    seen.requests.insert(reference.clone(), form.clone());
    seen.pushed = form;
    Ok((StatusCode::CREATED, Json(json!({ "request_uri": reference, "expires_in": 60 }))))
}

async fn token(
    State(shared): State<Arc<Shared>>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Result<([(HeaderName, String); 1], Json<Value>), Refusal> {
    shared.attend("token").await?;
    let date = [(DATE, shared.date())];
    let form = fields(&form);
    shared.seen.lock().unwrap().token.clone_from(&form);
    if !shared.is_client(&tenant, &headers, &form) {
        return Err(refused(StatusCode::UNAUTHORIZED, "invalid_client"));
    }
    if form["grant_type"] == "client_credentials" {
        assert_eq!(form["scope"], "https://graph.microsoft.com/.default");
        let answer = json!({ "token_type": "Bearer", "expires_in": 3599, "access_token": ACCESS_TOKEN });
        return Ok((date, Json(answer)));
    }
    let grant = form.get("code").or(form.get("refresh_token")).map_or("", String::as_str);
    let request = shared.seen.lock().unwrap().requests.remove(grant);
    let mut request = request.ok_or_else(|| refused(StatusCode::BAD_REQUEST, "invalid_grant"))?;
    let is_refresh = form["grant_type"] == "refresh_token";
    let verifier = form.get("code_verifier").map_or("", String::as_str);
    let is_hash = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == request["code_challenge"];
    if !is_refresh && (!is_hash || form.get("redirect_uri") != request.get("redirect_uri")) {
        return Err(refused(StatusCode::BAD_REQUEST, "invalid_grant"));
    }
    let now_s = shared.clock.now_ms() / 1000;
    let id_token = shared.script.lock().unwrap().id_token(&shared.origin, &tenant, &request["nonce"], now_s);
    let mut answer = json!({
        "token_type": "Bearer", "expires_in": 3600, "access_token": ACCESS_TOKEN, "id_token": id_token,
    });
    if is_refresh && shared.script.lock().unwrap().refreshes_without_id_token {
        answer.as_object_mut().unwrap().remove("id_token");
    }
    if request["scope"].contains("offline_access") {
        let mut seen = shared.seen.lock().unwrap();
        let refresh_token = format!("refresh-token-{}", seen.counts["token"]);
        answer["refresh_token"] = json!(refresh_token);
        seen.requests.insert(refresh_token, std::mem::take(&mut request));
    }
    Ok((date, Json(answer)))
}

async fn userinfo(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Result<Response, Refusal> {
    shared.attend("userinfo").await?;
    if headers.get(AUTHORIZATION).is_none_or(|value| value != format!("Bearer {ACCESS_TOKEN}").as_str()) {
        return Err(Refusal::with(StatusCode::UNAUTHORIZED));
    }
    let script = shared.script.lock().unwrap();
    let said = merged(json!({ "sub": "s-of-this-application" }), &script.userinfo);
    let Some(signer) = &script.userinfo_signer else { return Ok(Json(said).into_response()) };
    let header = json!({ "alg": signer.algorithm(), "kid": signer.kid() });
    Ok(([(CONTENT_TYPE, "application/jwt")], signer.sign(&header.to_string(), &said.to_string())).into_response())
}

/// Graph: which of the given groups the person is in.
async fn check_member_groups(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Result<Json<Value>, Refusal> {
    shared.attend("graph").await?;
    if headers.get(AUTHORIZATION).is_none_or(|value| value != format!("Bearer {ACCESS_TOKEN}").as_str()) {
        return Err(Refusal::with(StatusCode::UNAUTHORIZED));
    }
    let Some(member_of) = shared.script.lock().unwrap().member_of.clone() else {
        let error =
            json!({ "error": { "code": "Authorization_RequestDenied", "message": "Insufficient privileges." } });
        return Err(Refusal::with((StatusCode::FORBIDDEN, Json(error))));
    };
    let asked = asked["groupIds"].as_array().unwrap().clone();
    assert!((1..=20).contains(&asked.len()), "{} groups at once", asked.len());
    let found: Vec<_> = asked.into_iter().filter(|id| member_of.iter().any(|group| id == group)).collect();
    Ok(Json(json!({ "value": found })))
}

/// The fields of a form, which must not have one twice.
fn fields(form: &[u8]) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in url::form_urlencoded::parse(form) {
        assert_eq!(fields.insert(name.to_string(), value.to_string()), None, "{name} is doubled");
    }
    fields
}

/// An error for the client (RFC 6749, section 5.2).
fn refused(status: StatusCode, error: &str) -> Refusal {
    let body = json!({ "error": error, "error_description": "as the test wants it" });
    Refusal::with((status, Json(body)))
}

/// An error for the person.
fn shown_error(what: &str) -> Refusal {
    Refusal::with((StatusCode::BAD_REQUEST, what.to_owned()))
}
