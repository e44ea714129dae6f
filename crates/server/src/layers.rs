//! The layers that a request passes on the way to its route, in order. Its answer passes them in reverse.
//!
//! For every request axum clones and boxes each layer, with everything below it. So there is only one layer around each
//! route, which consists of the functions below: they read from top to bottom. Before it comes the
//! [`entrance`](super::entrance).

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::HttpBody as _;
use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::Route;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use rolecall_sign_in::session::CookiePolicy;
use rolecall_sign_in::web::loop_breaker;
use tokio::time::timeout;
use tower::{Layer, Service, ServiceExt as _};
use tracing::Instrument as _;

use super::app_hosts::OnHost;
use super::compression::compressed;
use super::demonstration::keep_demonstration_here;
use super::enforce_policy::enforce_policy;
use super::forms::{answer_form, is_for_data};
use super::identify::identify;
use super::limits::nul::refuse_nul;
use super::limits::rate_limits::{limit_noted, limit_rates};
use super::limits::request_sizes::{BodyLimit, limit_file, limit_form, refuse_large_head};
use super::network::canonical_host::redirect_to_canonical_host;
use super::network::origins::{CrossOrigin, check_origin};
use super::policy::Policy;
use super::problem::Refusal;
use super::problem::explain::panicked;
use super::request_log::LoggedRequest;
use super::state::AppState;

/// The time limit of an answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The same for answers that wait for an external database: longer than the limit of any connection.
const QUESTION_TIMEOUT: Duration = Duration::from_mins(15);

/// Who answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Answerer {
    /// Rolecall: bodies have a size limit, and answers the time limit [`TIMEOUT`] unless a file is being received.
    Rolecall,
    /// An app, without limits. Pages of other origins may be allowed to call it.
    App,
}

/// The checks before a route.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// None: for files, health checks, requests of providers, and the API, which uses tokens.
    Nothing,
    /// The session is loaded, but the person is not identified.
    Session,
    /// The person is identified. The route itself decides.
    SignIn,
    /// The person is identified, and the policy must allow the request.
    Policy,
}

/// Puts everything below around the routes of `router`, with the checks `asked`.
pub fn around(router: Router<AppState>, state: &AppState, asked: Asked, answerer: Answerer) -> Router<AppState> {
    router.layer(Steps { state: state.clone(), asked, answerer })
}

/// The layers of every request.
async fn attend(steps: &Steps, mut request: Request, route: Route) -> Response {
    let state = &steps.state;
    let is_https = state.security_headers.is_https(request.extensions().get());
    let (logged, current, span) = LoggedRequest::begin(&state.apps, &state.problem_pages, &mut request);
    // What is awaited stays where it is: it is large, and every move of it is a copy.
    let answer = pin!(async {
        refuse_large_head(&request)?;
        limit_rates(&state.rates, &state.problem_pages, &request)?;
        keep_demonstration_here(state, &request)?;
        if steps.answerer == Answerer::App {
            return let_in(steps, request, route).await;
        }
        refuse_nul(&request)?;
        let limit = body_limit(&state.policy, &request);
        if limit == BodyLimit::File {
            return let_in(steps, limit_file(request, state.config.datasets.limits.file_bytes), route).await;
        }
        let time = if limit == BodyLimit::Question { QUESTION_TIMEOUT } else { TIMEOUT };
        let answer = pin!(async {
            let request = limit_form(&state.problem_pages, request, limit).await?;
            let_in(steps, request, route).await
        });
        let in_time = timeout(time, answer).await;
        in_time.unwrap_or_else(|_| Ok(StatusCode::SERVICE_UNAVAILABLE.into_response()))
    });
    let response = async {
        let answer = AssertUnwindSafe(current.during(answer)).catch_unwind().await;
        let answer = answer.map_or_else(panicked, either);
        logged.end(&state.statistics, &state.log_limit, &state.problem_pages, answer)
    };
    state.security_headers.add_to(response.instrument(span).await, is_https)
}

