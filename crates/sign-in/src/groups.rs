//! Groups that did not fit into a token (Entra's overage). The source to read them from is passed in.

use std::error::Error;

use async_trait::async_trait;
use rolecall_model::Role;
use secrecy::SecretString;
use serde_json::{Map, Value};
use strum::{IntoStaticStr, VariantNames};
use thiserror::Error as ThisError;

use super::role_claims::RolesError;

/// Looks up a person's groups. It is used only where groups count and the token says that there are more than fit.
#[async_trait]
pub trait GroupSource: Send + Sync {
    /// Whether it can look up people of the provider with this id.
    fn serves(&self, provider: &str) -> bool;

    /// Returns those of `groups` that the person with this `access_token` is in, nested groups included.
    ///
    /// # Errors
    /// When the groups cannot be read. A failed lookup never means "no groups".
    async fn memberships(
        &self,
        provider: &str,
        access_token: &SecretString,
        groups: &[String],
    ) -> Result<Vec<String>, GroupsError>;
}

/// Why the groups of a person cannot be read.
#[derive(Debug, ThisError, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum GroupsError {
    /// The service does not answer; a retry may help.
    #[error("the groups cannot be read right now")]
    #[strum(serialize = "groups_unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// The access token does not allow reading them.
    #[error("the groups may not be read")]
    #[strum(serialize = "groups_refused")]
    Refused(#[source] Box<dyn Error + Send + Sync>),
}

/// Why a role cannot be determined.
#[derive(Debug, ThisError)]
pub enum RoleError {
    /// The token's claims cannot be used.
    #[error(transparent)]
    Roles(#[from] RolesError),
    /// The groups that are not in the token cannot be read.
    #[error(transparent)]
    Groups(#[from] GroupsError),
}

/// A role, and what it was read from in addition to the token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleFound {
    /// The highest role, if any.
    pub role: Option<Role>,
    /// The groups that count and that the person is in, if they did not fit into the token and were looked up.
    pub groups: Option<Vec<String>>,
    /// What the `UserInfo` endpoint said about roles and groups, if they were read there.
    pub user_info: Option<Map<String, Value>>,
}
