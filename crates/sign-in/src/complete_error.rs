//! Each way in which completing a sign-in can fail, and its name in logs.

use strum::{IntoStaticStr, VariantNames};
use thiserror::Error;

use super::attempts::AttemptError;
use super::callback::CallbackError;
use super::id_token::IdTokenError;
use super::provider::{ClientRequestError, ProviderError};
use super::role_claims::RolesError;
use super::session::{CreateError, LiveSignInError, RecordError};
use super::{GroupsError, NotAdmitted, ProviderSaid, RoleError, UserInfoError};

/// Each way in which a callback can fail.
#[derive(Debug, Error, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum CompleteSignInError {
    /// No provider of that id is configured.
    #[error("there is no provider of that id")]
    UnknownProvider,
    /// The query cannot be read.
    #[error(transparent)]
    #[strum(serialize = "malformed_callback")]
    Malformed(#[from] CallbackError),
    /// There is no `state`, or neither `code` nor `error`.
    #[error("the answer lacks `{0}`")]
    #[strum(serialize = "missing_parameter")]
    Missing(&'static str),
    /// The browser did not send the cookie of any attempt.
    #[error("the browser did not send the cookie of any attempt")]
    NoAttemptCookie,
    /// This browser has no such attempt that is still valid.
    #[error(transparent)]
    #[strum(transparent)]
    Attempt(#[from] AttemptError),
    /// The attempt was begun at another provider, or the answer names another issuer (RFC 9207).
    #[error("the answer comes from another provider than was asked")]
    OtherIssuer,
    /// The provider refused (RFC 6749, section 4.1.2.1).
    #[error("the provider refused")]
    #[strum(serialize = "provider_refused")]
    Refused(Box<ProviderSaid>),
    /// The provider does not answer.
    #[error(transparent)]
    #[strum(serialize = "provider_unavailable")]
    Provider(#[from] ProviderError),
    /// The code could not be exchanged for tokens (RFC 6749, section 5.2).
    #[error(transparent)]
    #[strum(serialize = "exchange_failed")]
    Exchange(#[from] ClientRequestError),
    /// The provider's answer holds no ID token.
    #[error("the provider returned no ID token")]
    NoIdToken,
    /// The ID token was refused.
    #[error(transparent)]
    #[strum(serialize = "id_token_refused")]
    IdToken(#[from] IdTokenError),
    /// The `UserInfo` endpoint failed, or answered for another subject (OpenID Connect Core 5.3.2).
    #[error("the provider's user information could not be used")]
    #[strum(serialize = "user_info_refused")]
    UserInfo(#[from] UserInfoError),
    /// Entra's ID token has no object id: it needs the scope `profile`.
    #[error("the ID token holds no `oid` that is a GUID")]
    NoObjectId,
    /// The roles cannot be read.
    #[error(transparent)]
    #[strum(serialize = "roles_unreadable")]
    Roles(#[from] RolesError),
    /// The groups that did not fit into the token could not be read.
    #[error(transparent)]
    #[strum(transparent)]
    Groups(#[from] GroupsError),
    /// The record could not be stored.
    #[error(transparent)]
    #[strum(serialize = "record_not_stored")]
    Record(#[from] RecordError),
    /// The provider signed the person out while the sign-in was on its way.
    #[error("the provider has ended this session already")]
    SignedOutAtProvider,
    /// An administrator disabled the person.
    #[error("the person is disabled")]
    Disabled {
        /// Our number of the person.
        user_id: i64,
        /// Why: a sentence for the person.
        reason: String,
    },
    /// The directory of the provider says that the person is not active.
    #[error("the person is not active in the directory")]
    Inactive {
        /// Our number of the person.
        user_id: i64,
    },
    /// The application refused the person.
    #[error("the application does not admit the person")]
    NotAdmitted(NotAdmitted),
    /// The session could not be stored or read.
    #[error(transparent)]
    #[strum(serialize = "session_not_stored")]
    Session(#[from] LiveSignInError),
}

impl From<CreateError> for CompleteSignInError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::SignedOutAtProvider => Self::SignedOutAtProvider,
            CreateError::Disabled { user_id, reason } => Self::Disabled { user_id, reason },
            CreateError::Inactive { user_id } => Self::Inactive { user_id },
            CreateError::Record(error) => Self::Record(error),
        }
    }
}

impl From<RoleError> for CompleteSignInError {
    fn from(error: RoleError) -> Self {
        match error {
            RoleError::Roles(error) => Self::Roles(error),
            RoleError::Groups(error) => Self::Groups(error),
        }
    }
}

impl CompleteSignInError {
    /// Whether the callback belongs to no valid attempt: it came too late, a second time, or to the wrong browser.
    /// Nothing was done with it, and a person who is signed in stays signed in.
    #[must_use]
    pub const fn is_stale(&self) -> bool {
        matches!(
            self,
            Self::NoAttemptCookie
                | Self::Attempt(
                    AttemptError::Unknown
                        | AttemptError::Expired { .. }
                        | AttemptError::Used { .. }
                        | AttemptError::Unreadable(_)
                )
        )
    }

    /// What the provider said, when the provider refused.
    #[must_use]
    pub const fn provider_said(&self) -> Option<&ProviderSaid> {
        match self {
            Self::Refused(said) | Self::Exchange(ClientRequestError::Refused(said)) => Some(said),
            _ => None,
        }
    }

    /// Our number of the person who is kept out, where the failure is that they are disabled or not active.
    #[must_use]
    pub const fn user_id(&self) -> Option<i64> {
        match self {
            Self::Disabled { user_id, .. } | Self::Inactive { user_id } => Some(*user_id),
            _ => None,
        }
    }

    /// The failure's name in logs, from a fixed set.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}
