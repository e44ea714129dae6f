//! Peculiarities of Microsoft Entra ID: issuers that depend on the tenant, and tokens of two versions.
//!
//! Source: Microsoft identity platform, "ID token claims reference" and "Convert a single-tenant app to multitenant".

use thiserror::Error;
use url::Url;
use uuid::Uuid;

use super::metadata::ExpectedIssuer;

/// The placeholder for a tenant id in the metadata of `common` and `organizations`.
const TENANT_TEMPLATE: &str = "{tenantid}";

/// Why a token's tenant may not sign in.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TenantError {
    /// `tid` is missing or not a GUID.
    #[error("the token names no tenant")]
    Missing,
    /// The tenant is not in the configured list.
    #[error("the tenant {tid} is not one that may sign in here")]
    NotAllowed {
        /// The tenant of the token.
        tid: Uuid,
    },
    /// The tenant differs from the issuer's.
    #[error("the token names another tenant than its issuer does")]
    Other,
    /// The token is of version 1.0.
    #[error("the token is of version 1.0: set requestedAccessTokenVersion to 2 and use the v2.0 endpoint")]
    Version1,
}

/// The address below which the metadata of `tenant` are found.
#[must_use]
pub fn discovery_base(authority: &Url, tenant: &str) -> String {
    format!("{}/{tenant}/v2.0", authority.as_str().trim_end_matches('/'))
}

/// Whether `tenant` stands for many tenants.
#[must_use]
pub fn is_multi_tenant(tenant: &str) -> bool {
    matches!(tenant, "common" | "organizations")
}

/// The issuer that the metadata of `tenant` must contain: a template if it means many tenants, or an issuer with the
/// tenant's id if it is a domain.
pub fn metadata_issuer(authority: &Url, tenant: &str) -> ExpectedIssuer {
    if is_multi_tenant(tenant) {
        ExpectedIssuer::Exactly(discovery_base(authority, TENANT_TEMPLATE))
    } else if Uuid::try_parse(tenant).is_ok() {
        ExpectedIssuer::Exactly(discovery_base(authority, tenant))
    } else {
        ExpectedIssuer::OneTenantOf(authority.clone())
    }
}

/// Whether `issuer` is that of one tenant, by its id, at `authority`.
pub fn is_issuer_of_one_tenant(authority: &Url, issuer: &str) -> bool {
    let tenant = issuer.rsplit('/').nth(1).unwrap_or_default();
    Uuid::try_parse(tenant).is_ok() && issuer == discovery_base(authority, tenant)
}

/// The tenant id in an issuer of one tenant.
fn tenant_of(issuer: &str) -> Option<Uuid> {
    issuer.rsplit('/').nth(1).and_then(|tenant| Uuid::try_parse(tenant).ok())
}

/// The issuers of `tenants` (GUIDs) at `authority`, written as [`token_issuer`] writes them.
pub(crate) fn issuers_of(authority: &Url, tenants: &[String]) -> Vec<String> {
    let ids = tenants.iter().filter_map(|tenant| Uuid::try_parse(tenant).ok());
    ids.map(|id| discovery_base(authority, &id.hyphenated().to_string())).collect()
}

/// Whether `metadata_issuer` stands for the issuers of many tenants.
#[must_use]
pub fn is_template(metadata_issuer: &str) -> bool {
    metadata_issuer.contains(TENANT_TEMPLATE)
}

/// The issuer of `tenant` (GUID), if that is allowed, from the template `metadata_issuer`.
#[must_use]
pub fn issuer_of_tenant(metadata_issuer: &str, allowed_tenants: &[String], tenant: &str) -> Option<String> {
    let tenant = Uuid::try_parse(tenant).ok()?;
    let is_allowed = allowed_tenants.iter().any(|allowed| Uuid::try_parse(allowed) == Ok(tenant));
    is_allowed.then(|| metadata_issuer.replace(TENANT_TEMPLATE, &tenant.hyphenated().to_string()))
}

/// Whether `issuer` is the template `metadata_issuer` filled with one of the allowed tenants.
#[must_use]
pub fn fills(metadata_issuer: &str, allowed_tenants: &[String], issuer: &str) -> bool {
    metadata_issuer.contains(TENANT_TEMPLATE)
        && allowed_tenants.iter().any(|tenant| metadata_issuer.replace(TENANT_TEMPLATE, tenant) == issuer)
}

/// Whether a key with the issuer `key_issuer` may sign for `issuer`. The key set of many tenants holds keys for all of
/// them, whose issuer is the template, and keys for a single one, such as that of personal accounts.
///
/// Source: Microsoft identity platform, "Claims validation", "Validate the signing key issuer".
#[must_use]
pub fn key_serves(key_issuer: &str, issuer: &str) -> bool {
    let Some((before, after)) = key_issuer.split_once(TENANT_TEMPLATE) else { return key_issuer == issuer };
    let tenant = issuer.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    tenant.is_some_and(|tenant| Uuid::try_parse(tenant).is_ok())
}

