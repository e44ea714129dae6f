//! The route for an address, and what is there.

use rolecall_model::AppError;
use rolecall_server::access::{RouteKind, RouteRule};
use rolecall_server::state::AppState;

use super::subject::Subject;
use super::things::Things;
use super::verdict::AccessTarget;

/// What is at `path` for the person `user_id`; `None` if there is nothing.
pub(super) async fn target_at(state: &AppState, path: &str, user_id: i64) -> Result<Option<AccessTarget>, AppError> {
    let Some(rule) = route_of(state.policy.rules(), path) else { return Ok(None) };
    if rule.kind == RouteKind::Api && state.config.api.is_none() {
        return Ok(None);
    }
    let things = Things { state, rule, path, user_id };
    match Subject::of(rule.path, rule.access) {
        Subject::Itself => Ok(Some(things.itself())),
        Subject::Dashboard(least) => things.dashboard(least).await,
        Subject::Preview => things.preview().await,
        Subject::Panel(wanted) => things.panel(wanted).await,
        Subject::Change(part) => things.change(part).await,
        Subject::SeenAs => things.seen_as().await,
        Subject::DataSet(least) => things.dataset(least).await,
        Subject::Query => things.query().await,
        Subject::Rows => things.rows().await,
        Subject::Upload => things.upload().await,
        Subject::Provider => Ok(things.provider()),
        Subject::Person => things.person().await,
        Subject::AuditEntry => things.audit_entry().await,
        Subject::App => Ok(things.app()),
        Subject::Nothing => Ok(None),
    }
}

/// The route for `path`: of several the most specific.
fn route_of<'a>(rules: &'a [RouteRule], path: &str) -> Option<&'a RouteRule> {
    let said = |rule: &&RouteRule| rule.path.split('/').filter(|part| !part.starts_with('{')).count();
    rules.iter().filter(|rule| is_at(rule.path, path)).max_by_key(said)
}

/// Whether `pattern`, in axum's syntax, matches `path`.
fn is_at(pattern: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    for wanted in pattern.split('/') {
        let Some(part) = parts.next() else { return false };
        if wanted.starts_with("{*") {
            return !part.is_empty();
        }
        if if wanted.starts_with('{') { part.is_empty() } else { wanted != part } {
            return false;
        }
    }
    parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::POLICY;
    use rolecall_routes as routes;
    use rolecall_server::route::Route;

    #[test]
    fn an_address_is_answered_by_the_route_that_says_most_of_it() {
        let rules: Vec<RouteRule> = POLICY.iter().map(Route::rule).collect();
        let route = |path: &str| route_of(&rules, path).map(|route| route.path);
        assert_eq!(route("/dashboards/new"), Some(routes::DASHBOARD_NEW));
        assert_eq!(route("/dashboards/sales"), Some(routes::DASHBOARD));
        assert_eq!(route("/admin/users/7"), Some(routes::ADMIN_USER));
        assert_eq!(route("/"), Some(routes::HOME));
        assert_eq!(route("/apps/dash/x/y"), Some(routes::APP_PATHS));
        assert_eq!(route("/dashboards/"), None);
        assert_eq!(route("/nowhere"), None);
    }
}
