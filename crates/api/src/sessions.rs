//! The live sessions, and how administrators end them.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::{Extension, Json};
use rolecall_core::account::device;
use rolecall_core::admin::DecisionError;
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_sign_in::bearer::ApiCaller;
use rolecall_sign_in::session::{LiveFilter, LiveRow, SignInAge, SignInRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::ApiProblem;
use super::state::{Administration, Client, key, next_path};
use super::times::written;
use super::who::RoleName;

/// Some sessions, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionList {
    /// One entry a session, 50 at most.
    sessions: Vec<Session>,
    /// The path of those after them; null at the end.
    #[schema(example = "/api/v1/sessions?after=1795248330123.6f1b0d0c5e7a4f0e9b8a7c6d5e4f3a2b")]
    next: Option<String>,
}

/// A browser in which somebody is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Its id, which opens nothing.
    #[schema(example = "6f1b0d0c5e7a4f0e9b8a7c6d5e4f3a2b")]
    id: String,
    /// Whose it is, by their number.
    #[schema(example = 42)]
    user: i64,
    /// The name of the person.
    #[schema(example = "Wren Hollis")]
    name: String,
    /// The provider that they signed in with.
    #[schema(example = "azure")]
    provider: String,
    /// The highest role of theirs, given by the provider or here, within the limits of the provider: what counts.
    role: Option<RoleName>,
    /// When it began.
    #[schema(example = "2026-11-21T08:05:30.123Z")]
    began: String,
    /// When it was seen last, up to a minute late.
    #[schema(example = "2026-11-21T08:05:30.123Z")]
    last_seen: String,
    /// The address that it began at.
    #[schema(example = "192.0.2.7")]
    address: Option<String>,
    /// The browser and the device in words, as the browser says it of itself.
    #[schema(example = "Firefox on Linux")]
    device: String,
}

/// How many sessions ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionsEnded {
    /// How many.
    #[schema(example = 1)]
    ended: usize,
}

/// Which sessions are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SessionsQuery {
    /// A part of the person's name, e-mail address or subject.
    person: Option<String>,
    /// The id of the provider.
    provider: Option<String>,
    /// The role that counts, whoever gave it.
    #[param(inline)]
    role: Option<RoleName>,
    /// The address that it began at.
    address: Option<String>,
    /// How long ago it began: `less_than_1h`, `less_than_1d`, `more_than_1h`, `more_than_8h`, `more_than_1d` or `more_than_7d`.
    #[param(example = "more_than_8h")]
    began: Option<String>,
    /// Where to go on: take the path `next` of the page before.
    after: Option<String>,
}

/// The sessions
///
/// Needs the role Admin. Lists every browser in which somebody is signed in, the newest first, 50 at a time.
///
/// # Errors
/// 400 for a query that cannot be read; 401 or 403 below Admin.
#[utoipa::path(get, path = routes::API_V1_SESSIONS, params(SessionsQuery), responses(
    (status = 200, description = "Some sessions", body = SessionList),
))]
pub async fn sessions(
    State(administration): State<Administration>,
    Extension(caller): Extension<ApiCaller>,
    query: Result<Query<SessionsQuery>, QueryRejection>,
) -> Result<Json<SessionList>, ApiProblem> {
    const WRONG: &str =
        "Possible parameters: person, provider, role (read, write or admin), address, began and after, each once.";
    const BEGAN: &str =
        "began is less_than_1h, less_than_1d, more_than_1h, more_than_8h, more_than_1d or more_than_7d: how long ago.";
    caller.require(Role::Admin)?;
    let Query(query) = query.map_err(|_| ApiProblem::bad_request(WRONG))?;
    let after = query.after.as_deref().map(key).transpose()?;
    let role = query.role.map(Role::from);
    let age: Option<SignInAge> =
        query.began.as_deref().map(str::parse).transpose().map_err(|_| ApiProblem::bad_request(BEGAN))?;
    let filter = LiveFilter {
        person: query.person.clone().unwrap_or_default(),
        provider: query.provider.clone().unwrap_or_default(),
        role,
        ip: query.address.clone().unwrap_or_default(),
        age,
    };
    let page = administration.auth.sign_ins().live_page(&filter, after.as_ref(), administration.now_ms()).await?;
    let parameters = [
        ("person", query.person.as_deref()),
        ("provider", query.provider.as_deref()),
        ("role", role.map(Role::key)),
        ("address", query.address.as_deref()),
        ("began", query.began.as_deref()),
    ];
    let next = page.next.map(|(at_ms, id)| next_path(routes::API_V1_SESSIONS, &parameters, &format!("{at_ms}.{id}")));
    Ok(Json(SessionList { sessions: page.rows.into_iter().map(Into::into).collect(), next }))
}

