//! Answers of server functions: a redirect or a problem page for plain forms, the right status for scripts.
//!
//! By default, Leptos puts an error into the address of the previous page. Here the function is called as a script
//! would, for JSON, and the answer is converted for the browser: [`returned_forms`](super::returned_forms) has the
//! pages that show the form again.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::Route;
use rolecall_model::AppError;
use rolecall_routes as routes;
use rolecall_sign_in::web::wants_page;
use rolecall_sign_in::{Auth, ReturnTo};
use rolecall_ui::problem::ProblemAction;
use tower::ServiceExt as _;
use url::{Position, Url};

use super::form_pages::page_at;
use super::network::addresses::PublicAddress;
use super::pages::Pages;
use super::problem::{self, PageContext, ProblemPages, sign_in};
use super::returned_forms::page_again;
use super::typed::{field, typed};

/// The longest form or error that is read: a note conflict holds two notes.
const MAX_BYTES: usize = 256 * 1024;
/// The header that the server functions' client checks.
const CLIENT_REDIRECT: &str = "serverfnredirect";
/// What is advised where the form has to be filled in again.
const COPY_IT: &str = "Nothing was saved. Copy what you typed below before you sign in again.";

/// Whether `request` is for a server function, or for another handler that answers with data.
pub fn is_for_data(request: &Request) -> bool {
    request.uri().path().starts_with(routes::API_PREFIX)
}

/// Calls the server function for `request`, at the route `route`.
pub async fn answer_form(
    auth: &Auth,
    address: &PublicAddress,
    pages: &Pages,
    mut request: Request,
    route: Route,
) -> Response {
    let is_post = request.method() == Method::POST;
    let is_form = is_post && wants_page(request.headers());
    if is_post {
        let (parts, body) = request.into_parts();
        let Ok(body) = to_bytes(body, MAX_BYTES).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
        let is_text = std::str::from_utf8(&body).is_ok();
        request = Request::from_parts(parts, Body::from(body));
        if !is_text {
            return problem::refuse(pages.problem_pages(), &request, &unreadable());
        }
    }
    if !is_form {
        return with_status_of_error(run(route, request).await).await;
    }
    let context = PageContext::of(pages.problem_pages(), &request);
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BYTES).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let form = Form {
        back: page_before(&parts.headers, address.origin(), &body),
        typed: typed(parts.uri.path(), &body),
        again: sign_in_again(auth, parts.uri.path(), &body),
    };
    let response = run(route, Request::from_parts(parts.clone(), Body::from(body.clone()))).await;
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        refused(pages, &context, form, (parts, body), response).await
    } else {
        redirected(response, &form.back)
    }
}

async fn run(route: Route, mut request: Request) -> Response {
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let Ok(response) = route.oneshot(request).await;
    response
}

/// Data of a form that are needed after the call.
struct Form {
    /// The page to go back to.
    back: ReturnTo,
    /// What the person typed, so that a refusal does not lose it.
    typed: Vec<(String, String)>,
    /// The link to begin again, if it began a sign-in.
    again: Option<ProblemAction>,
}

/// To the address that the function returned, or back to the page with the form (303: RFC 9110, section 15.4.4).
fn redirected(response: Response, back: &ReturnTo) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::SEE_OTHER;
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(CLIENT_REDIRECT);
    if !parts.headers.contains_key(header::LOCATION)
        && let Ok(location) = HeaderValue::from_str(back.as_str())
    {
        parts.headers.insert(header::LOCATION, location);
    }
    Response::from_parts(parts, Body::empty())
}

/// For missing or invalid arguments Leptos answers 500 before the function runs; the error in the body is more precise.
async fn with_status_of_error(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_BYTES).await.unwrap_or_default();
    if let Some(status) =
        serde_json::from_slice(&body).ok().and_then(|e: AppError| StatusCode::from_u16(e.status()).ok())
    {
        parts.status = status;
    }
    Response::from_parts(parts, Body::from(body))
}

async fn refused(
    pages: &Pages,
    context: &PageContext,
    form: Form,
    (asked, sent): (Parts, Bytes),
    response: Response,
) -> Response {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_BYTES).await.unwrap_or_default();
    let error = serde_json::from_slice(&body).unwrap_or(match parts.status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => AppError::NotFound,
        StatusCode::PAYLOAD_TOO_LARGE => AppError::TooLarge,
        status if status.is_client_error() => unreadable(),
        _ => AppError::Unreachable,
    });
    let mut page = match Box::pin(page_again(pages, asked, &sent, &error)).await {
        Some(page) => page,
        None => problem_page(pages.problem_pages(), context, form, &error),
    };
    page.headers_mut().extend(parts.headers.into_iter().filter_map(|(name, value)| match name {
        Some(name) if name == header::SET_COOKIE => Some((name, value)),
        _ => None,
    }));
    page
}

/// The page that explains why the form was refused, with what was typed.
fn problem_page(problem_pages: &ProblemPages, context: &PageContext, form: Form, error: &AppError) -> Response {
    problem::page(problem_pages, context, |viewer| {
        let mut problem = problem::app_problem(error, viewer);
        problem.actions.splice(0..0, form.again);
        if let AppError::StepUp { provider, .. } = error {
            // Back to the empty form.
            problem.actions = vec![problem::sign_in_again(provider, form.back.as_str())];
            if !form.typed.is_empty() {
                problem.advice.insert(0, COPY_IT.to_owned());
            }
        }
        if problem.draft.is_none() {
            problem.details.extend(form.typed);
        }
        problem
    })
}

/// The error for a request that none of our forms sends.
fn unreadable() -> AppError {
    AppError::Invalid { message: "This request cannot be read.".to_owned() }
}

/// The link that begins the sign-in that the form requested.
fn sign_in_again(auth: &Auth, path: &str, body: &[u8]) -> Option<ProblemAction> {
    let provider = field(body, "provider").filter(|_| path == routes::API_BEGIN_SIGN_IN)?;
    let return_to = field(body, "return_to").and_then(|target| ReturnTo::parse(&target));
    auth.provider(&provider).map(|provider| sign_in::try_again(&provider.config.id, return_to.as_ref()))
}

/// What a person typed into the form that `request` carries: the name of each field, and the text.
pub async fn typed_in(request: Request) -> Vec<(String, String)> {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| request.uri().path().to_owned());
    let body = to_bytes(request.into_body(), MAX_BYTES).await;
    body.map_or_else(|_| vec![], |body| typed(&route, &body))
}

/// Our page with the form: from `Referer`; for a returned form with the page that it is about; or, if a problem page
/// showed the form, its dashboard.
pub fn page_before(headers: &HeaderMap, origin: &str, body: &[u8]) -> ReturnTo {
    referer_at(headers, origin)
        .and_then(|path| ReturnTo::parse(&path).or_else(|| ReturnTo::parse(&page_at(&path, body)?)))
        .or_else(|| ReturnTo::parse(&routes::dashboard(&field(body, "slug")?)))
        .unwrap_or_else(ReturnTo::home)
}

/// Path and query of the page that a request with these headers came from, if it is on `origin`.
pub fn referer_at(headers: &HeaderMap, origin: &str) -> Option<String> {
    let referer = Url::parse(headers.get(header::REFERER)?.to_str().ok()?).ok()?;
    let is_there = referer.origin().ascii_serialization() == origin;
    is_there.then(|| referer[Position::BeforePath..Position::AfterQuery].to_owned())
}
