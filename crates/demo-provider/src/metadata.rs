//! What the provider publishes about itself: its metadata (OpenID Connect Discovery 1.0) and its keys (RFC 7517).

use axum::Json;
use axum::extract::State;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthUrl, EndSessionUrl, IssuerUrl, JsonWebKeySetUrl, LogoutProviderMetadata,
    ProviderMetadata, ResponseTypes, Scope, TokenUrl, UserInfoUrl,
};
use serde::{Deserialize, Serialize};

use super::keys::{ALGORITHM, KeyError};
use super::pkce;
use super::state::ProviderState;

/// The scopes that mean something here.
const SCOPES: [&str; 5] = ["openid", "profile", "email", "offline_access", "User.Read"];
/// The claims that an ID token may hold.
const CLAIMS: [&str; 19] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "auth_time",
    "nonce",
    "at_hash",
    "sid",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "email",
    "email_verified",
    "roles",
    "oid",
    "tid",
];

/// Metadata beyond Discovery 1.0 and RP-Initiated Logout 1.0.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct FurtherMetadata {
    /// The authorization response names the issuer (RFC 9207).
    authorization_response_iss_parameter_supported: bool,
    /// The PKCE methods (RFC 8414, section 2).
    code_challenge_methods_supported: Vec<String>,
}

impl AdditionalProviderMetadata for FurtherMetadata {}

/// All that the provider says of itself.
pub(super) type Metadata = ProviderMetadata<
    LogoutProviderMetadata<FurtherMetadata>,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// `GET /.well-known/openid-configuration`: the metadata (OpenID Connect Discovery 1.0, section 4).
pub(super) async fn discovery(State(state): State<ProviderState>) -> Json<Metadata> {
    let metadata = Metadata::new(
        IssuerUrl::from_url(state.issuer().clone()),
        AuthUrl::from_url(state.endpoint_url("/authorize")),
        JsonWebKeySetUrl::from_url(state.endpoint_url("/jwks")),
        vec![ResponseTypes::new(vec![CoreResponseType::Code])],
        vec![CoreSubjectIdentifierType::Public],
        vec![ALGORITHM],
        LogoutProviderMetadata {
            end_session_endpoint: Some(EndSessionUrl::from_url(state.endpoint_url("/end_session"))),
            additional_metadata: FurtherMetadata {
                authorization_response_iss_parameter_supported: true,
                code_challenge_methods_supported: vec![pkce::METHOD.to_owned()],
            },
        },
    )
    .set_token_endpoint(Some(TokenUrl::from_url(state.endpoint_url("/token"))))
    .set_userinfo_endpoint(Some(UserInfoUrl::from_url(state.endpoint_url("/userinfo"))))
    .set_scopes_supported(Some(SCOPES.map(|scope| Scope::new(scope.to_owned())).into()))
    .set_claims_supported(Some(CLAIMS.map(|claim| CoreClaimName::new(claim.to_owned())).into()))
    .set_response_modes_supported(Some(vec![CoreResponseMode::Query]))
    .set_grant_types_supported(Some(vec![
        CoreGrantType::AuthorizationCode,
        CoreGrantType::RefreshToken,
        CoreGrantType::ClientCredentials,
    ]))
    .set_token_endpoint_auth_methods_supported(Some(vec![
        CoreClientAuthMethod::None,
        CoreClientAuthMethod::ClientSecretBasic,
        CoreClientAuthMethod::ClientSecretPost,
    ]))
    .set_request_parameter_supported(Some(false))
    .set_request_uri_parameter_supported(Some(false));
    Json(metadata)
}

/// `GET /jwks`: the public key, as a JSON Web Key Set (RFC 7517, section 5).
///
/// # Errors
/// When the key could not be made.
pub(super) async fn jwks(State(state): State<ProviderState>) -> Result<Json<CoreJsonWebKeySet>, KeyError> {
    Ok(Json(CoreJsonWebKeySet::new(vec![state.key().await?.public.clone()])))
}

#[cfg(test)]
mod tests {
    use openidconnect::core::CoreProviderMetadata;

    use super::*;

    #[tokio::test]
    async fn a_client_can_read_the_metadata() {
        let Json(metadata) = discovery(State(ProviderState::at(0))).await;
        let text = serde_json::to_string(&metadata).unwrap();
        assert!(text.contains(r#""end_session_endpoint":"http://127.0.0.1:3000/demo/end_session""#), "{text}");
        assert!(text.contains(r#""authorization_response_iss_parameter_supported":true"#), "{text}");
        let read: CoreProviderMetadata = serde_json::from_str(&text).unwrap();
        assert_eq!(read.issuer().as_str(), "http://127.0.0.1:3000/demo");
        assert_eq!(read.authorization_endpoint().as_str(), "http://127.0.0.1:3000/demo/authorize");
    }
}
