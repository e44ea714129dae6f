//! `/Groups`: groups of a directory, with their members. They are kept and shown, and give no role: roles come from the token of a
//! person.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rolecall_sign_in::ClientAddress;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::attributes::{Change, GROUP, apply, kept};
use super::error::ScimError;
use super::handle::{By, Outcome, Scim, answer, answer_one, check_version, has_it, object};
use super::list::Asked;
use super::members;
use super::patch::{Operation, operations};
use super::path::AttributePath;
use super::rows::{self, GROUPS, Stored};
use super::tokens::Directory;
use crate::audit::Kind;
use crate::routes;

/// The attribute with the members.
const MEMBERS: &str = "members";

type Client = Option<Extension<ClientAddress>>;
type Body = Result<Bytes, BytesRejection>;

/// Lists groups.
///
/// # Errors
/// `invalidFilter`, `invalidValue`.
pub(super) async fn list(
    State(scim): State<Scim>,
    Extension(directory): Extension<Directory>,
    RawQuery(query): RawQuery,
) -> Result<Response, ScimError> {
    let asked = Asked::of(query.as_deref())?;
    let place = (asked.start, asked.count);
    let (found, total) = rows::page(scim.db(), GROUPS, &directory.issuer, &asked.filter, place).await?;
    let mut groups = Vec::with_capacity(found.len());
    for group in &found {
        groups.push(asked.shown(scim.group(group, &asked).await?));
    }
    Ok(answer(StatusCode::OK, &asked.answer(groups, total)))
}

