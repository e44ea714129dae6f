//! The external databases.

use super::*;

/// What is wrong with a connection at `url`.
fn wrong(url: &str) -> Vec<String> {
    wrong_keys(load_file(&format!("[connections.crm]\nurl = '{url}'")))
}

#[test]
fn a_connection_is_a_database_with_limits() {
    let text = "[connections.crm]\nurl = 'sqlite:crm.sqlite3?mode=ro'\n[connections.shop]\n\
                url = 'postgres://reader:canary@db.example.com/shop'\nmax_rows = 7\ntimeout = '5s'";
    let (config, report) = load_file(text).unwrap();
    assert_eq!(config.connections.names().collect::<Vec<_>>(), ["crm", "shop"]);
    let crm = config.connections.named("crm").unwrap().limits();
    assert_eq!((crm.max_rows, crm.timeout), (1_000_000, Duration::from_secs(30)));
    let shop = config.connections.named("shop").unwrap().limits();
    assert_eq!((shop.max_rows, shop.timeout), (7, Duration::from_secs(5)));
    let printed = format!("{config:?} {config:#?} {report} {report:?}");
    assert!(!printed.contains("canary"), "{printed}");
    assert!(report.to_string().contains("postgres://reader:********@db.example.com/shop"), "{report}");

    let by_variable = load(&[("ROLECALL_CONNECTIONS__BIG_SHOP__URL", "sqlite:x.sqlite3")]).unwrap().0;
    assert_eq!(by_variable.connections.names().collect::<Vec<_>>(), ["big-shop"]);
    assert!(load(&[]).unwrap().0.connections.names().next().is_none());
}

#[test]
fn the_address_of_a_connection_can_be_in_a_file() {
    let folder = Folder::new(&[("url", "postgres://reader:canary@db/shop\n")]);
    let file = folder.0.path().join("url");
    let (config, report) = folder.load(&[("ROLECALL_CONNECTIONS__SHOP__URL_FILE", file.to_str().unwrap())]).unwrap();
    assert_eq!(config.connections.names().collect::<Vec<_>>(), ["shop"]);
    assert!(!report.to_string().contains("canary"), "{report}");
}

// Case: connections/password
#[test]
fn no_mistake_of_a_connection_repeats_its_password() {
    for url in [
        "mysql://reader:canary@db/shop",
        "postgres://reader:can#ary@db/shop",
        "postgres://reader:canary@db:port/shop",
        "postgres://reader:canary@db/shop?sslmode=canary",
        "canary",
    ] {
        let errors = load_file(&format!("[connections.shop]\nurl = '{url}'")).err().unwrap();
        assert_eq!(errors.mistakes()[0].key, "connections.shop.url");
        assert!(
            !format!("{errors} {errors:?}").contains("can#ary") && !format!("{errors}").contains("canary"),
            "{errors}"
        );
    }
}

#[test]
fn what_cannot_be_a_connection_is_told() {
    for url in ["sqlite:", "sqlite::memory:", "sqlite:crm.sqlite3?mode=rwc", "crm.sqlite3", ""] {
        assert_eq!(wrong(url), ["connections.crm.url"], "{url}");
    }
    assert_eq!(wrong_keys(load_file("[connections.crm]\nmax_rows = 5")), ["connections.crm.url"]);
    let limits = "[connections.crm]\nurl = 'sqlite:x'\nmax_rows = 0\ntimeout = '1h'";
    assert_eq!(wrong_keys(load_file(limits)), ["connections.crm.max_rows", "connections.crm.timeout"]);
    assert_eq!(wrong_keys(load_file("[connections.CRM]\nurl = 'sqlite:x'")), ["connections.CRM"]);
}

// Case: connections/own-data
#[test]
fn no_connection_leads_to_our_own_data() {
    for url in ["sqlite:data/rolecall.sqlite3", "sqlite:data/datasets/x.sqlite3", "sqlite://data/../data/y?mode=ro"] {
        assert_eq!(wrong(url), ["connections.crm.url"], "{url}");
    }
    let ours = "postgres://rolecall:p@db/rolecall";
    let with = |url: &str| {
        let text = format!("database_url = '{ours}'\n[connections.crm]\nurl = '{url}'");
        wrong_keys(load_file(&text))
    };
    assert_eq!(with("postgresql://rolecall:other@db:5432/rolecall"), ["connections.crm.url"]);
    assert!(with("postgres://reader:p@db/rolecall").is_empty());
    for (ours, url) in [
        ("sqlite:elsewhere/rolecall.sqlite3?mode=rwc", "sqlite:elsewhere/rolecall.sqlite3"),
        ("sqlite://elsewhere/rolecall.sqlite3?mode=rwc&cache=private", "sqlite:elsewhere/rolecall.sqlite3?mode=ro"),
        ("sqlite:else%77here/rolecall.sqlite3", "sqlite:elsewhere/rolecall.sqlite3"),
    ] {
        let text = format!("database_url = '{ours}'\n[connections.crm]\nurl = '{url}'");
        assert_eq!(wrong_keys(load_file(&text)), ["connections.crm.url"], "{ours}");
    }
}
