//! The data of a panel.

use std::sync::Arc;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::header;
use axum::response::IntoResponse;
use axum::{Extension, Json};
use rolecall_core::dashboards::{
    AskedFilters, Dashboard, Dashboards, Filters, FoundPanel, OpenPanel, PanelData as Found, Person, TableRequest,
    picture_of,
};
use rolecall_model::Role;
use rolecall_panels::csv;
use rolecall_routes as routes;
use rolecall_sign_in::bearer::ApiCaller;
use serde::Deserialize;
use utoipa::IntoParams;

use super::panel_data::PanelData;
use super::problem::ApiProblem;
use super::state::{Administration, Client, note_export};

/// How to give the filters of a dashboard.
const FILTERS: &str = "The filters of the dashboard, each by its id: `city=Seattle`, several times for several values. A range of \
                       days by its name, such as `period=last_30_days`, or by its days, as `period.from=2026-01-01` and \
                       `period.to=2026-01-31`. With such a range, `period.compared` says what figures are compared with: \
                       `period_before`, `year_before` or `nothing`. The dashboard lists its filters.";

/// What is asked of a table.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TableQuery {
    /// The page of a table, from 1, which is also the default. Other panels have one page.
    #[param(minimum = 1, maximum = 4_294_967_295_u32)]
    page: Option<u32>,
    /// The column to sort a table by: its name, or `-` and its name from the largest value down. Without it, a table is
    /// sorted as its dashboard says. Other panels have an order of their own.
    #[param(example = "-date")]
    sort: Option<String>,
}

/// How the rows of a table are sorted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SortQuery {
    /// The column to sort a table by: its name, or `-` and its name from the largest value down. Without it, and for a
    /// column that the table does not show, it is sorted as its dashboard says.
    #[param(example = "-date")]
    sort: Option<String>,
}

/// The data of a panel
///
/// Needs the role that the panel names. Tables come a page at a time; the pages of a table of rows end after 10,000
/// rows.
///
/// # Errors
/// 400 for a page that is no number from 1, for a column that the table does not show and for filters that cannot be
/// taken, 401 or 403 below Read, and where a person must sign in again for it, 404 where there is no such dashboard,
/// panel or page for the caller, 422 where the panel asks for more than a query may, 503 where its data cannot be read,
/// or it does not fit them.
#[utoipa::path(get, path = routes::API_V1_PANEL,
    params(
        ("slug" = String, Path, description = "The dashboard", example = "weather"),
        ("panel" = String, Path, description = "The panel", example = "temperature"),
        TableQuery,
        ("filters" = Option<HashMap<String, String>>, Query, style = Form, explode, description = FILTERS,
            example = json!({"city": "Seattle", "period": "last_year"})),
    ),
    responses((status = 200, description = "The data", body = PanelData)),
)]
pub async fn panel(
    State(dashboards): State<Dashboards>,
    Extension(caller): Extension<ApiCaller>,
    path: Result<Path<(String, String)>, PathRejection>,
    RawQuery(filters): RawQuery,
    query: Result<Query<TableQuery>, QueryRejection>,
) -> Result<Json<PanelData>, ApiProblem> {
    caller.require(Role::Read)?;
    let (Path((slug, id)), Query(query)) = (path?, query?);
    let dashboard = open_dashboard(&dashboards, &caller, &slug).await?;
    let panel = found(&dashboards, &caller, &dashboard, &id).await?;
    let filters = filters_of(&dashboards, &caller, &dashboard, filters.as_deref()).await?;
    let panel = panel.filtered_by(&filters);
    let data = asked_data(&panel, query).await?;
    PanelData::of(&panel.panel().spec, data, panel.zone()).map(Json)
}

/// The values of a panel as CSV
///
/// Needs the role that the panel names. All values of a figure or a chart, and of a table all rows that its pages
/// reach: 10,000 at most, after which a last line says how many there are. UTF-8 with a byte order mark; days and times
/// as ISO 8601 has them; numbers are not rounded, but what is computed, such as a sum, has 15 significant digits at
/// most; a missing value is empty. A text that a spreadsheet would take for a formula has an apostrophe before it.
///
/// # Errors
/// As of the data, and 404 for a panel without values, such as a text.
#[utoipa::path(get, path = routes::API_V1_PANEL_CSV,
    params(
        ("slug" = String, Path, description = "The dashboard", example = "weather"),
        ("panel" = String, Path, description = "The panel", example = "temperature"),
        SortQuery,
        ("filters" = Option<HashMap<String, String>>, Query, style = Form, explode, description = FILTERS,
            example = json!({"city": "Seattle", "period": "last_year"})),
    ),
    responses((status = 200, description = "The values", body = String, content_type = "text/csv")),
)]
pub async fn values(
    State(dashboards): State<Dashboards>,
    State(administration): State<Administration>,
    Extension(caller): Extension<ApiCaller>,
    client: Client,
    path: Result<Path<(String, String)>, PathRejection>,
    RawQuery(filters): RawQuery,
    query: Result<Query<SortQuery>, QueryRejection>,
) -> Result<impl IntoResponse, ApiProblem> {
    caller.require(Role::Read)?;
    let (Path((slug, id)), Query(SortQuery { sort })) = (path?, query?);
    let dashboard = open_dashboard(&dashboards, &caller, &slug).await?;
    let panel = found(&dashboards, &caller, &dashboard, &id).await?;
    let filters = filters_of(&dashboards, &caller, &dashboard, filters.as_deref()).await?;
    let panel = panel.filtered_by(&filters);
    let values = panel.values(sort.as_deref()).await??.ok_or(ApiProblem::not_found())?;
    let entry = panel.exported("csv", Some(values.rows.len()), administration.now_ms());
    let text = tokio::task::spawn_blocking(move || csv(&values)).await.map_err(ApiProblem::internal)?;
    note_export(administration, caller, &client, entry);
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present")], text))
}

