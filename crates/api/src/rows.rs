//! Rows that programs send.

use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::{Extension, Json};
use rolecall_core::datasets::{Datasets, IdempotencyKey, Push, PushMode, Pushed};
use rolecall_core::request_id;
use rolecall_data::import::Format;
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_sign_in::bearer::ApiCaller;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::ApiProblem;

/// The header with the key of a request (draft-ietf-httpapi-idempotency-key-header).
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// What happens to the rows that are there.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// They stay.
    #[default]
    Append,
    /// Those that are sent take their place.
    Replace,
}

/// How rows are sent.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RowsQuery {
    /// What happens to the rows that are there: `append` (they stay) or `replace`. Without it, they stay.
    #[param(inline)]
    mode: Option<Mode>,
}

/// What was received.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowsReceived {
    /// How many rows were sent.
    #[schema(example = 2)]
    rows: u64,
    /// How many the data set has now.
    #[schema(example = 1042)]
    total: u64,
    /// The version of the data set that they made.
    #[schema(example = 17)]
    version: u64,
}

/// Send rows
///
/// Needs the role Write, and a data set of the caller's own, or the role Admin. The body is NDJSON (an object a line) or CSV
/// (RFC 4180, UTF-8, with a line of names), at most 50 MB. Columns are matched by name, and have the types of the data set. Either
/// every row is taken or none: then the problem lists the first 100 mistakes with line, column and reason. A request with the
/// same `Idempotency-Key` and the same body, sent again within 24 hours, changes nothing and is answered as the first one.
///
/// # Errors
/// 401 or 403 below Write, or for somebody else's data set; 404 where there is none; 409 while a request with the same
/// key is worked on; 413 above 50 MB; 415 for other types; 422 for rows with mistakes, and for a key of another
/// request; 503 with `Retry-After` while many others send rows, and 507 where the disk is full.
#[utoipa::path(post, path = routes::API_V1_ROWS,
    params(
        ("name" = String, Path, description = "The data set", example = "sales"),
        RowsQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "A key of this request's own, such as a UUID",
            min_length = 1, max_length = 255, pattern = r"^[!#-\[\]-~]+$"),
    ),
    request_body(content((String = "application/x-ndjson"), (String = "text/csv"))),
    responses((status = 200, description = "Every row was taken", body = RowsReceived)),
)]
pub async fn push_rows(
    State(datasets): State<Datasets>,
    Extension(caller): Extension<ApiCaller>,
    path: Result<Path<String>, PathRejection>,
    query: Result<Query<RowsQuery>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<RowsReceived>, ApiProblem> {
    caller.require(Role::Write)?;
    let Path(dataset) = path?;
    let Query(query) = query.map_err(|_| ApiProblem::bad_request("mode is append or replace."))?;
    let format = format_of(&headers).ok_or_else(ApiProblem::unknown_rows)?;
    let key = key_of(&headers)?;
    let by = datasets.changer(&caller).await?;
    // Check before up to 50 MB are written to the disk.
    let dataset = datasets.check_push(&dataset, by).await?;
    let place = datasets.push_place()?;
    let body = datasets.take_in(body.into_data_stream(), datasets.max_push_bytes()).await?;
    let mode = match query.mode.unwrap_or_default() {
        Mode::Append => PushMode::Append,
        Mode::Replace => PushMode::Replace,
    };
    let push = Push { dataset, mode, format, by, key, digest: body.digest.clone() };
    // It continues if the sender disconnects. A retry with the same key then gets the answer.
    let pushing = request_id::spawn(async move {
        let _place = place;
        datasets.push(&push, &body.path()).await
    });
    let Pushed { rows, total, version } = pushing.await.map_err(ApiProblem::internal)??;
    Ok(Json(RowsReceived { rows, total, version }))
}

/// The format of the rows, from the media type without its parameters: `application/x-ndjson; charset=utf-8` is NDJSON
/// too.
fn format_of(headers: &HeaderMap) -> Option<Format> {
    let content_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    match media_type.to_ascii_lowercase().as_str() {
        "application/x-ndjson" => Some(Format::Ndjson),
        "text/csv" => Some(Format::Csv),
        _ => None,
    }
}

/// The idempotency key of the request, if there is one.
fn key_of(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, ApiProblem> {
    let wrong = || {
        ApiProblem::bad_request(
            "Send Idempotency-Key at most once, with 1 to 255 visible ASCII characters, such as a UUID.",
        )
    };
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().ok().and_then(IdempotencyKey::parse).map(Some).ok_or_else(wrong),
        (Some(_), Some(_)) => Err(wrong()),
    }
}
