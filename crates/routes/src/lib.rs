//! Every path of Rolecall, written once: links, routes, the policy and the tests use these.
//!
//! Patterns with `{…}` use axum's syntax. This file holds constants only, `programs` those of the APIs; `filled` fills
//! them in.

mod filled;
mod programs;

pub use filled::*;
pub use programs::*;
pub use rolecall_model::routes::*;

/// The list of dashboards.
pub const DASHBOARDS: &str = "/dashboards";
/// One dashboard.
pub const DASHBOARD: &str = "/dashboards/{slug}";
/// The preview of a dashboard, as a picture.
pub const DASHBOARD_PREVIEW: &str = "/dashboards/{slug}/preview";
/// Adds or removes a favourite (a form).
pub const FAVOURITES: &str = "/favourites";
/// Server-sent events about the session of an open page, with `?dashboard=` also about changes of that dashboard.
pub const LIVE: &str = "/live";
/// The script on every page of a signed-in person that listens to these events.
pub const LIVE_SCRIPT: &str = "/live.js";
/// The script that keeps a dashboard up to date.
pub const LIVE_DASHBOARD_SCRIPT: &str = "/live-dashboard.js";
/// Makes a dashboard; `?dataset=` chooses its data set.
pub const DASHBOARD_NEW: &str = "/dashboards/new";
/// Makes a dashboard from a file.
pub const DASHBOARD_IMPORT: &str = "/dashboards/import";
/// Makes a copy of a dashboard.
pub const DASHBOARD_DUPLICATE: &str = "/dashboards/{slug}/duplicate";
/// The document of a dashboard, as a file to download.
pub const DASHBOARD_DOCUMENT: &str = "/dashboards/{slug}/document.toml";
/// Changes a dashboard that was made in the browser.
pub const DASHBOARD_EDIT: &str = "/dashboards/{slug}/edit";
/// Adds a panel to it.
pub const DASHBOARD_ADD: &str = "/dashboards/{slug}/add";
/// Changes a panel of it.
pub const DASHBOARD_EDIT_PANEL: &str = "/dashboards/{slug}/edit/{panel}";
/// The dashboard as another role sees it, with `?as=` for the role.
pub const DASHBOARD_SEE_AS: &str = "/dashboards/{slug}/see-as";
/// Its versions.
pub const DASHBOARD_HISTORY: &str = "/dashboards/{slug}/history";
pub const DASHBOARD_VERSION: &str = "/dashboards/{slug}/history/{version}";
pub const DATASETS: &str = "/datasets";
/// One data set.
pub const DATASET: &str = "/datasets/{name}";
/// Makes a data set from a SELECT on a database.
pub const NEW_QUERY: &str = "/datasets/new/query";
/// The SELECT of a data set.
pub const DATASET_QUERY: &str = "/datasets/{name}/query";
/// A panel by itself, with all its values.
pub const PANEL: &str = "/dashboards/{slug}/panels/{panel}";
/// The values of a panel as CSV; `?sort=` sorts the rows of a table.
pub const PANEL_CSV: &str = "/dashboards/{slug}/panels/{panel}/csv";
/// The same as a spreadsheet.
pub const PANEL_XLSX: &str = "/dashboards/{slug}/panels/{panel}/xlsx";
/// The picture of a panel; for a table `?page=` and `?sort=` choose the page and the order.
pub const PANEL_SVG: &str = "/dashboards/{slug}/panels/{panel}/svg";
/// Chooses a file to upload; `?replace=` or `?append=` names the data set that it changes.
pub const UPLOADS: &str = "/uploads";
/// An uploaded file.
pub const UPLOAD: &str = "/uploads/{id}";
/// The person's name, role and where the role came from.
pub const ACCOUNT: &str = "/account";
/// Redirects to the provider to fetch what Microsoft Graph lacks, and back to the account.
pub const ACCOUNT_ASK_PROVIDER: &str = "/account/ask-provider";
/// The person's picture.
pub const ACCOUNT_PHOTO: &str = "/account/photo";
/// The person's sessions and recent sign-ins; `?after=` pages.
pub const ACCOUNT_SESSIONS: &str = "/account/sessions";
/// The ID token, claim by claim.
pub const ACCOUNT_TOKEN: &str = "/account/token";

