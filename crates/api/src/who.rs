//! The caller, and something protected to try a token with.

use axum::{Extension, Json};
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_sign_in::bearer::{ApiCaller, CallerKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::ApiProblem;

/// Who calls, as the access token says it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The issuer of the token: with `subject` the caller's key.
    #[schema(example = "http://127.0.0.1:3000/demo")]
    issuer: String,
    /// The caller at the issuer; for Entra the object id.
    #[schema(example = "8f14c2de-0b7a-4d55-8a0e-5b6f2c1a9d01")]
    subject: String,
    /// The name to show.
    #[schema(example = "Ada Vale")]
    name: String,
    /// Whether a person or an application calls.
    kind: Kind,
    /// The application that the token was given to.
    client: String,
    /// The highest role that the token gives; without one, nothing else is open.
    role: Option<RoleName>,
}

/// Whether a person or an application calls.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A person, for whom an application calls.
    Person,
    /// An application, for itself.
    Application,
}

/// A role. Each includes the ones before it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Role)]
pub enum RoleName {
    /// Looks at dashboards.
    Read,
    /// Edits them too.
    Write,
    /// Sees who signs in, too.
    Admin,
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Read => Self::Read,
            Role::Write => Self::Write,
            Role::Admin => Self::Admin,
        }
    }
}

impl From<RoleName> for Role {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Read => Self::Read,
            RoleName::Write => Self::Write,
            RoleName::Admin => Self::Admin,
        }
    }
}

/// Something protected.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecureData {
    /// A greeting.
    #[schema(example = "Hello Ada, this is protected data")]
    message: String,
}

/// Who calls
///
/// For every caller with a good token, also without a role.
#[utoipa::path(get, path = routes::API_V1_ME, responses((status = 200, description = "Who calls", body = Me)))]
pub async fn me(Extension(caller): Extension<ApiCaller>) -> Json<Me> {
    Json(Me {
        issuer: caller.issuer,
        subject: caller.subject,
        name: caller.name,
        kind: match caller.kind {
            CallerKind::Person => Kind::Person,
            CallerKind::Application => Kind::Application,
        },
        client: caller.client,
        role: caller.role.map(Into::into),
    })
}

/// Something protected
///
/// Needs the role Read. Good for a first try.
///
/// # Errors
/// 401 or 403 below Read.
#[utoipa::path(get, path = routes::API_V1_SECURE_DATA, responses(
    (status = 200, description = "A greeting", body = SecureData),
))]
pub async fn secure_data(Extension(caller): Extension<ApiCaller>) -> Result<Json<SecureData>, ApiProblem> {
    caller.require(Role::Read)?;
    let name = caller.given_name.as_ref().unwrap_or(&caller.name);
    Ok(Json(SecureData { message: format!("Hello {name}, this is protected data") }))
}
