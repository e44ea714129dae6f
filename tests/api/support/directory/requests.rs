//! The supported requests, each checked by its method, path, query, headers and body.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::exposed;
use super::forms::{self, ADD_PASSWORD, APPLICATION, Form, KEY_CREDENTIALS, REMOVE_PASSWORD, SERVICE_PRINCIPAL};
use super::{Point, State};

/// Status and body of an answer.
type Answer = (u16, Value);

pub(super) fn router(state: Arc<Mutex<State>>) -> Router {
    Router::new().fallback(answer).with_state(state)
}

async fn answer(
    Shared(state): Shared<Arc<Mutex<State>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut state = state.lock().unwrap();
    let (status, body) = match judged(&mut state, &method, &uri, &headers, &body) {
        Ok(answer) | Err(answer) => answer,
    };
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let retry = (status == 429).then_some([("retry-after", "0")]);
    (StatusCode::from_u16(status).unwrap(), retry, [("content-type", "application/json")], body).into_response()
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    (status, json!({ "error": { "code": code, "message": message } }))
}

fn not_found() -> Answer {
    error(404, "Request_ResourceNotFound", "Resource does not exist or one of its queried references is not present.")
}

/// Records a request that no client should make.
fn complain(state: &mut State, what: String) -> Answer {
    let answer = error(400, "Request_BadRequest", &what);
    state.complaints.push(what);
    answer
}

