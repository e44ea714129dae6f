//! Every layer, in order. A request passes from the first to the last, its answer the other way.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state, map_request};
use rolecall_sign_in::web::loop_breaker::forget_when_signed_in;
use rolecall_sign_in::web::without_look_alikes;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::compression::{compress_pages, not_for_other_sites};
use super::demonstration::keep_demonstration_here;
use super::enforce_policy::enforce_policy;
use super::forms::answer_forms;
use super::headers::add_security_headers;
use super::identify::{forget_when_signed_in_on_app_host, identify, identify_on_app_host};
use super::limits::rate_limits::limit_rates;
use super::limits::request_sizes::{MAX_BODY_BYTES, refuse_large_bodies, refuse_large_heads};
use super::network::canonical_host::redirect_to_canonical_host;
use super::network::forwarded::note_arrival;
use super::network::origins::{allow_cross_origin, check_origin};
use super::problem::explain::panicked;
use super::request_log::name_and_log;
use super::sign_in::session_state;
use super::state::AppState;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The layer around all hosts: which one is meant can be what a proxy says.
pub fn around_all_hosts(router: Router, state: AppState) -> Router {
    router.layer(from_fn_with_state(state, note_arrival))
}

/// The layers around everything that is on our own host.
pub fn around_everything(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let router = if state.config.demonstration {
        router.layer(from_fn_with_state(state.clone(), keep_demonstration_here))
    } else {
        router
    };
    router.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(state.clone(), add_security_headers))
            .layer(from_fn_with_state(state.clone(), name_and_log))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn(refuse_large_heads))
            .layer(from_fn_with_state(state.clone(), limit_rates)),
    )
}

/// The limits of everything that we answer ourselves. What apps answer may be as long, and take as long, as it does.
pub fn within_limits(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    router.layer(
        ServiceBuilder::new()
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
            .layer(from_fn_with_state(state.clone(), refuse_large_bodies))
            .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES)),
    )
}

/// The layers around what people and programs ask for: pages, server functions. Files, the API and the demonstration
/// provider do without them.
pub fn around_application(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let layers = ServiceBuilder::new()
        .map_request(not_for_other_sites)
        .layer(compress_pages())
        .layer(from_fn_with_state(state.clone(), answer_forms));
    behind_sign_in(router.layer(layers), state)
}

/// The layers in front of whatever the policy opens to who is signed in, the apps on our own origin among it.
pub fn behind_sign_in(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let sessions = state.auth.cookies().session_layer(state.sessions.clone());
    router.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(state.clone(), redirect_to_canonical_host))
            .layer(from_fn_with_state(state.clone(), check_origin))
            .layer(map_request(without_look_alikes))
            .layer(sessions)
            .layer(from_fn_with_state(state.clone(), identify))
            .layer(from_fn_with_state(state.clone(), forget_when_signed_in))
            .layer(from_fn_with_state(state.clone(), enforce_policy)),
    )
}

/// The layers around the apps on our own origin.
pub fn around_apps(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    behind_sign_in(router, state).layer(from_fn_with_state(state.clone(), allow_cross_origin))
}

/// The layers around what there is on the hosts of apps: the app itself, and our few paths.
pub fn around_app_hosts(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let sessions = state.app_cookies.session_layer(state.sessions.clone());
    let router = router.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(state.clone(), redirect_to_canonical_host))
            .layer(from_fn_with_state(state.clone(), allow_cross_origin))
            .layer(map_request(without_look_alikes))
            .layer(sessions)
            .layer(from_fn_with_state(state.clone(), identify_on_app_host))
            .layer(from_fn_with_state(state.clone(), forget_when_signed_in_on_app_host)),
    );
    around_everything(router.merge(session_state::routes(state, &state.app_cookies)), state)
}
