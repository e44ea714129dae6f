//! `/Groups`: groups of a directory, with their members. They are stored and shown, but give no role: roles come from a
//! person's token.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use rolecall_core::audit;
use rolecall_routes as routes;
use rolecall_sign_in::ClientAddress;
use rolecall_sign_in::db::Transaction;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::attributes::{Change, GROUP, apply, kept};
use super::error::ScimError;
use super::handle::{By, Consequences, Scim, answer_one, check_version, object, with_version};
use super::member_changes::{MemberChange, check_count};
use super::members;
use super::patch::{Operation, operations};
use super::path::AttributePath;
use super::reading::Kind;
use super::rows::{self, GROUPS, Stored, Table};
use super::tokens::Directory;

/// The attribute that holds the members.
const MEMBERS: &str = "members";

type Client = Option<Extension<ClientAddress>>;
type Body = Result<Bytes, BytesRejection>;

/// The kind of resource.
pub(super) struct Groups;

impl Kind for Groups {
    const TABLE: Table = GROUPS;
    const LEFT_OUT_OF_LISTS: Option<&'static str> = Some(MEMBERS);

    async fn shown(scim: &Scim, found: &[Stored], is_whole: bool) -> Result<Vec<Map<String, Value>>, ScimError> {
        let ids: Vec<&str> = if is_whole { found.iter().map(|group| group.id.as_str()).collect() } else { vec![] };
        let mut members = members::shown(scim.db(), &ids, &scim.address(routes::SCIM_USERS)).await?;
        let resource = |group: &Stored| {
            let of_group = is_whole.then(|| members.remove(&group.id).unwrap_or_default());
            scim.group(group, of_group)
        };
        Ok(found.iter().map(resource).collect())
    }
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
    let document = checked(kept(GROUP, &body)?)?;
    let members = MemberChange::parse(Change::Add, &AttributePath::default(), &members_in(&body))?;
    check_count([&members].into_iter())?;
    let by = By::of(directory, client);
    let created = scim.carry_through(move |scim, mut transaction, now_ms| async move {
        let id = Uuid::new_v4().to_string();
        let new = Stored { id, document, version: 1, created_at_ms: now_ms, changed_at_ms: now_ms };
        members::hold_users(&mut transaction, &by.directory.issuer, [&members].into_iter()).await?;
        rows::insert(&mut transaction, GROUPS, &by.directory.issuer, &new).await?;
        members::apply(&mut transaction, &new.id, &members).await?;
        let members = scim.shown_members_in(&mut transaction, &new).await?;
        Ok((transaction, by.changed("group_created", &new, now_ms), (new, members)))
    });
    let (group, members) = created.await?;
    Ok(answer_one(StatusCode::CREATED, &group, &scim.group(&group, Some(members)).into()))
}

/// Replaces the attributes and the members of a group.
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
    let document = checked(kept(GROUP, &body)?)?;
    let members = MemberChange::parse(Change::Replace, &AttributePath::default(), &members_in(&body))?;
    let steps = vec![Step::Members(members)];
    let (group, members) = change(&scim, By::of(directory, client), id, headers, Some(document), steps).await?;
    Ok(answer_one(StatusCode::OK, &group, &scim.group(&group, members).into()))
}

/// Changes a group. The response does not contain the group: it may have very many members.
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
    let steps = operations(&object(body)?)?.into_iter().map(Step::of).collect::<Result<_, _>>()?;
    let (group, _) = change(&scim, By::of(directory, client), id, headers, None, steps).await?;
    Ok(with_version(StatusCode::NO_CONTENT.into_response(), &group))
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
        members::remove_all(&mut transaction, &id).await?;
        rows::delete(&mut transaction, GROUPS, &id).await?;
        Ok((transaction, by.changed("group_deleted", &group, now_ms), ()))
    });
    deleted.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One change of a group.
enum Step {
    Members(MemberChange),
    Attribute(Operation),
}

impl Step {
    fn of(operation: Operation) -> Result<Self, ScimError> {
        if operation.path.name != MEMBERS {
            return Ok(Self::Attribute(operation));
        }
        MemberChange::parse(operation.change, &operation.path, &operation.value).map(Self::Members)
    }
}

/// The changes of members among `steps`.
fn member_changes(steps: &[Step]) -> impl Iterator<Item = &MemberChange> {
    steps.iter().filter_map(|step| if let Step::Members(change) = step { Some(change) } else { None })
}

/// Replaces the attributes of the group `id` by `document`, if that is given, and then makes the changes in `steps`.
/// With `document`, it also returns the members, because the response shows them.
async fn change(
    scim: &Scim,
    by: By,
    id: String,
    headers: HeaderMap,
    document: Option<Map<String, Value>>,
    steps: Vec<Step>,
) -> Result<(Stored, Option<Vec<Value>>), ScimError> {
    check_count(member_changes(&steps))?;
    let changed = scim.carry_through(move |scim, mut transaction, now_ms| async move {
        members::hold_users(&mut transaction, &by.directory.issuer, member_changes(&steps)).await?;
        let was = rows::locked(&mut transaction, GROUPS, &by.directory.issuer, &id).await?;
        check_version(&headers, &was)?;
        let is_shown = document.is_some();
        let mut document = document.unwrap_or_else(|| was.document.clone());
        for step in &steps {
            match step {
                Step::Members(change) => members::apply(&mut transaction, &id, change).await?,
                Step::Attribute(Operation { change, path, value }) => {
                    apply(GROUP, &mut document, *change, path, value)?;
                }
            }
        }
        let version = was.version + 1;
        let group = Stored { document: checked(document)?, version, changed_at_ms: now_ms, ..was };
        rows::update(&mut transaction, GROUPS, &group).await?;
        let members = if is_shown { Some(scim.shown_members_in(&mut transaction, &group).await?) } else { None };
        Ok((transaction, by.changed("group_changed", &group, now_ms), (group, members)))
    });
    changed.await
}

/// `document`, if it is valid for a group.
fn checked(document: Map<String, Value>) -> Result<Map<String, Value>, ScimError> {
    let name = document.get("displayName").and_then(Value::as_str);
    if name.is_none_or(|name| name.trim().is_empty()) {
        return Err(ScimError::value("A group needs a displayName."));
    }
    Ok(document)
}

/// The members in `body`.
fn members_in(body: &Map<String, Value>) -> Value {
    let members = body.iter().find(|(name, _)| name.eq_ignore_ascii_case(MEMBERS));
    members.map(|(_, members)| members.clone()).unwrap_or_default()
}

impl Scim {
    /// `group` as a resource, with `members` if they are shown.
    fn group(&self, group: &Stored, members: Option<Vec<Value>>) -> Map<String, Value> {
        self.resource("Group", routes::SCIM_GROUP, group, members.map(|members| (MEMBERS, members.into())))
    }

    /// The members of `group`, as `transaction` leaves them. They are read in the transaction: if that fails, the
    /// change is not in force either.
    async fn shown_members_in(&self, transaction: &mut Transaction, group: &Stored) -> Result<Vec<Value>, ScimError> {
        members::shown_in(transaction, &group.id, &self.address(routes::SCIM_USERS)).await
    }
}

impl By {
    /// The consequences of a change `what` of `group`.
    fn changed(&self, what: &str, group: &Stored, now_ms: i64) -> Consequences {
        let name = group.text("displayName").unwrap_or_default();
        let entry = self.entry(audit::EntryKind::DirectoryChanged, what, group, name, now_ms);
        Consequences { entry, person_changed: None, ended: vec![] }
    }
}
