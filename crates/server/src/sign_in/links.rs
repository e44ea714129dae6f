//! The two paths of the sign-in that are plain links, with their failure pages.

use axum::Json;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rolecall_model::AppError;
use rolecall_routes as routes;
use rolecall_sign_in::guard::CurrentSignIn;
use rolecall_sign_in::{Auth, web};
use rolecall_ui::problem::Problem;
use tower_sessions::Session;

use crate::problem::sign_in::not_signed_in;
use crate::problem::{self, PageContext, ProblemPages};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// `GET /login/{provider}`: begins a sign-in.
pub async fn begin(
    State(auth): State<Auth>,
    State(problem_pages): State<ProblemPages>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let context = PageContext::of(&problem_pages, &request);
    let page = |why| not_signed_in(&auth, &problem_pages, &context, &provider, why);
    let (parts, _) = request.into_parts();
    web::begin(&auth, &provider, query.as_deref().unwrap_or_default(), &parts, page).await
}

/// `GET /login/{provider}/authorized`: the redirect URI.
pub async fn authorized(
    State(auth): State<Auth>,
    State(problem_pages): State<ProblemPages>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    session: Session,
    request: Request,
) -> Response {
    let context = PageContext::of(&problem_pages, &request);
    let page = |why| not_signed_in(&auth, &problem_pages, &context, &provider, why);
    let (parts, _) = request.into_parts();
    let query = query.as_deref().unwrap_or_default();
    let completed = web::complete(&auth, &provider, query, session, &parts, page).await;
    let target = completed.headers().get(header::LOCATION).cloned();
    match target.as_ref().and_then(|target| target.to_str().ok()).filter(|target| leads_to_an_app(target)) {
        Some(target) => go_on_by_page(&problem_pages, &context, target, completed),
        None => completed,
    }
}

/// Whether `target` leads to an app on its own host.
fn leads_to_an_app(target: &str) -> bool {
    target.starts_with(&routes::app_open(""))
}

/// A page in place of the redirect `completed` that goes on to `target` by itself. A form at the provider began this
/// navigation, and browsers hold the provider's `form-action` against every redirect that follows (CSP Level 3, section
/// 6.4.1.1): it allows our host, and knows nothing of those of apps. So the redirects end here.
fn go_on_by_page(problem_pages: &ProblemPages, context: &PageContext, target: &str, completed: Response) -> Response {
    let mut page = problem::page(problem_pages, context, |_| Problem {
        status: 200,
        title: "You are signed in".to_owned(),
        message: "This page continues by itself.".to_owned(),
        actions: vec![problem::get("Go on", target.to_owned())],
        ..Problem::default()
    });
    let (mut redirect, _) = completed.into_parts();
    redirect.headers.remove(header::LOCATION);
    redirect.headers.remove(header::CONTENT_LENGTH);
    page.headers_mut().extend(redirect.headers);
    if let Ok(refresh) = HeaderValue::from_str(&format!("0; url={target}")) {
        page.headers_mut().insert(header::REFRESH, refresh);
    }
    page
}

/// `GET /sign-in/to/{id}`: redirects to a page whose long address the browser kept in cookies.
#[expect(clippy::unused_async, reason = "handlers of axum are async")]
pub async fn go_on(
    State(auth): State<Auth>,
    State(problem_pages): State<ProblemPages>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    web::go_on_to_kept(auth.attempts().cookies(), &id, request.headers()).unwrap_or_else(|| {
        problem::page(&problem_pages, &PageContext::of(&problem_pages, &request), |_| problem::not_kept())
    })
}

/// `GET /api/session`: who is signed in, as JSON.
#[expect(clippy::unused_async, reason = "handlers of axum are async")]
pub async fn session(request: Request) -> Response {
    match request.extensions().get::<CurrentSignIn>().and_then(|current| current.sign_in.as_ref()) {
        Some(sign_in) => ([(header::CONTENT_TYPE, JSON)], sign_in.user_json()).into_response(),
        None => (StatusCode::UNAUTHORIZED, Json(AppError::SignedOut)).into_response(),
    }
}
