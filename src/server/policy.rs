//! Which role opens what, in one table. What is not in it is closed.
//!
//! The layer judges by the route that axum matched, so no spelling of a path gets past it, and before anything is
//! rendered, so a refused page runs none of its queries. Server functions ask again for themselves.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use rolecall_model::AppError;
use rolecall_model::Role;
use rolecall_sign_in::guard;

use crate::routes;
use crate::server::problem::{self, denial};
use crate::server::state::AppState;

/// Who may ask for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Who is signed in, with or without a role.
    SignedIn,
    /// Who holds this role or a higher one.
    Role(Role),
    /// Who holds the role that the configuration of the app on this path names.
    App,
}

/// Every page, server function and API path, with who may ask for it.
pub const POLICY: &[(&str, Access)] = &[
    (routes::HOME, Access::Public),
    (routes::SIGN_IN, Access::Public),
    (routes::KEPT_PAGE, Access::Public),
    (routes::SIGNED_OUT, Access::Public),
    (routes::DASHBOARDS, Access::Role(Role::Read)),
    (routes::DASHBOARD, Access::Role(Role::Read)),
    (routes::ACCOUNT, Access::SignedIn),
    (routes::ACCOUNT_ASK_PROVIDER, Access::SignedIn),
    (routes::ACCOUNT_PHOTO, Access::SignedIn),
    (routes::APPS, Access::Role(Role::Read)),
    // Which role that needs is the app's own setting.
    (routes::APP_OPEN, Access::SignedIn),
    (routes::ACCOUNT_TOKEN, Access::SignedIn),
    (routes::LOGIN, Access::Public),
    (routes::LOGIN_AUTHORIZED, Access::Public),
    (routes::API_BEGIN_SIGN_IN, Access::Public),
    (routes::API_COMPLETE_SIGN_IN, Access::Public),
    (routes::API_SIGN_OUT, Access::Public),
    (routes::API_SESSION, Access::SignedIn),
    (routes::API_ID_TOKEN, Access::SignedIn),
    (routes::API_ACCOUNT, Access::SignedIn),
    (routes::API_PROFILE, Access::SignedIn),
    (routes::API_DASHBOARD, Access::Role(Role::Read)),
    (routes::API_SAVE_NOTE, Access::Role(Role::Write)),
    (routes::API_SIGN_IN_FIGURES, Access::Role(Role::Admin)),
    (routes::APP_WITHOUT_SLASH, Access::App),
    (routes::APP, Access::App),
    (routes::APP_PATHS, Access::App),
    (routes::DEVELOPERS, Access::Public),
    (routes::API_V1, Access::SignedIn),
    (routes::API_V1_ROOT, Access::SignedIn),
    (routes::API_V1_REST, Access::SignedIn),
    (routes::API_V1_OPENAPI, Access::Public),
    (routes::API_V1_ME, Access::SignedIn),
    (routes::API_V1_SECURE_DATA, Access::Role(Role::Read)),
    (routes::API_V1_DASHBOARDS, Access::Role(Role::Read)),
    (routes::API_V1_DASHBOARD, Access::Role(Role::Read)),
    (routes::API_V1_PANEL, Access::Role(Role::Read)),
];

/// Whether `path` is that of a page: of one that has a single path, not of each of many alike.
#[must_use]
pub fn is_page(path: &str) -> bool {
    access(path).is_some() && !path.contains('{') && !path.starts_with(routes::API_PREFIX)
}

/// Who may ask for the route `path`; `None` for one that the table does not know.
#[must_use]
pub fn access(path: &str) -> Option<Access> {
    POLICY.iter().find(|(known, _)| *known == path).map(|(_, access)| *access)
}

/// The layer that lets through what [`POLICY`] allows.
///
/// A navigation without a session goes to the sign-in and comes back; anything else gets 401 or 403 as JSON.
pub async fn enforce_policy(State(state): State<AppState>, request: Request, next: Next) -> Response {
    // What matches no route is for the fallback, which knows only that there is nothing.
    let Some(path) = request.extensions().get::<MatchedPath>() else { return next.run(request).await };
    let judged = match access(path.as_str()) {
        Some(Access::Public) => Ok(()),
        Some(Access::SignedIn) => guard::signed_in(request.extensions()).map(|_| ()),
        Some(Access::Role(needed)) => guard::require(request.extensions(), needed).map(|_| ()),
        Some(Access::App) => match state.apps.on_path(request.uri().path()) {
            Some(app) => guard::require(request.extensions(), app.role).map(|_| ()),
            None => return problem::refuse(&state.problem_pages, &request, &AppError::NotFound),
        },
        None => {
            tracing::error!(path = path.as_str(), "a route is missing from the policy, and so it is closed");
            return problem::refuse(&state.problem_pages, &request, &AppError::NotFound);
        }
    };
    match judged {
        Ok(()) => next.run(request).await,
        Err(denied) => denial::answer(&state, request, denied).await,
    }
}
