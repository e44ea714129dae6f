//! The API under `/api/v1`: what each caller gets, and how everybody else is refused.

mod description;
mod panels;
mod refusals;
mod roles;

use rolecall_model::Role;
use rolecall_routes as routes;

/// The panels of the only dashboard, in the order of its page, with the role that opens each.
const PANELS: [(&str, Role); 6] = [
    ("figures", Role::Read),
    ("temperature", Role::Read),
    ("precipitation", Role::Read),
    ("sign-ins", Role::Admin),
    ("note", Role::Write),
    ("table", Role::Write),
];

/// The paths that the policy opens to administrators alone.
const OF_ADMINISTRATORS: [&str; 4] =
    [routes::API_V1_USERS, routes::API_V1_SESSIONS, routes::API_V1_AUDIT, routes::API_V1_AUDIT_EXPORT];

/// Every path of the API, with the role that it needs.
fn paths() -> Vec<(String, Option<Role>)> {
    let fixed = [
        (routes::API_V1_ME.to_owned(), None),
        (routes::API_V1_SECURE_DATA.to_owned(), Some(Role::Read)),
        (routes::API_V1_DASHBOARDS.to_owned(), Some(Role::Read)),
        (routes::api_v1_dashboard("weather"), Some(Role::Read)),
        (routes::API_V1_DATASETS.to_owned(), Some(Role::Read)),
        (routes::api_v1_dataset("weather"), Some(Role::Read)),
    ];
    let of_administrators = OF_ADMINISTRATORS.map(|path| (path.to_owned(), Some(Role::Admin)));
    let panels = PANELS.map(|(panel, role)| (routes::api_v1_panel("weather", panel), Some(role)));
    let picture = (routes::api_v1_panel_svg("weather", "temperature"), Some(Role::Read));
    let values = (routes::of_panel(routes::API_V1_PANEL_CSV, "weather", "table"), Some(Role::Write));
    fixed.into_iter().chain(of_administrators).chain(panels).chain([picture, values]).collect()
}
