//! Microsoft Graph's answers about the signed-in person, at the same paths and in the same form, for requests with the
//! person's access token.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::bearer::{Bearer, InvalidToken};
use super::people::{DemoPerson, PHOTO_PIXELS};
use super::state::ProviderState;

/// The scope that is needed here.
const SCOPE: &str = "User.Read";
/// How many groups one request may ask about.
const MAX_GROUPS: usize = 20;

/// A person whose access token is valid here.
pub(super) struct DemoCaller(&'static DemoPerson);

/// Why a request failed (Microsoft Graph's error responses).
pub(super) struct DemoGraphError {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
    challenge: Option<&'static str>,
}

impl DemoGraphError {
    const fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message, challenge: None }
    }

    /// 401, with what the client must do about it.
    const fn unauthorized() -> Self {
        let error = Self::new(
            StatusCode::UNAUTHORIZED,
            "InvalidAuthenticationToken",
            "The access token is missing, not valid, or its sign-in has ended.",
        );
        Self { challenge: Some(InvalidToken::CHALLENGE), ..error }
    }
}

impl IntoResponse for DemoGraphError {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": { "code": self.code, "message": self.message } }));
        let challenge = self.challenge.map(|challenge| [(header::WWW_AUTHENTICATE, challenge)]);
        (self.status, challenge, body).into_response()
    }
}

impl FromRequestParts<ProviderState> for DemoCaller {
    type Rejection = DemoGraphError;

    async fn from_request_parts(parts: &mut Parts, state: &ProviderState) -> Result<Self, Self::Rejection> {
        let bearer = Bearer::from_request_parts(parts, state).await;
        let Bearer(grant) = bearer.map_err(|_| DemoGraphError::unauthorized())?;
        if !grant.scopes.iter().any(|scope| scope == SCOPE) {
            let message = "Insufficient privileges to complete the operation.";
            return Err(DemoGraphError::new(StatusCode::FORBIDDEN, "Authorization_RequestDenied", message));
        }
        Ok(Self(grant.person))
    }
}

/// `GET /v1.0/me`: the person's profile.
pub(super) async fn me(DemoCaller(person): DemoCaller) -> Json<Value> {
    Json(json!({
        "id": person.subject,
        "displayName": person.name,
        "givenName": person.given_name,
        "surname": person.family_name,
        "mail": person.email,
        "userPrincipalName": person.email,
        "jobTitle": person.job_title,
    }))
}

/// `GET /v1.0/me/photo`: what the person's picture is like, when there is one.
pub(super) async fn photo(DemoCaller(person): DemoCaller) -> Result<Json<Value>, DemoGraphError> {
    person.photo.ok_or_else(no_photo)?;
    let id = format!("{PHOTO_PIXELS}x{PHOTO_PIXELS}");
    let content_type = "@odata.mediaContentType";
    Ok(Json(json!({ "id": id, "width": PHOTO_PIXELS, "height": PHOTO_PIXELS, content_type: "image/jpeg" })))
}

/// `GET /v1.0/me/photo/$value`: the picture itself.
pub(super) async fn photo_value(
    DemoCaller(person): DemoCaller,
) -> Result<([(HeaderName, &'static str); 1], &'static [u8]), DemoGraphError> {
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], person.photo.ok_or_else(no_photo)?))
}

fn no_photo() -> DemoGraphError {
    DemoGraphError::new(StatusCode::NOT_FOUND, "ImageNotFound", "The photo wasn't found.")
}

/// What a client asks of its groups.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GroupsAsked {
    group_ids: Vec<String>,
}

/// `POST /v1.0/me/checkMemberGroups`: those of the groups asked about that the person is in.
pub(super) async fn check_member_groups(
    DemoCaller(person): DemoCaller,
    Json(GroupsAsked { group_ids }): Json<GroupsAsked>,
) -> Result<Json<Value>, DemoGraphError> {
    if group_ids.is_empty() || group_ids.len() > MAX_GROUPS {
        let message = "Between 1 and 20 groups can be checked at once.";
        return Err(DemoGraphError::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message));
    }
    let value: Vec<_> = group_ids.into_iter().filter(|id| person.groups.contains(&id.as_str())).collect();
    Ok(Json(json!({ "value": value })))
}
