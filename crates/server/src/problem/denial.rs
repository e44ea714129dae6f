//! The answer to a request that the policy denies.
//!
//! A navigation is redirected to where the person can fix it, and comes back; a form gets a page that keeps the input;
//! anything else gets its status as JSON.

use axum::extract::{FromRef, Request};
use axum::response::{IntoResponse as _, Redirect, Response};
use rolecall_core::admin;
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_sign_in::web::{
    AddressTooLong, WayOn, set_cookies, sign_in_path, stays_out, wants_page, way_to_sign_in, way_to_step_up,
};
use rolecall_sign_in::{Auth, Denied, guard};
use rolecall_ui::caller::error_of;

use crate::access::SignedOut;
use crate::forms;
use crate::network::addresses::PublicAddress;
use crate::problem::sign_in;
use crate::problem::{self, PageContext, ProblemPages};
use crate::state::AppState;

/// Answers requests that were denied.
pub struct Denials {
    auth: Auth,
    address: PublicAddress,
    problem_pages: ProblemPages,
}

impl FromRef<AppState> for Denials {
    fn from_ref(state: &AppState) -> Self {
        Self { auth: state.auth.clone(), address: state.address.clone(), problem_pages: state.problem_pages.clone() }
    }
}

impl Denials {
    /// Answers `request`, which was `denied`; `signed_out` says what people get who are not signed in.
    pub async fn answer(&self, request: Request, denied: Denied, signed_out: SignedOut) -> Response {
        let wants_page = wants_page(request.headers());
        let is_safe = request.method().is_safe();
        let auth = &self.auth;
        let way_on = match denied {
            _ if !wants_page => Ok(None),
            Denied::SignedOut => way_to_sign_in(auth, &self.place_of(&request)).map(Some),
            Denied::StepUp { .. } => way_to_step_up(auth, request.extensions(), &self.place_of(&request)),
            _ => Ok(None),
        };
        match way_on {
            // A page that leads to the sign-in is not logged as a denial.
            Ok(Some(way_on)) if is_safe && denied == Denied::SignedOut => {
                self.to_sign_in(request, way_on, signed_out).await
            }
            Ok(Some(way_on)) if is_safe => {
                let mut response = Redirect::to(&way_on.path).into_response();
                set_cookies(response.headers_mut(), &way_on.cookies);
                response
            }
            Ok(Some(way_on)) => {
                guard::report_denied(auth, request.extensions(), denied);
                self.kept_form(request, denied, way_on).await
            }
            Ok(None) => {
                guard::report_denied(auth, request.extensions(), denied);
                if let (true, Denied::Role { needed }) = (wants_page, denied) {
                    let context = PageContext::of(&self.problem_pages, &request);
                    let user_id = guard::signed_in(request.extensions()).ok().map(|sign_in| sign_in.user_id);
                    return self.without_role(context, user_id, needed).await;
                }
                problem::refuse(&self.problem_pages, &request, &error_of(denied, request.extensions()))
            }
            Err(AddressTooLong) => {
                guard::report_denied(auth, request.extensions(), denied);
                let sign_in = problem::get("Sign in", sign_in_path(auth, routes::HOME));
                problem::page(&self.problem_pages, &PageContext::of(&self.problem_pages, &request), |_| {
                    problem::too_long(sign_in)
                })
            }
        }
    }

    /// The page for a person without the role `needed`: it offers to request it, or says since when that request is
    /// open.
    async fn without_role(&self, context: PageContext, user_id: Option<i64>, needed: Role) -> Response {
        let waiting = match user_id {
            Some(user_id) => admin::waiting_since(self.auth.db(), user_id, needed).await.unwrap_or_else(|error| {
                tracing::warn!(?error, "open requests for a role cannot be looked up");
                None
            }),
            None => None,
        };
        let (context, error) = (context.waiting_since(waiting), AppError::Forbidden { needed });
        problem::page(&self.problem_pages, &context, |viewer| problem::app_problem(&error, viewer))
    }

    /// A navigation is redirected to the sign-in; after a sign-out, and from a page that says so, only once the person
    /// asks for it. Neither is logged as a denial.
    async fn to_sign_in(&self, request: Request, way_on: WayOn, here: SignedOut) -> Response {
        let (auth, context) = (&self.auth, PageContext::of(&self.problem_pages, &request));
        let (parts, _) = request.into_parts();
        let mut response = match stays_out::sign_out_that_holds(auth, &parts.headers, &parts.extensions).await {
            Ok(None) if here == SignedOut::SeesPage => {
                problem::page(&self.problem_pages, &context, |_| problem::not_signed_in(way_on.path.clone()))
            }
            Ok(None) => Redirect::to(&way_on.path).into_response(),
            Ok(Some(mark)) => {
                let asked_for = stays_out::asked_for(&way_on.path, &mark);
                let page = sign_in::signed_out(&self.problem_pages, &context, asked_for, mark.signed_out_by());
                stays_out::remember(auth, &mark, page)
            }
            Err(error) => {
                tracing::error!(?error, "could not check whether this browser was signed out");
                let error = AppError::sign_in_unknown();
                problem::page(&self.problem_pages, &context, |viewer| problem::app_problem(&error, viewer))
            }
        };
        set_cookies(response.headers_mut(), &way_on.cookies);
        response
    }

    /// The page to return to: the requested one, or the one with the form.
    fn place_of(&self, request: &Request) -> String {
        if request.method().is_safe() {
            request.uri().path_and_query().map_or(routes::HOME, |here| here.as_str()).to_owned()
        } else {
            forms::page_before(request.headers(), self.address.origin(), &[]).to_string()
        }
    }

    /// The page about a form that came too late: it keeps the person's input, and leads back to the form by `way_on`.
    async fn kept_form(&self, request: Request, denied: Denied, way_on: WayOn) -> Response {
        let context = PageContext::of(&self.problem_pages, &request);
        let typed = forms::typed_in(request).await;
        let mut page =
            problem::page(&self.problem_pages, &context, |_| problem::unsaved(denied.into(), way_on.path, typed));
        set_cookies(page.headers_mut(), &way_on.cookies);
        page
    }
}
