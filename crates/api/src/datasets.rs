//! The data sets that the caller's role opens, and how programs make them.

use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use rolecall_core::datasets::{DataSet, Datasets, NewPushed, PutDataset, RuleViewer};
use rolecall_model::Role;
use rolecall_model::data::{ColumnType, DataColumn};
use rolecall_routes as routes;
use rolecall_sign_in::bearer::ApiCaller;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::ApiProblem;
use super::times::written;
use super::who::RoleName;

/// The data sets that the caller's role opens.
#[derive(Debug, Serialize, ToSchema)]
pub struct DatasetList {
    /// One entry a data set, by name.
    datasets: Vec<DatasetDetail>,
}

/// A data set.
#[derive(Debug, Serialize, ToSchema)]
pub struct DatasetDetail {
    /// Its name in paths and dashboards.
    #[schema(example = "sales")]
    name: String,
    /// The title that people see.
    title: String,
    /// Where its rows come from: `built_in`, `uploaded`, `pushed` or `queried`.
    #[schema(example = "pushed")]
    kind: String,
    /// The lowest role that sees anything of it.
    role: RoleName,
    /// Its columns, in the order of its rows.
    columns: Vec<Column>,
    /// How many rows it has; left out where row rules decide which of them the caller sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
    /// A number that grows with every change.
    version: u64,
    /// When its rows changed last.
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    updated: String,
    /// The path of more about it.
    #[schema(example = "/api/v1/datasets/sales")]
    href: String,
}

/// A column of a data set.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The name of the column.
    #[schema(example = "amount")]
    name: String,
    /// What its cells hold.
    r#type: ColumnTypeName,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ColumnType)]
pub enum ColumnTypeName {
    /// Text.
    Text,
    /// Whole numbers of 64 bits.
    Integer,
    /// Numbers with a fraction (double precision).
    Decimal,
    /// True or false.
    Boolean,
    /// Days: `2026-01-31`.
    Date,
    /// Moments: `2026-01-31T08:00:00Z`.
    Timestamp,
}

/// A data set that is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatasetWish {
    /// The title that people see.
    #[schema(example = "Sales")]
    title: String,
    /// The lowest role that sees anything of it, no higher than the caller's. Without it, what it is, and `read` of a new one.
    role: Option<RoleName>,
    /// Its columns. They stay as they are once it is made.
    columns: Vec<Column>,
}

/// The data sets
///
/// Needs the role Read. Lists those that the caller's role opens.
///
/// # Errors
/// 401 or 403 below Read.
#[utoipa::path(get, path = routes::API_V1_DATASETS, responses(
    (status = 200, description = "The data sets that are open to the caller", body = DatasetList),
))]
pub async fn datasets(
    State(datasets): State<Datasets>,
    Extension(caller): Extension<ApiCaller>,
) -> Result<Json<DatasetList>, ApiProblem> {
    caller.require(Role::Read)?;
    let catalogue = datasets.catalogue().await?;
    let open = catalogue.values().filter(|dataset| caller.open_role >= Some(dataset.role)).cloned().collect();
    let open = datasets.all_own_up_to_date(open).await;
    Ok(Json(DatasetList { datasets: open.iter().map(|dataset| DatasetDetail::of(dataset, &caller)).collect() }))
}