/// The issuer that a token with these (not yet verified) claims must have: that of the metadata, with the token's
/// tenant in the template if that tenant may sign in.
///
/// # Errors
/// When the token is of version 1.0, or its tenant is missing, not allowed, or differs from the one in the metadata.
pub fn token_issuer(
    metadata_issuer: &str,
    allowed_tenants: &[String],
    claims: &serde_json::Map<String, serde_json::Value>,
) -> Result<String, TenantError> {
    if claims.get("ver").and_then(serde_json::Value::as_str) == Some("1.0") {
        return Err(TenantError::Version1);
    }
    let tid =
        claims.get("tid").map(|tid| tid.as_str().and_then(|tid| Uuid::try_parse(tid).ok()).ok_or(TenantError::Missing));
    let tid = tid.transpose()?;
    if !metadata_issuer.contains(TENANT_TEMPLATE) {
        let is_same = tid.is_none_or(|tid| tenant_of(metadata_issuer) == Some(tid));
        return if is_same { Ok(metadata_issuer.to_owned()) } else { Err(TenantError::Other) };
    }
    let tid = tid.ok_or(TenantError::Missing)?;
    if !allowed_tenants.iter().any(|tenant| Uuid::try_parse(tenant) == Ok(tid)) {
        return Err(TenantError::NotAllowed { tid });
    }
    Ok(metadata_issuer.replace(TENANT_TEMPLATE, &tid.hyphenated().to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEMPLATE: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";
    const OURS: &str = "11111111-2222-3333-4444-555555555555";

    fn issuer(claims: serde_json::Value, allowed: &[&str]) -> Result<String, TenantError> {
        let allowed: Vec<_> = allowed.iter().map(ToString::to_string).collect();
        token_issuer(TEMPLATE, &allowed, claims.as_object().unwrap())
    }

    // Case: entra/template
    #[test]
    fn the_template_is_filled_with_an_allowed_tenant() {
        let expected = format!("https://login.microsoftonline.com/{OURS}/v2.0");
        assert_eq!(issuer(json!({ "tid": OURS }), &[OURS]), Ok(expected));
    }

    // Case: entra/tid-not-allowed, entra/personal-account
    #[test]
    fn other_tenants_and_personal_accounts_are_refused() {
        for tid in ["99999999-2222-3333-4444-555555555555", "9188040d-6c67-4c5b-b112-36a304b66dad"] {
            assert!(matches!(issuer(json!({ "tid": tid }), &[OURS]), Err(TenantError::NotAllowed { .. })), "{tid}");
        }
        assert!(issuer(json!({ "tid": OURS }), &[]).is_err());
    }

    #[test]
    fn a_domain_stands_for_one_tenant_by_its_id() {
        let authority = Url::parse("https://login.microsoftonline.com").unwrap();
        assert!(is_issuer_of_one_tenant(&authority, &format!("https://login.microsoftonline.com/{OURS}/v2.0")));
        for issuer in [
            TEMPLATE,
            "https://login.microsoftonline.com/contoso.com/v2.0",
            &format!("https://evil.test/{OURS}/v2.0"),
            &format!("https://login.microsoftonline.com/{OURS}/v1.0"),
            &format!("https://login.microsoftonline.com/x/{OURS}/v2.0"),
        ] {
            assert!(!is_issuer_of_one_tenant(&authority, issuer), "{issuer}");
        }
    }

    // Case: entra/tid-not-a-guid
    #[test]
    fn a_tenant_that_is_no_guid_is_refused() {
        for claims in [json!({}), json!({ "tid": "contoso" }), json!({ "tid": 7 }), json!({ "tid": "../x" })] {
            assert_eq!(issuer(claims, &[OURS]), Err(TenantError::Missing));
        }
    }

    // Case: entra/version-1
    #[test]
    fn a_single_tenant_is_the_only_one() {
        let single = TEMPLATE.replace(TENANT_TEMPLATE, OURS);
        let issuer = |claims: serde_json::Value| token_issuer(&single, &[], claims.as_object().unwrap());
        assert_eq!(issuer(json!({ "tid": OURS })), Ok(single.clone()));
        assert_eq!(issuer(json!({})), Ok(single.clone()));
        assert_eq!(issuer(json!({ "tid": "99999999-2222-3333-4444-555555555555" })), Err(TenantError::Other));
        assert_eq!(issuer(json!({ "tid": "contoso" })), Err(TenantError::Missing));
    }

    #[test]
    fn a_key_serves_the_issuer_that_it_names() {
        let ours = TEMPLATE.replace(TENANT_TEMPLATE, OURS);
        assert!(key_serves(TEMPLATE, &ours) && key_serves(&ours, &ours));
        let theirs = TEMPLATE.replace(TENANT_TEMPLATE, "99999999-2222-3333-4444-555555555555");
        for issuer in [theirs.as_str(), "https://login.microsoftonline.com/{tenantid}/v1.0", "", "{tenantid}x"] {
            assert!(!key_serves(issuer, &ours), "{issuer}");
        }
        assert!(!key_serves(TEMPLATE, "https://login.microsoftonline.com/a/b/v2.0"));
    }

    #[test]
    fn a_token_of_version_1_is_told_so() {
        assert_eq!(issuer(json!({ "ver": "1.0", "tid": OURS }), &[OURS]), Err(TenantError::Version1));
    }
}