/// End a session
///
/// Needs the role Admin. It is refused at its next request, and the person reads that an administrator ended it.
///
/// # Errors
/// 401 or 403 below Admin; 404 where no such session is live.
#[utoipa::path(delete, path = routes::API_V1_SESSION,
    params(("id" = String, Path, description = "The session", example = "6f1b0d0c5e7a4f0e9b8a7c6d5e4f3a2b")),
    responses((status = 200, description = "It ended", body = SessionsEnded)),
)]
pub async fn end_session(
    State(administration): State<Administration>,
    Extension(caller): Extension<ApiCaller>,
    client: Client,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<SessionsEnded>, ApiProblem> {
    let administrator = administration.administrator(&caller, &client).await?;
    let Path(id) = path?;
    match administrator.end_session(id).await {
        Err(DecisionError::Decided(_)) => Err(ApiProblem::not_found()),
        ended => Ok(ended.map(|()| Json(SessionsEnded { ended: 1 }))?),
    }
}

/// The sessions of a person
///
/// Needs the role Admin. Lists the 50 newest that are live.
///
/// # Errors
/// 401 or 403 below Admin; 404 where there is nobody of that number.
#[utoipa::path(get, path = routes::API_V1_USER_SESSIONS,
    params(("id" = String, Path, description = "The person's number", example = "1")),
    responses((status = 200, description = "The sessions", body = SessionList)),
)]
pub async fn user_sessions(
    State(administration): State<Administration>,
    Extension(caller): Extension<ApiCaller>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<SessionList>, ApiProblem> {
    caller.require(Role::Admin)?;
    let Path(id) = path?;
    let person = administration.person(&id).await?;
    let sign_ins = administration.auth.sign_ins();
    let page = sign_ins.live_of(person.id, administration.now_ms()).await?;
    let session = |row: SignInRow| {
        let role = sign_ins.limited(&row.provider, row.role.max(person.granted_role), &person.issuer);
        Session::of(row, person.name.clone(), role)
    };
    Ok(Json(SessionList { sessions: page.rows.into_iter().map(session).collect(), next: None }))
}

/// End the sessions of a person
///
/// Needs the role Admin. A person who has none has none after it, too.
///
/// # Errors
/// 401 or 403 below Admin; 404 where there is nobody of that number.
#[utoipa::path(post, path = routes::API_V1_USER_END_SESSIONS,
    params(("id" = String, Path, description = "The person's number", example = "1")),
    responses((status = 200, description = "They ended", body = SessionsEnded)),
)]
pub async fn end_user_sessions(
    State(administration): State<Administration>,
    Extension(caller): Extension<ApiCaller>,
    client: Client,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<SessionsEnded>, ApiProblem> {
    let administrator = administration.administrator(&caller, &client).await?;
    let Path(id) = path?;
    let person = administration.person(&id).await?;
    let ended = administrator.end_sessions_of(person.id).await?;
    Ok(Json(SessionsEnded { ended }))
}

impl Session {
    fn of(sign_in: SignInRow, name: String, role: Option<Role>) -> Self {
        Self {
            id: sign_in.id,
            user: sign_in.user_id,
            name,
            provider: sign_in.provider,
            role: role.map(Into::into),
            began: written(sign_in.created_at_ms),
            last_seen: written(sign_in.last_seen_at_ms),
            address: sign_in.ip.map(|ip| ip.to_string()),
            device: device(sign_in.user_agent.as_deref()),
        }
    }
}

impl From<LiveRow> for Session {
    fn from(LiveRow { sign_in, name, role, .. }: LiveRow) -> Self {
        Self::of(sign_in, name, role)
    }
}
