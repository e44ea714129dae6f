//! Asking the policy.
//!
//! It judges by the route that axum matched, so no spelling of a path gets past it, and before anything is rendered, so a
//! refused page runs none of its queries. Server functions ask again for themselves.

use axum::extract::{MatchedPath, Request};
use rolecall_model::{AppError, Role};
use rolecall_sign_in::{Denied, guard};

use super::policy::{Access, access};
use super::problem::{self, Refusal, denial};
use super::state::AppState;
use crate::routes;

/// Lets through what [`POLICY`](super::policy::POLICY) allows.
///
/// # Errors
/// A navigation without a session goes to the sign-in and comes back; anything else gets 401 or 403 as JSON.
pub async fn enforce_policy(state: &AppState, request: Request) -> Result<Request, Refusal> {
    // What matches no route is for the fallback, which knows only that there is nothing.
    let Some(path) = request.extensions().get::<MatchedPath>() else { return Ok(request) };
    let not_found = || Err(Box::new(problem::refuse(&state.problem_pages, &request, &AppError::NotFound)));
    let judged = match access(path.as_str()) {
        Some(Access::Public) => Ok(()),
        Some(Access::SignedIn) => guard::signed_in(request.extensions()).map(|_| ()),
        Some(Access::Role(needed)) => guard::require(request.extensions(), needed).map(|_| ()),
        Some(Access::App) => match state.apps.on_path(request.uri().path()) {
            Some(app) => guard::require(request.extensions(), app.role).map(|_| ()),
            None => return not_found(),
        },
        Some(Access::Dashboard) => match dashboard_judged(state, &request) {
            Some(judged) => judged,
            None => return not_found(),
        },
        None => {
            tracing::error!(path = path.as_str(), "a route is missing from the policy, and so it is closed");
            return not_found();
        }
    };
    match judged {
        Ok(()) => Ok(request),
        Err(denied) => Err(Box::new(denial::answer(state, request, denied).await)),
    }
}

/// Whether the dashboard on the path is open to who asks; `None` where there is none for them. Who is not signed in, or has no
/// role, learns nothing of which dashboards there are; who has the role but must sign in again for it is told so.
fn dashboard_judged(state: &AppState, request: &Request) -> Option<Result<(), Denied>> {
    let sign_in = match guard::require(request.extensions(), Role::Read) {
        Ok(sign_in) => sign_in,
        Err(denied) => return Some(Err(denied)),
    };
    let slug = routes::slug_of_dashboard(request.uri().path())?;
    let dashboard = state.dashboards.find(slug, sign_in.user.role)?;
    Some(guard::require(request.extensions(), dashboard.spec.role).map(|_| ()))
}