/// The script of that page.
pub const TOKEN_SCRIPT: &str = "/token.js";

/// The start page for administrators.
pub const ADMIN: &str = "/admin";
/// The audit, with filters in the query.
pub const ADMIN_AUDIT: &str = "/admin/audit";
/// The same as a file, with `?format=`.
pub const ADMIN_AUDIT_EXPORT: &str = "/admin/audit/export";
/// One row of the audit.
pub const ADMIN_AUDIT_ROW: &str = "/admin/audit/{id}";

/// Every session that is live, with filters in the query.
pub const ADMIN_SESSIONS: &str = "/admin/sessions";
/// Everyone who has signed in, with `?q=`.
pub const ADMIN_USERS: &str = "/admin/users";
/// One person, by our number.
pub const ADMIN_USER: &str = "/admin/users/{id}";

/// Who may open what; with `?person=` and `?address=` the answer for one person.
pub const ADMIN_ACCESS: &str = "/admin/access";
/// The state of Rolecall, and the findings of its doctor.
pub const ADMIN_HEALTH: &str = "/admin/health";
/// Requests for roles: the pending ones, and with `?decided` the decided ones.
pub const ADMIN_REQUESTS: &str = "/admin/requests";
/// The person's own requests, on their account page.
pub const ACCOUNT_REQUESTS: &str = "/account#requests";

/// Server functions live below this prefix.
pub const API_PREFIX: &str = "/api";
/// Begins a sign-in (server function).
pub const API_BEGIN_SIGN_IN: &str = "/api/begin_sign_in";
/// Completes a sign-in (server function).
pub const API_COMPLETE_SIGN_IN: &str = "/api/complete_sign_in";
/// Signs out (server function).
pub const API_SIGN_OUT: &str = "/api/sign_out";
/// A page of the table of a dashboard (server function).
pub const API_TABLE_PAGE: &str = "/api/table_page";
/// Saves the note of a dashboard (server function).
pub const API_SAVE_NOTE: &str = "/api/save_note";
/// Changes the description of a data set (server function).
pub const API_DESCRIBE_DATASET: &str = "/api/describe_dataset";
/// Adds or changes a row rule of a data set (server function).
pub const API_SAVE_ROW_RULE: &str = "/api/save_row_rule";
/// Removes a row rule of a data set (server function).
pub const API_REMOVE_ROW_RULE: &str = "/api/remove_row_rule";
/// Makes an earlier version of a data set the current one (server function).
pub const API_RESTORE_DATASET_VERSION: &str = "/api/restore_dataset_version";
/// Deletes a data set (server function).
pub const API_DELETE_DATASET: &str = "/api/delete_dataset";
/// Restores a deleted data set (server function).
pub const API_UNDELETE_DATASET: &str = "/api/undelete_dataset";
/// The claims of the caller's ID token (server function).
pub const API_ID_TOKEN: &str = "/api/id_token";
/// What Rolecall knows about the caller (server function).
pub const API_ACCOUNT: &str = "/api/account";
/// Reads the caller's roles at the provider again (server function).
pub const API_CHECK_MY_ROLES: &str = "/api/check_my_roles";
/// Reads the roles of any person again (server function).
pub const API_CHECK_ROLES: &str = "/api/check_roles";
/// Confirms that a sign-in with a new browser was the caller's own (server function).
pub const API_KNOW_BROWSER: &str = "/api/know_browser";
/// Ends a session of the caller in another browser (server function).
pub const API_END_MY_SESSION: &str = "/api/end_my_session";
/// Ends all sessions of the caller but this one (server function).
pub const API_END_MY_OTHER_SESSIONS: &str = "/api/end_my_other_sessions";
/// Ends a session of any person (server function).
pub const API_END_SESSION: &str = "/api/end_session";
/// Ends all sessions of a person (server function).
pub const API_END_SESSIONS_OF_PERSON: &str = "/api/end_sessions_of_person";
/// Ends everybody's sessions (server function).
pub const API_END_EVERY_SESSION: &str = "/api/end_every_session";
/// Disables a person (server function).
pub const API_DISABLE_PERSON: &str = "/api/disable_person";
/// Enables a person again (server function).
pub const API_ENABLE_PERSON: &str = "/api/enable_person";
/// Gives a person a role (server function).
pub const API_GRANT_ROLE: &str = "/api/grant_role";
/// Revokes such a role (server function).
pub const API_REVOKE_GRANT: &str = "/api/revoke_grant";
/// Checks whether the audit was changed (server function).
pub const API_VERIFY_AUDIT: &str = "/api/verify_audit";
/// Asks for a role (server function).
pub const API_REQUEST_ACCESS: &str = "/api/request_access";
/// Approves a request for a role (server function).
pub const API_APPROVE_REQUEST: &str = "/api/approve_request";
/// Marks a request as assigned at the provider (server function).
pub const API_REQUEST_ASSIGNED: &str = "/api/request_assigned";
/// Declines a request (server function).
pub const API_DECLINE_REQUEST: &str = "/api/decline_request";
/// Lets an administrator view Rolecall with a lower role (server function).
pub const API_VIEW_AS: &str = "/api/view_as";
/// Ends viewing with another role (server function).
pub const API_END_VIEW_AS: &str = "/api/end_view_as";
/// The caller's profile from Microsoft Graph (server function).
pub const API_PROFILE: &str = "/api/profile";
/// The current user as JSON.
pub const API_SESSION: &str = "/api/session";

