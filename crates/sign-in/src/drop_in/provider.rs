//! Providers, as an application configures them.

use openidconnect::url::Url;
use secrecy::SecretString;
use uuid::Uuid;

use crate::config::{ProviderConfig, ProviderKind, ProviderOptions, ProviderRoles};
use crate::loopback::is_loopback;
use crate::provider::ClientKey;

/// Entra's authority, except for national clouds.
const ENTRA_AUTHORITY: &str = "https://login.microsoftonline.com";
/// The scopes that are requested.
const SCOPES: [&str; 3] = ["openid", "profile", "email"];

impl ProviderConfig {
    /// Microsoft Entra ID under the id `azure`: the tenant `tenant`, a GUID or a verified domain. `client_id` is the
    /// "Application (client) ID" of the app registration.
    ///
    /// For several tenants, set `kind` with the ids of those that may sign in, and `roles.tenants` with those of them
    /// whose administrators may give their people roles here.
    #[must_use]
    #[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a constant that is a URL")]
    pub fn entra(tenant: &str, client_id: &str) -> Self {
        let authority = ENTRA_AUTHORITY.parse().expect("the address of Entra is a URL");
        let kind = ProviderKind::Entra { tenant: tenant.to_ascii_lowercase(), allowed_tenants: Vec::new(), authority };
        Self::of_kind("azure", "Microsoft", kind, client_id)
    }

    /// An OpenID Connect provider under the id `id` (lower-case letters, digits and hyphens), which is part of its
    /// paths. `issuer` is exactly the issuer in the provider's discovery document.
    #[must_use]
    pub fn oidc(id: &str, issuer: &str, client_id: &str) -> Self {
        Self::of_kind(id, id, ProviderKind::Oidc { issuer: issuer.to_owned() }, client_id)
    }

    fn of_kind(id: &str, display_name: &str, kind: ProviderKind, client_id: &str) -> Self {
        Self {
            id: id.to_owned(),
            display_name: display_name.to_owned(),
            kind,
            client_id: client_id.to_owned(),
            client_secret: None,
            client_key: None,
            scopes: SCOPES.map(ToOwned::to_owned).to_vec(),
            options: ProviderOptions::default(),
            roles: ProviderRoles::default(),
        }
    }

    /// The same with `secret`, which the provider issued.
    #[must_use]
    pub fn with_secret(mut self, secret: impl Into<SecretString>) -> Self {
        self.client_secret = Some(secret.into());
        self
    }

    /// The same with `key`, which authenticates in place of a secret (`private_key_jwt`).
    #[must_use]
    pub fn with_key(mut self, key: ClientKey) -> Self {
        self.client_key = Some(key);
        self
    }

    /// The same, shown as `name` where people choose a provider.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.display_name);
        self
    }

    /// The same, with `scope` requested as well. With `offline_access` roles are read again within the hour.
    #[must_use]
    pub fn with_scope(mut self, scope: &str) -> Self {
        self.scopes.push(scope.to_owned());
        self
    }

    /// What is unsafe or useless about the configuration, if anything.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || !self.id.chars().all(is_id) {
            return Err("must be called by lower-case letters, digits and hyphens");
        }
        match &self.kind {
            ProviderKind::Oidc { issuer } => match issuer.parse::<Url>() {
                Ok(url) if url.scheme() == "https" || is_loopback(&url) => Ok(()),
                Ok(_) => Err("must be reached over https"),
                Err(_) => Err("has an issuer that is no URL"),
            },
            ProviderKind::Entra { tenant, allowed_tenants, authority } => {
                let is_shared = ["common", "organizations"].contains(&tenant.as_str());
                if tenant == "consumers" || (is_shared && allowed_tenants.is_empty()) {
                    return Err("would let in anybody who has a Microsoft account: name the tenants");
                }
                if allowed_tenants.len() > 1 && self.roles.tenants.is_empty() {
                    return Err(
                        "lets several tenants in: name in `roles.tenants` those whose administrators give roles",
                    );
                }
                if allowed_tenants.iter().chain(&self.roles.tenants).any(|id| Uuid::try_parse(id).is_err()) {
                    return Err("names a tenant that is no GUID");
                }
                if authority.scheme() == "https" || is_loopback(authority) {
                    Ok(())
                } else {
                    Err("must be reached over https")
                }
            }
        }
    }
}
