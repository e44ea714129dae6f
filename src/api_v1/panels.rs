//! The data of a panel.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::{Extension, Json};
use rolecall_model::Role;
use rolecall_model::panels::Panel;
use rolecall_sign_in::Denied;
use rolecall_sign_in::bearer::ApiCaller;
use serde::Deserialize;
use utoipa::IntoParams;

use super::panel_data::PanelData;
use super::problem::ApiProblem;
use crate::dashboards::{Dashboards, FoundPanel};
use crate::routes;

/// Which page of a table.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The page of a table, from 1, which is also the default. Other panels have one page.
    #[param(minimum = 1, maximum = 4_294_967_295_u32)]
    page: Option<u32>,
}

/// The data of a panel
///
/// Needs the role that the panel names. Tables come a page at a time.
///
/// # Errors
/// 400 for a page that is no number from 1, 401 or 403 below the panel's role, 404 where there is no such dashboard, panel or
/// page.
#[utoipa::path(get, path = routes::API_V1_PANEL,
    params(
        ("slug" = String, Path, description = "The dashboard", example = "weather"),
        ("panel" = String, Path, description = "The panel", example = "temperature"),
        PageQuery,
    ),
    responses((status = 200, description = "The data", body = PanelData)),
)]
pub async fn panel(
    State(dashboards): State<Dashboards>,
    Extension(caller): Extension<ApiCaller>,
    path: Result<Path<(String, String)>, PathRejection>,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Json<PanelData>, ApiProblem> {
    caller.require(Role::Read)?;
    let Path((slug, id)) = path?;
    let page = query?.page.unwrap_or(1);
    if page == 0 {
        return Err(ApiProblem::bad_request("Pages are counted from 1."));
    }
    match dashboards.panel(&slug, &id, caller.open_role, page).await? {
        FoundPanel::Nothing => Err(ApiProblem::not_found()),
        FoundPanel::Closed { needed } => Err(caller.require(needed).err().unwrap_or(Denied::Role { needed }).into()),
        FoundPanel::Open(panel) if page_of(&panel) != page => Err(ApiProblem::not_found()),
        FoundPanel::Open(panel) => Ok(Json(panel.into())),
    }
}

/// Which page of the panel it is: beyond the last one of a table comes the last.
fn page_of(panel: &Panel) -> u32 {
    match panel {
        Panel::Table(table) => table.page,
        _ => 1,
    }
}
