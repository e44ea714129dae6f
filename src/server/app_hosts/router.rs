//! Everything that there is on the host of an app.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{any, get};
use rolecall_model::AppError;
use rolecall_sign_in::guard;
use rolecall_sign_in::session::LiveSignInError;
use rolecall_sign_in::web::loop_breaker::forget;
use tower_sessions::Session;

use super::{OnHost, begin, enter, gate, sign_out};
use crate::apps::hosts;
use crate::routes;
use crate::server::state::AppState;
use crate::server::{assets, layers, problem, unidentified};

/// The app itself, and our few paths beside it.
pub fn router(state: &AppState) -> Router {
    let reserved = Router::<AppState>::new()
        .route(routes::APP_BEGIN, get(begin::begin))
        .route(routes::APP_ENTER, get(enter::enter))
        .route(routes::APP_KEPT_PAGE, get(begin::go_on))
        .route(routes::APP_SIGN_OUT, get(sign_out::ask).post(sign_out::sign_out))
        .route(routes::APP_RESERVED_PATHS, any(file))
        .layer(middleware::from_fn_with_state(state.clone(), gate::check_origin));
    let everything = layers::within_limits(reserved, state).fallback(gate::pass);
    layers::around_app_hosts(everything, state).with_state(state.clone())
}

/// The files of our pages here, and nothing else.
async fn file(State(state): State<AppState>, request: Request) -> Response {
    let prefix = routes::APP_RESERVED.trim_end_matches('/');
    let path = request.uri().path().strip_prefix(prefix).unwrap_or_default();
    if path == state.shell_assets.css || path == routes::ICON {
        return assets::named(&state, &request, path);
    }
    problem::refuse(&state, &request, &AppError::NotFound)
}

/// The layer that finds out who is behind a request. While that cannot be told, nobody gets any further.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if let Err(error) = who_is_behind(&state, &mut request).await {
        return unidentified::refuse(&state, &request, &error);
    }
    next.run(request).await
}

/// The layer that forgets how often the browser came here in vain, once it is signed in.
pub async fn forget_when_signed_in(State(state): State<AppState>, request: Request, next: Next) -> Response {
    forget(&state.app_cookies, request, next).await
}

async fn who_is_behind(state: &AppState, request: &mut Request) -> Result<(), LiveSignInError> {
    let extensions = request.extensions_mut();
    let id = match (extensions.get::<OnHost>(), extensions.get::<Session>()) {
        (Some(OnHost(app)), Some(session)) => hosts::sign_in_in(session, &app.name).await?,
        _ => None,
    };
    guard::identify_by(&state.auth, id.as_deref(), extensions).await
}
