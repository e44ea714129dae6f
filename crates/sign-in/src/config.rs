//! The configuration of the sign-in: our address, the providers, and which claim values give which role.
//!
//! Plain values, already checked. Where they come from is not this module's concern.

mod provider_roles;

use std::time::Duration;

use openidconnect::core::{CoreAuthPrompt, CoreJwsSigningAlgorithm};
use rolecall_model::Role;
use secrecy::SecretString;
use strum::{EnumString, IntoStaticStr, VariantNames};
use url::Url;

use super::ReturnTo;
use super::clock::LEEWAY_MS;
use super::provider::ClientKey;

pub use provider_roles::{ClaimsFrom, ProviderRoles};

/// The configuration of the sign-in.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// The address that people type, without a path: the origin of every redirect URI.
    pub public_url: Url,
    /// Base64 keys of 32 bytes each, for what is stored encrypted. The first encrypts, all decrypt; at least one.
    pub secret_keys: Vec<SecretString>,
    /// How long a sign-in lasts.
    pub session: SessionLimits,
    /// The providers, in the order in which people see them. Ids are unique.
    pub providers: Vec<ProviderConfig>,
    /// Which claim values give which role.
    pub roles: RoleRules,
    /// How recently a person must have authenticated.
    pub step_up: StepUp,
    /// The page for people without a role, in place of the front page. It tells them so.
    pub without_role: Option<ReturnTo>,
    /// The only certificates (PEM) to trust for providers on loopback addresses; ignored for others. `None`: the usual
    /// authorities. With this, a demonstration can use https with its own certificate.
    pub loopback_certificates: Option<Vec<u8>>,
}

/// How recently a person must have authenticated at the provider, by role: step-up authentication (RFC 9470). Without a
/// limit the sign-in is enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepUp {
    /// For what Write allows.
    pub write: Option<Duration>,
    /// For what Admin allows.
    pub admin: Option<Duration>,
}

impl StepUp {
    /// The highest role, up to `role`, that a person may use at `now_ms` who authenticated at `authenticated_at_ms`
    /// (Unix milliseconds, UTC). An unknown time never counts as recent.
    #[must_use]
    pub fn open_role(&self, role: Option<Role>, authenticated_at_ms: Option<i64>, now_ms: i64) -> Option<Role> {
        // A time in the future, beyond the clock skew that is allowed, is ignored.
        let said_ms = authenticated_at_ms.filter(|at| at.saturating_sub(now_ms) <= LEEWAY_MS);
        let is_recent = |limit: Option<Duration>| {
            let age_ms = said_ms.map(|at| u128::try_from(now_ms.saturating_sub(at)).unwrap_or_default());
            limit.is_none_or(|limit| age_ms.is_some_and(|age| age <= limit.as_millis()))
        };
        let limit = |role| match role {
            Role::Read => None,
            Role::Write => self.write,
            Role::Admin => self.admin,
        };
        Role::ALL.into_iter().take_while(|open| Some(*open) <= role && is_recent(limit(*open))).last()
    }
}

/// How long a sign-in lasts. The server checks it at every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Longest time without any request.
    pub idle: Duration,
    /// Longest time in total.
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
    /// What kind of provider it is.
    pub kind: ProviderKind,
    /// The client id that the provider gave us.
    pub client_id: String,
    /// The client secret; without it and without a key the client is public, and PKCE protects it.
    pub client_secret: Option<SecretString>,
    /// The key that authenticates in place of a secret (`private_key_jwt`).
    pub client_key: Option<ClientKey>,
    /// The scopes to ask for, `openid` among them.
    pub scopes: Vec<String>,
    /// How far its role claims are trusted.
    pub roles: ProviderRoles,
    /// The optional settings.
    pub options: ProviderOptions,
}

/// The optional settings of a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderOptions {
    /// How we authenticate; `None` for what credentials and metadata allow.
    pub client_auth: Option<ClientAuthMethod>,
    /// When the client secret expires, Unix milliseconds (UTC), if configured: no sign-in depends on it.
    pub secret_expires_at_ms: Option<i64>,
    /// Whether authorization requests are pushed.
    pub par: ParUse,
    /// What an ID token may be signed with; empty for the default (`Provider::id_token_algorithms`).
    pub id_token_algorithms: Vec<CoreJwsSigningAlgorithm>,
    /// What the provider must ask the person (OpenID Connect Core 3.1.2.1).
    pub prompt: Vec<CoreAuthPrompt>,
    /// The domain of the person's organization, for Entra.
    pub domain_hint: Option<String>,
    /// How the person should be authenticated, best first (OpenID Connect Core 3.1.2.1).
    pub acr_values: Vec<String>,
    /// How long ago the person may have authenticated. The ID token must then say when that was.
    pub max_age: Option<Duration>,
}

/// How a client authenticates at the provider's endpoints (OpenID Connect Core 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum ClientAuthMethod {
    /// Id and secret in the `Authorization` header.
    ClientSecretBasic,
    /// Id and secret in the form.
    ClientSecretPost,
    /// An assertion that our key signed (RFC 7523).
    PrivateKeyJwt,
    /// The id alone: a public client.
    None,
}

impl ClientAuthMethod {
    /// Its registered name, also used in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The method with that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// When an authorization request is pushed to the provider beforehand (RFC 9126).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ParUse {
    /// Where the provider offers it.
    #[default]
    Auto,
    /// Always: a provider that does not offer it cannot be used.
    Always,
    /// Never: a provider that requires it cannot be used.
    Never,
}

/// The kind of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    /// Microsoft Entra ID.
    Entra {
        /// A tenant id (GUID) or verified domain, or `common` / `organizations` together with `allowed_tenants`.
        tenant: String,
        /// The tenant ids (GUIDs) that may sign in through `common` or `organizations`.
        allowed_tenants: Vec<String>,
        /// The authority to use, without the tenant: `https://login.microsoftonline.com` unless a national cloud is
        /// meant.
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
    /// For each role, the values of the claim for roles that give it.
    pub claim_values: [(Role, Vec<String>); 3],
    /// For each role, the groups (values of the claim for groups) that give it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_role_opens_closes_when_the_person_proved_it_too_long_ago() {
        let step_up = StepUp { write: Some(Duration::from_secs(3600)), admin: Some(Duration::from_secs(60)) };
        let open = |role, at_ms| step_up.open_role(Some(role), at_ms, 10_000_000);
        assert_eq!(open(Role::Admin, Some(9_940_000)), Some(Role::Admin));
        assert_eq!(open(Role::Admin, Some(9_939_999)), Some(Role::Write));
        assert_eq!(open(Role::Admin, Some(6_399_999)), Some(Role::Read));
        assert_eq!(open(Role::Admin, None), Some(Role::Read));
        assert_eq!(open(Role::Admin, Some(10_060_000)), Some(Role::Admin));
        assert_eq!(open(Role::Admin, Some(10_060_001)), Some(Role::Read));
        assert_eq!(open(Role::Write, Some(10_000_000)), Some(Role::Write));
        assert_eq!(open(Role::Read, None), Some(Role::Read));
        assert_eq!(step_up.open_role(None, Some(10_000_000), 10_000_000), None);
        assert_eq!(StepUp::default().open_role(Some(Role::Admin), None, 0), Some(Role::Admin));
    }
}
