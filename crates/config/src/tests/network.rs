//! Addresses, proxies, and how much is let in for how long.

use super::*;

#[test]
fn public_addresses_are_origins() {
    for url in [
        "https://a.example/path",
        "https://a.example/?q",
        "https://a.example/#f",
        "https://u@a.example",
        "ftp://a.example",
        "a.example",
    ] {
        assert_eq!(wrong_keys(load_file(&format!("public_url = '{url}'\n{}", entra("")))), ["public_url"], "{url}");
    }
}

#[test]
fn plain_http_outside_this_machine_must_be_allowed_and_is_warned_of() {
    let refused = load_file(&format!("public_url = 'http://a.example'\n{}", entra("")));
    assert_eq!(wrong_keys(refused), ["public_url"]);
    let allowed = format!("public_url = 'http://a.example'\nallow_insecure_http = true\n{}", entra(""));
    let (_, report) = load_file(&allowed).unwrap();
    assert_eq!(report.warnings().len(), 1);
    for fine in
        ["https://a.example", "http://localhost:3000", "http://app.localhost", "http://127.9.9.9", "http://[::1]:1"]
    {
        let (_, report) = load_file(&format!("public_url = '{fine}'\n{}", entra(""))).unwrap();
        assert!(report.warnings().is_empty(), "{fine}");
    }
}

#[test]
fn proxies_are_addresses_or_networks() {
    let (config, _) = load(&[("ROLECALL_TRUSTED_PROXIES", "10.0.0.7, 10.1.0.0/16, ::1")]).unwrap();
    let networks: Vec<String> = config.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(networks, ["10.0.0.7/32", "10.1.0.0/16", "::1/128"]);
}

// Case: identity/forwarded-trusted
#[test]
fn everybody_is_no_proxy_unless_that_is_asked_for_by_name() {
    for everybody in ["0.0.0.0/0", "::/0", "128.0.0.0/1", "10.0.0.7, 0.0.0.0/7", "2000::/3", "::/15", "fc00::/6"] {
        let given = [("ROLECALL_TRUSTED_PROXIES", everybody)];
        assert_eq!(wrong_keys(load(&given)), ["trusted_proxies"], "{everybody}");
        assert!(load(&[given[0], ("ROLECALL_TRUST_EVERY_PROXY", "true")]).is_ok(), "{everybody}");
    }
    for company in ["10.0.0.0/8", "fd00::/16", "fc00::/7", "fd00::/8", "fe80::/10", "10.0.0.7"] {
        let given = [("ROLECALL_TRUSTED_PROXIES", company)];
        assert!(load(&given).is_ok(), "{company}");
        let with_no_effect = [given[0], ("ROLECALL_TRUST_EVERY_PROXY", "true")];
        assert_eq!(wrong_keys(load(&with_no_effect)), ["trust_every_proxy"], "{company}");
    }
}

#[test]
fn limits_are_whole_numbers_in_their_range() {
    let (config, _) = load_file("[limits]\nsign_ins_per_minute = 5\nconnections = 10\nheader_timeout = '3s'").unwrap();
    assert_eq!(config.limits.rates.sign_ins_per_minute.get(), 5);
    assert_eq!(config.limits.rates.channel_logouts_per_minute.get(), 1_200);
    assert_eq!((config.limits.connections.get(), config.limits.header_timeout), (10, Duration::from_secs(3)));
    let (config, _) = load(&[("ROLECALL_LIMITS__CONNECTIONS", "20")]).unwrap();
    assert_eq!(config.limits.connections.get(), 20);
    for wrong in ["0", "-1", "1.5", "'5'", "2_000_000", "true"] {
        assert_eq!(wrong_keys(load_file(&format!("limits.connections = {wrong}"))), ["limits.connections"], "{wrong}");
    }
    assert_eq!(wrong_keys(load(&[("ROLECALL_LIMITS__CONNECTIONS", "many")])), ["limits.connections"]);
    assert_eq!(wrong_keys(load_file("limits.header_timeout = '1h'")), ["limits.header_timeout"]);
}

#[test]
fn session_limits_are_checked_against_each_other() {
    assert_eq!(wrong_keys(load_file("session.idle = '2h'\nsession.absolute = '1h'")), ["session.idle"]);
    assert_eq!(wrong_keys(load_file("session.idle = '119s'")), ["session.idle"]);
    assert!(load_file("session.idle = '2m'\nsession.absolute = '2m'").is_ok());
    assert_eq!(wrong_keys(load_file("session.absolute = '31days'")), ["session.absolute"]);
    assert!(load_file("session.idle = '30days'\nsession.absolute = '30days'").is_ok());
}
