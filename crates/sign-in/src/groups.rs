//! Groups that did not fit into a token (Entra's overage): whoever can be asked for them is passed in.

use std::error::Error;

use async_trait::async_trait;
use rolecall_model::Role;
use secrecy::SecretString;
use serde_json::{Map, Value};
use strum::{IntoStaticStr, VariantNames};
use thiserror::Error as ThisError;

use super::role_claims::RolesError;

/// Tells which groups a person is in. It is asked only where groups count and a token says that there are more than fit.
#[async_trait]
pub trait GroupSource: Send + Sync {
    /// Whether it knows the people of the provider of this id.
    fn serves(&self, provider: &str) -> bool;

    /// Those of `groups` that the person is in to whom the provider gave `access_token`, groups within groups included.
    ///
    /// # Errors
    /// When that cannot be read: never "none".
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
    /// Nobody answers; trying again may help.
    #[error("the groups cannot be read right now")]
    #[strum(serialize = "groups_unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// They may not be read with this access token.
    #[error("the groups may not be read")]
    #[strum(serialize = "groups_refused")]
    Refused(#[source] Box<dyn Error + Send + Sync>),
}

/// Why a role cannot be determined.
#[derive(Debug, ThisError)]
pub enum RoleError {
    /// By what the token says.
    #[error(transparent)]
    Roles(#[from] RolesError),
    /// By the groups that it does not hold.
    #[error(transparent)]
    Groups(#[from] GroupsError),
}

/// A role, and what it was read from beside the token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleFound {
    /// The highest role, if any.
    pub role: Option<Role>,
    /// The groups that count and that the person is in, where they did not fit into the token and were read elsewhere.
    pub groups: Option<Vec<String>>,
    /// What the `UserInfo` endpoint said of roles and groups, where they were read there.
    pub user_info: Option<Map<String, Value>>,
}
