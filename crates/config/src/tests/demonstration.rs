//! When the demonstration runs, and when it does not.

use super::*;

#[test]
fn without_any_setting_the_demonstration_runs_on_loopback() {
    let (config, report) = load(&[]).unwrap();
    assert_eq!(config.env, "development");
    assert_eq!(config.bind.to_string(), "127.0.0.1:3000");
    assert_eq!(config.auth.public_url.as_str(), "http://127.0.0.1:3000/");
    assert_eq!(config.database_url, "sqlite:data/rolecall.sqlite3");
    assert_eq!(config.log, LogFormat::Pretty);
    assert_eq!(config.log_filter, "info");
    assert_eq!(config.auth.roles, RoleRules::default());
    assert!(config.auth.secret_keys.is_empty());
    assert!(config.demonstration);
    assert!(report.warnings().is_empty());

    let [demo] = config.auth.providers.as_slice() else { panic!("one provider: {:?}", config.auth.providers) };
    assert_eq!(demo.id, "demo");
    assert_eq!(demo.kind, ProviderKind::Oidc { issuer: "http://127.0.0.1:3000/demo".to_owned() });
    assert!(demo.client_secret.is_none());
}

#[test]
fn the_demonstration_follows_the_public_address_of_this_machine() {
    let (config, _) = load(&[("ROLECALL_PUBLIC_URL", "http://localhost:8080")]).unwrap();
    let kind = &config.auth.providers.first().unwrap().kind;
    assert_eq!(*kind, ProviderKind::Oidc { issuer: "http://localhost:8080/demo".to_owned() });
}

#[test]
fn a_configured_provider_ends_the_demonstration() {
    let (config, _) = load_file(&entra("")).unwrap();
    assert!(!config.demonstration);
    assert_eq!(config.auth.providers.iter().map(|provider| &provider.id).collect::<Vec<_>>(), ["azure"]);
}

#[test]
fn no_other_provider_gets_the_id_of_the_demonstration() {
    assert_eq!(wrong_keys(load_file(&entra("").replace("azure", "demo"))), ["providers.demo"]);
}

#[test]
fn other_machines_do_not_get_the_demonstration() {
    let public = [("ROLECALL_PUBLIC_URL", "https://rolecall.example.com")];
    assert_eq!(wrong_keys(load(&public)), ["providers"]);
    let open = [("ROLECALL_BIND", "0.0.0.0:3000"), ("ROLECALL_PUBLIC_URL", "http://localhost:3000")];
    assert_eq!(wrong_keys(load(&open)), ["providers"]);
    assert_eq!(wrong_keys(load(&[("ROLECALL_BIND", "0.0.0.0:3000")])), ["public_url", "providers"]);
}

// Case: demo/production
#[test]
fn the_demonstration_is_there_in_development_only() {
    for env in ["production", "staging"] {
        let mistakes = mistakes(load(&[("ROLECALL_ENV", env), ("ROLECALL_SECRET_KEYS", KEY)]));
        let [mistake] = mistakes.as_slice() else { panic!("one mistake: {mistakes:?}") };
        assert_eq!(mistake.key, "providers");
        assert!(mistake.what.contains(env) && mistake.remedy.contains("ROLECALL_PROVIDERS__"), "{mistake}");
    }
    assert!(load(&[("ROLECALL_ENV", "development")]).unwrap().0.demonstration);
}
