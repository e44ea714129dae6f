//! The id of each request, its span in the log, and the log entry about its answer.

use std::net::IpAddr;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use rolecall_api as api;
use rolecall_apps::{Apps, OfApp};
use rolecall_core::request_id::{CurrentRequest, RequestId};
use rolecall_core::statistics::Statistics;
use rolecall_routes as routes;
use rolecall_scim as scim;
use rolecall_sign_in::ClientAddress;
use tracing::Span;

use super::app_hosts::OnHost;
use super::limits::log_limit::{Line, LogLimit};
use super::problem::ProblemPages;
use super::problem::explain::{ErrorReader, Logged, error_of, explained};
use super::telemetry::proxy_request_id;

/// How many errors on our side per client are logged in a minute.
const FAILURES: u32 = 30;
/// The default time until a retry, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");
/// The header with the id of the request.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request in the log, until it is answered.
pub struct LoggedRequest {
    id: RequestId,
    client: Option<IpAddr>,
    began: Instant,
    /// `None` if no route matched.
    route: Option<MatchedPath>,
    reader: ErrorReader,
}

impl LoggedRequest {
    /// Gives `request` its id. Until it is answered, audit entries name it by the second of these, and log entries
    /// belong to the span.
    pub fn begin(apps: &Apps, problem_pages: &ProblemPages, request: &mut Request) -> (Self, CurrentRequest, Span) {
        let id = RequestId::random();
        let unmatched = if request.extensions().get::<OnHost>().is_some() { "app" } else { "unmatched" };
        let matched = request.extensions().get::<MatchedPath>().cloned();
        let route = matched.as_ref().map_or(unmatched, MatchedPath::as_str);
        let client = request.extensions().get::<ClientAddress>().map(|client| client.0);
        let (method, proxy_request_id) = (request.method().as_str(), proxy_request_id(request));
        let ip = client.map(tracing::field::display);
        let request_id = id.as_str();
        let span = tracing::info_span!("request", request_id, method, route, client = ip, proxy_request_id);
        request.extensions_mut().insert(id);
        let reader = ErrorReader::of(problem_pages, request);
        let (address, app) = (request.uri().path_and_query().cloned(), app_of(apps, request));
        let logged = Self { id, client, began: Instant::now(), route: matched, reader };
        (logged, CurrentRequest { id, client, address, app }, span)
    }

    /// `response` with the id, logged: call this within the span. An error that has no page yet gets one if a browser
    /// navigates, and JSON if a script or program called the API or the sign-in.
    pub fn end(
        self,
        statistics: &Statistics,
        log_limit: &LogLimit,
        problem_pages: &ProblemPages,
        mut response: Response,
    ) -> Response {
        let Self { id, client, .. } = self;
        let status = response.status();
        if let Some(route) = &self.route {
            statistics.answered(route.as_str(), self.began.elapsed(), status.is_server_error());
        }
        let is_of_app = response.extensions().get::<OfApp>().is_some();
        let is_failure = status.is_server_error() && !is_of_app && response.extensions().get::<Logged>().is_none();
        if is_failure && log_limit.admits(Line::new("answered", status.to_string(), client), FAILURES) {
            tracing::error!(status = status.as_u16(), "answered");
        } else {
            tracing::debug!(status = status.as_u16(), "answered");
        }
        if let ErrorReader::Api = self.reader {
            response = api::explained(response, id.as_str());
        } else if let ErrorReader::Directory = self.reader {
            response = scim::explained(response);
        } else if let Some(error) = error_of(status, id).filter(|_| !is_of_app) {
            response = explained(problem_pages, self.reader, &error, response);
        }
        if response.status() == StatusCode::SERVICE_UNAVAILABLE && !is_of_app {
            response.headers_mut().entry(header::RETRY_AFTER).or_insert(RETRY_AFTER);
        }
        response.headers_mut().insert(X_REQUEST_ID, id.to_header());
        response
    }
}

/// The name of the app that `request` is for, by its host or by its path on ours.
fn app_of(apps: &Apps, request: &Request) -> Option<String> {
    let path = request.uri().path();
    match request.extensions().get::<OnHost>() {
        Some(OnHost(app)) => Some(app.name.clone()),
        None if path.starts_with(routes::APPS) => apps.on_path(path).map(|app| app.name.clone()),
        None => None,
    }
}
