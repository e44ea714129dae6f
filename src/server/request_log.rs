//! The id of each request, its span in the log, and the answer that the log tells of.

use std::net::IpAddr;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use rolecall_sign_in::{ClientAddress, random};
use tracing::Instrument as _;

use super::app_hosts::OnHost;
use super::limits::log_limit::{Line, LogLimit};
use super::network::forwarded::TrustedProxies;
use super::problem::ProblemPages;
use super::problem::explain::{Asker, Logged, error_of, explained};
use super::telemetry::proxy_request_id;
use crate::api_v1;
use crate::apps::OfApp;
use crate::request_id::RequestId;

/// How many failures of ours are told a minute of those that one client met.
const FAILURES: u32 = 30;
/// When to come again where nothing says it better, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The layer that gives the request its id and its span. Gives an error that has none yet its page, where a browser navigates to it,
/// or its JSON, where a script asked for something of the API or the sign-in.
pub async fn name_and_log(
    State(log_limit): State<LogLimit>,
    State(trusted_proxies): State<TrustedProxies>,
    State(pages): State<ProblemPages>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = RequestId(random::id());
    let unmatched = if request.extensions().get::<OnHost>().is_some() { "app" } else { "unmatched" };
    let route = request.extensions().get::<MatchedPath>().map_or(unmatched, MatchedPath::as_str);
    let client = client_of(&request);
    let (method, proxy_request_id) = (request.method(), proxy_request_id(&trusted_proxies, &request));
    let ip = client.map(tracing::field::display);
    let span = tracing::info_span!("request", request_id = %id, %method, route, client = ip, proxy_request_id);
    request.extensions_mut().insert(id.clone());
    let asker = Asker::of(&pages, &request);

    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    let _entered = span.enter();
    let is_of_app = response.extensions().get::<OfApp>().is_some();
    let is_failure = status.is_server_error() && !is_of_app && response.extensions().get::<Logged>().is_none();
    if is_failure && log_limit.admits(Line::new("answered", status.to_string(), client), FAILURES) {
        tracing::error!(status = status.as_u16(), "answered");
    } else {
        tracing::debug!(status = status.as_u16(), "answered");
    }
    if let Asker::Api = asker {
        response = api_v1::explained(response, &id.0);
    } else if let Some(error) = error_of(status, &id).filter(|_| !is_of_app) {
        response = explained(&pages, asker, &error, response);
    }
    if response.status() == StatusCode::SERVICE_UNAVAILABLE && !is_of_app {
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(RETRY_AFTER);
    }
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    response
}

fn client_of(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<ClientAddress>().map(|client| client.0)
}
