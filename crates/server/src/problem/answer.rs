//! Answers about problems: a page for people, JSON for programs.

use std::sync::Arc;

use axum::Json;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::uri::PathAndQuery;
use axum::response::{Html, IntoResponse as _, Response};
use rolecall_core::request_id::RequestId;
use rolecall_model::{AppError, Viewer};
use rolecall_routes as routes;
use rolecall_sign_in::guard::CurrentSignIn;
use rolecall_sign_in::session::SignOutMark;
use rolecall_sign_in::web::{stays_out, wants_page};
use rolecall_sign_in::{Auth, ReturnTo};
use rolecall_ui::documents::Documents;
use rolecall_ui::page::reactive_root;
use rolecall_ui::problem::{Problem, ProblemAction, ProblemTarget};
use url::Url;

use super::contents::app_problem;
use crate::app_hosts::OnHost;
use crate::page_policies::PagePolicies;
use crate::viewers::Viewers;

/// Everything needed to render the pages. Clones share it.
#[derive(Clone)]
pub struct ProblemPages(Arc<Inner>);

struct Inner {
    auth: Auth,
    viewers: Viewers,
    policies: PagePolicies,
    documents: Documents,
}

impl ProblemPages {
    /// Pages in documents from `documents`, for viewers from `viewers`.
    pub fn new(auth: Auth, viewers: Viewers, policies: PagePolicies, documents: Documents) -> Self {
        Self(Arc::new(Inner { auth, viewers, policies, documents }))
    }
}

/// The answer to a refused request.
pub type Refusal = Box<Response>;

/// Answers `request` with `error`: as a page for a navigation, otherwise as JSON that the client's server functions
/// read as an [`AppError`].
pub fn refuse(problem_pages: &ProblemPages, request: &Request, error: &AppError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if !wants_page(request.headers()) {
        return (status, Json(error)).into_response();
    }
    page(problem_pages, &PageContext::of(problem_pages, request), |viewer| app_problem(error, viewer))
}

/// Data about the request for a problem page.
pub struct PageContext {
    request_id: String,
    sign_in: Option<CurrentSignIn>,
    signed_out: Option<SignOutMark>,
    /// The requested address, if the request changes nothing.
    address: Option<PathAndQuery>,
    /// Whether the page is shown on the host of an app.
    on_app_host: bool,
    /// When the person requested the missing role, Unix milliseconds (UTC), if that is still open.
    waiting_since_ms: Option<i64>,
}

impl PageContext {
    /// Whether the person is signed in.
    pub fn is_signed_in(&self) -> bool {
        self.sign_in.as_ref().is_some_and(|current| current.sign_in.is_some())
    }

    /// The context of `request`.
    pub fn of(problem_pages: &ProblemPages, request: &Request) -> Self {
        let extensions = request.extensions();
        let request_id = extensions.get::<RequestId>().map_or_else(|| "unknown".to_owned(), ToString::to_string);
        Self {
            request_id,
            sign_in: extensions.get::<CurrentSignIn>().cloned(),
            signed_out: problem_pages.0.auth.cookies().signed_out_in(request.headers()),
            address: request.uri().path_and_query().filter(|_| request.method().is_safe()).cloned(),
            on_app_host: extensions.get::<OnHost>().is_some(),
            waiting_since_ms: None,
        }
    }

    /// The same for a person who requested the missing role at that time.
    #[must_use]
    pub fn waiting_since(self, waiting_since_ms: Option<i64>) -> Self {
        Self { waiting_since_ms, ..self }
    }
}

/// The problem page that `problem` builds for the viewer.
pub fn page(problem_pages: &ProblemPages, context: &PageContext, problem: impl FnOnce(&Viewer) -> Problem) -> Response {
    let viewer = problem_pages.0.viewers.viewer(context.sign_in.as_ref(), context.signed_out.as_ref());
    let mut problem = problem(&viewer);
    if let Some(mark) = &context.signed_out {
        problem.actions.iter_mut().for_each(|action| ask_for_sign_in(action, mark));
    }
    if let Some(wish) = &mut problem.role_wish {
        wish.page = context.address.as_ref().map(|address| address.path().to_owned());
        wish.waiting_since_ms = context.waiting_since_ms;
    }
    problem.details.push(("Request id".to_owned(), context.request_id.clone()));
    if context.on_app_host {
        return render_on_app_host(problem_pages, problem);
    }
    // The page, if a sign-in can return to it.
    let here = context.address.as_ref().and_then(|address| ReturnTo::parse(address.as_str()));
    render(problem_pages, &viewer, here.as_ref(), problem)
}

/// Makes `action`, if it begins a sign-in, work in a browser with this `mark` of a sign-out.
fn ask_for_sign_in(action: &mut ProblemAction, mark: &SignOutMark) {
    if let ProblemTarget::Get(href) = &mut action.target
        && href.starts_with(routes::LOGIN_PREFIX)
    {
        *href = stays_out::asked_for(href, mark);
    }
}

fn render(problem_pages: &ProblemPages, viewer: &Viewer, here: Option<&ReturnTo>, problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let here = here.map(ToString::to_string);
    let html = reactive_root().with(|| problem_pages.0.documents.problem(viewer, here.as_deref(), problem));
    (status, problem_pages.0.policies.page(None, viewer.user.is_some()), Html(html)).into_response()
}

/// The same on the host of an app. Links to our own pages lead to our own host from there.
fn render_on_app_host(problem_pages: &ProblemPages, problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let public_url = &problem_pages.0.auth.config().public_url;
    let actions = problem.actions.into_iter().filter_map(|action| on_own_host(action, public_url)).collect();
    // Forms are only on our own host.
    let asked_for = problem.role_wish.map(|wish| AppError::Forbidden { needed: wish.role }.advice());
    let advice = asked_for.unwrap_or(problem.advice);
    let problem = Problem { actions, advice, draft: None, role_wish: None, ..problem };
    let html = reactive_root().with(|| problem_pages.0.documents.on_app_host(public_url.to_string(), problem));
    (status, problem_pages.0.policies.app_host_page(), Html(html)).into_response()
}

/// The link as seen from another host: paths belong to our host unless they are below our prefix.
fn on_own_host(action: ProblemAction, public_url: &Url) -> Option<ProblemAction> {
    let target = match action.target {
        ProblemTarget::Get(href) if href == routes::SIGN_IN || href.starts_with(routes::LOGIN_PREFIX) => {
            ProblemTarget::Get(routes::APP_BEGIN.to_owned())
        }
        ProblemTarget::Get(href) if href.starts_with(routes::APP_RESERVED) => ProblemTarget::Get(href),
        ProblemTarget::Get(href) => ProblemTarget::Get(public_url.join(&href).ok()?.to_string()),
        ProblemTarget::SignOut | ProblemTarget::SignOutOnHost => ProblemTarget::SignOutOnHost,
        ProblemTarget::SignIn { .. } => return None,
    };
    Some(ProblemAction { target, ..action })
}