fn judged(state: &mut State, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<Answer, Answer> {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    if header("authorization") != Some(format!("Bearer {}", state.token)) {
        return Err(error(401, "InvalidAuthenticationToken", "Access token is empty or not accepted."));
    }
    let is_change = *method != Method::GET;
    let has_body = [Method::POST, Method::PATCH].contains(method);
    let kind = header("content-type");
    if header("accept").as_deref() != Some("application/json")
        || kind.as_deref() != has_body.then_some("application/json")
        || body.is_empty() == has_body
    {
        return Err(complain(state, format!("{method} {uri} with headers {headers:?}")));
    }
    if state.fault.busy > 0 {
        state.fault.busy -= 1;
        return Err(error(429, "TooManyRequests", "Too many requests."));
    }
    if is_change && state.fault.forbids {
        return Err(error(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."));
    }
    let body: Value = if has_body { serde_json::from_slice(body).unwrap() } else { Value::Null };
    let path = percent_decode_str(uri.path()).decode_utf8().unwrap().into_owned();
    let Some(path) = path.strip_prefix("/v1.0/") else { return Err(complain(state, format!("no path {path}"))) };
    let query = query(uri);
    let number = state.changes.len();
    let at = state.fault.fails_at.filter(|(at, _)| is_change && *at == number);
    let failure = error(500, "Service_InternalServerError", "An error occurred.");
    if is_change {
        state.changes.push(format!("{method} {path}"));
    }
    if at.is_some_and(|(_, point)| point == Point::Before) {
        return Err(failure);
    }
    let answer = done(state, method, path, &query, &body);
    if at.is_some() { Err(failure) } else { answer }
}

/// The query parameters, decoded as in addresses, where a plus sign stays a plus sign.
fn query(uri: &Uri) -> BTreeMap<String, String> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap()).map(|(name, value)| (decoded(name), decoded(value))).collect()
}

fn done(
    state: &mut State,
    method: &Method,
    path: &str,
    query: &BTreeMap<String, String>,
    body: &Value,
) -> Result<Answer, Answer> {
    let names: Vec<&str> = query.keys().map(String::as_str).collect();
    let segments: Vec<&str> = path.split('/').collect();
    match (method.as_str(), segments.as_slice(), names.as_slice()) {
        ("GET", ["applications"], ["$filter", "$select"]) => list(state, &query["$filter"], &query["$select"]),
        ("GET", ["applications", id, "owners"], []) => owners(state, id),
        ("GET", [one], ["$select"]) => by_app_id(state, one, &query["$select"]),
        ("POST", ["applications"], []) => create(state, body),
        ("PATCH", ["applications", id], []) => update(state, id, body),
        ("DELETE", ["applications", id], []) => delete(state, id),
        ("POST", ["applications", id, "addPassword"], []) => add_password(state, id, body),
        ("POST", ["applications", id, "removePassword"], []) => remove_password(state, id, body),
        ("POST", ["servicePrincipals"], []) => create_service_principal(state, body),
        ("PATCH", ["servicePrincipals", id], []) => update_service_principal(state, id, body),
        _ => Err(complain(state, format!("there is no {method} {path} {names:?}"))),
    }
}

/// Checks that `body` has only allowed properties in valid forms.
fn form(state: &mut State, body: &Value, properties: &[(&str, Form)], at: &str) -> Result<(), Answer> {
    forms::object(body, properties, at).map_err(|what| complain(state, what))
}

/// The text of a literal, whose quotes are doubled.
fn literal(state: &mut State, text: &str) -> Result<String, Answer> {
    let inner = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    match inner.filter(|inner| !inner.replace("''", "").contains('\'')) {
        Some(inner) => Ok(inner.replace("''", "'")),
        None => Err(complain(state, format!("{text} is no literal"))),
    }
}

/// What Graph returns of `thing`: the selected properties, with those that it always adds.
fn shown(thing: &Value, select: &str) -> Value {
    let mut shown = Map::new();
    for name in select.split(',') {
        let mut value = thing.get(name).cloned().unwrap_or_default();
        if let ("appRoles", Some(roles)) = (name, value.as_array_mut()) {
            for role in roles {
                role["origin"] = json!("Application");
            }
        }
        if let ("optionalClaims", Some(claims)) = (name, value.as_object_mut()) {
            for kind in ["idToken", "accessToken", "saml2Token"] {
                claims.entry(kind).or_insert_with(|| json!([]));
            }
        }
        if let ("api", Some(api)) = (name, value.as_object_mut()) {
            for kind in ["knownClientApplications", "oauth2PermissionScopes", "preAuthorizedApplications"] {
                api.entry(kind).or_insert_with(|| json!([]));
            }
            for scope in api["oauth2PermissionScopes"].as_array_mut().unwrap() {
                scope["origin"] = json!("Application");
            }
        }
        if let ("web", Some(web)) = (name, value.as_object_mut()) {
            web.insert("redirectUriSettings".to_owned(), json!([]));
        }
        shown.insert(name.to_owned(), value);
    }
    Value::Object(shown)
}

/// Whether `thing` is not known yet, as on a replica that lags behind.
fn is_denied(state: &mut State, thing: &str) -> bool {
    let left = state.denied.get_mut(thing).filter(|left| **left > 0);
    left.map(|left| *left -= 1).is_some()
}

fn list(state: &mut State, filter: &str, select: &str) -> Result<Answer, Answer> {
    let tag = filter.strip_prefix("tags/any(t:t eq ").and_then(|rest| rest.strip_suffix(')'));
    let Some(tag) = tag else { return Err(complain(state, format!("no filter {filter}"))) };
    let tag = literal(state, tag)?;
    let bears = |one: &&Value| one["tags"].as_array().is_some_and(|tags| tags.iter().any(|of| *of == tag.as_str()));
    let found: Vec<Value> = state.applications.values().filter(bears).map(|one| shown(one, select)).collect();
    Ok((200, json!({ "value": found })))
}

fn owners(state: &mut State, id: &str) -> Result<Answer, Answer> {
    known(state, id)?;
    Ok((200, json!({ "value": state.owners.get(id).cloned().unwrap_or_default() })))
}

fn by_app_id(state: &mut State, path: &str, select: &str) -> Result<Answer, Answer> {
    let (set, key) = path.split_once("(appId=").and_then(|(set, key)| Some((set, key.strip_suffix(')')?))).unwrap();
    let app_id = literal(state, key)?;
    let all = if set == "applications" { &state.applications } else { &state.service_principals };
    let found = all.values().find(|one| one["appId"] == app_id.as_str()).map(|one| shown(one, select));
    if is_denied(state, &format!("{set} {app_id}")) {
        return Err(not_found());
    }
    found.map(|found| (200, found)).ok_or_else(not_found)
}

fn create(state: &mut State, body: &Value) -> Result<Answer, Answer> {
    form(state, body, APPLICATION, "application")?;
    if body["displayName"].is_null() {
        return Err(complain(state, "an application without displayName".to_owned()));
    }
    check_exposed(state, body, None)?;
    let (id, app_id) = (state.id(), state.id());
    let mut made = body.clone();
    made.as_object_mut().unwrap().entry("identifierUris").or_insert_with(|| json!([]));
    made["id"] = json!(id);
    made["appId"] = json!(app_id);
    made["passwordCredentials"] = json!([]);
    made["keyCredentials"] = json!([]);
    for of in [id.clone(), app_id] {
        state.denied.insert(of, state.fault.unknown_at_first);
    }
    state.applications.insert(id, made.clone());
    Ok((201, made))
}

/// What an application exposes must be consistent with its other properties, and with other applications. `id` is that
/// of an existing one.
fn check_exposed(state: &mut State, body: &Value, id: Option<&str>) -> Result<(), Answer> {
    let there = id.and_then(|id| state.applications.get(id)).cloned().unwrap_or_default();
    let others = state.applications.iter().filter(|(other, _)| Some(other.as_str()) != id);
    let others: Vec<_> = others.map(|(_, one)| one.clone()).collect();
    exposed::check(body, &there, &others).map_err(|(code, message)| {
        complain(state, message.clone());
        error(400, code, &message)
    })
}

/// The application `id`, unless it is not known yet.
fn known<'s>(state: &'s mut State, id: &str) -> Result<&'s mut Value, Answer> {
    if is_denied(state, id) {
        return Err(not_found());
    }
    state.applications.get_mut(id).ok_or_else(not_found)
}

