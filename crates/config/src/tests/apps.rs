//! The rules of the apps behind Rolecall.

use std::time::Duration;

use rolecall_apps::Mount;

use super::tls::certificates;
use super::*;

/// An app without mistakes, as TOML, followed by `more` of its keys.
fn app(more: &str) -> String {
    format!("[apps.sales]\nupstream = 'http://127.0.0.1:8050'\nrole = 'read'\n{more}")
}

/// What is wrong with an app that has `more`, on a Rolecall on this machine.
fn wrong(more: &str) -> Vec<String> {
    wrong_keys(load_file(&app(more)))
}

#[test]
fn an_app_has_a_host_of_its_own_or_is_trusted_with_ours() {
    let (config, _) = load_file(&app("host = 'Sales.localhost'")).unwrap();
    let [sales] = config.apps.as_slice() else { panic!("one app: {:?}", config.apps) };
    assert_eq!((sales.name.as_str(), sales.title.as_str(), sales.role), ("sales", "sales", Role::Read));
    assert_eq!(sales.mount, Mount::Host("sales.localhost".to_owned()));
    assert_eq!(sales.home_url(&config.auth.public_url).as_str(), "http://sales.localhost:3000/");
    assert_eq!(sales.timeout, Duration::from_mins(1));

    let (config, _) = load_file(&app("same_origin = 'trusted'\nkeep_prefix = true")).unwrap();
    assert_eq!(config.apps[0].mount, Mount::Path { keeps_prefix: true });
    assert_eq!(config.apps[0].home_url(&config.auth.public_url).as_str(), "http://127.0.0.1:3000/apps/sales/");

    for (more, key) in [
        ("", "apps.sales.host"),
        ("same_origin = 'yes'", "apps.sales.same_origin"),
        ("host = 'sales.localhost'\nsame_origin = 'trusted'", "apps.sales.same_origin"),
        ("host = 'sales.localhost'\nkeep_prefix = true", "apps.sales.keep_prefix"),
    ] {
        assert_eq!(wrong(more), [key], "{more}");
    }
    let without = mistakes(load_file(&app(""))).remove(0);
    assert!(without.what.contains("scripts of the app") && without.remedy.contains("same_origin"), "{without}");
}

#[test]
fn who_says_yes_to_same_origin_reads_what_that_would_mean() {
    for yes in ["true", "'true'", "1"] {
        let [mistake] = &mistakes(load_file(&app(&format!("same_origin = {yes}"))))[..] else { panic!("{yes}") };
        assert_eq!(mistake.key, "apps.sales.same_origin");
        for part in ["`host`", "same_origin = \"trusted\"", "can then do whatever", "docs/APPS.md"] {
            assert!(mistake.remedy.contains(part), "{yes}: {mistake}");
        }
    }
}

// Case: app/framing
#[test]
fn who_may_frame_an_app_is_a_list_of_origins() {
    let place = "host = 'sales.localhost'\n";
    let (config, _) = load_file(&app(place)).unwrap();
    assert_eq!(config.apps[0].frame_ancestors, None);
    let listed = |list: &str| format!("{place}frame_ancestors = {list}");
    for list in ["['self']", "['none']", "[\"'self'\", 'https://*.example.com', 'http://localhost:8080']"] {
        assert!(load_file(&app(&listed(list))).is_ok(), "{list}");
    }
    for list in
        ["[]", "['']", "['*']", "['https:']", "['self', 'none']", "['portal.example.com']", "['https://a.b; x']"]
    {
        assert_eq!(wrong(&listed(list)), ["apps.sales.frame_ancestors"], "{list}");
    }
}

// Case: app/cors
#[test]
fn who_may_call_an_app_is_a_list_of_exact_origins() {
    let place = "host = 'sales.localhost'\n";
    let listed = |list: &str| format!("{place}cors_origins = {list}");
    let (config, _) = load_file(&app(&listed("['https://Portal.example.com:443/', 'http://localhost:8080']"))).unwrap();
    assert_eq!(config.apps[0].cors_origins, ["https://portal.example.com", "http://localhost:8080"]);
    assert!(load_file(&app(place)).unwrap().0.apps[0].cors_origins.is_empty());
    for item in [
        "",
        "*",
        "null",
        "https://*.example.com",
        "https://portal.example.com/page",
        "portal.example.com",
        "http://portal.example.com",
        "https://a.example,https://b.example",
    ] {
        assert_eq!(wrong(&listed(&format!("['{item}']"))), ["apps.sales.cors_origins"], "{item}");
    }
}

