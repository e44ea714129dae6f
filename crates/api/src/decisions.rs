//! What administrators decide about people: they disable and enable people, give roles and take them back.

use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::{Extension, Json};
use rolecall_routes as routes;
use rolecall_sign_in::bearer::ApiCaller;
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem::ApiProblem;
use super::state::{Administration, Client, number};
use super::times::moment;
use super::users::User;
use super::who::RoleName;

/// Why somebody is to be kept out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisableWish {
    /// Why, in one line of at most 300 characters: the person reads it.
    #[schema(example = "You left the company.")]
    reason: String,
}

/// A role that is to be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantWish {
    /// The role to give.
    role: RoleName,
    /// Why, in one line of at most 300 characters: the person reads it.
    #[schema(example = "Stands in for Ada.")]
    reason: String,
    /// When it ends by itself: a moment (RFC 3339), or a day, at the beginning of which it is over. Without it, when it is taken back.
    #[schema(example = "2027-01-01")]
    ends: Option<String>,
}

/// Disable a person
///
/// Needs the role Admin. Ends all sessions of the person and keeps them out from now on; no access token of theirs counts. A person
/// who does this must have authenticated during the last ten minutes (`auth_time` of the token), and cannot do it to themselves.
/// Nobody can do it to the last person with the role Admin.
///
/// # Errors
/// 401 or 403 below Admin; 404 where there is nobody of that number; 409 where nobody with the role Admin would be
/// left; 422 without a reason, and for oneself.
#[utoipa::path(post, path = routes::API_V1_USER_DISABLE,
    params(("id" = String, Path, description = "The person's number", example = "1")),
    request_body = DisableWish,
    responses((status = 200, description = "The person, now disabled", body = User)),
)]
pub async fn disable(
    State(administration): State<Administration>,
    Extension(caller): Extension<ApiCaller>,
    client: Client,
    path: Result<Path<String>, PathRejection>,
    wish: Result<Json<DisableWish>, JsonRejection>,
) -> Result<Json<User>, ApiProblem> {
    let administrator = administration.recent_administrator(&caller, &client).await?;
    let (Path(id), Json(wish)) = (path?, wish?);
    let id = administration.person(&id).await?.id;
    Ok(Json(administrator.disable(id, &wish.reason).await?.into()))
}

/// Let a person in again
///
/// Needs the role Admin. A person who does this must have authenticated during the last ten minutes (`auth_time` of the token).
///
/// # Errors
/// 401 or 403 below Admin; 404 where there is nobody of that number.
#[utoipa::path(post, path = routes::API_V1_USER_ENABLE,
    params(("id" = String, Path, description = "The person's number", example = "1")),
    responses((status = 200, description = "The person, who may sign in again", body = User)),
)]
pub async fn enable(
    State(administration): State<Administration>,
    Extension(caller): Extension<ApiCaller>,
    client: Client,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<User>, ApiProblem> {
    let administrator = administration.recent_administrator(&caller, &client).await?;
    let Path(id) = path?;
    let id = administration.person(&id).await?.id;
    Ok(Json(administrator.enable(id).await?.into()))
}

/// Give a role
///
/// Needs the role Admin. The highest of this role and the provider's counts from the next request on, within the limits of the
/// provider. A person who does this must have authenticated during the last ten minutes (`auth_time` of the token), and cannot do it
/// to themselves.
///
/// # Errors
/// 401 or 403 below Admin; 404 where there is nobody of that number; 409 where the person was given it with the same
/// end; 422 without a reason, for an end that is over, for a role that the configuration does not leave to the person,
/// and for oneself.
#[utoipa::path(post, path = routes::API_V1_USER_GRANTS,
    params(("id" = String, Path, description = "The person's number", example = "1")),
    request_body = GrantWish,
    responses((status = 200, description = "The person, with what they were given", body = User)),
)]
pub async fn grant(
    State(administration): State<Administration>,
    Extension(caller): Extension<ApiCaller>,
    client: Client,
    path: Result<Path<String>, PathRejection>,
    wish: Result<Json<GrantWish>, JsonRejection>,
) -> Result<Json<User>, ApiProblem> {
    let administrator = administration.recent_administrator(&caller, &client).await?;
    let (Path(id), Json(wish)) = (path?, wish?);
    let id = administration.person(&id).await?.id;
    let ends_at_ms = wish.ends.as_deref().map(moment).transpose()?;
    Ok(Json(administrator.grant(id, wish.role.into(), &wish.reason, ends_at_ms).await?.into()))
}

/// Take a role back
///
/// Needs the role Admin. A person who does this must have authenticated during the last ten minutes (`auth_time` of the token), and
/// cannot do it to themselves. Nobody can do it to the last person with the role Admin.
///
/// # Errors
/// 401 or 403 below Admin; 404 where the person has no such grant in force; 409 where nobody with the role Admin would
/// be left; 422 for one's own.
#[utoipa::path(delete, path = routes::API_V1_USER_GRANT,
    params(
        ("id" = String, Path, description = "The person's number", example = "1"),
        ("grant" = String, Path, description = "The id of what they were given", example = "6f1b0d0c5e7a4f0e9b8a7c6d5e4f3a2b"),
    ),
    responses((status = 200, description = "The person, without it", body = User)),
)]
pub async fn revoke(
    State(administration): State<Administration>,
    Extension(caller): Extension<ApiCaller>,
    client: Client,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<User>, ApiProblem> {
    let administrator = administration.recent_administrator(&caller, &client).await?;
    let Path((id, grant)) = path?;
    let id = number(&id)?;
    let grants = administration.auth.sign_ins().grants_of(id, administration.now_ms()).await?;
    if !grants.iter().any(|known| known.id == grant) {
        return Err(ApiProblem::not_found());
    }
    Ok(Json(administrator.revoke_grant(grant).await?.into()))
}
