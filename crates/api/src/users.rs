//! Everyone who has signed in, whom a directory provisioned, or who used the API.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::{Extension, Json};
use rolecall_core::admin::DecidedPerson;
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_sign_in::bearer::ApiCaller;
use rolecall_sign_in::people::{Grant, PersonRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::ApiProblem;
use super::state::{Administration, key, next_path, number};
use super::times::written;
use super::who::RoleName;

/// Some people, the latest sign-in first.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserList {
    /// One entry a person, 50 at most.
    users: Vec<User>,
    /// The path of those after them; null at the end.
    #[schema(example = "/api/v1/users?after=1795248330123.42")]
    next: Option<String>,
}

/// Someone who has signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    /// Their number here, as in the log and in the audit.
    #[schema(example = 42)]
    id: i64,
    /// The name to show.
    #[schema(example = "Wren Hollis")]
    name: String,
    /// The e-mail address, for display.
    email: Option<String>,
    /// The issuer: with `subject` the person's key.
    issuer: String,
    /// The person at the issuer; for Entra the object id.
    subject: String,
    /// The provider of their last sign-in, as far as that is kept.
    provider: Option<String>,
    /// The higher one of the two below, within the limits of the provider: what counts.
    role: Option<RoleName>,
    /// The role that the provider gave at their last sign-in or since.
    provider_role: Option<RoleName>,
    /// The highest role that they were given here.
    granted_role: Option<RoleName>,
    /// When they signed in last; null for somebody who never did.
    #[schema(example = "2026-11-21T08:05:30.123Z")]
    last_sign_in: Option<String>,
    /// When they were seen last, as far as that is kept.
    last_seen: Option<String>,
    /// How many sessions of theirs are live.
    sessions: i64,
    /// That they are kept out; null where they are not.
    disabled: Option<Disabled>,
    /// Since when the directory of the provider keeps them out (SCIM); null where it does not.
    inactive_since: Option<String>,
    /// The roles that they were given here and that are in force. For one person alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    grants: Option<Vec<UserGrant>>,
    /// The path of more about them.
    #[schema(example = "/api/v1/users/42")]
    href: String,
}

/// That a person is kept out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Disabled {
    /// Since when.
    #[schema(example = "2026-11-21T08:05:30.123Z")]
    since: String,
    /// Why: the person reads it.
    reason: String,
}

/// A role that a person was given here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Grant)]
pub struct UserGrant {
    /// The id of the grant, to take it back.
    #[schema(example = "6f1b0d0c5e7a4f0e9b8a7c6d5e4f3a2b")]
    id: String,
    /// The role that was given.
    role: RoleName,
    /// Why: the person reads it.
    reason: String,
    /// When it was given.
    #[schema(example = "2026-11-21T08:05:30.123Z")]
    granted: String,
    /// Who gave it, by their number; null for the operator.
    granted_by: Option<i64>,
    /// When it ends by itself; null where it does not.
    #[schema(example = "2027-01-01T00:00:00.000Z")]
    ends: Option<String>,
}

/// Which people are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct UsersQuery {
    /// A part of the name, the e-mail address or the subject.
    search: Option<String>,
    /// Where to go on: take the path `next` of the page before.
    after: Option<String>,
}

/// The people
///
/// Needs the role Admin. Lists everyone who has signed in, whom a directory provisioned, or who used the API, the latest
/// sign-in first, 50 at a time.
///
/// # Errors
/// 400 for a query that cannot be read; 401 or 403 below Admin.
#[utoipa::path(get, path = routes::API_V1_USERS, params(UsersQuery), responses(
    (status = 200, description = "Some people", body = UserList),
))]
pub async fn users(
    State(administration): State<Administration>,
    Extension(caller): Extension<ApiCaller>,
    query: Result<Query<UsersQuery>, QueryRejection>,
) -> Result<Json<UserList>, ApiProblem> {
    caller.require(Role::Admin)?;
    let Query(query) =
        query.map_err(|_| ApiProblem::bad_request("Possible parameters: search and after, each once."))?;
    let after = query.after.as_deref().map(key).transpose()?;
    let search = query.search.as_deref().unwrap_or_default();
    let page = administration.auth.sign_ins().people(search, after, administration.now_ms()).await?;
    let next = page.next.map(|(at_ms, id)| {
        next_path(routes::API_V1_USERS, &[("search", query.search.as_deref())], &format!("{at_ms}.{id}"))
    });
    Ok(Json(UserList { users: page.rows.into_iter().map(|row| User::of(row, None)).collect(), next }))
}

/// One person
///
/// Needs the role Admin. Tells the roles that they were given here, too.
///
/// # Errors
/// 401 or 403 below Admin; 404 where there is nobody of that number.
#[utoipa::path(get, path = routes::API_V1_USER,
    params(("id" = String, Path, description = "The person's number", example = "1")),
    responses((status = 200, description = "The person", body = User)),
)]
pub async fn user(
    State(administration): State<Administration>,
    Extension(caller): Extension<ApiCaller>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<User>, ApiProblem> {
    caller.require(Role::Admin)?;
    let Path(id) = path?;
    let person = administration.person(&id).await?;
    let grants = administration.auth.sign_ins().grants_of(person.id, administration.now_ms()).await?;
    Ok(Json(User::of(person, Some(grants))))
}

impl Administration {
    /// The person whose number is `id`, a part of a path; 404 for nobody. Applications have numbers too, but are not
    /// people.
    pub(super) async fn person(&self, id: &str) -> Result<PersonRow, ApiProblem> {
        let person = self.auth.sign_ins().person(number(id)?, self.now_ms()).await?;
        person.filter(|person| !person.is_program()).ok_or(ApiProblem::not_found())
    }
}

impl User {
    fn of(person: PersonRow, grants: Option<Vec<Grant>>) -> Self {
        let role = person.role();
        Self {
            last_sign_in: person.signed_in_at_ms().map(written),
            inactive_since: person.inactive_since_ms.map(written),
            id: person.id,
            name: person.name,
            email: person.email,
            issuer: person.issuer,
            subject: person.subject,
            provider: person.provider,
            role: role.map(Into::into),
            provider_role: person.provider_role.map(Into::into),
            granted_role: person.granted_role.map(Into::into),
            last_seen: person.last_seen_at_ms.map(written),
            sessions: person.live,
            disabled: person.disabled.map(|(since_ms, reason)| Disabled { since: written(since_ms), reason }),
            grants: grants.map(|grants| grants.into_iter().map(Into::into).collect()),
            href: routes::api_v1_user(person.id),
        }
    }
}

impl From<DecidedPerson> for User {
    fn from(decided: DecidedPerson) -> Self {
        Self::of(decided.person, Some(decided.grants))
    }
}

impl From<Grant> for UserGrant {
    fn from(grant: Grant) -> Self {
        Self {
            id: grant.id,
            role: grant.role.into(),
            reason: grant.reason,
            granted: written(grant.granted_at_ms),
            granted_by: grant.granted_by,
            ends: grant.ends_at_ms.map(written),
        }
    }
}
