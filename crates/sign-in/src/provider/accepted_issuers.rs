//! Which issuers' people a provider signs in by the current configuration. An id in the configuration can get another
//! issuer; sign-ins and people from before it then count for nothing.

use url::Url;

use super::entra;
use super::metadata::ExpectedIssuer;
use crate::config::ProviderKind;

/// The issuers whose people a provider signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AcceptedIssuers {
    /// Exactly these.
    These(Vec<String>),
    /// Those of single tenants of Entra at this authority. The configuration names a domain, and only the provider's
    /// metadata say which tenant that is.
    OfOneTenantAt(Url),
}

impl AcceptedIssuers {
    /// Those of a provider of this `kind`.
    pub(crate) fn of(kind: &ProviderKind) -> Self {
        match kind {
            ProviderKind::Oidc { issuer } => Self::These(vec![issuer.clone()]),
            ProviderKind::Entra { tenant, allowed_tenants, authority } => {
                match entra::metadata_issuer(authority, tenant) {
                    ExpectedIssuer::Exactly(template) if entra::is_template(&template) => {
                        Self::These(entra::issuers_of(authority, allowed_tenants))
                    }
                    ExpectedIssuer::Exactly(issuer) => Self::These(vec![issuer]),
                    ExpectedIssuer::OneTenantOf(authority) => Self::OfOneTenantAt(authority),
                }
            }
        }
    }

    /// Whether `issuer` is one of them.
    pub(crate) fn contain(&self, issuer: &str) -> bool {
        match self {
            Self::These(issuers) => issuers.iter().any(|known| known == issuer),
            Self::OfOneTenantAt(authority) => entra::is_issuer_of_one_tenant(authority, issuer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: &str = "0b7ee2c4-1111-4222-8333-444455556666";
    const PARTNER: &str = "0b7ee2c4-9999-4222-8333-444455556666";
    const CLOUD: &str = "https://login.microsoftonline.com";

    fn issuer(tenant: &str) -> String {
        format!("{CLOUD}/{tenant}/v2.0")
    }

    fn of_entra(tenant: &str, allowed: &[&str]) -> AcceptedIssuers {
        AcceptedIssuers::of(&ProviderKind::Entra {
            tenant: tenant.to_owned(),
            allowed_tenants: allowed.iter().map(|id| (*id).to_owned()).collect(),
            authority: CLOUD.parse().unwrap(),
        })
    }

    // Case: roles/issuer-changed
    #[test]
    fn a_provider_accepts_the_issuers_that_its_settings_name_now() {
        let oidc = AcceptedIssuers::of(&ProviderKind::Oidc { issuer: "https://id.example.com/a".to_owned() });
        assert!(oidc.contain("https://id.example.com/a"));
        for other in ["https://id.example.com/a/", "https://id.example.com/b", "https://ID.example.com/a", ""] {
            assert!(!oidc.contain(other), "{other}");
        }
        let one = of_entra(HOME, &[]);
        assert!(one.contain(&issuer(HOME)) && !one.contain(&issuer(PARTNER)));
        let several = of_entra("organizations", &[&HOME.to_uppercase()]);
        assert!(several.contain(&issuer(HOME)) && !several.contain(&issuer(PARTNER)));
        assert!(!several.contain(&issuer("{tenantid}")) && !of_entra("common", &[]).contain(&issuer(HOME)));
        let domain = of_entra("contoso.com", &[]);
        assert!(domain.contain(&issuer(HOME)) && !domain.contain(&issuer("contoso.com")));
        assert!(!domain.contain(&issuer(HOME).replace(".com", ".us")) && !domain.contain("https://id.example.com/a"));
    }
}
