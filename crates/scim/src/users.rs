//! `/Users`: who may come in, according to a directory. A user is the person of the token's issuer whose subject is the
//! external id.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rolecall_core::audit;
use rolecall_routes as routes;
use rolecall_sign_in::db::Transaction;
use rolecall_sign_in::people::DirectoryPerson;
use rolecall_sign_in::session::{EndReason, Ending};
use rolecall_sign_in::{ClientAddress, plain};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::attributes::{USER, apply, kept};
use super::error::ScimError;
use super::handle::{By, Consequences, Scim, answer_one, check_version, object};
use super::members;
use super::patch::operations;
use super::reading::Kind;
use super::rows::{self, Stored, Table, USERS};
use super::tokens::Directory;

/// The longest name that is shown, in characters.
const NAME_MAX_CHARS: usize = 256;
/// The longest subject of a person: as in ID tokens.
const SUBJECT_MAX_BYTES: usize = 255;

type Client = Option<Extension<ClientAddress>>;
type Body = Result<Bytes, BytesRejection>;

/// The kind of resource.
pub(super) struct Users;

impl Kind for Users {
    const TABLE: Table = USERS;
    const LEFT_OUT_OF_LISTS: Option<&'static str> = None;

    async fn shown(scim: &Scim, found: &[Stored], _is_whole: bool) -> Result<Vec<Map<String, Value>>, ScimError> {
        Ok(found.iter().map(|user| scim.user(user)).collect())
    }
}

/// Adds a user.
///
/// # Errors
/// `invalidSyntax`, `invalidValue`, `uniqueness`.
pub(super) async fn create(
    State(scim): State<Scim>,
    Extension(directory): Extension<Directory>,
    client: Client,
    body: Body,
) -> Result<Response, ScimError> {
    let document = checked(kept(USER, &object(body)?)?, true)?;
    let by = By::of(directory, client);
    let created = scim.carry_through(move |scim, mut transaction, now_ms| async move {
        let id = Uuid::new_v4().to_string();
        let new = Stored { id, document, version: 1, created_at_ms: now_ms, changed_at_ms: now_ms };
        rows::insert(&mut transaction, USERS, &by.directory.issuer, &new).await?;
        let consequences = scim.judge(&mut transaction, &by, "user_created", &new, new.is_active(), now_ms).await?;
        Ok((transaction, consequences, new))
    });
    let user = created.await?;
    Ok(answer_one(StatusCode::CREATED, &user, &scim.user(&user).into()))
}

