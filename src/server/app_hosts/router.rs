//! Everything that there is on the host of an app.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware;
use axum::response::Response;
use axum::routing::{any, get};
use rolecall_model::AppError;

use super::{begin, enter, gate, sign_out};
use crate::routes;
use crate::server::layers::{self, Answerer, Asked};
use crate::server::sign_in::session_state;
use crate::server::state::AppState;
use crate::server::{assets, problem};

/// The app itself, and our few paths beside it.
pub fn router(state: &AppState) -> Router {
    let reserved = Router::<AppState>::new()
        .route(routes::APP_BEGIN, get(begin::begin))
        .route(routes::APP_ENTER, get(enter::enter))
        .route(routes::APP_KEPT_PAGE, get(begin::go_on))
        .route(routes::APP_SIGN_OUT, get(sign_out::ask).post(sign_out::sign_out))
        .route(routes::APP_RESERVED_PATHS, any(file))
        .layer(middleware::from_fn_with_state(state.clone(), gate::check_origin));
    layers::around(Router::new().fallback(gate::pass), state, Asked::SignIn, Answerer::App)
        .merge(layers::around(reserved, state, Asked::SignIn, Answerer::Rolecall))
        .merge(session_state::routes(state))
        .with_state(state.clone())
}

/// The files of our pages here, and nothing else.
async fn file(State(state): State<AppState>, request: Request) -> Response {
    let prefix = routes::APP_RESERVED.trim_end_matches('/');
    let path = request.uri().path().strip_prefix(prefix).unwrap_or_default();
    if path == state.shell_assets.css || path == routes::ICON {
        return assets::named(&state.assets, &state.problem_pages, &request, path);
    }
    problem::refuse(&state.problem_pages, &request, &AppError::NotFound)
}
