//! What the sign-in needs to be told: who we are, which providers, which claim values give which role.
//!
//! Plain values, already checked; where they come from is not this module's business.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::identity::Role;

/// The configuration of the sign-in.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// The address that people type, without a path: the origin of every redirect URI.
    pub public_url: Url,
    /// Keys for what is stored encrypted, each 32 bytes as base64. The first encrypts, all decrypt; at least one.
    pub secret_keys: Vec<SecretString>,
    /// How long a sign-in lasts.
    pub session: SessionLimits,
    /// The providers, in the order in which people see them. Ids are unique.
    pub providers: Vec<ProviderConfig>,
    /// Which claim values give which role.
    pub roles: RoleRules,
}

/// How long a sign-in lasts, judged on the server at every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Without any request.
    pub idle: Duration,
    /// In all.
    pub absolute: Duration,
}

impl SessionLimits {
    /// [`idle`](Self::idle) in milliseconds.
    pub fn idle_ms(&self) -> i64 {
        i64::try_from(self.idle.as_millis()).unwrap_or(i64::MAX)
    }

    /// [`absolute`](Self::absolute) in milliseconds.
    pub fn absolute_ms(&self) -> i64 {
        i64::try_from(self.absolute.as_millis()).unwrap_or(i64::MAX)
    }
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { idle: Duration::from_secs(8 * 3600), absolute: Duration::from_secs(24 * 3600) }
    }
}

/// One OpenID provider.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// Its name in paths: lower-case letters, digits and hyphens.
    pub id: String,
    /// Its name on buttons.
    pub display_name: String,
    /// What is particular about it.
    pub kind: ProviderKind,
    /// The client id that the provider gave us.
    pub client_id: String,
    /// The client secret; `None` for a public client, which PKCE protects.
    pub client_secret: Option<SecretString>,
    /// The scopes to ask for, `openid` among them.
    pub scopes: Vec<String>,
}

/// What is particular about a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    /// Microsoft Entra ID.
    Entra {
        /// A tenant id (GUID) or verified domain, or `common` / `organizations` together with `allowed_tenants`.
        tenant: String,
        /// The tenant ids (GUIDs) that may sign in through `common` or `organizations`.
        allowed_tenants: Vec<String>,
        /// The authority to use, without the tenant: `https://login.microsoftonline.com` unless a national cloud is meant.
        authority: Url,
    },
    /// Any OpenID Connect provider.
    Oidc {
        /// Its issuer identifier, exactly as the provider writes it (OpenID Connect Discovery 1.0, section 3).
        issuer: String,
    },
}

/// Which values give which role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRules {
    /// For each role, the values of the `roles` claim that give it.
    pub claim_values: [(Role, Vec<String>); 3],
    /// For each role, the group ids (values of the `groups` claim) that give it.
    pub groups: [(Role, Vec<String>); 3],
}

impl Default for RoleRules {
    fn default() -> Self {
        Self {
            claim_values: Role::ALL.map(|role| (role, vec![format!("Rolecall.{role}")])),
            groups: Role::ALL.map(|role| (role, Vec::new())),
        }
    }
}
