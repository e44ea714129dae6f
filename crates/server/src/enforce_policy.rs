//! Enforces the policy.
//!
//! It uses the route that axum matched, so no spelling of a path can bypass it, and runs before anything is rendered,
//! so a refused page runs none of its queries. Server functions check again themselves.

use axum::extract::{FromRef as _, MatchedPath, Request};
use axum::http::Extensions;
use rolecall_apps::Apps;
use rolecall_core::dashboards::Dashboards;
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_sign_in::{Denied, guard};

use super::access::Access;
use super::problem::denial::Denials;
use super::problem::{self, Refusal};
use super::state::AppState;

/// Lets through what the policy allows.
///
/// # Errors
/// A navigation without a session goes to the sign-in and comes back; anything else gets 401 or 403 as JSON.
pub async fn enforce_policy(state: &AppState, request: Request) -> Result<Request, Refusal> {
    // Requests without a matching route go to the fallback, which answers that nothing is there.
    let Some(path) = request.extensions().get::<MatchedPath>() else { return Ok(request) };
    let (apps, dashboards) = (&state.apps, &state.dashboards);
    let allowed = state.policy.access(path.as_str());
    if allowed.is_none() {
        tracing::error!(path = path.as_str(), "a route is missing from the policy, and so it is closed");
    }
    match judged(apps, dashboards, allowed, request.uri().path(), request.extensions()).await {
        Ok(Ok(())) => Ok(request),
        Ok(Err(denied)) => {
            let here = state.policy.found_signed_out(path.as_str());
            Err(Box::new(Denials::from_ref(state).answer(request, denied, here).await))
        }
        Err(error) => Err(Box::new(problem::refuse(&state.problem_pages, &request, &error))),
    }
}

/// Whether a request with these `extensions` for `path` may pass a route that is open to those who are `allowed`.
///
/// # Errors
/// [`AppError::NotFound`] if nothing is there for this person.
async fn judged(
    apps: &Apps,
    dashboards: &Dashboards,
    allowed: Option<Access>,
    path: &str,
    extensions: &Extensions,
) -> Result<Result<(), Denied>, AppError> {
    Ok(match allowed {
        Some(Access::Public) => Ok(()),
        Some(Access::SignedIn) => guard::signed_in(extensions).map(|_| ()),
        Some(Access::Role(needed)) => guard::require(extensions, needed).map(|_| ()),
        Some(Access::App) => {
            let app = apps.on_path(path).ok_or(AppError::NotFound)?;
            guard::require(extensions, app.role).map(|_| ())
        }
        Some(Access::Dashboard) => dashboard_judged(dashboards, path, extensions).await?,
        None => return Err(AppError::NotFound),
    })
}

/// Whether the person may see the dashboard on the path. People who are not signed in, or have no role, learn nothing
/// about existing dashboards; people with the role who must sign in again are told so.
///
/// # Errors
/// [`AppError::NotFound`] if there is none for them.
async fn dashboard_judged(
    dashboards: &Dashboards,
    path: &str,
    extensions: &Extensions,
) -> Result<Result<(), Denied>, AppError> {
    let sign_in = match guard::require(extensions, Role::Read) {
        Ok(sign_in) => sign_in,
        Err(denied) => return Ok(Err(denied)),
    };
    let slug = routes::slug_of_dashboard(path).ok_or(AppError::NotFound)?;
    let found = dashboards.find(slug, sign_in.user.role).await.map_err(|error| {
        tracing::error!(?error, "the dashboards cannot be read");
        AppError::Unavailable { message: "The dashboards cannot be read right now.".to_owned() }
    })?;
    let dashboard = found.ok_or(AppError::NotFound)?;
    Ok(guard::require(extensions, dashboard.spec.role).map(|_| ()))
}
