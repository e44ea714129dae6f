//! The paths that programs use: the API, and SCIM for directories.

/// The API for programs lives below this path.
pub const API_V1: &str = "/api/v1";
/// The same with a slash.
pub const API_V1_ROOT: &str = "/api/v1/";
/// All other paths below it.
pub const API_V1_REST: &str = "/api/v1/{*path}";
/// The caller.
pub const API_V1_ME: &str = "/api/v1/me";
/// A protected resource to test a token with.
pub const API_V1_SECURE_DATA: &str = "/api/v1/secure-data";
/// The dashboards that the caller's role may open.
pub const API_V1_DASHBOARDS: &str = "/api/v1/dashboards";
/// One of them, with its panels.
pub const API_V1_DASHBOARD: &str = "/api/v1/dashboards/{slug}";
/// The data of a panel.
pub const API_V1_PANEL: &str = "/api/v1/dashboards/{slug}/panels/{panel}";
/// The values of a panel as CSV.
pub const API_V1_PANEL_CSV: &str = "/api/v1/dashboards/{slug}/panels/{panel}/csv";
/// The picture of a panel; for a table `?page=` and `?sort=` choose the page and the order.
pub const API_V1_PANEL_SVG: &str = "/api/v1/dashboards/{slug}/panels/{panel}/svg";
/// The data sets that the caller's role may open.
pub const API_V1_DATASETS: &str = "/api/v1/datasets";
pub const API_V1_DATASET: &str = "/api/v1/datasets/{name}";
/// The rows of a data set, to send new ones.
pub const API_V1_ROWS: &str = "/api/v1/datasets/{name}/rows";
/// The people, for administrators.
pub const API_V1_USERS: &str = "/api/v1/users";
/// One person, by our number.
pub const API_V1_USER: &str = "/api/v1/users/{id}";
/// Disables a person.
pub const API_V1_USER_DISABLE: &str = "/api/v1/users/{id}/disable";
/// Enables a person again.
pub const API_V1_USER_ENABLE: &str = "/api/v1/users/{id}/enable";
/// The roles that a person was given here.
pub const API_V1_USER_GRANTS: &str = "/api/v1/users/{id}/grants";
pub const API_V1_USER_GRANT: &str = "/api/v1/users/{id}/grants/{grant}";
/// The live sessions of a person.
pub const API_V1_USER_SESSIONS: &str = "/api/v1/users/{id}/sessions";
/// Ends the sessions of a person.
pub const API_V1_USER_END_SESSIONS: &str = "/api/v1/users/{id}/end-sessions";
/// Every session that is live.
pub const API_V1_SESSIONS: &str = "/api/v1/sessions";
pub const API_V1_SESSION: &str = "/api/v1/sessions/{id}";
pub const API_V1_AUDIT: &str = "/api/v1/audit";
/// The same as JSON lines.
pub const API_V1_AUDIT_EXPORT: &str = "/api/v1/audit/export";
/// One entry of it.
pub const API_V1_AUDIT_ENTRY: &str = "/api/v1/audit/{id}";
/// The description of the API (OpenAPI 3.1).
pub const API_V1_OPENAPI: &str = "/api/v1/openapi.json";

/// SCIM 2.0 (RFC 7644), with which directories provision people, is below this path.
pub const SCIM: &str = "/scim";
/// The same with a slash.
pub const SCIM_ROOT: &str = "/scim/";
/// All other paths below it.
pub const SCIM_REST: &str = "/scim/{*path}";
/// The address of SCIM, as people enter it in their directory.
pub const SCIM_V2: &str = "/scim/v2";
/// The users of a directory.
pub const SCIM_USERS: &str = "/scim/v2/Users";
pub const SCIM_USER: &str = "/scim/v2/Users/{id}";
/// The groups of a directory.
pub const SCIM_GROUPS: &str = "/scim/v2/Groups";
pub const SCIM_GROUP: &str = "/scim/v2/Groups/{id}";
/// The features that the service supports.
pub const SCIM_SERVICE_PROVIDER_CONFIG: &str = "/scim/v2/ServiceProviderConfig";
/// The kinds of resources.
pub const SCIM_RESOURCE_TYPES: &str = "/scim/v2/ResourceTypes";
pub const SCIM_RESOURCE_TYPE: &str = "/scim/v2/ResourceTypes/{id}";
/// The schemas of the resources.
pub const SCIM_SCHEMAS: &str = "/scim/v2/Schemas";
/// The schema of one resource.
pub const SCIM_SCHEMA: &str = "/scim/v2/Schemas/{id}";
