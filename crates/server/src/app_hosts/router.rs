//! The routes on the host of an app, and the access check for the app itself.

use axum::Router;
use axum::extract::{FromRef as _, Request, State};
use axum::http::HeaderMap;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{any, get};
use rolecall_apps::UpstreamApp;
use rolecall_model::AppError;
use rolecall_routes as routes;
use rolecall_sign_in::web::loop_breaker::{self, MAX_IN_A_ROW};
use rolecall_sign_in::web::{is_same_origin, wants_page};
use rolecall_sign_in::{Auth, Denied, ReturnTo, guard};
use rolecall_ui::caller::error_of;
use rolecall_ui::documents::ShellAssets;

use super::hand_over::HandOverParts;
use super::{OnHost, address, events, hand_over, page, sign_out};
use crate::assets::{self, Assets};
use crate::layers::{self, Answerer, Asked};
use crate::network::addresses::PublicAddress;
use crate::problem::{self, PageContext, ProblemPages};
use crate::sign_in::session_state;
use crate::state::AppState;
use crate::{apps, forms};

/// The app itself, and our few paths in addition.
pub fn router(state: &AppState) -> Router {
    let reserved = Router::<AppState>::new()
        .route(routes::APP_BEGIN, get(hand_over::begin))
        .route(routes::APP_ENTER, get(hand_over::enter))
        .route(routes::APP_KEPT_PAGE, get(hand_over::go_on))
        .route(routes::APP_SIGN_OUT, get(sign_out::ask).post(sign_out::sign_out))
        .route(routes::APP_RESERVED_PATHS, any(file))
        .layer(middleware::from_fn_with_state(state.clone(), check_origin));
    layers::around(Router::new().fallback(pass), state, Asked::SignIn, Answerer::App)
        .merge(layers::around(reserved, state, Asked::SignIn, Answerer::Rolecall))
        .merge(session_state::routes(state))
        .with_state(state.clone())
}

/// Only the files that our pages here need.
async fn file(
    State(shell): State<ShellAssets>,
    State(assets): State<Assets>,
    State(problem_pages): State<ProblemPages>,
    request: Request,
) -> Response {
    let prefix = routes::APP_RESERVED.trim_end_matches('/');
    let path = request.uri().path().strip_prefix(prefix).unwrap_or_default();
    if path == shell.css || path == routes::ICON {
        return assets::named(&assets, &problem_pages, &request, path);
    }
    problem::refuse(&problem_pages, &request, &AppError::NotFound)
}

/// Forwards the request to the app on this host, for people whose role allows it.
async fn pass(State(state): State<AppState>, request: Request) -> Response {
    let Some(OnHost(app)) = request.extensions().get().cloned() else {
        return problem::refuse(&state.problem_pages, &request, &AppError::NotFound);
    };
    match guard::require(request.extensions(), app.role) {
        Ok(_) => apps::pass_on(&state, &app, request).await,
        Err(denied) => refuse(&state, &app, &request, denied),
    }
}

/// If a sign-in would help, a navigation begins a hand-over; a form that came too late gets a page that says so, and
/// leads back to the form; anything else is refused.
fn refuse(state: &AppState, app: &UpstreamApp, request: &Request, denied: Denied) -> Response {
    let can_be_helped = matches!(denied, Denied::SignedOut | Denied::StepUp { .. });
    if can_be_helped && request.method().is_safe() && wants_page(request.headers()) {
        let here = request.uri().path_and_query().map_or("/", |here| here.as_str());
        let in_a_row = loop_breaker::in_a_row(state.app_sessions.cookies(), request.headers(), request.extensions());
        if in_a_row < MAX_IN_A_ROW {
            return hand_over::hand_over(&HandOverParts::from_ref(state), request, here);
        }
        events::stopped(&state.log_limit, &app.name, in_a_row, request.extensions());
        return problem::page(&state.problem_pages, &PageContext::of(&state.problem_pages, request), |_| {
            page::stopped(&address::page_of(here))
        });
    }
    guard::report_denied(&state.auth, request.extensions(), denied);
    // Browsers omit the session's cookies from cross-site requests, so this does not tell whether the person is signed
    // in.
    let origin = app.origin(state.address.url());
    if can_be_helped && wants_page(request.headers()) && is_same_origin(request.headers(), &origin) {
        let back = page_with_form(request.headers(), &origin);
        let sign_in = address::begin(&back);
        return problem::page(&state.problem_pages, &PageContext::of(&state.problem_pages, request), |_| {
            problem::unsaved(denied.into(), sign_in, vec![])
        });
    }
    problem::refuse(&state.problem_pages, request, &error_of(denied, request.extensions()))
}

/// The app's page with the form that these headers came from, at `origin`; the first page if the browser does not say.
fn page_with_form(headers: &HeaderMap, origin: &str) -> ReturnTo {
    let page = forms::referer_at(headers, origin);
    page.as_deref().map_or_else(ReturnTo::home, address::page_of)
}

/// The layer that refuses unsafe methods on our own paths there, except from pages of that host.
async fn check_origin(
    State(auth): State<Auth>,
    State(address): State<PublicAddress>,
    State(problem_pages): State<ProblemPages>,
    request: Request,
    next: Next,
) -> Response {
    let Some(OnHost(app)) = request.extensions().get() else { return next.run(request).await };
    let headers = request.headers();
    if request.method().is_safe() || is_same_origin(headers, &app.origin(address.url())) {
        return next.run(request).await;
    }
    guard::report_denied(&auth, request.extensions(), Denied::ForeignOrigin);
    problem::refuse(&problem_pages, &request, &AppError::ForeignOrigin)
}
