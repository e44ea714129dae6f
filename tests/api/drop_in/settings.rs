//! Settings that an application cannot open the sign-in with.

use rolecall_sign_in::config::{ProviderConfig, ProviderKind};
use rolecall_sign_in::drop_in::{DropIn, OpenError, Settings};
use tempfile::TempDir;

const TENANT: &str = "0b7ee2c4-1111-4222-8333-444455556666";

/// The error with which opening the sign-in with `settings` fails, if it does.
async fn refusal(settings: Settings) -> Option<OpenError> {
    settings.open(TempDir::new().unwrap().path().join("data")).await.err()
}

#[tokio::test]
async fn cookies_need_an_origin_that_keeps_them_secret() {
    let at = |url| DropIn::at(url).provider(ProviderConfig::entra(TENANT, "client"));
    for good in ["https://reports.example.com", "https://reports.example.com:8443/", "http://127.0.0.1:3000"] {
        assert!(refusal(at(good)).await.is_none(), "{good}");
    }
    let bad =
        ["http://reports.example.com", "https://a.test/app", "https://u@a.test", "https://a.test/?x", "ftp://a", ""];
    for bad in bad {
        assert!(matches!(refusal(at(bad)).await, Some(OpenError::PublicUrl(_))), "{bad}");
    }
}

#[tokio::test]
async fn providers_must_be_safe_and_told_apart() {
    let at = |provider| DropIn::at("https://a.test").provider(provider);
    let oidc = |id, issuer| ProviderConfig::oidc(id, issuer, "client");
    assert!(refusal(at(oidc("company", "https://id.test"))).await.is_none());
    let mut shared = ProviderConfig::entra("organizations", "client");
    assert!(matches!(refusal(at(shared.clone())).await, Some(OpenError::Provider { .. })), "not for every tenant");
    let ProviderKind::Entra { allowed_tenants, .. } = &mut shared.kind else { panic!() };
    allowed_tenants.push(TENANT.to_owned());
    assert!(refusal(at(shared)).await.is_none());
    for (id, issuer) in
        [("company", "http://id.test"), ("Company", "https://id.test"), ("", "https://id.test"), ("a", "x")]
    {
        assert!(matches!(refusal(at(oidc(id, issuer))).await, Some(OpenError::Provider { .. })), "{id} {issuer}");
    }
    let twice = at(oidc("company", "https://id.test")).provider(oidc("company", "https://other.test"));
    assert!(matches!(refusal(twice).await, Some(OpenError::Providers)));
    assert!(matches!(refusal(DropIn::at("https://a.test")).await, Some(OpenError::Providers)));
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_the_own_one_stays_the_same() {
    let at = || DropIn::at("https://a.test").provider(ProviderConfig::entra(TENANT, "client"));
    assert!(matches!(refusal(at().secret_key("short".into())).await, Some(OpenError::Auth(_))));
    let folder = TempDir::new().unwrap();
    at().open(folder.path().join("data")).await.unwrap();
    let key = std::fs::read(folder.path().join("data/secret.key")).unwrap();
    at().open(folder.path().join("data")).await.unwrap();
    assert_eq!(std::fs::read(folder.path().join("data/secret.key")).unwrap(), key);
}
