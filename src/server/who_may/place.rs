//! What an address leads to, and the lowest role that opens it.

use std::sync::Arc;

use rolecall_model::{AppError, Role};

use crate::caller;
use crate::dashboards::Dashboard;
use crate::datasets::DataSet;
use crate::routes;
use crate::server::access::{Access, RouteRule};
use crate::server::state::AppState;

/// What an address leads to.
pub(super) struct Place {
    /// What it is, at the beginning of a sentence.
    pub(super) name: String,
    /// Who may ask for it.
    pub(super) opens: Opens,
    /// The dashboard that it shows.
    pub(super) dashboard: Option<Arc<Dashboard>>,
    /// Whether it is for its owner and administrators alone.
    pub(super) is_of_owner: bool,
}

/// Who may ask for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opens {
    /// Anybody.
    Anybody,
    /// Who is signed in.
    SignedIn,
    /// Who has this role.
    Role(Role),
}

/// The pages on which a dashboard is changed, or looked at as others see it; they judge by themselves.
const OF_OWNERS: [&str; 6] = [
    routes::DASHBOARD_EDIT,
    routes::DASHBOARD_ADD,
    routes::DASHBOARD_EDIT_PANEL,
    routes::DASHBOARD_HISTORY,
    routes::DASHBOARD_VERSION,
    routes::DASHBOARD_SEE_AS,
];

impl Place {
    /// Where `path` leads; `None` where there is nothing.
    pub(super) async fn at(state: &AppState, path: &str) -> Result<Option<Self>, AppError> {
        let Some(route) = route_of(&state.rules, path) else { return Ok(None) };
        let place = |name: String, opens| Self { name, opens, dashboard: None, is_of_owner: false };
        let of_path = |opens| Some(place(format!("The address {path}"), opens));
        let named = path.split('/').nth(2).unwrap_or_default();
        if route.access == Access::Dashboard || OF_OWNERS.contains(&route.path) {
            let found =
                state.dashboards.find(named, Some(Role::Admin)).await.map_err(|error| caller::internal(&error))?;
            let is_of_owner = OF_OWNERS.contains(&route.path);
            return Ok(found.map(|found| {
                let role = if is_of_owner { found.spec.role.max(Role::Write) } else { found.spec.role };
                let name = format!("The dashboard “{}”", found.spec.title);
                Self { is_of_owner, dashboard: Some(found), ..place(name, Opens::Role(role)) }
            }));
        }
        if [routes::DATASET, routes::DATASET_QUERY].contains(&route.path) {
            let catalogue = state.dashboards.datasets().catalogue().await.map_err(|error| caller::internal(&error))?;
            return Ok(catalogue.get(named).map(|found: &Arc<DataSet>| {
                let least = if route.path == routes::DATASET { Role::Write } else { Role::Admin };
                place(format!("The data set “{}”", found.title), Opens::Role(found.role.max(least)))
            }));
        }
        if route.access == Access::App || route.path == routes::APP_OPEN {
            let app = state.apps.named(named);
            return Ok(app.map(|app| place(format!("The app “{}”", app.title), Opens::Role(app.role))));
        }
        Ok(match route.access {
            Access::Public => of_path(Opens::Anybody),
            Access::Role(role) => of_path(Opens::Role(role)),
            Access::SignedIn | Access::App | Access::Dashboard => of_path(Opens::SignedIn),
        })
    }
}

/// The route that answers `path`: of several the one that says most of it.
fn route_of<'a>(rules: &'a [RouteRule], path: &str) -> Option<&'a RouteRule> {
    let said = |rule: &&RouteRule| rule.path.split('/').filter(|part| !part.starts_with('{')).count();
    rules.iter().filter(|rule| is_at(rule.path, path)).max_by_key(said)
}

/// Whether `pattern`, in axum's syntax, stands for `path`.
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
    use crate::server::policy;

    #[test]
    fn an_address_is_answered_by_the_route_that_says_most_of_it() {
        let rules = policy::rules();
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
