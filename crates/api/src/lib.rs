//! The API for programs, under `/api/v1`: dashboards, data sets and, for administrators, people, sessions and the
//! audit, as JSON. Every request needs an access token.
//!
//! The attributes and doc comments of the handlers make the description that programs read ([`document`]). Before a
//! handler runs, [`bearer`](rolecall_sign_in::bearer) has put the caller into the request's extensions, and the policy
//! has let the request through. Handlers check roles again, and never read the data of a panel that the caller's role
//! does not open.
//!
//! Every failure is a problem document ([`ProblemDocument`]). No handler reads cookies.

#![recursion_limit = "512"]

mod audit;
mod dashboards;
mod datasets;
mod decisions;
mod document;
mod document_view;
mod page;
mod panel_data;
mod panels;
mod problem;
mod rows;
mod sessions;
mod state;
mod times;
mod users;
mod who;

use axum::Router;
use rolecall_core::audit::Audit;
use rolecall_core::dashboards::Dashboards;
use rolecall_core::datasets::Datasets;
use rolecall_sign_in::Auth;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use state::{Administration, ApiState};

pub use document_view::OperationView;
pub use page::{DevelopersPage, Instructions, TokensFrom};
pub use problem::{ApiProblem, ProblemDocument, explained};

/// The routes of the API on `dashboards`, `datasets`, `audit` and the people of `auth`, and its description. `scope` is
/// the scope that tokens of people need.
pub fn api<S>(
    dashboards: Dashboards,
    datasets: Datasets,
    auth: Auth,
    audit: Audit,
    scope: &str,
) -> (Router<S>, OpenApi) {
    let (router, mut openapi) = OpenApiRouter::with_openapi(document::without_paths(scope))
        .routes(routes!(who::me))
        .routes(routes!(who::secure_data))
        .routes(routes!(dashboards::dashboards))
        .routes(routes!(dashboards::dashboard))
        .routes(routes!(panels::panel))
        .routes(routes!(panels::values))
        .routes(routes!(panels::picture))
        .routes(routes!(datasets::datasets))
        .routes(routes!(datasets::dataset, datasets::put_dataset))
        .routes(routes!(rows::push_rows))
        .routes(routes!(users::users))
        .routes(routes!(users::user))
        .routes(routes!(decisions::disable))
        .routes(routes!(decisions::enable))
        .routes(routes!(decisions::grant))
        .routes(routes!(decisions::revoke))
        .routes(routes!(sessions::user_sessions))
        .routes(routes!(sessions::end_user_sessions))
        .routes(routes!(sessions::sessions))
        .routes(routes!(sessions::end_session))
        .routes(routes!(audit::audit))
        .routes(routes!(audit::export_audit))
        .routes(routes!(audit::audit_entry))
        .split_for_parts();
    document::complete(&mut openapi);
    let administration = Administration { auth, audit };
    (router.with_state(ApiState { dashboards, datasets, administration }), openapi)
}