/// The body limit for `request`.
fn body_limit(policy: &Policy, request: &Request) -> BodyLimit {
    if request.body().is_end_stream() {
        return BodyLimit::Form;
    }
    let limit = request.extensions().get::<MatchedPath>().map(|path| policy.body_limit(path.as_str()));
    // A file comes only with POST: with other methods the body is not needed.
    limit.filter(|limit| *limit != BodyLimit::File || request.method() == Method::POST).unwrap_or(BodyLimit::Form)
}

/// The layers with checks.
async fn let_in(steps: &Steps, mut request: Request, route: Route) -> Result<Response, Refusal> {
    let state = &steps.state;
    if steps.asked == Asked::Nothing {
        return Ok(run(route, request).await);
    }
    let cross_origin = match steps.answerer {
        Answerer::App => CrossOrigin::of(&state.apps, &mut request),
        Answerer::Rolecall => CrossOrigin::default(),
    };
    let is_on_app_host = request.extensions().get::<OnHost>().is_some();
    let sessions = if is_on_app_host { &state.app_sessions } else { &state.sessions };
    let answer = async {
        // Before the canonical host: a preflight request cannot follow a redirect (Fetch, section 4.9).
        cross_origin.answer_preflight(&request)?;
        redirect_to_canonical_host(&state.address, &request)?;
        if steps.asked == Asked::Policy {
            check_origin(&state.auth, &state.address, &state.problem_pages, &request)?;
        }
        let session = sessions.open(&mut request);
        let answer = let_person_in(steps, sessions.cookies(), request, route).await;
        Ok(session.close(either(answer)).await)
    };
    let response = either(answer.await);
    Ok(cross_origin.add_to(response))
}

/// The layers that need the person's identity.
async fn let_person_in(
    steps: &Steps,
    cookies: &CookiePolicy,
    mut request: Request,
    route: Route,
) -> Result<Response, Refusal> {
    let state = &steps.state;
    if steps.asked == Asked::Session {
        return Ok(run(route, request).await);
    }
    identify(&state.auth, &state.log_limit, &state.problem_pages, &mut request).await?;
    let forgets = loop_breaker::is_to_forget(cookies, request.headers(), request.extensions());
    let answer = async {
        if steps.asked == Asked::Policy {
            request = enforce_policy(state, request).await?;
            limit_noted(&state.rates, &state.problem_pages, &request)?;
        }
        Ok(match (steps.asked, steps.answerer) {
            (Asked::Policy, Answerer::Rolecall) if is_for_data(&request) => {
                answer_form(&state.auth, &state.address, &state.pages, request, route).await
            }
            (Asked::Policy, Answerer::Rolecall) => compressed(request, route).await,
            _ => run(route, request).await,
        })
    };
    let mut response = either(answer.await);
    if forgets {
        loop_breaker::forget(cookies, &mut response);
    }
    Ok(response)
}

/// The answer of `route` itself.
async fn run(route: Route, request: Request) -> Response {
    let Ok(response) = route.oneshot(request).await;
    response
}

/// The answer, whichever it is.
fn either(answer: Result<Response, Refusal>) -> Response {
    answer.unwrap_or_else(|refusal| *refusal)
}

/// The layer with all of this.
#[derive(Clone)]
struct Steps {
    state: AppState,
    asked: Asked,
    answerer: Answerer,
}

/// A route behind the layer. axum clones this for every request: the route is shared, and cloned only when called.
#[derive(Clone)]
struct BehindSteps {
    steps: Steps,
    route: Arc<Route>,
}

impl Layer<Route> for Steps {
    type Service = BehindSteps;

    fn layer(&self, route: Route) -> BehindSteps {
        BehindSteps { steps: self.clone(), route: Arc::new(route) }
    }
}

impl Service<Request> for BehindSteps {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Self { steps, route } = self.clone();
        Box::pin(async move { Ok(attend(&steps, request, (*route).clone()).await) })
    }
}
