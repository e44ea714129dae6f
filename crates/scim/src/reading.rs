//! Reading resources, in the same way for users and groups.

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value};

use super::error::ScimError;
use super::handle::{Scim, answer, answer_one, has_it, not_modified};
use super::list::Asked;
use super::rows::{self, Stored, Table};
use super::tokens::Directory;

/// A kind of resource.
pub(super) trait Kind: 'static {
    /// The table of its rows.
    const TABLE: Table;
    /// The attribute that lists leave out unless it is requested by its name, because it may be very large.
    const LEFT_OUT_OF_LISTS: Option<&'static str>;

    /// `found` as resources; with `is_whole` also what lists leave out.
    fn shown(
        scim: &Scim,
        found: &[Stored],
        is_whole: bool,
    ) -> impl Future<Output = Result<Vec<Map<String, Value>>, ScimError>> + Send;
}

/// Lists resources.
///
/// # Errors
/// `invalidFilter`, `invalidValue`, `tooMany`.
pub(super) async fn list<K: Kind>(
    State(scim): State<Scim>,
    Extension(directory): Extension<Directory>,
    RawQuery(query): RawQuery,
) -> Result<Response, ScimError> {
    let asked = Asked::of(query.as_deref())?;
    let place = (asked.start, asked.count);
    let (found, total) = rows::page(scim.db(), K::TABLE, &directory.issuer, &asked.filter, place).await?;
    let is_whole = K::LEFT_OUT_OF_LISTS.is_none_or(|attribute| asked.names(attribute));
    let resources = K::shown(&scim, &found, is_whole).await?;
    let resources = resources.into_iter().map(|resource| asked.shown(resource)).collect();
    Ok(answer(StatusCode::OK, &asked.answer(resources, total)))
}

/// Shows one resource.
///
/// # Errors
/// 404; `tooMany`.
pub(super) async fn read<K: Kind>(
    State(scim): State<Scim>,
    Extension(directory): Extension<Directory>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ScimError> {
    let asked = Asked::of(query.as_deref())?;
    let stored = rows::find(scim.db(), K::TABLE, &directory.issuer, &id).await?;
    if has_it(&headers, &stored) {
        return Ok(not_modified(&stored));
    }
    let is_whole = K::LEFT_OUT_OF_LISTS.is_none_or(|attribute| asked.wants(attribute));
    let resource = K::shown(&scim, std::slice::from_ref(&stored), is_whole).await?.pop().unwrap_or_default();
    Ok(answer_one(StatusCode::OK, &stored, &asked.shown(resource)))
}