/// The picture of a panel
///
/// Needs the role that the panel names. Figures, charts, and tables a page at a time. The SVG stands for itself: it has
/// its own colours, a title and a description.
///
/// # Errors
/// As of the data, and 404 for a panel without values, such as a text.
#[utoipa::path(get, path = routes::API_V1_PANEL_SVG,
    params(
        ("slug" = String, Path, description = "The dashboard", example = "weather"),
        ("panel" = String, Path, description = "The panel", example = "temperature"),
        TableQuery,
        ("filters" = Option<HashMap<String, String>>, Query, style = Form, explode, description = FILTERS,
            example = json!({"city": "Seattle", "period": "last_year"})),
    ),
    responses((status = 200, description = "The picture", body = String, content_type = "image/svg+xml")),
)]
pub async fn picture(
    State(dashboards): State<Dashboards>,
    State(administration): State<Administration>,
    Extension(caller): Extension<ApiCaller>,
    client: Client,
    path: Result<Path<(String, String)>, PathRejection>,
    RawQuery(filters): RawQuery,
    query: Result<Query<TableQuery>, QueryRejection>,
) -> Result<impl IntoResponse, ApiProblem> {
    caller.require(Role::Read)?;
    let (Path((slug, id)), Query(query)) = (path?, query?);
    let dashboard = open_dashboard(&dashboards, &caller, &slug).await?;
    let panel = found(&dashboards, &caller, &dashboard, &id).await?;
    let filters = filters_of(&dashboards, &caller, &dashboard, filters.as_deref()).await?;
    let panel = panel.filtered_by(&filters);
    if !panel.has_values() {
        return Err(ApiProblem::not_found());
    }
    let data = asked_data(&panel, query).await?;
    let svg = picture_of(&panel, &data).ok_or(ApiProblem::not_found())?;
    let entry = panel.exported("svg", None, administration.now_ms());
    note_export(administration, caller, &client, entry);
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg))
}

/// The data of `panel`. Of a table, the page and the order that `query` asks for.
async fn asked_data(panel: &OpenPanel<'_>, query: TableQuery) -> Result<Found, ApiProblem> {
    let TableQuery { page, sort } = query;
    let page = page.unwrap_or(1);
    if page == 0 {
        return Err(ApiProblem::bad_request("Pages are counted from 1."));
    }
    let is_sorted = sort.is_some();
    match panel.data(&TableRequest { page, sort }).await? {
        Found::Table(table) if table.sort.unknown.is_some() => {
            Err(ApiProblem::bad_request("sort must be a column that the table shows, or - and such a column."))
        }
        Found::Table(table) if table.page.number != page => Err(ApiProblem::not_found()),
        Found::Table(table) => Ok(Found::Table(table)),
        Found::Unavailable(why) => Err(why.into()),
        _ if page != 1 => Err(ApiProblem::not_found()),
        _ if is_sorted => Err(ApiProblem::bad_request("Only tables are sorted.")),
        data => Ok(data),
    }
}

/// The dashboard `slug`, if `caller`'s role opens it.
pub(super) async fn open_dashboard(
    dashboards: &Dashboards,
    caller: &ApiCaller,
    slug: &str,
) -> Result<Arc<Dashboard>, ApiProblem> {
    dashboards.find(slug, caller.role).await?.ok_or(ApiProblem::not_found())
}

/// The panel `id` of `dashboard`, if it is open to `caller`.
async fn found<'a>(
    dashboards: &'a Dashboards,
    caller: &ApiCaller,
    dashboard: &'a Dashboard,
    id: &str,
) -> Result<OpenPanel<'a>, ApiProblem> {
    match dashboards.panel(dashboard, id, Person::Api(caller)).await? {
        FoundPanel::Nothing => Err(ApiProblem::not_found()),
        FoundPanel::Closed { needed } => {
            Err(caller.require(needed).err().map_or_else(ApiProblem::not_found, ApiProblem::from))
        }
        FoundPanel::Open(panel) => Ok(panel),
    }
}

/// The filters of `dashboard` with the choices of `query`. A choice that cannot be applied is an error (400).
async fn filters_of<'a>(
    dashboards: &Dashboards,
    caller: &ApiCaller,
    dashboard: &'a Dashboard,
    query: Option<&str>,
) -> Result<Filters<'a>, ApiProblem> {
    let filters = dashboards.filters(dashboard, &AskedFilters::of_query(query), Person::Api(caller)).await?;
    let mistakes: Vec<&str> = filters.mistakes().collect();
    if mistakes.is_empty() { Ok(filters) } else { Err(ApiProblem::bad_request(mistakes.join(" "))) }
}
