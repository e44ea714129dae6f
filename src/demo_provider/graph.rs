//! A profile in the manner of Microsoft Graph, for whoever reads one with the person's access token.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::bearer::{Bearer, InvalidToken};

/// `GET /v1.0/me`: the person's profile, with Graph's names for its properties and for an error.
pub(super) async fn me(bearer: Result<Bearer, InvalidToken>) -> Response {
    let Ok(Bearer(grant)) = bearer else {
        let error =
            json!({ "code": "InvalidAuthenticationToken", "message": "The access token is missing or not valid." });
        let body = Json(json!({ "error": error }));
        return (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, InvalidToken::CHALLENGE)], body).into_response();
    };
    let person = grant.person;
    let profile = json!({
        "id": person.subject,
        "displayName": person.name,
        "givenName": person.given_name,
        "surname": person.family_name,
        "mail": person.email,
        "userPrincipalName": person.email,
        "jobTitle": person.job_title,
    });
    Json(profile).into_response()
}