/// One data set
///
/// Needs the role Read. Tells its columns, how many rows it has, and when they changed.
///
/// # Errors
/// 401 or 403 below Read, 404 where there is no such data set.
#[utoipa::path(get, path = routes::API_V1_DATASET,
    params(("name" = String, Path, description = "The data set", example = "weather")),
    responses((status = 200, description = "The data set", body = DatasetDetail)),
)]
pub async fn dataset(
    State(datasets): State<Datasets>,
    Extension(caller): Extension<ApiCaller>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<DatasetDetail>, ApiProblem> {
    caller.require(Role::Read)?;
    let Path(name) = path?;
    let catalogue = datasets.catalogue().await?;
    let found = catalogue.get(&name).filter(|dataset| caller.open_role >= Some(dataset.role));
    let found = found.ok_or(ApiProblem::not_found())?;
    let found = datasets.own_up_to_date(found).await;
    Ok(Json(DatasetDetail::of(&found, &caller)))
}

/// Make a data set
///
/// Needs the role Write. Makes an empty data set for rows to be sent to; the caller, person or application, owns it. Where it is
/// there with the same columns, it gets the title and the role.
///
/// # Errors
/// 401 or 403 below Write, or for somebody else's; 409 where the name is taken, or the data set has other columns; 422
/// for what cannot be.
#[utoipa::path(put, path = routes::API_V1_DATASET,
    params(("name" = String, Path, description = "The data set", example = "sales")),
    request_body = DatasetWish,
    responses(
        (status = 200, description = "It existed, and now is as requested", body = DatasetDetail),
        (status = 201, description = "It was made", body = DatasetDetail),
    ),
)]
pub async fn put_dataset(
    State(datasets): State<Datasets>,
    Extension(caller): Extension<ApiCaller>,
    path: Result<Path<String>, PathRejection>,
    wish: Result<Json<DatasetWish>, JsonRejection>,
) -> Result<(StatusCode, Json<DatasetDetail>), ApiProblem> {
    caller.require(Role::Write)?;
    let (Path(name), Json(wish)) = (path?, wish?);
    let by = datasets.changer(&caller).await?;
    let new = NewPushed {
        name,
        title: wish.title,
        role: wish.role.map(Into::into),
        columns: wish.columns.into_iter().map(Into::into).collect(),
    };
    let status = match datasets.put_pushed(&new, by).await? {
        PutDataset::Made => StatusCode::CREATED,
        PutDataset::Kept => StatusCode::OK,
    };
    let catalogue = datasets.catalogue().await?;
    let made = catalogue.get(&new.name).ok_or(ApiProblem::not_found())?;
    Ok((status, Json(DatasetDetail::of(made, &caller))))
}

impl DatasetDetail {
    fn of(dataset: &DataSet, caller: &ApiCaller) -> Self {
        let sees_all = dataset.row_filters(&RuleViewer::with_role(caller.open_role)).is_empty();
        Self {
            name: dataset.name.clone(),
            title: dataset.title.clone(),
            kind: dataset.kind.to_string(),
            role: dataset.role.into(),
            columns: dataset.data.columns.iter().map(Into::into).collect(),
            rows: sees_all.then_some(dataset.data.rows),
            version: dataset.data.version,
            updated: written(dataset.updated_at_ms),
            href: routes::api_v1_dataset(&dataset.name),
        }
    }
}

impl From<&DataColumn> for Column {
    fn from(column: &DataColumn) -> Self {
        let r#type = match column.column_type {
            ColumnType::Text => ColumnTypeName::Text,
            ColumnType::Integer => ColumnTypeName::Integer,
            ColumnType::Decimal => ColumnTypeName::Decimal,
            ColumnType::Boolean => ColumnTypeName::Boolean,
            ColumnType::Date => ColumnTypeName::Date,
            ColumnType::Timestamp => ColumnTypeName::Timestamp,
        };
        Self { name: column.name.clone(), r#type }
    }
}

impl From<Column> for DataColumn {
    fn from(column: Column) -> Self {
        let column_type = match column.r#type {
            ColumnTypeName::Text => ColumnType::Text,
            ColumnTypeName::Integer => ColumnType::Integer,
            ColumnTypeName::Decimal => ColumnType::Decimal,
            ColumnTypeName::Boolean => ColumnType::Boolean,
            ColumnTypeName::Date => ColumnType::Date,
            ColumnTypeName::Timestamp => ColumnType::Timestamp,
        };
        Self { name: column.name, column_type }
    }
}