/// Replaces the attributes of a user. Without `active`, the user stays active or inactive.
///
/// # Errors
/// As [`create`]; `mutability`; 404, 412.
pub(super) async fn replace(
    State(scim): State<Scim>,
    Extension(directory): Extension<Directory>,
    client: Client,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ScimError> {
    let document = kept(USER, &object(body)?)?;
    change(&scim, By::of(directory, client), id, headers, move |was| checked(document, was.is_active())).await
}

/// Changes attributes of a user.
///
/// # Errors
/// As [`create`]; `invalidPath`, `mutability`, `noTarget`; 404, 412.
pub(super) async fn patch(
    State(scim): State<Scim>,
    Extension(directory): Extension<Directory>,
    client: Client,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ScimError> {
    let operations = operations(&object(body)?)?;
    let patched = move |was: &Stored| {
        let mut document = was.document.clone();
        for operation in &operations {
            apply(USER, &mut document, operation.change, &operation.path, &operation.value)?;
        }
        checked(document, was.is_active())
    };
    change(&scim, By::of(directory, client), id, headers, patched).await
}

/// Deletes a user. The person is kept out until a directory says again that they are active.
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
    let deleted = scim.carry_through(move |scim, mut transaction, now_ms| async move {
        let user = rows::locked(&mut transaction, USERS, &by.directory.issuer, &id).await?;
        check_version(&headers, &user)?;
        members::remove_user(&mut transaction, &id, now_ms).await?;
        rows::delete(&mut transaction, USERS, &id).await?;
        let consequences = scim.judge(&mut transaction, &by, "user_deleted", &user, false, now_ms).await?;
        Ok((transaction, consequences, ()))
    });
    deleted.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes the user `id` as `changed` says.
async fn change(
    scim: &Scim,
    by: By,
    id: String,
    headers: HeaderMap,
    changed: impl FnOnce(&Stored) -> Result<Map<String, Value>, ScimError> + Send + 'static,
) -> Result<Response, ScimError> {
    let changed = scim.carry_through(move |scim, mut transaction, now_ms| async move {
        let was = rows::locked(&mut transaction, USERS, &by.directory.issuer, &id).await?;
        check_version(&headers, &was)?;
        let document = changed(&was)?;
        // Otherwise the person with the old external id could no longer be kept out.
        if was.text("externalId").is_some_and(|known| document.get("externalId").and_then(Value::as_str) != Some(known)) {
            return Err(ScimError::mutability(
                "The externalId of a user says who they are, and cannot be changed. Delete the user, and create another one.",
            ));
        }
        let user = Stored { document, version: was.version + 1, changed_at_ms: now_ms, ..was };
        rows::update(&mut transaction, USERS, &user).await?;
        let consequences = scim.judge(&mut transaction, &by, "user_changed", &user, user.is_active(), now_ms).await?;
        Ok((transaction, consequences, user))
    });
    let user = changed.await?;
    Ok(answer_one(StatusCode::OK, &user, &scim.user(&user).into()))
}

/// `document`, if it is valid for a user. Without `active`, the user stays as `was_active` says.
fn checked(mut document: Map<String, Value>, was_active: bool) -> Result<Map<String, Value>, ScimError> {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    if text("userName").is_none_or(|name| name.trim().is_empty()) {
        return Err(ScimError::value("A user needs a userName."));
    }
    if text("externalId").is_some_and(|id| id.is_empty() || id.len() > SUBJECT_MAX_BYTES) {
        return Err(ScimError::value(format!("externalId has 1 to {SUBJECT_MAX_BYTES} bytes.")));
    }
    document.entry("active").or_insert(Value::Bool(was_active));
    Ok(document)
}

impl Stored {
    /// Whether the user may come in.
    fn is_active(&self) -> bool {
        self.document.get("active").and_then(Value::as_bool).unwrap_or_default()
    }

    /// The name to show.
    fn name(&self) -> String {
        let formatted = self.document.get("name").and_then(|name| name["formatted"].as_str());
        let name = self.text("displayName").or(formatted).or(self.text("userName")).unwrap_or_default();
        plain(name, NAME_MAX_CHARS)
    }

    /// The e-mail address to show: the primary one, else the first.
    fn email(&self) -> Option<String> {
        let emails = self.document.get("emails").and_then(Value::as_array)?;
        let primary = emails.iter().find(|email| email["primary"] == true).or(emails.first())?;
        primary["value"].as_str().map(|email| plain(email, NAME_MAX_CHARS))
    }
}

impl By {
    pub(super) fn of(directory: Directory, client: Client) -> Self {
        Self { directory, ip: client.map(|Extension(ClientAddress(ip))| ip) }
    }
}

impl Scim {
    /// `user` as a resource.
    fn user(&self, user: &Stored) -> Map<String, Value> {
        self.resource("User", routes::SCIM_USER, user, None)
    }

    /// Lets the person of `user` in, or keeps them out and ends their sessions, as part of `transaction`. A user
    /// without an external id stands for no person.
    async fn judge(
        &self,
        transaction: &mut Transaction,
        by: &By,
        what: &str,
        user: &Stored,
        is_active: bool,
        now_ms: i64,
    ) -> Result<Consequences, ScimError> {
        let user_name = user.text("userName").unwrap_or_default();
        let entry = |kind| by.entry(kind, what, user, user_name, now_ms);
        let Some(subject) = user.text("externalId") else {
            return Ok(Consequences {
                entry: entry(audit::EntryKind::DirectoryChanged),
                person_changed: None,
                ended: vec![],
            });
        };
        let (name, email) = (user.name(), user.email());
        let person = DirectoryPerson { issuer: &by.directory.issuer, subject, name: &name, email: email.as_deref() };
        let sign_ins = self.auth.sign_ins();
        let user_id = sign_ins.provision_in(transaction, &person, now_ms).await?;
        let is_changed = sign_ins.set_active_in(transaction, user_id, is_active, now_ms).await?;
        // Even if they were inactive before: no session may be left over.
        let ended = if is_active {
            vec![]
        } else {
            let reason = EndReason::InactiveInDirectory;
            sign_ins.end_in(transaction, &Ending::AllOf(user_id), reason, now_ms).await?
        };
        let kind = match (is_changed, is_active) {
            (false, _) => audit::EntryKind::DirectoryChanged,
            (true, true) => audit::EntryKind::PersonEnabled,
            (true, false) => audit::EntryKind::PersonDisabled,
        };
        let entry = entry(kind).about(user_id).with("active", is_active).with("ended", ended.len());
        Ok(Consequences { entry, person_changed: is_changed.then_some(user_id), ended })
    }
}
