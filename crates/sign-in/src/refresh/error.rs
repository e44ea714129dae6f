//! Each way in which a refresh can fail, and what that means for the sign-in.

use strum::{IntoStaticStr, VariantNames};
use thiserror::Error;

use crate::id_token::IdTokenError;
use crate::provider::{ClientRequestError, ProviderError};
use crate::role_claims::RolesError;
use crate::session::{CipherError, RecordError};
use crate::{GroupsError, ProviderSaid, RoleError, UserInfoError};

/// Why tokens could not be refreshed.
#[derive(Debug, Error, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum RefreshError {
    /// The provider no longer accepts the refresh token (RFC 6749, section 5.2), or the person must interact with it
    /// (OpenID Connect Core 3.1.2.6).
    #[error("the provider no longer accepts the refresh token")]
    InvalidGrant(Box<ProviderSaid>),
    /// There is no refresh token.
    #[error("there is no refresh token")]
    NoRefreshToken,
    /// The request failed for a reason that affects other sign-ins too.
    #[error(transparent)]
    #[strum(transparent)]
    Request(ClientRequestError),
    /// The provider does not answer.
    #[error(transparent)]
    #[strum(serialize = "provider_unavailable")]
    Provider(#[from] ProviderError),
    /// The new ID token was refused.
    #[error(transparent)]
    #[strum(serialize = "id_token_refused")]
    IdToken(#[from] IdTokenError),
    /// The new ID token, or the `UserInfo` endpoint, is about another person (OpenID Connect Core 12.2 and 5.3.2).
    #[error("after the refresh, the provider sent the claims of somebody else")]
    AnotherPerson,
    /// Our clock or the provider's is wrong: the new ID token is valid by the provider's clock, but too old or not yet
    /// valid by ours.
    #[error("our clock is {ahead_s} s ahead of the provider's: what it has just issued counts as too old, or too new")]
    ClocksDiffer {
        /// By how many seconds our clock is ahead; negative if it is behind.
        ahead_s: i64,
    },
    /// Roles are read at the `UserInfo` endpoint, which does not answer right now.
    #[error(transparent)]
    UserInfoUnavailable(UserInfoError),
    /// The answer of the `UserInfo` endpoint does not confirm the person.
    #[error(transparent)]
    UserInfoRefused(UserInfoError),
    /// The provider has not confirmed the person for too long: the roles that were read no longer count.
    #[error("the provider returns no ID token with refreshed tokens, so the role has not been read for too long")]
    RoleNotKnown,
    /// The roles cannot be read.
    #[error(transparent)]
    #[strum(serialize = "roles_unreadable")]
    Roles(#[from] RolesError),
    /// The groups that did not fit into the token could not be read.
    #[error(transparent)]
    #[strum(transparent)]
    Groups(#[from] GroupsError),
    /// The provider is no longer configured.
    #[error("the provider is not configured any more")]
    #[strum(serialize = "unknown_provider")]
    NoProvider,
    /// The record could not be read or written.
    #[error(transparent)]
    #[strum(serialize = "record_not_written")]
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

impl From<UserInfoError> for RefreshError {
    fn from(error: UserInfoError) -> Self {
        match error {
            UserInfoError::OtherSubject => Self::AnotherPerson,
            error if error.is_refusal() => Self::UserInfoRefused(error),
            error => Self::UserInfoUnavailable(error),
        }
    }
}

impl RefreshError {
    /// Whether the sign-in has ended. Otherwise the failure is one of the network or of the configuration, and
    /// temporary.
    pub(super) const fn is_fatal(&self) -> bool {
        match self {
            Self::InvalidGrant(_)
            | Self::NoRefreshToken
            | Self::AnotherPerson
            | Self::RoleNotKnown
            | Self::Roles(_)
            | Self::Groups(GroupsError::Refused(_))
            | Self::UserInfoRefused(_)
            | Self::NoProvider => true,
            Self::IdToken(error) => !matches!(error, IdTokenError::Provider(_) | IdTokenError::UnknownKey),
            Self::Record(error) => matches!(error, RecordError::Sealed(CipherError::Damaged)),
            Self::Request(_)
            | Self::Provider(_)
            | Self::ClocksDiffer { .. }
            | Self::UserInfoUnavailable(_)
            | Self::Groups(GroupsError::Unavailable(_)) => false,
        }
    }

    /// What the provider said, when the provider refused.
    pub(super) fn provider_said(&self) -> Option<&ProviderSaid> {
        match self {
            Self::InvalidGrant(said) | Self::Request(ClientRequestError::Refused(said)) => Some(said),
            _ => None,
        }
    }

    /// The failure's name in logs, from a fixed set.
    pub(super) fn name(&self) -> &'static str {
        self.into()
    }
}