#[test]
fn hosts_of_apps_are_names_of_their_own() {
    for host in
        ["", "sales.localhost:8050", "http://sales.localhost", "127.0.0.1", "[::1]", "a b", "x/y", "*.localhost"]
    {
        assert_eq!(wrong(&format!("host = '{host}'")), ["apps.sales.host"], "{host}");
    }
    let second = "host = 'sales.localhost'\n[apps.stock]\nupstream = 'http://127.0.0.1:1'\nrole = 'read'\nhost = 'SALES.localhost'";
    assert_eq!(wrong(second), ["apps.stock.host"]);
    let ours = format!("public_url = 'http://localhost:3000'\n{}", app("host = 'localhost'"));
    assert_eq!(wrong_keys(load_file(&ours)), ["apps.sales.host"]);
    assert_eq!(wrong("host = 'sales.example.com'"), ["apps.sales.host"], "http outside this machine");
    let https =
        format!("public_url = 'https://rolecall.example.com'\n{}\n{}", app("host = 'sales.example.com'"), entra(""));
    assert!(load_file(&https).is_ok());
}

#[test]
fn an_app_says_where_it_is_and_who_may_use_it() {
    let place = "same_origin = 'trusted'\n";
    for upstream in [
        "127.0.0.1:8050",
        "ftp://127.0.0.1",
        "http://127.0.0.1:8050/dash",
        "http://u:p@127.0.0.1",
        "http://127.0.0.1:3000",
    ] {
        let text = app(place).replace("http://127.0.0.1:8050", upstream);
        assert_eq!(wrong_keys(load_file(&text)), ["apps.sales.upstream"], "{upstream}");
    }
    for upstream in ["https://10.0.0.7", "http://dash:8050", "http://[::1]:8050"] {
        assert!(load_file(&app(place).replace("http://127.0.0.1:8050", upstream)).is_ok(), "{upstream}");
    }
    for role in ["", "Read", "everybody"] {
        assert_eq!(
            wrong_keys(load_file(&app(place).replace("'read'", &format!("'{role}'")))),
            ["apps.sales.role"],
            "{role}"
        );
    }
    let nothing = wrong_keys(load_file(&format!("[apps.sales]\n{place}")));
    assert_eq!(nothing, ["apps.sales.upstream", "apps.sales.role"]);
    assert_eq!(wrong(&format!("{place}timeout = '2h'")), ["apps.sales.timeout"]);
}

#[test]
fn names_of_apps_are_parts_of_paths() {
    for name in ["Sales", "'a.b'", "'a/b'", "'ü'", "''", &"a".repeat(33)] {
        let text = app("same_origin = 'trusted'").replace("sales", name);
        assert_eq!(wrong_keys(load_file(&text)).len(), 1, "{name}");
    }
    let by_variable = load(&[
        ("ROLECALL_APPS__MY_APP__UPSTREAM", "http://127.0.0.1:8050"),
        ("ROLECALL_APPS__MY_APP__ROLE", "admin"),
        ("ROLECALL_APPS__MY_APP__SAME_ORIGIN", "trusted"),
    ]);
    assert_eq!(by_variable.unwrap().0.apps[0].name, "my-app");
}

#[test]
fn an_authority_is_a_certificate() {
    let files = certificates();
    let cert = files.0.path().join("tls/cert.pem");
    let with = |path: &Path| wrong(&format!("same_origin = 'trusted'\nupstream_ca = '{}'", path.display()));
    assert_eq!(with(&cert), Vec::<String>::new());
    for other in [files.0.path().join("tls/key.pem"), files.0.path().join("none.pem")] {
        assert_eq!(with(&other), ["apps.sales.upstream_ca"], "{}", other.display());
    }
}
