//! Why a request is rejected, with or without an access token.

use strum::{IntoStaticStr, VariantNames};
use thiserror::Error;

use crate::RolesError;
use crate::jws::JwsError;
use crate::provider::ProviderError;
use crate::provider::entra::TenantError;
use crate::session::RecordError;

/// Why a request counts as anonymous. For the log: it holds no secret, but the caller gets less detail.
#[derive(Debug, Error, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum BearerError {
    /// The request holds no access token.
    #[error("there is no access token")]
    NoToken,
    /// The header is there more than once, or holds something that cannot be a token (RFC 6750, section 3.1).
    #[error("the Authorization header cannot be read, or is there twice")]
    #[strum(serialize = "header_unusable")]
    Header,
    /// The token is longer than any real one.
    #[error("the access token is too long")]
    #[strum(serialize = "token_too_long")]
    TooLong,
    /// The token is not valid.
    #[error("the access token is not valid")]
    #[strum(serialize = "token_refused")]
    Token(#[source] JwsError),
    /// The token says that it is of another kind.
    #[error("`typ` is neither at+jwt nor JWT")]
    #[strum(serialize = "typ_wrong")]
    Type,
    /// No configured provider has the issuer that the token names.
    #[error("no configured provider has the issuer of the access token")]
    UnknownIssuer,
    /// Its tenant may not call.
    #[error(transparent)]
    #[strum(serialize = "tenant_refused")]
    Tenant(#[from] TenantError),
    /// A claim is missing or wrong, or says that the token is no access token.
    #[error("`{0}` of the access token is missing or wrong")]
    #[strum(serialize = "claim_wrong")]
    Claim(&'static str),
    /// The roles in it cannot be read.
    #[error(transparent)]
    #[strum(serialize = "roles_unreadable")]
    Roles(#[from] RolesError),
    /// The token is valid but lacks the scope: the person granted the application something else.
    #[error("the access token lacks the scope `{needed}`")]
    #[strum(serialize = "scope_missing")]
    Scope {
        /// The scope that it must hold.
        needed: String,
    },
    /// An administrator disabled the caller.
    #[error("the caller is disabled")]
    Disabled {
        /// What the administrator wrote as the reason.
        reason: String,
    },
    /// The directory of the provider says that the caller is not active.
    #[error("the caller is not active in the directory")]
    Inactive,
    /// The administrators' decisions about the caller cannot be read.
    #[error(transparent)]
    #[strum(serialize = "person_unknown")]
    Record(#[from] RecordError),
    /// The provider's metadata or keys cannot be fetched.
    #[error(transparent)]
    #[strum(serialize = "provider_unavailable")]
    Provider(#[from] ProviderError),
}

impl From<JwsError> for BearerError {
    fn from(error: JwsError) -> Self {
        match error {
            JwsError::Provider(error) => Self::Provider(error),
            error => Self::Token(error),
        }
    }
}

impl BearerError {
    /// The failure's name in logs, from a fixed set.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}
