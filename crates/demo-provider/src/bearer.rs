//! Access tokens in requests (RFC 6750, section 2.1), only in the header; and the userinfo endpoint, which says who a
//! token belongs to.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use openidconnect::core::CoreUserInfoClaims;
use openidconnect::{
    EmptyAdditionalClaims, EndUserEmail, EndUserName, EndUserUsername, StandardClaims, SubjectIdentifier,
};
use serde_json::json;

use super::grants::Grant;
use super::state::ProviderState;

/// What the access token of a request allows.
pub(super) struct Bearer(pub(super) Grant);

/// There is no access token, or it is not valid (401).
pub(super) struct InvalidToken;

impl InvalidToken {
    /// The challenge that goes with it (RFC 6750, section 3).
    pub(super) const CHALLENGE: &str = r#"Bearer error="invalid_token""#;
}

impl IntoResponse for InvalidToken {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": "invalid_token" }));
        (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, Self::CHALLENGE)], body).into_response()
    }
}

impl FromRequestParts<ProviderState> for Bearer {
    type Rejection = InvalidToken;

    async fn from_request_parts(parts: &mut Parts, state: &ProviderState) -> Result<Self, Self::Rejection> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header
            .and_then(|header| header.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim_start());
        let grant = token.and_then(|token| state.grants().access(token, state.now_ms()));
        grant.map(Self).ok_or(InvalidToken)
    }
}

/// `GET` and `POST /userinfo`: who the access token belongs to.
pub(super) async fn claims(Bearer(grant): Bearer) -> Json<CoreUserInfoClaims> {
    let person = grant.person;
    let claims = StandardClaims::new(SubjectIdentifier::new(person.subject.to_owned()))
        .set_name(Some(EndUserName::new(person.name.to_owned()).into()))
        .set_preferred_username(Some(EndUserUsername::new(person.email.to_owned())))
        .set_email(Some(EndUserEmail::new(person.email.to_owned())));
    Json(CoreUserInfoClaims::new(claims, EmptyAdditionalClaims {}))
}
