//! The userinfo endpoint (OpenID Connect Core 1.0, section 5.3).

use axum::Json;
use openidconnect::core::CoreUserInfoClaims;
use openidconnect::{
    EmptyAdditionalClaims, EndUserEmail, EndUserName, EndUserUsername, StandardClaims, SubjectIdentifier,
};

use super::bearer::Bearer;

/// `GET` and `POST /userinfo`: who the access token belongs to.
pub(super) async fn claims(Bearer(grant): Bearer) -> Json<CoreUserInfoClaims> {
    let person = grant.person;
    let claims = StandardClaims::new(SubjectIdentifier::new(person.subject.to_owned()))
        .set_name(Some(EndUserName::new(person.name.to_owned()).into()))
        .set_preferred_username(Some(EndUserUsername::new(person.email.to_owned())))
        .set_email(Some(EndUserEmail::new(person.email.to_owned())));
    Json(CoreUserInfoClaims::new(claims, EmptyAdditionalClaims {}))
}