fn update(state: &mut State, id: &str, body: &Value) -> Result<Answer, Answer> {
    let mut plain = body.clone();
    if let Some(keys) = plain.as_object_mut().unwrap().remove("keyCredentials") {
        forms::check(&keys, &KEY_CREDENTIALS, "keyCredentials").map_err(|what| complain(state, what))?;
    }
    form(state, &plain, APPLICATION, "application")?;
    check_exposed(state, body, Some(id))?;
    if body.as_object().unwrap().is_empty() {
        return Err(complain(state, "a change of nothing".to_owned()));
    }
    let key_id = state.id();
    let application = known(state, id)?;
    for (name, value) in body.as_object().unwrap() {
        match (value, &mut application[name]) {
            // Parts of a complex property that the request leaves out stay as they are.
            (Value::Object(parts), Value::Object(there)) => there.extend(parts.clone()),
            (_, there) => *there = value.clone(),
        }
    }
    for key in application["keyCredentials"].as_array_mut().unwrap() {
        key.as_object_mut().unwrap().entry("keyId").or_insert_with(|| json!(key_id));
    }
    Ok((204, Value::Null))
}

fn delete(state: &mut State, id: &str) -> Result<Answer, Answer> {
    let gone = state.applications.remove(id).ok_or_else(not_found)?;
    state.service_principals.retain(|_, one| one["appId"] != gone["appId"]);
    state.deleted.push(gone);
    Ok((204, Value::Null))
}

fn add_password(state: &mut State, id: &str, body: &Value) -> Result<Answer, Answer> {
    form(state, body, ADD_PASSWORD, "addPassword")?;
    known(state, id)?;
    let key_id = state.id();
    let secret = format!("{:03}8Q~made-up-secret-{key_id}", state.made);
    let mut made = body["passwordCredential"].clone();
    made["keyId"] = json!(key_id);
    made["hint"] = json!(secret[..3]);
    made["secretText"] = Value::Null;
    let secrets = state.applications.get_mut(id).unwrap()["passwordCredentials"].as_array_mut().unwrap();
    secrets.push(made.clone());
    state.secrets.insert(key_id, secret.clone());
    if let Some(folder) = &state.fault.in_the_way {
        std::fs::create_dir(folder).unwrap();
    }
    made["secretText"] = json!(secret);
    Ok((200, made))
}

fn remove_password(state: &mut State, id: &str, body: &Value) -> Result<Answer, Answer> {
    form(state, body, REMOVE_PASSWORD, "removePassword")?;
    let key_id = body["keyId"].as_str().unwrap().to_owned();
    let secrets = known(state, id)?["passwordCredentials"].as_array_mut().unwrap();
    let before = secrets.len();
    secrets.retain(|secret| secret["keyId"] != key_id.as_str());
    if secrets.len() == before {
        return Err(complain(state, format!("there is no secret {key_id}")));
    }
    state.secrets.remove(&key_id);
    Ok((204, Value::Null))
}

fn create_service_principal(state: &mut State, body: &Value) -> Result<Answer, Answer> {
    form(state, body, SERVICE_PRINCIPAL, "servicePrincipal")?;
    let app_id = body["appId"].as_str().unwrap_or_default().to_owned();
    let is_there = state.applications.values().any(|one| one["appId"] == app_id.as_str());
    if !is_there || is_denied(state, &app_id) {
        let message =
            format!("The appId '{app_id}' of the service principal does not reference a valid application object.");
        return Err(error(400, "NoBackingApplicationObject", &message));
    }
    if state.service_principals.values().any(|one| one["appId"] == app_id.as_str()) {
        return Err(error(409, "Request_MultipleObjectsWithSameKeyValue", "It is in use already."));
    }
    let id = state.id();
    let mut made = body.clone();
    made["id"] = json!(id);
    state.service_principals.insert(id, made.clone());
    Ok((201, made))
}

fn update_service_principal(state: &mut State, id: &str, body: &Value) -> Result<Answer, Answer> {
    form(state, body, &SERVICE_PRINCIPAL[2..], "servicePrincipal")?;
    let there = state.service_principals.get_mut(id).ok_or_else(not_found)?;
    there["appRoleAssignmentRequired"] = body["appRoleAssignmentRequired"].clone();
    Ok((204, Value::Null))
}
