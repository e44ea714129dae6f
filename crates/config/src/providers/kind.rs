//! The settings that depend on a provider's kind.

use rolecall_sign_in::config::ProviderKind;
use rolecall_sign_in::loopback::is_loopback;
use url::Url;
use uuid::Uuid;

use super::section::ProviderSection;
use crate::network::{parse_origin, parse_web_address};

impl ProviderSection<'_> {
    /// The provider's kind, with its own settings.
    pub(super) fn kind(&mut self) -> Option<ProviderKind> {
        const REMEDY: &str = "Give \"entra\" for Microsoft Entra ID, \"oidc\" for any other OpenID Connect provider.";
        let kind = self.required("kind", REMEDY)?;
        match kind.as_str() {
            "entra" => {
                self.note("kind", &kind);
                self.entra()
            }
            "oidc" => {
                self.note("kind", &kind);
                self.oidc()
            }
            _ => {
                self.mistake("kind", &format!("is {kind:?}, which Rolecall does not know"), REMEDY);
                None
            }
        }
    }

    /// Whether the provider is configured as Microsoft Entra ID.
    pub(super) fn is_entra(&self) -> bool {
        self.reader.peek(&self.key("kind")) == Some("entra")
    }

    /// Microsoft Entra ID: a tenant at an authority.
    fn entra(&mut self) -> Option<ProviderKind> {
        self.refuse(&["issuer"], "Remove it: the issuer of an Entra provider follows from `tenant`.");
        let authority = self.authority();
        let tenant = self.tenant();
        let shared = matches!(tenant.as_deref(), Some("common" | "organizations"));
        let allowed_tenants = self.allowed_tenants(tenant.as_deref(), shared);
        Some(ProviderKind::Entra { tenant: tenant?, allowed_tenants, authority: authority? })
    }

    /// The tenant, in lower case as Entra writes it.
    fn tenant(&mut self) -> Option<String> {
        const REMEDY: &str = "Give the tenant id (a GUID, on the overview page of Entra ID) or a verified domain; for \
                              several tenants `organizations` or `common`, with `allowed_tenants`.";
        let tenant = self.required("tenant", REMEDY)?.to_ascii_lowercase();
        if tenant == "consumers" {
            self.mistake("tenant", "is for personal accounts, which belong to no company", REMEDY);
            return None;
        }
        if !["common", "organizations"].contains(&tenant.as_str()) && !is_guid(&tenant) && !is_domain(&tenant) {
            self.mistake("tenant", &format!("is {tenant:?}, which is neither a GUID nor a domain"), REMEDY);
            return None;
        }
        self.note("tenant", &tenant);
        Some(tenant)
    }

    /// The tenants that may sign in. Required if the tenant is `shared`, because anyone can create a tenant; otherwise
    /// rejected, because the list would have no effect.
    fn allowed_tenants(&mut self, tenant: Option<&str>, shared: bool) -> Vec<String> {
        const KEY: &str = "allowed_tenants";
        const REMEDY: &str = "List the tenant ids (GUIDs) whose people may sign in.";
        let given = self.reader.list(&self.key(KEY));
        let tenants: Vec<String> = given.unwrap_or_default().iter().map(|id| id.to_ascii_lowercase()).collect();
        if let Some(wrong) = tenants.iter().find(|id| !id.is_empty() && !is_guid(id)) {
            self.mistake(KEY, &format!("has {wrong:?}, which is not a tenant id"), REMEDY);
        }
        match tenant {
            Some(tenant) if shared && tenants.is_empty() => {
                let what = format!("is missing, and `tenant = {tenant:?}` would let in anyone who has a tenant");
                self.reader.missing(&self.key(KEY), &what, REMEDY);
            }
            Some(_) if !shared && !tenants.is_empty() => {
                let what = "has no effect beside a single tenant";
                self.mistake(KEY, what, "Remove it, or set `tenant` to \"organizations\".");
            }
            _ => {}
        }
        if shared {
            self.note(KEY, &tenants);
        }
        tenants
    }

    /// The address of Entra, without the tenant.
    fn authority(&mut self) -> Option<Url> {
        const REMEDY: &str = "Leave it out, or give the address of a national cloud, for example \
                              \"https://login.microsoftonline.us\".";
        let text = self.reader.text_or_default(&self.key("authority"));
        let authority = parse_origin(&text).and_then(require_https);
        match authority {
            Ok(authority) => {
                self.note("authority", &text);
                Some(authority)
            }
            Err(what) => {
                self.mistake("authority", what, REMEDY);
                None
            }
        }
    }

    /// Any OpenID Connect provider: an issuer, kept exactly as it is written, because tokens must contain the same text
    /// (OpenID Connect Discovery 1.0, section 4.3).
    fn oidc(&mut self) -> Option<ProviderKind> {
        const REMEDY: &str = "Give the issuer exactly as the provider's /.well-known/openid-configuration writes it: \
                              an https address without query and fragment.";
        self.refuse(&["tenant", "allowed_tenants", "authority"], "Remove it: it belongs to `kind = \"entra\"`.");
        let issuer = self.required("issuer", REMEDY)?;
        match parse_web_address(&issuer).and_then(require_https) {
            Ok(_) => {
                self.note("issuer", &issuer);
                Some(ProviderKind::Oidc { issuer })
            }
            Err(what) => {
                self.mistake("issuer", what, REMEDY);
                None
            }
        }
    }

    /// Notes a mistake for each of `names` that is given: they belong to the other kind.
    fn refuse(&mut self, names: &[&str], remedy: &str) {
        for name in names {
            if self.reader.is_given(&self.key(name)) {
                self.mistake(name, "does not belong to a provider of this kind", remedy);
            }
        }
    }
}

/// Providers must be at an https address; http is allowed only on this machine.
fn require_https(url: Url) -> Result<Url, &'static str> {
    if url.scheme() == "https" || is_loopback(&url) { Ok(url) } else { Err("is http outside this machine") }
}

/// Whether `text` is a GUID as Entra writes one, with hyphens and nothing around it.
fn is_guid(text: &str) -> bool {
    text.len() == uuid::fmt::Hyphenated::LENGTH && Uuid::try_parse(text).is_ok()
}

/// Whether `text` has the form of a domain name of at least two labels.
fn is_domain(text: &str) -> bool {
    text.contains('.')
        && text
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
}