/// Shows one group.
///
/// # Errors
/// 404.
pub(super) async fn read(
    State(scim): State<Scim>,
    Extension(directory): Extension<Directory>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ScimError> {
    let asked = Asked::of(query.as_deref())?;
    let group = rows::find(scim.db(), GROUPS, &directory.issuer, &id).await?;
    if has_it(&headers, &group) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    Ok(answer_one(StatusCode::OK, &group, &asked.shown(scim.group(&group, &asked).await?)))
}

/// Adds a group.
///
/// # Errors
/// `invalidSyntax`, `invalidValue`, `uniqueness`.
pub(super) async fn create(
    State(scim): State<Scim>,
    Extension(directory): Extension<Directory>,
    client: Client,
    body: Body,
) -> Result<Response, ScimError> {
    let body = object(body)?;
    let (document, members) = (checked(kept(GROUP, &body)?)?, members_in(&body));
    let by = By::of(directory, client);
    let created = scim.carry_through(move |_, mut transaction, now_ms| async move {
        let id = Uuid::new_v4().to_string();
        let new = Stored { id, document, version: 1, created_at_ms: now_ms, changed_at_ms: now_ms };
        rows::insert(&mut transaction, GROUPS, &by.directory.issuer, &new).await?;
        let place = (by.directory.issuer.as_str(), new.id.as_str());
        members::apply(&mut transaction, place, Change::Add, &AttributePath::default(), &members).await?;
        Ok((transaction, by.changed("group_created", &new, now_ms), new))
    });
    let created = created.await?;
    let resource = scim.group(&created, &Asked::of(None)?).await?;
    Ok(answer_one(StatusCode::CREATED, &created, &resource.into()))
}

/// Puts another name and other members in the place of a group's.
///
/// # Errors
/// As [`create`]; 404, 412.
pub(super) async fn replace(
    State(scim): State<Scim>,
    Extension(directory): Extension<Directory>,
    client: Client,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ScimError> {
    let body = object(body)?;
    let (document, value) = (checked(kept(GROUP, &body)?)?, members_in(&body));
    let path = AttributePath { name: MEMBERS.to_owned(), ..AttributePath::default() };
    let all = vec![Operation { change: Change::Replace, path, value }];
    let group = change(&scim, By::of(directory, client), id, headers, Some(document), all).await?;
    let resource = scim.group(&group, &Asked::of(None)?).await?;
    Ok(answer_one(StatusCode::OK, &group, &resource.into()))
}

/// Changes a group. What it is then is not sent back: it may have very many members.
///
/// # Errors
/// As [`create`]; `invalidPath`, `noTarget`; 404, 412.
pub(super) async fn patch(
    State(scim): State<Scim>,
    Extension(directory): Extension<Directory>,
    client: Client,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ScimError> {
    let operations = operations(&object(body)?)?;
    let group = change(&scim, By::of(directory, client), id, headers, None, operations).await?;
    let etag = HeaderValue::try_from(group.etag()).map_err(|_| ScimError::not_found())?;
    Ok((StatusCode::NO_CONTENT, [(header::ETAG, etag)]).into_response())
}

/// Deletes a group.
///
/// # Errors
/// 404, 412.
pub(super) async fn delete(
    State(scim): State<Scim>,
    Extension(directory): Extension<Directory>,
    client: Client,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, ScimError> {
    let by = By::of(directory, client);
    let deleted = scim.carry_through(move |_, mut transaction, now_ms| async move {
        let group = rows::locked(&mut transaction, GROUPS, &by.directory.issuer, &id).await?;
        check_version(&headers, &group)?;
        rows::delete(&mut transaction, GROUPS, &id).await?;
        Ok((transaction, by.changed("group_deleted", &group, now_ms), ()))
    });
    deleted.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes the changes of the group `id`, `document` in the place of its own where there is one.
async fn change(
    scim: &Scim,
    by: By,
    id: String,
    headers: HeaderMap,
    document: Option<Map<String, Value>>,
    operations: Vec<Operation>,
) -> Result<Stored, ScimError> {
    let changed = scim.carry_through(move |_, mut transaction, now_ms| async move {
        let was = rows::locked(&mut transaction, GROUPS, &by.directory.issuer, &id).await?;
        check_version(&headers, &was)?;
        let mut document = document.unwrap_or_else(|| was.document.clone());
        for Operation { change, path, value } in &operations {
            if path.name == MEMBERS {
                members::apply(&mut transaction, (&by.directory.issuer, &id), *change, path, value).await?;
            } else {
                apply(GROUP, &mut document, *change, path, value)?;
            }
        }
        let version = was.version + 1;
        let group = Stored { document: checked(document)?, version, changed_at_ms: now_ms, ..was };
        rows::update(&mut transaction, GROUPS, &group).await?;
        Ok((transaction, by.changed("group_changed", &group, now_ms), group))
    });
    changed.await
}

/// `document` as that of a group.
fn checked(document: Map<String, Value>) -> Result<Map<String, Value>, ScimError> {
    let name = document.get("displayName").and_then(Value::as_str);
    if name.is_none_or(|name| name.trim().is_empty()) {
        return Err(ScimError::value("A group needs a displayName."));
    }
    Ok(document)
}

/// What `body` says of members.
fn members_in(body: &Map<String, Value>) -> Value {
    let members = body.iter().find(|(name, _)| name.eq_ignore_ascii_case(MEMBERS));
    members.map(|(_, members)| members.clone()).unwrap_or_default()
}

impl By {
    /// That a group was changed.
    fn changed(&self, what: &str, group: &Stored, now_ms: i64) -> Outcome {
        let name = group.text("displayName").unwrap_or_default();
        let entry = self.entry(Kind::DirectoryChanged, what, group, name, now_ms);
        Outcome { entry, person_changed: None, ended: vec![] }
    }
}

impl Scim {
    /// `group` as a resource, with its members where `asked` wants them.
    async fn group(&self, group: &Stored, asked: &Asked) -> Result<Map<String, Value>, ScimError> {
        let users = self.address(routes::SCIM_USERS);
        let members =
            if asked.wants(MEMBERS) { Some(members::shown(self.db(), &group.id, &users).await?) } else { None };
        let members = members.map(|members| (MEMBERS, members));
        Ok(self.resource("Group", routes::SCIM_GROUP, group, members))
    }
}
