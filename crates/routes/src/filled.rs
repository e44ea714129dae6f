//! Paths with a name or a number filled in, and the reverse: names found in a path.

use super::{
    ADMIN_AUDIT_ROW, ADMIN_USER, API_V1, API_V1_DASHBOARD, API_V1_DATASET, API_V1_PANEL, API_V1_PANEL_SVG, API_V1_USER,
    APP, APP_OPEN, DASHBOARD, DASHBOARD_EDIT_PANEL, DASHBOARD_NEW, DASHBOARD_VERSION, DASHBOARDS, DATASET,
    DATASET_QUERY, SCIM, UPLOAD, UPLOADS,
};

/// The name of the dashboard on the path of its page, or of a page below that.
#[must_use]
pub fn slug_of_dashboard(path: &str) -> Option<&str> {
    path.strip_prefix(DASHBOARDS)?.strip_prefix('/')?.split('/').next()
}

/// The query field with the page number of the table in the panel `id` of a dashboard.
#[must_use]
pub fn page_parameter(id: &str) -> String {
    format!("{id}.page")
}

/// The query field with the sort column of the table in the panel `id` of a dashboard.
#[must_use]
pub fn sort_parameter(id: &str) -> String {
    format!("{id}.sort")
}

/// The path of the data set called `name`.
#[must_use]
pub fn dataset(name: &str) -> String {
    DATASET.replace("{name}", name)
}

/// The path of the data set called `name`, with a message about the import that made `version`.
#[must_use]
pub fn dataset_after_import(name: &str, version: u64) -> String {
    format!("{}?imported={version}", dataset(name))
}

/// Where to send a file whose rows are added to the data set `id`.
#[must_use]
pub fn upload_to_append(id: &str) -> String {
    format!("{UPLOADS}?append={id}")
}

/// Where to send a file whose rows replace those of the data set `id`.
#[must_use]
pub fn upload_to_replace(id: &str) -> String {
    format!("{UPLOADS}?replace={id}")
}

/// The path of the query of the data set called `name`.
#[must_use]
pub fn dataset_query(name: &str) -> String {
    DATASET_QUERY.replace("{name}", name)
}

/// The path of the dashboard called `slug`.
#[must_use]
pub fn dashboard(slug: &str) -> String {
    DASHBOARD.replace("{slug}", slug)
}

/// The dashboard and the panel that `path` shows, if it is the page of a panel.
#[must_use]
pub fn panel_on_path(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix(DASHBOARDS)?.strip_prefix('/')?.split_once("/panels/")
}

/// The path on `route` of the panel `panel` of the dashboard called `slug`.
#[must_use]
pub fn of_panel(route: &str, slug: &str, panel: &str) -> String {
    route.replace("{slug}", slug).replace("{panel}", panel)
}

/// The path that makes a new dashboard from the data set called `name`.
#[must_use]
pub fn dashboard_of(dataset: &str) -> String {
    format!("{DASHBOARD_NEW}?dataset={dataset}")
}

/// The path of `page`, one of the pages of a single dashboard, for the one called `slug`.
#[must_use]
pub fn of_dashboard(page: &str, slug: &str) -> String {
    page.replace("{slug}", slug)
}

/// `path` with `fields` as its query, if there are any.
#[must_use]
pub fn with_fields(path: &str, fields: &str) -> String {
    if fields.is_empty() { path.to_owned() } else { format!("{path}?{fields}") }
}

/// The path to edit the panel `panel` of the dashboard `slug`.
#[must_use]
pub fn dashboard_edit_panel(slug: &str, panel: &str) -> String {
    DASHBOARD_EDIT_PANEL.replace("{slug}", slug).replace("{panel}", panel)
}

/// The path of a version of that dashboard.
#[must_use]
pub fn dashboard_version(slug: &str, version: i64) -> String {
    DASHBOARD_VERSION.replace("{slug}", slug).replace("{version}", &version.to_string())
}

/// The last segment of a path of a dashboard: the panel or the version.
#[must_use]
pub fn last_on_path(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// The path of the picture of that panel.
#[must_use]
pub fn api_v1_panel_svg(slug: &str, panel: &str) -> String {
    of_panel(API_V1_PANEL_SVG, slug, panel)
}

/// The path of the person with the number `id`, for administrators.
#[must_use]
pub fn admin_user(id: i64) -> String {
    ADMIN_USER.replace("{id}", &id.to_string())
}

/// The path of the row `id` of the audit.
#[must_use]
pub fn admin_audit_row(id: i64) -> String {
    ADMIN_AUDIT_ROW.replace("{id}", &id.to_string())
}

/// The path of the upload called `id`.
#[must_use]
pub fn upload(id: &str) -> String {
    UPLOAD.replace("{id}", id)
}

/// Whether `path` is the API for programs or below it.
#[must_use]
pub fn is_api_v1(path: &str) -> bool {
    path.strip_prefix(API_V1).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether `path` is SCIM or below it.
#[must_use]
pub fn is_scim(path: &str) -> bool {
    path.strip_prefix(SCIM).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The path of the resource `id` on `route` of SCIM.
#[must_use]
pub fn scim_resource(route: &str, id: &str) -> String {
    route.replace("{id}", id)
}

/// The path of the dashboard called `slug` in the API.
#[must_use]
pub fn api_v1_dashboard(slug: &str) -> String {
    API_V1_DASHBOARD.replace("{slug}", slug)
}

/// The path of the data set called `name` in the API.
#[must_use]
pub fn api_v1_dataset(name: &str) -> String {
    API_V1_DATASET.replace("{name}", name)
}

/// The path of the person with the number `id` in the API.
#[must_use]
pub fn api_v1_user(id: i64) -> String {
    API_V1_USER.replace("{id}", &id.to_string())
}

/// The path of the panel `panel` of that dashboard.
#[must_use]
pub fn api_v1_panel(slug: &str, panel: &str) -> String {
    API_V1_PANEL.replace("{slug}", slug).replace("{panel}", panel)
}

/// The path of the first page of the app called `name` on our own origin.
#[must_use]
pub fn app(name: &str) -> String {
    APP.replace("{app}", name)
}

/// The path on our host that redirects people to the app called `name` on its own host.
#[must_use]
pub fn app_open(name: &str) -> String {
    APP_OPEN.replace("{app}", name)
}
