//! Every route of the policy, defined once: its path, who may use it and, for axum routes, its handler. Everything that
//! is not in this table is closed.
//!
//! Leptos creates the routes of server functions, and the API those of its handlers. They must be in this table too; a
//! test compares it with the existing routes. Not in it are files, health checks, the requests of providers and the few
//! paths on the hosts of apps: the server has them.

use axum::routing::get;
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_server::access::Access;
use rolecall_server::account as own_account;
use rolecall_server::app_hosts;
use rolecall_server::limits::request_sizes::BodyLimit;
use rolecall_server::route::Route;
use rolecall_server::sign_in::links;

use crate::handlers::page_routes::{form, page, reply};
use crate::handlers::panel_files::{FileKind, files};
use crate::handlers::previews::preview;
use crate::handlers::{audit_export, developers, explain_access, health_page, queries, uploads};
use crate::pages::account::account;
use crate::pages::admin;
use crate::pages::apps::apps;
use crate::pages::dashboard::dashboard;
use crate::pages::dashboards::{dashboards, undelete};
use crate::pages::dataset::dataset;
use crate::pages::datasets::datasets;
use crate::pages::favour;
use crate::pages::home::home;
use crate::pages::making;
use crate::pages::panel_values::panel;
use crate::pages::sessions::sessions;
use crate::pages::sign_in::{sign_in, signed_out};
use crate::pages::token::token;

