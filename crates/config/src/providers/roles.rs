//! How far a provider's role claims are trusted.

use rolecall_model::Role;
use rolecall_sign_in::config::{ClaimsFrom, ProviderKind, ProviderRoles};
use rolecall_sign_in::provider::entra;

use super::section::ProviderSection;
use crate::roles;

impl ProviderSection<'_> {
    /// Reads and checks which roles count, which claims hold them, and how high they may be.
    pub(super) fn roles(&mut self, kind: &ProviderKind) -> ProviderRoles {
        let defaults = ProviderRoles::default();
        let own = self.key("roles");
        ProviderRoles {
            rules: roles::read_own(self.reader, &own),
            highest: self.highest_role(),
            tenants: self.roles_from_tenants(kind),
            claims_from: self.claims_from(kind),
            roles_claim: self.claim("roles_claim", defaults.roles_claim),
            groups_claim: self.claim("groups_claim", defaults.groups_claim),
        }
    }

    /// The highest role that its people can have.
    fn highest_role(&mut self) -> Option<Role> {
        const KEY: &str = "highest_role";
        const REMEDY: &str = "Give \"read\", \"write\" or \"admin\".";
        let highest = self.reader.parsed(&self.key(KEY), None, REMEDY, |text| Role::from_key(text).map(Some));
        if let Some(highest) = highest {
            self.note(KEY, &highest.key());
        }
        highest
    }

    /// The tenants whose people can have a role. If several may sign in, they must be listed: the administrators of
    /// each tenant decide which roles its tokens contain.
    fn roles_from_tenants(&mut self, kind: &ProviderKind) -> Vec<String> {
        const KEY: &str = "roles_from_tenants";
        const REMEDY: &str = "List the tenant ids whose administrators may give people every role up to `highest_role`: \
                              usually your own alone. People of the others then have no role.";
        let given = self.reader.list(&self.key(KEY));
        let tenants: Vec<String> =
            given.iter().flatten().filter(|id| !id.is_empty()).map(|id| id.to_ascii_lowercase()).collect();
        let allowed = match kind {
            ProviderKind::Entra { tenant, allowed_tenants, .. } if entra::is_multi_tenant(tenant) => allowed_tenants,
            ProviderKind::Entra { .. } | ProviderKind::Oidc { .. } => {
                if given.is_some() {
                    let what = "has no effect unless several tenants may sign in";
                    self.mistake(KEY, what, "Remove it.");
                }
                return Vec::new();
            }
        };
        if let Some(stranger) = tenants.iter().find(|id| !allowed.contains(id)) {
            let what = format!("has {stranger:?}, which is not in `allowed_tenants`");
            self.mistake(KEY, &what, "Add it there, or remove it here.");
        }
        if given.is_none() && allowed.len() > 1 {
            let what = format!(
                "is missing, and the administrators of each of the {} tenants could make any of their people Admin here",
                allowed.len()
            );
            self.reader.missing(&self.key(KEY), &what, REMEDY);
        } else if given.is_some_and(|given| given.is_empty()) {
            self.mistake(KEY, "is empty: nobody could have a role", REMEDY);
        }
        self.note(KEY, if tenants.is_empty() { allowed } else { &tenants });
        tenants
    }

    /// Where roles and groups are read.
    fn claims_from(&mut self, kind: &ProviderKind) -> ClaimsFrom {
        const KEY: &str = "claims_from";
        const REMEDY: &str = "Give \"id_token\", or \"userinfo\" for a provider that has roles and groups only there.";
        let from = self.reader.parsed(&self.key(KEY), ClaimsFrom::default(), REMEDY, |text| text.parse().ok());
        if from == ClaimsFrom::UserInfo && matches!(kind, ProviderKind::Entra { .. }) {
            let what = "is \"userinfo\", and Entra names neither roles nor groups there";
            self.mistake(KEY, what, "Remove it: Entra names them in the ID token.");
        }
        self.note(KEY, &<&str>::from(from));
        from
    }

    /// The claim that the key `name` gives, else `default`.
    fn claim(&mut self, name: &str, default: String) -> String {
        let claim = self.text(name).unwrap_or(default);
        self.note(name, &claim);
        claim
    }
}