/// The documentation of the API.
pub const DEVELOPERS: &str = "/developers";

/// The list of apps.
pub const APPS: &str = "/apps";
/// Redirects to an app on its own host, if the person may use it, with `?state=`. Not below `/apps/`, which belongs to
/// apps on our own origin.
pub const APP_OPEN: &str = "/open/{app}";
/// The prefix of our own paths on the host of an app.
pub const APP_RESERVED: &str = "/.rolecall/";
/// All paths with this prefix.
pub const APP_RESERVED_PATHS: &str = "/.rolecall/{*path}";
/// Begins a hand-over on the host of an app, with `?return_to=`.
pub const APP_BEGIN: &str = "/.rolecall/begin";
/// Redirects to a page of the app whose long address the browser stored in the meantime.
pub const APP_KEPT_PAGE: &str = "/.rolecall/to/{id}";
/// Completes the hand-over there, with `?code=&state=`.
pub const APP_ENTER: &str = "/.rolecall/enter";
/// Whether the session of a page is still live: on the host of an app and, for apps on a path, on our own.
pub const APP_SESSION: &str = "/.rolecall/session";
/// The script for pages of apps that shows a message when it is not.
pub const APP_SESSION_SCRIPT: &str = "/.rolecall/session.js";
/// Signs out of the app and everywhere else.
pub const APP_SIGN_OUT: &str = "/.rolecall/sign-out";

/// Redirects to the first page of an app on our own origin.
pub const APP_WITHOUT_SLASH: &str = "/apps/{app}";
/// The first page of an app on our own origin.
pub const APP: &str = "/apps/{app}/";
/// All other pages of such an app.
pub const APP_PATHS: &str = "/apps/{app}/{*path}";
/// The public keys of the tokens that tell apps who a person is (JWK Set, RFC 7517).
pub const APP_KEYS: &str = "/.well-known/rolecall/jwks.json";

/// Whether the process answers at all.
pub const HEALTH_LIVE: &str = "/health/live";
/// Whether the process can serve requests: its database can be written, and no stop was requested.
pub const HEALTH_READY: &str = "/health/ready";

/// The icon of our pages.
pub const ICON: &str = "/favicon.svg";
/// The embedded demonstration provider.
pub const DEMO: &str = "/demo";
/// Hashed scripts and styles.
pub const PKG: &str = "/pkg/{*path}";
