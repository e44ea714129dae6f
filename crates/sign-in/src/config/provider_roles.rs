//! Which role claims of a provider count, how high they may reach, and where they are read.

use rolecall_model::Role;
use strum::{EnumString, IntoStaticStr};

use super::{AuthConfig, ProviderConfig, ProviderKind, RoleRules};

/// How far a provider's role claims are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRoles {
    /// Which values give which role at this provider; `None` for the rules of the whole application.
    pub rules: Option<RoleRules>,
    /// The highest role that its people can have; `None` for no limit.
    pub highest: Option<Role>,
    /// The Entra tenants (GUIDs) whose people can have a role, where several tenants may sign in: a tenant's
    /// administrators decide which roles its tokens name. Empty: if only one tenant may sign in, that one; otherwise
    /// none.
    pub tenants: Vec<String>,
    /// Where the claims are read.
    pub claims_from: ClaimsFrom,
    /// The claim that holds the roles: its name, or the path to it (`realm_access.roles`).
    pub roles_claim: String,
    /// The claim that holds the groups, likewise.
    pub groups_claim: String,
}

/// Where roles and groups are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ClaimsFrom {
    /// In the ID token.
    #[default]
    IdToken,
    /// At the `UserInfo` endpoint (OpenID Connect Core 5.3), with the access token that came with the ID token.
    #[strum(serialize = "userinfo")]
    UserInfo,
}

impl Default for ProviderRoles {
    fn default() -> Self {
        Self {
            rules: None,
            highest: None,
            tenants: Vec::new(),
            claims_from: ClaimsFrom::default(),
            roles_claim: "roles".to_owned(),
            groups_claim: "groups".to_owned(),
        }
    }
}

impl ProviderRoles {
    /// The highest role that its people can have.
    #[must_use]
    pub fn ceiling(&self) -> Role {
        self.highest.unwrap_or(Role::Admin)
    }
}

impl ProviderConfig {
    /// The tenants whose people can have a role; `None` where that does not apply, because the provider has one tenant
    /// or no tenants.
    #[must_use]
    pub fn role_tenants(&self) -> Option<&[String]> {
        match &self.kind {
            ProviderKind::Entra { allowed_tenants, .. } if !allowed_tenants.is_empty() => {
                let is_only_one = self.roles.tenants.is_empty() && allowed_tenants.len() == 1;
                Some(if is_only_one { allowed_tenants } else { &self.roles.tenants })
            }
            ProviderKind::Entra { .. } | ProviderKind::Oidc { .. } => None,
        }
    }
}

impl AuthConfig {
    /// Which values give which role to people of `provider`.
    #[must_use]
    pub fn rules_for<'a>(&'a self, provider: &'a ProviderConfig) -> &'a RoleRules {
        provider.roles.rules.as_ref().unwrap_or(&self.roles)
    }
}
