//! The three steps of a hand-over: it begins on the app's host, for a browser without a session there, continues on our
//! own host, and ends on the app's host again.

use axum::Extension;
use axum::extract::{FromRef, Path, RawQuery, Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use rolecall_apps::hosts::{self, Codes, HandOver, NotEntered, Return};
use rolecall_apps::{Apps, UpstreamApp};
use rolecall_model::AppError;
use rolecall_sign_in::session::{CipherError, SealedCookies};
use rolecall_sign_in::web::{go_on_to_kept, loop_breaker, may_be_tab, set_cookies};
use rolecall_sign_in::{Auth, ReturnTo, guard};
use tower_sessions::Session;

use super::cookies::AppHostCookies;
use super::{OnHost, address, events, page};
use crate::access::SignedOut;
use crate::headers::NO_REFERRER;
use crate::limits::log_limit::LogLimit;
use crate::network::addresses::PublicAddress;
use crate::problem::denial::Denials;
use crate::problem::{self, PageContext, ProblemPages};
use crate::state::AppState;

/// The parts of the server that hand-overs use.
pub struct HandOverParts {
    auth: Auth,
    address: PublicAddress,
    cookies: AppHostCookies,
    codes: Codes,
    problem_pages: ProblemPages,
}

impl FromRef<AppState> for HandOverParts {
    fn from_ref(state: &AppState) -> Self {
        Self {
            auth: state.auth.clone(),
            address: state.address.clone(),
            cookies: AppHostCookies::from_ref(state),
            codes: state.app_codes.clone(),
            problem_pages: state.problem_pages.clone(),
        }
    }
}

/// `GET /.rolecall/begin?return_to=…`: begins a hand-over on a person's request, even after failures.
pub async fn begin(State(parts): State<HandOverParts>, RawQuery(query): RawQuery, request: Request) -> Response {
    let asked = address::only(query.as_deref(), "return_to");
    hand_over(&parts, &request, asked.as_deref().unwrap_or("/"))
}

/// `GET /.rolecall/to/{id}`: redirects to a page whose long address the browser kept in cookies.
pub async fn go_on(State(parts): State<HandOverParts>, Path(id): Path<String>, request: Request) -> Response {
    let Some(OnHost(app)) = request.extensions().get() else { return Redirect::to("/").into_response() };
    go_on_to_kept(&cookies_of(&parts, app), &id, request.headers()).unwrap_or_else(|| {
        problem::page(&parts.problem_pages, &PageContext::of(&parts.problem_pages, &request), |_| {
            page::not_kept(app, parts.address.url())
        })
    })
}

/// Sends the browser to our own host, which knows the sign-in, and lets it come back to the page at `path_and_query`.
/// Several tabs may do so at the same time: each has its own cookie.
pub fn hand_over(parts: &HandOverParts, request: &Request, path_and_query: &str) -> Response {
    let Some(OnHost(app)) = request.extensions().get() else { return Redirect::to("/").into_response() };
    if ReturnTo::is_too_long(path_and_query) {
        return problem::page(&parts.problem_pages, &PageContext::of(&parts.problem_pages, request), |_| {
            page::too_long(app)
        });
    }
    match begun(parts, app, request, address::page_of(path_and_query)) {
        Ok(response) => (NO_REFERRER, response).into_response(),
        Err(error) => {
            tracing::error!(?error, app = app.name, "a hand-over cannot be begun");
            let message = format!("{} cannot be opened right now.", app.title);
            problem::refuse(&parts.problem_pages, request, &AppError::Unavailable { message })
        }
    }
}

fn begun(parts: &HandOverParts, app: &UpstreamApp, request: &Request, page: ReturnTo) -> Result<Response, CipherError> {
    let cookies = cookies_of(parts, app);
    let kept = cookies.keep(page)?;
    let handed = hosts::State::new();
    let kept_attempt = hosts::kept_hand_over(kept.address, parts.auth.clock().now_ms());
    let begun = cookies.begin_attempt(handed.as_str(), &kept_attempt, &cookies.attempts_in(request.headers()))?;
    let target = address::open(parts.address.url(), app, &handed);
    let mut response = Redirect::to(target.as_str()).into_response();
    set_cookies(response.headers_mut(), kept.cookies.iter().chain(&begun));
    Ok(response)
}

/// The encrypted cookies on the host of `app`.
fn cookies_of(parts: &HandOverParts, app: &UpstreamApp) -> SealedCookies {
    let host = app.origin(parts.address.url());
    parts.auth.attempts().cookies().elsewhere(parts.cookies.0.clone(), host)
}

/// `GET /open/{app}?state=…`: sends a person who may use the app back to its host, with a code. The policy requires a
/// sign-in.
pub async fn open(
    State(parts): State<HandOverParts>,
    State(apps): State<Apps>,
    State(denials): State<Denials>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let Some(app) = apps.named(&name) else {
        return problem::refuse(&parts.problem_pages, &request, &AppError::NotFound);
    };
    let sign_in = match guard::require(request.extensions(), app.role) {
        Ok(sign_in) => sign_in,
        Err(denied) => return denials.answer(request, denied, SignedOut::GoesToSignIn).await,
    };
    // Otherwise a script of the app could let a hidden frame fetch a code. The configuration says who may frame the
    // app.
    if !may_be_tab(request.headers()) && app.frame_ancestors.is_none() {
        return problem::refuse(&parts.problem_pages, &request, &AppError::ForeignOrigin);
    }
    let public_url = parts.address.url();
    let asked = address::only(query.as_deref(), "state").as_deref().and_then(hosts::State::parse);
    // A bookmark, or a link that somebody wrote: the app's own host can begin a hand-over.
    let Some(asked) = asked.filter(|_| app.host().is_some()) else {
        return (NO_REFERRER, Redirect::to(app.home_url(public_url).as_str())).into_response();
    };
    let hand_over =
        HandOver { sign_in_id: sign_in.id.clone(), app: app.name.clone(), state: asked.as_str().to_owned() };
    match parts.codes.make(&hand_over, parts.auth.clock().now_ms()).await {
        Ok(code) => {
            (NO_REFERRER, Redirect::to(address::enter(public_url, app, &code, &asked).as_str())).into_response()
        }
        Err(error) => {
            tracing::error!(?error, app = app.name, "a sign-in cannot be handed over");
            let message = format!("{} cannot be opened right now.", app.title);
            problem::refuse(&parts.problem_pages, &request, &AppError::Unavailable { message })
        }
    }
}

/// `GET /.rolecall/enter?code=…&state=…`: redeems the code, and gives the browser a session on this host. A browser
/// that already has one and comes with an invalid code continues.
pub async fn enter(
    State(parts): State<HandOverParts>,
    State(log_limit): State<LogLimit>,
    Extension(OnHost(app)): Extension<OnHost>,
    RawQuery(query): RawQuery,
    session: Session,
    request: Request,
) -> Response {
    let cookies = cookies_of(&parts, &app);
    let returned = Return {
        code: address::only(query.as_deref(), "code"),
        state: address::only(query.as_deref(), "state"),
        held: cookies.attempts_in(request.headers()),
    };
    let entered = hosts::enter(&parts.auth, &parts.codes, &cookies, &app.name, &returned, &session).await;
    let extensions = request.extensions();
    let was_inside = guard::has_sign_in(extensions);
    let mut response = match &entered {
        Ok(page) => {
            events::entered(&app.name, extensions);
            let mut response = Redirect::to(page.as_str()).into_response();
            let used = returned.state.as_deref().and_then(|state| cookies.used_attempt(state, &returned.held));
            set_cookies(response.headers_mut(), &used);
            response
        }
        Err(NotEntered { error, page }) => {
            events::not_entered(&log_limit, &app.name, error, extensions);
            if was_inside && !error.is_temporary() {
                Redirect::to(page.as_ref().map_or("/", ReturnTo::as_str)).into_response()
            } else {
                problem::page(&parts.problem_pages, &PageContext::of(&parts.problem_pages, &request), |_| {
                    page::not_entered(&app, error, page.as_ref(), parts.address.url())
                })
            }
        }
    };
    // Of several tabs that open the app at the same time, at most the first finds no session here.
    if entered.is_ok() && !was_inside {
        let in_a_row = loop_breaker::in_a_row(&parts.cookies.0, request.headers(), extensions).saturating_add(1);
        loop_breaker::count(&parts.cookies.0, in_a_row, &mut response);
    }
    (NO_REFERRER, response).into_response()
}
