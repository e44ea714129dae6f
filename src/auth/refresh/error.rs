//! Each way in which a refresh can fail, and what that means for the sign-in.

use thiserror::Error;

use super::super::id_token::IdTokenError;
use super::super::provider::{ClientRequestError, ProviderError};
use super::super::roles::RolesError;
use super::super::session::{CipherError, RecordError};
use super::super::{GroupsError, ProviderSaid, RoleError};

/// Why tokens could not be refreshed.
#[derive(Debug, Error)]
pub(super) enum RefreshError {
    /// The provider does not take the refresh token any more (RFC 6749, section 5.2), or wants to see the person
    /// (OpenID Connect Core 3.1.2.6).
    #[error("the provider does not take the refresh token any more")]
    InvalidGrant(Box<ProviderSaid>),
    /// There is no refresh token to ask with.
    #[error("there is no refresh token")]
    NoRefreshToken,
    /// The request failed for a reason that does not concern this sign-in alone.
    #[error(transparent)]
    Request(ClientRequestError),
    /// The provider does not answer.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The new ID token was refused.
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
    /// The new ID token is about somebody else (OpenID Connect Core 12.2).
    #[error("the refreshed ID token is about somebody else")]
    AnotherPerson,
    /// The roles cannot be told.
    #[error(transparent)]
    Roles(#[from] RolesError),
    /// The groups that did not fit into the token could not be read.
    #[error(transparent)]
    Groups(#[from] GroupsError),
    /// The provider is not configured any more.
    #[error("the provider is not configured any more")]
    NoProvider,
    /// The record could not be read or written.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl From<RoleError> for RefreshError {
    fn from(error: RoleError) -> Self {
        match error {
            RoleError::Roles(error) => Self::Roles(error),
            RoleError::Groups(error) => Self::Groups(error),
        }
    }
}

impl RefreshError {
    /// Whether the sign-in is over. Otherwise the failure is one of the way or of the configuration, and passes.
    pub(super) const fn is_fatal(&self) -> bool {
        match self {
            Self::InvalidGrant(_)
            | Self::NoRefreshToken
            | Self::AnotherPerson
            | Self::Roles(_)
            | Self::Groups(GroupsError::Refused(_))
            | Self::NoProvider => true,
            Self::IdToken(error) => !matches!(error, IdTokenError::Provider(_) | IdTokenError::UnknownKey),
            Self::Record(error) => matches!(error, RecordError::Sealed(CipherError::Damaged)),
            Self::Request(_) | Self::Provider(_) | Self::Groups(GroupsError::Unavailable(_)) => false,
        }
    }

    /// What the provider said of it, when it was the provider that refused.
    pub(super) fn provider_said(&self) -> Option<&ProviderSaid> {
        match self {
            Self::InvalidGrant(said) | Self::Request(ClientRequestError::Refused(said)) => Some(said),
            _ => None,
        }
    }

    /// The failure's name in logs, from a fixed set.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::InvalidGrant(_) => "invalid_grant",
            Self::NoRefreshToken => "no_refresh_token",
            Self::Request(ClientRequestError::Unreachable(_)) | Self::Provider(_) => "provider_unavailable",
            Self::Request(ClientRequestError::Unreadable) => "answer_unreadable",
            Self::Request(_) => "provider_refused",
            Self::IdToken(_) => "id_token_refused",
            Self::AnotherPerson => "another_person",
            Self::Roles(_) => "roles_unreadable",
            Self::Groups(GroupsError::Unavailable(_)) => "groups_unavailable",
            Self::Groups(GroupsError::Refused(_)) => "groups_refused",
            Self::NoProvider => "unknown_provider",
            Self::Record(_) => "record_not_written",
        }
    }
}