/// The table.
pub const POLICY: &[Route] = &[
    Route::page(routes::HOME, Access::Public, |_| page(home)),
    Route::page(routes::SIGN_IN, Access::Public, |_| page(sign_in)),
    Route::page(routes::SIGNED_OUT, Access::Public, |_| page(signed_out)),
    Route::answered(routes::DASHBOARDS, Access::Role(Role::Read), |_| page(dashboards).merge(form(undelete))),
    Route::page(routes::DASHBOARD, Access::Dashboard, |_| page(dashboard)),
    Route::answered(routes::DASHBOARD_PREVIEW, Access::Dashboard, |_| preview()),
    Route::answered(routes::FAVOURITES, Access::Role(Role::Read), |_| form(favour)),
    Route::page(routes::PANEL, Access::Dashboard, |_| page(panel)),
    Route::answered(routes::PANEL_CSV, Access::Dashboard, |_| files(FileKind::Csv)),
    Route::answered(routes::PANEL_XLSX, Access::Dashboard, |_| files(FileKind::Xlsx)),
    Route::answered(routes::PANEL_SVG, Access::Dashboard, |_| files(FileKind::Svg)),
    Route::answered(routes::DASHBOARD_NEW, Access::Role(Role::Write), |_| page(making::new).merge(form(making::make))),
    Route::answered(routes::DASHBOARD_IMPORT, Access::Role(Role::Write), |_| {
        page(making::import).merge(form(making::take_file))
    })
    .taking(BodyLimit::LongForm),
    Route::answered(routes::DASHBOARD_DUPLICATE, Access::Role(Role::Write), |_| form(making::duplicate)),
    Route::answered(routes::DASHBOARD_DOCUMENT, Access::Role(Role::Write), |_| reply(making::document)),
    // The handlers check who may change a dashboard: a person who no longer may gets back what they typed.
    Route::answered(routes::DASHBOARD_EDIT, Access::SignedIn, |_| page(making::edit).merge(form(making::change)))
        .taking(BodyLimit::LongForm),
    Route::answered(routes::DASHBOARD_ADD, Access::SignedIn, |_| page(making::add).merge(form(making::save_panel)))
        .taking(BodyLimit::LongForm),
    Route::answered(routes::DASHBOARD_EDIT_PANEL, Access::SignedIn, |_| {
        page(making::edit_panel).merge(form(making::save_panel))
    })
    .taking(BodyLimit::LongForm),
    Route::page(routes::DASHBOARD_SEE_AS, Access::SignedIn, |_| page(making::see_as)),
    Route::answered(routes::DASHBOARD_HISTORY, Access::SignedIn, |_| {
        page(making::history).merge(form(making::restore))
    }),
    Route::page(routes::DASHBOARD_VERSION, Access::SignedIn, |_| page(making::version)),
    Route::page(routes::DATASETS, Access::Role(Role::Write), |_| page(datasets)),
    // The role of a data set is its own setting.
    Route::page(routes::DATASET, Access::Role(Role::Write), |_| page(dataset)),
    Route::answered(routes::NEW_QUERY, Access::Role(Role::Admin), |_| queries::new()).taking(BodyLimit::Question),
    Route::answered(routes::DATASET_QUERY, Access::Role(Role::Admin), |_| queries::one()).taking(BodyLimit::Question),
    Route::answered(routes::UPLOADS, Access::Role(Role::Write), |_| uploads::all()).taking(BodyLimit::File),
    Route::answered(routes::UPLOAD, Access::Role(Role::Write), |_| uploads::one()).taking(BodyLimit::LongForm),
    Route::page(routes::ACCOUNT, Access::SignedIn, |_| page(account)),
    Route::page(routes::ACCOUNT_SESSIONS, Access::SignedIn, |_| page(sessions)),
    // A page about the latest sign-in must not show a newer sign-in unasked.
    Route::page(routes::ACCOUNT_TOKEN, Access::SignedIn, |_| page(token)).with_page_for_signed_out(),
    Route::page(routes::APPS, Access::Role(Role::Read), |_| page(apps)),
    Route::page(routes::ADMIN, Access::Role(Role::Admin), |_| page(admin::start)),
    Route::page(routes::ADMIN_SESSIONS, Access::Role(Role::Admin), |_| page(admin::sessions)),
    Route::page(routes::ADMIN_USERS, Access::Role(Role::Admin), |_| page(admin::users)),
    Route::page(routes::ADMIN_USER, Access::Role(Role::Admin), |_| page(admin::user)),
    Route::page(routes::ADMIN_REQUESTS, Access::Role(Role::Admin), |_| page(admin::requests)),
    Route::answered(routes::ADMIN_ACCESS, Access::Role(Role::Admin), |_| explain_access::route()),
    Route::answered(routes::ADMIN_HEALTH, Access::Role(Role::Admin), |_| health_page::route()),
    Route::page(routes::ADMIN_AUDIT, Access::Role(Role::Admin), |_| page(admin::audit)),
    Route::page(routes::ADMIN_AUDIT_ROW, Access::Role(Role::Admin), |_| page(admin::audit_row)),
    Route::answered(routes::ADMIN_AUDIT_EXPORT, Access::Role(Role::Admin), |_| get(audit_export::export)),
    Route::server_function(routes::API_BEGIN_SIGN_IN, Access::Public),
    Route::server_function(routes::API_COMPLETE_SIGN_IN, Access::Public),
    Route::server_function(routes::API_SIGN_OUT, Access::Public),
    Route::server_function(routes::API_ID_TOKEN, Access::SignedIn),
    Route::server_function(routes::API_ACCOUNT, Access::SignedIn),
    Route::server_function(routes::API_PROFILE, Access::SignedIn),
    Route::server_function(routes::API_CHECK_MY_ROLES, Access::SignedIn),
    Route::server_function(routes::API_KNOW_BROWSER, Access::SignedIn),
    Route::server_function(routes::API_END_MY_SESSION, Access::SignedIn),
    Route::server_function(routes::API_END_MY_OTHER_SESSIONS, Access::SignedIn),
    Route::server_function(routes::API_CHECK_ROLES, Access::Role(Role::Admin)),
    Route::server_function(routes::API_END_SESSION, Access::Role(Role::Admin)),
    Route::server_function(routes::API_END_SESSIONS_OF_PERSON, Access::Role(Role::Admin)),
    Route::server_function(routes::API_END_EVERY_SESSION, Access::Role(Role::Admin)),
    Route::server_function(routes::API_DISABLE_PERSON, Access::Role(Role::Admin)),
    Route::server_function(routes::API_ENABLE_PERSON, Access::Role(Role::Admin)),
    Route::server_function(routes::API_GRANT_ROLE, Access::Role(Role::Admin)),
    Route::server_function(routes::API_REVOKE_GRANT, Access::Role(Role::Admin)),
    Route::server_function(routes::API_VERIFY_AUDIT, Access::Role(Role::Admin)),
    Route::server_function(routes::API_REQUEST_ACCESS, Access::SignedIn),
    Route::server_function(routes::API_APPROVE_REQUEST, Access::Role(Role::Admin)),
    Route::server_function(routes::API_REQUEST_ASSIGNED, Access::Role(Role::Admin)),
    Route::server_function(routes::API_DECLINE_REQUEST, Access::Role(Role::Admin)),
    Route::server_function(routes::API_VIEW_AS, Access::Role(Role::Admin)),
    // An administrator who views with a lower role does not count as one.
    Route::server_function(routes::API_END_VIEW_AS, Access::SignedIn),
    Route::server_function(routes::API_TABLE_PAGE, Access::Role(Role::Read)),
    Route::server_function(routes::API_SAVE_NOTE, Access::Role(Role::Write)),
    Route::server_function(routes::API_DESCRIBE_DATASET, Access::Role(Role::Write)),
    Route::server_function(routes::API_SAVE_ROW_RULE, Access::Role(Role::Write)),
    Route::server_function(routes::API_REMOVE_ROW_RULE, Access::Role(Role::Write)),
    Route::server_function(routes::API_RESTORE_DATASET_VERSION, Access::Role(Role::Write)),
    Route::server_function(routes::API_DELETE_DATASET, Access::Role(Role::Write)),
    Route::server_function(routes::API_UNDELETE_DATASET, Access::Role(Role::Write)),
    Route::answered(routes::KEPT_PAGE, Access::Public, |_| get(links::go_on)),
    Route::answered(routes::LOGIN, Access::Public, |_| get(links::begin)),
    Route::answered(routes::LOGIN_AUTHORIZED, Access::Public, |_| get(links::authorized)),
    Route::answered(routes::API_SESSION, Access::SignedIn, |_| get(links::session)),
    Route::answered(routes::ACCOUNT_PHOTO, Access::SignedIn, |_| get(own_account::photo)),
    Route::answered(routes::ACCOUNT_ASK_PROVIDER, Access::SignedIn, |_| get(own_account::ask_provider)),
    Route::answered(routes::DEVELOPERS, Access::Public, developers::page_of),
    // The role is the app's own setting.
    Route::answered(routes::APP_OPEN, Access::SignedIn, |_| get(app_hosts::open)),
    Route::app(routes::APP_WITHOUT_SLASH),
    Route::app(routes::APP),
    Route::app(routes::APP_PATHS),
    Route::api(routes::API_V1, Access::SignedIn),
    Route::api(routes::API_V1_ROOT, Access::SignedIn),
    Route::api(routes::API_V1_REST, Access::SignedIn),
    Route::api(routes::API_V1_OPENAPI, Access::Public),
    Route::api(routes::API_V1_ME, Access::SignedIn),
    Route::api(routes::API_V1_SECURE_DATA, Access::Role(Role::Read)),
    Route::api(routes::API_V1_DASHBOARDS, Access::Role(Role::Read)),
    Route::api(routes::API_V1_DASHBOARD, Access::Role(Role::Read)),
    Route::api(routes::API_V1_PANEL, Access::Role(Role::Read)),
    Route::api(routes::API_V1_PANEL_CSV, Access::Role(Role::Read)),
    Route::api(routes::API_V1_PANEL_SVG, Access::Role(Role::Read)),
    Route::api(routes::API_V1_DATASETS, Access::Role(Role::Read)),
    // Making or changing one needs Write, which the handlers check.
    Route { body: BodyLimit::LongForm, ..Route::api(routes::API_V1_DATASET, Access::Role(Role::Read)) },
    Route { body: BodyLimit::File, ..Route::api(routes::API_V1_ROWS, Access::Role(Role::Write)) },
    Route::api(routes::API_V1_USERS, Access::Role(Role::Admin)),
    Route::api(routes::API_V1_USER, Access::Role(Role::Admin)),
    Route::api(routes::API_V1_USER_DISABLE, Access::Role(Role::Admin)),
    Route::api(routes::API_V1_USER_ENABLE, Access::Role(Role::Admin)),
    Route::api(routes::API_V1_USER_GRANTS, Access::Role(Role::Admin)),
    Route::api(routes::API_V1_USER_GRANT, Access::Role(Role::Admin)),
    Route::api(routes::API_V1_USER_SESSIONS, Access::Role(Role::Admin)),
    Route::api(routes::API_V1_USER_END_SESSIONS, Access::Role(Role::Admin)),
    Route::api(routes::API_V1_SESSIONS, Access::Role(Role::Admin)),
    Route::api(routes::API_V1_SESSION, Access::Role(Role::Admin)),
    Route::api(routes::API_V1_AUDIT, Access::Role(Role::Admin)),
    Route::api(routes::API_V1_AUDIT_EXPORT, Access::Role(Role::Admin)),
    Route::api(routes::API_V1_AUDIT_ENTRY, Access::Role(Role::Admin)),
];
