//! Combines the routes: those of the [policy](super::policy), and those that need no sign-in.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{MethodFilter, any, get, on, post};
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::handle_server_fns_with_context;
use rolecall_model::AppError;
use rolecall_routes as routes;
use rolecall_sign_in::web::{begin_by_form, channels};

use super::access::RouteKind;
use super::entrance::Entrance;
use super::layers::{Answerer, Asked};
use super::network::canonical_host::refuse_foreign_hosts;
use super::pages::Pages;
use super::policy::Policy;
use super::problem::ProblemPages;
use super::route::{AnsweredBy, Route};
use super::sign_in::session_state;
use super::state::AppState;
use super::{api, app_hosts, apps, assets, health, layers, live, problem, scim};

/// The entry to the whole application: its `own` routes and server functions, the sign-in's links, the API, files,
/// health, and `demo`, the demonstration provider, if there is one; and, by host, the apps that have their own.
pub fn entrance(state: AppState, own: &[Route], demo: Option<Router>) -> Entrance {
    let (api, api_description) = api::routes(&state);
    let application = server_fn_paths()
        .filter_map(|(path, method)| Some((path, MethodFilter::try_from(method).ok()?)))
        .fold(Router::<AppState>::new(), |router, (path, method)| router.route(path, on(method, server_function)))
        .fallback(not_found);
    let application = own.iter().fold(application, |router, route| match route.answered_by {
        AnsweredBy::Page(handler) | AnsweredBy::Handler(handler) => router.route(route.path, handler(&api_description)),
        AnsweredBy::ServerFunction | AnsweredBy::App | AnsweredBy::Api => router,
    });

    // A provider's own requests carry no cookie and do not come from our pages, so the other layers do not fit.
    let channels = Router::<AppState>::new()
        .route(routes::LOGIN, post(begin_by_form))
        .route(routes::LOGIN_BACKCHANNEL_LOGOUT, post(channels::back_channel))
        .route(routes::LOGIN_FRONTCHANNEL_LOGOUT, get(channels::front_channel));

    let mut files = Router::<AppState>::new().route(routes::PKG, get(assets::serve));
    for path in state.assets.paths().filter(|path| !path.starts_with("/pkg/")) {
        files = files.route(path, get(assets::serve));
    }
    let own_hosts = from_fn_with_state(state.clone(), refuse_foreign_hosts);
    let mut open = channels
        .merge(api.layer(own_hosts.clone()))
        .merge(scim::routes(&state).layer(own_hosts.clone()))
        .merge(files)
        .route(routes::APP_KEYS, get(apps::keys))
        .route(routes::HEALTH_LIVE, get(health::live))
        .route(routes::HEALTH_READY, get(health::ready));
    if let Some(demo) = demo {
        open = open.nest_service(routes::DEMO, demo.layer(own_hosts));
    }
    let apps = state
        .policy
        .paths_of(RouteKind::App)
        .fold(Router::<AppState>::new(), |router, path| router.route(path, any(apps::on_path)));
    let on_own_host = layers::around(application, &state, Asked::Policy, Answerer::Rolecall)
        .merge(layers::around(apps, &state, Asked::Policy, Answerer::App))
        .merge(layers::around(open, &state, Asked::Nothing, Answerer::Rolecall))
        .merge(session_state::routes(&state))
        .merge(live::routes(&state))
        .with_state(state.clone());
    let on_app_hosts = app_hosts::router(&state);
    Entrance::new(state, on_own_host, on_app_hosts)
}

/// Calls the server function on the path.
async fn server_function(State(pages): State<Pages>, request: Request) -> Response {
    handle_server_fns_with_context(move || pages.provide_contexts(), request).await.into_response()
}

/// The answer if no page exists; a path of ours with an extra slash at the end is redirected (308).
async fn not_found(
    State(policy): State<Policy>,
    State(problem_pages): State<ProblemPages>,
    request: Request,
) -> Response {
    let path = request.uri().path();
    let page = path.trim_end_matches('/');
    if page.len() + 1 == path.len() && request.method().is_safe() && policy.is_page(page) {
        return Redirect::permanent(page).into_response();
    }
    problem::refuse(&problem_pages, &request, &AppError::NotFound)
}
