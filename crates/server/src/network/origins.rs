//! Requests from pages of other origins: they can change nothing of ours, and can call an app whose configuration
//! allows them (`cors_origins`).
//!
//! Why this does not use tower-http's CORS layer: it answers every `OPTIONS` request, but those that are no preflight
//! are for the app. Only the four headers below would be left of it.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rolecall_apps::{Apps, UpstreamApp};
use rolecall_model::AppError;
use rolecall_routes as routes;
use rolecall_sign_in::web::is_same_origin;
use rolecall_sign_in::{Auth, Denied, guard};

use crate::app_hosts::OnHost;
use crate::network::addresses::PublicAddress;
use crate::problem::{self, ProblemPages, Refusal};

/// How long a browser may cache a preflight answer, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// A request extension: a page of an origin that may call this app made the request. Only [`CrossOrigin`] sets it.
#[derive(Clone, Copy)]
struct MayCall;

/// Whether a page of another origin made `request` and may call the app that it is for.
pub fn may_call(request: &Request) -> bool {
    request.extensions().get::<MayCall>().is_some()
}

/// Cross-origin access to an app, with the session of the person (Fetch, section 3.3). It runs before the session and
/// the policy, which check these requests like any other: only preflights, which carry no session, are answered here,
/// without the app.
#[derive(Default)]
pub struct CrossOrigin {
    /// Whether the answer depends on the origin.
    varies: bool,
    /// The origin of the page, if it is allowed.
    origin: Option<HeaderValue>,
}

impl CrossOrigin {
    /// The access of the page that made `request`, which is marked if the page may call the app.
    pub fn of(apps: &Apps, request: &mut Request) -> Self {
        let Some(origins) = app_of(apps, request).map(|app| &app.cors_origins).filter(|origins| !origins.is_empty())
        else {
            return Self::default();
        };
        let origin = request.headers().get(header::ORIGIN).filter(|said| origins.iter().any(|origin| *said == origin));
        let origin = origin.cloned();
        if origin.is_some() && !is_preflight(request) {
            request.extensions_mut().insert(MayCall);
        }
        Self { varies: true, origin }
    }

    /// Answers `request` if it is a preflight of a page that may call the app.
    ///
    /// # Errors
    /// The answer to the preflight.
    pub fn answer_preflight(&self, request: &Request) -> Result<(), Refusal> {
        if self.origin.is_some() && is_preflight(request) {
            return Err(Box::new(preflight(request.headers())));
        }
        Ok(())
    }

    /// `response` with the headers that say who may read it.
    pub fn add_to(self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        if self.varies {
            headers.append(header::VARY, HeaderValue::from_static("origin"));
        }
        if let Some(origin) = self.origin {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
        response
    }
}

/// Refuses unsafe methods (RFC 9110, section 9.2.1) from other origins.
///
/// # Errors
/// A 403.
pub fn check_origin(
    auth: &Auth,
    address: &PublicAddress,
    problem_pages: &ProblemPages,
    request: &Request,
) -> Result<(), Refusal> {
    if request.method().is_safe() || is_same_origin(request.headers(), address.origin()) || may_call(request) {
        return Ok(());
    }
    guard::report_denied(auth, request.extensions(), Denied::ForeignOrigin);
    Err(Box::new(problem::refuse(problem_pages, request, &AppError::ForeignOrigin)))
}

/// The app that `request` is for; `None` for our own paths on its host.
fn app_of<'a>(apps: &'a Apps, request: &'a Request) -> Option<&'a UpstreamApp> {
    let path = request.uri().path();
    match request.extensions().get::<OnHost>() {
        Some(OnHost(app)) => Some(&**app).filter(|_| !path.starts_with(routes::APP_RESERVED)),
        None => apps.on_path(path),
    }
}

fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// All requested methods and headers are allowed: the policy and the app decide about the request itself.
fn preflight(asked: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    for (asked_by, allowed_by) in [
        (header::ACCESS_CONTROL_REQUEST_METHOD, header::ACCESS_CONTROL_ALLOW_METHODS),
        (header::ACCESS_CONTROL_REQUEST_HEADERS, header::ACCESS_CONTROL_ALLOW_HEADERS),
    ] {
        if let Some(value) = asked.get(&asked_by) {
            headers.insert(allowed_by, value.clone());
        }
    }
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    response
}
