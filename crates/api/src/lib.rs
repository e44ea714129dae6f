//! The API for programs, under `/api/v1`: what people see of the dashboards, and what administrators see and decide of people, as
//! JSON, for whoever comes with an access token.
//!
//! Each handler says what it answers; the description that programs read ([`document`]) is made of that. Who calls was
//! found out before, by [`bearer`](rolecall_sign_in::bearer), and stands in the request's extensions; the policy was
//! asked, too. What a panel's role closes is closed here once more, and never read.
//!
//! Every failure is a problem document ([`ProblemDocument`]); nothing here knows of pages, cookies or sessions.

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

/// The routes of the API on `dashboards`, `datasets` and the people of `auth`, and its description. `scope` is the one that persons
/// need.
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
